# SPDX-License-Identifier: EUPL-1.2
"""Editions, themes, courses with their trainers, and the dates; dates follow from today."""

import dataclasses
import datetime as dt
import itertools

from django.utils.text import slugify

from base import clock
from courses.domain import search
from courses.models import Course, CourseTrainer, Edition, Location, Session, Theme
from courses.models.edition import HALF_DAY_MINUTES, WEEK_OR_DAY_MINUTES
from tjc.seeding import texts
from tjc.seeding.crowd import BATCH, Crowd
from tjc.seeding.volume import Dice

SLOTS = ["09:00", "10:00", "11:00", "13:30", "15:00"]
A_YEAR = dt.timedelta(weeks=52)
CAPACITIES = [12, 15, 16, 20, 20, 25, 30, 40, 60, 100]
#: Seats are half as many again as the people who ask for one, so that only popular dates are full.
ROOM = 1.5
#: Which share of the dates is in the past week, the coming week, the past months and the coming months.
SHARES = (0.35, 0.35, 0.1, 0.2)
CALLED_OFF = 0.02
KEEPS_SEATS = 0.04
#: Dates are saved this many at a time.
CHUNK = 500


@dataclasses.dataclass
class Plan:
    """One date that is to be, and how popular it is."""

    course: Course
    day: dt.date
    time: dt.time
    minutes: int
    edition: Edition | None
    weight: float
    trainers: set[int]


def courses(number: int, crowd: Crowd, *, trainers: int, run: int) -> list[Course]:
    """Each with one lead trainer; who is left when every course has one, co-teaches."""
    if not number:
        return []
    dice = Dice(f"courses {run}")
    themes = list(Theme.objects.order_by("slug")) or _themes()
    titles = [
        f"{verb} {subject} {audience}"
        for verb, subject, audience in itertools.product(
            texts.VERBS, texts.SUBJECTS, texts.AUDIENCES
        )
    ]
    dice.shuffle(titles)
    now = clock.now()
    rows = []
    for n in range(number):
        lead = crowd.people[n % trainers]
        assert lead.organisation is not None
        title = titles[n % len(titles)]
        again = n // len(titles)
        form = dice.choices(["online", "on_site", "hybrid"], weights=[6, 3, 1])[0]
        rows.append(
            Course(
                public_id=dice.public_id(),
                slug=f"zaad-{run}-{n + 1}-{slugify(title)}"[:140],
                title=f"{title} ({again + 1})" if again else title,
                promise=dice.choice(texts.PROMISES),
                goals=["Je kunt het zelf.", "Je weet waar je meer vindt."],
                description=f"We beginnen met **{title.lower()}** en eindigen met jouw eigen werk.",
                theme=dice.choice(themes),
                organisation=lead.organisation,
                format=form,
                minutes=dice.choice([30, 45, 60, 60, 60]),
                level=dice.choice(["iedereen", "iedereen", "beginner", "gevorderd"]),
                status=Course.Status.PUBLISHED,
                published_at=now - dt.timedelta(days=dice.uniform(400, 700)),
            )
        )
    Course.objects.bulk_create(rows, batch_size=BATCH)
    _trainers(rows, crowd, trainers, dice)
    search.refresh(Course.objects.filter(slug__startswith=f"zaad-{run}-"))
    return rows


def _themes() -> list[Theme]:
    rows = [
        Theme(slug=slug, name=name, tint=tint, icon=icon) for slug, name, tint, icon in texts.THEMES
    ]
    return Theme.objects.bulk_create(rows)


def _trainers(rows: list[Course], crowd: Crowd, trainers: int, dice: Dice) -> None:
    lead, co = CourseTrainer.Part.LEAD, CourseTrainer.Part.CO
    pairs = [
        CourseTrainer(course=course, person=crowd.people[n % trainers], part=lead)
        for n, course in enumerate(rows)
    ]
    pairs += [
        CourseTrainer(course=rows[n % len(rows)], person=crowd.people[n], part=co)
        for n in range(len(rows), trainers)
    ]
    if 1 < trainers <= len(rows):
        pairs += [
            CourseTrainer(course=course, person=crowd.people[(n + 1) % trainers], part=co)
            for n, course in enumerate(rows)
            if dice.chance(0.15)
        ]
    CourseTrainer.objects.bulk_create(pairs, batch_size=BATCH)


