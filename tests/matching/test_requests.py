# SPDX-License-Identifier: EUPL-1.2
"""Asking a question, 'ik ook', 'past niet', closing, and what time does."""

import datetime as dt

import pytest
import time_machine

from base import clock
from courses.models import Session
from matching import signals
from matching.domain import requests
from matching.domain.names_in_text import hints, is_bsn
from matching.domain.requests import EDITABLE
from matching.errors import RequestRefused
from matching.models import Dismissal, KnowledgeRequest, Match, Support
from tests.factories import (
    CourseFactory,
    KnowledgeRequestFactory,
    MatchFactory,
    PersonFactory,
    SessionFactory,
    ThemeFactory,
)

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
EXCEL = (
    "Elke maand krijg ik van tien afdelingen een Excelbestand. Ik plak ze met de hand aan elkaar."
)


@pytest.fixture
def heard():
    """Signals that were sent, by name."""
    found = []
    names = ("request_expiring", "request_supported", "request_changed", "match_withdrawn")

    def listen(name):
        def receiver(**kwargs):
            found.append(name)

        return receiver

    receivers = {name: listen(name) for name in names}
    for name, receiver in receivers.items():
        getattr(signals, name).connect(receiver)
    yield found
    for name, receiver in receivers.items():
        getattr(signals, name).disconnect(receiver)


def refused(code, act):
    with pytest.raises(RequestRefused) as error:
        act()
    assert error.value.code == code
    return error.value


def test_a_question_takes_title_language_and_organisation_from_what_is_there():
    person = PersonFactory()
    request = requests.ask(by=person, text=f"  {EXCEL}\0 ")
    assert request.title == "Elke maand krijg ik van tien afdelingen een Excelbestand."
    assert (request.language, request.people, request.state) == ("nl", 1, "open")
    assert (request.asker, request.organisation) == (person, person.organisation)
    assert request.text == EXCEL


def test_english_is_recognised_and_a_long_sentence_becomes_a_title_of_whole_words():
    text = "How do we make one overview of all the files that we get from the departments " * 3
    request = requests.ask(by=PersonFactory(), text=text)
    assert request.language == "en"
    assert len(request.title) <= 120
    assert request.title.endswith("…")
    assert text.startswith(request.title[:-1])


def test_the_theme_follows_from_courses_that_agree():
    theme = ThemeFactory(slug="data", name="Data")
    for title in ("Draaitabellen in Excel", "Excelbestanden samenvoegen"):
        CourseFactory(title=title, promise="Excel voor iedereen", theme=theme, slug=title[:12])
    from courses.domain import search

    search.refresh()
    assert (
        requests.ask(by=PersonFactory(), text=EXCEL + " Draaitabellen of samenvoegen?").theme
        == theme
    )
    assert requests.ask(by=PersonFactory(), text="Hoe praat ik met de raad?").theme is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Vertel waar je tegenaan loopt."),
        (" \n\0 ", "Vertel waar je tegenaan loopt."),
        ("🤔🤔 ?!", "Schrijf je vraag in woorden. Dan kunnen we een collega zoeken."),
        (
            "woord " * 4000,
            "Maak je vraag korter: hooguit 4000 tekens. Nu zijn het er 23999.",
        ),
    ],
)
def test_text_that_is_no_question_is_refused_with_a_sentence(text, sentence):
    error = refused("text", lambda: requests.ask(by=PersonFactory(), text=text))
    assert (error.sentence, error.field) == (sentence, "text")
    assert not KnowledgeRequest.objects.exists()


def test_other_scripts_and_emoji_beside_words_are_welcome():
    text = "كيف أكتب رسالة واضحة؟ 🙂"
    assert requests.ask(by=PersonFactory(), text=text).title == text


def test_numbers_and_dates_that_cannot_be_are_refused():
    person = PersonFactory()
    for field, values in (
        ("people", {"audience": "team", "people": 0}),
        ("people", {"audience": "team", "people": 501}),
        ("not_after", {"not_after": clock.today() - DAY}),
        (
            "not_after",
            {"not_before": clock.today() + 9 * DAY, "not_after": clock.today() + 2 * DAY},
        ),
    ):
        with pytest.raises(RequestRefused) as error:
            requests.ask(by=person, text=EXCEL, **values)
        assert error.value.field == field


def test_who_has_no_organisation_or_typed_no_code_cannot_ask():
    refused(
        "organisation_missing",
        lambda: requests.ask(by=PersonFactory(organisation=None), text=EXCEL),
    )
    refused("code_first", lambda: requests.ask(by=PersonFactory(verified_at=None), text=EXCEL))


def test_only_what_is_editable_can_be_changed_and_a_made_title_follows_the_text():
    request = requests.ask(by=PersonFactory(), text=EXCEL)
    with pytest.raises(TypeError):
        requests.change(request, by=request.asker, state="done")
    assert "state" not in EDITABLE
    changed = requests.change(request, by=request.asker, text="Wie kent Power Query?")
    assert changed.title == "Wie kent Power Query?"
    named = requests.change(request, by=request.asker, title="Power Query", text=EXCEL)
    assert requests.change(named, by=request.asker, text="Wie leert me dit?").title == "Power Query"


def test_a_question_with_a_trainer_cannot_be_changed():
    request = KnowledgeRequestFactory(state="accepted")
    refused("wrong_state", lambda: requests.change(request, by=request.asker, text=EXCEL))


