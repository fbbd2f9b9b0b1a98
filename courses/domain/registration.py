# SPDX-License-Identifier: EUPL-1.2
"""Registering, withdrawing, moving: one transaction each, safe to repeat.

Every function sends its signal inside the transaction, so that invitation and outbox row commit with the
seat. Nothing here mails.
"""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.models import Person
from base import clock
from courses import signals
from courses.availability import (
    CONFIRMATION_MARGIN,
    Availability,
    Verdict,
    availability,
    judge,
)
from courses.domain import holds, seats, states, waiting_list
from courses.domain.holds import hold
from courses.errors import ChangeRefused, HoldExpired, SeatRefused
from courses.models import Registration, Session

__all__ = [
    "cancel",
    "confirm_hold",
    "hold",
    "move",
    "register",
    "release_expired_holds",
    "release_unconfirmed",
]

State = Registration.State
CancelReason = Registration.CancelReason


# --- taking part -------------------------------------------------------------------------------


def register(
    session: Session,
    *,
    person: Person,
    by: Person | None = None,
    question: str = "",
    waiting_ok: bool = True,
) -> Registration:
    """Give the person a seat, or a place in the waiting list when ``waiting_ok``.

    ``by`` is the coordinator who does it for a colleague. Repeating it returns the registration that is
    there. Raises SeatRefused.
    """
    try:
        with transaction.atomic():
            return _register(session, person, by, question, waiting_ok=waiting_ok)
    except IntegrityError:
        # A double click: the other request made the row first.
        existing = states.live(session, person)
        if existing is None:
            raise
        return existing


def _register(
    session: Session, person: Person, by: Person | None, question: str, *, waiting_ok: bool
) -> Registration:
    at = clock.now()
    existing = states.live(session, person)
    answer = judge(session, person, existing=existing, at=at)
    if answer.registration is not None:
        return answer.registration
    if answer.verdict is Verdict.REFUSED:
        raise SeatRefused(answer)
    if existing is not None:  # a hold: the person signed in, or a coordinator vouches
        locked = seats.lock_one(session.pk)
        current = states.live(locked, person)  # read again: beat may just have released it
        if current is not None:
            if current.state != State.HELD:  # the other half of a double click confirmed it
                return current
            return states.confirm(current, person, question=question, session=locked)
    is_home = person.organisation_id == session.course.organisation_id
    if not waiting_list.goes_first(session, at) and seats.take(session, is_home=is_home, at=at):
        return states.seat(session, person, by, question, is_home=is_home, at=at)
    return _seat_or_queue(session, person, by, question, waiting_ok=waiting_ok, at=at)


def _seat_or_queue(
    session: Session,
    person: Person,
    by: Person | None,
    question: str,
    *,
    waiting_ok: bool,
    at: dt.datetime,
) -> Registration:
    """Under the session's lock: try once more (a seat may have come free), else join the line."""
    locked = seats.lock_one(session.pk)
    holds.release_expired(locked, at)
    waiting_list.promote_waiting(locked, at=at)
    answer = availability(locked, person, at=at)
    if answer.registration is not None:  # a double click that got the lock first
        return answer.registration
    is_home = person.organisation_id == locked.course.organisation_id
    if answer.verdict is Verdict.SEAT and seats.take(locked, is_home=is_home, at=at):
        return states.seat(locked, person, by, question, is_home=is_home, at=at)
    if answer.verdict is Verdict.REFUSED or not waiting_ok:
        raise SeatRefused(_just_full(answer))
    registration = Registration.objects.create(
        session=locked,
        person=person,
        organisation_id=person.organisation_id,
        is_home=is_home,
        state=State.WAITING,
        queued_at=at,
        question=question,
        registered_by=by,
    )
    audit.record(
        "registration.waiting",
        actor=by or person,
        subject=registration,
        organisation=person.organisation_id,
    )
    signals.registration_waiting.send(Registration, registration=registration)
    return registration


def _just_full(answer: Availability) -> Availability:
    if answer.verdict is not Verdict.WAITING:
        return answer
    return Availability(
        Verdict.WAITING,
        answer.code,
        _("Net te laat: de laatste plek is weg. Zet je op de wachtlijst of kies een ander moment."),
        position=answer.position,
    )


# --- first-timers: after the code ---------------------------------------------------------------


def confirm_hold(
    registration: Registration, *, person: Person, question: str | None = None
) -> Registration:
    """After the code: the held seat becomes the person's.

    ``question`` is what was typed in the browser that knows the code; without it the hold's own counts,
    which anybody who knew the address may have typed.

    A hold that ran out is still good while nobody needed the seat; else the person gets another seat if
    there is one. Raises HoldExpired when the session filled up, SeatRefused when this person may not
    take part (own course, ...); then the hold is released.
    """
    session = registration.session
    with transaction.atomic():
        locked = seats.lock_one(session.pk)
        current = (
            Registration.objects.select_related("session__course", "organisation")
            .filter(pk=registration.pk, person=person)
            .first()
        )
        if current is None:
            raise HoldExpired(_hold_ran_out())
        asked = current.question if question is None else question
        answer = availability(locked, person)
        if answer.verdict is not Verdict.REFUSED and current.state == State.HELD:
            return states.confirm(current, person, question=asked, session=locked)
        if answer.registration is not None and answer.registration.state != State.HELD:
            return answer.registration
        refused = answer if answer.verdict is Verdict.REFUSED else None
    if refused is not None:
        cancel(registration, by=person, reason=CancelReason.HOLD_EXPIRED)
        raise SeatRefused(refused)
    try:
        return register(session, person=person, question=asked, waiting_ok=False)
    except SeatRefused as error:
        raise HoldExpired(_hold_ran_out()) from error


