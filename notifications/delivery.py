# SPDX-License-Identifier: EUPL-1.2
"""The worker's work: claim a batch, write each mail, hand it over, note what came of it.

Promise (design.md, Mail): nothing is lost; a double can only arise between the server's 250 and the commit
that notes it, and is then the same octets.
"""

import dataclasses
import logging
import time
from collections.abc import Iterable

from django.db import DatabaseError, transaction
from django.db.models import QuerySet

from base import clock
from notifications import ahead, outbox, reasons
from notifications.domain import addresses
from notifications.itip import calendar
from notifications.mail import verp
from notifications.mail.desk import Desk
from notifications.mail.letters import AddressRefuses, NothingToTell
from notifications.mail.wire import OutcomeUnknown, Postman, Refused, ServerUnavailable
from notifications.models import Invitation, Message
from notifications.noting import ComeBack, LeaseLost
from notifications.preparing import Ready, prepare
from notifications.throttle import Throttle

logger = logging.getLogger(__name__)

BATCH = 50
#: Seconds between two looks at the urgent queue in the middle of a batch: a slow server must not hold up codes.
URGENT_EVERY = 2.0
#: A drain that only waits for the sending rate of domains looks around this often.
_NAP = 0.5
Queue = Message.Queue


@dataclasses.dataclass
class Tally:
    """What one drain did, in mails."""

    sent: int = 0
    skipped: int = 0
    later: int = 0
    dead: int = 0
    server_away: str = ""
    throttled: bool = False

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
    *,
    limit: int | None = None,
    seconds: float | None = None,
    queues: Iterable[str] = outbox.ALL_QUEUES,
    throttle: Throttle | None = None,
) -> Tally:
    """Send what is due over one connection: at most ``limit`` mails, urgent ones first in every batch of fifty
    and every two seconds.

    When only mail is left for domains that had their share, it waits for them, at most until ``seconds`` from
    now; ``throttled`` then says that there is more. Several drains may run at once; those above
    MAIL_CONNECTIONS carry urgent mail only. Ends early when there is no mail server to talk to.
    """
    tally, queues, began = Tally(), tuple(queues), time.monotonic()
    throttle = throttle or Throttle.of_settings()
    outbox.release_expired()
    try:
        with Postman() as postman:
            while (limit is None or tally.handled < limit) and not tally.server_away:
                room = BATCH if limit is None else min(BATCH, limit - tally.handled)
                allowed = queues if _may_send(queues, throttle) else (Queue.URGENT,)
                batch = outbox.claim(room, queues=allowed, throttle=throttle)
                if batch:
                    _carry(batch, postman, tally, throttle)
                    continue
                wait = throttle.opens_in()
                if wait is None:
                    break
                if seconds is not None and time.monotonic() - began >= seconds:
                    tally.throttled = True
                    break
                time.sleep(min(max(wait, 0.01), _NAP))
    finally:
        throttle.disconnect()
    return tally


def _may_send(queues: tuple[str, ...], throttle: Throttle) -> bool:
    return queues != (Queue.URGENT,) and throttle.connect()


def _carry(batch: list[Message], postman: Postman, tally: Tally, throttle: Throttle) -> None:
    desk, looked = Desk(batch), time.monotonic()
    prepared = _Ahead(batch, desk)
    for position, message in enumerate(batch):
        try:
            if message.queue != Queue.URGENT and time.monotonic() - looked >= URGENT_EVERY:
                looked = time.monotonic()
                first = outbox.claim(BATCH, queues=(Queue.URGENT,), throttle=throttle)
                _carry(first, postman, tally, throttle)
            postman.open()
            _carry_one(message, prepared.pop(position), desk, postman, tally)
        except ServerUnavailable as error:
            tally.server_away = str(error)
            prepared.take_back()
            rest = batch[position:]
            tally.later += len(rest)
            outbox.give_back(rest, seconds=outbox.SERVER_AWAY_SECONDS, reason=str(error))
            logger.warning("no mail server: %s", error)
            return


