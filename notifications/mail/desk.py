# SPDX-License-Identifier: EUPL-1.2
"""Everything that is needed to write the letters of one batch, read in a handful of queries."""

import datetime as dt
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property

from django.db.models import Q

from accounts.models import AccessRequest, Organisation, Person
from base import clock
from courses.availability import waiting_since
from courses.models import Course, CourseTrainer, Registration, Session, TrainerInvitation
from notifications.domain import addresses
from notifications.mail.news_rows import NewsRows
from notifications.mail.question_rows import QuestionRows
from notifications.models import Invitation, Message, Note
from notifications.models.message import SECRET_KINDS

_SESSION = ("course", "location")


class Desk:
    """The rows that a batch of messages is about, as they were when the batch was claimed.

    Delivery checks with a conditional UPDATE that an invitation did not change since, and asks ``refresh``
    when it did.
    """

    def __init__(self, messages: Sequence[Message]) -> None:
        self._messages = messages
        self._similar: dict[int, list[Session]] = {}
        self._dates: dict[int, list[Session]] = {}
        self._lines: dict[int, list[dt.datetime]] = {}
        self.invitations = self._read_invitations(
            {m.invitation_id for m in messages if m.invitation_id}
        )

    def refresh(self, message: Message) -> None:
        """Read this message's invitation (and session, course, place) again."""
        assert message.invitation_id is not None
        self.invitations.pop(message.invitation_id, None)
        self.invitations |= self._read_invitations({message.invitation_id})
        self.__dict__.pop("trainers", None)

    def invitation(self, message: Message) -> Invitation | None:
        return self.invitations.get(message.invitation_id or 0)

    def person(self, message: Message) -> Person | None:
        return self._people.get(message.person_id or 0)

    def registration(self, message: Message) -> Registration | None:
        return self._registrations.get(message.payload.get("registration", 0))

    def answered(self, message: Message) -> Invitation | None:
        """The invitation that this message is about without being one."""
        return self._answered.get(message.payload.get("answered", 0))

    def refuses(self, message: Message) -> bool:
        """Whether the address does not take our mail, and nobody asks for this one at this moment."""
        if message.kind in SECRET_KINDS or message.resend_number:
            return False
        return bool(self._addresses(message) & self._refused)

    def note(self, message: Message) -> Note | None:
        return self._notes.get(message.payload.get("note", 0))

    def course(self, message: Message) -> Course | None:
        return self._courses.get(message.payload.get("course", 0))

    def organisation(self, message: Message) -> Organisation | None:
        return self._organisations.get(message.payload.get("organisation", 0))

    def access_request(self, message: Message) -> AccessRequest | None:
        return self._access_requests.get(message.payload.get("access_request", 0))

    def trainer_invitation(self, message: Message) -> TrainerInvitation | None:
        return self._trainer_invitations.get(message.payload.get("trainer_invitation", 0))

    @cached_property
    def trainers(self) -> dict[int, list[CourseTrainer]]:
        """Of every course in the batch, lead first."""
        courses = {row.session.course_id for row in self.invitations.values() if row.session_id}
        courses |= {row.session.course_id for row in self._registrations.values()}
        courses |= {row.session.course_id for row in self._answered.values()}
        rows: dict[int, list[CourseTrainer]] = defaultdict(list)
        for row in (
            CourseTrainer.objects.filter(course_id__in=courses)
            .select_related("person__organisation")
            .order_by("-part", "id")
        ):
            rows[row.course_id].append(row)
        return rows

    def similar(self, session: Session) -> list[Session]:
        """Two coming sessions with room: first the same course, then the same theme; one a course."""
        if session.pk not in self._similar:
            self._similar[session.pk] = _similar(session)
        return self._similar[session.pk]

    def dates(self, course: Course) -> list[Session]:
        """The first three coming dates that have room, for everybody."""
        if course.pk not in self._dates:
            rows = course.sessions.upcoming(clock.now()).for_everyone(clock.now())
            joined = rows.select_related(*_SESSION).order_by("starts_at", "pk")
            self._dates[course.pk] = [row for row in joined[:10] if row.free][:3]
        return self._dates[course.pk]

    def position(self, row: Registration) -> int:
        """Place in the waiting list, 1 is first (``waiting_position`` of courses, one query a session)."""
        line = self._lines.get(row.session_id)
        if line is None:
            line = self._lines[row.session_id] = waiting_since(row.session_id)
        assert row.queued_at is not None  # it waits
        return bisect_left(line, row.queued_at) + 1

    @cached_property
    def taking_part(self) -> set[tuple[int | None, int]]:
        """(person, course) of who has, or waits for, a place in a coming date of a course in the batch."""
        return set(
            Registration.objects.filter(
                person__in=[m.person_id for m in self._messages if "course" in m.payload],
                session__in=Session.objects.upcoming(clock.now()).filter(course__in=self._courses),
                state__in=Registration.LIVE,
            ).values_list("person_id", "session__course_id")
        )

    def _read_invitations(self, keys: Iterable[int]) -> dict[int, Invitation]:
        if not keys:
            return {}
        joins = [f"session__{name}" for name in _SESSION]
        return (
            Invitation.objects.select_related(
                "person", "edition", "registration__moved_from__session", *joins
            )
            .order_by()
            .in_bulk(list(keys))
        )

    @cached_property
    def news(self) -> NewsRows:
        return NewsRows(self._messages)

    @cached_property
    def questions(self) -> QuestionRows:
        return QuestionRows(self._messages)

    @cached_property
    def _people(self) -> dict[int, Person]:
        keys = {m.person_id for m in self._messages if m.person_id}
        return Person.objects.order_by().in_bulk(keys)

    @cached_property
    def _registrations(self) -> dict[int, Registration]:
        joins = [f"session__{name}" for name in _SESSION]
        return (
            Registration.objects.select_related("person", *joins)
            .order_by()
            .in_bulk(self._ids("registration"))
        )

    @cached_property
    def _answered(self) -> dict[int, Invitation]:
        return self._read_invitations(self._ids("answered"))

    @cached_property
    def _refused(self) -> frozenset[str]:
        return addresses.blocked(set().union(*map(self._addresses, self._messages)))

    def _addresses(self, message: Message) -> set[str]:
        """Where this message would go, in lower case."""
        invitation = self.invitation(message)
        person = invitation.person if invitation else self.person(message)
        to = (invitation.address if invitation else message.to_address) or (
            person.email if person else ""
        )
        return {to.lower()}

    @cached_property
    def _notes(self) -> dict[int, Note]:
        return (
            Note.objects.select_related("sender__organisation")
            .order_by()
            .in_bulk(self._ids("note"))
        )

    @cached_property
    def _courses(self) -> dict[int, Course]:
        return Course.objects.order_by().in_bulk(self._ids("course"))

    @cached_property
    def _organisations(self) -> dict[int, Organisation]:
        return Organisation.objects.order_by().in_bulk(self._ids("organisation"))

    @cached_property
    def _access_requests(self) -> dict[int, AccessRequest]:
        return (
            AccessRequest.objects.select_related("organisation", "person")
            .order_by()
            .in_bulk(self._ids("access_request"))
        )

    @cached_property
    def _trainer_invitations(self) -> dict[int, TrainerInvitation]:
        return (
            TrainerInvitation.objects.select_related("course", "asked_by__organisation")
            .order_by()
            .in_bulk(self._ids("trainer_invitation"))
        )

    def _ids(self, name: str) -> list[int]:
        """Of this batch. One broken row must not break the query for the others."""
        found = (m.payload.get(name) for m in self._messages)
        return [key for key in found if isinstance(key, int)]


def _similar(session: Session) -> list[Session]:
    alike = Q(course_id=session.course_id)
    if session.course.theme_id is not None:
        alike |= Q(course__theme_id=session.course.theme_id)
    found = [
        row
        for row in Session.objects.upcoming(clock.now())
        .for_everyone(clock.now())
        .filter(alike)
        .exclude(pk=session.pk)
        .select_related("course")
        .order_by("starts_at")[:100]
        if row.free
    ]
    found.sort(key=lambda row: row.course_id != session.course_id)  # stable: then by date
    by_course: dict[int, Session] = {}
    for row in found:
        by_course.setdefault(row.course_id, row)
    return list(by_course.values())[:2]
