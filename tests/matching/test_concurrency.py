# SPDX-License-Identifier: EUPL-1.2
"""Two answers to one question, really at the same time: threads with connections of their own.

Each guarantee stands beside a control that takes the guard away and shows the breach.
"""

import datetime as dt
import threading
from collections import Counter

import pytest
import time_machine
from django.db import IntegrityError, connection

from base import clock
from courses.models import Course
from matching.domain import matches, planning, profiles, requests
from matching.errors import MatchRefused
from matching.models import KnowledgeRequest, Match, Support
from tests.courses.test_concurrency import at_once
from tests.factories import (
    KnowledgeRequestFactory,
    MatchFactory,
    PersonFactory,
    TrainerProfileFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)
DAY = dt.timedelta(days=1)


def outcome(result):
    if isinstance(result, MatchRefused):
        return result.code
    return repr(result) if isinstance(result, Exception) else result.state


def late_and_next():
    """One trainer did not answer in time, the next was asked: both may say yes."""
    request = KnowledgeRequestFactory(state="asked")
    rows = [
        MatchFactory(request=request, state=state, trainer=TrainerProfileFactory().person)
        for state in ("expired", "asked")
    ]
    return request, rows


def test_of_two_trainers_who_say_yes_at_once_one_gets_the_question():
    for _round in range(3):
        request, rows = late_and_next()
        results = at_once([lambda row=row: matches.say_yes(row, by=row.trainer) for row in rows])
        assert Counter(map(outcome, results)) == {"accepted": 1, "too_late": 1}
        request.refresh_from_db()
        assert (request.state, request.matches.filter(state="accepted").count()) == ("accepted", 1)


def test_control_without_the_lock_both_pass_the_check_and_only_the_constraint_holds():
    """Look first, write after: what the lock on the question prevents."""
    request, rows = late_and_next()
    looked = threading.Barrier(2)

    def naive(row):
        taken = Match.objects.filter(request=request, state="accepted").exists()
        looked.wait(timeout=30)
        if not taken:
            Match.objects.filter(pk=row.pk).update(state="accepted")
            return "wrote"
        return "refused"

    results = at_once([lambda row=row: naive(row) for row in rows])
    assert [r for r in results if r == "refused"] == []  # both saw a free question
    assert sum(isinstance(r, IntegrityError) for r in results) == 1


def test_a_double_yes_of_one_trainer_is_one_yes():
    _request, (_late, row) = late_and_next()
    results = at_once([lambda: matches.say_yes(row, by=row.trainer)] * 4)
    assert Counter(map(outcome, results)) == {"accepted": 4}


def test_yes_and_closing_at_once_leave_no_trainer_with_a_closed_question():
    for _round in range(3):
        request, (_late, row) = late_and_next()
        at_once(
            [
                lambda row=row: matches.say_yes(row, by=row.trainer),
                lambda request=request: requests.close(request, by=request.asker),
            ]
        )
        request.refresh_from_db()
        assert request.state == "closed"
        assert not request.matches.filter(state__in=Match.LIVE).exists()


def test_asking_two_trainers_at_once_asks_one():
    request = KnowledgeRequestFactory()
    people = [TrainerProfileFactory().person for _n in range(2)]
    results = at_once(
        [
            lambda p=person: matches.ask_trainer(request, trainer=p, by=request.asker)
            for person in people
        ]
    )
    assert Counter(map(outcome, results)) == {"asked": 1, "already_asked": 1}


def test_two_askers_at_once_do_not_give_a_trainer_more_than_a_year_allows():
    for _round in range(3):
        trainer = TrainerProfileFactory(requests_per_year=1).person
        asked = [KnowledgeRequestFactory() for _n in range(2)]
        results = at_once(
            [
                lambda r=request, t=trainer: matches.ask_trainer(r, trainer=t, by=r.asker)
                for request in asked
            ]
        )
        assert Counter(map(outcome, results)) == {"asked": 1, "not_eligible": 1}


def test_asking_a_trainer_who_leaves_at_that_moment_ends_well():
    for _round in range(3):
        profile = TrainerProfileFactory()
        request = KnowledgeRequestFactory()
        matches.offer_help(request, trainer=profile.person)
        results = at_once(
            [
                lambda r=request, p=profile: matches.ask_trainer(r, trainer=p.person, by=r.asker),
                lambda p=profile: profiles.withdraw(p, by=p.person),
            ]
        )
        assert all(outcome(row) in {"asked", "withdrawn", "not_eligible"} for row in results)


def test_double_click_on_a_date_makes_one_session():
    request, (_late, row) = late_and_next()
    matches.say_yes(row, by=row.trainer)
    plan = planning.Plan("Brieven", "Korter.", "schrijven", 60, "online", 10)
    moments = [(clock.today() + n * DAY, dt.time(10)) for n in (10, 11)]
    planning.offer_dates(row, by=row.trainer, plan=plan, moments=moments)
    options = list(row.options.all())
    results = at_once(
        [lambda o=option: planning.pick_date(o, by=request.asker) for option in options * 2]
    )
    assert len({session.pk for session in results}) == 1
    assert Course.objects.count() == 1


def test_supporting_twice_at_once_counts_once():
    request, person = KnowledgeRequestFactory(), PersonFactory()
    at_once([lambda: requests.support(request, person=person)] * 4)
    assert Support.objects.count() == 1


def test_beat_and_a_late_answer_at_once_agree():
    request = KnowledgeRequestFactory(state="asked")
    row = MatchFactory(request=request, trainer=TrainerProfileFactory().person)
    with time_machine.travel(row.answer_due_at, tick=False):
        at_once([matches.expire_unanswered, lambda: matches.say_yes(row, by=row.trainer)])
    row.refresh_from_db()
    request.refresh_from_db()
    assert (row.state, request.state) == ("accepted", KnowledgeRequest.State.ACCEPTED)
    assert connection.in_atomic_block is False
