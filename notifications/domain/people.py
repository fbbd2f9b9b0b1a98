# SPDX-License-Identifier: EUPL-1.2
"""Mails about the person: codes, organisation, access, and whether to give a course along."""

import uuid

from django.db.models import Q

from accounts.models import AccessRequest, Organisation, Person, Role
from base import clock
from courses.models import TrainerInvitation
from notifications import outbox, reasons
from notifications.models import Message
from notifications.models.message import Kind


def send_code(
    person: Person,
    *,
    email: str,
    code: str,
    language: str,
    browser: str,
    kind: str = Kind.LOGIN_CODE,
) -> None:
    """Ahead of everything else. A new code makes an earlier one of the same browser that did not leave yet
    needless; not that of another, or a stranger who types this address could keep somebody out.
    """
    Message.objects.filter(
        kind=kind, person=person, state=Message.State.PENDING, payload__browser=browser
    ).update(
        state=Message.State.SKIPPED,
        last_error=reasons.NEWER_CODE,
        secret=None,
        rendered=None,
    )
    outbox.put(
        kind,
        key=f"code:{uuid.uuid4().hex}",
        person=person,
        to=email,
        queue=Message.Queue.URGENT,
        secret=code,
        language=language,
        browser=browser,
    )


def tell_address_changed(person: Person, *, previous: str) -> None:
    """To the old address, so that nobody takes over an account unseen."""
    outbox.put(
        Kind.ADDRESS_CHANGED,
        key=f"{Kind.ADDRESS_CHANGED}:{uuid.uuid4().hex}",
        person=person,
        to=previous,
    )


def tell_organisation(person: Person, organisation: Organisation, *, kind: str) -> None:
    outbox.put(
        kind,
        key=f"{kind}:{person.public_id.hex}:{organisation.public_id.hex}:{clock.now():%Y%m%d%H%M}",
        person=person,
        organisation=organisation.pk,
    )


def tell_access(access_request: AccessRequest, *, kind: str) -> None:
    outbox.put(
        kind,
        key=f"{kind}:{access_request.public_id.hex}",
        person=access_request.person,
        access_request=access_request.pk,
    )


def tell_access_requested(access_request: AccessRequest) -> None:
    """To who may decide: coordinators of that organisation, and the national ones."""
    deciders = (
        Person.objects.filter(
            Q(roles__kind=Role.Kind.NATIONAL)
            | Q(roles__kind=Role.Kind.COORDINATOR, roles__organisation=access_request.organisation),
            is_active=True,
        )
        .exclude(pk=access_request.person_id)
        .distinct()
    )
    outbox.put_all(
        [
            outbox.new(
                Kind.ACCESS_REQUESTED,
                key=f"{Kind.ACCESS_REQUESTED}:{access_request.public_id.hex}:{row.public_id.hex}",
                person=row,
                access_request=access_request.pk,
            )
            for row in deciders
        ]
    )


def ask_co_trainer(invitation: TrainerInvitation) -> None:
    """Plain, without a calendar part: the dates come after the yes. Asked, withdrawn and asked again is one
    mail: its link works again."""
    key = f"{Kind.TEACH_ASKED}:{invitation.public_id.hex}:"
    earlier = Message.objects.filter(key__startswith=key)
    if earlier.exclude(state=Message.State.SKIPPED).exists():
        return
    outbox.put(
        Kind.TEACH_ASKED,
        key=f"{key}{earlier.count()}",
        person=invitation.person,
        trainer_invitation=invitation.pk,
    )
