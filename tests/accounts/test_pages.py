# SPDX-License-Identifier: EUPL-1.2
"""The pages behind signing in: organisation, details, asking for a role, deciding. And who gets where."""

import re
import uuid

import pytest
from django.test import Client

from accounts.domain import roles
from accounts.models import AccessRequest, AuditEvent, Organisation, Role
from tests.accounts.conftest import data_queries
from tests.factories import (
    OrganisationFactory,
    PersonFactory,
    coordinator,
    national_coordinator,
)

pytestmark = pytest.mark.django_db

NASTY = '"><script>alert(1)</script>'


def text(response) -> str:
    main = response.content.decode().partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main)).strip()


def browser(person) -> Client:
    client = Client()
    if person is not None:
        client.force_login(person)
    return client


# Who gets where: role x URL x method -> status

IN, NO, GO = 200, 403, 302
TABLE = {
    #                                          anon learner coord other national admin
    ("GET", "/inloggen/"):                     (IN, GO, GO, GO, GO, GO),
    ("GET", "/inloggen/code/"):                (GO, GO, GO, GO, GO, GO),
    ("GET", "/mijn/organisatie/"):             (GO, IN, IN, IN, IN, IN),
    ("GET", "/mijn/gegevens/"):                (GO, IN, IN, IN, IN, IN),
    ("GET", "/toegang-vragen/"):               (GO, IN, IN, IN, IN, IN),
    ("GET", "/coordinatie/toegang/"):          (GO, NO, IN, IN, IN, NO),
    ("GET", "/coordinatie/collegas-bevestigen/"): (GO, NO, IN, IN, IN, NO),
    ("GET", "{request}"):                      (GO, NO, 405, 405, 405, NO),
    ("POST", "{request}"):                     (GO, NO, GO, 404, GO, NO),
    ("GET", "{colleague}"):                    (GO, NO, 405, 405, 405, NO),
    ("POST", "{colleague}"):                   (GO, NO, GO, 404, GO, NO),
    ("POST", "/coordinatie/toegang/{nobody}/"): (GO, NO, 404, 404, 404, NO),
    ("POST", "/coordinatie/collegas-bevestigen/{nobody}/"): (GO, NO, 404, 404, 404, NO),
    ("POST", "/coordinatie/toegang/1/"):       (404, 404, 404, 404, 404, 404),
    ("GET", "/uitloggen/"):                    (405, 405, 405, 405, 405, 405),
    ("POST", "/uitloggen/"):                   (GO, GO, GO, GO, GO, GO),
}  # fmt: skip
ROLES = ("anonymous", "learner", "coordinator", "other", "national", "admin")


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("method", "path"), TABLE)
def test_permissions(method, path, role) -> None:
    organisation = OrganisationFactory()
    asker = PersonFactory(organisation=organisation)
    request = roles.request_access(asker, organisation=organisation)
    colleague = PersonFactory(organisation=organisation, organisation_confirmed=False)
    person = {
        "anonymous": lambda: None,
        "learner": PersonFactory,
        "coordinator": lambda: coordinator(organisation),
        "other": coordinator,
        "national": national_coordinator,
        "admin": lambda: PersonFactory(is_staff=True, is_superuser=True),
    }[role]()
    url = path.format(
        request=f"/coordinatie/toegang/{request.public_id}/",
        colleague=f"/coordinatie/collegas-bevestigen/{colleague.public_id}/",
        nobody=uuid.uuid4(),
    )
    response = browser(person).generic(
        method, url, "besluit=ja", content_type="application/x-www-form-urlencoded"
    )
    assert response.status_code == TABLE[method, path][ROLES.index(role)]
    if role == "anonymous" and response.status_code == GO and "inloggen" not in url:
        assert response.url.startswith("/inloggen/?next=") or url == "/uitloggen/"
    decided = AccessRequest.objects.get().status != "open"
    colleague.refresh_from_db()
    may = role in {"coordinator", "national"} and method == "POST"
    assert decided == (may and path == "{request}")
    assert colleague.organisation_confirmed == (may and path == "{colleague}")


# Where do you work?


def test_shared_domain_gives_its_organisations_to_choose_from() -> None:
    bzk = OrganisationFactory(name="BZK", domain="rijksoverheid.nl")
    OrganisationFactory(name="AZ", domain="rijksoverheid.nl")
    OrganisationFactory(name="Zeist")
    person = PersonFactory(
        email="jan@rijksoverheid.nl", organisation=None, organisation_confirmed=False
    )
    client = browser(person)
    page = client.get("/mijn/organisatie/").content.decode()
    options = re.findall(r'<input type="radio"[^>]+value="([^"]+)"', page)
    assert options == [str(o.public_id) for o in Organisation.objects.order_by("name")[:2]]
    done = client.post("/mijn/organisatie/?next=/cursussen/", {"organisation": bzk.public_id})
    assert (done.status_code, done.url) == (302, "/cursussen/")
    person.refresh_from_db()
    assert (person.organisation, person.organisation_confirmed) == (bzk, True)


