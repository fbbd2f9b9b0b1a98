# SPDX-License-Identifier: EUPL-1.2
"""What a trainer sees of the own courses and sessions. The number of queries never grows with their number."""

import dataclasses

from django.db.models import Count, Q

from accounts.domain import audit
from accounts.models import Person
from base import clock
from courses.models import Course, CourseTrainer, Registration, Session, TrainerInvitation

#: A page shows at most this many of each; nobody gives more than that in a year.
MOST = 100
_WAITING = Count("registrations", filter=Q(registrations__state=Registration.State.WAITING))
#: States of a participant: somebody who has a confirmed seat, also afterwards.
PARTICIPATING = (
    Registration.State.REGISTERED,
    Registration.State.ATTENDED,
    Registration.State.ABSENT,
)


@dataclasses.dataclass
class Teaching:
    """``coming`` and ``unmarked`` sessions have ``waiting``; ``published`` courses have ``coming``."""

    drafts: list[Course]
    coming: list[Session]
    unmarked: list[Session]
    published: list[Course]
    ended: list[Course]

    @property
    def is_empty(self) -> bool:
        return not (self.drafts or self.published or self.ended)


def teaching_of(person: Person) -> Teaching:
    """Everything that the person teaches. Two queries."""
    at = clock.now()
    mine = CourseTrainer.objects.filter(person=person).values("course")
    courses = list(
        Course.objects.filter(pk__in=mine)
        .select_related("theme")
        .annotate(
            coming=Count(
                "sessions",
                filter=Q(sessions__status=Session.Status.PLANNED, sessions__starts_at__gt=at),
            )
        )
        .order_by("-updated_at")[: 4 * MOST]
    )
    sessions = (
        Session.objects.planned()
        .filter(course__in=mine)
        .filter(Q(starts_at__gt=at) | Q(attendance_marked_at__isnull=True))
        .exclude(course__status=Course.Status.DRAFT)
        .with_card()
        .annotate(waiting=_WAITING)
        .order_by("starts_at")[: 2 * MOST]
    )
    coming = [session for session in sessions if session.starts_at > at]
    unmarked = [session for session in sessions if session.starts_at <= at]

    def having(*statuses: str) -> list[Course]:
        rows: list[Course] = [course for course in courses if course.status in statuses]
        return rows[:MOST]

    return Teaching(
        drafts=having(Course.Status.DRAFT),
        coming=coming,
        unmarked=unmarked,
        published=having(Course.Status.PUBLISHED),
        ended=having(Course.Status.CANCELLED, Course.Status.ARCHIVED),
    )


def asked_of(person: Person) -> list[TrainerInvitation]:
    """What colleagues ask the person to give along, not answered yet. One query."""
    return list(
        person.trainer_invitations.filter(
            answer=TrainerInvitation.Answer.NONE,
            created_at__gt=clock.now() - TrainerInvitation.OPEN_FOR,
            course__status__in=(Course.Status.DRAFT, Course.Status.PUBLISHED),
        )
        .select_related("course")
        .order_by("pk")[:MOST]
    )


def sessions_of(course: Course) -> list[Session]:
    """Every date of a course with ``waiting``, the coming ones first. One query."""
    at = clock.now()
    rows = list(
        course.sessions.exclude(status=Session.Status.DRAFT)
        .select_related("location")
        .annotate(waiting=_WAITING)
        .order_by("starts_at")
    )
    coming = [row for row in rows if row.starts_at > at]
    past = [row for row in rows if row.starts_at <= at]
    for row in rows:
        row.course = course
    return [*coming, *reversed(past)]


def participants_of(session: Session) -> list[Registration]:
    """Who has a seat, by name. Only for who may see names (courses.rules). One query."""
    rows = session.registrations.filter(state__in=PARTICIPATING).select_related(
        "person", "organisation"
    )
    return sorted(rows, key=lambda row: (row.person.name.casefold() if row.person else "~", row.pk))


def names_seen(session: Session, *, by: Person, count: int, **detail: bool) -> None:
    """That somebody looked at ``count`` participants by name is written down."""
    if count:
        audit.record(
            "participants.viewed",
            actor=by,
            subject=session,
            organisation=session.course.organisation,
            count=count,
            **detail,
        )


def counts_of(session: Session) -> dict[str, int]:
    """How many take part, wait and hold a seat; ``home`` works where the course is given. One query."""
    states = Registration.State
    return session.registrations.aggregate(
        participating=Count("pk", filter=Q(state__in=PARTICIPATING)),
        home=Count("pk", filter=Q(state__in=PARTICIPATING, is_home=True)),
        waiting=Count("pk", filter=Q(state=states.WAITING)),
        held=Count("pk", filter=Q(state=states.HELD)),
    )
