# SPDX-License-Identifier: EUPL-1.2
"""'Is dit wat je zoekt?': courses that mean what somebody types, and open questions that share words with it.

The matching worker says what courses mean; while it is away, words do, and then only telling ones: a wrong
hint costs everybody who asks an extra step.
"""

import dataclasses
import math
from collections import Counter, defaultdict
from functools import reduce
from operator import or_

from django.db import connection
from django.db.models import Count, Q

from accounts.models import Person
from base import clock
from courses.domain import search_index
from courses.models import Course, Theme
from matching.domain import rankings, words
from matching.models import KnowledgeRequest

SHOWN = 3
#: A long story has enough to go by in its first so many telling words.
_MAX_STEMS = 40
_MAX_ASKED = 10
_CANDIDATES = 200
_LONG_WORD = 4
_ENOUGH = 2
_PART = 5
_INSIDE = 0.5
#: Nearer than a hit of the catalogue's search: of the courses that the demo's questions get from here on three
#: of four would help the asker.
_ANSWERS = 0.2
#: Seconds that a page waits for the matching worker.
WAIT = 0.5
#: In a title or a promise, whole or as the half of a compound.
_TELLING = 2.5
#: A word in at most one of so many courses says something by itself.
_RARE = 20


@dataclasses.dataclass(frozen=True)
class Alike:
    courses: list[Course]
    requests: list[KnowledgeRequest]

    def __bool__(self) -> bool:
        return bool(self.courses or self.requests)


def alike(
    text: str, *, person: Person | None = None, but: int | None = None, wait: float = WAIT
) -> Alike:
    """At most three of each. ``but`` is the key of the question itself, ``wait`` as for ``rankings.courses_like``.

    Who may not read questions (nobody signed in) is matched on their titles alone.
    """
    stems = words.stems(text)[:_MAX_STEMS]
    if not stems:
        return Alike([], [])
    found = _courses(text, stems, wait)
    return Alike(courses=found[:SHOWN], requests=_requests(stems, person, but))


def guess_theme(text: str) -> Theme | None:
    """The theme that most of the likest courses share; None when they do not agree."""
    found = Counter(
        course.theme
        for course in _courses(text, words.stems(text)[:_MAX_STEMS], 0.0)
        if course.theme
    )
    for theme, number in found.most_common(1):
        if number >= _ENOUGH:
            return theme
    return None


def _enough(stems: list[str]) -> int:
    return min(_ENOUGH, len(stems))


def _courses(text: str, stems: list[str], wait: float) -> list[Course]:
    """Published courses, the likest first."""
    near = rankings.courses_like(text, wait=0.0 if connection.in_atomic_block else wait)
    best = [pk for pk in sorted(near, key=lambda pk: -near[pk]) if near[pk] >= _ANSWERS]
    best = (best or _by_words(stems))[: 2 * SHOWN]
    rows = Course.objects.select_related("theme", "organisation").in_bulk(best)
    return [rows[pk] for pk in best if pk in rows]


def _by_words(stems: list[str]) -> list[int]:
    """Words weigh by how rare they are; two of them say enough, or one that hardly any course has."""
    published = Course.objects.filter(status=Course.Status.PUBLISHED).order_by()
    versions = {
        pk: (updated_at, title)
        for pk, updated_at, title in published.values_list("pk", "updated_at", "title")
    }
    index = search_index.index_of(versions)
    scores: dict[int, float] = defaultdict(float)
    telling: Counter[int] = Counter()
    for stem in (stem for stem in stems if len(stem) >= _LONG_WORD):
        found = {pk: w for pk, w in _weights(index, stem).items() if w >= _TELLING}
        rare = len(stem) >= _PART and len(found) * _RARE <= len(versions)
        for pk, weight in found.items():
            scores[pk] += min(weight, search_index.PROMISE) * math.log(
                1 + len(versions) / len(found)
            )
            telling[pk] += _ENOUGH if rare else 1
    enough = _enough(stems)
    return sorted((pk for pk in scores if telling[pk] >= enough), key=lambda pk: -scores[pk])


def _weights(index: search_index.Index, stem: str) -> dict[int, float]:
    """Courses that say this word, or one that it is part of, or one of its own parts."""
    if len(stem) < _LONG_WORD:
        return dict(index.courses_with(stem))
    near = index.near(stem)
    sure = {} if near.is_guess else dict(near.words)
    # Dutch glues words together: 'excelbestanden' is asked, 'excel' is offered.
    for size in range(_PART, len(stem) - 2):
        sure |= {part: _INSIDE for part in (stem[:size], stem[-size:]) if part not in sure}
    found: dict[int, float] = {}
    for word, weight in sure.items():
        for pk, number in index.courses_with(word).items():
            found[pk] = max(found.get(pk, 0.0), number * weight)
    return found


def _requests(stems: list[str], person: Person | None, but: int | None) -> list[KnowledgeRequest]:
    """Questions on their way that share at least two telling words; the likest first."""
    reads = person is not None and person.is_verified
    field = "search_more" if reads else "search_text"
    asked = sorted((s for s in stems if len(s) >= _LONG_WORD), key=len, reverse=True)[:_MAX_ASKED]
    if not asked:
        return []
    rows = (
        KnowledgeRequest.objects.live()
        .filter(reduce(or_, (Q(**{f"{field}__contains": f" {stem}"}) for stem in asked)))
        .exclude(pk=but or 0)
        .filter(Q(closes_at__gt=clock.now()) | ~Q(state="open"))
        .order_by("-created_at")
        .values_list("pk", field)[:_CANDIDATES]
    )
    scores = {pk: sum(f" {stem}" in text for stem in asked) for pk, text in rows}
    best = [
        pk
        for pk, number in sorted(scores.items(), key=lambda item: -item[1])
        if number >= _enough(asked)
    ][:SHOWN]
    found = (
        KnowledgeRequest.objects.select_related("theme")
        .annotate(supporters=Count("supports"))
        .in_bulk(best)
    )
    return [found[pk] for pk in best if pk in found]
