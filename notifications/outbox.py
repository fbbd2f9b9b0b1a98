# SPDX-License-Identifier: EUPL-1.2
"""The outbox (docs/decisions/0003-outbox.md).

A room that has something to tell calls ``put`` in its own transaction: the mail is owed exactly when the
change is made. The broker only carries nudges; when one is lost, beat finds the row.
"""

import datetime as dt
import logging
import random
import uuid
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from accounts.models import Person
from base import clock
from notifications import reasons, sealing
from notifications.models import BulkPause, Invitation, Message
from notifications.models.message import BULK_KINDS
from notifications.throttle import Throttle

logger = logging.getLogger(__name__)

Queue = Message.Queue
State = Message.State

ALL_QUEUES = (Queue.URGENT, Queue.NORMAL, Queue.BULK)
#: Two hours: closer to the start than this, a change or cancellation goes ahead of bulk.
URGENT_BEFORE_START = dt.timedelta(hours=2)
GIVE_UP_AFTER = dt.timedelta(hours=24)
#: Seconds until the next attempt, the last one repeating. A code that comes after ten minutes is worthless.
BACKOFF = (60, 300, 900, 3600)
URGENT_BACKOFF = (10, 30, 60, 120, 300)
#: A server that is away says nothing about a mail: no attempt is counted and nothing is ever given up for it.
SERVER_AWAY_SECONDS = 30
_JITTER = 0.2
_BATCH = 500
#: Nudges for what is not urgent within this many seconds are one nudge; what it misses, beat finds.
_NUDGE_SECONDS = 1


# --- putting ------------------------------------------------------------------------------------


def new(
    kind: str,
    *,
    key: str,
    person: Person | None = None,
    to: str = "",
    invitation: Invitation | None = None,
    queue: str = Queue.NORMAL,
    not_before: dt.datetime | None = None,
    secret: str = "",
    **payload: int | str | bool,
) -> Message:
    """An unsaved row for ``put_all``. ``payload`` holds ids of rows and small flags, nothing readable about
    people; ``to`` only where the address is not the person's own (a code goes where it was asked for).
    """
    if kind in BULK_KINDS and queue == Queue.NORMAL:
        queue = Queue.BULK
    address = to or (person.email if person is not None else "")
    return Message(
        kind=kind,
        key=key,
        person=person,
        to_address=to,
        domain=address.rpartition("@")[2].lower(),
        invitation=invitation,
        queue=queue,
        not_before=not_before or clock.now(),
        secret=sealing.seal(secret.encode()) if secret else None,
        payload=payload,
    )


def put(kind: str, *, key: str, **fields: Any) -> Message:
    """Owe one mail, in the caller's transaction. One INSERT; a key that is already there changes nothing."""
    message = new(kind, key=key, **fields)
    put_all([message])
    return message


def put_all(messages: Sequence[Message]) -> None:
    """Owe many mails with one INSERT per 500, and nudge the workers after the commit."""
    if not messages:
        return
    Message.objects.bulk_create(messages, ignore_conflicts=True, batch_size=_BATCH)
    soon = clock.now() + dt.timedelta(seconds=1)
    for queue in {message.queue for message in messages if message.not_before <= soon}:
        transaction.on_commit(partial(nudge, queue), robust=True)


def nudge(queue: str) -> None:
    """Wake a worker. Never raises: without broker, beat's sweep sends the mail some seconds later."""
    from notifications import tasks  # here, because tasks import delivery, which imports this

    task = tasks.drain_urgent if queue == Queue.URGENT else tasks.drain_outbox
    try:
        if queue != Queue.URGENT and not cache.add("outbox:nudged", 1, timeout=_NUDGE_SECONDS):
            return
        task.apply_async(retry=False, expires=60)
    except Exception as error:  # noqa: BLE001 - whatever the broker or cache throws, the row is safe
        logger.warning("no nudge for the outbox: %s", error)


def debounced(start: dt.datetime) -> tuple[str, dt.datetime]:
    """(queue, not_before) for a change of a session that starts then. Close to the start it hurries."""
    now = clock.now()
    seconds = settings.INVITE_DEBOUNCE_SECONDS
    if start - now <= URGENT_BEFORE_START:
        return Queue.URGENT, now + dt.timedelta(seconds=min(seconds, 60))
    return Queue.NORMAL, now + dt.timedelta(seconds=seconds)


def queue_for(start: dt.datetime) -> str:
    """The queue for a cancellation of a session that starts then."""
    return Queue.URGENT if start - clock.now() <= URGENT_BEFORE_START else Queue.NORMAL


# --- leases -------------------------------------------------------------------------------------


def release_expired() -> int:
    """Give back what a dead worker held. Its mail may have left: the stored bytes are then repeated."""
    now = clock.now()
    return Message.objects.filter(state=State.LEASED, lease_until__lt=now).update(
        state=State.PENDING, lease_token=None, lease_until=None, not_before=now
    )


def claim(
    limit: int, *, queues: Iterable[str] = ALL_QUEUES, throttle: Throttle | None = None
) -> list[Message]:
    """Lease at most ``limit`` due rows to the caller, queue by queue, oldest first; in the order in which
    they are to be sent: per queue sorted by domain.

    What the throttle does not admit is left as it is. Two workers never get the same row: PostgreSQL skips
    what another holds, SQLite lets one claim at a time.
    """
    token, throttle = uuid.uuid4(), throttle or Throttle(rate=0)
    claimed: list[Message] = []
    with transaction.atomic():
        for queue in queues:
            if len(claimed) >= limit:
                break
            if queue != Queue.BULK or not is_paused():
                claimed += _due(queue, limit - len(claimed), throttle)
        if not claimed:
            return []
        until = lease_end()
        Message.objects.filter(pk__in=[row.pk for row in claimed]).update(
            state=State.LEASED, lease_token=token, lease_until=until
        )
    for row in claimed:
        row.state, row.lease_token, row.lease_until = State.LEASED, token, until
    return claimed