def test_unknown_domain_searches_and_waits_for_a_coordinator() -> None:
    zeist = OrganisationFactory(name="Gemeente Zeist")
    person = PersonFactory(email="jan@extern.nl", organisation=None, organisation_confirmed=False)
    client = browser(person)
    assert (
        "We kennen deze organisatie nog niet. Werk je voor de overheid? Kies je organisatie, dan "
        "kijkt een coördinator mee."
    ) in text(client.get("/mijn/organisatie/"))
    found = client.get("/mijn/organisatie/", {"zoek": "zeist"}).content.decode()
    assert re.findall(r'<input type="radio"[^>]+value="([^"]+)"', found) == [
        str(zeist.public_id),
        "anders",
    ]
    done = client.post(
        "/mijn/organisatie/?zoek=zeist", {"organisation": zeist.public_id}, follow=False
    )
    assert done.url == "/mijn/"
    person.refresh_from_db()
    assert (person.organisation, person.organisation_confirmed) == (zeist, False)


def test_organisation_that_is_not_there_can_be_named() -> None:
    person = PersonFactory(email="jan@extern.nl", organisation=None, organisation_confirmed=False)
    client = browser(person)
    url = "/mijn/organisatie/?zoek=Waterbedrijf+%22%3E%3Cscript%3E"
    page = client.get(url).content.decode()
    assert "Waterbedrijf &quot;&gt;&lt;script&gt;" in page
    assert "<script>”" not in page
    client.post(url, {"organisation": "anders"})
    person.refresh_from_db()
    assert (person.organisation.name, person.organisation.confirmed) == (
        'Waterbedrijf "><script>',
        False,
    )
    assert person.organisation_confirmed is False


@pytest.mark.parametrize(
    "chosen", ["", "anders", "1", "00000000-0000-4000-8000-000000000000", "x" * 10_000]
)
def test_choice_that_was_not_offered_changes_nothing(chosen) -> None:
    OrganisationFactory(domain="rijksoverheid.nl")
    OrganisationFactory(domain="rijksoverheid.nl")
    person = PersonFactory(
        email="jan@rijksoverheid.nl", organisation=None, organisation_confirmed=False
    )
    response = browser(person).post("/mijn/organisatie/", {"organisation": chosen})
    assert response.status_code == 200
    assert response.content.decode().count("<title>Fout:") == 1
    person.refresh_from_db()
    assert person.organisation is None


def test_search_for_ten_thousand_characters_is_explained() -> None:
    response = browser(PersonFactory()).get("/mijn/organisatie/", {"zoek": "x" * 10_000})
    assert "Dit is te lang. Gebruik hooguit 250 tekens." in text(response)


@pytest.mark.parametrize("how_many", [1, 15])
def test_organisation_page_takes_the_same_queries_however_many_match(how_many) -> None:
    for number in range(how_many):
        OrganisationFactory(name=f"Utrecht {number}", domain="rijksoverheid.nl")
    client = browser(PersonFactory(email="jan@rijksoverheid.nl"))
    client.get("/mijn/organisatie/", {"zoek": "utrecht"})
    found = data_queries(lambda: client.get("/mijn/organisatie/", {"zoek": "utrecht"}))
    # session, person, domain, search; then what the header asks: roles, courses taught, organisation
    assert found <= 7


# Details


def test_details_are_kept_and_speak_the_chosen_language() -> None:
    person = PersonFactory(name="")
    client = browser(person)
    page = client.get("/mijn/gegevens/")
    assert "Leuk dat je er bent! Hoe heet je?" in text(page)
    assert person.email in text(page)
    done = client.post(
        "/mijn/gegevens/?next=/cursussen/",
        {"name": "Zoë 🎉", "language": "en", "function": "jurist", "province": "utrecht"},
    )
    assert done.url == "/en/cursussen/"
    assert sorted(client.cookies) == ["csrftoken", "messages", "sessionid"]
    person.refresh_from_db()
    assert (person.name, person.language, person.function, person.province) == (
        "Zoë 🎉",
        "en",
        "jurist",
        "utrecht",
    )


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "Vul je naam in."),
        ("name", "a" * 10_000, "Dit is te lang. Gebruik hooguit 120 tekens."),
        ("function", "a" * 10_000, "Dit is te lang. Gebruik hooguit 120 tekens."),
        ("language", "", "Kies een taal."),
    ],
)
def test_wrong_details_are_explained_and_not_kept(field, value, sentence) -> None:
    person = PersonFactory()
    data = {"name": "Ander", "language": "nl", "function": "", "province": ""} | {field: value}
    response = browser(person).post("/mijn/gegevens/", data)
    assert sentence in text(response)
    before = person.name
    person.refresh_from_db()
    assert person.name == before


