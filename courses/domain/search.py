# SPDX-License-Identifier: EUPL-1.2
"""Finding courses by words: forgiving about typos, plurals, compounds, accents and abbreviations.

``settings.CATALOGUE_SEARCH`` names the function that searches, ``plain`` unless a higher room offers one that
knows meanings. It gets the question and the courses there are, and answers with ``Found``.

``Course.search_text`` holds what a course is found by; it follows the rows it is made of (courses.receivers),
and whoever writes those in bulk calls ``refresh`` afterwards.
"""

import dataclasses
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Protocol, cast

from django.conf import settings
from django.db.models import QuerySet
from django.utils.module_loading import import_string

from base import clock
from courses.domain import words
from courses.domain.search_index import Index, Near, Version, index_of
from courses.models import Course

MAX_QUERY = 200
MAX_WORDS = 8
_TEXT_LIMIT = 8000
_BATCH = 500
_SHOWN = 3
#: Courses that have not every word: no more than two pages of them.
_NEARBY = 60

Scores = Mapping[int, float]


@dataclasses.dataclass(frozen=True)
class Found:
    """``scores`` by key of the course, the higher the better."""

    scores: Scores
    #: What was looked for as well: full names of abbreviations, words that a typo may have been meant for.
    also: tuple[str, ...] = ()
    #: Nothing was found with every word, this would find something.
    instead: str = ""
    #: No course has every word; these have some of them, those with the most first.
    partial: bool = False


class Search(Protocol):
    def __call__(self, query: str, courses: Mapping[int, Version]) -> Found: ...


def search(query: str, courses: Mapping[int, Version]) -> Found | None:
    """None when the question has no words: then everything is shown. ``courses`` are the published ones."""
    if not tokens_of(query):
        return None
    return cast("Search", import_string(settings.CATALOGUE_SEARCH))(query, courses)


def tokens_of(query: str) -> list[str]:
    """The words to look for. What is longer than anybody types is cut off."""
    return words.normalise(query[:MAX_QUERY]).split()[:MAX_WORDS]


def plain(query: str, courses: Mapping[int, Version]) -> Found:
    """Courses that have every word that says something, in some form; else those that have the most."""
    index = index_of(courses)
    terms = _terms(index, tokens_of(query))
    telling = [term for term in terms if not term.is_stop_word] or terms
    scores = _all_of(telling)
    if not scores:
        some = _some_of(telling, len(courses))
        return Found(some, instead=_instead(index, terms), partial=bool(some))
    also = dict.fromkeys(name for term in telling for name in term.also)
    return Found(scores, tuple(also)[:_SHOWN])


@dataclasses.dataclass(frozen=True)
class _Term:
    typed: str
    scores: Scores
    also: tuple[str, ...] = ()
    is_stop_word: bool = False


def _terms(index: Index, tokens: list[str]) -> list[_Term]:
    terms, at = [], 0
    for first, last, concept in words.concepts_in(tokens):
        terms += [_word(index, token) for token in tokens[at:first]]
        name = " ".join(tokens[first:last])
        spelled = _all_of([_exactly(index, token) for token in tokens[first:last]])
        both = _best(spelled, index.courses_with(concept.key))
        terms.append(_Term(name, both, tuple(concept.others(name))))
        at = last
    return terms + [_word(index, token) for token in tokens[at:]]


def _word(index: Index, token: str) -> _Term:
    near = index.near(token)
    if near.is_guess and (parts := index.parts_of(token)):
        scores = _all_of([_word(index, part) for part in parts])
        return _Term(token, scores, (" ".join(parts),))
    guesses = sorted(near.words, key=lambda word: (-near.words[word], -index.number_with(word)))
    return _Term(
        token,
        _scores(index, near),
        tuple(guesses[:1]) if near.is_guess else (),
        token in words.STOP_WORDS,
    )


def _exactly(index: Index, token: str) -> _Term:
    """Of an abbreviation only the word itself counts: 'Woo' is no 'woord'."""
    return _Term(token, index.courses_with(token))


def _scores(index: Index, near: Near) -> Scores:
    return _best(
        *(
            {pk: weight * sure for pk, weight in index.courses_with(word).items()}
            for word, sure in near.words.items()
        )
    )


def _best(*several: Scores) -> Scores:
    best: dict[int, float] = {}
    for scores in several:
        for pk, score in scores.items():
            if score > best.get(pk, 0.0):
                best[pk] = score
    return best


def _all_of(terms: list[_Term]) -> Scores:
    """Courses that every term finds."""
    found = dict(terms[0].scores)
    for term in terms[1:]:
        found = {pk: score + term.scores[pk] for pk, score in found.items() if pk in term.scores}
    return found


def _some_of(terms: list[_Term], number_of_courses: int) -> Scores:
    """Courses that some terms find: first by how many, then by how much these say. A rare word says more than
    one that half of the courses have; nobody looks further than a few pages."""
    if len(terms) == 1:
        return {}
    number = Counter[int]()
    weight: defaultdict[int, float] = defaultdict(float)
    for term in terms:
        rarity = math.log(1 + number_of_courses / max(1, len(term.scores)))
        number.update(term.scores.keys())
        for pk, score in term.scores.items():
            weight[pk] += score * rarity
    best = sorted(number, key=lambda pk: (number[pk], weight[pk]), reverse=True)[:_NEARBY]
    return {pk: float(len(best) - place) for place, pk in enumerate(best)}


def _instead(index: Index, terms: list[_Term]) -> str:
    """The question with its unknown words replaced by what looks like them, if that finds anything."""
    better = []
    for term in terms:
        other = term.typed if term.scores else index.looks_like(term.typed)
        if not other:
            return ""
        better.append(_word(index, other))
    instead = " ".join(term.typed for term in better)
    return instead if instead != " ".join(term.typed for term in terms) and _all_of(better) else ""


# --- what a course is found by ---------------------------------------------------------------------


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
            course.updated_at = clock.now()  # which is how the index knows
            changed.append(course)
        if len(changed) >= _BATCH:
            count += _write(changed)
            changed = []
    return count + _write(changed)


def _write(courses: Iterable[Course]) -> int:
    courses = list(courses)
    Course.objects.bulk_update(courses, ["search_text", "updated_at"])
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
    return f" {words.normalise(' '.join(parts))[:_TEXT_LIMIT]} "
