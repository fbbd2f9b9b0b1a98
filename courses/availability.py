# SPDX-License-Identifier: EUPL-1.2
"""May this person take this seat, and if not, which sentence do we show?

One answer for page, API and domain function. It is advice at a moment; the seat itself is taken by the
conditional UPDATE in courses.domain.seats, which may still find it gone.
"""

import dataclasses
import datetime as dt
import enum

from django.conf import settings
from django.utils.formats import date_format
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Organisation, Person
from base import clock
from courses.models import Course, Registration, Session

#: Before this time to the start an unconfirmed organisation still has a chance to be confirmed.
CONFIRMATION_MARGIN = dt.timedelta(hours=24)


class Verdict(enum.Enum):
    SEAT = "seat"
    WAITING = "waiting"
    REFUSED = "refused"


@dataclasses.dataclass(frozen=True)
class Availability:
    verdict: Verdict
    code: str
    sentence: str
    #: Place in the waiting list, 1 is first: of this person, or the one a newcomer would get.
    position: int | None = None
    registration: Registration | None = None

    @property
    def may_register(self) -> bool:
        return self.verdict is not Verdict.REFUSED


def availability(
    session: Session,
    person: Person | None = None,
    *,
    organisation: Organisation | None = None,
    at: dt.datetime | None = None,
) -> Availability:
    """The answer for a person, or for an anonymous visitor who (perhaps) works at ``organisation``.

    Needs ``session.course`` and ``session.edition`` joined; costs two queries for a person, and one more
    when the answer is a place in the waiting list.
    """
    if person is None:
        return judge(session, None, existing=None, organisation=organisation, at=at)
    existing = (
        Registration.objects.filter(session=session, person=person)
        .exclude(state=Registration.State.CANCELLED)
        .first()
    )
    return judge(session, person, existing=existing, at=at)


def judge(
    session: Session,
    person: Person | None,
    *,
    existing: Registration | None,
    organisation: Organisation | None = None,
    at: dt.datetime | None = None,
) -> Availability:
    """``availability`` for a caller that has read the person's live registration already."""
    at = at or clock.now()
    refusal = _refused_for_everyone(session, at)
    works_at = organisation.pk if organisation is not None else None
    if person is not None:
        own = _refused_for_person(session, person, existing, at)
        # "Je doet al mee" is more use than "de bijeenkomst is al begonnen".
        if own is not None and (refusal is None or own.registration is not None):
            return own
        works_at = person.organisation_id
    if refusal is not None:
        return refusal
    if session.is_for_guests(at) and not _is_guest(session, person):
        return _refuse(
            "guests_only",
            _("Deze bijeenkomst is voor de collega’s die erom vroegen. Hoor je erbij? Log dan in.")
            if person is None
            else _("Deze bijeenkomst is voor de collega’s die erom vroegen."),
        )
    if existing is not None and existing.state == Registration.State.HELD:
        # Counted as taken already: it is this person's, however full the session is.
        return Availability(Verdict.SEAT, "held", _("Er is plek voor je."))
    is_home = works_at == session.course.organisation_id
    return _seat_or_waiting(session, is_home=is_home, at=at)


def no_guests(session: Session, person: Person) -> bool:
    """The default of ``SESSION_GUESTS``: without a room that knows who asked, nobody did."""
    return False


def _is_guest(session: Session, person: Person | None) -> bool:
    if person is None:
        return False
    return bool(import_string(settings.SESSION_GUESTS)(session, person))


def overlapping(person: Person, session: Session) -> list[Registration]:
    """Registrations of the person in other sessions at the same time. A warning, never a block."""
    return list(
        Registration.objects.filter(
            person=person,
            state__in=(Registration.State.REGISTERED, Registration.State.HELD),
            session__starts_at__lt=session.ends_at,
            session__ends_at__gt=session.starts_at,
            session__status=Session.Status.PLANNED,
        )
        .exclude(session=session)
        .select_related("session__course")
        .order_by("session__starts_at")
    )


