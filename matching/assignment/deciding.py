# SPDX-License-Identifier: EUPL-1.2
"""From "who is near" to "who is asked": cuts the candidates, solves the flow, and widens the cut where it
could be unfair.

Every demand brings its k nearest trainers. Where the cut falls among equally good ones, a trainer could get
a second request while an equally good one stood just below the line and has none. Such demands get four
times as many candidates and the flow is solved again, until there are none left.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from matching.assignment.flow import solve
from matching.assignment.problem import Answer, Floats, Ints, Pairing, Problem, Weights

#: ``nearest(rows, k)``: positions int[len(rows), k] of the best allowed trainers, best first, -1 where there
#: are fewer, and their scores.
Nearest = Callable[[Sequence[int], int], tuple[Ints, Floats]]
#: The bonus of each pair of (demand position, trainer position).
Wish = Callable[[Ints, Ints], Floats]

CANDIDATES = 50
WIDER = 4
#: More extra pairs than this in one go would cost more memory than a round may have.
MOST_MORE = 1_000_000


@dataclass(frozen=True)
class Frame:
    """A problem before its pairs are known; columns as in Problem. ``fits``: a lower score is no help."""

    demands: Sequence[str]
    trainers: Sequence[str]
    worth: Floats
    load: Ints
    room: Ints
    wish: Wish
    fits: float
    weights: Weights = field(default_factory=Weights)

    def problem(self, near: "Near") -> Problem:
        demand, trainer, score = near.pairs(self.fits)
        return Problem(
            demands=self.demands,
            trainers=self.trainers,
            pair_demand=demand,
            pair_trainer=trainer,
            score=score,
            wish=self.wish(demand, trainer),
            worth=self.worth,
            load=self.load,
            room=self.room,
            weights=self.weights,
        )


class Near:
    """The candidates found so far: a table for all demands, and longer rows for the few that need them."""

    def __init__(self, found: Ints, values: Floats) -> None:
        self._found, self._values = found, values
        self._longer: dict[int, tuple[Ints, Floats]] = {}

    def row(self, at: int) -> tuple[Ints, Floats]:
        return self._longer.get(at) or (self._found[at], self._values[at])

    def replace(self, at: int, found: Ints, values: Floats) -> None:
        self._longer[at] = found, values

    def pairs(self, fits: float) -> tuple[Ints, Ints, Floats]:
        """(demand, trainer, score) of every candidate that fits."""
        keep = (self._found >= 0) & (self._values >= fits)
        keep[list(self._longer)] = False
        demand, place = np.nonzero(keep)
        columns = [(demand, self._found[demand, place], self._values[demand, place])]
        for at, (found, values) in self._longer.items():
            good = (found >= 0) & (values >= fits)
            columns.append((np.full(good.sum(), at), found[good], values[good]))
        demands, trainers, scores = zip(*columns, strict=True)
        return (
            np.concatenate(demands).astype(np.int64),
            np.concatenate(trainers).astype(np.int64),
            np.concatenate(scores).astype(np.float64),
        )


@dataclass(frozen=True)
class Decision:
    """``allowed`` and ``fitting``: per demand whether anybody may be asked at all, and whether one fits.
    ``widened``: demands that needed more candidates; ``left_cut``: those that would have needed still more.
    """

    answer: Answer
    allowed: dict[str, bool]
    fitting: dict[str, bool]
    pairs: int
    widened: int
    left_cut: int


def decide(frame: Frame, nearest: Nearest, *, k: int = CANDIDATES) -> Decision:
    near = Near(*nearest(range(len(frame.demands)), k))
    longer: set[int] = set()
    while True:
        problem = frame.problem(near)
        answer = solve(problem)
        cut = _cut_among_equals(frame, answer, near)
        wider = {at: WIDER * len(near.row(at)[0]) for at in cut}
        if not cut or sum(wider.values()) > MOST_MORE:
            break
        longer.update(cut)
        for width in sorted(set(wider.values())):
            alike = [at for at in cut if wider[at] == width]
            for at, found, values in zip(alike, *nearest(alike, width), strict=True):
                near.replace(at, found, values)
    rows = [near.row(at) for at in range(len(frame.demands))]
    return Decision(
        answer=answer,
        allowed={
            key: bool((found >= 0).any())
            for key, (found, _values) in zip(frame.demands, rows, strict=True)
        },
        fitting={
            key: bool(((found >= 0) & (values >= frame.fits)).any())
            for key, (found, values) in zip(frame.demands, rows, strict=True)
        },
        pairs=len(problem.pair_demand),
        widened=len(longer),
        left_cut=len(cut),
    )


def _cut_among_equals(frame: Frame, answer: Answer, near: Near) -> list[int]:
    """Demands of trainers with more than one request, whose last candidate is as good as that trainer."""
    new = Counter(pairing.trainer for pairing in answer.pairings)
    load = {
        key: int(frame.load[at]) + new[key] for at, key in enumerate(frame.trainers) if new[key]
    }
    at_demand = {key: at for at, key in enumerate(frame.demands)}

    def is_cut(pairing: Pairing) -> bool:
        found, values = near.row(at_demand[pairing.demand])
        if load[pairing.trainer] <= 1 or found[-1] < 0 or len(found) >= len(frame.trainers):
            return False
        least = max(frame.fits, pairing.score - frame.weights.equally_good)
        return bool(values[-1] >= least)

    return sorted(at_demand[pairing.demand] for pairing in answer.pairings if is_cut(pairing))
