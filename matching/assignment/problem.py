# SPDX-License-Identifier: EUPL-1.2
"""What a round has to decide: demands, trainers, the pairs that may be, and what each pair is worth.

A *demand* is one open question or a bundle of similar ones; it needs one trainer. Hard rules were applied
before a pair comes here (matching.domain.eligibility), so every pair in a problem is allowed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: Scores become whole numbers by this factor; a solver of whole numbers has one optimum on every machine.
SCALE = 10_000

#: Two trainers whose scores differ by no more are equally good: nobody is asked twice before both are asked once.
EQUALLY_GOOD = 0.02


@dataclass(frozen=True)
class Weights:
    """How wishes and load count, in units of score. A MatchRun keeps the ones it was made with.

    ``match``: a fitting pair is worth this much more than leaving the question open, so that load alone never
    leaves a question without an answer while somebody may be asked.
    """

    match: float = 1.0
    other_organisation: float = 0.02
    other_layer: float = 0.01
    not_asked_recently: float = 0.02
    per_supporter: float = 0.01
    most_for_supporters: float = 0.10
    per_other_organisation: float = 0.03
    most_for_organisations: float = 0.15
    equally_good: float = EQUALLY_GOOD
    most_in_a_round: int = 2

    @property
    def wishes(self) -> float:
        """The most that wishes about a pair can add to one trainer over another."""
        return self.other_organisation + self.other_layer + self.not_asked_recently

    @property
    def load_step(self) -> float:
        """What each further request of one trainer costs more than the one before.

        More than a difference that counts as equally good plus all wishes together, so that moving a request
        to an equally good trainer with two requests fewer always pays. The rest covers rounding.
        """
        return self.equally_good + self.wishes + 4 / SCALE


@dataclass(frozen=True)
class Problem:
    """Columns of equal length for the pairs; ``pair_demand`` and ``pair_trainer`` are positions.

    ``score``: the ranker's, 0 to 1. ``wish``: bonus of the pair. ``worth``: bonus of a demand, for
    supporters and organisations. ``load``: requests a trainer has already in hand, accepted ones included.
    ``room``: how many more the trainer may get in this round.
    """

    demands: Sequence[str]
    trainers: Sequence[str]
    pair_demand: Ints
    pair_trainer: Ints
    score: Floats
    wish: Floats
    worth: Floats
    load: Ints
    room: Ints
    weights: Weights = field(default_factory=Weights)

    def __post_init__(self) -> None:
        pairs = len(self.pair_demand)
        if not pairs == len(self.pair_trainer) == len(self.score) == len(self.wish):
            raise ValueError("columns of pairs differ in length")
        if len(self.worth) != len(self.demands) or not (
            len(self.trainers) == len(self.load) == len(self.room)
        ):
            raise ValueError("columns of demands or trainers differ in length")
        if len(set(self.demands)) != len(self.demands) or len(set(self.trainers)) != len(
            self.trainers
        ):
            raise ValueError("a demand or trainer stands in the problem twice")
        if pairs and not (np.isfinite(self.score).all() and np.isfinite(self.wish).all()):
            raise ValueError("a score is not a number")

    def in_order(self) -> "Problem":
        """The same problem, each pair once, whatever the order its rows came in.

        Two problems with the same data become equal column by column, which makes the solver's choice among
        equally good answers the same too.
        """
        demand_order = sorted(range(len(self.demands)), key=lambda at: self.demands[at])
        trainer_order = sorted(range(len(self.trainers)), key=lambda at: self.trainers[at])
        new_demand = np.empty(len(demand_order), dtype=np.int64)
        new_demand[demand_order] = np.arange(len(demand_order))
        new_trainer = np.empty(len(trainer_order), dtype=np.int64)
        new_trainer[trainer_order] = np.arange(len(trainer_order))
        demand, trainer = new_demand[self.pair_demand], new_trainer[self.pair_trainer]
        # The best of a pair that stands here twice comes first, and only that one stays.
        order = np.lexsort((-self.wish, -(self.score + self.wish), trainer, demand))
        demand, trainer = demand[order], trainer[order]
        first = np.ones(len(order), dtype=bool)
        first[1:] = (demand[1:] != demand[:-1]) | (trainer[1:] != trainer[:-1])
        kept = order[first]
        return Problem(
            demands=[self.demands[at] for at in demand_order],
            trainers=[self.trainers[at] for at in trainer_order],
            pair_demand=demand[first],
            pair_trainer=trainer[first],
            score=self.score[kept],
            wish=self.wish[kept],
            worth=self.worth[demand_order],
            load=self.load[trainer_order],
            room=self.room[trainer_order],
            weights=self.weights,
        )

    def values(self) -> Ints:
        """What each pair is worth, in whole numbers, before load."""
        weights = self.weights
        value = self.score + self.wish + self.worth[self.pair_demand] + weights.match
        return np.rint(value * SCALE).astype(np.int64)


@dataclass(frozen=True)
class Pairing:
    demand: str
    trainer: str
    score: float


@dataclass(frozen=True)
class Answer:
    """``objective`` in whole numbers (SCALE): the worth of all pairings minus the cost of their load."""

    pairings: tuple[Pairing, ...]
    unmatched: tuple[str, ...]
    objective: int
