# SPDX-License-Identifier: EUPL-1.2
"""The work of a round, in the matching worker: load, bundle, rank, decide, write.

open questions ──bundle──► demands ──hard rules, rank──► candidates ──flow──► who is asked
"""

import datetime as dt
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from django.db.models import Count
from numpy.typing import NDArray

from base import clock
from courses.models import Edition
from matching.assignment.bundles import Rule
from matching.assignment.deciding import CANDIDATES, Decision, Frame, decide
from matching.assignment.problem import Floats, Ints, Weights
from matching.domain import bundling, eligibility, rounds
from matching.domain.bundling import Behind
from matching.domain.eligibility import Rows, Trainer, Window
from matching.domain.outcome import Outcome, Proposal, figures_of, left_over, parameters_of
from matching.domain.round_ranker import Ranker, Report
from matching.models import KnowledgeRequest, Match, Support, TrainerProfile

#: Who was asked in so many days before is asked a little less soon.
RECENTLY = dt.timedelta(days=60)
#: Pairs explained with one set of queries.
EXPLAINED = 300


@dataclass(frozen=True)
class Pool:
    """The trainer pool as columns, by person id."""

    trainers: Trainer
    organisation: Ints
    layer: NDArray[np.str_]
    load: Ints
    recently: NDArray[np.bool_]

    @property
    def persons(self) -> list[int]:
        return [int(person) for person in self.trainers.person]


def work_out(
    *,
    edition: Edition | None,
    make_ranker: Callable[[list[int]], Ranker],
    report: Report = lambda _done, _total: None,
    weights: Weights | None = None,
    rule: Rule | None = None,
) -> Outcome:
    """The outcome of a round over everything that is open now; writes nothing."""
    started, weights, rule = time.monotonic(), weights or Weights(), rule or Rule()
    now = clock.now()
    window = window_of(edition)
    requests = list(rounds.questions(now).filter(rounds.in_time(window)))
    total = len(requests) + 1
    report(0, total)
    asked = eligibility.asked_of(requests, window=window)
    pool = load_pool(now)
    ranker = make_ranker(pool.persons)
    behind = _behind(requests)
    groups = bundling.bundled(
        requests,
        behind,
        asked,
        pool.trainers,
        ranker,
        rule=rule,
        alive=lambda: report(0, total),
    )
    rows = Rows(pool.trainers, [[asked[at] for at in group] for group in groups])
    decision = _decide(groups, requests, behind, pool, rows, ranker, weights, report, total)
    by_key = {str(requests[group[0]].public_id): group for group in groups}
    proposals = _proposals(
        [
            (by_key[pairing.demand], int(pairing.trainer), pairing.score)
            for pairing in decision.answer.pairings
        ],
        requests,
        ranker,
        lambda: report(total - 1, total),
    )
    left = left_over(decision, by_key, groups, requests, rows)
    figures = figures_of(
        requests,
        groups,
        people=sum(b.people for b in behind),
        home=dict(zip(pool.persons, pool.organisation.tolist(), strict=True)),
        available=rows.free,
        proposals=proposals,
        left=left,
        decision=decision,
    )
    report(total, total)
    return Outcome(
        proposals,
        left,
        figures | {"seconds": round(time.monotonic() - started, 1)},
        parameters_of(weights, rule, ranker.fits, edition, window),
        ranker.version,
    )


def _proposals(
    pairs: Sequence[tuple[list[int], int, float]],
    requests: Sequence[KnowledgeRequest],
    ranker: Ranker,
    alive: Callable[[], None],
) -> list[Proposal]:
    """With their reasons, some hundred at a time."""
    found = []
    for first in range(0, len(pairs), EXPLAINED):
        alive()
        part = pairs[first : first + EXPLAINED]
        ranker.prepare(sorted({person for _group, person, _score in part}))
        for group, person, score in part:
            reasons, minuses = ranker.explain(requests[group[0]], person)
            if len(group) > 1:
                homes = {requests[at].organisation_id for at in group}
                data = {"questions": len(group), "organisations": len(homes)}
                reasons = [{"kind": "bundle", "data": data}, *reasons]
            keys = tuple(requests[at].pk for at in group)
            found.append(Proposal(keys, person, round(score, 4), reasons, minuses))
    return found


