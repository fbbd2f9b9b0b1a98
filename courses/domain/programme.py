# SPDX-License-Identifier: EUPL-1.2
"""The programme of an edition: days by start times. Three queries, whatever its size.

A busy slot is cut off in the database (a week may hold 5,000 sessions); how many there are is counted there.
A programme that fits on paper is read whole, and the page keeps what it does not show for the printer.
"""

import dataclasses
import datetime as dt
from collections import defaultdict
from typing import Any

from django.db.models import BooleanField, Count, Exists, F, OuterRef, QuerySet, Value, Window
from django.db.models.functions import RowNumber

from accounts.models import Person
from base import clock
from courses.models import Course, Edition, Registration, Session, Theme

#: Lessons of one start time that the grid shows; the others are one link away.
SHOWN = 3
#: What a page of one day shows at most per start time.
SHOWN_ON_DAY = 200
#: Paper has no links: up to so many sessions in the edition, the whole programme is on it.
PRINTED = 600
LUNCH = dt.time(12)
AFTERNOON = dt.time(13)


@dataclasses.dataclass
class Slot:
    """One start time on one day."""

    sessions: list[Session] = dataclasses.field(default_factory=list)
    number: int = 0
    #: Those that are on paper only.
    printed: list[Session] = dataclasses.field(default_factory=list)

    @property
    def more(self) -> int:
        return self.number - len(self.sessions)


@dataclasses.dataclass
class Programme:
    edition: Edition
    days: list[dt.date]
    #: Start times on the wall clock; the lunch break stands at 12:00 and has no slots.
    times: list[dt.time]
    lunch: dt.time | None
    slots: dict[tuple[dt.date, dt.time], Slot]
    themes: list[Theme]
    #: The person's own sessions, of all themes.
    mine: list[Session]
    number_of_courses: int

    def on(self, day: dt.date) -> list[tuple[dt.time, Slot]]:
        """The day from morning to evening; start times without sessions left out."""
        return [(time, self.slots[day, time]) for time in self.times if (day, time) in self.slots]

    def number_on(self, day: dt.date) -> int:
        return sum(slot.number for (other, _time), slot in self.slots.items() if other == day)

    @property
    def overlaps(self) -> list[tuple[Session, Session]]:
        """Pairs of own sessions that are on at the same time."""
        return [
            (first, second)
            for index, first in enumerate(self.mine)
            for second in self.mine[index + 1 :]
            if second.starts_at < first.ends_at
        ]


def edition_of_week(day: dt.date | None = None) -> Edition | None:
    """The TJC-week of that day; without a day the one that runs now, else the next, else the last."""
    weeks = Edition.objects.filter(kind=Edition.Kind.WEEK)
    if day is not None:
        return weeks.filter(starts_on__lte=day, ends_on__gte=day).first()
    coming = weeks.filter(ends_on__gte=clock.today()).order_by("starts_on").first()
    return coming or weeks.order_by("-starts_on").first()


def programme(
    edition: Edition,
    person: Person | None = None,
    *,
    theme: str = "",
    only_mine: bool = False,
    day: dt.date | None = None,
) -> Programme:
    """With ``day`` that day in full, else the whole edition with a few per start time."""
    planned = Session.objects.planned().filter(
        edition=edition, course__status=Course.Status.PUBLISHED
    )
    mine = _own(planned, person) if person is not None else []
    everything = planned.for_everyone(clock.now())
    themes = list(Theme.objects.filter(Exists(everything.filter(course__theme=OuterRef("pk")))))
    shown = everything.annotate(
        is_mine=Value(False, output_field=BooleanField())
        if person is None
        else Exists(_taking_part(person).filter(session=OuterRef("pk")))
    )
    if theme:
        shown = shown.filter(course__theme__slug=theme)
    if only_mine:
        shown = shown.filter(is_mine=True)
    if day is not None:
        shown = shown.filter(**_within(day))
    numbers = everything.aggregate(courses=Count("course", distinct=True), sessions=Count("pk"))
    limit = SHOWN if day is None else SHOWN_ON_DAY
    read = PRINTED if numbers["sessions"] <= PRINTED else limit
    slots: dict[tuple[dt.date, dt.time], Slot] = defaultdict(Slot)
    for session in _first_of_each_time(shown, max(read, limit)):
        start = clock.local(session.starts_at)
        slot = slots[start.date(), start.time().replace(second=0, microsecond=0)]
        (slot.sessions if len(slot.sessions) < limit else slot.printed).append(session)
        slot.number = session.number_at_time  # type: ignore[attr-defined]
    times, lunch = _times(edition, {time for _day, time in slots})
    days = edition.days if day is None else [day]
    return Programme(
        edition=edition,
        days=days,
        times=times,
        lunch=lunch,
        slots=dict(slots),
        themes=themes,
        mine=mine,
        number_of_courses=numbers["courses"],
    )


def _taking_part(person: Person) -> "QuerySet[Registration]":
    return Registration.objects.filter(
        person=person,
        state__in=(
            Registration.State.REGISTERED,
            Registration.State.ATTENDED,
            Registration.State.ABSENT,
        ),
    )


def _own(everything: "QuerySet[Session]", person: Person) -> list[Session]:
    return list(
        everything.filter(pk__in=_taking_part(person).values("session"))
        .select_related("course")
        .order_by("starts_at", "pk")
    )


def _first_of_each_time(sessions: "QuerySet[Session]", limit: int) -> "QuerySet[Session]":
    window: dict[str, Any] = {"partition_by": [F("starts_at")]}
    return (
        sessions.annotate(
            number_at_time=Window(Count("pk"), **window),
            rank=Window(
                RowNumber(), order_by=[F("is_mine").desc(), "course__title", "pk"], **window
            ),
        )
        .filter(rank__lte=limit)
        .select_related("course__theme", "location")
        .order_by("starts_at", "rank")
    )


def _within(day: dt.date) -> dict[str, dt.datetime]:
    return {
        "starts_at__gte": clock.from_wall_time(day, dt.time()),
        "starts_at__lt": clock.from_wall_time(day + dt.timedelta(days=1), dt.time()),
    }


def _times(edition: Edition, used: set[dt.time]) -> tuple[list[dt.time], dt.time | None]:
    """Rows of the grid, and where the break is: between morning and afternoon, when nothing is on."""
    planned = set()
    for text in edition.slots:
        try:
            planned.add(dt.time.fromisoformat(text))
        except (TypeError, ValueError):
            continue  # typed in the admin; a programme without that row still reads well
    times = sorted(used | planned)
    around_noon = any(LUNCH <= time < AFTERNOON for time in times)
    has_break = any(t < LUNCH for t in times) and any(t >= AFTERNOON for t in times)
    if around_noon or not has_break:
        return times, None
    return sorted([*times, LUNCH]), LUNCH
