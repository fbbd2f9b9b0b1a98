# SPDX-License-Identifier: EUPL-1.2
"""Every figure is counted again from the raw rows, with other means."""

import datetime as dt

import pytest
import time_machine
from django.db.models import Q

from base import clock
from courses.domain.attendance import evaluate, mark_attendance
from courses.domain.registration import cancel, register
from reach.domain.figures import Row, breakdowns, measure, unmarked_sessions
from reach.domain.scopes import Scope, UnknownScope, choose, scopes
from tests.factories import (
    CourseFactory,
    EditionFactory,
    OrganisationFactory,
    PersonFactory,
    SessionFactory,
)
from tests.reach import rows

pytestmark = pytest.mark.django_db


def scope_of(edition):
    return Scope(edition.slug, edition.name, edition)


def everyone(scope):
    return measure(scope, {"all": Q()})["all"]


def test_headline_figures_are_those_counted_by_hand():
    edition = rows.busy_week()
    found, expected = everyone(scope_of(edition)), rows.count_by_hand(rows.all_rows(edition))
    assert found.people == expected.people
    assert found.organisations == expected.organisations
    assert found.hours == expected.hours
    assert found.sessions == expected.sessions
    assert found.elsewhere_share == expected.elsewhere_share
    assert found.attendance_share == expected.attendance_share
    assert found.score == pytest.approx(expected.score)


def test_breakdowns_are_those_counted_by_hand():
    edition = rows.busy_week()
    expected = rows.count_by_hand(rows.all_rows(edition))
    found = breakdowns(scope_of(edition), own=[], focus=None)
    assert {row.key: row.people for row in found["layers"]} == expected.layers
    assert {row.key[:10]: row.people for row in found["days"]} == expected.days
    assert {(row.key, row.second): row.people for row in found["flow"]} == expected.flow
    assert found["teachers"] == []


def test_own_part_of_every_cell_is_that_of_the_own_organisations():
    edition = rows.busy_week()
    own = [o.organisation_id for o in rows.all_rows(edition)[:2]]
    mine = rows.count_by_hand(rows.all_rows(edition).filter(organisation_id__in=own))
    found = breakdowns(scope_of(edition), own=own, focus=own[0])
    assert {row.key: row.own for row in found["layers"] if row.own} == mine.layers
    assert {row.key[:10]: row.own for row in found["days"] if row.own} == mine.days
    group = measure(scope_of(edition), {"own": Q(organisation_id__in=own)})["own"]
    assert (group.people, group.hours) == (mine.people, mine.hours)
    by_host: dict[str, set] = {}
    for row in rows.all_rows(edition).filter(organisation_id=own[0], state="attended"):
        who = row.person_id or f"erased {row.pk}"
        by_host.setdefault(row.session.course.organisation.name, set()).add(who)
    assert {row.key: row.people for row in found["teachers"]} == {
        name: len(who) for name, who in by_host.items()
    }


def test_figures_of_a_scope_without_data_are_zero():
    found = everyone(scope_of(EditionFactory()))
    assert (found.people, found.hours, found.score) == (0, 0, None)
    assert (found.elsewhere_share, found.attendance_share) == (None, None)


def test_only_the_sessions_of_the_scope_count():
    edition = rows.finished_week()
    course = CourseFactory()
    inside = rows.session_on(edition.starts_on, course=course, edition=edition)
    outside = rows.session_on(edition.starts_on, course=course, edition=None, minutes=120)
    rows.place(inside, PersonFactory())
    rows.place(outside, PersonFactory())
    offered = scopes([edition])
    hours = {scope.key: everyone(scope).hours for scope in offered}
    assert hours == {edition.slug: 1.0, "doorlopend": 2.0, "alles": 3.0}


