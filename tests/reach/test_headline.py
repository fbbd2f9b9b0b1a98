# SPDX-License-Identifier: EUPL-1.2
"""Headline figures that no other test counts by hand: questions, waiting in vain, newcomers' share, hosts, supply."""

import datetime as dt
import statistics

import pytest

from base import clock
from courses.models import Registration, Session
from matching.models import KnowledgeRequest, Match
from reach.domain.aggregate import aggregate
from reach.domain.published import shelf
from tests.factories import (
    CourseFactory,
    KnowledgeRequestFactory,
    MatchFactory,
    OrganisationFactory,
    ThemeFactory,
)
from tests.reach import rows

pytestmark = pytest.mark.django_db


def read(key):
    aggregate()
    found = shelf()
    return found.read(next(scope for scope in found.offered if scope.key == key))


@pytest.fixture
def week():
    """A week with forty at two sessions of two organisations."""
    edition = rows.finished_week(slug="week")
    for hour in (9, 13):
        session = rows.session_on(
            edition.starts_on, course=CourseFactory(), edition=edition, hour=hour
        )
        for person in rows.colleagues(OrganisationFactory(), 20):
            rows.place(session, person)
    return edition


def questions_by_hand(asked):
    yes = {Match.State.ACCEPTED, Match.State.DONE}
    days = []
    for question in asked:
        answers = [m.answered_at for m in question.matches.all() if m.state in yes]
        if answers:
            first = clock.local(min(answers)).date()
            days.append((first - clock.local(question.created_at).date()).days)
    return {
        "asked": len(asked),
        "matched": len(days),
        "done": sum(question.state == "done" for question in asked),
        "days": round(statistics.median(days)) if len(days) >= 5 else None,
    }


def test_questions_count_in_the_period_of_their_session_and_a_no_is_no_match(week):
    session = Session.objects.filter(edition=week).first()
    inside = []
    for number, days in enumerate((1, 2, 3, 9, 30)):
        asked = KnowledgeRequestFactory(
            session=session, course=session.course, state="done" if number < 2 else "planned"
        )
        MatchFactory(request=asked, state="declined", answered_at=asked.created_at)
        MatchFactory(
            request=asked,
            state="accepted",
            answered_at=asked.created_at + dt.timedelta(days=days),
        )
        inside.append(asked)
    inside.append(KnowledgeRequestFactory(session=session, course=session.course, state="planned"))
    KnowledgeRequestFactory()  # year-round, and nobody said yes
    found = read("week").headline["questions"]
    assert found == questions_by_hand(inside)
    assert found == {"asked": 6, "matched": 5, "done": 2, "days": 3}
    everything = read("alles").headline["questions"]
    assert everything == questions_by_hand(list(KnowledgeRequest.objects.all()))
    assert everything["asked"] == 7


def test_a_median_of_four_is_not_told(week):
    session = Session.objects.filter(edition=week).first()
    for days in (1, 2, 3, 9):
        asked = KnowledgeRequestFactory(session=session, course=session.course, state="planned")
        MatchFactory(
            request=asked,
            state="accepted",
            answered_at=asked.created_at + dt.timedelta(days=days),
        )
    assert read("week").headline["questions"]["days"] is None


def test_who_waited_in_vain_is_who_still_waited_at_the_start(week):
    """Not who gave up the wait, and not who lost a seat because the session was off."""
    session = Session.objects.filter(edition=week).first()
    queued = {"queued_at": session.starts_at - dt.timedelta(days=2)}
    many = rows.colleagues(OrganisationFactory(), 15) + rows.colleagues(OrganisationFactory(), 15)
    for number, person in enumerate(many):
        if number % 2:
            rows.place(session, person, state=Registration.State.WAITING, **queued)
        else:
            row = rows.cancelled(session, person, **queued)
            row.cancel_reason = "started"
            row.save()
    gave_up, off, never_queued = rows.colleagues(OrganisationFactory(), 3)
    rows.cancelled(session, gave_up, **queued)
    lost = rows.cancelled(session, off)
    lost.cancel_reason = "session"
    lost.save()
    dropped = rows.cancelled(session, never_queued)
    dropped.cancel_reason = "started"
    dropped.save()
    found = read("week")
    assert found.headline["waited"] == 30
    assert sum(row["waiting"] or 0 for row in found.rows("supply")) == 30


def test_hosts_times_and_the_share_of_newcomers_are_counted(week):
    later = rows.finished_week(slug="later")
    later.starts_on = week.starts_on + dt.timedelta(days=1)
    later.save()
    session = rows.session_on(
        week.ends_on, course=CourseFactory(organisation=OrganisationFactory()), edition=later
    )
    known = [row.person for row in rows.all_rows(week)[:20]]
    for person in known + rows.colleagues(OrganisationFactory(), 40):
        rows.place(session, person)
    first, second = read("week").headline, read("later").headline
    assert (first["hosts"], first["times"], first["first_share"]) == (2, 40, 100)
    assert (second["hosts"], second["times"], second["first"], second["first_share"]) == (
        1,
        60,
        40,
        67,
    )


def test_supply_is_what_the_programme_and_the_questions_say(week):
    data = ThemeFactory(slug="data", name="Data")
    course = CourseFactory(theme=data)
    for number in range(3):
        session = rows.session_on(
            week.starts_on + dt.timedelta(days=number), course=course, edition=week
        )
        Session.objects.filter(pk=session.pk).update(
            capacity=12, status="cancelled" if number == 2 else "planned"
        )
    KnowledgeRequestFactory(theme=data, session=session, course=course)
    (row,) = [row for row in read("week").rows("supply") if row["key"] == "data"]
    assert (row["sessions"], row["seats"], row["questions"]) == (2, 24, 1)
