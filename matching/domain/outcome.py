# SPDX-License-Identifier: EUPL-1.2
"""What came out of a round, its figures, and how it is kept: in one transaction, or not at all."""

import dataclasses
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from accounts.domain import audit
from base import clock
from courses.models import Edition
from matching.assignment.bundles import Rule
from matching.assignment.deciding import CANDIDATES, Decision
from matching.assignment.problem import Weights
from matching.domain import eligibility, rounds
from matching.domain.eligibility import Rows, Window
from matching.models import KnowledgeRequest, Match, MatchRun, Unmatched


@dataclass(frozen=True)
class Proposal:
    """One trainer for the questions of one demand; the first question leads."""

    requests: tuple[int, ...]
    person: int
    score: float
    reasons: list[dict[str, Any]] = field(default_factory=list)
    minuses: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Left:
    request: int
    why: str
    detail: dict[str, int]


@dataclass(frozen=True)
class Outcome:
    proposals: list[Proposal]
    left: list[Left]
    figures: dict[str, Any]
    parameters: dict[str, Any]
    version: str


# --- keeping --------------------------------------------------------------------------------------


def keep(run: MatchRun, outcome: Outcome) -> MatchRun:
    """The proposals, ready to be released; a round that still waited for release is thrown away.

    What changed while the round ran counts: questions that found an answer and trainers who may not be asked
    any more drop out. Raises RoundRefused when the round is not this worker's any more.
    """
    with transaction.atomic():
        current = rounds.lock_claimed(run)
        for older in MatchRun.objects.filter(state=MatchRun.State.READY):
            rounds.discard(older, by=None)
        proposals = _still_possible(outcome.proposals)
        _write(current, proposals)
        _write_unmatched(current, outcome.left)
        current.figures = outcome.figures | {
            "changed_meanwhile": len(outcome.proposals) - len(proposals)
        }
        current.parameters, current.encoder_version = outcome.parameters, outcome.version
        current.done = current.total
        current.state, current.finished_at = MatchRun.State.READY, clock.now()
        current.save()
        audit.record("round.ready", actor=None, subject=current)
    return current


def _still_possible(proposals: Sequence[Proposal]) -> list[Proposal]:
    on = clock.today()
    _profiles, trainers = eligibility.pool(on=on, persons={row.person for row in proposals})
    free = Rows(trainers, []).free_persons()
    open_now = set(
        rounds.questions()
        .filter(pk__in=[pk for row in proposals for pk in row.requests])
        .order_by()
        .values_list("pk", flat=True)
    )
    return [row for row in proposals if row.person in free and open_now.issuperset(row.requests)]


def _write(run: MatchRun, proposals: Sequence[Proposal]) -> None:
    """A pair that the asker sees already stays what it is, and belongs to the round from here on."""
    wanted = {(pk, row.person) for row in proposals for pk in row.requests}
    known = {
        (match.request_id, match.trainer_id): match
        for match in Match.objects.filter(
            state__in=Match.LIVE, request__in=[pk for pk, _person in wanted]
        )
        if (match.request_id, match.trainer_id) in wanted
    }

    def match_for(request: int, row: Proposal, lead: Match | None) -> Match:
        match = known.get((request, row.person)) or Match(
            request_id=request,
            trainer_id=row.person,
            state=Match.State.SUGGESTED,
            origin=Match.Origin.ROUND,
        )
        match.run, match.lead, match.score = run, lead, row.score
        match.reasons, match.minuses = row.reasons, row.minuses
        return match

    leads = [match_for(row.requests[0], row, None) for row in proposals]
    _save(leads)
    _save(
        [
            match_for(request, row, lead)
            for row, lead in zip(proposals, leads, strict=True)
            for request in row.requests[1:]
        ]
    )


def _save(matches: Sequence[Match]) -> None:
    new = [match for match in matches if match._state.adding]
    old = [match for match in matches if not match._state.adding]
    Match.objects.bulk_create(new, batch_size=500)
    Match.objects.bulk_update(old, ["run", "lead", "score", "reasons", "minuses"], batch_size=500)