def waiting_position(registration: Registration) -> int:
    """Place in the waiting list; 1 is first."""
    return (
        Registration.objects.filter(
            session_id=registration.session_id,
            state=Registration.State.WAITING,
            queued_at__lt=registration.queued_at,
        ).count()
        + 1
    )


def waiting_since(session_id: int) -> list[dt.datetime]:
    """Since when each of those who wait does, first in line first: for the places of many at once."""
    waiting = Registration.objects.filter(session_id=session_id, state=Registration.State.WAITING)
    times = waiting.order_by("queued_at").values_list("queued_at", flat=True)
    return [since for since in times if since is not None]


def _refuse(code: str, sentence: str, registration: Registration | None = None) -> Availability:
    return Availability(Verdict.REFUSED, code, sentence, registration=registration)


def _refused_for_everyone(session: Session, at: dt.datetime) -> Availability | None:
    course, edition = session.course, session.edition
    if session.status == Session.Status.CANCELLED or course.status == Course.Status.CANCELLED:
        return _refuse("cancelled", _("Deze bijeenkomst gaat niet door."))
    if session.status != Session.Status.PLANNED or course.status != Course.Status.PUBLISHED:
        return _refuse("not_published", _("Voor deze cursus kun je je nu niet aanmelden."))
    if session.starts_at <= at:
        return _refuse("started", _("Deze bijeenkomst is al begonnen. Kies een ander moment."))
    opens = edition.registration_opens_at if edition else None
    if opens and opens > at:
        day = date_format(clock.local(opens), "j F")
        return _refuse("not_open_yet", _("Aanmelden kan vanaf %(day)s.") % {"day": day})
    deadlines = [
        session.registration_closes_at,
        edition.registration_closes_at if edition else None,
    ]
    if any(deadline and deadline <= at for deadline in deadlines):
        return _refuse("closed", _("Aanmelden kan niet meer. Kies een ander moment."))
    return None


def _refused_for_person(
    session: Session, person: Person, registration: Registration | None, at: dt.datetime
) -> Availability | None:
    if registration and registration.state == Registration.State.WAITING:
        position = waiting_position(registration)
        return Availability(
            Verdict.REFUSED,
            "already_waiting",
            _("Je staat op plek %(position)d van de wachtlijst.") % {"position": position},
            position=position,
            registration=registration,
        )
    if registration and registration.state != Registration.State.HELD:
        return _refuse(
            "already_registered",
            _("Je deed al mee. Wil je de uitnodiging nog een keer?"),
            registration,
        )
    if any(row.person_id == person.pk for row in session.course.trainer_rows.all()):
        return _refuse("own_course", _("Dit is je eigen cursus. Je hoeft je niet aan te melden."))
    if person.organisation_id is None:
        return _refuse("organisation_missing", _("Vertel ons eerst waar je werkt."))
    if not person.organisation_confirmed and session.starts_at - at <= CONFIRMATION_MARGIN:
        return _refuse(
            "unconfirmed",
            _(
                "We moeten nog nagaan waar je werkt. Dat lukt niet meer voor deze cursus begint. "
                "Kies een later moment."
            ),
        )
    return None


def _seat_or_waiting(session: Session, *, is_home: bool, at: dt.datetime) -> Availability:
    if session.taken >= session.capacity:
        count = session.registrations.filter(state=Registration.State.WAITING).count()
        sentence = ngettext(
            "Alle plekken zijn bezet. Er wacht %(count)d collega.",
            "Alle plekken zijn bezet. Er wachten %(count)d collega’s.",
            count,
        ) % {"count": count}
        return Availability(Verdict.WAITING, "full", sentence, position=count + 1)
    reserved = session.reserved_now(at)
    if is_home and session.taken_home >= session.capacity - reserved:
        day = date_format(clock.local(session.reserved_until), "j F")  # type: ignore[arg-type]
        count = session.registrations.filter(state=Registration.State.WAITING).count()
        return Availability(
            Verdict.WAITING,
            "reserved",
            _(
                "De plekken die er nog zijn, houden we tot %(day)s vrij voor collega’s van "
                "andere organisaties."
            )
            % {"day": day},
            position=count + 1,
        )
    return Availability(Verdict.SEAT, "free", _("Er is plek voor je."))