def test_without_a_choice_the_newest_edition_that_began_is_shown():
    old, coming = rows.finished_week(), EditionFactory()
    assert choose(scopes([coming, old]), "").edition == old
    series = EditionFactory(kind="series", starts_on=clock.today(), max_minutes=240)
    assert choose(scopes([series, old]), "").edition == old
    assert choose(scopes([series]), "").edition == series
    assert choose(scopes([coming]), "").key == "alles"
    assert choose(scopes([coming]), coming.slug).edition == coming
    with pytest.raises(UnknownScope):
        choose(scopes([coming]), "bestaat-niet")


def test_who_cancelled_and_registered_again_counts_once_and_attendance_is_what_counts():
    organisation, host = OrganisationFactory(), OrganisationFactory(layer="rijk")
    session = SessionFactory(course=CourseFactory(organisation=host))
    learner, absentee = rows.colleagues(organisation, 2)
    first = register(session, person=learner)
    cancel(first, by=learner)
    again = register(session, person=learner)
    other = register(session, person=absentee)
    scope = Scope("alles", "Alles")
    assert everyone(scope).people == 0  # registered is not learned
    with time_machine.travel(session.ends_at + dt.timedelta(minutes=1), tick=False):
        session.refresh_from_db()
        assert unmarked_sessions(scope) == 1
        mark_attendance(session, by=absentee, absent={other.public_id})
        again.refresh_from_db()
        evaluate(again, person=learner, score=8)
        found = everyone(scope)
        assert (found.people, found.attendances, found.absences) == (1, 1, 1)
        assert (found.hours, found.elsewhere_share, found.score) == (1.0, 1.0, 8.0)
        assert unmarked_sessions(scope) == 0
        mark_attendance(session, by=absentee, absent=set())  # the trainer corrects it
        assert everyone(scope).people == 2
        mark_attendance(session, by=absentee, absent={again.public_id, other.public_id})
        found = everyone(scope)
        assert (found.people, found.absences, found.markers) == (0, 2, 0)


def test_people_count_where_they_worked_when_they_signed_up():
    old, new = OrganisationFactory(layer="gemeente"), OrganisationFactory(layer="rijk")
    person = PersonFactory(organisation=old)
    edition = rows.finished_week()
    session = rows.session_on(edition.starts_on, course=CourseFactory(), edition=edition)
    rows.place(session, person)
    person.organisation = new
    person.save()
    groups = {"old": Q(organisation=old), "new": Q(organisation=new)}
    found = measure(scope_of(edition), groups)
    assert (found["old"].people, found["new"].people) == (1, 0)
    assert breakdowns(scope_of(edition), own=[], focus=None)["layers"] == [
        Row("gemeente", "", 1, 0)
    ]


def test_an_evening_session_counts_on_its_dutch_day():
    edition = rows.finished_week()
    late = rows.session_on(edition.starts_on, course=CourseFactory(), edition=edition, hour=0)
    assert clock.local(late.starts_at).date() != late.starts_at.date()
    rows.place(late, PersonFactory())
    found = breakdowns(scope_of(edition), own=[], focus=None)["days"]
    assert [row.key[:10] for row in found] == [edition.starts_on.isoformat()]


def test_a_long_period_is_counted_per_month():
    course = CourseFactory()
    for month, people in ((1, 2), (3, 1)):
        session = rows.session_on(dt.date(2026, month, 15), course=course, edition=None)
        for person in rows.colleagues(OrganisationFactory(), people):
            rows.place(session, person)
    found = breakdowns(Scope("alles", "Alles"), own=[], focus=None)["days"]
    assert sorted((row.key[:10], row.people) for row in found) == [
        ("2026-01-01", 2),
        ("2026-03-01", 1),
    ]


def test_all_figures_cost_two_queries(django_assert_num_queries):
    edition = rows.busy_week()
    with django_assert_num_queries(2):
        measure(scope_of(edition), {"all": Q(), "own": Q(organisation_id=1)})
        breakdowns(scope_of(edition), own=[1, 2], focus=1)