def window_of(edition: Edition | None) -> Window:
    today = clock.today()
    if edition is None:
        return Window(today)
    return Window(max(today, edition.starts_on), edition.ends_on)


def load_pool(now: dt.datetime) -> Pool:
    """Five queries over the whole pool."""
    _profiles, trainers = eligibility.pool(on=clock.local(now).date())
    persons = [int(person) for person in trainers.person]
    homes = {
        person: (organisation, layer)
        for person, organisation, layer in TrainerProfile.objects.values_list(
            "person_id", "person__organisation_id", "person__organisation__layer"
        ).iterator(chunk_size=5000)
    }
    live = Match.objects.filter(state__in=(Match.State.ASKED, Match.State.ACCEPTED)).order_by()
    load = dict(
        live.values("trainer_id").annotate(number=Count("pk")).values_list("trainer_id", "number")
    )
    recently = set(
        Match.objects.filter(asked_at__gte=now - RECENTLY).values_list("trainer_id", flat=True)
    )
    none = (None, None)
    return Pool(
        trainers=trainers,
        organisation=np.array([homes.get(p, none)[0] or -1 for p in persons], dtype=np.int64),
        layer=np.array([homes.get(p, none)[1] or "" for p in persons], dtype=np.str_),
        load=np.array([load.get(p, 0) for p in persons], dtype=np.int64),
        recently=np.array([p in recently for p in persons], dtype=np.bool_),
    )


# --- demand ---------------------------------------------------------------------------------------


def _behind(requests: Sequence[KnowledgeRequest]) -> list[Behind]:
    supports: dict[int, list[int | None]] = {}
    for request_id, organisation in Support.objects.filter(
        request__in=[request.pk for request in requests]
    ).values_list("request_id", "organisation_id"):
        supports.setdefault(request_id, []).append(organisation)
    found = []
    for request in requests:
        backers = supports.get(request.pk, [])
        homes = {home for home in (request.organisation_id, *backers) if home is not None}
        found.append(Behind(request.people + len(backers), len(backers), frozenset(homes)))
    return found


# --- deciding -------------------------------------------------------------------------------------


def _decide(
    groups: list[list[int]],
    requests: Sequence[KnowledgeRequest],
    behind: Sequence[Behind],
    pool: Pool,
    rows: Rows,
    ranker: Ranker,
    weights: Weights,
    report: Report,
    total: int,
) -> Decision:
    leads = [requests[group[0]] for group in groups]
    home = np.array([lead.organisation_id or -2 for lead in leads], dtype=np.int64)
    layer = np.array([lead.organisation.layer if lead.organisation else "" for lead in leads])

    def wish(demand: Ints, trainer: Ints) -> Floats:
        bonus = weights.other_organisation * (home[demand] != pool.organisation[trainer])
        bonus = bonus + weights.other_layer * (layer[demand] != pool.layer[trainer])
        return np.asarray(
            bonus + weights.not_asked_recently * ~pool.recently[trainer], dtype=np.float64
        )

    def nearest(chosen: Sequence[int], k: int) -> tuple[Ints, Floats]:
        return bundling.nearest_of(
            [groups[at] for at in chosen],
            requests,
            lambda first, last: rows.allowed(chosen[first:last]),
            ranker,
            k,
            lambda done, _total: report(min(done, total - 1), total),
        )

    frame = Frame(
        demands=[str(lead.public_id) for lead in leads],
        trainers=[str(person) for person in pool.persons],
        worth=np.array([_worth(group, behind, weights) for group in groups], dtype=np.float64),
        load=pool.load,
        room=np.maximum(pool.trainers.left, 0),
        wish=wish,
        fits=ranker.fits,
        weights=weights,
    )
    return decide(frame, nearest, k=CANDIDATES)


def _worth(group: Sequence[int], behind: Sequence[Behind], weights: Weights) -> float:
    """What more colleagues and organisations behind a demand are worth."""
    more = sum(behind[at].supporters for at in group) + len(group) - 1
    homes = len(frozenset().union(*(behind[at].organisations for at in group)))
    return min(more * weights.per_supporter, weights.most_for_supporters) + min(
        max(0, homes - 1) * weights.per_other_organisation, weights.most_for_organisations
    )
