# SPDX-License-Identifier: EUPL-1.2
"""Who was there, and what they thought of it."""

import datetime as dt
import uuid
from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.models import Person
from base import clock
from courses import signals
from courses.domain import seats
from courses.errors import ChangeRefused
from courses.models import Evaluation, Registration, Session

State = Registration.State


def mark_attendance(session: Session, *, by: Person, absent: Collection[uuid.UUID]) -> Session:
    """Everyone with a seat attended, except ``absent`` (public ids of registrations).

    May be repeated to correct a mistake. Holds that were never confirmed and the waiting list end here.
    Raises ChangeRefused before the start or when the session was cancelled.
    """
    with transaction.atomic():
        current = seats.lock_one(session.pk)
        if current.status != Session.Status.PLANNED:
            raise ChangeRefused(_("Deze bijeenkomst ging niet door."), code="cancelled")
        if not current.has_started:
            raise ChangeRefused(_("Deze bijeenkomst is nog niet begonnen."), code="not_started")
        at = clock.now()
        rows = list(
            current.registrations.exclude(state=State.CANCELLED)
            .select_related("person", "organisation")
            .order_by("pk")
        )
        left_over = [row for row in rows if row.state in {State.HELD, State.WAITING}]
        seated = [row for row in rows if row.state not in {State.HELD, State.WAITING}]
        newly_present = []
        for row in seated:
            state = State.ABSENT if row.public_id in absent else State.ATTENDED
            if state == State.ATTENDED and row.state != State.ATTENDED:
                newly_present.append(row)
            row.state, row.marked_at, row.marked_by, row.updated_at = state, at, by, at
        Registration.objects.bulk_update(seated, ["state", "marked_at", "marked_by", "updated_at"])
        _end(current, left_over, at=at)
        current.attendance_marked_at = at
        current.save()
        audit.record(
            "attendance.marked",
            actor=by,
            subject=current,
            organisation=current.course.organisation,
            attended=sum(row.state == State.ATTENDED for row in seated),
            absent=sum(row.state == State.ABSENT for row in seated),
        )
        for row in newly_present:
            row.session = current
        signals.attendance_marked.send(Session, session=current, registrations=newly_present)
    return current


def _end(session: Session, rows: list[Registration], *, at: dt.datetime) -> None:
    """Holds and waiting places of a session that took place: closed without a mail."""
    for row in rows:
        if row.state == State.HELD:
            session.taken -= 1
            session.taken_home -= int(row.is_home)
        row.state = State.CANCELLED
        row.cancel_reason = Registration.CancelReason.STARTED
        row.cancelled_at, row.hold_expires_at, row.updated_at = at, None, at
    Registration.objects.bulk_update(
        rows, ["state", "cancel_reason", "cancelled_at", "hold_expires_at", "updated_at"]
    )


def evaluate(
    registration: Registration,
    *,
    person: Person | None,
    score: int,
    sentence: str = "",
    recommend: int | None = None,
    would_apply: str = "",
) -> Evaluation:
    """A score from 1 to 10 and what more is said; a second answer replaces the first.

    Raises ChangeRefused for somebody who was not there.
    """
    if registration.state != State.ATTENDED or registration.person_id is None:
        raise ChangeRefused(
            _("Je kunt een cursus beoordelen als je erbij was."), code="not_attended"
        )
    if not 1 <= score <= 10:  # noqa: PLR2004 - a Dutch school mark
        raise ChangeRefused(_("Kies een cijfer van 1 tot en met 10."), code="score", field="score")
    with transaction.atomic():
        evaluation, _made = Evaluation.objects.update_or_create(
            registration=registration,
            defaults={
                "score": score,
                "sentence": sentence[:300],
                "recommend": recommend,
                "would_apply": would_apply,
            },
        )
        audit.record(
            "evaluation.given",
            actor=person,
            subject=registration,
            organisation=registration.organisation,
        )
    return evaluation
