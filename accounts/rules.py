# SPDX-License-Identifier: EUPL-1.2
"""Who may do what in this room: small named predicates. They take anonymous visitors too (always no).

Roles are read once per request (``Person.role_keys``), so asking often costs nothing.
"""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from rules.permissions import add_perm, perm_exists
from rules.predicates import predicate

from accounts.models import AccessRequest, Organisation, Person, Role

Someone = Person | AnonymousUser | None


def _roles(person: Someone) -> frozenset[tuple[str, int | None]]:
    return person.role_keys if isinstance(person, Person) and person.is_active else frozenset()


@predicate
def is_verified(person: Someone) -> bool:
    """Signed in with a code at least once, and still welcome."""
    return isinstance(person, Person) and person.is_active and person.is_verified


@predicate
def is_admin(person: Someone) -> bool:
    """May enter the Django admin."""
    return isinstance(person, Person) and person.is_active and person.is_staff


@predicate
def is_national(person: Someone) -> bool:
    return (Role.Kind.NATIONAL.value, None) in _roles(person)


@predicate
def is_coordinator(person: Someone) -> bool:
    """Of any organisation."""
    return any(kind == Role.Kind.COORDINATOR for kind, _organisation in _roles(person))


@predicate
def is_coordinator_of(person: Someone, organisation: Organisation | None) -> bool:
    return organisation is not None and (Role.Kind.COORDINATOR.value, organisation.pk) in _roles(
        person
    )


@predicate
def may_decide_access(person: Someone, access_request: AccessRequest) -> bool:
    """The national coordinator, or a coordinator of that organisation; never about oneself."""
    if not isinstance(person, Person) or person.pk == access_request.person_id:
        return False
    return bool(is_national(person) or is_coordinator_of(person, access_request.organisation))


@predicate
def may_confirm_person(person: Someone, colleague: Person) -> bool:
    """A coordinator of the organisation the colleague says to work at, or the national one, who alone
    can confirm an organisation that somebody named."""
    if not isinstance(person, Person) or person.pk == colleague.pk:
        return False
    return bool(is_national(person) or is_coordinator_of(person, colleague.organisation))


coordinates = is_coordinator | is_national
has_short_session = coordinates | is_admin


def coordinated_organisation_ids(person: Someone) -> list[int]:
    return [pk for kind, pk in _roles(person) if kind == Role.Kind.COORDINATOR and pk is not None]


def _register(name: str, rule: Any) -> None:
    if not perm_exists(name):  # type: ignore[no-untyped-call]
        add_perm(name, rule)  # type: ignore[no-untyped-call]


_register("accounts.coordinate", coordinates)
_register("accounts.coordinate_organisation", is_coordinator_of)
_register("accounts.decide_access", may_decide_access)
_register("accounts.confirm_person", may_confirm_person)
