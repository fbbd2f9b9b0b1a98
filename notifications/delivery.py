# SPDX-License-Identifier: EUPL-1.2
"""The worker's work: claim a batch, write each mail, hand it over, note what came of it.

Promise (design.md, Mail): nothing is lost; a double can only arise between the server's 250 and the commit
that notes it, and is then the same octets.
"""

import dataclasses
import logging
from collections.abc import Iterable

from django.db import DatabaseError, transaction
from django.db.models import QuerySet

from base import clock
from notifications import outbox
from notifications.domain import addresses
from notifications.itip import calendar
from notifications.mail import verp
from notifications.mail.desk import Desk
from notifications.mail.letters import NothingToTell
from notifications.mail.wire import OutcomeUnknown, Postman, Refused, ServerUnavailable
from notifications.models import Invitation, Message
from notifications.preparing import ComeBack, LeaseLost, Ready, prepare

logger = logging.getLogger(__name__)

BATCH = 50
Queue = Message.Queue


@dataclasses.dataclass
class Tally:
    """What one drain did, in mails."""

    sent: int = 0
    skipped: int = 0
    later: int = 0
    dead: int = 0
    server_away: str = ""

    @property
    def handled(self) -> int:
        return self.sent + self.skipped + self.later + self.dead

    def __str__(self) -> str:
        words = (
            f"{self.sent} verstuurd, {self.skipped} niet meer nodig, "
            f"{self.later} later opnieuw, {self.dead} mislukt"
        )
        return f"{words}; geen mailserver: {self.server_away}" if self.server_away else words


def drain(
    *, limit: int | None = None, queues: Iterable[str] = (Queue.URGENT, Queue.NORMAL)
) -> Tally:
    """Send what is due, at most ``limit`` mails, urgent ones first in every batch of fifty.

    Several drains may run at once. Ends early when there is no mail server to talk to.
    """
    tally, queues = Tally(), tuple(queues)
    outbox.release_expired()
    with Postman() as postman:
        while (limit is None or tally.handled < limit) and not tally.server_away:
            room = BATCH if limit is None else min(BATCH, limit - tally.handled)
            batch = outbox.claim(room, queues=queues)
            if not batch:
                break
            _carry(batch, postman, tally)
    return tally


def _carry(batch: list[Message], postman: Postman, tally: Tally) -> None:
    desk = Desk(batch)
    for position, message in enumerate(batch):
        try:
            postman.open()
            _carry_one(message, desk, postman, tally)
        except ServerUnavailable as error:
            tally.server_away = str(error)
            rest = batch[position:]
            tally.later += len(rest)
            outbox.give_back(rest, seconds=outbox.SERVER_AWAY_SECONDS, reason=str(error))
            logger.warning("no mail server: %s", error)
            return


def _carry_one(message: Message, desk: Desk, postman: Postman, tally: Tally) -> None:
    """Raises ServerUnavailable when this mail was not taken for a reason that is not its own."""
    try:
        ready = prepare(message, desk)
    except NothingToTell as reason:
        outbox.skip(message, str(reason))
        tally.skipped += 1
        return
    except ComeBack as busy:
        outbox.wait(message, busy.seconds)
        tally.later += 1
        return
    except LeaseLost:
        return
    except DatabaseError:
        raise
    except Exception as error:
        logger.exception("cannot write %s", message.key)
        outbox.count_attempt(message)
        _try_later(message, f"Kon niet worden geschreven. {type(error).__name__}: {error}", tally)
        return
    _hand_over(message, ready, desk, postman, tally)


def _hand_over(message: Message, ready: Ready, desk: Desk, postman: Postman, tally: Tally) -> None:
    sender = verp.sender_for(message)
    try:
        try:
            postman.deliver(ready.octets, to=ready.to, sender=sender)
        except OutcomeUnknown as error:
            if not error.hung_up:
                raise
            # A server that hung up between two mails is asked once more, with the same octets.
            postman.open()
            postman.deliver(ready.octets, to=ready.to, sender=sender)
    except Refused as refusal:
        _refused(message, ready, refusal, tally)
    except OutcomeUnknown as error:
        _in_flight_of(message).update(in_flight_until=clock.now())
        _try_later(message, str(error), tally)
    except ServerUnavailable:
        _in_flight_of(message).update(in_flight_until=clock.now())
        raise
    else:
        _taken(message, desk)
        tally.sent += 1


def _taken(message: Message, desk: Desk) -> None:
    """The server said 250: from here to the commit is the window in which a crash makes a double."""
    with transaction.atomic():
        invitation, facts = desk.invitation(message), message.facts
        if invitation is not None and facts is not None and facts["method"]:
            told = {"method_sent": facts["method"], "in_flight": None, "in_flight_until": None}
            if facts["method"] == calendar.REQUEST:
                told |= {"sent_facts": facts, "payload_hash": facts["hash"]}
            if not invitation.first_message_id:
                told["first_message_id"] = facts["message_id"]
            _in_flight_of(message).update(**told)
        outbox.mark_sent(message)


def _refused(message: Message, ready: Ready, refusal: Refused, tally: Tally) -> None:
    with transaction.atomic():
        _in_flight_of(message).update(in_flight=None, in_flight_until=None)
        if not refusal.permanent:
            _try_later(message, str(refusal), tally)
            return
        if message.invitation_id is not None:
            Invitation.objects.filter(
                pk=message.invitation_id, state=Invitation.State.ACTIVE
            ).update(state=Invitation.State.BOUNCED)
        if verp.is_about_address(str(refusal)) and not message.is_secret:
            addresses.refuse(ready.to, reason=str(refusal))
        outbox.bury(message, str(refusal))
        tally.dead += 1


def _try_later(message: Message, reason: str, tally: Tally) -> None:
    if outbox.retry(message, reason):
        tally.later += 1
    else:
        tally.dead += 1


def _in_flight_of(message: Message) -> QuerySet[Invitation]:
    return Invitation.objects.filter(pk=message.invitation_id or 0, in_flight=message)
