# SPDX-License-Identifier: EUPL-1.2
"""What is noted about a mail before SMTP is asked: on its invitation that it is under way, on its row that it is
tried. Each is a conditional UPDATE: where the row is not what we read, nothing is noted.
"""

import datetime as dt
from dataclasses import dataclass

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from base import clock
from notifications import outbox
from notifications.models import Invitation, Message

#: Seconds until we look again when another worker is handing over a mail of the same invitation.
_BUSY_SECONDS = 3


class ComeBack(Exception):
    """Not now: another mail of the same invitation is under way, or the row keeps changing."""

    seconds = _BUSY_SECONDS


class LeaseLost(Exception):
    """Another worker has this row by now; leave it alone."""


class Changed(Exception):
    """The invitation is not what we read."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A mail that is written and of which nothing is noted yet."""

    message: Message
    octets: bytes
    to: str
    invitation: Invitation | None = None  # None: nothing in anybody's calendar changes
    dtstamp: dt.datetime | None = None
    facts: dict[str, object] | None = None


def _as_read(invitation: Invitation) -> Q:
    """The row is what we read, and nobody else is handing over a mail of it."""
    seen = Q(dtstamp=invitation.dtstamp) if invitation.dtstamp else Q(dtstamp__isnull=True)
    return seen & Q(
        pk=invitation.pk,
        state=invitation.state,
        revision=invitation.revision,
        method_sent=invitation.method_sent,
    )


def _in_flight_as_read(invitation: Invitation) -> Q:
    """A mail whose outcome is open is remembered (Ready.open_before), so we must have seen it."""
    if invitation.in_flight_id is None:
        return Q(in_flight__isnull=True)
    return Q(in_flight=invitation.in_flight_id)


def note_in_flight(found: Draft) -> None:
    message, invitation = found.message, found.invitation
    assert invitation is not None
    noted = (
        Invitation.objects.filter(_as_read(invitation))
        .filter(_in_flight_as_read(invitation))
        .filter(
            Q(in_flight__isnull=True) | Q(in_flight=message) | Q(in_flight_until__lt=clock.now())
        )
        .update(
            address=found.to,
            dtstamp=found.dtstamp,
            told_revision=invitation.revision,
            in_flight=message,
            in_flight_until=outbox.lease_end(),
        )
    )
    if not noted:
        current = Invitation.objects.get(pk=invitation.pk)
        busy = current.in_flight_id not in {None, message.pk}
        if busy and (current.in_flight_until or clock.now()) >= clock.now():
            raise ComeBack
        raise Changed


def note_told(invitation: Invitation) -> None:
    if not Invitation.objects.filter(_as_read(invitation)).update(
        told_revision=invitation.revision
    ):
        raise Changed


def note_attempt(found: Draft) -> bool:
    """Lease again for the whole conversation with the server; False when the lease is lost."""
    message = found.message
    now, until = clock.now(), outbox.lease_end()
    noted = outbox.held(message).update(
        rendered=message.pack(found.octets),
        facts=found.facts,
        to_address=found.to,
        attempts=F("attempts") + 1,
        first_attempt_at=Coalesce("first_attempt_at", now),
        lease_until=until,
    )
    if noted:
        remember_attempt(found, now)
    return bool(noted)


def remember_attempt(found: Draft, now: dt.datetime) -> None:
    """What was noted in the database, also on the row in memory."""
    message = found.message
    message.attempts += 1
    message.first_attempt_at = message.first_attempt_at or now
    message.facts = dict(found.facts) if found.facts is not None else None