def _write_unmatched(run: MatchRun, left: Sequence[Left]) -> None:
    there = set(
        KnowledgeRequest.objects.filter(pk__in=[row.request for row in left]).values_list(
            "pk", flat=True
        )
    )
    Unmatched.objects.bulk_create(
        [
            Unmatched(run=run, request_id=row.request, why=row.why, detail=row.detail)
            for row in left
            if row.request in there
        ],
        batch_size=1000,
    )


# --- what came out --------------------------------------------------------------------------------


def left_over(
    decision: Decision,
    by_key: dict[str, list[int]],
    groups: list[list[int]],
    requests: Sequence[KnowledgeRequest],
    rows: Rows,
) -> list[Left]:
    row_of = {str(requests[group[0]].public_id): at for at, group in enumerate(groups)}
    found = []
    for key in decision.answer.unmatched:
        detail: dict[str, int] = {}
        if not decision.allowed[key]:
            why = Unmatched.Why.NOBODY_MAY
            detail = rows.counts(row_of[key])
        elif not decision.fitting[key]:
            why = Unmatched.Why.NOBODY_FITS
        else:
            why = Unmatched.Why.ALL_BUSY
        found += [Left(requests[at].pk, why.value, detail) for at in by_key[key]]
    return found


def figures_of(
    requests: Sequence[KnowledgeRequest],
    groups: list[list[int]],
    people: int,
    home: dict[int, int],
    available: int,
    proposals: Sequence[Proposal],
    left: Sequence[Left],
    decision: Decision,
) -> dict[str, Any]:
    at_request = {request.pk: at for at, request in enumerate(requests)}
    leads = [at_request[proposal.requests[0]] for proposal in proposals]
    other = sum(
        home[proposal.person] != requests[at].organisation_id
        for proposal, at in zip(proposals, leads, strict=True)
    )
    load = Counter(Counter(proposal.person for proposal in proposals).values())
    helped = {requests[at_request[pk]].organisation_id for p in proposals for pk in p.requests}
    bundles = [group for group in groups if len(group) > 1]
    return {
        "questions": len(requests),
        "people": people,
        "demands": len(groups),
        "bundles": len(bundles),
        "bundled": sum(len(group) for group in bundles),
        "matched": sum(len(proposal.requests) for proposal in proposals),
        "sessions": len(proposals),
        "other_organisation": other,
        "unmatched": dict(Counter(row.why for row in left)),
        "pool": len(home),
        "available": available,
        "trainers": len({proposal.person for proposal in proposals}),
        "load": {str(number): count for number, count in sorted(load.items())},
        "per_organisation": _per_organisation(requests, proposals, left, home),
        "organisations_helped": len(helped - {None}),
        "organisations_helping": len({home[proposal.person] for proposal in proposals}),
        "pairs": decision.pairs,
        "widened": decision.widened,
        "left_cut": decision.left_cut,
        "objective": decision.answer.objective,
    }


def _per_organisation(
    requests: Sequence[KnowledgeRequest],
    proposals: Sequence[Proposal],
    left: Sequence[Left],
    home: dict[int, int],
) -> dict[str, list[int]]:
    """Asking organisation -> questions with a trainer, those whose trainer works elsewhere, questions without."""
    asking = {request.pk: str(request.organisation_id or "") for request in requests}
    found: dict[str, list[int]] = {}
    for proposal in proposals:
        for pk in proposal.requests:
            row = found.setdefault(asking[pk], [0, 0, 0])
            row[0] += 1
            row[1] += str(home[proposal.person]) != asking[pk]
    for one in left:
        found.setdefault(asking[one.request], [0, 0, 0])[2] += 1
    return found


def parameters_of(
    weights: Weights, rule: Rule, fits: float, edition: Edition | None, window: Window
) -> dict[str, Any]:
    return {
        "weights": dataclasses.asdict(weights),
        "load_step": weights.load_step,
        "bundling": dataclasses.asdict(rule),
        "candidates": CANDIDATES,
        "fits": fits,
        "edition": edition.slug if edition else "",
        "from": window.first.isoformat(),
        "until": window.last.isoformat(),
    }
