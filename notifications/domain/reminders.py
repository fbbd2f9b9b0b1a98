# SPDX-License-Identifier: EUPL-1.2
"""Reminders: the day before at REMINDER_TIME on the wall clock, and an hour before what is online.

Rules. Who got a seat after the moment of a reminder does not get that one: the confirmation is fresh. A run
that was missed catches up: the day before until two hours before the start, the hour before until the
start; after that we let go.

Nobody gets the same one twice: the outbox's key names registration, kind and the day of the session on the
Dutch calendar. So a session that is moved within its day is not reminded of again; the mail about the move
says the new time. Moved to another day, it gets the reminders of that day. The link comes once more, an hour
before, when an online session moved by an hour or more after its last hour had begun.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from base import clock
from courses.models import Registration, Session
from courses.models.course import Format
from notifications import outbox
from notifications.models import Message, Round
from notifications.models.message import Kind

#: Closer to the start than this, a reminder of the day before is no use any more.
LET_GO = dt.timedelta(hours=2)
HOUR = dt.timedelta(hours=1)
TICK = dt.timedelta(microseconds=1)
DAY = dt.timedelta(days=1)
#: Sessions per transaction: some thousands of mails.
_BATCH = 100


def queue_reminders() -> int:
    """Owe every reminder that is due now. Safe to run twice and at the same time; returns how many people
    it looked at."""
    now = clock.now()
    looked_at = 0
    for day in (clock.today(), clock.today() + DAY):
        moment = moment_for(day)
        if moment <= now:
            looked_at += _queue(
                Kind.REMINDER_DAY,
                _starting(max(now + LET_GO, _midnight(day)), _midnight(day + DAY)),
                Q(since__lte=moment),
            )
    online = _starting(now, now + HOUR + TICK).filter(format__in=[Format.ONLINE, Format.HYBRID])
    return looked_at + _queue(
        Kind.REMINDER_HOUR,
        online.exclude(online_url=""),
        Q(since__lte=F("session__starts_at") - HOUR),
    )


def moment_for(day: dt.date) -> dt.datetime:
    """When sessions of that day (on the Dutch calendar) are reminded of: REMINDER_TIME of the day before.

    Wall time: also on the day the clock changes, a day is not always 24 hours.
    """
    return clock.from_wall_time(day - DAY, dt.time.fromisoformat(settings.REMINDER_TIME))


def too_late(kind: str, session: Session) -> bool:
    """Whether a reminder that waited does not help any more."""
    latest = session.starts_at - LET_GO if kind == Kind.REMINDER_DAY else session.starts_at
    return clock.now() > latest


def key_of_start(session: Session) -> str:
    """A start time as it stands in keys of rounds and in payloads; a moved session has another one."""
    return session.starts_at.astimezone(dt.UTC).strftime("%Y%m%dT%H%MZ")


def start_of_key(key: str) -> dt.datetime:
    return dt.datetime.strptime(key, "%Y%m%dT%H%MZ").replace(tzinfo=dt.UTC)


def has_moved(message: Message, session: Session) -> bool:
    """Whether a reminder that waited is about another moment by now, so that it says nothing or says it twice.

    Within the same day, a reminder of the day before tells the newest time, unless it was written with the
    old one: that may have arrived.
    """
    if key_of_start(session) == message.payload.get("start"):
        return False
    written = message.rendered is not None
    return (
        message.kind != Kind.REMINDER_DAY or written or _day(session) != message.payload.get("day")
    )


def _midnight(day: dt.date) -> dt.datetime:
    return clock.from_wall_time(day, dt.time(0))


def _starting(first: dt.datetime, before: dt.datetime) -> QuerySet[Session]:
    """Sessions that start at ``first`` or later and earlier than ``before``."""
    return Session.objects.upcoming(clock.now()).filter(starts_at__gte=first, starts_at__lt=before)


def _queue(kind: str, sessions: QuerySet[Session], in_time: Q) -> int:
    looked_at = 0
    for batch in _not_done(kind, sessions):
        with transaction.atomic():
            messages = _messages(kind, batch, in_time)
            outbox.put_all(messages)
            Round.objects.bulk_create(
                [Round(key=_round(kind, row), done_at=clock.now()) for row in batch],
                ignore_conflicts=True,
            )
            looked_at += len(messages)
    return looked_at


def _not_done(kind: str, sessions: QuerySet[Session]) -> Iterator[list[Session]]:
    """Batches of sessions whose people were not looked at for this start time. Two queries each."""
    last = 0
    while batch := list(sessions.filter(pk__gt=last).order_by("pk")[:_BATCH]):
        last = batch[-1].pk
        keys = [_round(kind, row) for row in batch]
        done = set(Round.objects.filter(key__in=keys).values_list("key", flat=True))
        if todo := [row for row in batch if _round(kind, row) not in done]:
            yield todo


def _round(kind: str, session: Session) -> str:
    return f"{kind}:{session.public_id.hex}:{key_of_start(session)}"


def _day(session: Session) -> str:
    return clock.local(session.starts_at).date().isoformat()


def _messages(kind: str, sessions: list[Session], in_time: Q) -> list[Message]:
    starts = {row.pk: key_of_start(row) for row in sessions}
    days = {row.pk: _day(row) for row in sessions}
    once = starts if kind == Kind.REMINDER_HOUR else days
    rows = (
        Registration.objects.filter(
            session__in=sessions, state=Registration.State.REGISTERED, person__is_active=True
        )
        .exclude(person__mail_preference__reminders=False)
        .annotate(since=Coalesce("registered_at", "created_at"))
        .filter(in_time)
        .select_related("person")
        .order_by("pk")
    )
    told: list[Registration] = list(rows)
    if kind == Kind.REMINDER_HOUR:
        told = _not_just_told(told, {row.pk: row.starts_at for row in sessions})
    return [
        outbox.new(
            kind,
            key=f"{kind}:{row.public_id.hex}:{once[row.session_id]}",
            person=row.person,
            registration=row.pk,
            start=starts[row.session_id],
            day=days[row.session_id],
        )
        for row in told
    ]


def _not_just_told(rows: list[Registration], starts: dict[int, dt.datetime]) -> list[Registration]:
    """Without who was told so before a start less than an hour earlier or later. One query."""
    told: dict[int, list[dt.datetime]] = defaultdict(list)
    lately = Message.objects.filter(
        kind=Kind.REMINDER_HOUR,
        person__in=[row.person_id for row in rows],
        created_at__gt=clock.now() - DAY,
    ).exclude(state=Message.State.SKIPPED, attempts=0)
    for payload in lately.order_by().values_list("payload", flat=True):
        told[payload["registration"]].append(start_of_key(payload["start"]))
    return [
        row
        for row in rows
        if all(abs(starts[row.session_id] - before) >= HOUR for before in told[row.pk])
    ]
