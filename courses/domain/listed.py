# SPDX-License-Identifier: EUPL-1.2
"""Which courses a list shows to everybody.

A session that was made from a question is first, or only, for who asked it (Session.is_for_guests). No list names
a date that its reader cannot take, nor a course that has no other dates: it would look as if one were to come.
Its own page is there for who has the address.
"""

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from courses.models import Course, Session


def for_everyone(courses: "QuerySet[Course]", at: dt.datetime) -> "QuerySet[Course]":
    """Without those of which every date, also one that was, is for who asked for it."""
    dates = Session.objects.exclude(status=Session.Status.DRAFT)
    others = dates.for_everyone(at).filter(course=OuterRef("course"))
    return courses.exclude(
        pk__in=dates.for_guests(at).filter(~Exists(others)).order_by().values("course")
    )


def next_date(at: dt.datetime, field: str) -> Subquery:
    """A field of the first date that everybody may still come to, to annotate a course with."""
    return Subquery(
        Session.objects.upcoming(at)
        .for_everyone(at)
        .filter(course=OuterRef("pk"))
        .order_by("starts_at", "pk")
        .values(field)[:1]
    )


def add_next_session(courses: Collection[Any]) -> None:
    """``next_session`` (or None) for courses that were annotated with ``next_id``. One query."""
    sessions = Session.objects.select_related("location").in_bulk(
        [course.next_id for course in courses if course.next_id]
    )
    for course in courses:
        course.next_session = sessions.get(course.next_id)