class _Ahead:
    """The next mails of a batch, prepared together as long as the server keeps up with it."""

    def __init__(self, batch: list[Message], desk: Desk) -> None:
        self.batch, self.desk = batch, desk
        self.ready: dict[int, Ready] = {}
        self.until, self.at = 0, 0.0
        self.slow = len(batch) == 1

    def pop(self, position: int) -> Ready | None:
        """None: prepare it by itself."""
        message = self.batch[position]
        if self.ready and time.monotonic() - self.at > ahead.FRESH:
            self.slow = True
            self.take_back()
        if position >= self.until and not self.slow and message.queue != Queue.URGENT:
            self.until, self.at = position + ahead.SIZE, time.monotonic()
            self.ready = ahead.prepare(self.batch[position : self.until], self.desk)
        found = self.ready.get(message.pk)
        if found is not None and not ahead.still_true(message, self.desk.invitation(message)):
            self.take_back(message)
            return None
        return self.ready.pop(message.pk, None)

    def take_back(self, *messages: Message) -> None:
        """These, or all that is left."""
        rest = list(messages) or [one for one in self.batch if one.pk in self.ready]
        for message in rest:
            del self.ready[message.pk]
        ahead.take_back(rest)
        for message in rest:
            if message.invitation_id is not None:
                self.desk.refresh(message)


def _carry_one(
    message: Message, ready: Ready | None, desk: Desk, postman: Postman, tally: Tally
) -> None:
    """Raises ServerUnavailable when this mail was not taken for a reason that is not its own."""
    try:
        ready = ready or prepare(message, desk)
    except NothingToTell as reason:
        with transaction.atomic():
            if isinstance(reason, AddressRefuses):
                _not_delivered(message)
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
        _try_later(message, f"{reasons.UNWRITTEN} {type(error).__name__}: {error}", tally)
        return
    _hand_over(message, ready, desk, postman, tally)


def _hand_over(message: Message, ready: Ready, desk: Desk, postman: Postman, tally: Tally) -> None:
    sender = verp.sender_for(message)
    try:
        try:
            postman.deliver(ready.octets, to=ready.to, sender=sender)
        except ServerUnavailable:
            _not_handed_over(message, ready)
            raise
        except OutcomeUnknown as error:
            if not error.hung_up:
                raise
            # A server that hung up between two mails is asked once more, with the same octets.
            ready = dataclasses.replace(ready, open_before=message.pk)
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


def _not_handed_over(message: Message, ready: Ready) -> None:
    """The server refused us, not this mail: nothing left, and it does not count towards giving up."""
    _not_left(message, ready)
    if message.attempts == 1:
        ahead.take_back([message])
    else:
        outbox.uncount_attempt(message)


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
        _not_left(message, ready)
        if not refusal.permanent:
            _try_later(message, str(refusal), tally)
            return
        _not_delivered(message)
        if verp.is_about_address(str(refusal)) and not message.is_secret:
            addresses.refuse(ready.to, reason=str(refusal))
        outbox.bury(message, str(refusal))
        tally.dead += 1


def _not_left(message: Message, ready: Ready) -> None:
    """This try brought nothing; what an earlier one of the same invitation brought stays as open as it was."""
    _in_flight_of(message).update(
        in_flight=ready.open_before,
        in_flight_until=None if ready.open_before is None else clock.now(),
    )


def _not_delivered(message: Message) -> None:
    """Pages show it, and the newest state goes out when the address works again (resend)."""
    Invitation.objects.filter(pk=message.invitation_id or 0, state=Invitation.State.ACTIVE).update(
        state=Invitation.State.BOUNCED
    )


def _try_later(message: Message, reason: str, tally: Tally) -> None:
    if outbox.retry(message, reason):
        tally.later += 1
    else:
        tally.dead += 1


def _in_flight_of(message: Message) -> QuerySet[Invitation]:
    return Invitation.objects.filter(pk=message.invitation_id or 0, in_flight=message)
