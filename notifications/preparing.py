# SPDX-License-Identifier: EUPL-1.2
"""From a leased row to octets that may leave: newest or nothing (calendar.md, section 5).

Making a mail (drafting) and noting on the invitation that it is under way (noting) is one short transaction with a
conditional UPDATE on the invitation. When a change or withdrawal came in between, that UPDATE matches nothing, the
rows are read again and the newest state is told, or nothing. No transaction is open while SMTP talks.
"""

from dataclasses import dataclass

from django.db import transaction

from notifications.drafting import draft
from notifications.mail.desk import Desk
from notifications.models import Message
from notifications.noting import Changed, ComeBack, Draft, LeaseLost, note_attempt, note_in_flight

#: How often a row is read again when it keeps changing under our hands, before we come back later.
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Ready:
    """What leaves, and the mail about the same invitation that may have left before: what the server says of
    this one says nothing about that one. It may be an earlier try of this same mail."""

    octets: bytes
    to: str
    open_before: int | None = None


def prepare(message: Message, desk: Desk) -> Ready:
    """Octets and address of a leased message, noted as handed over from now on.

    Raises NothingToTell, ComeBack or LeaseLost.
    """
    for attempt in range(_TRIES):
        if attempt:
            desk.refresh(message)
        try:
            return _note(draft(message, desk))
        except Changed:
            continue
    raise ComeBack


def _note(found: Draft) -> Ready:
    with transaction.atomic():
        if found.invitation is not None:
            note_in_flight(found)
        if not note_attempt(found):
            raise LeaseLost
    open_before = found.invitation.in_flight_id if found.invitation is not None else None
    return Ready(found.octets, found.to, open_before)
