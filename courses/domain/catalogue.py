# SPDX-License-Identifier: EUPL-1.2
"""What the catalogue shows: courses with their next date, and how many each filter would leave.

A card is a course. A course passes when one and the same coming session passes place, moment and room, or,
when none of those is asked, always: a course without a date can still be found. Six queries at most,
whatever the number of courses.
"""

import dataclasses
import datetime as dt
from collections.abc import Callable, Collection, Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from base import clock
from courses.domain import search
from courses.models import Course, CourseTrainer, Edition, Session, Theme
from courses.models.course import Format

PER_PAGE = 30

ONLINE, ON_SITE = "online", "op-locatie"
WEEK, MONTH, ALL_YEAR = "tjc-week", "deze-maand", "doorlopend"
SOONEST, POPULAR = "eerst", "meest-gekozen"

WHERE = (ONLINE, ON_SITE)
WHEN = (WEEK, MONTH, ALL_YEAR)
SORTS = (SOONEST, POPULAR)


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

    @property
    def total(self) -> int:
        return self.page.paginator.count


def next_week() -> Edition | None:
    """The TJC-week that runs now, else the next one."""
    return (
        Edition.objects.filter(kind=Edition.Kind.WEEK, ends_on__gte=clock.today())
        .order_by("starts_on")
        .first()
    )


def catalogue(asked: Filters, page: int | str | None = 1) -> Catalogue:
    """One page of it. Courses carry ``next_session`` (or None) and ``trainer_name``; a page that does not
    exist gives the last, nonsense the first."""
    at = clock.now()
    week = next_week()
    moments = _moments(at, week)
    found = search.matching(Course.objects.filter(status=Course.Status.PUBLISHED), asked.query)

    def passing(*, where: Collection[str], when: Collection[str], free: bool) -> Q | None:
        """Which coming session will do; None when any course will, also without a date."""
        if not (where or when or free):
            return None
        wanted = _any(_place, where) & _any(moments.__getitem__, when)
        return wanted & Q(taken__lt=F("capacity")) if free else wanted

    def has(wanted: Q | None) -> list[Exists]:
        return [] if wanted is None else [Exists(_coming(at).filter(wanted))]

    asked_now: dict[str, Any] = {"where": asked.where, "when": asked.when, "free": asked.free}
    options: dict[str, dict[str, Any]] = {
        **{value: {"where": [value]} for value in WHERE},
        **{value: {"when": [value]} for value in WHEN},
        "vrij": {"free": True},
    }
    themes = list(
        Theme.objects.annotate(
            number=Coalesce(
                Subquery(
                    found.filter(*has(passing(**asked_now)), theme=OuterRef("pk"))
                    .order_by()
                    .values("theme")
                    .annotate(number=Count("pk"))
                    .values("number"),
                    output_field=IntegerField(),
                ),
                0,
            )
        )
    )
    slugs = {theme.slug for theme in themes}
    strange = tuple(slug for slug in asked.themes if slug not in slugs)
    if strange:
        asked = dataclasses.replace(
            asked,
            themes=tuple(slug for slug in asked.themes if slug in slugs),
            unknown=asked.unknown + strange,
        )
    chosen: list[int] = []
    if asked.themes:
        chosen = [theme.pk for theme in themes if theme.slug in asked.themes]
        found = found.filter(theme__in=chosen)
    wanted = passing(**asked_now)
    coming = search.matching(Session.objects.upcoming(at), asked.query, field="course__search_text")
    if asked.themes:
        coming = coming.filter(course__theme__in=chosen)
    # Counted over the sessions: one pass, where an EXISTS for every option takes twice the time.
    conditions = [passing(**asked_now | changed) for changed in options.values()]
    counted = list(
        coming.aggregate(
            **{
                f"n{number}": Count("course", distinct=True, filter=condition)
                for number, condition in enumerate([*conditions, wanted or Q(pk__isnull=False)])
            }
        ).values()
    )
    numbers = dict(zip(options, counted, strict=False))
    paginator = Paginator(_ordered(found.filter(*has(wanted)), asked.sort, wanted, at), PER_PAGE)
    paginator.count = found.count() if wanted is None else counted[-1]
    shown = paginator.get_page(page)
    shown.object_list = list(shown.object_list)
    _give_sessions(shown.object_list)
    return Catalogue(filters=asked, themes=themes, counts=numbers, page=shown)


def _coming(at: dt.datetime) -> "QuerySet[Session]":
    return Session.objects.planned().filter(course=OuterRef("pk"), starts_at__gt=at)


def _place(value: str) -> Q:
    return Q(format__in=(Format.ONLINE if value == ONLINE else Format.ON_SITE, Format.HYBRID))


def _moments(at: dt.datetime, week: Edition | None) -> dict[str, Q]:
    local = clock.local(at)
    first = (local.replace(day=1) + dt.timedelta(days=32)).date().replace(day=1)
    return {
        WEEK: Q(edition_id=week.pk if week else 0),
        MONTH: Q(starts_at__lt=clock.from_wall_time(first, dt.time())),
        ALL_YEAR: Q(edition__isnull=True) | Q(edition__kind=Edition.Kind.SERIES),
    }


def _any(condition: Callable[[str], Q], values: Collection[str]) -> Q:
    """True when one of the values passes; no values, no condition."""
    wanted = Q()
    for value in values:
        wanted |= condition(value)
    return wanted


def _ordered(
    courses: "QuerySet[Course]", sort: str, wanted: Q | None, at: dt.datetime
) -> "QuerySet[Course]":
    coming = _coming(at).filter(wanted or Q()).order_by("starts_at", "pk")
    courses = courses.annotate(
        next_id=Subquery(coming.values("pk")[:1]),
        next_start=Subquery(coming.values("starts_at")[:1]),
        trainer_name=Subquery(
            CourseTrainer.objects.filter(
                course=OuterRef("pk"), part=CourseTrainer.Part.LEAD
            ).values("person__name")[:1]
        ),
    )
    soonest = F("next_start").asc(nulls_last=True)
    order: tuple[Any, ...] = (soonest, "title", "pk")
    if sort == POPULAR:
        chosen = (
            Session.objects.filter(course=OuterRef("pk"))
            .order_by()
            .values("course")
            .annotate(chosen=Sum("taken"))
            .values("chosen")
        )
        courses = courses.annotate(chosen=Coalesce(Subquery(chosen), 0))
        order = ("-chosen", *order)
    return (
        courses.select_related("theme", "organisation")
        .only(
            "title",
            "slug",
            "format",
            "status",
            "theme__name",
            "theme__tint",
            "theme__icon",
            "organisation__name",
        )
        .order_by(*order)
    )


def _give_sessions(courses: list[Course]) -> None:
    ids = [course.next_id for course in courses if course.next_id]  # type: ignore[attr-defined]
    sessions = (
        Session.objects.filter(pk__in=ids)
        .select_related("location")
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
    )
    by_key = {session.pk: session for session in sessions}
    for course in courses:
        course.next_session = by_key.get(course.next_id)  # type: ignore[attr-defined]
