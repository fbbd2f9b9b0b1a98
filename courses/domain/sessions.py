# SPDX-License-Identifier: EUPL-1.2
"""Planning, changing and cancelling sessions. Everyone who takes part is told, nobody is lost."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.models import Organisation, Person
from base import clock
from courses import signals
from courses.domain import seats
from courses.domain.capacity import SEATS, change_seats, check_new
from courses.errors import ChangeRefused
from courses.models import Course, Edition, Location, Registration, Session
from courses.models.course import Format
from courses.models.edition import HALF_DAY_MINUTES

SHORTEST_MINUTES = 5
#: A date is planned this many calendar years ahead at most.
YEARS_AHEAD = 2


def edition_on(day: dt.date) -> Edition | None:
    """The TJC-week or TJC-dag that this day belongs to; its limit then counts."""
    return (
        Edition.objects.filter(
            kind__in=(Edition.Kind.WEEK, Edition.Kind.DAY), starts_on__lte=day, ends_on__gte=day
        )
        .order_by("kind")
        .first()
    )


def location_for(
    organisation: Organisation, *, name: str, room: str = "", city: str = ""
) -> Location:
    """The location of that organisation, made when it is new."""
    return Location.objects.get_or_create(
        organisation=organisation, name=name.strip(), room=room.strip(), city=city.strip()
    )[0]


def plan_session(
    course: Course,
    *,
    by: Person,
    day: dt.date,
    time: dt.time,
    minutes: int,
    capacity: int,
    format: str,  # noqa: A002 - the field's name
    location: Location | None = None,
    online_url: str = "",
    edition: Edition | None = None,
    reserved_seats: int = 0,
    reserved_until: dt.datetime | None = None,
    registration_closes_at: dt.datetime | None = None,
    guests_only: bool = False,
    guests_until: dt.datetime | None = None,
) -> Session:
    """Plan a date for a course. ``day`` and ``time`` are wall time in Europe/Amsterdam.

    The edition follows from the day when none is given. In a published course people can sign up at once
    and the trainers are invited. Raises ChangeRefused with the sentence for the field, or without one when
    the course has ended.
    """
    edition = edition or edition_on(day)
    starts_at, ends_at = _moment(day, time, minutes, edition)
    _check_place(format, location)
    check_new(
        day,
        capacity=capacity,
        reserved_seats=reserved_seats,
        reserved_until=reserved_until,
        registration_closes_at=registration_closes_at,
    )
    with transaction.atomic():
        # Locked: who stops or publishes the course at the same moment sees this date, or is seen here.
        statuses = Course.objects.select_for_update(no_key=True).filter(pk=course.pk)
        course.status = statuses.values_list("status", flat=True).get()
        if course.status in {Course.Status.CANCELLED, Course.Status.ARCHIVED}:
            raise ChangeRefused(_("Deze cursus is gestopt."), code="ended")
        session = Session.objects.create(
            course=course,
            edition=edition,
            starts_at=starts_at,
            ends_at=ends_at,
            max_minutes=edition.max_minutes if edition else HALF_DAY_MINUTES,
            format=format,
            location=location if format != Format.ONLINE else None,
            online_url=online_url if format != Format.ON_SITE else "",
            capacity=capacity,
            reserved_seats=reserved_seats,
            reserved_until=reserved_until,
            registration_closes_at=registration_closes_at,
            guests_only=guests_only,
            guests_until=guests_until,
            status=(
                Session.Status.PLANNED
                if course.status == Course.Status.PUBLISHED
                else Session.Status.DRAFT
            ),
        )
        if session.status == Session.Status.PLANNED:
            announce(session, by=by)
    return session


def check_moment(day: dt.date, time: dt.time, minutes: int) -> dt.datetime:
    """When a session that is planned then would start (UTC). Raises ChangeRefused, as planning would."""
    return _moment(day, time, minutes, edition_on(day))[0]


def announce(session: Session, *, by: Person) -> None:
    """Say that this date can be chosen from now on. In the caller's transaction."""
    audit.record(
        "session.planned", actor=by, subject=session, organisation=session.course.organisation
    )
    signals.session_planned.send(Session, session=session, by=by)


def change_session(session: Session, *, by: Person, **changes: Any) -> Session:
    """Change time, place or link: any of ``day``, ``time``, ``minutes``, ``format``, ``location``,
    ``online_url``. Participants get an update. Nothing happens when nothing differs.

    Raises ChangeRefused.
    """
    with transaction.atomic():
        current = seats.lock_changeable(session)
        before = _facts(current)
        start = clock.local(current.starts_at)
        day = changes.get("day", start.date())
        minutes = changes.get("minutes", current.minutes)
        edition = current.edition
        if edition is None and (day, minutes) != (start.date(), current.minutes):
            edition = edition_on(day)  # a date that comes to lie in a TJC-week belongs to it
        current.starts_at, current.ends_at = _moment(
            day, changes.get("time", start.time()), minutes, edition
        )
        if edition is not None and current.edition is None:
            current.edition, current.max_minutes = edition, edition.max_minutes
        current.format = changes.get("format", current.format)
        location = changes.get("location", current.location)
        _check_place(current.format, location)
        current.location = location if current.format != Format.ONLINE else None
        online_url = changes.get("online_url", current.online_url)
        current.online_url = online_url if current.format != Format.ON_SITE else ""
        after = _facts(current)
        changed = {key: (before[key], after[key]) for key in after if before[key] != after[key]}
        if not changed:
            return current
        current.revision += 1
        current.save()
        _tell(current, by=by, changed=changed)
    return current


