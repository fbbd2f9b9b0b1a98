# SPDX-License-Identifier: EUPL-1.2
"""Somebody has another work address: what stands in the old calendar goes, the new one gets its own."""

from django.db import transaction
from django.db.models import Q

from accounts.models import Person
from base import clock
from notifications import outbox
from notifications.domain.invitations import cancel_rows, first_mail, locked
from notifications.models import Invitation, Message
from notifications.models.message import FIRST_KIND, SECRET_KINDS, Kind

State = Invitation.State


@transaction.atomic
def readdress(person: Person) -> list[Invitation]:
    """CANCEL to the old address, a new UID to the new one, for everything that is still to come.

    An invitation that never left simply goes to the new address. So does all other mail that waits.
    """
    now = clock.now()
    coming = Q(session__ends_at__gt=now) | Q(edition__ends_on__gte=clock.today())
    rows = [
        row
        for row in locked(
            Invitation.objects.filter(
                coming, person=person, state__in=[State.ACTIVE, State.BOUNCED]
            )
        )
        if row.may_have_left or row.address or row.state == State.BOUNCED
    ]
    reached = [row for row in rows if row.state == State.ACTIVE]
    cancel_rows(rows)
    fresh = [
        Invitation(
            role=row.role,
            person=person,
            session_id=row.session_id,
            edition_id=row.edition_id,
            registration_id=row.registration_id,
        )
        for row in rows
    ]
    Invitation.objects.bulk_create(fresh)
    outbox.put_all(
        [
            outbox.new(Kind.READDRESSED, key=f"inv:{row.hex}:cancel", person=person, invitation=row)
            for row in reached
        ]
    )
    outbox.put_all([first_mail(row, FIRST_KIND[row.role], person) for row in fresh])
    Message.objects.filter(
        person=person, invitation__isnull=True, state=Message.State.PENDING
    ).exclude(kind__in=[*SECRET_KINDS, Kind.ADDRESS_CHANGED]).update(to_address="", rendered=None)
    return fresh
