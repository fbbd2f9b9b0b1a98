# SPDX-License-Identifier: EUPL-1.2
"""The coordinator's reach page and its download: who sees what, and what it costs."""

import csv
import io
import re

import pytest
from django.urls import reverse

from accounts.models import AuditEvent, Role
from reach.domain.aggregate import aggregate
from tests.factories import (
    CourseFactory,
    EditionFactory,
    OrganisationFactory,
    PersonFactory,
    coordinator,
    national_coordinator,
)
from tests.reach import rows

pytestmark = pytest.mark.django_db

PAGE = "/coordinatie/bereik/"
FILE = "/coordinatie/bereik.csv"


@pytest.fixture
def gouda():
    return OrganisationFactory(name="Gemeente Gouda", slug="gouda")


@pytest.fixture
def delft():
    return OrganisationFactory(name="Gemeente Delft", slug="delft")


@pytest.fixture
def week(gouda, delft):
    """Thirty of Gouda and twelve of Delft learned from Delft."""
    edition = rows.finished_week(slug="week", name="TJC-week vorig jaar")
    course = CourseFactory(organisation=delft)
    session = rows.session_on(edition.starts_on, course=course, edition=edition)
    for number, organisation in enumerate([gouda] * 30 + [delft] * 12):
        person = PersonFactory(
            organisation=organisation,
            name=f"Collega {organisation.slug} {number}",
            email=f"{number}@{organisation.slug}.nl",
        )
        rows.place(session, person, score=8)
    return edition


def page(client, query=None, address=PAGE):
    """The page after a night."""
    aggregate()
    return client.get(address, query)