def change_all(session: Session, *, by: Person, **changes: Any) -> Session:
    """Time, place, link and seats (``change_session``, ``change_seats``) in one go, or nothing at all.

    Raises ChangeRefused.
    """
    kept = {name: changes.pop(name) for name in SEATS if name in changes}
    with transaction.atomic():
        if changes:
            session = change_session(session, by=by, **changes)
        if kept:
            session = change_seats(session, by=by, **kept)
    return session


def title_changed(course: Course, *, by: Person, old: str) -> None:
    """Tell the participants of every coming session that the course has another title."""
    for session_id in list(
        course.sessions.upcoming(clock.now()).order_by("pk").values_list("pk", flat=True)
    ):
        session = seats.lock_one(session_id)
        session.revision += 1
        session.save(update_fields=["revision", "updated_at"])
        _tell(session, by=by, changed={"title": (old, course.title)})


def cancel_session(session: Session, *, by: Person, reason: str = "") -> Session:
    """The session does not take place. Everyone with a seat or a place in line is told.

    Repeating it changes nothing. Raises ChangeRefused once it has started.
    """
    with transaction.atomic():
        current = seats.lock_one(session.pk)
        if current.status == Session.Status.CANCELLED:
            return current
        if current.has_started:
            raise ChangeRefused(_("Deze bijeenkomst is al begonnen."), code="started")
        at = clock.now()
        live = list(
            current.registrations.exclude(state=Registration.State.CANCELLED)
            .select_related("person", "organisation")
            .order_by("pk")
        )
        current.registrations.exclude(state=Registration.State.CANCELLED).update(
            state=Registration.State.CANCELLED,
            cancelled_at=at,
            cancelled_by=by,
            cancel_reason=Registration.CancelReason.SESSION,
            hold_expires_at=None,
            updated_at=at,
        )
        for registration in live:
            registration.previous_state = registration.state  # type: ignore[attr-defined]
            registration.state = Registration.State.CANCELLED
            registration.cancel_reason = Registration.CancelReason.SESSION
            registration.session = current
        was_planned = current.status == Session.Status.PLANNED
        current.status = Session.Status.CANCELLED
        current.cancelled_at, current.cancel_reason = at, reason
        current.taken = current.taken_home = 0
        current.revision += 1
        current.save()
        audit.record(
            "session.cancelled",
            actor=by,
            subject=current,
            organisation=current.course.organisation,
            registrations=len(live),
        )
        if was_planned:
            signals.session_cancelled.send(Session, session=current, registrations=live, by=by)
    return current


def _moment(
    day: dt.date, time: dt.time, minutes: int, edition: Edition | None
) -> tuple[dt.datetime, dt.datetime]:
    """Start and end as UTC instants, or the sentence why not."""
    if day.year > clock.today().year + YEARS_AHEAD:
        raise ChangeRefused(
            _("Kies een datum in de komende twee jaar."), code="too_far", field="day"
        )
    try:
        starts_at = clock.from_wall_time(day, time)
    except clock.ImpossibleWallTime:
        raise ChangeRefused(
            _("Die nacht gaat de klok een uur vooruit of achteruit. Kies een andere tijd."),
            code="impossible_time",
            field="time",
        ) from None
    if starts_at <= clock.now():
        raise ChangeRefused(
            _("Deze datum is al geweest. Kies een datum vanaf morgen."), code="past", field="day"
        )
    if edition is not None and not edition.starts_on <= day <= edition.ends_on:
        raise ChangeRefused(
            _("Deze dag valt buiten %(edition)s. Kies een andere dag.") % {"edition": edition.name},
            code="outside_edition",
            field="day",
        )
    if edition is not None and minutes > edition.max_minutes and edition.kind != "series":
        raise ChangeRefused(
            _(
                "In de TJC-week duurt een cursus hooguit een uur. Maak hem korter of kies een "
                "andere datum."
            ),
            code="too_long",
            field="minutes",
        )
    if minutes > (edition.max_minutes if edition else HALF_DAY_MINUTES):
        raise ChangeRefused(
            _("Een cursus duurt hooguit een dagdeel (vier uur)."), code="too_long", field="minutes"
        )
    if minutes < SHORTEST_MINUTES:
        raise ChangeRefused(
            _("Een cursus duurt minstens vijf minuten."), code="too_short", field="minutes"
        )
    return starts_at, starts_at + dt.timedelta(minutes=minutes)


def _check_place(format: str, location: Location | None) -> None:  # noqa: A002 - the field's name
    if format != Format.ONLINE and location is None:
        raise ChangeRefused(
            _("Vul in waar je de cursus geeft."), code="location_missing", field="place"
        )


def _facts(session: Session) -> dict[str, Any]:
    """What a participant must know, comparable before and after."""
    return {
        "starts_at": session.starts_at,
        "ends_at": session.ends_at,
        "format": session.format,
        "location": str(session.location or ""),
        "online_url": session.online_url,
    }


def _tell(session: Session, *, by: Person, changed: dict[str, tuple[Any, Any]]) -> None:
    audit.record(
        "session.changed",
        actor=by,
        subject=session,
        organisation=session.course.organisation,
        fields=sorted(changed),
    )
    if session.status == Session.Status.PLANNED:
        signals.session_changed.send(Session, session=session, changes=changed, by=by)
