# SPDX-License-Identifier: EUPL-1.2
"""What the catalogue shows: courses with their next date, and how many each filter would leave.

A card is a course. A course passes when one and the same coming session passes place, moment and room, or,
when none of those is asked, always: a course without a date can still be found.

The database says per course which filters a coming session of it passes; combining, counting and sorting
those few hundred rows is done here. Five queries whatever is asked, six when the search index is out of date.
"""

import dataclasses
import datetime as dt
import functools
import operator
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import count
from typing import Any, NamedTuple

from django.core.paginator import Page, Paginator
from django.db.models import Case, F, Max, Min, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from base import clock
from courses.domain.listed import for_everyone
from courses.domain.search import Found, search
from courses.models import Course, CourseTrainer, Edition, Session, Theme
from courses.models.course import Format

PER_PAGE = 30

ONLINE, ON_SITE = "online", "op-locatie"
WEEK, MONTH, ALL_YEAR = "tjc-week", "deze-maand", "doorlopend"
FREE = "vrij"
BEST, SOONEST, POPULAR = "past-het-best", "eerst", "meest-gekozen"

WHERE = (ONLINE, ON_SITE)
WHEN = (WEEK, MONTH, ALL_YEAR)
SORTS = (BEST, SOONEST, POPULAR)


@dataclasses.dataclass(frozen=True)
class Filters:
    """What was asked. ``unknown`` are values that mean nothing here; they are left out."""

    query: str = ""
    themes: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    when: tuple[str, ...] = ()
    free: bool = False
    sort: str = SOONEST
    unknown: tuple[str, ...] = ()

    @property
    def number(self) -> int:
        """How many filters are on."""
        return len(self.themes) + len(self.where) + len(self.when) + int(self.free)


@dataclasses.dataclass
class Catalogue:
    filters: Filters
    #: Themes with ``number``: courses that the other filters leave.
    themes: Sequence[Theme]
    #: The same for the other options, by their value in the address.
    counts: dict[str, int]
    page: Page[Course]
    #: What the search did; None when nothing was searched for.
    found: Found | None

    @property
    def total(self) -> int:
        return self.page.paginator.count


class _Row(NamedTuple):
    """A published course; the last two only when they are asked for."""

    pk: int
    title: str
    theme: int | None
    updated_at: dt.datetime | None = None
    chosen: int = 0


def next_week() -> Edition | None:
    """The TJC-week that runs now, else the next one."""
    return _weeks().first()


def _weeks() -> "QuerySet[Edition]":
    return Edition.objects.filter(kind=Edition.Kind.WEEK, ends_on__gte=clock.today()).order_by(
        "starts_on"
    )


def catalogue(asked: Filters, page: int | str | None = 1) -> Catalogue:
    """One page of it. Courses carry ``next_session`` (or None) and ``trainer_name``; a page that does not
    exist gives the last, nonsense the first."""
    at = clock.now()
    themes = list(Theme.objects.all())
    asked = _known_themes(asked, themes)
    rows = _published(asked, at)
    found = None
    if asked.query:
        found = search(asked.query, {row.pk: (row.updated_at, row.title) for row in rows})
    if found is not None:
        rows = [row for row in rows if row.pk in found.scores]

    wanted, options = _conditions(asked, _moments(at))
    passes = _passing(at, wanted, options.values())
    if wanted is not None:
        rows_here = [row for row in rows if passes.get(row.pk, 0) & _WANTED]
    else:
        rows_here = rows

    by_theme = Counter(row.theme for row in rows_here)
    for theme in themes:
        theme.number = by_theme[theme.pk]  # type: ignore[attr-defined]
    chosen = {theme.pk for theme in themes if theme.slug in asked.themes}
    if chosen:
        rows = [row for row in rows if row.theme in chosen]
        rows_here = [row for row in rows_here if row.theme in chosen]
    together = Counter(passes.get(row.pk, 0) for row in rows)
    counts = {
        name: sum(number for bits, number in together.items() if bits & bit)
        for bit, name in zip(_bits(), options, strict=False)
    }
    ordered = _ordered(rows_here, asked.sort, list(passes), found)
    pages: Paginator[Any] = Paginator(ordered, PER_PAGE)  # of rows, and then of their courses
    shown = pages.get_page(page)
    shown.object_list = _cards([row.pk for row in shown.object_list], at, wanted)
    return Catalogue(filters=asked, themes=themes, counts=counts, page=shown, found=found)


def _ordered(
    rows: Iterable[_Row], sort: str, soonest_first: Sequence[int], found: Found | None
) -> list[_Row]:
    """Courses without a date come last, by title."""
    place = {pk: number for number, pk in enumerate(soonest_first)}
    last = len(place)
    soonest = sorted(rows, key=lambda row: (place.get(row.pk, last), row.title, row.pk))
    if sort == POPULAR:
        soonest.sort(key=lambda row: -row.chosen)
    elif sort == BEST and found is not None:
        soonest.sort(key=lambda row: -found.scores[row.pk])
    return soonest


