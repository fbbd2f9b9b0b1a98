# SPDX-License-Identifier: EUPL-1.2
"""The Django admin of this room: every list and form opens, and changes go through the domain."""

import pytest
from django.test import Client

from accounts.domain import roles
from accounts.domain.tokens import create_token
from accounts.models import (
    AccessRequest,
    ApiToken,
    AuditEvent,
    EmailDomain,
    Organisation,
    Person,
    Role,
)
from accounts.signals import email_changed
from tests.factories import OrganisationFactory, PersonFactory, national_coordinator

pytestmark = pytest.mark.django_db
MODELS = ("organisation", "person", "role", "accessrequest", "apitoken", "auditevent")


@pytest.fixture
def boss():
    return PersonFactory(is_staff=True, is_superuser=True)


@pytest.fixture
def admin(boss) -> Client:
    client = Client()
    client.force_login(boss)
    return client


@pytest.mark.parametrize("model", MODELS)
def test_lists_open_and_search(admin, model) -> None:
    person = PersonFactory()
    roles.request_access(person, organisation=person.organisation)
    create_token(person)
    for query in ("", "?q=merel"):
        assert admin.get(f"/beheer/accounts/{model}/{query}").status_code == 200


@pytest.mark.parametrize(
    ("model", "add", "change"),
    [
        ("organisation", 200, 200),
        ("person", 200, 200),
        ("role", 200, 200),
        ("accessrequest", 403, 200),
        ("apitoken", 403, 200),
        ("auditevent", 403, 200),
    ],
)
def test_forms_open_and_the_trail_is_read_only(admin, boss, model, add, change) -> None:
    person = national_coordinator()
    rows = {
        "organisation": person.organisation,
        "person": person,
        "role": Role.objects.get(),
        "accessrequest": roles.request_access(person, organisation=person.organisation),
        "auditevent": AuditEvent.objects.first(),
    }
    create_token(person)
    rows["apitoken"] = ApiToken.objects.get()
    url = f"/beheer/accounts/{model}/"
    assert admin.get(f"{url}add/").status_code == add
    assert admin.get(f"{url}{rows[model].pk}/change/").status_code == change
    if model == "auditevent":
        assert admin.post(f"{url}{rows[model].pk}/change/", {"verb": "x"}).status_code == 403
        assert admin.post(f"{url}{rows[model].pk}/delete/", {"post": "yes"}).status_code == 403


def organisation_form(organisation: Organisation | None = None, **changes: str) -> dict[str, str]:
    domains = list(organisation.email_domains.all()) if organisation else []
    data = {
        "name": organisation.name if organisation else "Nieuw",
        "kind": "gemeente",
        "layer": "gemeente",
        "confirmed": "on",
        "email_domains-TOTAL_FORMS": str(len(domains) + 1),
        "email_domains-INITIAL_FORMS": str(len(domains)),
    }
    for number, row in enumerate(domains):
        data[f"email_domains-{number}-id"] = str(row.pk)
        data[f"email_domains-{number}-organisation"] = str(organisation.pk)
        data[f"email_domains-{number}-domain"] = row.domain
    return data | changes


def test_organisation_with_its_first_domain(admin, boss) -> None:
    form = organisation_form(**{"email_domains-0-domain": "Nieuw.NL"})
    assert admin.post("/beheer/accounts/organisation/add/", form).status_code == 302
    made = Organisation.objects.get(name="Nieuw")
    assert (made.slug, made.tooi, made.roo_id) == ("nieuw", None, None)
    assert list(EmailDomain.objects.values_list("domain", flat=True)) == ["nieuw.nl"]
    assert AuditEvent.objects.values_list("verb", "actor", "detail").get() == (
        "email_domain.added",
        boss.pk,
        {"domain": "nieuw.nl"},
    )


def test_domain_can_be_changed_and_removed(admin) -> None:
    organisation = OrganisationFactory(domain="oud.nl")
    url = f"/beheer/accounts/organisation/{organisation.pk}/change/"
    changed = organisation_form(organisation, **{"email_domains-0-domain": "anders.nl"})
    assert admin.post(url, changed).status_code == 302
    assert list(EmailDomain.objects.values_list("domain", flat=True)) == ["anders.nl"]
    removed = organisation_form(organisation, **{"email_domains-0-DELETE": "on"})
    assert admin.post(url, removed).status_code == 302
    assert not EmailDomain.objects.exists()
    events = AuditEvent.objects.order_by("at", "id").values_list("verb", "detail")
    assert list(events) == [
        ("email_domain.removed", {"domain": "oud.nl"}),
        ("email_domain.added", {"domain": "anders.nl"}),
        ("email_domain.removed", {"domain": "anders.nl"}),
    ]


@pytest.mark.parametrize(
    ("domain", "sentence"),
    [
        ("gmail.com", "Dit is een maildomein voor privéadressen."),
        ("geen domein", "Dit is geen domein. Voorbeeld: gemeente.nl"),
    ],
)
def test_domain_that_proves_nothing_is_refused(admin, domain, sentence) -> None:
    form = organisation_form(**{"email_domains-0-domain": domain})
    response = admin.post("/beheer/accounts/organisation/add/", form)
    assert response.status_code == 200
    assert sentence in response.content.decode()
    assert not EmailDomain.objects.exists()


