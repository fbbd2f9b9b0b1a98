# SPDX-License-Identifier: EUPL-1.2
"""Words by which a course is found: one normalised text per course, the same on both engines.

No case, no accents, no punctuation: 'Reünie' is found by 'reunie'. ``Course.search_text`` follows the rows
it is made of (courses.receivers); whoever writes those rows in bulk calls ``refresh`` afterwards.
"""

import unicodedata
from collections.abc import Iterable
from typing import TypeVar

from django.db.models import Model, QuerySet

from courses.models import Course

T = TypeVar("T", bound=Model)

MAX_QUERY = 200
MAX_WORDS = 8
SHORT_WORD = 3
_TEXT_LIMIT = 8000
_BATCH = 500


def normalise(text: str) -> str:
    """Lower case words without accents, one space between them."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    kept = (c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return " ".join("".join(kept).split())


def words(query: str) -> list[str]:
    """The words to look for. What is longer than anybody types is cut off."""
    return normalise(query[:MAX_QUERY]).split()[:MAX_WORDS]


def matching(rows: "QuerySet[T]", query: str, *, field: str = "search_text") -> "QuerySet[T]":
    """Courses (or with ``field`` rows of courses) that have every word of the query somewhere in their text.

    Dutch glues words together ('tabellen' is asked, 'draaitabellen' is offered), so a part of a word counts;
    but of short words only the beginning, or 'AI' would find every e-mail.
    """
    for word in words(query):
        wanted = f" {word}" if len(word) <= SHORT_WORD else word
        rows = rows.filter(**{f"{field}__contains": wanted})
    return rows


def refresh(courses: "QuerySet[Course] | None" = None) -> int:
    """Write the text anew, of all courses when none are given. Returns how many changed."""
    rows = Course.objects.all() if courses is None else courses
    rows = rows.select_related("theme", "organisation").prefetch_related("trainer_rows__person")
    changed = []
    count = 0
    for course in rows.order_by("pk").iterator(chunk_size=_BATCH):
        text = _text_of(course)
        if text != course.search_text:
            course.search_text = text
            changed.append(course)
        if len(changed) >= _BATCH:
            count += _write(changed)
            changed = []
    return count + _write(changed)


def _write(courses: Iterable[Course]) -> int:
    courses = list(courses)
    Course.objects.bulk_update(courses, ["search_text"])
    return len(courses)


def _text_of(course: Course) -> str:
    parts = [
        course.title,
        course.promise,
        course.theme.name if course.theme else "",
        course.organisation.name,
        course.organisation.abbreviation,
        *(row.person.name for row in course.trainer_rows.all()),
        course.description,
    ]
    return f" {normalise(' '.join(parts))[:_TEXT_LIMIT]} "
