# SPDX-License-Identifier: EUPL-1.2
"""Editions, themes, courses and sessions; dates follow from today, choices from the given Random.

Sessions are planned here and saved by the caller, once it knows how many seats are taken.
"""

import datetime as dt
from dataclasses import dataclass, field
from random import Random
from typing import Literal

from base import clock
from courses.models import Course, CourseTrainer, Edition, Location, Session, Theme
from courses.models.edition import HALF_DAY_MINUTES, WEEK_OR_DAY_MINUTES
from tjc.demo.loading.people import TRAINER, People
from tjc.demo.loading.source import CourseText, Source

SLOTS = ["09:00", "10:00", "11:00", "13:30", "15:00"]
#: Only drafts: the trainer has not finished them.
DRAFTS = 2
#: Weeks between a TJC-week and the same week a year earlier.
A_YEAR = dt.timedelta(weeks=52)
#: Days until which colleagues of the own organisation cannot take the kept seats.
KEPT_UNTIL_DAYS_BEFORE = 5

When = Literal["past", "recent", "coming"]


@dataclass
class Plan:
    """A session with what the loader must know to fill it."""

    session: Session
    text: CourseText
    when: When
    waiting: int = 0
    fill: float = 0.0


@dataclass
class Programme:
    week: Edition
    past_week: Edition
    courses: dict[str, Course]
    plans: list[Plan] = field(default_factory=list)

    def of(self, key: str, when: When) -> list[Plan]:
        return [plan for plan in self.plans if plan.text["key"] == key and plan.when == when]


def next_week(today: dt.date) -> dt.date:
    """The Monday of the coming TJC-week: 14 to 20 days ahead."""
    earliest = today + dt.timedelta(days=14)
    return earliest + dt.timedelta(days=-earliest.weekday() % 7)


def load(source: Source, people: People, *, today: dt.date, random: Random) -> Programme:
    monday = next_week(today)
    themes = {text["slug"]: Theme(**text) for text in source.themes}
    Theme.objects.bulk_create(themes.values())
    editions = _editions(monday, today)
    drafts = _draft_keys(source)
    courses = _courses(source, people, themes, drafts, today=today, random=random)
    programme = Programme(editions["week"], editions["past"], courses)
    planner = _Planner(programme, editions, _locations(source, people), random)
    for text in source.courses:
        if text["key"] not in drafts:
            planner.plan(text, today=today, monday=monday)
    return programme


def _draft_keys(source: Source) -> set[str]:
    """Year-round courses that were never given, of trainers who teach nothing else."""
    only_year = [
        text["key"]
        for text in source.courses
        if text["offers"] == ["year"] and text["trainer"] != TRAINER
    ]
    return set(only_year[-DRAFTS:])


def _editions(monday: dt.date, today: dt.date) -> dict[str, Edition]:
    year = (monday + dt.timedelta(days=3)).year  # of the Thursday, as ISO weeks count
    past = monday - A_YEAR
    day = monday + dt.timedelta(days=35 + 3)  # a Thursday, five weeks later
    common = {"slots": SLOTS, "max_minutes": WEEK_OR_DAY_MINUTES}
    rows = {
        "week": Edition(
            slug=f"tjc-week-{year}",
            name=f"TJC-week {year}",
            kind=Edition.Kind.WEEK,
            description="Een week lang leren ambtenaren van elkaar. Hooguit een uur per keer.",
            starts_on=monday,
            ends_on=monday + dt.timedelta(days=4),
            programme_published_at=_at(today - dt.timedelta(days=21), "09:00"),
            **common,
        ),
        "past": Edition(
            slug=f"tjc-week-{year - 1}",
            name=f"TJC-week {year - 1}",
            kind=Edition.Kind.WEEK,
            description="De vorige TJC-week.",
            starts_on=past,
            ends_on=past + dt.timedelta(days=4),
            programme_published_at=_at(past - dt.timedelta(days=42), "09:00"),
            **common,
        ),
        "day": Edition(
            slug=f"tjc-dag-{day:%Y-%m-%d}",
            name="TJC-dag",
            kind=Edition.Kind.DAY,
            description="Eén dag vol korte cursussen.",
            starts_on=day,
            ends_on=day,
            programme_published_at=_at(today - dt.timedelta(days=7), "09:00"),
            **common,
        ),
        "series": Edition(
            slug=f"verdieping-{year}",
            name="Een dagdeel verdieping",
            kind=Edition.Kind.SERIES,
            description="Cursussen van hooguit een dagdeel, het hele jaar door.",
            starts_on=today - dt.timedelta(days=60),
            ends_on=today + dt.timedelta(days=240),
            slots=["09:00", "13:30"],
            max_minutes=HALF_DAY_MINUTES,
            programme_published_at=_at(today - dt.timedelta(days=60), "09:00"),
        ),
    }
    Edition.objects.bulk_create(rows.values())
    return rows


def _at(day: dt.date, slot: str) -> dt.datetime:
    return clock.from_wall_time(day, dt.time.fromisoformat(slot))


def _locations(source: Source, people: People) -> dict[str, Location]:
    """By course key; courses that name the same room of the same organisation share the row."""
    rooms: dict[tuple[int, str, str, str], Location] = {}
    by_course = {}
    for text in source.courses:
        if text["location"] is None:
            continue
        organisation = people[text["trainer"]].organisation
        assert organisation is not None
        where = text["location"]
        key = (organisation.pk, where["name"], where["room"], where["city"])
        rooms.setdefault(
            key, Location(organisation=organisation, province=organisation.province, **where)
        )
        by_course[text["key"]] = rooms[key]
    Location.objects.bulk_create(rooms.values())
    return by_course