def _hold_ran_out() -> str:
    return _("Je plek is weer vrijgegeven, want de code kwam niet op tijd. Probeer het opnieuw.")


# --- leaving, moving, promoting -----------------------------------------------------------------


def cancel(
    registration: Registration, *, by: Person | None, reason: str = CancelReason.SELF
) -> Registration:
    """Give the seat (or the place in line) back; the first in line gets it in the same transaction.

    Repeating it changes nothing. Raises ChangeRefused once the session has started.
    """
    with transaction.atomic():
        session = seats.lock_one(registration.session_id)
        current = Registration.objects.select_related(
            "session__course", "person", "organisation"
        ).get(pk=registration.pk)
        if current.state == State.CANCELLED:
            return current
        at = clock.now()
        if session.starts_at <= at and current.state not in {State.HELD, State.WAITING}:
            raise ChangeRefused(
                _("Deze bijeenkomst is al begonnen. Afmelden kan niet meer."), code="started"
            )
        states.cancel_row(current, by=by, reason=reason, at=at, session=session)
        waiting_list.promote_waiting(session, at=at)
        return current


def move(registration: Registration, *, to: Session, by: Person) -> Registration:
    """'Verzetten': take a seat on another date of the same course, then give up the old one.

    Both in one transaction: when there is no seat, SeatRefused is raised and the old seat stays.
    """
    if to.course_id != registration.session.course_id:
        raise ChangeRefused(_("Verzetten kan alleen naar een ander moment van dezelfde cursus."))
    if to.pk == registration.session_id:
        return registration
    with transaction.atomic():
        by_key = {row.pk: row for row in seats.lock(registration.session_id, to.pk)}
        old_session, new_session = by_key[registration.session_id], by_key[to.pk]
        old = Registration.objects.select_related("person__organisation", "organisation").get(
            pk=registration.pk
        )
        at = clock.now()
        if old.state not in {State.REGISTERED, State.WAITING} or old.person is None:
            again = states.live(to, by)
            if again is not None and again.moved_from_id == old.pk:
                return again  # the same request once more
            raise ChangeRefused(_("Deze aanmelding kun je niet meer verzetten."), code="not_live")
        if old_session.starts_at <= at:
            raise ChangeRefused(_("Deze bijeenkomst is al begonnen."), code="started")
        person = old.person
        holds.release_expired(new_session, at)
        waiting_list.promote_waiting(new_session, at=at)
        holds.release_of(new_session, person, by=by, at=at)
        answer = availability(new_session, person, at=at)
        is_home = person.organisation_id == new_session.course.organisation_id
        if answer.verdict is not Verdict.SEAT or not seats.take(
            new_session, is_home=is_home, at=at
        ):
            raise SeatRefused(_just_full(answer))
        new = states.seat(
            new_session, person, by, old.question, is_home=is_home, at=at, moved_from=old
        )
        states.cancel_row(old, by=by, reason=CancelReason.MOVED, at=at, session=old_session)
        signals.registration_moved.send(Registration, registration=new, previous=old)
        waiting_list.promote_waiting(old_session, at=at)
        return new


# --- what beat does -----------------------------------------------------------------------------


def release_expired_holds(at: dt.datetime | None = None) -> int:
    """Release every hold that ran out, and give kept seats whose date passed to those who wait.

    Returns how many holds were released. One transaction per session.
    """
    at = at or clock.now()
    with_holds = Registration.objects.filter(state=State.HELD, hold_expires_at__lte=at).values_list(
        "session_id", flat=True
    )
    unkept = (
        Session.objects.planned()
        .filter(
            reserved_seats__gt=0,
            reserved_until__lte=at,
            starts_at__gt=at,
            registrations__state=State.WAITING,
        )
        .values_list("pk", flat=True)
    )
    released = 0
    for session_id in sorted({*with_holds, *unkept}):
        with transaction.atomic():
            session = seats.lock_one(session_id)
            released += holds.release_expired(session, at)
            waiting_list.promote_waiting(session, at=at)
    return released


def release_unconfirmed(at: dt.datetime | None = None) -> int:
    """Release seats of people whose organisation nobody confirmed 24 hours before the start."""
    at = at or clock.now()
    rows = Registration.objects.filter(
        state__in=(State.REGISTERED, State.WAITING),
        person__organisation_confirmed=False,
        session__starts_at__gt=at,
        session__starts_at__lte=at + CONFIRMATION_MARGIN,
        session__status=Session.Status.PLANNED,
    ).order_by("session_id", "pk")
    count = 0
    for registration in rows:
        cancel(registration, by=None, reason=CancelReason.UNCONFIRMED)
        count += 1
    return count
