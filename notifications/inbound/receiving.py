# SPDX-License-Identifier: EUPL-1.2
"""One mail, from octets to a row that says what was done: exactly once per Message-ID, whatever it holds."""

import logging
from dataclasses import dataclass

from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.utils.translation import gettext as _

from base import clock
from notifications.inbound import reading
from notifications.inbound.answers import Answer
from notifications.inbound.deciding import WAITS, Decision, decide
from notifications.inbound.reading import Broken, Mail, TooBig
from notifications.mail.headers import one_line
from notifications.models import InboundMessage, Outcome

logger = logging.getLogger(__name__)

State = InboundMessage.State


@dataclass(frozen=True, slots=True)
class Receipt:
    """``again``: this mail was handled before, and nothing was done now."""

    row: InboundMessage
    again: bool

    def __str__(self) -> str:
        outcome = str(Outcome(self.row.outcome).label)
        if self.row.state == State.QUEUED:
            outcome = _("Wacht op een mens: %(outcome)s") % {"outcome": outcome}
        return _("Eerder verwerkt: %(outcome)s") % {"outcome": outcome} if self.again else outcome


class _Again(Exception):
    """Another mail, or another process at this moment, has this Message-ID."""


def receive(raw: bytes, *, complete: bool = True) -> Receipt:
    """Do what the mail asks and note it, in one transaction.

    ``complete=False``: only the headers were fetched, because the mail is too big. Raises OperationalError
    or InterfaceError when the database is away or busy: then nothing happened, and the mail should be
    offered again. Nothing else a mail can hold makes it raise.
    """
    key = reading.message_id_of(raw)
    seen = InboundMessage.objects.filter(message_id=key).first()
    if seen is not None:
        return Receipt(seen, again=True)
    try:
        return Receipt(_receive(key, raw, complete=complete), again=False)
    except _Again:
        return Receipt(InboundMessage.objects.get(message_id=key), again=True)


def _receive(key: str, raw: bytes, *, complete: bool) -> InboundMessage:
    try:
        mail = reading.read(raw) if complete else reading.heading(raw)
        failed = None if complete else Outcome.TOO_BIG
    except TooBig:
        mail, failed = reading.heading(raw), Outcome.TOO_BIG
    except Broken:
        mail, failed = reading.heading(raw), Outcome.BROKEN
    if failed is not None:
        return _write(key, mail, failed)
    try:
        return _write(key, mail)
    except (_Again, OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("a mail could not be handled; it waits for a person")
        return _write(key, mail, Outcome.BROKEN)


def _write(key: str, mail: Mail, outcome: Outcome | None = None) -> InboundMessage:
    """The row first: who comes second with the same Message-ID waits here, and then finds it."""
    with transaction.atomic():
        row = InboundMessage(
            message_id=key,
            received_at=clock.now(),
            sender=mail.sender,
            subject=mail.subject,
            outcome=outcome or Outcome.BROKEN,
            state=State.QUEUED,
        )
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError as error:
            raise _Again from error
        decision = decide(mail) if outcome is None else Decision(outcome)
        row.outcome = decision.outcome
        row.state = State.QUEUED if decision.outcome in WAITS else State.DONE
        row.invitation = decision.invitation
        row.body = mail.text if row.state == State.QUEUED else ""
        if decision.answer is not None:
            _understood(row, decision.answer)
        row.save()
    return row


def _understood(row: InboundMessage, answer: Answer) -> None:
    row.method, row.partstat = answer.method, answer.partstat
    row.sequence, row.reply_dtstamp = answer.sequence, answer.dtstamp
    row.attendee = one_line(answer.attendee.address) if answer.attendee else ""
