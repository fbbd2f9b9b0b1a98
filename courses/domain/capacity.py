# SPDX-License-Identifier: EUPL-1.2
"""How many seats a session has, for whom and until when."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.domain import audit
from accounts.models import Person
from base import clock
from courses.domain import holds, seats, waiting_list
from courses.errors import ChangeRefused
from courses.models import Session

MAX_CAPACITY = 5000
#: What ``change_seats`` changes.
SEATS = ("capacity", "reserved_seats", "reserved_until", "registration_closes_at")


def check_new(
    day: dt.date,
    *,
    capacity: int,
    reserved_seats: int,
    reserved_until: dt.datetime | None,
    registration_closes_at: dt.datetime | None,
) -> None:
    """The seats of a session that is planned on that day. Raises ChangeRefused."""
    check_numbers(capacity, reserved_seats)
    check_reserved(reserved_seats, reserved_until)
    check_day("reserved_until", _first_day(reserved_until), day)
    check_day("registration_closes", _last_day(registration_closes_at), day)


def change_seats(session: Session, *, by: Person, **changes: Any) -> Session:
    """Change how many seats, for whom and until when: any of ``capacity``, ``reserved_seats``,
    ``reserved_until``, ``registration_closes_at``. Seats that come free go to who waits, at once.

    Fewer seats than are taken, or more kept for others than own colleagues left: refused with the choice.
    Raises ChangeRefused.
    """
    with transaction.atomic():
        current = seats.lock_changeable(session)
        at = clock.now()
        before = {name: getattr(current, name) for name in SEATS}
        after = before | changes
        if "reserved_seats" not in changes and not current.reserved_now(at):
            # What was kept until a day that is over keeps nothing from getting smaller.
            after["reserved_seats"] = min(before["reserved_seats"], max(after["capacity"], 0))
        check_numbers(after["capacity"], after["reserved_seats"])
        changed = {name for name in SEATS if after[name] != before[name]}
        if not changed:
            return current
        _check_until(current, after, changed & changes.keys(), at)
        if after["capacity"] < current.taken or after["reserved_seats"]:
            holds.release_expired(current, at)
        _check_taken(current, after["capacity"])
        for name, value in after.items():
            setattr(current, name, value)
        if changed & {"reserved_seats", "reserved_until"}:
            _check_kept(current, at)
        audit.record(
            "session.seats",
            actor=by,
            subject=current,
            organisation=current.course.organisation,
            old=before["capacity"],
            new=current.capacity,
            fields=sorted(changed),
        )
        current.save(update_fields=[*SEATS, "updated_at"])
        waiting_list.promote_waiting(current, at=at)
    return current


def check_numbers(capacity: int, reserved_seats: int) -> None:
    """Raises ChangeRefused."""
    if not 1 <= capacity <= MAX_CAPACITY:
        raise ChangeRefused(
            _("Kies minstens 1 en hooguit 5.000 plekken."), code="capacity", field="capacity"
        )
    if not 0 <= reserved_seats <= capacity:
        raise ChangeRefused(
            _("Je houdt meer plekken vrij dan er zijn. Kies een lager aantal."),
            code="reserved",
            field="reserved_seats",
        )


def _check_taken(session: Session, capacity: int) -> None:
    if capacity >= session.taken:
        return
    raise ChangeRefused(
        ngettext(
            "Er doet al %(count)d collega mee. Kies %(count)d plek of meer, of meld eerst iemand af.",
            "Er doen al %(count)d collega’s mee. Kies %(count)d plekken of meer, "
            "of meld eerst iemand af.",
            session.taken,
        )
        % {"count": session.taken},
        code="below_taken",
        field="capacity",
    )


def _check_kept(session: Session, at: dt.datetime) -> None:
    """What is promised to others must be there."""
    most = session.capacity - session.taken_home
    if session.reserved_now(at) <= most:
        return
    raise ChangeRefused(
        ngettext(
            "Er doet al %(count)d collega van de eigen organisatie mee. Houd hooguit %(most)d vrij, "
            "of zet er eerst plekken bij.",
            "Er doen al %(count)d collega’s van de eigen organisatie mee. Houd hooguit %(most)d vrij, "
            "of zet er eerst plekken bij.",
            session.taken_home,
        )
        % {"count": session.taken_home, "most": most},
        code="home_has_them",
        field="reserved_seats",
    )


def check_reserved(reserved_seats: int, until: dt.datetime | dt.date | None) -> None:
    """Seats are kept until a moment, not for good. Raises ChangeRefused."""
    if reserved_seats and until is None:
        raise ChangeRefused(
            _("Kies tot wanneer je deze plekken vrijhoudt."),
            code="until_missing",
            field="reserved_until",
        )


def check_day(field: str, day: dt.date | None, session_day: dt.date) -> None:
    """A day that seats are kept until, or that sign-up closes on. Raises ChangeRefused."""
    if day is not None and not clock.today() <= day <= session_day:
        raise ChangeRefused(
            _("Kies een datum tussen vandaag en de dag van je cursus."),
            code="outside_time",
            field=field,
        )


def _check_until(session: Session, after: dict[str, Any], asked: set[str], at: dt.datetime) -> None:
    """A day that is over stays what it is as long as nobody touches it, and then keeps nothing."""
    day = clock.local(session.starts_at).date()
    until = after["reserved_until"]
    if "reserved_until" in asked:
        check_day("reserved_until", _first_day(until), day)
    elif "reserved_seats" in asked and until is not None and until <= at:
        until = None
    if asked & {"reserved_seats", "reserved_until"}:
        check_reserved(after["reserved_seats"], until)
    if "registration_closes_at" in asked:
        check_day("registration_closes", _last_day(after["registration_closes_at"]), day)


def _first_day(instant: dt.datetime | None) -> dt.date | None:
    """The day in Europe/Amsterdam that this instant begins, or lies in."""
    return clock.local(instant).date() if instant else None


def _last_day(instant: dt.datetime | None) -> dt.date | None:
    """The day in Europe/Amsterdam that ends at this instant, or that it lies in."""
    return clock.local(instant - dt.timedelta(microseconds=1)).date() if instant else None
