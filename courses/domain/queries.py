# SPDX-License-Identifier: EUPL-1.2
"""Reads that pages, API and exports share. Each costs a fixed number of queries."""

import dataclasses
import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Count, F, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Person
from base import clock
from courses.availability import Availability, judge
from courses.domain.listed import add_next_session, for_everyone, next_date
from courses.models import (
    Course,
    CourseInterest,
    CourseTrainer,
    Material,
    Registration,
    Session,
)

if TYPE_CHECKING:
    import datetime as dt

State = Registration.State

#: States in which somebody takes part, and so gets to know the link and the material.
TAKES_PART = (State.REGISTERED, State.ATTENDED, State.ABSENT)


#: What no page of a course shows: reading a column costs more than all else that is done with it.
_UNUSED_OF_ORGANISATION = tuple(
    f"organisation__{name}"
    for name in (
        *("abbreviation", "kind", "layer", "province", "tooi", "roo_id", "oin"),
        *("valid_from", "valid_until", "successor", "created_at", "updated_at"),
    )
)
_UNUSED_OF_SESSION = (
    *("created_at", "updated_at", "cancelled_at", "cancel_reason", "revision", "max_minutes"),
    "attendance_marked_at",
    *(f"edition__{name}" for name in ("created_at", "updated_at", "name", "slots", "description")),
    *("edition__programme_published_at", "edition__max_minutes"),
    *(f"location__{name}" for name in ("created_at", "updated_at")),
)


@dataclasses.dataclass
class CoursePage:
    """A course as one person (or nobody in particular) sees it."""

    course: Course
    trainers: list[CourseTrainer]
    #: The date the page is about: the asked one, else the own one, else the first with room.
    chosen: Session | None
    #: May this person take part in it? None without a date.
    answer: Availability | None
    #: Other coming dates.
    others: list[Session]
    #: Dates that were, the last one first.
    given: list[Session]
    materials: list[Material]
    #: The person's live registrations in this course, by session.
    mine: dict[int, Registration]
    is_trainer: bool
    has_coming: bool
    waits_for_subject: bool

    @property
    def registration(self) -> Registration | None:
        return self.mine.get(self.chosen.pk) if self.chosen else None

    @property
    def takes_part(self) -> bool:
        """In the chosen date: then the link may be shown."""
        return self.registration is not None and self.registration.state in TAKES_PART

    @property
    def sees_materials(self) -> bool:
        return (
            self.course.licence == Course.Licence.CC_BY
            or self.is_trainer
            or any(registration.state in TAKES_PART for registration in self.mine.values())
        )


def course_for(slug: str, person: Person | None) -> Course | None:
    """The course of this address, with trainers; a draft only for its trainers."""
    course = (
        Course.objects.select_related("theme", "organisation")
        .defer("search_text", "draft", "created_at", "updated_at", *_UNUSED_OF_ORGANISATION)
        .prefetch_related(
            Prefetch(
                "trainer_rows",
                CourseTrainer.objects.select_related("person__organisation").only(
                    "course_id",
                    "part",
                    "person__name",
                    "person__slug",
                    "person__organisation__name",
                ),
            )
        )
        .filter(slug=slug)
        .first()
    )
    if course is None or course.is_public:
        return course
    teaches = person and any(row.person_id == person.pk for row in course.trainer_rows.all())
    return course if teaches else None


def course_page(
    course: Course, person: Person | None, *, moment: uuid.UUID | None = None
) -> CoursePage:
    """Three queries for a visitor (four when the date is full), a few more for a person."""
    at = clock.now()
    sessions = _sessions_of(course)
    coming = [s for s in sessions if s.starts_at > at and s.status == Session.Status.PLANNED]
    trainers = list(course.trainer_rows.all())
    teaches = person is not None and any(row.person_id == person.pk for row in trainers)
    mine: dict[int, Registration] = {}
    waits = False
    if person is not None:
        mine = {
            registration.session_id: registration
            for registration in Registration.objects.filter(
                person=person, session__course=course
            ).exclude(state=State.CANCELLED)
        }
        waits = CourseInterest.objects.filter(course=course, person=person).exists()
    answer = None
    chosen = _chosen(sessions, coming, moment, mine, at)
    if chosen is not None:
        answer = judge(chosen, person, existing=mine.get(chosen.pk), at=at)
    return CoursePage(
        course=course,
        trainers=trainers,
        chosen=chosen,
        answer=answer,
        others=[
            session
            for session in coming
            if session != chosen
            and (teaches or session.pk in mine or not session.is_for_guests(at))
        ],
        given=[s for s in reversed(sessions) if s.ends_at <= at and s.status == "planned"],
        materials=list(course.materials.all()),
        mine=mine,
        is_trainer=teaches,
        has_coming=bool(coming),
        waits_for_subject=waits,
    )