def _courses(
    source: Source,
    people: People,
    themes: dict[str, Theme],
    drafts: set[str],
    *,
    today: dt.date,
    random: Random,
) -> dict[str, Course]:
    rows = {}
    for text in source.courses:
        # Older than last year's week when it was given there, else of the past weeks.
        days = random.randrange(420, 460) if "past" in text["offers"] else random.randrange(1, 60)
        published = _at(today - dt.timedelta(days=days), "08:00")
        draft = text["key"] in drafts
        rows[text["key"]] = Course(
            slug=text["key"][:140],
            title=text["title"],
            promise=text["promise"],
            goals=text["goals"],
            description=text["description"],
            bring=text["bring"],
            quote=text["quote"],
            audience=text["audience"],
            level=text["level"],
            language=text["language"],
            format=text["format"],
            minutes=text["minutes"],
            max_participants=text["capacity"],
            theme=themes[text["theme"]],
            organisation=people[text["trainer"]].organisation,
            status=Course.Status.DRAFT if draft else Course.Status.PUBLISHED,
            published_at=None if draft else published,
        )
    Course.objects.bulk_create(rows.values())
    CourseTrainer.objects.bulk_create(
        CourseTrainer(course=rows[text["key"]], person=people[key], part=part)
        for text in source.courses
        for key, part in (
            (text["trainer"], CourseTrainer.Part.LEAD),
            *((co, CourseTrainer.Part.CO) for co in text["co_trainers"]),
        )
    )
    return rows


class _Planner:
    """Gives every course its dates; a trainer is never in two places at once."""

    def __init__(
        self,
        programme: Programme,
        editions: dict[str, Edition],
        locations: dict[str, Location],
        random: Random,
    ) -> None:
        self.programme = programme
        self.editions = editions
        self.locations = locations
        self.random = random
        self.busy: set[tuple[str, dt.date, str]] = set()
        self.had_three_dates = False

    def plan(self, text: CourseText, *, today: dt.date, monday: dt.date) -> None:
        offers = text["offers"]
        if "past" in offers:
            for _ in range(2 if self._chance(0.6) else 1):
                self._in_week(text, self.editions["past"], "past")
        if "week" in offers:
            self._plan_week(text)
        if "year" in offers:
            self._plan_year(text, today=today, monday=monday)
        elif text["trainer"] == TRAINER:
            # The demo's trainer has something to mark: given the last working day.
            self._add(text, _workday(today, -1), None, "recent")

    def _plan_week(self, text: CourseText) -> None:
        dates = 2 if self._chance(0.55) else 1
        if not self.had_three_dates and text["format"] == "online":
            self.had_three_dates, dates = True, 3
        for _ in range(dates):
            self._in_week(text, self.editions["week"], "coming")
        if self._chance(0.2):
            self._add(text, self.editions["day"].starts_on, self.editions["day"], "coming")

    def _plan_year(self, text: CourseText, *, today: dt.date, monday: dt.date) -> None:
        """Once after the TJC-week; some also in the coming days, some in the past ones."""
        edition = self.editions["series"] if text["series"] else None
        after = monday + dt.timedelta(days=7 + 7 * self.random.randrange(8))
        self._add(text, after + dt.timedelta(days=self.random.randrange(5)), edition, "coming")
        if self._chance(0.4):
            self._add(text, _workday(today, 1 + self.random.randrange(10)), edition, "coming")
        if self._chance(0.3):
            self._add(text, _workday(today, -2 - self.random.randrange(8)), edition, "recent")

    def _chance(self, share: float) -> bool:
        return self.random.random() < share

    def _in_week(self, text: CourseText, edition: Edition, when: When) -> None:
        # Tuesday and Thursday are the busy days, Friday is quiet.
        day = self.random.choices(edition.days, weights=[18, 25, 20, 25, 12])[0]
        self._add(text, day, edition, when)

    def _add(self, text: CourseText, day: dt.date, edition: Edition | None, when: When) -> None:
        slot = self._free_slot(text, day)
        starts_at = _at(day, slot)
        online = text["format"] != "on_site"
        session = Session(
            course=self.programme.courses[text["key"]],
            edition=edition,
            starts_at=starts_at,
            ends_at=starts_at + dt.timedelta(minutes=text["minutes"]),
            max_minutes=edition.max_minutes if edition else HALF_DAY_MINUTES,
            format=text["format"],
            location=self.locations.get(text["key"]),
            online_url=f"https://vergaderen.example/{self.random.randrange(16**10):010x}"
            if online
            else "",
            capacity=text["capacity"],
        )
        self.programme.plans.append(Plan(session, text, when))

    def _free_slot(self, text: CourseText, day: dt.date) -> str:
        slots = ["09:00", "13:30"] if text["minutes"] > WEEK_OR_DAY_MINUTES else SLOTS
        order = self.random.sample(slots, len(slots))
        everyone = [text["trainer"], *text["co_trainers"]]
        free = [s for s in order if not any((who, day, s) in self.busy for who in everyone)]
        slot = (free or order)[0]
        self.busy.update((who, day, slot) for who in everyone)
        return slot


def _workday(today: dt.date, offset: int) -> dt.date:
    """The working day that many working days from today (negative: before)."""
    day, step = today, 1 if offset > 0 else -1
    while offset:
        day += dt.timedelta(days=step)
        if day.weekday() < 5:  # noqa: PLR2004 - Monday to Friday
            offset -= step
    return day
