# SPDX-License-Identifier: EUPL-1.2
"""What is published equals what plain loops over the rows count, wherever it is not hidden or rounded; and what
is frozen never changes."""

import datetime as dt
import gc
import io
from collections import defaultdict

import pytest
import time_machine
from django.core.management import call_command

from base import clock
from courses.models import AppliedAnswer, Registration
from reach.domain.aggregate import aggregate
from reach.domain.published import shelf
from reach.models import ReachPart, ReachSnapshot
from reach.tasks import aggregate_reach
from tests.factories import CourseFactory, OrganisationFactory, ThemeFactory
from tests.reach import rows

pytestmark = pytest.mark.django_db


def read(key: str, **kwargs):
    found = shelf()
    scope = next(scope for scope in found.offered if scope.key == key)
    return found.read(scope, **kwargs)


def by_key(published, table):
    return {row["key"]: row for row in published.rows(table)}


def alone(published, table, figure="people"):
    return {k: row[figure] for k, row in by_key(published, table).items() if "*" not in k}


def counted(edition, key_of):
    """People, times and hours per key, by hand."""
    people, times, minutes = defaultdict(set), defaultdict(int), defaultdict(int)
    for row in rows.all_rows(edition).filter(state="attended"):
        key = key_of(row)
        people[key].add(row.person_id or f"erased {row.pk}")
        times[key] += 1
        minutes[key] += (row.session.ends_at - row.session.starts_at).seconds // 60
    return {key: (len(who), times[key], round(minutes[key] / 60)) for key, who in people.items()}


def test_a_busy_week_is_published_as_counted_by_hand():
    edition = rows.busy_week()
    aggregate()
    expected = rows.count_by_hand(rows.all_rows(edition))
    found = read(edition.slug)
    assert found.exact
    assert found.headline["people"] == expected.people
    assert found.headline["organisations"] == expected.organisations
    assert found.headline["hours"] == round(expected.hours)
    assert found.headline["sessions"] == expected.sessions
    assert found.headline["elsewhere_share"] == round(100 * expected.elsewhere_share)
    assert found.headline["attendance_share"] == round(100 * expected.attendance_share)
    assert found.headline["score"] == round(expected.score, 1)
    assert alone(found, "layers") == expected.layers
    assert alone(found, "days") == expected.days
    flow = {tuple(key.split(">")): people for key, people in alone(found, "flow").items()}
    assert len(flow) >= 8
    assert flow == {key: expected.flow[key] for key in flow}
    states = rows.all_rows(edition)
    assert found.headline["absent"] == states.filter(state="absent").count()
    assert found.headline["waited"] == states.filter(state="waiting").count()


@pytest.mark.parametrize(
    ("table", "key_of"),
    [
        ("organisations", lambda row: str(row.organisation_id)),
        ("layers", lambda row: row.organisation.layer),
        ("provinces", lambda row: row.organisation.province),
        ("themes", lambda row: row.session.course.theme.slug),
        ("days", lambda row: clock.local(row.session.starts_at).date().isoformat()),
        ("hours", lambda row: str(clock.local(row.session.starts_at).hour)),
        ("flow", lambda row: f"{row.session.course.organisation.layer}>{row.organisation.layer}"),
    ],
)
def test_every_row_that_stands_alone_is_that_of_the_raw_rows(table, key_of):
    edition = rows.busy_week(seed=3)
    for number, organisation in enumerate(
        {row.organisation_id: row.organisation for row in rows.all_rows(edition)}.values()
    ):
        organisation.province = ("utrecht", "drenthe", "")[number % 3]
        organisation.save()
    data = ThemeFactory(slug="data", name="Data")
    for row in rows.all_rows(edition)[:300:60]:
        row.session.course.theme = data
        row.session.course.save()
    aggregate()
    found, expected = read(edition.slug), counted(edition, key_of)
    told = {
        key: (row["people"], row["times"], row["hours"])
        for key, row in by_key(found, table).items()
        if "*" not in key
    }
    assert told
    assert told == {key: expected[key] for key in told}
    # Nothing is lost: what is merged and what stands alone is everybody.
    times = sum(row["times"] for row in found.rows(table))
    assert times == sum(number for _people, number, _hours in expected.values())