def _sessions_of(course: Course) -> list[Session]:
    sessions = list(
        course.sessions.exclude(status=Session.Status.DRAFT)
        .select_related("edition", "location")
        .defer(*_UNUSED_OF_SESSION)
        .order_by("starts_at", "pk")
    )
    for session in sessions:
        session.course = course  # the one that has its organisation and trainers
    return sessions


def _chosen(
    sessions: list[Session],
    coming: list[Session],
    moment: uuid.UUID | None,
    mine: Mapping[int, Registration],
    at: "dt.datetime",
) -> Session | None:
    asked = next((session for session in sessions if session.public_id == moment), None)
    if asked is not None:
        return asked
    own = next((s for s in coming if s.pk in mine and mine[s.pk].state != State.HELD), None)
    open_first = sorted(
        coming, key=lambda session: session.is_for_guests(at)
    )  # stable: then by date
    with_room = own or next((session for session in open_first if session.free), None)
    running = next(
        (s for s in sessions if s.starts_at <= at < s.ends_at and s.status == "planned"), None
    )
    return with_room or next(iter(open_first), None) or running


def session_for_sign_up(public_id: uuid.UUID, *, bare: bool = False) -> Session | None:
    """A session of a public course, with what the sign-up pages show; ``bare`` with what is needed to take a
    seat, for a POST that shows nothing: three joins less in the opening rush."""
    sessions = Session.objects.select_related("course", "edition")
    return (
        (sessions if bare else sessions.with_card())
        .exclude(status=Session.Status.DRAFT)
        .exclude(course__status=Course.Status.DRAFT)
        .filter(public_id=public_id)
        .first()
    )


def other_dates(session: Session) -> list[Session]:
    """Coming dates of the same course, for who cannot make (or get into) this one."""
    return list(
        Session.objects.upcoming(clock.now())
        .filter(course_id=session.course_id)
        .for_everyone(clock.now())
        .exclude(pk=session.pk)
        .with_card()
        .order_by("starts_at", "pk")
    )


def registration_of(person: Person, public_id: uuid.UUID) -> Registration | None:
    """Somebody's own registration."""
    return _with_card(Registration.objects.filter(person=person, public_id=public_id)).first()


@dataclasses.dataclass
class Mine:
    """What somebody's own page shows; every list in the order of reading."""

    coming: Sequence[Registration]
    #: Each with ``position`` in the waiting list.
    waiting: Sequence[Registration]
    past: Sequence[Registration]
    subjects: list[Course]


def mine(person: Person) -> Mine:
    """Two queries."""
    at = clock.now()
    ahead = (
        Registration.objects.filter(
            session=OuterRef("session"), state=State.WAITING, queued_at__lt=OuterRef("queued_at")
        )
        .order_by()
        .values("session")
        .annotate(number=Count("pk"))
        .values("number")
    )
    rows = list(
        _with_card(Registration.objects.filter(person=person))
        .exclude(state__in=(State.CANCELLED, State.HELD))
        .select_related("evaluation")
        .annotate(position=Coalesce(Subquery(ahead), 0) + 1)
        .order_by("session__starts_at", "pk")
    )
    coming = [row for row in rows if row.state == State.REGISTERED and row.session.ends_at > at]
    waiting = [row for row in rows if row.state == State.WAITING and row.session.starts_at > at]
    known = {row.pk for row in (*coming, *waiting)}
    past = [row for row in reversed(rows) if row.pk not in known and row.state != State.WAITING]
    subjects = list(
        Course.objects.filter(interests__person=person)
        .select_related("theme", "organisation")
        .order_by("title")
    )
    return Mine(coming=coming, waiting=waiting, past=past, subjects=subjects)


def trainer_courses(trainer: Person) -> Sequence[Course]:
    """Public courses of a trainer, each with ``next_session`` (or None). Two queries."""
    at = clock.now()
    courses = list(
        for_everyone(Course.objects.filter(trainer_rows__person=trainer), at)
        .filter(status__in=(Course.Status.PUBLISHED, Course.Status.ARCHIVED))
        .select_related("theme", "organisation")
        .annotate(
            next_id=next_date(at, "pk"),
            next_start=next_date(at, "starts_at"),
            times_given=Count(
                "sessions",
                filter=Q(sessions__status=Session.Status.PLANNED) & Q(sessions__ends_at__lte=at),
                distinct=True,
            ),
        )
        .order_by(F("next_start").asc(nulls_last=True), "title")
    )
    add_next_session(courses)
    return courses


def _with_card(rows: "QuerySet[Registration]") -> "QuerySet[Registration]":
    return rows.select_related(
        "person",
        "organisation",
        "session__course__theme",
        "session__course__organisation",
        "session__edition",
        "session__location",
    )


def holds_left(session: Session) -> bool:
    """Whether another seat may be held for somebody who has yet to type a code."""
    holds = session.registrations.filter(state=State.HELD).count()
    return holds < max(settings.HOLD_MINIMUM, session.capacity * settings.HOLD_SHARE_PERCENT // 100)
