# SPDX-License-Identifier: EUPL-1.2
"""The catalogue's search by meaning: ``settings.CATALOGUE_SEARCH`` names it (courses.domain.search).

What has all the words comes at once and first. What only means the same comes after it, from the matching worker:
web never loads the model. A search that finds little waits a moment for that answer; then what means the same
comes before what has only some of the words.
"""

import dataclasses
from collections.abc import Mapping

from django.conf import settings
from django.db import DatabaseError, connection

from courses.domain import words
from courses.domain.search import Found, Scores, plain, tokens_of
from courses.domain.search_index import Version
from matching.domain import rankings

#: With this many courses found nobody is kept waiting for more.
_ENOUGH = 3
_TELLING = 2


def by_words_and_meaning(query: str, courses: Mapping[int, Version]) -> Found:
    found = plain(query, courses)
    if not _says_enough(query):
        return found
    enough = len(found.scores) >= _ENOUGH and not found.partial
    wait = 0.0 if enough else settings.CATALOGUE_MEANING_WAIT
    try:
        near = rankings.courses_like(query, wait=0.0 if connection.in_atomic_block else wait)
    except DatabaseError:
        if connection.in_atomic_block:
            raise
        return found
    near = {pk: score for pk, score in near.items() if pk in courses}
    if found.partial or not found.scores:
        # What shares some words is no better than what means the same.
        more = {pk: score for pk, score in found.scores.items() if pk not in near}
        if not near:
            return found
        return dataclasses.replace(found, scores=_after(near, more), partial=True)
    more = {pk: score for pk, score in near.items() if pk not in found.scores}
    return dataclasses.replace(found, scores=_after(found.scores, more))


def _says_enough(query: str) -> bool:
    """One word means too little for the model: measured, it is as often wrong as right (decision 0010)."""
    telling = [word for word in tokens_of(query) if word not in words.STOP_WORDS]
    return len(telling) >= _TELLING


def _after(first: Scores, then: Scores) -> dict[int, float]:
    """``then`` below the least of ``first``."""
    least, most = min(first.values()), max(then.values(), default=1.0)
    return {**first, **{pk: least * 0.9 * score / most for pk, score in then.items()}}
