# SPDX-License-Identifier: EUPL-1.2
"""A few mails of a batch, prepared in one transaction: two statements for all instead of two for each.

The same rules as for one (notifications.preparing): every row is changed only when it still is what was read
and leased. When one of them is not, nothing is noted and all are prepared one by one. Right before a mail is
handed over its invitation is looked at once more; when it changed, or the server is slow or gone, what was
prepared is taken back, as if it had never begun. Who is killed in between leaves rows whose outcome is open,
and the stored octets go later. Marking what was sent stays one by one, so that a kill doubles one mail at
most.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.models import Case, F, When

from base import clock
from notifications import outbox
from notifications.drafting import draft
from notifications.mail.desk import Desk
from notifications.models import Invitation, Message
from notifications.noting import Draft, remember_attempt
from notifications.preparing import Ready

#: Mails that are prepared together.
SIZE = 10
#: Seconds for which what was prepared counts as "being handed over"; after that it is looked at anew.
FRESH = 1.0

_INVITATIONS = f"""
    UPDATE {Invitation._meta.db_table}
    SET address = %s, dtstamp = %s, told_revision = revision, in_flight_id = %s, in_flight_until = %s
    WHERE id = %s AND state = %s AND revision = %s AND method_sent = %s
      AND COALESCE(dtstamp, %s) = %s AND in_flight_id IS NULL
"""  # noqa: S608 - names of our own tables; every value is a parameter
_MESSAGES = f"""
    UPDATE {Message._meta.db_table}
    SET rendered = %s, facts = %s, to_address = %s, attempts = attempts + 1,
        first_attempt_at = COALESCE(first_attempt_at, %s), lease_until = %s
    WHERE id = %s AND state = %s AND lease_token = %s
"""  # noqa: S608
_AS_PREPARED = f"""
    SELECT 1 FROM {Invitation._meta.db_table}
    WHERE id = %s AND state = %s AND revision = %s AND in_flight_id = %s
"""  # noqa: S608
#: Stands for a DTSTAMP that was never made.
_NEVER = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class _NotAll(Exception):
    """One of them is not what was read; nothing was noted."""


def prepare(messages: Sequence[Message], desk: Desk) -> dict[int, Ready]:
    """By message id; what is not in it (often nothing, never codes) is for preparing.prepare."""
    drafts = list(_drafts(messages, desk))
    if len(drafts) < 2:  # noqa: PLR2004 - one alone gains nothing
        return {}
    now, until = clock.now(), outbox.lease_end()
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            told = sorted((row for row in drafts if row.invitation), key=_invitation_id)
            _all(cursor, _INVITATIONS, [_of_invitation(row, until) for row in told])
            _all(cursor, _MESSAGES, [_of_message(row, now, until) for row in drafts])
    except _NotAll:
        return {}
    for row in drafts:
        remember_attempt(row, now)
    return {row.message.pk: Ready(row.octets, row.to) for row in drafts}


def still_true(message: Message, invitation: Invitation | None) -> bool:
    """Whether nobody changed or withdrew it since it was prepared. One small query."""
    if invitation is None or not (message.facts and message.facts["method"]):
        return True
    seen: list[Any] = [invitation.pk, invitation.state, invitation.revision, message.pk]
    with connection.cursor() as cursor:
        cursor.execute(_AS_PREPARED, seen)
        return cursor.fetchone() is not None


def take_back(messages: Sequence[Message]) -> None:
    """They were prepared and not handed over: nothing may have left, no attempt is counted."""
    keys = [message.pk for message in messages]
    if not keys:
        return
    with transaction.atomic():
        Invitation.objects.filter(in_flight__in=keys).update(in_flight=None, in_flight_until=None)
        Message.objects.filter(pk__in=keys, lease_token=messages[0].lease_token).update(
            first_attempt_at=Case(When(attempts__lte=1, then=None), default=F("first_attempt_at")),
            attempts=F("attempts") - 1,
        )
    for message in messages:
        message.attempts -= 1
        if not message.attempts:
            message.first_attempt_at = None


def _drafts(messages: Iterable[Message], desk: Desk) -> Iterable[Draft]:
    """Of those that can be written now. An invitation of which something may be under way is left out, and
    so is the second mail about one."""
    seen: set[int] = set()
    for message in messages:
        if message.is_secret:
            continue
        invitation = desk.invitation(message)
        if message.invitation_id is not None:
            if invitation is None or invitation.in_flight_id or invitation.pk in seen:
                continue
            seen.add(invitation.pk)
        try:
            yield draft(message, desk)
        except DatabaseError:
            raise
        except Exception:  # noqa: BLE001, S112 - told, or logged, when it is prepared by itself
            continue


def _all(cursor: Any, statement: str, rows: list[list[Any]]) -> None:
    """executemany: one conversation on PostgreSQL. Raises _NotAll unless every row was changed."""
    if not rows:
        return
    cursor.executemany(statement, rows)
    if cursor.rowcount != len(rows):
        raise _NotAll


def _invitation_id(row: Draft) -> int:
    """The order in which everybody locks invitations."""
    assert row.invitation is not None
    return row.invitation.pk


def _of_invitation(row: Draft, until: dt.datetime) -> list[Any]:
    one = row.invitation
    assert one is not None
    never = _db(Invitation, "dtstamp", _NEVER)
    return [
        row.to,
        _db(Invitation, "dtstamp", row.dtstamp),
        row.message.pk,
        _db(Invitation, "in_flight_until", until),
        one.pk,
        one.state,
        one.revision,
        one.method_sent,
        never,
        _db(Invitation, "dtstamp", one.dtstamp) if one.dtstamp else never,
    ]


def _of_message(row: Draft, now: dt.datetime, until: dt.datetime) -> list[Any]:
    message = row.message
    return [
        _db(Message, "rendered", message.pack(row.octets)),
        _db(Message, "facts", row.facts),
        row.to,
        _db(Message, "first_attempt_at", now),
        _db(Message, "lease_until", until),
        message.pk,
        Message.State.LEASED,
        _db(Message, "lease_token", message.lease_token),
    ]


def _db(model: type[Invitation] | type[Message], name: str, value: Any) -> Any:
    """As this engine stores it."""
    field = model._meta.get_field(name)
    return field.get_db_prep_save(value, connection)  # type: ignore[union-attr]