class Planner:
    """Dates for courses: each course gets one before any gets a second."""

    def __init__(self, courses: list[Course], *, run: int, edition_slug: str = "") -> None:
        self.courses = courses
        self.dice = Dice(f"dates {run}")
        self.today = clock.today()
        self.editions = [_edition(edition_slug, self.today)] if edition_slug else _weeks(self.today)
        self.only = bool(edition_slug)
        self.locations = _locations(courses) if courses else {}
        self.trainers: dict[int, set[int]] = {}
        pairs = CourseTrainer.objects.filter(course__in=courses)
        for course_id, person_id in pairs.values_list("course_id", "person_id"):
            self.trainers.setdefault(course_id, set()).add(person_id)

    def plan(self, number: int) -> list[Plan]:
        popular = list(itertools.accumulate(self.dice.lognormvariate(0, 0.6) for _ in self.courses))
        turns = list(range(min(number, len(self.courses))))
        turns += self.dice.choices(
            range(len(self.courses)), cum_weights=popular, k=number - len(turns)
        )
        times = [self.dice.randrange(1000) for _ in self.courses]
        plans = []
        for turn in turns:
            times[turn] += 1
            plans.append(self._one(self.courses[turn], times[turn]))
        return plans

    def _one(self, course: Course, turn: int) -> Plan:
        """``turn`` goes round the slots, so that a trainer is rarely in two places at once."""
        dice = self.dice
        if self.only:
            edition: Edition | None = self.editions[0]
            kind = 0
        else:
            kind = dice.choices(range(len(SHARES)), weights=SHARES)[0]
            edition = self.editions[kind] if kind < len(self.editions) else None
        slots = edition.slots or SLOTS if edition else SLOTS
        if edition is not None:
            days = edition.days
        else:
            sign = -1 if kind == 2 else 1  # noqa: PLR2004 - third share: the past months
            days = [
                day
                for n in range(1, 121)
                if (day := self.today + dt.timedelta(days=sign * n)).weekday() < 5  # noqa: PLR2004
            ]
        place = turn % (len(days) * len(slots))
        minutes = min(course.minutes, edition.max_minutes if edition else HALF_DAY_MINUTES)
        return Plan(
            course=course,
            day=days[place // len(slots)],
            time=dt.time.fromisoformat(slots[place % len(slots)]),
            minutes=minutes,
            edition=edition,
            weight=dice.lognormvariate(0, 0.8),
            trainers=self.trainers[course.pk],
        )

    def session(self, plan: Plan, *, mean_demand: float) -> Session:
        """The unsaved date."""
        dice = self.dice
        start = clock.from_wall_time(plan.day, plan.time)
        scale = max(1.0, ROOM * mean_demand / (sum(CAPACITIES) / len(CAPACITIES)))
        capacity = round(dice.choice(CAPACITIES) * scale)
        edition = plan.edition
        online = plan.course.format in {"online", "hybrid"}
        row = Session(
            public_id=dice.public_id(),
            course=plan.course,
            edition=edition,
            starts_at=start,
            ends_at=start + dt.timedelta(minutes=plan.minutes),
            max_minutes=edition.max_minutes if edition else HALF_DAY_MINUTES,
            format=plan.course.format,
            location=(
                None
                if plan.course.format == "online"
                else self.locations[plan.course.organisation_id]
            ),
            online_url=f"https://vergadering.example/{dice.getrandbits(40):x}" if online else "",
            capacity=capacity,
        )
        now = clock.now()
        if dice.chance(CALLED_OFF):
            row.status = Session.Status.CANCELLED
            row.cancelled_at = min(now, start) - dt.timedelta(days=2)
            row.cancel_reason = "De trainer is ziek."
        elif start > now + dt.timedelta(days=6) and dice.chance(KEEPS_SEATS):
            row.reserved_seats = capacity // 4
            row.reserved_until = start - dt.timedelta(days=5)
        return row


def _edition(slug: str, today: dt.date) -> Edition:
    """The edition of that slug, or a new coming TJC-week."""
    return Edition.objects.filter(slug=slug).first() or _week(slug, _coming_monday(today), today)


def _weeks(today: dt.date) -> list[Edition]:
    """The past and the coming TJC-week: those that are there, else new ones."""
    weeks = Edition.objects.filter(kind=Edition.Kind.WEEK)
    monday = _coming_monday(today)
    past = weeks.filter(ends_on__lt=today).order_by("-starts_on").first()
    coming = weeks.filter(starts_on__gt=today).order_by("starts_on").first()
    return [
        past or _week(f"zaad-tjc-week-{monday.year - 1}", monday - A_YEAR, today),
        coming or _week(f"zaad-tjc-week-{monday.year}", monday, today),
    ]


def _coming_monday(today: dt.date) -> dt.date:
    """Two to three weeks ahead, as in the demo."""
    earliest = today + dt.timedelta(days=14)
    return earliest + dt.timedelta(days=-earliest.weekday() % 7)


def _week(slug: str, monday: dt.date, today: dt.date) -> Edition:
    public = min(today, monday) - dt.timedelta(days=21)
    return Edition.objects.create(
        slug=slug,
        name=f"TJC-week {monday.year}",
        kind=Edition.Kind.WEEK,
        starts_on=monday,
        ends_on=monday + dt.timedelta(days=4),
        programme_published_at=clock.from_wall_time(public, dt.time(9)),
        slots=SLOTS,
        max_minutes=WEEK_OR_DAY_MINUTES,
    )


def _locations(courses: list[Course]) -> dict[int, Location]:
    """One building for every organisation that teaches."""
    homes = {course.organisation_id: course.organisation for course in courses}
    rows = [
        Location(
            organisation=home,
            name="Bestuursgebouw",
            room="Zaal 1",
            city=home.name.split()[-1],
            province=home.province,
        )
        for home in homes.values()
    ]
    Location.objects.bulk_create(rows, batch_size=BATCH)
    return {row.organisation_id: row for row in rows}
