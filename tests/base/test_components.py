# SPDX-License-Identifier: EUPL-1.2
"""The component tags: what they say, what they escape, what they keep."""

import pytest
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.template import Context, Template, TemplateSyntaxError
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from base.templatetags.tjc import TINTS, initials, tint_of
from courses.models.course import Theme

HOSTILE = '<img src=x onerror="alert(1)">'
ESCAPED = "&lt;img src=x onerror=&quot;alert(1)&quot;&gt;"

CARD = {
    "theme_label": "Schrijven",
    "theme_tint": "schrijven",
    "theme_icon": "pen-line",
    "status_kind": "few",
    "status_text": "Nog 2 plekken",
    "title": "Schrijf een brief die iedereen snapt",
    "url": "/cursussen/brief/",
    "when": "di 13 okt, 10:00 (50 minuten)",
    "where_icon": "map-pin",
    "where": "Stadhuis Zwolle",
    "person_name": "Samira El Idrissi",
    "person_org": "Gemeente Utrecht",
}


@pytest.fixture(autouse=True)
def _dutch():
    with translation.override("nl"):
        yield


def render(template, **context):
    return Template(template).render(Context(context))


def flat(html):
    return " ".join(html.split())


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Samira El Idrissi", "SE"),
        ("Jeroen de Wit", "JW"),
        ("Noor van Dijk", "ND"),
        ("Cher", "C"),
        ("merel jansen", "MJ"),
        ("Ömer Şahin", "ÖŞ"),
        ("", "?"),
    ],
)
def test_initials(name, letters):
    assert initials(name) == letters


def test_tint_of_a_name_is_the_same_in_every_process():
    assert [tint_of(name) for name in ("Samira El Idrissi", "Jeroen de Wit")] == [
        "gezond",
        "schrijven",
    ]


def test_tints_are_those_that_a_theme_can_have():
    assert set(TINTS) == set(Theme.Tint.values)


def test_icon_is_hidden_from_screen_readers_and_has_no_style():
    html = render('{% icon "check" %}')
    assert html.startswith("<svg")
    for attribute in ('class="i"', 'aria-hidden="true"', 'focusable="false"'):
        assert attribute in html
    assert "style" not in html


def test_unknown_icon_raises_unless_it_comes_from_data():
    with pytest.raises(Exception, match="no-such-icon"):
        render('{% icon "no-such-icon" %}')
    assert render('{% icon "no-such-icon" missing_ok=True %}') == ""


def test_card_shows_all_facts_in_fixed_order():
    html = render("{% card c %}", c=CARD)
    order = [
        "Schrijven",
        "Nog 2 plekken",
        "Schrijf een brief",
        "di 13 okt",
        "Stadhuis Zwolle",
        "Samira El Idrissi",
        "Gemeente Utrecht",
    ]
    positions = [html.index(text) for text in order]
    assert positions == sorted(positions)
    assert '<h3 class="kaart__titel"><a href="/cursussen/brief/">' in html
    assert 'class="status status--few"' in html


def test_card_takes_an_object_as_well_as_a_dict():
    values = type("Values", (), CARD)
    assert render("{% card c %}", c=values()) == render("{% card c %}", c=CARD)


def test_card_as_include_is_the_same_card():
    template = '{% include "base/components/card.html" %}'
    assert render(template, **CARD) == render("{% card c %}", c=CARD)


@pytest.mark.parametrize(
    "field",
    ["theme_label", "status_text", "title", "when", "where", "person_name", "person_org"],
)
def test_card_escapes_markup(field):
    html = render("{% card c %}", c={**CARD, field: HOSTILE})
    assert "<img" not in html
    assert ESCAPED in html


def test_card_mirrors_form_fields_for_the_live_preview():
    html = render(
        "{% card c %}",
        c={**CARD, "url": "", "mirror": {"title": "#id_title", "when": "#id_day, #id_start"}},
    )
    assert '<span data-voorbeeld-van="#id_title">Schrijf een brief' in html
    assert '<span data-voorbeeld-van="#id_day, #id_start">di 13 okt' in html
    assert html.count("data-voorbeeld-van") == 2


def test_unknown_theme_icon_does_not_break_the_catalogue():
    assert "Schrijven" in render("{% card c %}", c={**CARD, "theme_icon": "typo-in-the-admin"})


