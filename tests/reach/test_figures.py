# SPDX-License-Identifier: EUPL-1.2
"""Which registrations count, where, and when: the cases that figures must survive."""

import datetime as dt

import pytest
import time_machine

from accounts.models import Role
from base import clock
from courses.domain.attendance import evaluate, mark_attendance
from courses.domain.registration import cancel, register
from reach.domain.aggregate import aggregate
from reach.domain.published import shelf
from reach.domain.scopes import UnknownScope, choose, of_quarter, of_year, previous, scopes
from reach.models import ReachTable
from tests.factories import (
    CourseFactory,
    EditionFactory,
    OrganisationFactory,
    SessionFactory,
    coordinator,
)
from tests.reach import rows

pytestmark = pytest.mark.django_db


def read(key, organisation=None):
    aggregate()
    found = shelf()
    scope = next(scope for scope in found.offered if scope.key == key)
    return found.read(scope, organisation=organisation)


def own_of(organisation, key="alles"):
    """What its coordinator sees, exact for groups of five and more."""
    if not Role.objects.filter(organisation=organisation).exists():
        coordinator(organisation)
    return read(key, organisation).own


def test_figures_of_a_scope_without_data_are_empty():
    found = read(EditionFactory().slug)
    assert found.is_empty
    assert (found.headline["people"], found.headline["hours"], found.headline["score"]) == (
        0,
        0,
        None,
    )
    assert (found.headline["elsewhere_share"], found.headline["attendance_share"]) == (None, None)
    assert found.rows("layers") == []


def test_only_the_sessions_of_the_scope_count():
    edition = rows.finished_week()
    course = CourseFactory()
    inside = rows.session_on(edition.starts_on, course=course, edition=edition)
    outside = rows.session_on(edition.starts_on, course=course, edition=None, minutes=120)
    for session in (inside, outside):
        for person in rows.colleagues(OrganisationFactory(), 20):
            rows.place(session, person)
    hours = {key: read(key).headline["hours"] for key in (edition.slug, "doorlopend", "alles")}
    assert hours == {edition.slug: 20, "doorlopend": 40, "alles": 60}


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
    session = SessionFactory(course=CourseFactory(organisation=host), capacity=40)
    learners = rows.colleagues(organisation, 12)
    coordinator(organisation)
    for learner in learners:
        cancel(register(session, person=learner), by=learner)
    again = [register(session, person=learner) for learner in learners]
    assert read("alles").is_empty  # registered is not learned
    with time_machine.travel(session.ends_at + dt.timedelta(minutes=1), tick=False):
        session.refresh_from_db()
        assert read("alles").headline["unmarked"] == 1
        mark_attendance(session, by=learners[0], absent={again[0].public_id})
        for row in again[1:]:
            row.refresh_from_db()
            evaluate(row, person=row.person, score=8)
        own = own_of(organisation)
        assert (own["people"], own["times"], own["score"]) == (10, 10, 8.0)  # rounded: still open
        assert read("alles").headline["unmarked"] == 0


def test_people_count_where_they_worked_when_they_signed_up():
    old, new = OrganisationFactory(layer="gemeente"), OrganisationFactory(layer="rijk")
    edition = rows.finished_week()
    session = rows.session_on(edition.starts_on, course=CourseFactory(), edition=edition)
    for person in rows.colleagues(old, 20):
        rows.place(session, person)
        person.organisation = new
        person.save()
    assert own_of(old, edition.slug)["people"] == 20
    assert own_of(new, edition.slug)["people"] == 0
    assert [row["key"] for row in read(edition.slug).rows("layers")] == ["gemeente"]


def test_who_changed_employer_counts_once_in_all_and_once_in_each_layer():
    old, new = OrganisationFactory(layer="gemeente"), OrganisationFactory(layer="rijk")
    edition = rows.finished_week()
    first, second = (
        rows.session_on(edition.starts_on, course=CourseFactory(), edition=edition, hour=hour)
        for hour in (9, 13)
    )
    for person in rows.colleagues(old, 20):
        rows.place(first, person)
        rows.place(second, person, organisation=new)
    found = read(edition.slug)
    assert found.headline["people"] == 20
    assert {row["key"]: row["people"] for row in found.rows("layers")} == {
        "gemeente": 20,
        "rijk": 20,
    }


