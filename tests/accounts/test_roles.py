# SPDX-License-Identifier: EUPL-1.2
"""Roles: predicates as one table, asking, deciding, the audit trail."""

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts import rules
from accounts.domain import queries, roles
from accounts.errors import AccessRefused, InvalidName
from accounts.models import AccessRequest, AuditEvent, Role
from accounts.signals import access_granted, access_refused, access_requested
from tests.factories import (
    OrganisationFactory,
    PersonFactory,
    coordinator,
    national_coordinator,
)

pytestmark = pytest.mark.django_db

PREDICATES = ("is_verified", "is_coordinator", "is_coordinator_of", "is_national", "is_admin",
              "coordinates", "has_short_session", "may_decide_access", "may_confirm_person")  # fmt: skip
WHO = {
    #                    ver  coor of   nat  adm  coos shrt dec  conf
    "anonymous":        "no   no   no   no   no   no   no   no   no",
    "unverified":       "no   no   no   no   no   no   no   no   no",
    "learner":          "yes  no   no   no   no   no   no   no   no",
    "coordinator":      "yes  yes  yes  no   no   yes  yes  yes  yes",
    "coordinator else": "yes  yes  no   no   no   yes  yes  no   no",
    "national":         "yes  no   no   yes  no   yes  yes  yes  yes",
    "admin":            "yes  no   no   no   yes  no   yes  no   no",
    "blocked":          "no   no   no   no   no   no   no   no   no",
}  # fmt: skip


def _people(organisation):
    return {
        "anonymous": AnonymousUser(),
        "unverified": PersonFactory(verified_at=None),
        "learner": PersonFactory(organisation=organisation),
        "coordinator": coordinator(organisation),
        "coordinator else": coordinator(),
        "national": national_coordinator(),
        "admin": PersonFactory(is_staff=True),
        "blocked": coordinator(organisation, is_active=False, is_staff=True),
    }


@pytest.mark.parametrize("who", WHO)
def test_predicates(who) -> None:
    organisation = OrganisationFactory()
    asker = PersonFactory(organisation=organisation, organisation_confirmed=False)
    request = AccessRequest.objects.create(person=asker, organisation=organisation)
    person = _people(organisation)[who]
    given = {
        "is_coordinator_of": (organisation,),
        "may_decide_access": (request,),
        "may_confirm_person": (asker,),
    }
    said = [
        "yes" if getattr(rules, name)(person, *given.get(name, ())) else "no" for name in PREDICATES
    ]
    assert said == WHO[who].split()


def test_roles_are_read_once_per_request(django_assert_num_queries) -> None:
    person = coordinator()
    organisation = person.organisation
    with django_assert_num_queries(1):
        for _ in range(3):
            rules.is_coordinator_of(person, organisation)
            rules.is_national(person)
            rules.is_coordinator(person)


def test_permissions_are_known_to_django() -> None:
    person = coordinator()
    assert person.has_perm("accounts.coordinate_organisation", person.organisation)
    assert not person.has_perm("accounts.coordinate_organisation", OrganisationFactory())


@pytest.fixture
def heard():
    events = []
    signals = {"requested": access_requested, "granted": access_granted, "refused": access_refused}
    receivers = []
    for name, signal in signals.items():

        def receive(sender, *, access_request, name=name, **kwargs):
            events.append((name, access_request.pk))

        signal.connect(receive)
        receivers.append((signal, receive))
    yield events
    for signal, receive in receivers:
        signal.disconnect(receive)


def test_first_coordinator_is_granted_by_the_national_one(heard) -> None:
    person, national = PersonFactory(), national_coordinator()
    request = roles.request_access(
        person, organisation=person.organisation, motivation="Ik regel\r\nde opleidingen"
    )
    assert (request.motivation, request.status) == ("Ik regel de opleidingen", "open")
    roles.decide_access(request, by=national, granted=True)
    request.refresh_from_db()
    assert (request.status, request.decided_by) == ("granted", national)
    assert rules.is_coordinator_of(person, person.organisation)
    assert heard == [("requested", request.pk), ("granted", request.pk)]
    verbs = AuditEvent.objects.order_by("at", "id").values_list("verb", "actor")
    assert list(verbs) == [
        ("access.requested", person.pk),
        ("role.granted", national.pk),
        ("access.granted", national.pk),
    ]