@pytest.mark.parametrize(
    "template",
    [
        "{% avatar x %}",
        "{% persoon x x %}",
        "{% status 'free' x %}",
        "{% chip x url=x %}",
        "{% kruimels x x %}",
        "{% vinkjes xs %}",
        "{% melding title=x %}{{ x }}{% endmelding %}",
        "{% leeg title=x %}{{ x }}{% endleeg %}",
        "{% vlak label=x %}{{ x }}{% endvlak %}",
        "{% tabel caption=x %}<tr><td>{{ x }}</td></tr>{% endtabel %}",
        "{% citaat by=x %}{{ x }}{% endcitaat %}",
        "{% uitklap title=x %}{{ x }}{% enduitklap %}",
        "{% hero title=x lead=x %}{{ x }}{% endhero %}",
        "{% filterpaneel title=x %}{{ x }}{% endfilterpaneel %}",
        "{% les lesson %}",
        "{% feiten rows %}",
        "{% cijfers rows %}",
        "{% staven rows caption=x %}",
        "{% redenen rows %}",
    ],
)
def test_no_component_lets_markup_through(template):
    row = {"term": HOSTILE, "value": 3, "label": HOSTILE, "text": HOSTILE, "note": HOSTILE}
    lesson = {"title": HOSTILE, "where": HOSTILE, "url": HOSTILE, "tint": "data"}
    assert "<img" not in render(template, x=HOSTILE, xs=[HOSTILE], rows=[row], lesson=lesson)


def test_panel_with_bubble_corner_as_named_section():
    html = render(
        '{% vlak ballon=True tag="section" label="Praktisch" extra="stack" %}<p>Hoi</p>{% endvlak %}'
    )
    assert html == (
        '<section class="vlak vlak--ballon stack" aria-label="Praktisch"><p>Hoi</p></section>'
    )


def test_panel_refuses_other_elements():
    with pytest.raises(TemplateSyntaxError):
        render('{% vlak tag="script" %}{% endvlak %}')


def test_alert_kinds():
    html = render(
        '{% melding kind="let" title="Let op" role="status" level=3 %}Tekst{% endmelding %}'
    )
    assert '<div class="melding melding--let" role="status">' in html
    assert '<h3 class="melding__titel">Let op</h3>' in html
    with pytest.raises(TemplateSyntaxError):
        render('{% melding kind="rood" %}{% endmelding %}')


@pytest.mark.parametrize(
    ("level", "kind"),
    [
        (constants.SUCCESS, "goed"),
        (constants.INFO, "info"),
        (constants.WARNING, "let"),
        (constants.ERROR, "fout"),
        (constants.DEBUG, "info"),
    ],
)
def test_django_messages_become_alerts(level, kind):
    html = render("{% bericht m %}", m=Message(level, f"Bewaard {HOSTILE}"))
    assert f'class="melding melding--{kind}" role="status"' in html
    assert f"Bewaard {ESCAPED}" in html


def paginate(number, query, pages=20):
    page = Paginator(range(pages * 10), 10).get_page(number)
    request = RequestFactory().get(f"/cursussen/?{query}")
    return Template("{% paginering page %}").render(Context({"page": page, "request": request}))


def test_pagination_keeps_filters_and_repeats_none():
    html = paginate(3, "thema=data&thema=recht&q=wet+%26+regel&page=3")
    assert 'href="?thema=data&amp;thema=recht&amp;q=wet+%26+regel&amp;page=4"' in html
    assert html.count('aria-current="page"') == 1
    assert "page=3&amp;page" not in html


def test_pagination_first_page_has_the_plain_address():
    html = paginate(2, "thema=data&page=2")
    assert 'rel="prev" href="?thema=data"' in flat(html)


def test_pagination_numbers_in_addresses_have_no_thousand_separator():
    html = paginate(1200, "page=1200", pages=1300)
    assert 'href="?page=1201"' in html
    assert "page=1.201" not in html


def test_single_page_has_no_pagination():
    assert paginate(1, "", pages=1).strip() == ""


def test_breadcrumb_ends_with_the_page_itself():
    html = render('{% kruimels "Cursussen" "/cursussen/" "Doe mee" %}')
    assert '<a href="/cursussen/">Cursussen</a>' in html
    assert '<span aria-current="page">Doe mee</span>' in html


def test_steps_tell_what_is_done_and_what_is_current():
    html = flat(render("{% stappen s 2 %}", s=["Vraag", "Trainer", "Moment"]))
    assert '<li class="is-klaar">Vraag<span class="visually-hidden">(klaar)</span></li>' in html
    assert '<li aria-current="step">Trainer</li> <li>Moment</li>' in html


def test_bars_are_a_table_with_machine_readable_widths_and_dutch_numbers():
    rows = [
        {"label": "Gemeenten", "value": 5210},
        {"label": "Ministeries", "value": 1737},
        {"label": "Provincies", "value": None, "text": "minder dan 10"},
    ]
    html = flat(render('{% staven rows caption="Deelnemers" %}', rows=rows))
    assert "<caption>Deelnemers</caption>" in html
    assert 'width="100.0%"' in html
    assert 'width="33.3%"' in html
    assert 'width="0.0%"' in html
    assert '<td class="n">5.210</td>' in html
    assert '<td class="n">minder dan 10</td>' in html
    assert html.count('class="is-grootste"') == 1


