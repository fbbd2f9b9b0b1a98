# SPDX-License-Identifier: EUPL-1.2
"""Knowledge capital per theme: what is asked, who can teach it, who waits, and what hangs on one person.

*Asked*: colleagues who asked or support a question of the last year, whatever became of it. *Can teach*:
people with the theme in their profile, or who give or gave a published course in it; a pause does not take
knowledge away, leaving the pool or the organisation does. *Waiting*: places on waiting lists of sessions to
come plus people who wait for a course's next date; who waits in two places counts twice.

Reads only; the number of queries does not depend on how much there is.
"""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accounts.models import Organisation
from base import clock
from courses.models import Course, CourseInterest, CourseTrainer, Registration, Theme
from matching.models import KnowledgeRequest, Support, TrainerProfile

A_YEAR = dt.timedelta(days=365)
#: A question for which no session is planned yet.
UNANSWERED = (
    KnowledgeRequest.State.OPEN,
    KnowledgeRequest.State.PROPOSED,
    KnowledgeRequest.State.ASKED,
    KnowledgeRequest.State.ACCEPTED,
)
_GIVEN = (Course.Status.PUBLISHED, Course.Status.ARCHIVED)


@dataclass(frozen=True)
class ThemeRow:
    """One theme, in the whole country."""

    theme: Theme
    open_questions: int
    asked: int
    trainers: int
    waiting: int

    @property
    def is_gap(self) -> bool:
        """Asked for, and nobody can teach it."""
        return self.asked > 0 and self.trainers == 0

    @property
    def hangs_on_one(self) -> bool:
        """Kennis bij één persoon: asked for, and one person alone can teach it."""
        return self.asked > 0 and self.trainers == 1


def per_theme() -> list[ThemeRow]:
    """Every theme with its figures, of everybody."""
    opened = _counted(
        KnowledgeRequest.objects.filter(theme__isnull=False, state__in=UNANSWERED), "theme"
    )
    asked, teach = asked_per_theme(), trainers_per_theme()
    seats = _counted(
        Registration.objects.filter(
            state=Registration.State.WAITING,
            session__starts_at__gt=clock.now(),
            session__course__theme__isnull=False,
        ),
        "session__course__theme",
    )
    dates = _counted(CourseInterest.objects.filter(course__theme__isnull=False), "course__theme")
    return [
        ThemeRow(
            theme=theme,
            open_questions=opened.get(theme.pk, 0),
            asked=asked.get(theme.pk, 0),
            trainers=teach.get(theme.pk, 0),
            waiting=seats.get(theme.pk, 0) + dates.get(theme.pk, 0),
        )
        for theme in Theme.objects.all()
    ]


def asked_per_theme(organisation: Organisation | None = None) -> dict[int, int]:
    """Theme id -> questions and supports of the last year, of one organisation or of everybody. Two queries."""
    since = clock.now() - A_YEAR
    questions = KnowledgeRequest.objects.filter(theme__isnull=False, created_at__gte=since)
    supports = Support.objects.filter(request__theme__isnull=False, request__created_at__gte=since)
    if organisation is not None:
        questions = questions.filter(organisation=organisation)
        supports = supports.filter(organisation=organisation)
    found = defaultdict(int, _counted(questions, "theme"))
    for theme_id, number in _counted(supports, "request__theme").items():
        found[theme_id] += number
    return dict(found)


def trainers_per_theme() -> dict[int, int]:
    """Theme id -> how many people can teach it; themes that nobody can are left out. Two queries."""
    found = defaultdict(int, _counted(_profiles(), "themes"))
    for theme_id, number in _counted_people(_givers()).items():
        found[theme_id] += number
    return dict(found)


def _counted(rows: "QuerySet[Any]", theme: str) -> dict[int, int]:
    counted = rows.order_by().values(theme).annotate(number=Count("pk"))
    return dict(counted.values_list(theme, "number"))


def _counted_people(rows: "QuerySet[CourseTrainer]") -> dict[int, int]:
    counted = rows.order_by().values("course__theme")
    return dict(
        counted.annotate(number=Count("person", distinct=True)).values_list(
            "course__theme", "number"
        )
    )


def _profiles() -> "QuerySet[TrainerProfile]":
    return TrainerProfile.objects.exclude(state=TrainerProfile.State.WITHDRAWN).filter(
        themes__isnull=False,
        person__is_active=True,
        person__verified_at__isnull=False,
        person__organisation__isnull=False,
    )


def _givers() -> "QuerySet[CourseTrainer]":
    """Who gives a course in a theme that the own profile does not name (each person once per theme)."""
    named = TrainerProfile.objects.filter(person=OuterRef("person"))
    return CourseTrainer.objects.filter(
        ~Exists(
            named.filter(
                Q(state=TrainerProfile.State.WITHDRAWN) | Q(themes=OuterRef("course__theme"))
            )
        ),
        course__theme__isnull=False,
        course__status__in=_GIVEN,
        person__is_active=True,
        person__verified_at__isnull=False,
        person__organisation__isnull=False,
    )
