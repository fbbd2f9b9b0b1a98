# SPDX-License-Identifier: EUPL-1.2
"""What colleagues said is told in batches: two days side by side, or two periods, never tell one mark."""

import datetime as dt

import pytest
import time_machine

from accounts.models import Role
from base import clock
from courses.models import Evaluation
from reach.domain import said
from reach.domain.aggregate import aggregate, own_figures
from reach.domain.published import shelf
from reach.domain.suppression import Crowd, Rules
from tests.factories import CourseFactory, OrganisationFactory, PersonFactory
from tests.reach import rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def gouda():
    return OrganisationFactory(name="Gouda", slug="gouda")


@pytest.fixture
def session(gouda):
    """In a week that runs; twelve of two organisations gave an eight, six of them of Gouda."""
    edition = rows.running_week(slug="week")
    found = rows.session_on(edition.starts_on, course=CourseFactory(), edition=edition)
    places = [gouda, OrganisationFactory(), OrganisationFactory()]
    for number in range(18):
        person = PersonFactory(organisation=places[number % 3])
        rows.place(found, person, score=8)
    Role.objects.create(person=PersonFactory(), kind="coordinator", organisation=gouda)
    aggregate()
    return found


def more(session, organisation, count, *, score):
    for person in rows.colleagues(organisation, count):
        row = rows.place(session, person, score=score)
        Evaluation.objects.filter(registration=row).update(recommend=0, would_apply="no")


def read(organisation=None):
    """Mark, promoters and who would use it: of everybody, and the mark of the organisation's own people."""
    found = shelf()
    told = {}
    for scope in found.offered:
        published = found.read(scope, organisation=organisation)
        if published is not None and published.headline["people"]:
            headline = published.headline
            told[scope.key] = (headline["score"], headline["net_promoter"], headline["would_apply"])
            told[f"{scope.key} own"] = published.own.get("score")
    return told


def test_one_mark_more_changes_no_mean_of_any_period(session, gouda):
    before = read(gouda)
    assert before["week"][0] == before["alles"][0] == 8.0
    assert before["week own"] == before["alles own"] == 8.0
    more(session, gouda, 1, score=1)
    aggregate()
    assert read(gouda) == before


def test_without_batches_the_same_two_days_tell_the_mark(session, gouda, monkeypatch):
    more(session, gouda, 1, score=1)
    monkeypatch.setattr(said, "_is_batch", lambda *args: True)
    monkeypatch.setattr(said, "OWN", 1)
    aggregate()
    after = read(gouda)
    assert after["week"][0] == round((18 * 8 + 1) / 19, 1)
    assert after["week own"] == round((6 * 8 + 1) / 7, 1)


def test_ten_more_are_a_batch_five_for_the_own_organisation(session, gouda):
    more(session, gouda, 4, score=1)
    aggregate()
    assert (read(gouda)["week"][0], read(gouda)["week own"]) == (8.0, 8.0)
    more(session, gouda, 1, score=1)
    aggregate()
    assert (read(gouda)["week"][0], read(gouda)["week own"]) == (8.0, round((48 + 5) / 11, 1))
    # Five of Gouda and nine of another: its coordinator would know what the nine said.
    other = OrganisationFactory()
    more(session, other, 9, score=1)
    aggregate()
    assert read(gouda)["week"][0] == 8.0
    more(session, other, 1, score=1)
    more(session, OrganisationFactory(), 5, score=1)
    aggregate()
    assert read(gouda)["week"][0] == round((18 * 8 + 20) / 38, 1)


def test_the_last_few_before_the_week_is_frozen_are_not_told_either(session, gouda):
    more(session, gouda, 3, score=1)
    ends = session.edition.ends_on
    with time_machine.travel(
        clock.from_wall_time(ends + dt.timedelta(days=8), dt.time(4)), tick=False
    ):
        aggregate()
        assert (read(gouda)["week"][0], read(gouda)["week own"]) == (8.0, 8.0)
        # A mark that comes when the week is frozen is in the year no more than in the week.
        more(session, gouda, 12, score=1)
        aggregate()
        assert (read(gouda)["alles"][0], read(gouda)["alles own"]) == (8.0, 8.0)


def test_a_new_coordinator_reads_the_same_mark(session, gouda):
    Role.objects.all().delete()
    aggregate()
    more(session, gouda, 2, score=1)
    Role.objects.create(person=PersonFactory(), kind="coordinator", organisation=gouda)
    assert own_figures() == 1
    assert read(gouda)["week own"] == 8.0


def test_a_mark_that_was_taken_back_makes_no_batch():
    def crowd(sizes):
        found, person = Crowd(), 0
        for organisation, people in sizes.items():
            found.add_all(range(person, person + people), organisation)
            person += people
        return found

    earlier = {"people": 20, "by": {"1": 10, "2": 10}, "sums": {}}
    assert said._is_batch(crowd({1: 20, 2: 20}), earlier, Rules())
    assert not said._is_batch(crowd({1: 19, 2: 10}), earlier, Rules())
    assert not said._is_batch(crowd({1: 9, 2: 40}), earlier, Rules())
    assert not said._is_batch(crowd({1: 20, 2: 13}), earlier, Rules())
    together = Rules(coalitions=(frozenset({1, 2}),))
    assert said._is_batch(crowd({1: 20, 2: 20}), earlier, together)
    assert not said._is_batch(crowd({1: 20, 2: 20, 3: 4}), earlier, together)