def _known_themes(asked: Filters, themes: Sequence[Theme]) -> Filters:
    slugs = {theme.slug for theme in themes}
    return dataclasses.replace(
        asked,
        themes=tuple(slug for slug in asked.themes if slug in slugs),
        unknown=asked.unknown + tuple(slug for slug in asked.themes if slug not in slugs),
    )


def _published(asked: Filters, at: dt.datetime) -> list[_Row]:
    published = Course.objects.filter(status=Course.Status.PUBLISHED).order_by()
    courses = for_everyone(published, at)
    names = ["pk", "title", "theme"]
    if asked.query or asked.sort == POPULAR:
        names.append("updated_at")
    if asked.sort == POPULAR:
        courses = courses.annotate(chosen=Coalesce(Sum("sessions__taken"), 0))
        names.append("chosen")
    return [_Row(*values) for values in courses.values_list(*names)]


# --- what coming sessions pass ---------------------------------------------------------------------


def _conditions(asked: Filters, moments: Mapping[str, Q]) -> tuple[Q | None, dict[str, Q]]:
    """Which session will do, None when any course will, also without a date; and the same for each option."""

    def passing(*, where: Collection[str], when: Collection[str], free: bool) -> Q | None:
        if not (where or when or free):
            return None
        wanted = _any(_place, where) & _any(moments.__getitem__, when)
        return wanted & Q(taken__lt=F("capacity")) if free else wanted

    now: dict[str, Any] = {"where": asked.where, "when": asked.when, "free": asked.free}
    changes: dict[str, dict[str, Any]] = {
        **{value: {"where": [value]} for value in WHERE},
        **{value: {"when": [value]} for value in WHEN},
        FREE: {"free": True},
    }
    options = {
        name: passing(**now | change) or Q(pk__isnull=False) for name, change in changes.items()
    }
    return passing(**now), options


_WANTED = 1


def _bits() -> Iterator[int]:
    """One for each option, beside the one of what is wanted."""
    return (_WANTED << number for number in count(1))


def _passing(at: dt.datetime, wanted: Q | None, options: Iterable[Q]) -> dict[int, int]:
    """Of each course with coming sessions the bits of what one of them passes, whose wanted date is first
    first. One number a course, for reading a column costs more than making it."""

    def bit(value: int, condition: Q) -> Max:
        return Max(Case(When(condition, then=Value(value)), default=Value(0)))

    parts = [bit(value, condition) for value, condition in zip(_bits(), options, strict=False)]
    if wanted is not None:
        parts.append(bit(_WANTED, wanted))
    rows = (
        _coming(at)
        .values("course")
        .annotate(
            passes=functools.reduce(operator.add, parts), first=Min("starts_at", filter=wanted)
        )
        .order_by(F("first").asc(nulls_last=True), "course__title", "course")
    )
    return dict(rows.values_list("course", "passes"))


def _coming(at: dt.datetime) -> "QuerySet[Session]":
    return Session.objects.planned().filter(starts_at__gt=at).for_everyone(at)


def _place(value: str) -> Q:
    return Q(format__in=(Format.ONLINE if value == ONLINE else Format.ON_SITE, Format.HYBRID))


def _moments(at: dt.datetime) -> dict[str, Q]:
    local = clock.local(at)
    first = (local.replace(day=1) + dt.timedelta(days=32)).date().replace(day=1)
    return {
        WEEK: Q(edition=Subquery(_weeks().values("pk")[:1])),
        MONTH: Q(starts_at__lt=clock.from_wall_time(first, dt.time())),
        ALL_YEAR: Q(edition__isnull=True) | Q(edition__kind=Edition.Kind.SERIES),
    }


def _any(condition: Callable[[str], Q], values: Collection[str]) -> Q:
    """True when one of the values passes; no values, no condition."""
    wanted = Q()
    for value in values:
        wanted |= condition(value)
    return wanted


# --- one page of cards -----------------------------------------------------------------------------


def _cards(pks: list[int], at: dt.datetime, wanted: Q | None) -> list[Course]:
    """These courses in this order, each with its next date and the name of its trainer. Two queries."""
    coming = _coming(at).filter(wanted or Q(), course=OuterRef("pk")).order_by("starts_at", "pk")
    lead = CourseTrainer.objects.filter(course=OuterRef("pk"), part=CourseTrainer.Part.LEAD)
    courses = (
        Course.objects.annotate(
            next_id=Subquery(coming.values("pk")[:1]),
            trainer_name=Subquery(lead.values("person__name")[:1]),
        )
        .select_related("theme", "organisation")
        .only(
            "title",
            "slug",
            "language",
            "format",
            "status",
            "theme__name",
            "theme__tint",
            "theme__icon",
            "organisation__name",
        )
        .in_bulk(pks)
    )
    sessions = (
        Session.objects.select_related("location")
        .only(
            "starts_at",
            "ends_at",
            "format",
            "capacity",
            "taken",
            "status",
            "location__name",
            "location__city",
        )
        .in_bulk([course.next_id for course in courses.values() if course.next_id])
    )
    for course in courses.values():
        course.next_session = sessions.get(course.next_id)  # type: ignore[attr-defined]
    return [courses[pk] for pk in pks if pk in courses]