def test_answers_are_those_of_the_raw_rows():
    edition = rows.busy_week()
    for number, row in enumerate(
        rows.all_rows(edition).filter(state="attended", person__isnull=False)
    ):
        row.evaluation.recommend = (10, 9, 8, 6, 3)[number % 5]
        row.evaluation.would_apply = ("yes", "yes", "partly", "no")[number % 4]
        row.evaluation.save()
        AppliedAnswer.objects.create(registration=row, applied=("yes", "no")[number % 2])
    aggregate()
    answers = [row.evaluation for row in rows.all_rows(edition) if hasattr(row, "evaluation")]
    for_it = sum(a.recommend >= 9 for a in answers) - sum(a.recommend <= 6 for a in answers)
    found = read(edition.slug).headline
    assert found["net_promoter"] == round(100 * for_it / len(answers))
    useful = sum(a.would_apply in {"yes", "partly"} for a in answers)
    assert found["would_apply"] == round(100 * useful / len(answers))
    assert found["applied"] is None  # not yet asked of everybody
    with time_machine.travel(clock.now() + dt.timedelta(days=140), tick=False):
        aggregate()
        later = read(edition.slug).headline
    assert later == found | {"applied": 50}


def test_a_running_week_is_rounded_to_five():
    edition = rows.running_week()
    session = rows.session_on(edition.starts_on, course=CourseFactory(), edition=edition)
    for person in rows.colleagues(OrganisationFactory(), 23):
        rows.place(session, person)
    aggregate()
    found = read(edition.slug)
    assert not found.exact
    assert (found.headline["people"], found.headline["hours"]) == (25, 25)
    assert [row["people"] for row in found.rows("layers")] == [25]


def test_a_frozen_week_never_changes_though_a_registration_does():
    """Who has the file of yesterday and of today finds no correction of one person in the difference."""
    edition = rows.busy_week()
    aggregate()
    before = read(edition.slug)
    quarter = next(
        key for key in ReachSnapshot.objects.values_list("scope", flat=True) if "kw" in key
    )
    row = rows.all_rows(edition).filter(state="attended").first()
    Registration.objects.filter(pk=row.pk).update(state="absent")
    rows.place(row.session, rows.colleagues(OrganisationFactory(layer="politie"), 1)[0])
    with time_machine.travel(clock.now() + dt.timedelta(days=1), tick=False):
        aggregate()
        after = read(edition.slug)
        assert (after.headline, after.tables) == (before.headline, before.tables)
        # Neither does the quarter give it away: it adds up the same frozen parts.
        assert read(quarter).headline["hours"] == 5 * round(before.headline["hours"] / 5)


def test_a_week_is_frozen_a_week_after_its_end_and_stays_rounded_until_then():
    edition = rows.busy_week()
    with time_machine.travel(clock.from_wall_time(edition.ends_on, dt.time(20)), tick=False):
        aggregate()
        assert not read(edition.slug).exact
    with time_machine.travel(
        clock.from_wall_time(edition.ends_on + dt.timedelta(days=8), dt.time(4)), tick=False
    ):
        aggregate()
        assert read(edition.slug).exact
    assert ReachPart.objects.get(key__startswith="editie:").frozen_at is not None


def test_a_second_run_writes_the_same():
    edition = rows.busy_week()
    aggregate()
    first = read("alles")
    aggregate()
    assert read("alles").tables == first.tables
    assert read(edition.slug).exact


def test_the_command_and_the_task_compute_and_an_old_year_comes_with_backfill():
    edition = rows.busy_week()
    edition.starts_on -= dt.timedelta(days=364 * 3)
    edition.ends_on -= dt.timedelta(days=364 * 3)
    edition.save()
    for session in edition.sessions.all():
        session.starts_at -= dt.timedelta(days=364 * 3)
        session.ends_at -= dt.timedelta(days=364 * 3)
        session.save()
    aggregate_reach()
    assert read(edition.slug) is None
    out = io.StringIO()
    call_command("aggregate_reach", backfill=True, stdout=out)
    assert read(edition.slug).exact
    assert "registrations" in out.getvalue()


def test_too_few_people_are_only_said_to_be_too_few():
    edition = rows.finished_week()
    session = rows.session_on(edition.starts_on, course=CourseFactory(), edition=edition)
    for person in rows.colleagues(OrganisationFactory(), 9):
        rows.place(session, person)
    aggregate()
    found = read(edition.slug)
    assert found.headline["too_small"]
    told = {k: v for k, v in found.headline.items() if k not in {"themes", "questions"} and v}
    assert told == {"too_small": True, "untold_parts": 1}
    assert {name: found.rows(name) for name in ("layers", "flow", "days")} == {
        "layers": [],
        "flow": [],
        "days": [],
    }


def test_the_collector_is_back_when_the_night_is_over_also_when_it_failed(monkeypatch):
    rows.busy_week()
    aggregate()
    assert gc.isenabled()
    monkeypatch.setattr("reach.domain.aggregate.every_scope", lambda world: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        aggregate()
    assert gc.isenabled()
