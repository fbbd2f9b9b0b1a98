# SPDX-License-Identifier: EUPL-1.2
"""The tools behind locale/: what the check catches, what compiling does, what updating leaves alone."""

import gettext
import os
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import translation
from django.utils.translation import gettext as translated
from django.utils.translation import ngettext, pgettext

from base.translations.strings import UnreadableSource, find_strings

VIEWS = """
from django.utils.translation import gettext as _, ngettext
from django.utils.translation import gettext_lazy as later, pgettext

TITLE = later("Welkom")

def page(count, name):
    hello = _("Hoi %(name)s") % {"name": name}
    seats = ngettext("%(n)d plek", "%(n)d plekken", count) % {"n": count}
    return hello, seats, pgettext("bankje", "Bank"), other("Niet voor ons")
"""
TEMPLATE = """{% load i18n %}
{% tabel caption=_("Cijfers") %}
      <h1>{% translate "Welkom" %}</h1>
  {% blocktranslate with who=user.name trimmed %}
    Dag <strong>{{ who }}</strong>,
    tot 100 % snel.
  {% endblocktranslate %}
{% endtabel %}
{# {% translate "Weg" %} #}
"""
PO = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

#: kamer/templates/kamer/pagina.html
msgid "Cijfers"
msgstr "Figures"

msgid "Welkom"
msgstr "Welcome"

msgid "Dag <strong>%(who)s</strong>, tot 100 %% snel."
msgstr "Bye <strong>%(who)s</strong>, see you 100 %% soon."

msgid "Hoi %(name)s"
msgstr "Hi %(name)s"

msgid "%(n)d plek"
msgid_plural "%(n)d plekken"
msgstr[0] "%(n)d place"
msgstr[1] "%(n)d places"