def test_circle_of_successors_is_refused(admin) -> None:
    one = OrganisationFactory()
    two = OrganisationFactory(successor=one)
    response = admin.post(
        f"/beheer/accounts/organisation/{one.pk}/change/",
        organisation_form(one, successor=str(two.pk)),
    )
    assert "Deze opvolger komt weer bij deze organisatie uit." in response.content.decode()
    one.refresh_from_db()
    assert one.successor is None


def test_roles_are_granted_and_taken_back_with_a_trail(admin, boss) -> None:
    person = PersonFactory()
    form = {
        "person": str(person.pk),
        "kind": "coordinator",
        "organisation": str(person.organisation_id),
    }
    assert admin.post("/beheer/accounts/role/add/", form).status_code == 302
    role = Role.objects.get()
    assert (role.person, role.granted_by) == (person, boss)
    admin.post(f"/beheer/accounts/role/{role.pk}/delete/", {"post": "yes"})
    assert not Role.objects.exists()
    events = AuditEvent.objects.order_by("at", "id").values_list("verb", "actor")
    assert list(events) == [("role.granted", boss.pk), ("role.revoked", boss.pk)]


@pytest.mark.parametrize(
    "form",
    [{"kind": "coordinator", "organisation": ""}, {"kind": "national", "organisation": "own"}],
)
def test_role_that_cannot_be_is_explained(admin, form) -> None:
    person = PersonFactory()
    form = form | {"person": str(person.pk)}
    if form["organisation"]:
        form["organisation"] = str(person.organisation_id)
    assert admin.post("/beheer/accounts/role/add/", form).status_code == 200
    assert not Role.objects.exists()


def test_request_is_decided_by_who_may(admin, boss) -> None:
    person = PersonFactory()
    request = roles.request_access(person, organisation=person.organisation)
    form = {"action": "grant", "_selected_action": [str(request.pk)]}
    refused = admin.post("/beheer/accounts/accessrequest/", form, follow=True)
    assert "Dit kan alleen een coördinator van deze organisatie doen." in refused.content.decode()
    roles.grant_national(boss, by=None)
    admin.post("/beheer/accounts/accessrequest/", form)
    assert AccessRequest.objects.get().status == "granted"
    assert Role.objects.filter(person=person).count() == 1


def test_token_can_be_withdrawn(admin) -> None:
    create_token(PersonFactory())
    row = ApiToken.objects.get()
    admin.post(
        "/beheer/accounts/apitoken/", {"action": "revoke", "_selected_action": [str(row.pk)]}
    )
    row.refresh_from_db()
    assert row.revoked_at is not None


def _person_form(person, **changed):
    found = {
        "email": person.email,
        "name": person.name,
        "language": person.language,
        "organisation": person.organisation_id,
        "organisation_confirmed": "on",
        "is_active": "on",
    }
    return found | changed


def test_a_new_address_goes_through_the_domain_with_a_trail(admin, boss) -> None:
    host = OrganisationFactory(domain="utrecht.example")
    person = PersonFactory(email="merel@utrecht.example", organisation=host)
    heard = []

    def hear(person, previous, **kwargs):
        heard.append((previous, person.email))

    email_changed.connect(hear)
    try:
        address = f"/beheer/accounts/person/{person.pk}/change/"
        form = _person_form(person, email="merel.dejong@utrecht.example", name="Merel de Jong")
        assert admin.post(address, form).status_code == 302
    finally:
        email_changed.disconnect(hear)

    person.refresh_from_db()
    assert (person.email, person.name) == ("merel.dejong@utrecht.example", "Merel de Jong")
    assert heard == [("merel@utrecht.example", "merel.dejong@utrecht.example")]
    assert AuditEvent.objects.get(verb="person.email_changed").actor == boss


def test_an_address_at_a_provider_for_consumers_is_refused(admin) -> None:
    person = PersonFactory(email="merel@utrecht.example")
    address = f"/beheer/accounts/person/{person.pk}/change/"
    admin.post(address, _person_form(person, email="merel@gmail.com", name="Nieuw"))
    person.refresh_from_db()
    assert (person.email, person.name) == ("merel@utrecht.example", "Nieuw")


def test_nobody_is_deleted_here(admin, boss) -> None:
    """Also not by the action of the list: a deletion would skip seats, calendars and the record."""
    person = PersonFactory()
    page = f"/beheer/accounts/person/{person.pk}/"
    assert f"{page}delete/" not in admin.get(f"{page}change/").content.decode()
    assert admin.post(f"{page}delete/", {"post": "yes"}).status_code == 403
    listed = admin.get("/beheer/accounts/person/")
    assert "delete_selected" not in listed.content.decode()
    chosen = {"action": "delete_selected", "_selected_action": [person.pk], "post": "yes"}
    admin.post("/beheer/accounts/person/", chosen)
    assert Person.objects.filter(pk=person.pk).exists()
