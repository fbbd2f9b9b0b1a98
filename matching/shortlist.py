# SPDX-License-Identifier: EUPL-1.2
"""«Deze collega's kunnen je helpen»: who the asker may choose from, ready for the page.

First whom a round proposed and who offered help, then what the ranker found. No score and no rank leaves this
module; reasons are words.
"""

import dataclasses
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Person
from matching.domain import rankings
from matching.domain.rankings import Progress
from matching.models import KnowledgeRequest, Match, TrainerProfile
from matching.ranking.wording import chips

SHOWN = 10


@dataclasses.dataclass(frozen=True)
class Shown:
    """One colleague. ``reasons`` as base's component ``redenen`` takes them."""

    person: Person
    headline: str
    reasons: list[dict[str, Any]]
    match: Match | None = None


@dataclasses.dataclass(frozen=True)
class Shortlist:
    people: list[Shown]
    #: The ranker is still looking: the page asks again.
    waiting: bool = False
    #: It takes longer than it should: a link instead of a page that keeps asking.
    late: bool = False
    failed: bool = False
    #: The ranker is done and found nobody who really fits.
    nobody: bool = False
    #: The ranker is done and cannot promise that they fit.
    unsure: bool = False
    #: Ranked by letters alone, for there is no model here.
    by_words: bool = False


def of(request: KnowledgeRequest) -> Shortlist:
    """For the asker's page. Asks the ranker when nobody did."""
    proposed = _proposed(request)
    answer = rankings.answer_for(request)
    return Shortlist(
        (proposed + _ranked(request, answer.candidates, {row.person.pk for row in proposed}))[
            :SHOWN
        ],
        waiting=answer.progress is Progress.WAITING,
        late=answer.progress is Progress.LATE,
        failed=answer.progress is Progress.FAILED,
        nobody=answer.progress is Progress.READY and answer.nobody and not proposed,
        unsure=answer.progress is Progress.READY and answer.unsure and not proposed,
        by_words=answer.by_words,
    )


def why(request: KnowledgeRequest, trainer: Person) -> dict[str, Any]:
    """Score and reasons that the match keeps when this trainer is asked; nothing when it was no suggestion."""
    for found in rankings.answer_for(request).candidates:
        if found["person_id"] == trainer.pk:
            return {name: found[name] for name in ("score", "reasons", "minuses")}
    return {}


def _ranked(
    request: KnowledgeRequest, candidates: list[dict[str, Any]], shown: set[int]
) -> list[Shown]:
    """In the ranker's order, without who was dismissed, said no or left the pool since."""
    gone = set(request.dismissals.values_list("trainer_id", flat=True)) | set(
        request.matches.filter(
            state__in=(Match.State.DECLINED, Match.State.EXPIRED), trainer__isnull=False
        ).values_list("trainer_id", flat=True)
    )
    wanted = [c for c in candidates if c["person_id"] not in gone | shown]
    people = (
        Person.objects.filter(
            pk__in=[c["person_id"] for c in wanted],
            is_active=True,
            trainer_profile__isnull=False,
        )
        .exclude(trainer_profile__state=TrainerProfile.State.WITHDRAWN)
        .select_related("organisation", "trainer_profile")
        .in_bulk()
    )
    return [
        Shown(
            person=people[found["person_id"]],
            headline=people[found["person_id"]].trainer_profile.headline,
            reasons=chips(found["reasons"], found["minuses"]),
        )
        for found in wanted
        if found["person_id"] in people
    ]


def _proposed(request: KnowledgeRequest) -> list[Shown]:
    rows = (
        request.matches.filter(state=Match.State.PROPOSED, trainer__isnull=False)
        .exclude(trainer__in=request.dismissals.values("trainer"))
        .select_related("trainer__organisation", "trainer__trainer_profile")
    )
    return [_shown_match(row) for row in rows]


def _shown_match(match: Match) -> Shown:
    person = match.trainer
    assert person is not None
    profile: TrainerProfile | None = getattr(person, "trainer_profile", None)
    reasons = chips(match.reasons, match.minuses)
    if match.origin == Match.Origin.OFFER:
        offers = {"text": _("Biedt zelf hulp aan"), "minus": False, "icon": "hand-helping"}
        reasons.insert(0, offers)
    return Shown(person, profile.headline if profile else "", reasons, match)