def test_name_with_markup_is_shown_as_text() -> None:
    person = PersonFactory(name=NASTY, organisation_confirmed=False)
    page = browser(national_coordinator()).get("/coordinatie/collegas-bevestigen/")
    assert NASTY not in page.content.decode()
    assert page.content.decode().count("&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;") >= 3
    assert person.email in text(page)


# Asking for access, and deciding


def test_asking_for_the_own_organisation() -> None:
    person = PersonFactory()
    client = browser(person)
    done = client.post(
        "/toegang-vragen/",
        {"organisation": person.organisation.public_id, "motivation": "Ik regel\r\nopleidingen"},
    )
    assert done.url == "/toegang-vragen/"
    request = AccessRequest.objects.get()
    assert (request.person, request.organisation, request.motivation) == (
        person,
        person.organisation,
        "Ik regel opleidingen",
    )
    assert "Je aanvraag wacht op een besluit" in text(client.get("/toegang-vragen/"))


def test_asking_for_another_organisation_by_searching() -> None:
    zeist = OrganisationFactory(name="Gemeente Zeist")
    person = PersonFactory()
    browser(person).post("/toegang-vragen/?zoek=zeist", {"organisation": zeist.public_id})
    assert AccessRequest.objects.get().organisation == zeist


def test_coordinator_cannot_ask_again() -> None:
    person = coordinator()
    response = browser(person).post(
        "/toegang-vragen/", {"organisation": person.organisation.public_id}
    )
    assert f"Je bent al coördinator van {person.organisation.name}." in text(response)
    assert not AccessRequest.objects.exists()


def test_unverified_person_cannot_ask() -> None:
    person = PersonFactory(verified_at=None)
    assert browser(person).get("/toegang-vragen/").status_code == 403


@pytest.mark.parametrize(("answer", "status"), [("ja", "granted"), ("nee", "refused")])
def test_decision_on_a_request(answer, status) -> None:
    person = PersonFactory()
    request = roles.request_access(person, organisation=person.organisation)
    client = browser(national_coordinator())
    assert person.email in text(client.get("/coordinatie/toegang/"))
    url = f"/coordinatie/toegang/{request.public_id}/"
    assert client.post(url, {"besluit": answer}).url == "/coordinatie/toegang/"
    request.refresh_from_db()
    assert request.status == status
    assert Role.objects.filter(person=person).exists() == (answer == "ja")
    again = client.post(url, {"besluit": "ja"}, follow=True)
    assert "Hier is al over beslist." in text(again)
    assert "Er wacht niemand op een besluit" in text(again)


def test_button_that_does_not_exist_decides_nothing() -> None:
    person = PersonFactory(organisation_confirmed=False)
    request = roles.request_access(person, organisation=person.organisation)
    client = browser(national_coordinator())
    for url in (
        f"/coordinatie/toegang/{request.public_id}/",
        f"/coordinatie/collegas-bevestigen/{person.public_id}/",
    ):
        assert client.post(url, {"besluit": "misschien"}).status_code == 400
        assert client.post(url).status_code == 400
    request.refresh_from_db()
    assert request.status == "open"


@pytest.mark.parametrize(
    ("answer", "sentence"), [("ja", "Merel werkt bij"), ("nee", "Merel werkt niet bij")]
)
def test_decision_on_a_colleague(answer, sentence) -> None:
    person = PersonFactory(name="Merel", organisation_confirmed=False)
    client = browser(coordinator(person.organisation))
    url = f"/coordinatie/collegas-bevestigen/{person.public_id}/"
    done = client.post(url, {"besluit": answer}, follow=True)
    assert sentence in text(done)
    person.refresh_from_db()
    assert person.organisation_confirmed == (answer == "ja")


def test_list_of_names_that_was_seen_is_on_record() -> None:
    by = national_coordinator()
    browser(by).get("/coordinatie/collegas-bevestigen/")
    assert not AuditEvent.objects.exists()
    PersonFactory(organisation_confirmed=False)
    browser(by).get("/coordinatie/collegas-bevestigen/")
    assert AuditEvent.objects.values_list("verb", "actor", "detail").get() == (
        "people.listed",
        by.pk,
        {"list": "to_confirm", "count": 1},
    )


@pytest.mark.parametrize("path", ["/coordinatie/toegang/", "/coordinatie/collegas-bevestigen/"])
def test_lists_take_the_same_queries_for_one_and_for_three(path) -> None:
    client = browser(national_coordinator())

    def one_more() -> None:
        person = PersonFactory(organisation_confirmed=False)
        roles.request_access(person, organisation=person.organisation)

    one_more()
    client.get(path)
    one = data_queries(lambda: client.get(path))
    one_more()
    one_more()
    assert data_queries(lambda: client.get(path)) == one
