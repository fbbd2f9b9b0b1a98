# SPDX-License-Identifier: EUPL-1.2
"""«Wat levert het op?»: off unless filled in, and then a sum that can be done by hand."""

from decimal import Decimal

import pytest

from accounts.models import AuditEvent
from reach.domain.aggregate import aggregate
from reach.models import SavingsParameters
from tests.factories import (
    CourseFactory,
    OrganisationFactory,
    PersonFactory,
    coordinator,
    national_coordinator,
)
from tests.reach import rows

pytestmark = pytest.mark.django_db

PAGE = "/coordinatie/bereik/besparing/"
AMOUNTS = {
    "external_rate": "100,50",
    "external_source": "Offerte 2026-17",
    "internal_rate": "60",
    "internal_source": "Handleiding overheidstarieven",
    "preparation_hours": "1,5",
    "travel_cost": "12.25",
    "travel_source": "Reiskostenregeling",
}


@pytest.fixture
def gouda():
    return OrganisationFactory(name="Gemeente Gouda", slug="gouda")


@pytest.fixture
def boss(client, gouda):
    person = coordinator(gouda)
    client.force_login(person)
    return person


@pytest.fixture
def week(gouda):
    """Twenty of Gouda learned an hour, eight of them on site; Gouda gave one of the two hours."""
    edition = rows.finished_week(slug="week", name="TJC-week")
    mine = rows.session_on(
        edition.starts_on, course=CourseFactory(organisation=gouda), edition=edition
    )
    other = rows.session_on(edition.starts_on, course=CourseFactory(), edition=edition, hour=13)
    mine.format = "on_site"
    mine.save()
    people = rows.colleagues(gouda, 20)
    for person in people[:8]:
        rows.place(mine, person)
    for person in people[8:]:
        rows.place(other, person)
    return edition


def text_of(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_without_amounts_there_is_no_saving(client, boss, week):
    aggregate()
    answer = client.get(PAGE, {"editie": "week"})
    assert answer.context["saved"] is None
    assert "We laten pas een besparing zien als jij de bedragen hebt ingevuld." in text_of(answer)


def test_the_sum_is_that_of_the_formula_and_shows_its_sources(client, boss, gouda, week):
    aggregate()
    answer = client.post(f"{PAGE}?editie=week", AMOUNTS)
    assert (answer.status_code, answer["Location"]) == (
        302,
        f"{PAGE}?editie=week&organisatie=gouda",
    )
    answer = client.get(answer["Location"])
    saved = answer.context["saved"]
    # 20 hours outside; one hour given by one trainer with an hour and a half to prepare; 8 times on site.
    assert saved.outside == 20 * Decimal("100.50")
    assert saved.inside == Decimal("2.5") * 60
    assert saved.travel == 8 * Decimal("12.25")
    assert saved.total == Decimal(2010) - 150 - 98
    text = text_of(answer)
    assert "Gemeente Gouda bespaarde 1.762 euro" in text
    for source in ("Offerte 2026-17", "Handleiding overheidstarieven", "Reiskostenregeling"):
        assert source in text
    event = AuditEvent.objects.get(verb="reach.savings_set")
    assert (event.actor, event.organisation) == (boss, gouda)


def test_amounts_can_be_wiped(client, boss, gouda, week):
    aggregate()
    client.post(PAGE, AMOUNTS)
    client.post(PAGE, {"wis": "1"})
    assert not SavingsParameters.objects.exists()
    assert client.get(PAGE).context["saved"] is None
    assert AuditEvent.objects.filter(verb="reach.savings_cleared").count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("external_rate", ""),
        ("external_rate", "-1"),
        ("external_rate", "veel"),
        ("external_rate", "1e9"),
        ("external_rate", "NaN"),
        ("external_source", ""),
        ("preparation_hours", "21"),
        ("travel_cost", "1,234"),
        ("travel_source", "x" * 301),
    ],
)
def test_a_wrong_amount_is_said_next_to_it_and_nothing_is_kept(client, boss, field, value):
    answer = client.post(PAGE, AMOUNTS | {field: value})
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [field]
    assert not SavingsParameters.objects.exists()


def test_with_fewer_than_five_learners_there_is_no_amount(client, boss, gouda):
    edition = rows.finished_week(slug="week")
    session = rows.session_on(edition.starts_on, course=CourseFactory(), edition=edition)
    for person in rows.colleagues(gouda, 4) + rows.colleagues(OrganisationFactory(), 30):
        rows.place(session, person)
    aggregate()
    client.post(PAGE, AMOUNTS)
    answer = client.get(PAGE, {"editie": "week"})
    assert answer.context["saved"] is None
    assert "leerden te weinig collega’s van jullie" in text_of(answer)


def test_only_the_own_coordinator_gets_here(client, gouda):
    other = OrganisationFactory(slug="delft")
    client.force_login(coordinator(other))
    assert client.get(PAGE, {"organisatie": "gouda"}).status_code == 404
    for person in (PersonFactory(), national_coordinator()):
        client.force_login(person)
        assert client.get(PAGE).status_code == 403
