# SPDX-License-Identifier: EUPL-1.2
"""What the digests and announcements of one batch are about, read once for all of them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property

from accounts.models import Person
from base import clock
from courses.models import Course, CourseTrainer, Edition, Registration, Session
from notifications.domain import bulk
from notifications.models import Message, Preference, ProgrammeInterest
from notifications.models.message import BULK_KINDS, Kind

#: More news than this in one week is not read by anybody.
_MOST = 200


class NewsRows:
    def __init__(self, messages: Sequence[Message]) -> None:
        self._people = {m.person_id for m in messages if m.person_id and m.kind in BULK_KINDS}
        self._digest_people = {
            m.person_id for m in messages if m.person_id and m.kind == Kind.DIGEST
        }
        self._edition_ids = {
            m.payload.get("edition") for m in messages if m.kind == Kind.PROGRAMME
        } - {None}
        self._courses: dict[dt.date, list[tuple[Course, Session]]] = {}
        self._numbers: dict[int, int] = {}

    @cached_property
    def preferences(self) -> dict[int, Preference]:
        rows = (
            Preference.objects.filter(person__in=self._people)
            .select_related("person")
            .prefetch_related("themes")
        )
        return {row.person_id: row for row in rows}

    @cached_property
    def own_courses(self) -> dict[int, set[int]]:
        """Courses that somebody gives or already takes part in: no news to them."""
        found: dict[int, set[int]] = defaultdict(set)
        pairs = CourseTrainer.objects.filter(person__in=self._digest_people).values_list(
            "person_id", "course_id"
        )
        for person, course in pairs.order_by():
            found[person].add(course)
        taking_part = Registration.objects.filter(
            person__in=self._digest_people,
            state__in=Registration.LIVE,
            session__starts_at__gt=clock.now(),
        ).values_list("person_id", "session__course_id")
        for person_id, course in taking_part.order_by():
            if person_id is not None:
                found[person_id].add(course)
        return found

    def courses(self, monday: dt.date) -> list[tuple[Course, Session]]:
        """New in that week, each with its first coming date that has room; soonest first."""
        if monday not in self._courses:
            rows = list(bulk.new_courses(monday).order_by("-published_at", "pk")[:_MOST])
            sessions = (
                Session.objects.upcoming(clock.now())
                .for_everyone(clock.now())
                .filter(course__in=rows)
                .select_related("course", "location")
                .order_by("starts_at", "pk")
            )
            first: dict[int, Session] = {}
            for session in sessions:
                if session.free:
                    first.setdefault(session.course_id, session)
            self._courses[monday] = [(row.course, row) for row in first.values()]
        return self._courses[monday]

    @cached_property
    def editions(self) -> dict[int, Edition]:
        return Edition.objects.order_by().in_bulk(
            [key for key in self._edition_ids if isinstance(key, int)]
        )

    @cached_property
    def _asked(self) -> set[tuple[int, int]]:
        return set(
            ProgrammeInterest.objects.filter(
                person__in=self._people, edition__in=self.editions
            ).values_list("person_id", "edition_id")
        )

    def wants_programme(self, person: Person, edition: Edition) -> bool:
        preference = self.preferences.get(person.pk)
        return (person.pk, edition.pk) in self._asked or bool(preference and preference.digest)

    def number_of_courses(self, edition: Edition) -> int:
        """What its page lists: not the dates that are for who asked for them."""
        if edition.pk not in self._numbers:
            self._numbers[edition.pk] = (
                edition.sessions.upcoming(clock.now())
                .for_everyone(clock.now())
                .values("course")
                .distinct()
                .count()
            )
        return self._numbers[edition.pk]