def test_later_ones_also_by_a_coordinator_there(heard) -> None:
    organisation = OrganisationFactory()
    person = PersonFactory(organisation=organisation)
    request = roles.request_access(person, organisation=organisation)
    roles.decide_access(request, by=coordinator(organisation), granted=True)
    assert Role.objects.filter(person=person, organisation=organisation).count() == 1


@pytest.mark.parametrize("maker", [PersonFactory, coordinator])
def test_others_decide_nothing(maker, heard) -> None:
    person = PersonFactory()
    request = roles.request_access(person, organisation=person.organisation)
    with pytest.raises(AccessRefused):
        roles.decide_access(request, by=maker(), granted=True)
    assert not Role.objects.filter(person=person).exists()


def test_nobody_grants_a_role_to_themselves() -> None:
    national = national_coordinator()
    request = roles.request_access(national, organisation=national.organisation)
    with pytest.raises(AccessRefused):
        roles.decide_access(request, by=national, granted=True)


def test_refusal_gives_no_role_and_may_be_followed_by_a_new_request(heard) -> None:
    person, national = PersonFactory(), national_coordinator()
    first = roles.request_access(person, organisation=person.organisation)
    roles.decide_access(first, by=national, granted=False)
    assert not Role.objects.filter(person=person).exists()
    second = roles.request_access(person, organisation=person.organisation)
    assert second != first
    assert heard == [("requested", first.pk), ("refused", first.pk), ("requested", second.pk)]


def test_second_decision_is_refused() -> None:
    person, national = PersonFactory(), national_coordinator()
    request = roles.request_access(person, organisation=person.organisation)
    roles.decide_access(request, by=national, granted=False)
    with pytest.raises(AccessRefused) as refused:
        roles.decide_access(request, by=national, granted=True)
    assert refused.value.sentence == "Hier is al over beslist."


def test_asking_twice_is_one_request(heard) -> None:
    person = PersonFactory()
    first = roles.request_access(person, organisation=person.organisation)
    assert roles.request_access(person, organisation=person.organisation) == first
    assert heard == [("requested", first.pk)]


@pytest.mark.parametrize(
    ("maker", "code"),
    [(coordinator, "already_coordinator"), (lambda: PersonFactory(verified_at=None), "unverified")],
)
def test_who_needs_no_request_is_told(maker, code) -> None:
    person = maker()
    with pytest.raises(AccessRefused) as refused:
        roles.request_access(person, organisation=person.organisation)
    assert refused.value.code == code


def test_long_motivation_is_refused() -> None:
    person = PersonFactory()
    with pytest.raises(InvalidName):
        roles.request_access(person, organisation=person.organisation, motivation="x" * 10_000)
    assert not AccessRequest.objects.exists()


def test_granting_twice_is_one_role_and_revoking_takes_it() -> None:
    person, by = PersonFactory(), national_coordinator()
    role = roles.grant_coordinator(person, organisation=person.organisation, by=by)
    assert roles.grant_coordinator(person, organisation=person.organisation, by=by) == role
    assert roles.grant_national(person, by=by).kind == "national"
    assert rules.is_national(person)
    role.person = person
    roles.revoke(role, by=by)
    assert not rules.is_coordinator_of(person, person.organisation)
    verbs = AuditEvent.objects.order_by("at", "id").values_list("verb", "detail")
    assert list(verbs) == [
        ("role.granted", {"kind": "coordinator"}),
        ("role.granted", {"kind": "national"}),
        ("role.revoked", {"kind": "coordinator"}),
    ]


def test_lists_hold_what_one_may_decide_on() -> None:
    organisation = OrganisationFactory()
    here, elsewhere = PersonFactory(organisation=organisation), PersonFactory()
    mine = roles.request_access(here, organisation=organisation)
    other = roles.request_access(elsewhere, organisation=elsewhere.organisation)
    unconfirmed = PersonFactory(organisation=organisation, organisation_confirmed=False)
    PersonFactory(organisation=organisation, organisation_confirmed=False, verified_at=None)
    stranger = PersonFactory(organisation_confirmed=False)
    for person, requests, waiting in (
        (coordinator(organisation), [mine], [unconfirmed]),
        (coordinator(), [], []),
        (national_coordinator(), [mine, other], [unconfirmed, stranger]),
        (PersonFactory(organisation=organisation), [], []),
    ):
        assert list(queries.open_access_requests(person)) == requests
        assert sorted(queries.people_to_confirm(person), key=lambda p: p.pk) == waiting