def test_a_merged_organisation_counts_with_its_successor_and_what_was_frozen_names_both():
    """Gouda and Delft became Goudelft after the week was frozen; the running periods know only Goudelft."""
    gouda, delft = (OrganisationFactory(name=name) for name in ("Gouda", "Delft"))
    edition = rows.finished_week()
    session = rows.session_on(edition.starts_on, course=CourseFactory(), edition=edition)
    for person in rows.colleagues(gouda, 20) + rows.colleagues(delft, 15):
        rows.place(session, person)
    before = read(edition.slug).rows("organisations")
    merged = OrganisationFactory(name="Goudelft")
    for organisation in (gouda, delft):
        organisation.successor = merged
        organisation.valid_until = clock.today() - dt.timedelta(days=1)
        organisation.save()
    after = read(edition.slug)
    assert after.rows("organisations") == before
    from reach.domain.published import Labels

    labels = Labels(before)
    assert [labels.organisation(row["key"]) for row in before] == [
        "Gouda (nu Goudelft)",
        "Delft (nu Goudelft)",
    ]
    own = own_of(merged, edition.slug)
    assert (own["people"], own["hours"]) == (35, 35)


def test_deleted_people_stay_counted():
    edition = rows.finished_week()
    session = rows.session_on(edition.starts_on, course=CourseFactory(), edition=edition)
    people = rows.colleagues(OrganisationFactory(), 20)
    for person in people:
        rows.place(session, person)
    before = read(edition.slug)
    for person in people[:15]:
        person.delete()
    after = read(edition.slug)
    assert after.headline == before.headline
    assert after.tables == before.tables
    assert after.headline["people"] == 20
    # Where nothing was frozen yet every row of a deleted colleague is somebody.
    assert read("alles").headline["people"] == 20


def test_an_evening_session_counts_on_its_dutch_day():
    edition = rows.finished_week()
    late = rows.session_on(edition.starts_on, course=CourseFactory(), edition=edition, hour=0)
    assert clock.local(late.starts_at).date() != late.starts_at.date()
    for person in rows.colleagues(OrganisationFactory(), 20):
        rows.place(late, person)
    assert [row["key"] for row in read(edition.slug).rows("days")] == [
        edition.starts_on.isoformat()
    ]


def test_a_long_period_is_counted_per_month():
    course = CourseFactory()
    today = clock.today()
    months = [
        today.replace(day=1) - dt.timedelta(days=1),
        today.replace(day=1) - dt.timedelta(days=70),
    ]
    for day, people in zip(months, (20, 30), strict=True):
        session = rows.session_on(day, course=course, edition=None)
        for person in rows.colleagues(OrganisationFactory(), people):
            rows.place(session, person)
    found = {row["key"]: row["people"] for row in read("alles").rows("months")}
    assert found == {day.isoformat()[:7]: n for day, n in zip(months, (20, 30), strict=True)}


def test_first_timers_come_back_as_known_faces():
    organisation = OrganisationFactory()
    first, second = rows.finished_week(), rows.finished_week()
    first.starts_on -= dt.timedelta(days=60)
    first.ends_on -= dt.timedelta(days=60)
    first.save()
    people = rows.colleagues(organisation, 30)
    for edition, who in ((first, people[:15]), (second, people)):
        session = rows.session_on(edition.starts_on, course=CourseFactory(), edition=edition)
        for person in who:
            rows.place(session, person)
    assert read(first.slug).headline["first"] == 15
    assert read(second.slug).headline["first"] == 15
    # Five known faces would say who was new: the figure hides.
    extra = rows.finished_week()
    session = rows.session_on(extra.starts_on, course=CourseFactory(), edition=extra)
    for person in [*people[:5], *rows.colleagues(organisation, 20)]:
        rows.place(session, person)
    assert read(extra.slug).headline["first"] is None


def test_a_period_is_compared_with_the_one_before_of_its_kind():
    old, new = rows.finished_week(), EditionFactory()
    series = EditionFactory(kind="series", starts_on=clock.today(), max_minutes=240)
    from reach.domain.periods import Quarter

    offered = scopes([old, new, series], [Quarter(2026, 1), Quarter(2025, 4)])
    by_key = {scope.key: scope for scope in offered}
    assert previous(by_key[new.slug], offered).edition == old
    assert previous(by_key[series.slug], offered) is None
    assert previous(of_quarter(Quarter(2026, 1)), offered).key == "kwartaal:2025-4"
    assert previous(of_year(2026), offered).key == "jaar:2025"
    assert previous(by_key["alles"], offered) is None


def test_only_coordinated_organisations_have_a_row_of_their_own():
    edition = rows.busy_week()
    aggregate()
    assert ReachTable.objects.filter(organisation__isnull=False).count() == 0
    organisation = rows.all_rows(edition)[0].organisation
    coordinator(organisation)
    aggregate()
    own = ReachTable.objects.filter(
        organisation=organisation, snapshot__scope__startswith="editie:"
    )
    assert own.count() == 1


def test_the_computation_costs_the_same_queries_for_one_and_three_editions(
    django_assert_max_num_queries,
):
    rows.busy_week()
    aggregate()
    with django_assert_max_num_queries(120):
        aggregate()
