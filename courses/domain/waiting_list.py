# SPDX-License-Identifier: EUPL-1.2
"""Who waits, and who gets the seat that comes free: a real seat, no voucher."""

import datetime as dt

from django.db.models import QuerySet

from accounts.domain import audit
from base import clock
from courses import signals
from courses.domain import seats
from courses.models import Registration, Session

State = Registration.State


def line_of(session: Session) -> QuerySet[Registration]:
    """Who waits, first in line first."""
    return (
        session.registrations.filter(state=Registration.State.WAITING)
        .select_related("person", "organisation")
        .order_by("queued_at", "id")
    )


def promote_waiting(session: Session, *, at: dt.datetime | None = None) -> list[Registration]:
    """Give free seats of a locked session to the first in line who may take them."""
    at = at or clock.now()
    promoted: list[Registration] = []
    if session.status != Session.Status.PLANNED or session.starts_at <= at:
        return promoted
    while session.taken < session.capacity:
        line = line_of(session)
        if not seats.may_seat(session, is_home=True, at=at):
            line = line.filter(is_home=False)
        first = line.first()
        if first is None:
            break
        first.state = State.REGISTERED
        first.registered_at = at
        first.save(update_fields=["state", "registered_at", "updated_at"])
        session.taken += 1
        session.taken_home += int(first.is_home)
        session.save(update_fields=["taken", "taken_home", "updated_at"])
        first.session = session
        audit.record(
            "registration.promoted", actor=None, subject=first, organisation=first.organisation_id
        )
        signals.registration_confirmed.send(Registration, registration=first, promoted=True)
        promoted.append(first)
    return promoted


def goes_first(session: Session, at: dt.datetime) -> bool:
    """Kept seats that just came free belong to the colleagues who wait, not to the next visitor."""
    return (
        bool(session.reserved_seats and session.reserved_until and session.reserved_until <= at)
        and line_of(session).exists()
    )
