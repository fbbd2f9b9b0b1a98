# SPDX-License-Identifier: EUPL-1.2
"""The nearest passages of many queries, exactly, with hard rules applied before the cut.

Nothing but numpy; imported in the matching worker and in commands, never in web.
"""

import dataclasses
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
#: ``eligible(first, last)``: which passage may be had by the queries first..last-1, bool[last - first, passages].
Eligible = Callable[[int, int], npt.NDArray[np.bool_]]

#: Queries at a time: with 100,000 passages 64 rows of scores are 26 MB.
BLOCK = 64
_GROUP, _GROUPS = 64, 4


@dataclasses.dataclass(frozen=True)
class Nearest:
    #: int32[queries, k]: rows of the passages, best first; -1 where fewer than k may be had.
    rows: npt.NDArray[np.int32]
    #: float32[queries, k]: their scores; -inf beside -1.
    scores: Vectors


def top_k(
    queries: Vectors,
    passages: Vectors,
    k: int,
    *,
    eligible: Eligible | None = None,
    block: int = BLOCK,
) -> Nearest:
    """Of every query the k passages with the highest inner product; equal ones in order of their row."""
    width = min(k, len(passages))
    rows = np.full((len(queries), k), -1, np.int32)
    scores = np.full((len(queries), k), -np.inf, np.float32)
    for first in range(0, len(queries), block) if width else ():
        last = min(first + block, len(queries))
        found = queries[first:last] @ passages.T
        if eligible is not None:
            found[~eligible(first, last)] = -np.inf
        for number, line in enumerate(found, start=first):
            best = best_of(line, width)
            best = best[np.isfinite(line[best])]
            rows[number, : len(best)] = best
            scores[number, : len(best)] = line[best]
    return Nearest(rows, scores)


def best_of(line: Vectors, width: int) -> npt.NDArray[np.intp]:
    """Places of the highest, highest first; of equal ones the first."""
    # Every one at the edge, so that which of equals is kept does not depend on the algorithm.
    at = np.flatnonzero(line >= _least(line, width)) if width < len(line) else np.arange(len(line))
    return at[np.lexsort((at, -line[at]))][:width]


def _least(line: Vectors, width: int) -> np.float32:
    """A number that at least ``width`` scores reach, and not many more.

    Of a long line the highest of every group are enough to tell: as many groups reach it, so as many scores do.
    """
    groups = len(line) // _GROUP
    if groups > _GROUPS * width:
        tops = line[: groups * _GROUP].reshape(groups, _GROUP).max(axis=1)
        least = np.partition(tops, groups - width)[groups - width]
        if np.isfinite(least):
            return np.float32(least)
    return np.float32(np.partition(line, len(line) - width)[len(line) - width])
