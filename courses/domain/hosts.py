# SPDX-License-Identifier: EUPL-1.2
"""What an organisation gives its colleagues and others: the reads of its public page. Each a fixed number of queries."""

import dataclasses

from django.db.models import F, OuterRef, Subquery

from accounts.models import Organisation, Person, Role
from base import clock
from courses.domain.listed import add_next_session, for_everyone, next_date
from courses.models import Course, CourseTrainer

#: The page shows the first so many; the catalogue has the rest.
COURSES_SHOWN = 24
TRAINERS_SHOWN = 60


@dataclasses.dataclass(frozen=True)
class Hosted:
    """``coming`` have ``next_session`` and ``trainer_name``."""

    coming: list[Course]
    without_date: list[Course]
    more: bool


def courses_of(organisation: Organisation) -> Hosted:
    """Published courses that the organisation hosts, the soonest first. Two queries."""
    at = clock.now()
    rows = list(
        for_everyone(
            Course.objects.filter(organisation=organisation, status=Course.Status.PUBLISHED), at
        )
        .select_related("theme", "organisation")
        .annotate(
            next_id=next_date(at, "pk"),
            next_start=next_date(at, "starts_at"),
            trainer_name=Subquery(
                CourseTrainer.objects.filter(
                    course=OuterRef("pk"), part=CourseTrainer.Part.LEAD
                ).values("person__name")[:1]
            ),
        )
        .order_by(F("next_start").asc(nulls_last=True), "title", "pk")[: COURSES_SHOWN + 1]
    )
    shown = rows[:COURSES_SHOWN]
    add_next_session(shown)
    return Hosted(
        coming=[row for row in shown if row.next_id],
        without_date=[row for row in shown if not row.next_id],
        more=len(rows) > COURSES_SHOWN,
    )


def trainers_of(organisation: Organisation) -> list[Person]:
    """Its own people who give a public course, wherever it is hosted. One query."""
    teaches = CourseTrainer.objects.filter(
        course__status__in=(Course.Status.PUBLISHED, Course.Status.ARCHIVED),
        person__organisation=organisation,
    )
    return list(
        Person.objects.filter(
            pk__in=teaches.values("person"),
            organisation=organisation,
            is_active=True,
            slug__isnull=False,
        ).order_by("name", "pk")[:TRAINERS_SHOWN]
    )


def coordinators_of(organisation: Organisation) -> list[Person]:
    """For colleagues of the organisation itself. One query."""
    return list(
        Person.objects.filter(
            roles__kind=Role.Kind.COORDINATOR, roles__organisation=organisation, is_active=True
        ).order_by("name", "pk")
    )
