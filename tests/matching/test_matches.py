# SPDX-License-Identifier: EUPL-1.2
"""Asking a trainer and the answer: one at a time, the first yes counts."""

import datetime as dt

import pytest
import time_machine

from base import clock
from matching.domain import matches, requests, workdays
from matching.errors import MatchRefused
from matching.models import KnowledgeRequest, Match
from tests.factories import KnowledgeRequestFactory, PersonFactory, TrainerProfileFactory

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def refused(code, act):
    with pytest.raises(MatchRefused) as error:
        act()
    assert error.value.code == code
    return error.value.sentence


@pytest.fixture
def request_():
    return KnowledgeRequestFactory()


@pytest.fixture
def trainer():
    return TrainerProfileFactory().person


def ask(request, trainer, **fields):
    return matches.ask_trainer(request, trainer=trainer, by=request.asker, **fields)


def state_of(row):
    row.refresh_from_db()
    return row.state


def test_asking_moves_the_question_and_gives_five_working_days(request_, trainer):
    with time_machine.travel("2026-12-23T10:00Z", tick=False):
        match = ask(request_, trainer, message="Kun jij\r\nhelpen?", score=0.4)
    assert (match.state, state_of(request_), match.message) == ("asked", "asked", "Kun jij helpen?")
    # Christmas (Friday and Saturday), and a weekend are no working days.
    assert clock.local(match.answer_due_at).date() == dt.date(2026, 12, 31)


def test_asking_twice_is_asking_once(request_, trainer):
    assert ask(request_, trainer).pk == ask(request_, trainer).pk
    assert Match.objects.count() == 1


def test_while_one_is_asked_no_other_can_be_until_the_answer_is_late(request_, trainer):
    first = ask(request_, trainer)
    other = TrainerProfileFactory().person
    refused("already_asked", lambda: ask(request_, other))
    with time_machine.travel(first.answer_due_at, tick=False):
        second = ask(request_, other)
    assert (state_of(first), second.state) == ("expired", "asked")


def test_own_question_and_who_is_not_or_no_longer_in_the_pool_are_refused(request_, trainer):
    TrainerProfileFactory(person=request_.asker)
    refused("own", lambda: ask(request_, request_.asker))
    refused("not_in_pool", lambda: ask(request_, PersonFactory()))
    for change in (
        {"state": "withdrawn"},
        {"state": "paused"},
        {"languages": ["en"]},
    ):
        profile = TrainerProfileFactory(**change)
        refused("not_eligible", lambda profile=profile: ask(request_, profile.person))
    trainer.is_active = False
    trainer.save()
    refused("not_eligible", lambda: ask(request_, trainer))
    assert not Match.objects.exists()


def test_yes_accepts_and_repeating_it_changes_nothing(request_, trainer):
    match = ask(request_, trainer)
    for _twice in range(2):
        said = matches.say_yes(match, by=trainer, text="Leuk!")
    assert (said.state, said.answer_text, state_of(request_)) == ("accepted", "Leuk!", "accepted")


def test_no_with_a_reason_opens_the_question_for_the_next(request_, trainer):
    match = ask(request_, trainer)
    matches.say_no(match, by=trainer, reason="busy")
    assert (state_of(match), match.answer_reason, state_of(request_)) == (
        "declined",
        "busy",
        "open",
    )
    refused("not_eligible", lambda: ask(request_, trainer))
    refused("too_late", lambda: matches.say_yes(match, by=trainer))


def test_beat_lets_an_unanswered_question_go_on_and_a_late_yes_still_counts(request_, trainer):
    match = ask(request_, trainer)
    assert matches.expire_unanswered() == 0
    with time_machine.travel(match.answer_due_at, tick=False):
        assert (matches.expire_unanswered(), matches.expire_unanswered()) == (1, 0)
        assert (state_of(match), state_of(request_)) == ("expired", "open")
        matches.say_yes(match, by=trainer)
    assert (state_of(match), state_of(request_)) == ("accepted", "accepted")


def test_a_late_yes_after_somebody_else_said_it_is_too_late(request_, trainer):
    first = ask(request_, trainer)
    other = TrainerProfileFactory().person
    with time_machine.travel(first.answer_due_at, tick=False):
        second = ask(request_, other)
        matches.say_yes(second, by=other)
    refused("too_late", lambda: matches.say_yes(first, by=trainer))


def test_a_late_yes_withdraws_the_question_from_who_was_asked_next(request_, trainer):
    first = ask(request_, trainer)
    other = TrainerProfileFactory().person
    with time_machine.travel(first.answer_due_at, tick=False):
        second = ask(request_, other)
        matches.say_yes(first, by=trainer)
    assert state_of(second) == "withdrawn"
    refused("too_late", lambda: matches.say_yes(second, by=other))


def test_a_closed_question_takes_no_yes(request_, trainer):
    match = ask(request_, trainer)
    requests.close(request_, by=request_.asker)
    refused("too_late", lambda: matches.say_yes(match, by=trainer))


def test_offering_help_proposes_it_to_the_asker_who_then_asks(request_, trainer):
    offer = matches.offer_help(request_, trainer=trainer, text="Dit kan ik")
    assert (offer.state, offer.origin, state_of(request_)) == ("proposed", "offer", "proposed")
    assert matches.offer_help(request_, trainer=trainer).pk == offer.pk
    asked = ask(request_, trainer)
    assert (asked.pk, asked.state) == (offer.pk, "asked")
    refused("own", lambda: matches.offer_help(request_, trainer=request_.asker))
    request = KnowledgeRequestFactory()
    refused("not_in_pool", lambda: matches.offer_help(request, trainer=PersonFactory()))


def test_taking_a_question_back_leaves_the_other_offers(request_, trainer):
    matches.offer_help(request_, trainer=TrainerProfileFactory().person)
    match = ask(request_, trainer)
    matches.stop_asking(match, by=request_.asker)
    assert (state_of(match), state_of(request_)) == ("withdrawn", "proposed")


def test_every_step_that_is_not_drawn_is_refused():
    from matching.domain import states
    from matching.errors import RequestRefused

    for state in KnowledgeRequest.State.values:
        request = KnowledgeRequestFactory(state=state)
        for to in set(KnowledgeRequest.State.values) - states.NEXT[state] - {state}:
            with pytest.raises(RequestRefused):
                states.move(request, to, by=None)
            request.refresh_from_db()
            assert request.state == state


@pytest.mark.parametrize(
    ("year", "day"),
    [(2026, (4, 5)), (2027, (3, 28)), (2038, (4, 25)), (2285, (3, 22))],
)
def test_easter(year, day):
    assert workdays.easter(year) == dt.date(year, *day)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-04-27", False),  # King's day
        ("2025-04-26", False),
        ("2025-04-28", True),  # celebrated on Saturday 26 April
        ("2026-05-14", False),  # Ascension
        ("2026-05-05", False),  # every year, not only when offices close
        ("2026-04-03", False),  # Good Friday
        ("2026-12-31", True),
        ("2026-10-17", False),  # Saturday
        ("2026-10-19", True),
    ],
)
def test_working_days(day, works):
    assert workdays.is_workday(dt.date.fromisoformat(day)) is works
