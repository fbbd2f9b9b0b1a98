# SPDX-License-Identifier: EUPL-1.2
"""Somebody who has every published table of every period, knows how they were made, and can solve equations.

The unknowns are how often colleagues of each organisation were at each kind of session in each part of a
period. Every published sum is an equation over them (a rounded one: two inequalities). HiGHS then finds the
smallest and largest value that a hidden cell can have. A coordinator also knows all rows of the own colleagues.
"""

import dataclasses
import functools
from collections.abc import Hashable, Iterable, Mapping

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import lil_array, vstack

#: Wide enough for a number never to be told by rounding alone.
UNKNOWN = (0, None)


@dataclasses.dataclass
class Attacker:
    #: What could be: one unknown per kind of row.
    unknowns: list[Hashable] = dataclasses.field(default_factory=list)
    #: What every unknown in a sum weighs, and between what numbers the sum is.
    sums: list[tuple[dict, float, float]] = dataclasses.field(default_factory=list)
    known: dict[Hashable, float] = dataclasses.field(default_factory=dict)

    def learns(
        self,
        which: Iterable[Hashable] | Mapping[Hashable, float],
        value: float,
        *,
        rounded_to: float = 0,
    ) -> None:
        """The published sum of these unknowns, each as heavy as the mapping says or else 1."""
        half = rounded_to / 2
        weights = dict(which) if isinstance(which, Mapping) else dict.fromkeys(which, 1.0)
        self.sums.append((weights, max(0.0, value - half), value + half))

    @functools.cached_property
    def _equations(self):
        """All that was learned, once everything was."""
        place = {unknown: number for number, unknown in enumerate(self.unknowns)}
        matrix = lil_array((len(self.sums), len(place)))
        for row, (unknowns, _low, _high) in enumerate(self.sums):
            for unknown, weight in unknowns.items():
                matrix[row, place[unknown]] = weight
        limits = [
            (self.known[u], self.known[u]) if u in self.known else UNKNOWN for u in self.unknowns
        ]
        lows = np.array([low for _u, low, _h in self.sums])
        highs = np.array([high for _u, _l, high in self.sums])
        return place, vstack([matrix, -matrix]).tocsr(), limits, np.concatenate([highs, -lows])

    def bounds(self, which: Iterable[Hashable]) -> tuple[float, float]:
        """The least and the most that these unknowns can be together."""
        place, both, limits, ends_of = self._equations
        wanted = np.zeros(len(place))
        for unknown in which:
            wanted[place[unknown]] = 1
        ends = []
        for sign in (1, -1):
            found = linprog(sign * wanted, A_ub=both, b_ub=ends_of, bounds=limits, method="highs")
            assert found.status in {0, 3}, found.message
            ends.append(sign * found.fun if found.status == 0 else np.inf)
        return ends[0], ends[1]