msgctxt "bankje"
msgid "Bank"
msgstr "Bench"
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small product: one room with a view and a template, and its English catalogue."""
    write(tmp_path / "kamer" / "views.py", VIEWS)
    write(tmp_path / "kamer" / "templates" / "kamer" / "pagina.html", TEMPLATE)
    write(tmp_path / "kamer" / "migrations" / "0001.py", VIEWS.replace("Welkom", "Oud"))
    write(tmp_path / "tests" / "test_x.py", VIEWS.replace("Welkom", "Proef"))
    write(catalogue(tmp_path), PO)
    return tmp_path


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def catalogue(root: Path) -> Path:
    return root / "locale" / "en" / "LC_MESSAGES" / "django.po"


def run(command: str, root: Path, **options: bool) -> tuple[int, list[str]]:
    """Exit code and what was said."""
    said, failed = StringIO(), 0
    try:
        call_command(command, root=root, stdout=said, stderr=said, no_color=True, **options)
    except CommandError as error:
        said.write(str(error))
        failed = error.returncode
    lines = [line.replace("locale/en/LC_MESSAGES/", "") for line in said.getvalue().splitlines()]
    return failed, lines


# --- finding ----------------------------------------------------------------------------------------


def test_strings_of_code_and_templates_are_found_and_nothing_else(root):
    found = find_strings(root)
    assert list(found) == [
        (None, "Welkom", ""),
        (None, "Hoi %(name)s", ""),
        (None, "%(n)d plek", "%(n)d plekken"),
        ("bankje", "Bank", ""),
        (None, "Cijfers", ""),
        (None, "Dag <strong>%(who)s</strong>, tot 100 %% snel.", ""),
    ]
    assert found[None, "Welkom", ""].files == [
        "kamer/views.py",
        "kamer/templates/kamer/pagina.html",
    ]


@pytest.mark.parametrize("name", ["kamer/stuk.py", "kamer/templates/stuk.html"])
def test_a_file_that_cannot_be_read_is_named(root, name):
    broken = "from django.utils.translation import gettext as _\n_('x'"
    write(root / name, broken + " {% blocktranslate %}{% if %}")
    with pytest.raises(UnreadableSource, match=f"^{name}: cannot be read: "):
        find_strings(root)


# --- checking ---------------------------------------------------------------------------------------


def test_a_complete_catalogue_passes(root):
    assert run("compile_translations", root, check=True) == (0, ["6 strings, all translated."])


WELCOME = 'msgid "Welkom"\nmsgstr "Welcome"'
HELLO = 'msgid "Hoi %(name)s"\nmsgstr "Hi %(name)s"'
PLACES = 'msgstr[0] "%(n)d place"\nmsgstr[1] "%(n)d places"'


@pytest.mark.parametrize(
    ("good", "bad", "line"),
    [
        (WELCOME, "", "django.po: missing: «Welkom» in kamer/views.py"),
        (
            WELCOME,
            '#~ msgid "Welkom"\n#~ msgstr "Welcome"',
            "django.po: obsolete but used: «Welkom» in kamer/views.py",
        ),
        (WELCOME, f"#, fuzzy\n{WELCOME}", "django.po:11: fuzzy: «Welkom»"),
        (WELCOME, 'msgid "Welkom"\nmsgstr ""', "django.po:11: not translated: «Welkom»"),
        (WELCOME, 'msgid "Welkom"\nmsgstr " "', "django.po:11: not translated: «Welkom»"),
        (
            WELCOME,
            'msgid "Welkom"\nmsgstr "Welcome "',
            "django.po:11: other white space at the ends: «Welkom»",
        ),
        (WELCOME, f"{WELCOME}\n\n{WELCOME}", "django.po: 2 times in the catalogue: «Welkom»"),
        (
            'msgctxt "bankje"\nmsgid',
            "msgid",
            "django.po: missing: «Bank» in kamer/views.py",
        ),
        (
            HELLO,
            'msgid "Hoi %(name)s"\nmsgstr "Hi %(naam)s"',
            "django.po:17: other placeholders (%(name)s became %(naam)s): «Hoi %(name)s»",
        ),
        (
            HELLO,
            'msgid "Hoi %(name)s"\nmsgstr "Hi"',
            "django.po:17: other placeholders (%(name)s became none): «Hoi %(name)s»",
        ),
        (
            "Bye <strong>%(who)s</strong>",
            "Bye <b>%(who)s</b>",
            (
                "django.po:14: other markup (</strong> <strong> became </b> <b>): "
                "«Dag <strong>%(who)s</strong>, tot 100 %% snel.»"
            ),
        ),
        (
            PLACES,
            'msgstr[0] "%(n)d place"',
            "django.po:20: 1 plural forms instead of 2: «%(n)d plek»",
        ),
        (
            PLACES,
            'msgstr[0] "%(n)d place"\nmsgstr[1] ""',
            "django.po:20: not translated: «%(n)d plek»",
        ),
        (
            PLACES,
            'msgstr[0] "one place"\nmsgstr[1] "%(n)d places"',
            "django.po:20: other placeholders (%(n)d became none): «%(n)d plek»",
        ),
        (
            'msgid_plural "%(n)d plekken"',
            'msgid_plural "%(n)d stoelen"',
            "django.po: missing: «%(n)d plek» in kamer/views.py",
        ),
    ],
)
def test_the_check_says_what_is_wrong_and_where(root, good, bad, line):
    assert PO.count(good) == 1
    write(catalogue(root), PO.replace(good, bad))
    before = sorted(root.rglob("*"))
    failed, lines = run("compile_translations", root, check=True)
    assert (failed, lines) == (
        1,
        [line, "1 of 6 strings need a translator: see docs/translating.md."],
    )
    assert sorted(root.rglob("*")) == before  # a check writes nothing


def test_a_new_string_in_the_source_fails_the_check(root):
    write(root / "kamer" / "forms.py", VIEWS.replace('"Welkom"', '"Nieuw"'))
    assert run("compile_translations", root, check=True) == (
        1,
        [
            "django.po: missing: «Nieuw» in kamer/forms.py",
            "1 of 7 strings need a translator: see docs/translating.md.",
        ],
    )


@pytest.mark.parametrize("options", [{"check": True}, {"check": False}])
def test_a_broken_catalogue_is_one_sentence(root, options):
    write(catalogue(root), PO + "\n<<<<<<< HEAD\n")
    failed, lines = run("compile_translations", root, **options)
    assert failed == 1
    assert len(lines) == 1
    assert "django.po: cannot be read: " in lines[0]


# --- compiling --------------------------------------------------------------------------------------


def test_compiling_writes_what_gettext_reads_and_skips_what_is_up_to_date(root):
    compiled = catalogue(root).with_suffix(".mo")
    said = ["django.mo compiled."]
    assert run("compile_translations", root) == (0, said)
    first = compiled.stat().st_mtime_ns
    assert run("compile_translations", root) == (0, [])
    assert compiled.stat().st_mtime_ns == first

    write(catalogue(root), PO.replace("Welcome", "Hello"))
    later = first + 1_000_000_000
    os.utime(catalogue(root), ns=(later, later))
    assert run("compile_translations", root) == (0, said)

    with compiled.open("rb") as file:
        read = gettext.GNUTranslations(file)
    assert read.gettext("Welkom") == "Hello"
    assert read.pgettext("bankje", "Bank") == "Bench"
    assert [read.ngettext("%(n)d plek", "%(n)d plekken", n) % {"n": n} for n in (0, 1, 2)] == [
        "0 places",
        "1 place",
        "2 places",
    ]
    assert sorted(path.name for path in compiled.parent.iterdir()) == ["django.mo", "django.po"]


def test_a_product_without_catalogues_compiles_to_nothing(tmp_path):
    assert run("compile_translations", tmp_path) == (0, [])


# --- updating ---------------------------------------------------------------------------------------


def test_updating_adds_empty_strings_and_sets_unused_ones_aside(root):
    write(root / "kamer" / "views.py", VIEWS.replace("Hoi %(name)s", "Dag %(name)s"))
    assert run("make_translations", root) == (
        0,
        ["django.po: 6 strings, 1 new, 1 set aside."],
    )
    assert run("compile_translations", root, check=True)[1][:-1] == [
        "django.po:15: not translated: «Dag %(name)s»"
    ]
    text = catalogue(root).read_text(encoding="utf-8")
    assert 'msgid "Welkom"\nmsgstr "Welcome"' in text
    assert '#~ msgid "Hoi %(name)s"\n#~ msgstr "Hi %(name)s"' in text

    # The string comes back, and so does its translation.
    write(root / "kamer" / "views.py", VIEWS)
    assert run("make_translations", root)[1] == ["django.po: 6 strings, 1 new, 1 set aside."]
    assert run("compile_translations", root, check=True)[0] == 0


def test_updating_twice_changes_nothing(root):
    run("make_translations", root)
    once = catalogue(root).read_bytes()
    run("make_translations", root)
    assert catalogue(root).read_bytes() == once


# --- the product's own catalogue ----------------------------------------------------------------


def test_no_dutch_string_of_ours_is_changed_by_another_catalogue():
    """Django and its apps translate some English words into Dutch; ours must not be among them."""
    changed = []
    with translation.override("nl"):
        for context, text, plural in find_strings(settings.ROOT):
            if plural:
                shown = [ngettext(text, plural, number) for number in (1, 2)]
            else:
                shown = [pgettext(context, text) if context else translated(text)]
            if shown != [text, plural][: len(shown)]:
                changed.append((text, shown))
    assert changed == []


@pytest.mark.parametrize(
    ("one", "many", "shown"),
    [
        (
            "Nog %(count)d plek",
            "Nog %(count)d plekken",
            ["0 places left", "1 place left", "2 places left"],
        ),
        ("%(count)d uur", "%(count)d uur", ["0 hours", "1 hour", "2 hours"]),
        ("%(count)d minuut", "%(count)d minuten", ["0 minutes", "1 minute", "2 minutes"]),
    ],
)
def test_english_plurals(one, many, shown):
    with translation.override("en"):
        assert [ngettext(one, many, n) % {"count": n} for n in (0, 1, 2)] == shown
