# SPDX-License-Identifier: EUPL-1.2
"""Why this trainer? What a person can check: the nearest course or sentence, shared words, facts, and what
speaks against it. Kept as JSON; ``wording`` puts it into words. Never a score or a percentage.
"""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Avg, Count

from base import clock
from courses.models import Evaluation, Session
from matching.domain import eligibility
from matching.models import KnowledgeRequest, TrainerProfile
from matching.ranking import terms
from matching.ranking.ranker import Ranked
from matching.ranking.sources import Source
from matching.ranking.texts import Part

Reason = dict[str, Any]

#: An average of fewer scores would tell what one person thought (design.md: groups under five are hidden).
MIN_SCORES = 5
GOOD_SCORE, POOR_SCORE = 7.5, 6.0
_LITTLE_ROOM = 1


@dataclass(frozen=True)
class Facts:
    """Of the trainers of one shortlist, by person id."""

    profiles: Mapping[int, TrainerProfile]
    taken: Mapping[int, int]
    taught: Mapping[int, int]
    #: (average, how many)
    scores: Mapping[int, tuple[float, int]]
    sources: Mapping[int, Source]


def facts_of(persons: Collection[int], sources: Mapping[int, Source]) -> Facts:
    """Four queries, however many persons."""
    now = clock.now()
    return Facts(
        profiles={
            profile.person_id: profile
            for profile in TrainerProfile.objects.filter(person__in=persons).select_related(
                "person__organisation"
            )
        },
        taken=eligibility.taken_this_year(persons, on=clock.local(now).date()),
        taught=_taught(persons, now),
        scores=_scores(persons),
        sources=sources,
    )


def _taught(persons: Collection[int], now: dt.datetime) -> dict[int, int]:
    rows = (
        Session.objects.planned()
        .filter(course__trainer_rows__person__in=persons, ends_at__lt=now)
        .order_by()
        .values("course__trainer_rows__person")
        .annotate(number=Count("pk", distinct=True))
    )
    return dict(rows.values_list("course__trainer_rows__person", "number"))


def _scores(persons: Collection[int]) -> dict[int, tuple[float, int]]:
    person = "registration__session__course__trainer_rows__person"
    rows = (
        Evaluation.objects.filter(**{f"{person}__in": persons})
        .order_by()
        .values(person)
        .annotate(average=Avg("score"), number=Count("pk"))
        .filter(number__gte=MIN_SCORES)
    )
    return {key: (float(a), n) for key, a, n in rows.values_list(person, "average", "number")}


def explain(
    request: KnowledgeRequest, person: int, ranked: Ranked, facts: Facts, *, fits: bool
) -> tuple[list[Reason], list[Reason]]:
    """(reasons, minuses), the most telling first."""
    profile, source = facts.profiles[person], facts.sources[person]
    same = terms.shared(f"{request.title}. {request.text}", source.text.whole)
    reasons = _nearest(ranked, source, fits=fits)
    if same.words:
        reasons.append(_terms(same, reasons))
    elif fits:
        reasons.append(_reason("meaning"))
    minuses = [] if fits else [_reason("weak")]
    for found in (
        _home(request, profile),
        _place(request, profile),
        _language(request),
        _experience(facts.taught.get(person, 0), source),
        _score(facts.scores.get(person)),
        _room(profile, facts.taken.get(person, 0)),
    ):
        reasons += [reason for reason, minus in found if not minus]
        minuses += [reason for reason, minus in found if minus]
    return reasons, minuses


def _reason(kind: str, **data: Any) -> Reason:
    return {"kind": kind, "data": data}


def _terms(same: terms.Shared, others: list[Reason]) -> Reason:
    """With the sentence they stand in, unless another reason quotes them already."""
    quoted = " ".join(str(text) for reason in others for text in reason["data"].values())
    if all(word in quoted for word in same.words):
        return _reason("terms", terms=list(same.words))
    return _reason("terms", terms=list(same.words), text=same.sentence)


def _nearest(ranked: Ranked, source: Source, *, fits: bool) -> list[Reason]:
    """Of who does not really fit only what is true: the course is given, not that it resembles the question."""
    parts = source.text.parts()
    if ranked.part is None or ranked.part >= len(parts):
        return []
    sort, number, text = parts[ranked.part]
    if sort == Part.COURSE:
        return [_reason("course" if fits else "gives", title=source.text.courses[number].title)]
    return [_reason(str(sort), text=terms.quoted(text))]


# --- facts ----------------------------------------------------------------------------------------

_Found = list[tuple[Reason, bool]]


def _home(request: KnowledgeRequest, profile: TrainerProfile) -> _Found:
    home = profile.person.organisation
    if home is None:
        return []
    if request.organisation_id == home.pk:
        return [(_reason("own_organisation"), False)]
    return [(_reason("other_organisation", name=home.name), False)]


def _place(request: KnowledgeRequest, profile: TrainerProfile) -> _Found:
    where, wants_visit = request.where, request.where != KnowledgeRequest.Where.ONLINE
    home = request.organisation.province if request.organisation else ""
    province = request.province or home
    comes = bool(province) and province in profile.provinces
    found: _Found = []
    if wants_visit and comes:
        found.append((_reason("region", province=province), False))
    if where != KnowledgeRequest.Where.ON_SITE and profile.online:
        only_online = where == KnowledgeRequest.Where.EITHER and not comes
        found.append((_reason("only_online" if only_online else "online"), only_online))
    return found


def _language(request: KnowledgeRequest) -> _Found:
    if request.language == "nl":
        return []
    return [(_reason("language", language=request.language), False)]


def _experience(taught: int, source: Source) -> _Found:
    if taught:
        return [(_reason("taught", times=taught), False)]
    if not source.courses:
        return [(_reason("no_course"), True)]
    return []


def _score(score: tuple[float, int] | None) -> _Found:
    if score is None:
        return []
    average, number = score
    said = _reason("score", score=round(average, 1), number=number)
    if average >= GOOD_SCORE:
        return [(said, False)]
    return [(said, True)] if average < POOR_SCORE else []


def _room(profile: TrainerProfile, taken: int) -> _Found:
    left = profile.requests_per_year - taken
    if left <= _LITTLE_ROOM:
        return [(_reason("little_room", left=max(0, left)), True)]
    return [(_reason("room", left=left), False)]
