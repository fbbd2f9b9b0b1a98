# SPDX-License-Identifier: EUPL-1.2
"""The counters of a session: the only place that changes ``taken`` and ``taken_home``.

Taking a seat is one conditional UPDATE, which never oversells on either engine. Whatever rearranges seats
(cancel, promote, capacity) locks the session row first; the conditional UPDATE of others waits for that
lock (PostgreSQL) or for the whole write transaction (SQLite, BEGIN IMMEDIATE).
"""

import datetime as dt

from django.db.models import F, Q
from django.utils.translation import gettext as _

from courses.errors import ChangeRefused
from courses.models import Session


def take(session: Session, *, is_home: bool, at: dt.datetime) -> bool:
    """Take one seat if there is one for this person. One statement. The object is not refreshed."""
    there_is_room = Q(taken__lt=F("capacity"))
    if is_home:
        there_is_room &= (
            Q(reserved_seats=0)
            | Q(reserved_until__isnull=True)
            | Q(reserved_until__lte=at)
            | Q(taken_home__lt=F("capacity") - F("reserved_seats"))
        )
    return bool(
        Session.objects.filter(
            there_is_room, pk=session.pk, status=Session.Status.PLANNED, starts_at__gt=at
        ).update(taken=F("taken") + 1, taken_home=F("taken_home") + int(is_home))
    )


def lock(*session_ids: int) -> list[Session]:
    """The sessions, locked until the end of the transaction, in key order (so that locks never cross)."""
    return list(
        Session.objects.filter(pk__in=session_ids)
        .select_related("course", "edition")
        .select_for_update(no_key=True, of=("self",))
        .order_by("pk")
    )


def lock_one(session_id: int) -> Session:
    return lock(session_id)[0]


def lock_changeable(session: Session) -> Session:
    """The session, locked, as long as it can still change. Raises ChangeRefused."""
    current = lock_one(session.pk)
    if current.status == Session.Status.CANCELLED:
        raise ChangeRefused(_("Deze bijeenkomst gaat niet door."), code="cancelled")
    if current.has_started:
        raise ChangeRefused(_("Deze bijeenkomst is al begonnen."), code="started")
    return current


def give_back(session: Session, *, home: int, others: int) -> None:
    """Return seats of a locked session and keep the object true."""
    session.taken -= home + others
    session.taken_home -= home
    session.save(update_fields=["taken", "taken_home", "updated_at"])


def may_seat(session: Session, *, is_home: bool, at: dt.datetime) -> bool:
    """The rule of ``take`` for a locked, fresh session object."""
    if session.taken >= session.capacity:
        return False
    return not is_home or session.taken_home < session.capacity - session.reserved_now(at)
