# SPDX-License-Identifier: EUPL-1.2
"""Knowledge capital: names of the own organisation, numbers of others, growth and next steps."""

import datetime as dt
import re

import pytest

from accounts.models import AuditEvent
from base import clock
from matching.domain import gaps
from matching.models import KnowledgeRequest
from reach.domain.knowledge import capital
from tests.factories import (
    CourseFactory,
    OrganisationFactory,
    PersonFactory,
    ThemeFactory,
    coordinator,
    national_coordinator,
)

pytestmark = pytest.mark.django_db

PAGE = "/coordinatie/kennis/"


@pytest.fixture
def gouda():
    return OrganisationFactory(name="Gemeente Gouda", slug="gouda")


def teaches(theme, organisation, name, *, days_ago=10):
    person = PersonFactory(name=name, organisation=organisation)
    course = CourseFactory(theme=theme, organisation=organisation)
    course.trainer_rows.all().delete()
    course.trainer_rows.create(person=person)
    course.published_at = clock.now() - dt.timedelta(days=days_ago)
    course.save()
    return person


def test_own_trainers_have_names_others_are_counted(gouda):
    data, recht = ThemeFactory(slug="data", name="Data"), ThemeFactory(slug="recht", name="Recht")
    delft = OrganisationFactory()
    teaches(data, gouda, "Merel", days_ago=10)
    teaches(data, gouda, "Joris", days_ago=500)
    teaches(data, delft, "Samira")
    teaches(recht, delft, "Bo")
    found = {row.theme.slug: row for row in capital(gouda).rows}
    assert [teacher.name for teacher in found["data"].teachers] == ["Joris", "Merel"]
    assert (found["data"].new, found["data"].elsewhere, found["data"].organisations) == (1, 1, 1)
    assert (found["recht"].teachers, found["recht"].elsewhere) == ([], 1)


def asks(theme, organisation):
    return KnowledgeRequest.objects.create(
        title="Hoe?",
        text="Hoe dan?",
        theme=theme,
        organisation=organisation,
        state_changed_at=clock.now(),
        closes_at=clock.now(),
    )


def text_of(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_the_trainers_here_and_elsewhere_are_all_that_the_country_counts(gouda):
    data, delft = ThemeFactory(slug="data", name="Data"), OrganisationFactory()
    for number in range(3):
        teaches(data, gouda, f"Hier {number}")
    teaches(data, delft, "Daar")
    found = capital(gouda)
    (row,) = [row for row in found.rows if row.theme == data]
    assert (len(row.teachers), row.elsewhere) == (3, 1)
    assert [r.trainers for r in gaps.per_theme() if r.theme == data] == [4]


def test_knowledge_of_one_person_is_asked_for_by_anybody_most_first(gouda):
    delft = OrganisationFactory()
    data, recht, ai = (
        ThemeFactory(slug=slug, name=slug.title()) for slug in ("data", "recht", "ai")
    )
    for theme, name in ((data, "Merel"), (recht, "Joris"), (ai, "Niemand vraagt")):
        teaches(theme, gouda, name)
    teaches(recht, delft, "Elders")
    asks(data, delft)
    for _number in range(2):
        asks(recht, gouda)
    found = capital(gouda)
    assert [
        (row.theme, row.teachers[0].name, row.country.asked, row.asked_here, row.elsewhere)
        for row in found.singles
    ] == [(recht, "Joris", 2, 2, 1), (data, "Merel", 1, 0, 0)]
    assert found.alone == [row for row in found.country if row.theme == data]


def test_what_helps_most_stands_first(gouda):
    """Nobody can teach it, others can, one colleague can: in order of how much it is asked."""
    delft = OrganisationFactory()
    data, recht, ai = (
        ThemeFactory(slug=slug, name=slug.title()) for slug in ("data", "recht", "ai")
    )
    teaches(data, gouda, "Merel")
    teaches(recht, delft, "Elders")
    for theme, times in ((ai, 3), (recht, 2), (data, 1)):
        for _number in range(times):
            asks(theme, delft)
    assert capital(gouda).steps == [
        "Zoek een collega die “Ai” kan geven: er is vraag naar en niemand geeft het.",
        "Vraag een trainer van een andere organisatie voor “Recht”: 1 collega kan het.",
        "Laat een tweede collega meekijken bij Merel: alleen zij of hij kan “Data” geven.",
    ]


def test_who_cannot_be_asked_any_more_is_not_capital(gouda):
    data = ThemeFactory(slug="data", name="Data")
    gone = teaches(data, gouda, "Weg")
    gone.is_active = False
    gone.save()
    assert [row.teachers for row in capital(gouda).rows if row.theme == data] == [[]]


def test_the_page_names_the_own_people_only_and_that_is_logged(client, gouda):
    data = ThemeFactory(slug="data", name="Data")
    teaches(data, gouda, "Merel de Wit")
    teaches(data, OrganisationFactory(), "Samira Elders")
    person = coordinator(gouda, name="Baas")
    client.force_login(person)
    text = client.get(PAGE).content.decode()
    assert "Merel de Wit" in text
    assert "Samira Elders" not in text
    event = AuditEvent.objects.get(verb="reach.knowledge_viewed")
    assert (event.actor, event.organisation, event.detail) == (person, gouda, {"count": 1})


def test_one_person_alone_is_named_to_the_own_coordinator_and_not_to_the_country(client, gouda):
    woo = ThemeFactory(slug="woo", name="Open overheid")
    teaches(woo, gouda, "Gerda Trainer")
    asks(woo, OrganisationFactory())
    client.force_login(coordinator(gouda))
    shown = text_of(client.get(PAGE))
    assert "Kennis bij één persoon: Gemeente Gouda" in shown
    assert "Open overheid Gerda Trainer 1 collega vraagt hiernaar, 0 trainers elders" in shown
    assert AuditEvent.objects.get(verb="reach.knowledge_viewed").detail == {"count": 1}
    client.force_login(national_coordinator())
    shown = text_of(client.get(PAGE))
    assert "Open overheid. In het hele land kan één collega dit leren." in shown
    assert "Gerda" not in shown
    assert AuditEvent.objects.filter(verb="reach.knowledge_viewed").count() == 1


def test_the_old_address_leads_to_the_page(client, gouda):
    client.force_login(coordinator(gouda))
    answer = client.get("/coordinatie/bereik/kennis/?organisatie=gouda")
    assert (answer.status_code, answer["Location"]) == (301, f"{PAGE}?organisatie=gouda")


def test_only_the_own_coordinator_gets_here(client, gouda):
    client.force_login(coordinator(OrganisationFactory(slug="delft")))
    assert client.get(PAGE, {"organisatie": "gouda"}).status_code == 404
    assert AuditEvent.objects.filter(verb="reach.knowledge_viewed").count() == 0
    client.force_login(PersonFactory())
    assert client.get(PAGE).status_code == 403
    client.force_login(national_coordinator())
    assert client.get(PAGE, {"organisatie": "gouda"}).status_code == 404


@pytest.mark.parametrize("themes", [1, 3])
def test_the_page_costs_the_same_for_one_and_three_themes(
    client, gouda, django_assert_num_queries, themes
):
    for number in range(themes):
        theme = ThemeFactory(slug=f"t{number}", name=f"Thema {number}")
        for _one in range(number + 1):
            teaches(theme, gouda, "Iemand")
    client.force_login(coordinator(gouda))
    client.get(PAGE)
    with django_assert_num_queries(18):
        client.get(PAGE)
