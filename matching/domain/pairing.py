# SPDX-License-Identifier: EUPL-1.2
"""The work of a round, in the matching worker: load, bundle, rank, decide, write.

open questions ──bundle──► demands ──hard rules, rank──► candidates ──flow──► who is asked
"""

import datetime as dt
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from django.db.models import Count
from numpy.typing import NDArray

from base import clock
from courses.models import Edition
from matching.assignment.bundles import Asked as Wanted
from matching.assignment.bundles import Rule, bundle
from matching.assignment.deciding import CANDIDATES, Decision, Frame, decide
from matching.assignment.problem import Floats, Ints, Weights
from matching.domain import eligibility, rounds
from matching.domain.eligibility import Asked, Rows, Trainer, Window
from matching.domain.outcome import Outcome, Proposal, figures_of, left_over, parameters_of
from matching.models import KnowledgeRequest, Match, Support, TrainerProfile

#: Who was asked in so many days before is asked a little less soon.
RECENTLY = dt.timedelta(days=60)
#: Pairs explained with one set of queries.
EXPLAINED = 300
#: So many times the candidates are looked at for each question of a bundle, as only who is near all of them counts.
BUNDLE_WIDER = 4
#: ``allowed(first, last)``: bool[last - first, trainers] for those of the questions given.
Allowed = Callable[[int, int], NDArray[np.bool_]]
Report = Callable[[int, int], None]