def test_all_small_ones_together_are_no_winner():
    rows = [{"label": "Recht", "value": 9}, {"label": "De rest", "value": 20, "rest": True}]
    html = flat(render('{% staven rows caption="Thema’s" %}', rows=rows))
    assert '<tr class="is-grootste"> <th scope="row">Recht</th>' in html
    assert html.count('class="is-grootste"') == 1
    assert 'width="45.0%"' in html


def test_bars_without_any_value_do_not_divide_by_zero():
    assert 'width="0.0%"' in render('{% staven r caption="x" %}', r=[{"label": "a", "value": 0}])


def test_table_can_be_scrolled_with_the_keyboard():
    html = render('{% tabel caption="Mijn cursussen" %}<tbody></tbody>{% endtabel %}')
    assert '<div class="tabel-vak" role="region" aria-label="Mijn cursussen" tabindex="0">' in html
    assert "<caption>Mijn cursussen</caption><tbody></tbody></table>" in html


def test_filter_group_keeps_choices_and_can_belong_to_another_form():
    html = flat(
        render_to_string(
            "base/components/filter_group.html",
            {
                "legend": "Waar",
                "name": "waar",
                "form_id": "zoek",
                "options": [
                    {"value": "online", "label": "Online", "count": 0, "checked": True},
                    {"value": "buurt", "label": "Bij mij in de buurt", "count": None},
                ],
            },
        )
    )
    assert 'name="waar" value="online" checked form="zoek"' in html
    assert '<span class="keuze__aantal">0</span>' in html
    assert html.count("keuze__aantal") == 1


def test_lesson_says_in_words_that_you_go():
    html = render("{% les x %}", x={"title": "Woo", "url": "/w/", "tint": "recht", "mine": True})
    assert "les--ik" in html
    assert "Jij gaat" in html


class TestPage:
    def page(self, template="", **context):
        request = RequestFactory().get("/")
        source = '{% extends "base/page.html" %}{% block title %}Doe mee{% endblock %}' + template
        html = Template(source).render(Context({"request": request, **context}))
        return HttpResponse(html).content.decode()

    def test_renders_without_shell(self):
        html = flat(self.page())
        assert "<title>Doe mee · TrainJeCollega</title>" in html
        assert '<html lang="nl">' in html
        assert "Inloggen" in html

    def test_title_says_error_first(self):
        assert "<title>Fout: Doe mee · TrainJeCollega</title>" in self.page(has_errors=True)

    def test_navigation_marks_the_current_page_and_speaks_its_badge(self):
        item = {"label": "Mijn cursussen", "url": "/geef/", "icon": "megaphone", "current": True}
        shell = {
            "nav": [{**item, "badge": 2, "badge_label": "2 nieuwe vragen"}],
            "me": {"name": "Merel Jansen", "initials": "MJ", "url": "/mijn/", "tint": "data"},
            "languages": [{"code": "en", "label": "English", "url": "/en/", "current": False}],
        }
        html = flat(self.page(shell=shell))
        assert '<a href="/geef/" aria-current="page">' in html
        assert (
            '<span aria-hidden="true">2</span><span class="visually-hidden">2 nieuwe vragen' in html
        )
        assert 'aria-hidden="true">MJ</span>' in html
        assert 'href="/en/" lang="en" hreflang="en" data-taal>English</a>' in html
        assert "Inloggen" not in html

    def test_nothing_that_the_csp_forbids(self):
        html = self.page("{% block content %}{% hero title='x' %}{% endhero %}{% endblock %}")
        assert " style=" not in html
        assert "<style" not in html
        assert " on" + "click" not in html
        assert html.count("<script") == html.count("<script src=")
        assert html.count("<script") == 2

    def test_pages_are_not_kept_in_the_browser_storage(self):
        assert '"historyCacheSize":0' in self.page()

    def test_footer_says_which_cookies(self):
        assert "We gebruiken alleen cookies die nodig zijn" in self.page()


class Titled:
    def __init__(self, title, language):
        self.title, self.language = title, language


@pytest.mark.parametrize(
    ("page", "code", "expected"),
    [
        ("nl", "nl", ESCAPED),
        ("nl", "en", f'<span lang="en">{ESCAPED}</span>'),
        ("en", "nl", f'<span lang="nl">{ESCAPED}</span>'),
        ("nl", "", ESCAPED),
    ],
)
def test_a_title_says_its_language_where_the_page_has_another(page, code, expected):
    with translation.override(page):
        assert render("{{ course|titel }}", course=Titled(HOSTILE, code)) == expected
        assert render("{{ text|in_taal:code }}", text=HOSTILE, code=code) == expected


def test_what_is_on_its_way_says_so_once():
    html = flat(render("{% skelet lines=2 %}"))
    assert html.count("Even geduld") == 1
    assert html.count('<span class="skelet__lijn"></span>') == 2
