# SPDX-License-Identifier: EUPL-1.2
"""Registering, withdrawing, moving: one transaction each, safe to repeat.

Every function sends its signal inside the transaction, so that invitation and outbox row commit with the
seat. Nothing here mails.
"""

import datetime as dt

from django.conf import settings
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.models import Organisation, Person
from base import clock
from courses import signals
from courses.availability import CONFIRMATION_MARGIN, Availability, Verdict, availability
from courses.domain import seats
from courses.errors import ChangeRefused, HoldExpired, HoldRefused, SeatRefused
from courses.models import Registration, Session

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
        existing = _live(session, person)
        if existing is None:
            raise
        return existing


def _register(
    session: Session, person: Person, by: Person | None, question: str, *, waiting_ok: bool
) -> Registration:
    at = clock.now()
    answer = availability(session, person, at=at)
    if answer.registration is not None:
        return answer.registration
    if answer.verdict is Verdict.REFUSED:
        raise SeatRefused(answer)
    held = _live(session, person) if by is None else None
    if held is not None and held.state == State.HELD:
        return _confirm(held, person, question=question)
    is_home = person.organisation_id == session.course.organisation_id
    if not _queue_goes_first(session, at) and seats.take(session, is_home=is_home, at=at):
        return _seat(session, person, by, question, is_home=is_home, at=at)
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
    _release_expired(locked, at)
    promote_waiting(locked, at=at)
    is_home = person.organisation_id == locked.course.organisation_id
    if seats.may_seat(locked, is_home=is_home, at=at) and seats.take(
        locked, is_home=is_home, at=at
    ):
        return _seat(locked, person, by, question, is_home=is_home, at=at)
    answer = availability(locked, person, at=at)
    if answer.verdict is Verdict.REFUSED or not waiting_ok:
        raise SeatRefused(_just_full(answer))
    registration = Registration.objects.create(
        session=locked,
        person=person,
        organisation=person.organisation,
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
        organisation=person.organisation,
    )
    signals.registration_waiting.send(Registration, registration=registration)
    return registration


def _seat(
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
        organisation=person.organisation,
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
        organisation=person.organisation,
    )
    if moved_from is None:
        signals.registration_confirmed.send(Registration, registration=registration, promoted=False)
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


def _queue_goes_first(session: Session, at: dt.datetime) -> bool:
    """Kept seats that just came free belong to the colleagues who wait, not to the next visitor."""
    return (
        bool(session.reserved_seats and session.reserved_until and session.reserved_until <= at)
        and seats.waiting_line(session).exists()
    )


def _live(session: Session, person: Person) -> Registration | None:
    return (
        Registration.objects.filter(session=session, person=person)
        .exclude(state=State.CANCELLED)
        .select_related("session__course", "person", "organisation")
        .first()
    )


# --- first-timers: hold, then the code ----------------------------------------------------------


def hold(
    session: Session,
    *,
    person: Person,
    organisation: Organisation | None,
    name: str,
    question: str = "",
    ip: str | None = None,
) -> Registration:
    """Hold a seat for 30 minutes for somebody who has yet to type the code.

    The answer never tells whether the address is known: somebody who already takes part gets the same
    flow, and the existing row is returned untouched. A new attempt replaces the hold.
    Raises SeatRefused, or HoldRefused when the code must come first (nothing is held then).
    """
    at = clock.now()
    answer = availability(session, None, organisation=organisation, at=at)
    if answer.verdict is Verdict.REFUSED:
        raise SeatRefused(answer)
    _count_hold_of(ip)
    try:
        with transaction.atomic():
            return _hold(session, person, organisation, name, question, at)
    except IntegrityError:
        existing = _live(session, person)
        if existing is None:
            raise
        return existing


