# SPDX-License-Identifier: EUPL-1.2
"""Which questions of a round one session answers: alike, possible together, and with one trainer who fits them all.

First everything that is alike goes together, whoever may help (matching.assignment.bundles). Where no one trainer
fits such a bundle, what it held is bundled anew, with what stood alone beside it and now only as one trainer fits
it. So a question that nobody can help takes no other with it: the rest gathers around another lead.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from matching.assignment.bundles import Asked as Wanted
from matching.assignment.bundles import Bundles, Rule, Together
from matching.assignment.deciding import CANDIDATES
from matching.assignment.problem import Floats, Ints
from matching.domain.eligibility import Asked, Rows, Trainer, at_one_place, obstacles
from matching.domain.round_ranker import Allowed, Ranker, Report
from matching.models import KnowledgeRequest

#: So many times the candidates are looked at for each question of a bundle, as only who is near all of them counts.
WIDER = 4


@dataclass(frozen=True)
class Behind:
    """Who stands behind a question."""

    people: int
    supporters: int
    organisations: frozenset[int]


def bundled(
    requests: Sequence[KnowledgeRequest],
    behind: Sequence[Behind],
    asked: Sequence[Asked],
    trainers: Trainer,
    ranker: Ranker,
    *,
    rule: Rule | None = None,
    alive: Callable[[], None] = lambda: None,
) -> list[list[int]]:
    """Groups of positions, the one that leads first; each question stands in exactly one."""
    alike = Bundles(
        [
            Wanted(str(r.public_id), b.people, len(b.organisations))
            for r, b in zip(requests, behind, strict=True)
        ],
        ranker.vectors(requests),
        together=_together(requests, asked),
        rule=rule,
    )
    groups = alike.groups()
    several = [group for group in groups if len(group) > 1]
    if not several:
        return groups
    rows = Rows(trainers, [[asked[at] for at in group] for group in several])
    _found, scores = nearest_of(
        several,
        requests,
        lambda first, last: rows.allowed(range(first, last)),
        ranker,
        1,
        lambda _done, _total: alive(),
    )
    hopeless = [g for g, score in zip(several, scores, strict=True) if score[0] < ranker.fits]
    if not hopeless:
        return groups
    return _anew(alike, groups, hopeless, _Helpers(requests, asked, trainers, ranker, alive))


def _together(requests: Sequence[KnowledgeRequest], asked: Sequence[Asked]) -> Together:
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


# --- anew, with who can help ----------------------------------------------------------------------


def _anew(
    alike: Bundles, groups: list[list[int]], hopeless: list[list[int]], helpers: "_Helpers"
) -> list[list[int]]:
    """Every pass of the loop bundles at least two questions for good, so there are few."""
    left = {at for group in hopeless for at in group}
    beside = {other for one in left for other in alike.like(one)}
    alone = {group[0] for group in groups if len(group) == 1}
    loose = left | (alone & beside)
    kept = [group for group in groups if len(group) > 1 and left.isdisjoint(group)]
    near = [group for group in kept if any(alike.has_room(group, one) for one in left)]
    helpers.look_up(loose.union(*near))
    found = _joined(alike, near, loose, helpers)
    while firm := [
        helpers.largest_part(group)
        for group in alike.groups(loose, helped=lambda one, other: helpers.help([one, other]))
        if len(group) > 1
    ]:
        loose.difference_update(*firm)
        found += firm
    found = _joined(alike, found, loose, helpers)
    found += [group for group in kept if group not in near]
    found += [[at] for at in loose | (alone - beside)]
    by_lead = {group[0]: group for group in map(alike.led, found)}
    return [by_lead[lead] for lead in alike.in_order(by_lead)]


def _joined(
    alike: Bundles, bundles: Iterable[list[int]], loose: set[int], helpers: "_Helpers"
) -> list[list[int]]:
    """The bundles with what can still join one of them, which is not ``loose`` any more."""
    found = [alike.led(group) for group in bundles]
    for one in alike.in_order(loose):
        may = [g for g in found if alike.has_room(g, one) and helpers.help([*g, one])]
        if may:
            min(may, key=lambda group: alike.distance(group[0], one)).append(one)
            loose.discard(one)
    return found


class _Helpers:
    """Of single questions the trainers who may have them and fit, as far as one looks down the list."""

    def __init__(
        self,
        requests: Sequence[KnowledgeRequest],
        asked: Sequence[Asked],
        trainers: Trainer,
        ranker: Ranker,
        alive: Callable[[], None],
    ) -> None:
        self._requests, self._asked, self._trainers = requests, asked, trainers
        self._ranker, self._alive = ranker, alive
        #: Question -> trainer -> score.
        self._fits: dict[int, dict[int, float]] = {}

    def look_up(self, questions: Collection[int]) -> None:
        order = sorted(questions)
        rows = Rows(self._trainers, [[self._asked[at]] for at in order])
        near, scores = self._ranker.nearest(
            [self._requests[at] for at in order],
            lambda first, last: rows.allowed(range(first, last)),
            CANDIDATES * WIDER,
            lambda _done, _total: self._alive(),
        )
        for at, found, values in zip(order, near, scores, strict=True):
            self._fits[at] = _fitting(found, values, self._ranker.fits)

    def help(self, group: Sequence[int]) -> bool:
        """Is there one trainer for all of these?"""
        first, *others = (self._fits[at] for at in group)
        return any(self._can_come(one, group) for one in set(first).intersection(*others))

    def largest_part(self, group: Sequence[int]) -> list[int]:
        """The largest part of these that one trainer can help; two at least when there is one for the first two."""
        fits: dict[int, list[float]] = {}
        for at in group:
            for trainer, score in self._fits[at].items():
                fits.setdefault(trainer, []).append(score)
        best: list[int] = []
        for trainer in sorted(fits, key=lambda one: (-len(fits[one]), -sum(fits[one]), one)):
            if len(fits[trainer]) <= len(best):
                break
            some: list[int] = []
            for at in group:
                if trainer in self._fits[at] and self._can_come(trainer, [*some, at]):
                    some.append(at)
            best = max(best, some, key=len)
        return best

    def _can_come(self, trainer: int, group: Sequence[int]) -> bool:
        one = Trainer(
            **{
                row.name: getattr(self._trainers, row.name)[trainer].item()
                for row in fields(Trainer)
            }
        )
        return not obstacles(one, at_one_place([self._asked[at] for at in group]))


# --- who fits a bundle ----------------------------------------------------------------------------


def nearest_of(
    groups: Sequence[Sequence[int]],
    requests: Sequence[KnowledgeRequest],
    allowed: Allowed,
    ranker: Ranker,
    k: int,
    report: Report,
) -> tuple[Ints, Floats]:
    """The nearest of each demand. For a bundle: who fits every question in it, by the mean of the scores.

    So a bundle of questions that only sound alike has nobody.
    """
    found = np.full((len(groups), k), -1, dtype=np.int64)
    scores = np.full((len(groups), k), -np.inf)
    alone = [at for at, group in enumerate(groups) if len(group) == 1]
    if alone:
        found[alone], scores[alone] = ranker.nearest(
            [requests[groups[at][0]] for at in alone],
            lambda first, last: np.vstack([allowed(at, at + 1) for at in alone[first:last]]),
            k,
            report,
        )
    several = [
        (at, member) for at, group in enumerate(groups) if len(group) > 1 for member in group
    ]
    if not several:
        return found, scores
    wide = max(k, CANDIDATES) * WIDER

    def allowed_for(first: int, last: int) -> NDArray[np.bool_]:
        return np.vstack([allowed(at, at + 1) for at, _member in several[first:last]])

    near, near_scores = ranker.nearest(
        [requests[member] for _at, member in several],
        allowed_for,
        wide,
        lambda _done, _total: report(len(groups), len(groups)),
    )
    fitting: dict[int, list[dict[int, float]]] = {}
    for row, (at, _member) in enumerate(several):
        fitting.setdefault(at, []).append(_fitting(near[row], near_scores[row], ranker.fits))
    for at, members in fitting.items():
        both = set(members[0]).intersection(*members[1:])
        mean = {one: sum(member[one] for member in members) / len(members) for one in both}
        best = sorted(mean, key=lambda one: (-mean[one], one))[:k]
        found[at, : len(best)], scores[at, : len(best)] = best, [mean[one] for one in best]
    return found, scores


def _fitting(found: Ints, scores: Floats, fits: float) -> dict[int, float]:
    """Trainer -> score of one row, without who is no help."""
    good = (found >= 0) & (scores >= fits)
    return dict(zip(found[good].tolist(), scores[good].tolist(), strict=True))
