# SPDX-License-Identifier: EUPL-1.2
"""The shortlist of one question, with reasons. In the matching worker; a page asks matching.domain.rankings."""

import math
from dataclasses import asdict, dataclass
from typing import Any

from base import clock
from courses.models import Course
from matching.domain import eligibility
from matching.domain.eligibility import Window
from matching.errors import PoolNotRead
from matching.models import KnowledgeRequest, TrainerProfile, Vector
from matching.ranking import sources
from matching.ranking.index import index_of
from matching.ranking.ranker import Ranked
from matching.ranking.reasons import Reason, explain, facts_of

LIMIT = 10
#: How many of the best are held against the hard rules first; four times as many when too few pass.
_FIRST = 20
_WIDER = 4
#: A course that a search did not find by its words has to be this near.
COURSE_FITS = 0.15
MOST_COURSES = 3


@dataclass(frozen=True)
class Candidate:
    person_id: int
    #: For rounds and for the order; never shown.
    score: float
    reasons: list[Reason]
    minuses: list[Reason]
    #: Near enough to say that this trainer can help.
    fits: bool


def candidates_for(request: KnowledgeRequest, *, limit: int = LIMIT) -> list[Candidate]:
    """The best trainers that may be asked, best first. Empty for a question without words."""
    index = index_of(Vector.Kind.TRAINER)
    index.refresh()
    ranker = index.ranker
    query = ranker.query(request.text, request.title)
    depth = _FIRST
    while True:
        ranked = index.rank(query, depth)
        allowed = _allowed(request, ranked)
        if len(allowed) >= limit or len(ranked) < depth:
            break
        depth *= _WIDER
    best = allowed[:limit]
    persons = [one.trainer for one in best]
    known = sources.trainers(persons)
    facts = facts_of(persons, known)
    found = []
    for one in best:
        if one.trainer not in known or one.trainer not in facts.profiles:
            continue  # withdrawn since
        fits = one.score >= ranker.fits_from
        found.append(
            Candidate(
                one.trainer,
                one.score,
                *explain(request, one.trainer, one, facts, fits=fits),
                fits=fits,
            )
        )
    return found


def _allowed(request: KnowledgeRequest, ranked: list[Ranked]) -> list[Ranked]:
    """Those whom no hard rule keeps from this question (matching.domain.eligibility)."""
    on = clock.today()
    asked = eligibility.asked_of([request], window=Window(on))[0]
    kept: list[Ranked] = []
    for first in range(0, len(ranked), 500):
        part = ranked[first : first + 500]
        persons = [one.trainer for one in part]
        profiles = {
            profile.person_id: profile
            for profile in TrainerProfile.objects.filter(person__in=persons)
            .select_related("person")
            .defer("expertise", "example_questions")
        }
        taken = eligibility.taken_this_year(persons, on=on)
        for one in part:
            profile = profiles.get(one.trainer)
            if profile is None:
                continue
            trainer = eligibility.trainer_of(profile, on=on, taken=taken)
            if not eligibility.obstacles(trainer, asked):
                kept.append(one)
    return kept


def answer(request: KnowledgeRequest) -> dict[str, Any]:
    """What the page of this question is told. Raises PoolNotRead while most of the pool has no vectors."""
    index = index_of(Vector.Kind.TRAINER)
    if index.is_behind():
        raise PoolNotRead
    found = candidates_for(request)
    best = max((one.score for one in found), default=-math.inf)
    return {
        "candidates": [asdict(one) for one in found],
        "nobody": not any(one.fits for one in found),
        "unsure": index.ranker.fits_from <= best < index.ranker.sure_from,
        "by_words": index.ranker.model is None,
    }


def courses_for(text: str) -> dict[str, float]:
    """Published courses that mean what is searched for, by key; the lexical search finds the rest."""
    index = index_of(Vector.Kind.COURSE)
    if index.ranker.model is None:
        return {}
    index.refresh()
    query = index.ranker.query(text)
    # Near enough is not who fits a question: what is easily answered is looked for in the catalogue all the same.
    near = {one.trainer: one.score + query.easily for one in index.rank(query, MOST_COURSES)}
    near = {key: score for key, score in near.items() if score >= COURSE_FITS}
    there = Course.objects.filter(pk__in=near, status=Course.Status.PUBLISHED)
    return {str(key): round(near[key], 4) for key in there.values_list("pk", flat=True)}
