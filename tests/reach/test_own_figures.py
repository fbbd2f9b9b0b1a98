# SPDX-License-Identifier: EUPL-1.2
"""Who coordinates an organisation since today does not wait for the night, and nobody else's figures move."""

import pytest
from django.core.cache import cache

from accounts.domain.roles import grant_coordinator
from accounts.models import Role
from reach import tasks
from reach.domain.aggregate import aggregate, own_figures
from reach.models import ReachTable
from tests.factories import (
    CourseFactory,
    OrganisationFactory,
    PersonFactory,
    national_coordinator,
)
from tests.reach import rows

pytestmark = pytest.mark.django_db

PAGE = "/coordinatie/bereik/"


@pytest.fixture
def gouda():
    return OrganisationFactory(name="Gouda", slug="gouda")


@pytest.fixture
def week(gouda):
    edition = rows.finished_week(slug="week")
    session = rows.session_on(edition.starts_on, course=CourseFactory(), edition=edition)
    for person in rows.colleagues(gouda, 23) + rows.colleagues(OrganisationFactory(), 20):
        rows.place(session, person)
    aggregate()
    return edition


@pytest.fixture
def asked(monkeypatch):
    """The broker is the edge of the world: what would go there."""
    cache.delete(tasks._ASKED)
    sent = []
    monkeypatch.setattr(tasks.own_figures, "apply_async", lambda **options: sent.append(options))
    yield sent
    cache.delete(tasks._ASKED)


def public():
    return list(
        ReachTable.objects.filter(organisation=None).order_by("pk").values_list("pk", "rows")
    )


def test_the_own_figures_come_and_what_everybody_sees_stays(week, gouda):
    before = public()
    session = rows.session_on(week.starts_on, course=CourseFactory(), edition=None)
    for person in rows.colleagues(gouda, 12):  # since last night: not in what everybody sees
        rows.place(session, person)
    Role.objects.create(person=PersonFactory(), kind="coordinator", organisation=gouda)
    assert own_figures() == 1
    assert public() == before
    (own,) = ReachTable.objects.get(organisation=gouda, snapshot__scope__startswith="editie:").rows
    assert (own["people"], own["hours"]) == (23, 23)
    # A second run has nothing to do, and the night writes the rest.
    assert own_figures() == 0
    aggregate()
    (own,) = ReachTable.objects.get(organisation=gouda, snapshot__scope="alles").rows
    assert own["people"] == 35


def test_before_the_first_night_there_is_nothing_to_add_to(gouda):
    Role.objects.create(person=PersonFactory(), kind="coordinator", organisation=gouda)
    assert own_figures() == 0
    assert ReachTable.objects.count() == 0


def test_a_new_coordinator_sets_it_going_once(
    week, gouda, asked, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        grant_coordinator(PersonFactory(), organisation=gouda, by=None)
        grant_coordinator(PersonFactory(), organisation=OrganisationFactory(), by=None)
    assert [options["countdown"] for options in asked] == [tasks.ASKED_SECONDS]


def test_another_role_sets_nothing_going(week, asked, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        national_coordinator()
    assert asked == []


def test_the_page_says_that_they_are_made_asks_again_and_shows_them_then(
    client, week, gouda, asked
):
    person = PersonFactory(organisation=gouda)
    Role.objects.create(person=person, kind="coordinator", organisation=gouda)
    client.force_login(person)
    text = client.get(PAGE).content.decode()
    assert "De cijfers van Gouda worden gemaakt." in text
    assert len(asked) == 1
    tasks.own_figures()
    answer = client.get(PAGE)
    assert "worden gemaakt" not in answer.content.decode()
    assert answer.context["report"].own.people.text == "23"
    assert len(asked) == 1


def test_without_a_broker_the_page_stands(client, week, gouda, no_broker):
    cache.delete(tasks._ASKED)
    person = PersonFactory(organisation=gouda)
    Role.objects.create(person=person, kind="coordinator", organisation=gouda)
    client.force_login(person)
    assert "worden gemaakt" in client.get(PAGE).content.decode()
    cache.delete(tasks._ASKED)