def _hold(
    session: Session,
    person: Person,
    organisation: Organisation | None,
    name: str,
    question: str,
    at: dt.datetime,
) -> Registration:
    existing = _live(session, person)
    expires = at + dt.timedelta(minutes=settings.HOLD_MINUTES)
    if existing is not None:
        if existing.state == State.HELD:
            existing.typed_name, existing.question = name, question
            existing.hold_expires_at = expires
            existing.save(update_fields=["typed_name", "question", "hold_expires_at", "updated_at"])
        return existing
    is_home = organisation is not None and organisation.pk == session.course.organisation_id
    if _queue_goes_first(session, at) or not seats.take(session, is_home=is_home, at=at):
        locked = seats.lock_one(session.pk)
        _release_expired(locked, at)
        promote_waiting(locked, at=at)
        if not seats.take(locked, is_home=is_home, at=at):
            raise SeatRefused(availability(locked, None, organisation=organisation, at=at))
    # The UPDATE above locked the session's row, so this count is exact.
    holds = session.registrations.filter(state=State.HELD).count()
    if holds >= max(settings.HOLD_MINIMUM, session.capacity * settings.HOLD_SHARE_PERCENT // 100):
        raise HoldRefused(_("Typ eerst de code uit je mail. Daarna krijg je je plek."))
    return Registration.objects.create(
        session=session,
        person=person,
        organisation=organisation,
        is_home=is_home,
        state=State.HELD,
        hold_expires_at=expires,
        typed_name=name,
        question=question,
    )


def _count_hold_of(ip: str | None) -> None:
    if not ip:
        return
    key = f"holds:{ip}"
    if cache.add(key, 1, timeout=3600):
        return
    if cache.incr(key) > settings.HOLDS_PER_HOUR_PER_IP:
        raise HoldRefused(_("Typ eerst de code uit je mail. Daarna krijg je je plek."))


def confirm_hold(registration: Registration, *, person: Person) -> Registration:
    """After the code: the held seat becomes the person's.

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
        answer = availability(locked, person)
        if answer.verdict is not Verdict.REFUSED and current.state == State.HELD:
            return _confirm(current, person, question=current.question, session=locked)
        if answer.registration is not None and answer.registration.state != State.HELD:
            return answer.registration
        refused = answer if answer.verdict is Verdict.REFUSED else None
    if refused is not None:
        cancel(registration, by=person, reason=CancelReason.HOLD_EXPIRED)
        raise SeatRefused(refused)
    try:
        return register(session, person=person, question=registration.question, waiting_ok=False)
    except SeatRefused as error:
        raise HoldExpired(_hold_ran_out()) from error


def _hold_ran_out() -> str:
    return _("Je plek is weer vrijgegeven, want de code kwam niet op tijd. Probeer het opnieuw.")


def _confirm(
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
    held.organisation = person.organisation
    held.is_home = is_home
    held.question = question
    held.person = person
    held.save()
    audit.record(
        "registration.registered", actor=person, subject=held, organisation=person.organisation
    )
    signals.registration_confirmed.send(Registration, registration=held, promoted=False)
    return held


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
        _cancel_row(current, by=by, reason=reason, at=at, session=session)
        promote_waiting(session, at=at)
        return current


def _cancel_row(
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
            organisation=registration.organisation,
            reason=reason,
        )
    if reason != CancelReason.MOVED:
        signals.registration_cancelled.send(
            Registration, registration=registration, previous_state=previous
        )


def promote_waiting(session: Session, *, at: dt.datetime | None = None) -> list[Registration]:
    """Give free seats of a locked session to the first in line who may take them."""
    at = at or clock.now()
    promoted: list[Registration] = []
    if session.status != Session.Status.PLANNED or session.starts_at <= at:
        return promoted
    while session.taken < session.capacity:
        line = seats.waiting_line(session)
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
            "registration.promoted", actor=None, subject=first, organisation=first.organisation
        )
        signals.registration_confirmed.send(Registration, registration=first, promoted=True)
        promoted.append(first)
    return promoted


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
            again = _live(to, by)
            if again is not None and again.moved_from_id == old.pk:
                return again  # the same request once more
            raise ChangeRefused(_("Deze aanmelding kun je niet meer verzetten."), code="not_live")
        if old_session.starts_at <= at:
            raise ChangeRefused(_("Deze bijeenkomst is al begonnen."), code="started")
        person = old.person
        _release_expired(new_session, at)
        promote_waiting(new_session, at=at)
        answer = availability(new_session, person, at=at)
        is_home = person.organisation_id == new_session.course.organisation_id
        if answer.verdict is not Verdict.SEAT or not seats.take(
            new_session, is_home=is_home, at=at
        ):
            raise SeatRefused(_just_full(answer))
        new = _seat(new_session, person, by, old.question, is_home=is_home, at=at, moved_from=old)
        _cancel_row(old, by=by, reason=CancelReason.MOVED, at=at, session=old_session)
        signals.registration_moved.send(Registration, registration=new, previous=old)
        promote_waiting(old_session, at=at)
        return new


# --- what beat does -----------------------------------------------------------------------------


def _release_expired(session: Session, at: dt.datetime) -> int:
    """Release the expired holds of a locked session. Promoting is the caller's."""
    expired = session.registrations.filter(
        state=State.HELD, hold_expires_at__lte=at
    ).select_related("person", "organisation")
    for registration in expired:
        _cancel_row(registration, by=None, reason=CancelReason.HOLD_EXPIRED, at=at, session=session)
    return len(expired)


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
            released += _release_expired(session, at)
            promote_waiting(session, at=at)
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