def text_of(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_addresses():
    assert (reverse("reach:coordinator"), reverse("reach:download")) == (PAGE, FILE)


@pytest.mark.parametrize("address", [PAGE, FILE])
def test_visitors_sign_in_first(client, address):
    answer = client.get(address)
    assert (answer.status_code, answer["Location"]) == (302, f"/inloggen/?next={address}")


@pytest.mark.parametrize(
    ("role", "page", "file"),
    [("colleague", 403, 403), ("coordinator", 200, 200), ("national", 200, 403)],
)
def test_who_may_look(client, week, gouda, role, page, file):
    person = {
        "colleague": PersonFactory,
        "coordinator": lambda: coordinator(gouda),
        "national": national_coordinator,
    }[role]()
    client.force_login(person)
    assert client.get(PAGE).status_code == page
    assert client.get(FILE).status_code == file
    assert client.post(PAGE).status_code in {403, 405}
    assert client.post(FILE).status_code in {403, 405}


def test_the_page_shows_the_figures_and_the_own_row(client, week, gouda):
    client.force_login(coordinator(gouda))
    answer = page(client)
    shown = answer.context["report"]
    assert (shown.total.text, shown.organisations, shown.elsewhere_share) == ("42", "2", "71%")
    text = text_of(answer)
    assert "42 collega’s leerden van elkaar" in text
    assert "30 collega’s van Gemeente Gouda leerden iets nieuws" in text
    assert '<span class="cijfer__getal">42</span>' in text
    assert "Maandag was de topdag" in text
    assert "Gemeente Gouda leerde het vaakst van Gemeente Delft" in text
    assert "Je ziet alleen stromen van minstens 10 collega’s" in text
    assert "Maandag om 10 uur was het drukst" in text
    assert "Collega’s die op die dag bij een cursus waren die in dat uur begon." in text
    assert text.count("Hoe tellen we dit?") == 11
    assert 'href="/coordinatie/bereik/downloads/?editie=week&amp;organisatie=gouda"' in text


def test_the_page_names_no_colleague(client, week, gouda):
    client.force_login(coordinator(gouda, name="Coördinator", email="coordinator@gouda.nl"))
    text = text_of(page(client))
    assert "Collega gouda" not in text
    assert "Collega delft" not in text


def test_the_national_coordinator_sees_what_everybody_sees_and_no_names(client, week):
    client.force_login(national_coordinator())
    answer = page(client)
    text = text_of(answer)
    assert answer.context["report"].total.text == "42"
    assert answer.context["report"].own is None
    assert "Collega gouda" not in text
    assert "Collega delft" not in text
    assert "/coordinatie/bereik/besparing/" not in text


def test_everybody_sees_the_public_page_with_the_same_figures(client, week, gouda):
    answer = page(client, address="/bereik/")
    text = text_of(answer)
    assert answer.context["report"].total.text == "42"
    assert "/coordinatie/" not in text.split("<main")[1]
    client.force_login(coordinator(gouda))
    aggregate()
    signed_in = client.get("/bereik/").context["report"]
    own_page = client.get(PAGE).context["report"]
    assert signed_in.own is None
    assert own_page.headline == signed_in.headline == answer.context["report"].headline
    assert own_page.published.tables == signed_in.published.tables


def test_who_coordinates_two_organisations_chooses_one(client, week, gouda, delft):
    person = coordinator(gouda)
    Role.objects.create(person=person, kind="coordinator", organisation=delft)
    client.force_login(person)
    assert page(client).context["report"].own.organisation == delft
    answer = client.get(PAGE, {"organisatie": "gouda"})
    assert answer.context["report"].own.people.text == "30"
    assert 'value="gouda" selected' in text_of(answer)


@pytest.mark.parametrize("query", [{"organisatie": "delft"}, {"organisatie": "nergens"}])
def test_an_organisation_that_is_not_theirs_does_not_exist(client, week, gouda, query):
    client.force_login(coordinator(gouda))
    assert client.get(PAGE, query).status_code == 404
    assert client.get(FILE, query).status_code == 404


@pytest.mark.parametrize("address", [PAGE, "/bereik/"])
@pytest.mark.parametrize("value", ["bestaat-niet", "x" * 5000, "jaar:", "kwartaal:0-9", "\x00"])
def test_an_unknown_period_gives_a_notice_and_the_usual_one(client, week, gouda, address, value):
    client.force_login(coordinator(gouda))
    answer = page(client, {"editie": value}, address)
    assert answer.status_code == 200
    assert "Deze periode kennen we niet. Je ziet nu TJC-week vorig jaar." in text_of(answer)
    assert client.get(FILE, {"editie": value}).status_code == 404


def test_one_group_at_a_time_can_be_looked_at(client, week, gouda):
    client.force_login(coordinator(gouda))
    text = text_of(page(client, {"groep": "layers:gemeente"}))
    assert "Gemeenten: 42 collega’s" in text
    assert "Samen waren ze 42 keer bij een cursus. Dat is 42 uur leren." in text
    assert 'value="layers:gemeente" selected' in text


@pytest.mark.parametrize(
    "value",
    ["layers:politie", "layers", "x", "organisations:999999", "layers:*", "views:own", "\x00"],
)
def test_a_group_that_is_not_told_gives_a_notice(client, week, gouda, value):
    client.force_login(coordinator(gouda))
    answer = page(client, {"groep": value})
    assert answer.status_code == 200
    assert "Over deze groep laten we in deze periode niets apart zien" in text_of(answer)


def test_before_the_first_night_there_is_an_empty_page(client, week, gouda):
    client.force_login(coordinator(gouda))
    assert "Nog geen cijfers." in text_of(client.get(PAGE))
    assert "Nog geen cijfers." in text_of(client.get("/bereik/"))


def test_the_method_is_told_in_plain_words(client, db):
    text = text_of(client.get("/bereik/methode/"))
    assert "Een groep staat er alleen als er minstens 10 collega’s in zitten." in text


def test_the_page_of_an_edition_without_figures_says_so(client, gouda):
    edition = EditionFactory()
    client.force_login(coordinator(gouda))
    text = text_of(client.get(PAGE, {"editie": edition.slug}))
    assert "Nog geen cijfers." in text
    assert "Ze verschijnen zodra de eerste cursus geweest is." in text


def test_too_few_others_hide_everything_but_the_own_row(client, gouda, delft):
    """Nine of Delft would follow by subtraction for who knows the 33 of Gouda."""
    edition = rows.finished_week()
    session = rows.session_on(edition.starts_on, course=CourseFactory(), edition=edition)
    for person in rows.colleagues(gouda, 33) + rows.colleagues(delft, 9):
        rows.place(session, person)
    client.force_login(coordinator(gouda))
    answer = page(client)
    assert answer.context["report"].too_small
    text = text_of(answer)
    assert "cijfer__getal" not in text
    assert "33 collega’s van Gemeente Gouda leerden iets nieuws" in text
    assert re.findall(r"\b(9|42) collega", text) == []


@pytest.mark.parametrize("organisations", [1, 3])
def test_the_page_costs_eight_queries(client, gouda, django_assert_num_queries, organisations):
    rows.busy_week()
    person = coordinator(gouda)
    for _number in range(organisations - 1):
        Role.objects.create(person=person, kind="coordinator", organisation=OrganisationFactory())
        rows.finished_week()
    client.force_login(person)
    page(client)  # the first one shortens the session of a coordinator
    with django_assert_num_queries(8):
        client.get(PAGE)


def test_the_download_holds_the_own_people_by_name_and_nobody_else(client, week, gouda):
    person = coordinator(gouda)
    client.force_login(person)
    answer = client.get(FILE, {"editie": "week"})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == (
        'attachment; filename="aanmeldingen-gemeente-gouda-week.csv"'
    )
    text = b"".join(answer.streaming_content).decode("utf-8")
    assert text[0] == "\ufeff"
    found = list(csv.DictReader(io.StringIO(text[1:], newline="")))
    assert {row["organisatie"] for row in found} == {"Gemeente Gouda"}
    assert sorted(row["e_mail"] for row in found) == sorted(f"{n}@gouda.nl" for n in range(30))
    assert "delft.nl" not in text
    event = AuditEvent.objects.get(verb="reach.exported")
    assert (event.actor, event.organisation) == (person, gouda)
    assert event.detail == {"table": "registrations", "scope": "week"}


def test_the_page_says_what_the_download_counts(client, week, gouda):
    client.force_login(coordinator(gouda))
    own = page(client, {"editie": "week"}).context["report"].own
    text = b"".join(client.get(FILE, {"editie": "week"}).streaming_content).decode("utf-8-sig")
    there = [row for row in csv.DictReader(io.StringIO(text)) if row["aanwezig"] == "ja"]
    assert own.people.value == len({row["e_mail"] for row in there})
    assert own.hours == str(sum(int(row["minuten"]) for row in there) // 60)
    elsewhere = {row["e_mail"] for row in there if row["andere_organisatie"] == "ja"}
    assert own.elsewhere.value == len(elsewhere)


def test_the_download_can_have_semicolons(client, week, gouda):
    client.force_login(coordinator(gouda))
    answer = client.get(FILE, {"editie": "week", "teken": ";"})
    first = next(iter(answer.streaming_content)).decode("utf-8")
    assert first.startswith("\ufeffaanmelding_id;cursus;thema;")
