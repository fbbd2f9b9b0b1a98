# SPDX-License-Identifier: EUPL-1.2
"""Seats held for somebody who has yet to type the code (design.md, Identity).

A hold counts as taken. At most max(3, 20 %) of a session's seats are held at once, and at most 20 an hour
from one IP address; beyond that the code comes first, then the seat.
"""

import datetime as dt

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.domain.limits import Limit, network
from accounts.models import Organisation, Person
from base import clock
from courses.availability import Verdict, availability
from courses.domain import seats, states, waiting_list
from courses.errors import HoldRefused, SeatRefused
from courses.models import Registration, Session

State = Registration.State
CancelReason = Registration.CancelReason


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
    Raises SeatRefused, HoldRefused when the code must come first, or CannotCount (nothing is held then).
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
        existing = states.live(session, person)
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
    existing = states.live(session, person)
    expires = at + dt.timedelta(minutes=settings.HOLD_MINUTES)
    if existing is not None:
        if existing.state == State.HELD:
            existing.typed_name, existing.question = name, question
            existing.hold_expires_at = expires
            existing.save(update_fields=["typed_name", "question", "hold_expires_at", "updated_at"])
        return existing
    is_home = organisation is not None and organisation.pk == session.course.organisation_id
    if waiting_list.goes_first(session, at) or not seats.take(session, is_home=is_home, at=at):
        locked = seats.lock_one(session.pk)
        release_expired(locked, at)
        waiting_list.promote_waiting(locked, at=at)
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
    holds = Limit("hold", times=settings.HOLDS_PER_HOUR_PER_IP, seconds=3600)
    if not holds.allows(network(ip)):
        raise HoldRefused(_("Typ eerst de code uit je mail. Daarna krijg je je plek."))


def release_expired(session: Session, at: dt.datetime) -> int:
    """Release the expired holds of a locked session. Promoting is the caller's."""
    expired = session.registrations.filter(
        state=State.HELD, hold_expires_at__lte=at
    ).select_related("person", "organisation")
    for registration in expired:
        states.cancel_row(
            registration, by=None, reason=CancelReason.HOLD_EXPIRED, at=at, session=session
        )
    return len(expired)


def release_of(session: Session, person: Person, *, by: Person, at: dt.datetime) -> None:
    """The seat held for this person comes free for this person, who takes it in another way. Under the lock of
    the session; without promoting, for it is spoken for."""
    held = states.live(session, person)
    if held is not None and held.state == State.HELD:
        states.cancel_row(held, by=by, reason=CancelReason.HOLD_EXPIRED, at=at, session=session)