def test_support_counts_once_never_the_asker_and_not_an_ended_question(heard):
    request, person = KnowledgeRequestFactory(), PersonFactory()
    requests.support(request, person=person)
    requests.support(request, person=person)
    assert (Support.objects.count(), heard) == (1, ["request_supported"])
    refused("own", lambda: requests.support(request, person=request.asker))
    refused(
        "ended",
        lambda: requests.support(KnowledgeRequestFactory(state="closed"), person=person),
    )
    requests.stop_supporting(request, person=person)
    assert not Support.objects.exists()


def test_dismissing_a_proposed_trainer_opens_the_question_again():
    match = MatchFactory(state="proposed", asked_at=None, answer_due_at=None)
    request = match.request
    KnowledgeRequest.objects.update(state="proposed")
    for _twice in range(2):
        requests.dismiss(
            request, trainer=match.trainer, reason="known", note="kamergenoot", by=request.asker
        )
    assert Dismissal.objects.get().note == "kamergenoot"
    match.refresh_from_db()
    request.refresh_from_db()
    assert (match.state, request.state) == ("withdrawn", "open")


def test_closing_tells_who_was_asked_and_can_be_undone(heard):
    match = MatchFactory()
    KnowledgeRequest.objects.update(state="asked")
    request = requests.close(match.request, by=match.request.asker)
    match.refresh_from_db()
    assert (request.state, match.state, heard) == ("closed", "withdrawn", ["match_withdrawn"])
    assert requests.keep_open(request, by=request.asker).state == "open"


def test_a_planned_question_is_not_closed():
    request = KnowledgeRequestFactory(state="planned")
    refused("planned", lambda: requests.close(request, by=request.asker))


def test_the_asker_is_nudged_once_and_then_the_question_expires(heard):
    request = KnowledgeRequestFactory()
    assert requests.nudge_expiring() == 0
    with time_machine.travel(request.closes_at - 13 * DAY, tick=False):
        assert (requests.nudge_expiring(), requests.nudge_expiring()) == (1, 0)
        assert requests.expire() == 0
    with time_machine.travel(request.closes_at, tick=False):
        assert (requests.expire(), requests.expire()) == (1, 0)
    request.refresh_from_db()
    assert (request.state, heard) == ("expired", ["request_expiring"])


def test_keeping_it_open_gives_three_months_and_a_new_nudge():
    request = KnowledgeRequestFactory(nudged_at=clock.now())
    with time_machine.travel(clock.now() + 80 * DAY, tick=False):
        kept = requests.keep_open(request, by=request.asker)
        assert kept.closes_at == clock.now() + requests.OPEN_FOR
    assert kept.nudged_at is None


def test_after_its_session_a_question_is_done():
    session = SessionFactory()
    match = MatchFactory(state="accepted")
    KnowledgeRequest.objects.update(state="planned", course=session.course, session=session)
    assert requests.finish() == 0
    Session.objects.update(
        starts_at=clock.now() - dt.timedelta(hours=2), ends_at=clock.now() - dt.timedelta(hours=1)
    )
    assert (requests.finish(), requests.finish()) == (1, 0)
    match.refresh_from_db()
    assert (match.state, match.request.state) == ("done", "done")


def test_a_year_after_the_end_text_and_asker_are_gone():
    request = KnowledgeRequestFactory(state="closed", search_more=" geheim ")
    Support.objects.create(request=request, person=PersonFactory())
    MatchFactory(request=request, state="declined", message="Wil je?", answer_text="Nee")
    assert requests.forget_texts() == 0
    with time_machine.travel(clock.now() + 366 * DAY, tick=False):
        assert (requests.forget_texts(), requests.forget_texts()) == (1, 0)
    request.refresh_from_db()
    assert (request.text, request.asker, request.search_more) == ("", None, "")
    assert (Support.objects.count(), Match.objects.get().message) == (0, "")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Ik wil beter leren schrijven.", 0),
        ("Hoe lees ik de jaarrekening 2026 met 123 posten?", 0),
        ("BSN 111222333 staat in mijn brief", 1),
        ("Nummer 111222334 is geen BSN", 0),
        ("Bel me op 06-12345678", 1),
        ("Mail merel@gemeente.nl", 1),
        ("Mijn medewerker is al maanden ziek", 1),
        ("De heer Jansen belt elke dag", 1),
        ("Bel (036) 539 99 11 graag", 1),
        ("+31 (0)6 12 34 56 78", 1),
        ("0031 6.12.34.56.78", 1),
        ("De bijeenkomst is op 01-02-2027 10:00 uur", 0),
        ("Mijn collega Fatima en ik snappen het niet", 1),
        ("Een cliënt genaamd Yılmaz belt", 2),
        ("Ik leerde het van Jan maar vergat het", 1),
        ("Marieke van den Berg en ik willen leren notuleren", 1),
        ("J.P. de Vries schrijft lange brieven", 1),
        ("Wie kent Power BI, Common Ground en de Raad van State? N.B. Ik ben Nederlander", 0),
        ("Wanneer in jan is de cursus van de gemeente Den Haag?", 0),
        ("Wat doe ik als iemand ziek wordt en hij niet belt?", 1),
    ],
)
def test_names_and_cases_in_a_question_are_pointed_out(text, number):
    assert len(hints(text)) == number


def test_elfproef():
    assert is_bsn("111222333")
    assert not is_bsn("000000000")


def test_beat_does_all_that_time_alone_changes():
    from matching import tasks

    late = MatchFactory(answer_due_at=clock.now() - DAY)
    KnowledgeRequest.objects.update(state="asked")
    KnowledgeRequestFactory(closes_at=clock.now() + DAY)
    KnowledgeRequestFactory(closes_at=clock.now() - DAY)
    assert (tasks.move_questions_on(), tasks.move_questions_on()) == (3, 0)
    late.refresh_from_db()
    assert late.state == "expired"
    assert tasks.forget_questions() == 0