def _due(queue: str, limit: int, throttle: Throttle) -> list[Message]:
    """Locked, admitted and sorted. Looks on behind the rows of domains that had their share, however many."""
    urgent = queue == Queue.URGENT
    found: list[Message] = []
    while len(found) < limit:
        rows = Message.objects.filter(
            state=State.PENDING, queue=queue, not_before__lte=clock.now()
        ).exclude(pk__in=[row.pk for row in found])
        if not urgent and (closed := throttle.closed()):
            rows = rows.exclude(domain__in=closed)
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True, no_key=True, of=("self",))
        asked = list(rows.order_by("not_before", "id")[: limit - len(found)])
        room = throttle.admit((row.domain for row in asked), forced=urgent)
        before = len(found)
        for row in asked:
            if room[row.domain] > 0:
                room[row.domain] -= 1
                found.append(row)
        if len(found) - before == len(asked):
            break
    return sorted(found, key=lambda row: (row.domain, row.pk))


def is_paused() -> bool:
    """Whether somebody holds back bulk mail."""
    return BulkPause.objects.exists()


def lease_end() -> dt.datetime:
    return clock.now() + dt.timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)


def held(message: Message) -> QuerySet[Message]:
    """The row as long as this worker holds its lease."""
    return Message.objects.filter(
        pk=message.pk, state=State.LEASED, lease_token=message.lease_token
    )


def give_back(messages: Sequence[Message], *, seconds: float = 0, reason: str = "") -> None:
    """Claimed in one go, not begun: they may be claimed again, ``seconds`` from now."""
    if not messages:
        return
    Message.objects.filter(
        pk__in=[row.pk for row in messages],
        state=State.LEASED,
        lease_token=messages[0].lease_token,
    ).update(
        state=State.PENDING,
        not_before=clock.now() + dt.timedelta(seconds=with_jitter(seconds)),
        lease_token=None,
        lease_until=None,
        last_error=reason[:500],
    )


# --- what came of it ------------------------------------------------------------------------------

_FORGET = {"secret": None, "rendered": None}


def skip(message: Message, reason: str) -> None:
    """There is nothing to tell any more."""
    _finish(message, State.SKIPPED, reason)


def bury(message: Message, reason: str) -> None:
    """Refused for good, or tried for a day."""
    _finish(message, State.DEAD, reason)


def _finish(message: Message, state: str, reason: str) -> None:
    held(message).update(
        state=state,
        last_error=reason[:500],
        lease_token=None,
        lease_until=None,
        **(_FORGET if message.is_secret else {}),
    )


def mark_sent(message: Message) -> None:
    held(message).update(
        state=State.SENT,
        sent_at=clock.now(),
        last_error="",
        lease_token=None,
        lease_until=None,
        **(_FORGET if message.is_secret else {}),
    )


def wait(message: Message, seconds: float, *, reason: str = "") -> None:
    """Back in the queue for later; not counted as an attempt."""
    held(message).update(
        state=State.PENDING,
        not_before=clock.now() + dt.timedelta(seconds=seconds),
        lease_token=None,
        lease_until=None,
        last_error=reason[:500],
    )


def count_attempt(message: Message) -> None:
    """For an attempt that failed before the mail was written; delivery counts the others itself."""
    now = clock.now()
    held(message).update(
        attempts=F("attempts") + 1, first_attempt_at=Coalesce("first_attempt_at", now)
    )
    message.attempts += 1
    message.first_attempt_at = message.first_attempt_at or now


def uncount_attempt(message: Message) -> None:
    """For an attempt that was not one."""
    held(message).update(attempts=F("attempts") - 1)
    message.attempts -= 1


def retry(message: Message, reason: str) -> bool:
    """Try again later, or bury it after a day of trying. True when it will be tried again.

    A day in which there was mostly no server to ask is no day of trying.
    """
    first = message.first_attempt_at or clock.now()
    ladder = URGENT_BACKOFF if message.queue == Queue.URGENT else BACKOFF
    if clock.now() - first >= GIVE_UP_AFTER and message.attempts > len(ladder):
        bury(message, f"{reasons.TRIED_A_DAY} {reason}")
        return False
    wait(
        message, with_jitter(ladder[min(max(message.attempts, 1), len(ladder)) - 1]), reason=reason
    )
    return True


def forget_sent_bytes() -> int:
    """Erase bodies and addresses of mails older than OUTBOX_KEEP_BYTES_DAYS days, and the addresses on
    invitations for sessions and days that long ago. The rows themselves stay. Returns the number of mails."""
    before = clock.now() - dt.timedelta(days=settings.OUTBOX_KEEP_BYTES_DAYS)
    over = Q(session__ends_at__lt=before) | Q(edition__ends_on__lt=clock.local(before).date())
    Invitation.objects.filter(over).exclude(address="").update(address="")
    return (
        Message.objects.filter(created_at__lt=before)
        .exclude(state__in=[State.PENDING, State.LEASED])
        .filter(Q(rendered__isnull=False) | Q(secret__isnull=False) | ~Q(to_address=""))
        .update(rendered=None, secret=None, to_address="")
    )


def with_jitter(seconds: float) -> float:
    return seconds * random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311 - spreads load, no secret
