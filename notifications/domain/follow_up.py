# SPDX-License-Identifier: EUPL-1.2
"""'Heb je het toegepast?': one question, three months after a session, at most once.

Who was missed while nothing ran gets it late, until five months after the session; then we let go.
"""

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet

from base import clock
from courses.models import AppliedAnswer, Registration, Session
from notifications import outbox
from notifications.models import Round
from notifications.models.message import Kind

AFTER = dt.timedelta(days=91)
LET_GO = dt.timedelta(days=152)
_BATCH = 100


class NotYours(Exception):
    """Only somebody who was there can say whether it was of use."""


def queue_questions() -> int:
    """Owe the question for every session that is three to five months ago. Returns how many were queued."""
    now = clock.now()
    due = Session.objects.filter(
        status=Session.Status.PLANNED,
        attendance_marked_at__isnull=False,
        ends_at__gt=now - LET_GO,
        ends_at__lte=now - AFTER,
    )
    queued, last = 0, 0
    while batch := list(due.filter(pk__gt=last).order_by("pk")[:_BATCH]):
        last = batch[-1].pk
        queued += _queue(batch)
    return queued


def _queue(sessions: list[Session]) -> int:
    keys = {f"applied:{row.public_id.hex}": row for row in sessions}
    done = set(Round.objects.filter(key__in=keys).values_list("key", flat=True))
    todo = {key: row for key, row in keys.items() if key not in done}
    if not todo:
        return 0
    with transaction.atomic():
        rows = list(_were_there(list(todo.values())))
        outbox.put_all(
            [
                outbox.new(
                    Kind.APPLIED,
                    key=f"applied:{row.public_id.hex}",
                    person=row.person,
                    queue=outbox.Queue.BULK,
                    registration=row.pk,
                )
                for row in rows
            ]
        )
        Round.objects.bulk_create(
            [Round(key=key, done_at=clock.now()) for key in todo], ignore_conflicts=True
        )
    return len(rows)


def _were_there(sessions: list[Session]) -> QuerySet[Registration]:
    return (
        Registration.objects.filter(
            session__in=sessions,
            state=Registration.State.ATTENDED,
            person__is_active=True,
            applied_answer__isnull=True,
        )
        .select_related("person")
        .order_by("pk")
    )


def answer(registration: Registration, *, applied: str) -> AppliedAnswer:
    """Keep the answer; the last one counts. Raises NotYours for who was not there."""
    if registration.state != Registration.State.ATTENDED or registration.person_id is None:
        raise NotYours
    row, _made = AppliedAnswer.objects.update_or_create(
        registration=registration, defaults={"applied": applied}
    )
    return row
