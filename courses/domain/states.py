# SPDX-License-Identifier: EUPL-1.2
"""The steps of a registration from state to state, for callers that hold the session's lock (or have just
taken the seat). Each writes the row, the audit line and the signal; none of them looks for a seat.
"""

import datetime as dt

from accounts.domain import audit
from accounts.models import Person
from base import clock
from courses import signals
from courses.domain import seats
from courses.models import Registration, Session

State = Registration.State
CancelReason = Registration.CancelReason


def live(session: Session, person: Person) -> Registration | None:
    """What somebody has in a session; it carries the very objects it was asked with, which saves three joins."""
    found = Registration.objects.filter(session=session, person=person).exclude(
        state=State.CANCELLED
    )
    registration = found.first()
    if registration is not None:
        registration.session, registration.person = session, person
    return registration


def seat(
    session: Session,
    person: Person,
    by: Person | None,
    question: str,
    *,
    is_home: bool,
    at: dt.datetime,
    moved_from: Registration | None = None,
) -> Registration:
    """The row of a seat that was just taken."""
    registration = Registration.objects.create(
        session=session,
        person=person,
        organisation_id=person.organisation_id,
        is_home=is_home,
        state=State.REGISTERED,
        registered_at=at,
        question=question,
        registered_by=by,
        moved_from=moved_from,
    )
    audit.record(
        "registration.registered",
        actor=by or person,
        subject=registration,
        organisation=person.organisation_id,
    )
    if moved_from is None:
        signals.registration_confirmed.send(Registration, registration=registration, promoted=False)
    return registration


def confirm(
    held: Registration, person: Person, *, question: str, session: Session | None = None
) -> Registration:
    """Turn a hold into a registration. The seat may move between 'home' and 'others' with the truth."""
    at = clock.now()
    locked = session or seats.lock_one(held.session_id)
    is_home = person.organisation_id == locked.course.organisation_id
    if held.is_home != is_home:
        locked.taken_home += 1 if is_home else -1
        locked.save(update_fields=["taken_home", "updated_at"])
    held.state = State.REGISTERED
    held.registered_at = at
    held.hold_expires_at = None
    held.organisation_id = person.organisation_id
    held.is_home = is_home
    held.question = question
    held.person = person
    held.save()
    audit.record(
        "registration.registered", actor=person, subject=held, organisation=person.organisation_id
    )
    signals.registration_confirmed.send(Registration, registration=held, promoted=False)
    return held


def cancel_row(
    registration: Registration, *, by: Person | None, reason: str, at: dt.datetime, session: Session
) -> None:
    """Cancel one row of a locked session and return its seat. Sends the signal unless moved."""
    previous = registration.state
    registration.state = State.CANCELLED
    registration.cancelled_at = at
    registration.cancelled_by = by
    registration.cancel_reason = reason
    registration.hold_expires_at = None
    registration.save(
        update_fields=[
            "state",
            "cancelled_at",
            "cancelled_by",
            "cancel_reason",
            "hold_expires_at",
            "updated_at",
        ]
    )
    if previous in Registration.SEATED:
        seats.give_back(
            session, home=int(registration.is_home), others=int(not registration.is_home)
        )
    if previous != State.HELD:
        audit.record(
            "registration.cancelled",
            actor=by,
            subject=registration,
            organisation=registration.organisation_id,
            reason=reason,
        )
    if reason != CancelReason.MOVED:
        signals.registration_cancelled.send(
            Registration, registration=registration, previous_state=previous
        )
