# SPDX-License-Identifier: EUPL-1.2
"""Roles: asking for one, deciding, granting, taking back. Every step leaves an audit line.

The first coordinator of an organisation is granted by the national coordinator, because nobody else may;
later ones also by a coordinator of that organisation (accounts.rules.may_decide_access).
"""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import rules, signals
from accounts.domain import audit
from accounts.domain.names import one_line
from accounts.errors import AccessRefused
from accounts.models import AccessRequest, Organisation, Person, Role
from base import clock


def _forget_cached(person: Person) -> None:
    vars(person).pop("role_keys", None)


@transaction.atomic
def grant_coordinator(person: Person, *, organisation: Organisation, by: Person | None) -> Role:
    """``by`` is None for the demo and the shell. Granting twice gives the same role."""
    role, created = Role.objects.get_or_create(
        person=person,
        kind=Role.Kind.COORDINATOR,
        organisation=organisation,
        defaults={"granted_by": by},
    )
    if created:
        _forget_cached(person)
        audit.record(
            "role.granted", actor=by, subject=person, organisation=organisation, kind=role.kind
        )
    return role


@transaction.atomic
def grant_national(person: Person, *, by: Person | None) -> Role:
    role, created = Role.objects.get_or_create(
        person=person, kind=Role.Kind.NATIONAL, defaults={"granted_by": by}
    )
    if created:
        _forget_cached(person)
        audit.record("role.granted", actor=by, subject=person, kind=role.kind)
    return role


@transaction.atomic
def revoke(role: Role, *, by: Person | None) -> None:
    audit.record(
        "role.revoked",
        actor=by,
        subject=role.person,
        organisation=role.organisation,
        kind=role.kind,
    )
    _forget_cached(role.person)
    role.delete()


@transaction.atomic
def request_access(
    person: Person, *, organisation: Organisation, motivation: str = ""
) -> AccessRequest:
    """Asks to coordinate an organisation; asking again while it is open changes nothing. Raises
    AccessRefused, InvalidName (motivation too long)."""
    if not rules.is_verified(person):
        raise AccessRefused(_("Log eerst in met de code uit je mail."), code="unverified")
    if Role.objects.filter(
        person=person, kind=Role.Kind.COORDINATOR, organisation=organisation
    ).exists():
        raise AccessRefused(
            _("Je bent al coördinator van %(organisation)s.") % {"organisation": organisation.name},
            code="already_coordinator",
        )
    request, created = AccessRequest.objects.get_or_create(
        person=person,
        organisation=organisation,
        status=AccessRequest.Status.OPEN,
        defaults={"motivation": one_line(motivation, limit=500)},
    )
    if created:
        audit.record("access.requested", actor=person, subject=request, organisation=organisation)
        signals.access_requested.send(AccessRequest, access_request=request)
    return request


@transaction.atomic
def decide_access(access_request: AccessRequest, *, by: Person, granted: bool) -> AccessRequest:
    """Grants the role or says no. Raises AccessRefused when ``by`` may not decide, or somebody else
    decided already."""
    request = (
        AccessRequest.objects.select_for_update(of=("self",), no_key=True)
        .select_related("organisation", "person")
        .get(pk=access_request.pk)
    )
    if not rules.may_decide_access(by, request):
        raise AccessRefused(_("Dit kan alleen een coördinator van deze organisatie doen."))
    if request.status != AccessRequest.Status.OPEN:
        raise AccessRefused(_("Hier is al over beslist."), code="already_decided")
    request.status = AccessRequest.Status.GRANTED if granted else AccessRequest.Status.REFUSED
    request.decided_by = by
    request.decided_at = clock.now()
    request.save(update_fields=["status", "decided_by", "decided_at", "updated_at"])
    if granted:
        grant_coordinator(request.person, organisation=request.organisation, by=by)
    audit.record(
        "access.granted" if granted else "access.refused",
        actor=by,
        subject=request,
        organisation=request.organisation,
    )
    signal = signals.access_granted if granted else signals.access_refused
    signal.send(AccessRequest, access_request=request)
    return request