class Ranker(Protocol):
    """What a round needs of the ranker; it was made for the trainers of the pool, in their order."""

    version: str
    #: A lower score is no help (matching.ranking says the same of a single question).
    fits: float

    def vectors(self, requests: Sequence[KnowledgeRequest]) -> NDArray[np.float32]:
        """The meaning of each question, of length one or all zero."""

    def nearest(
        self, requests: Sequence[KnowledgeRequest], allowed: Allowed, k: int, report: Report
    ) -> tuple[Ints, Floats]:
        """The k best allowed trainers of each question (matching.assignment.deciding.Nearest)."""

    def prepare(self, persons: Sequence[int]) -> None:
        """``explain`` will be asked about these."""

    def explain(
        self, request: KnowledgeRequest, person: int
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Reasons and minus points of a pair, as Match keeps them."""


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
    requests = list(rounds.questions(now).filter(eligibility.in_time(window)))
    total = len(requests) + 1
    report(0, total)
    asked = eligibility.asked_of(requests, window=window)
    pool = load_pool(now)
    ranker = make_ranker(pool.persons)
    behind = _behind(requests)
    groups = bundle(
        [
            Wanted(str(r.public_id), b.people, len(b.organisations))
            for r, b in zip(requests, behind, strict=True)
        ],
        ranker.vectors(requests),
        together=_together(requests, asked),
        rule=rule,
    )
    groups = _split_hopeless(groups, requests, asked, pool, ranker)
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


@dataclass(frozen=True)
class Behind:
    """Who stands behind a question."""

    people: int
    supporters: int
    organisations: frozenset[int]


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


def _together(
    requests: Sequence[KnowledgeRequest], asked: Sequence[Asked]
) -> Callable[[int, int], bool]:
    """May one session answer both? Open to others, same language and theme, a common place and period."""

    def together(one: int, other: int) -> bool:
        a, b = requests[one], requests[other]
        return (
            a.open_to_others
            and b.open_to_others
            and a.language == b.language
            and (a.theme_id == b.theme_id or None in {a.theme_id, b.theme_id})
            and max(asked[one].first, asked[other].first) <= min(asked[one].last, asked[other].last)
            and (
                (asked[one].online and asked[other].online)
                or bool(asked[one].provinces & asked[other].provinces)
            )
        )

    return together


def _split_hopeless(
    groups: list[list[int]],
    requests: Sequence[KnowledgeRequest],
    asked: Sequence[Asked],
    pool: Pool,
    ranker: Ranker,
) -> list[list[int]]:
    """A bundle for which nobody fits who may be had by all its questions: no one session answers it. Those that
    one trainer fits stay together, the others go by themselves."""
    several = [group for group in groups if len(group) > 1]
    if not several:
        return groups
    rows = Rows(pool.trainers, [[asked[at] for at in group] for group in several])
    _found, scores = nearest_of(
        several,
        requests,
        lambda first, last: rows.allowed(range(first, last)),
        ranker,
        1,
        lambda _done, _total: None,
    )
    hopeless = {
        group[0] for group, score in zip(several, scores, strict=True) if score[0] < ranker.fits
    }
    split: list[list[int]] = []
    for group in groups:
        if group[0] not in hopeless:
            split.append(group)
            continue
        stay = _one_fits(group, requests, asked, pool, ranker)
        split += [stay] if stay else []
        split += [[at] for at in group if at not in stay]
    return split


def _one_fits(
    group: list[int],
    requests: Sequence[KnowledgeRequest],
    asked: Sequence[Asked],
    pool: Pool,
    ranker: Ranker,
) -> list[int]:
    """The largest part of the bundle that one trainer fits, two questions at least; else nothing."""
    rows = Rows(pool.trainers, [[asked[at]] for at in group])
    near, scores = ranker.nearest(
        [requests[at] for at in group],
        lambda first, last: rows.allowed(range(first, last)),
        CANDIDATES * BUNDLE_WIDER,
        lambda _done, _total: None,
    )
    fits: dict[int, dict[int, float]] = {}
    for at, found, values in zip(group, near, scores, strict=True):
        for trainer, score in zip(found.tolist(), values.tolist(), strict=True):
            if trainer >= 0 and score >= ranker.fits:
                fits.setdefault(trainer, {})[at] = score
    best = min(fits, key=lambda one: (-len(fits[one]), -sum(fits[one].values()), one), default=None)
    stay = fits[best] if best is not None else {}
    return [at for at in group if at in stay] if len(stay) > 1 else []


def nearest_of(
    groups: Sequence[Sequence[int]],
    requests: Sequence[KnowledgeRequest],
    allowed: Allowed,
    ranker: Ranker,
    k: int,
    report: Report,
) -> tuple[Ints, Floats]:
    """The nearest of each demand. For a bundle: who fits every question in it, by the mean of the scores.

    So a bundle of questions that only sound alike has nobody, and falls apart.
    """
    found, scores = ranker.nearest([requests[group[0]] for group in groups], allowed, k, report)
    found, scores = np.array(found, dtype=np.int64), np.array(scores, dtype=np.float64)
    several = [
        (at, member) for at, group in enumerate(groups) if len(group) > 1 for member in group
    ]
    if not several:
        return found, scores
    wide = max(k, CANDIDATES) * BUNDLE_WIDER

    def allowed_for(first: int, last: int) -> NDArray[np.bool_]:
        return np.vstack([allowed(at, at + 1) for at, _member in several[first:last]])

    near, near_scores = ranker.nearest(
        [requests[member] for _at, member in several], allowed_for, wide, lambda _d, _t: None
    )
    fitting: dict[int, list[dict[int, float]]] = {}
    for row, (at, _member) in enumerate(several):
        good = (near[row] >= 0) & (near_scores[row] >= ranker.fits)
        pairs = zip(near[row][good].tolist(), near_scores[row][good].tolist(), strict=True)
        fitting.setdefault(at, []).append(dict(pairs))
    for at, members in fitting.items():
        both = set(members[0]).intersection(*members[1:])
        mean = {one: sum(member[one] for member in members) / len(members) for one in both}
        best = sorted(mean, key=lambda one: (-mean[one], one))[:k]
        found[at], scores[at] = -1, -np.inf
        found[at, : len(best)], scores[at, : len(best)] = best, [mean[one] for one in best]
    return found, scores


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
        return nearest_of(
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
