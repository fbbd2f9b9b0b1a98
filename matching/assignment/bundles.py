# SPDX-License-Identifier: EUPL-1.2
"""Which open questions are so alike that one session can answer them.

The rule, as the coordinator reads it: questions go together when every two of them are alike in meaning, of
the same theme (a question without a theme goes with any), in the same language and possible at the same
place and in the same weeks; together they ask for no more seats than one session has. The question with the
most organisations and people behind it starts, and takes the questions most like it first.

"Every two", not "the nearest": so a chain of small steps never ties two different questions together.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
#: May these two questions be answered by one session? Positions; symmetric.
Together = Callable[[int, int], bool]

BLOCK = 512


@dataclass(frozen=True)
class Rule:
    """``alike``: least cosine of two questions. ``seats``: most people in one session.

    Measured with the bundled model (after the bridge) on 66 questions of the development set and the demo: of all
    pairs 99.5 % lie below 0.27, and the two at 0.40 or more do ask the same; eight pairs written to mean the same lie between 0.09 and 0.51.
    A bundle too few costs one session more; a wrong one costs two askers their answer. So it is on the high side.
    """

    alike: float = 0.40
    seats: int = 20
    most_questions: int = 8


@dataclass(frozen=True)
class Asked:
    """What bundling needs of a question: its stable key, people (asker's group and supporters) and how many
    organisations stand behind it."""

    key: str
    people: int
    organisations: int


def bundle(
    asked: Sequence[Asked], vectors: Vectors, *, together: Together, rule: Rule | None = None
) -> list[list[int]]:
    """Groups of positions; each question stands in exactly one, the one that leads first.

    ``vectors`` are of length one, or all zero for a question without words (it stays alone). The outcome
    does not depend on the order of the questions.
    """
    rule = rule or Rule()
    order = sorted(
        range(len(asked)),
        key=lambda at: (-asked[at].organisations, -asked[at].people, asked[at].key),
    )
    alike = _alike(vectors, rule.alike)
    free = set(order)
    groups: list[list[int]] = []
    for leader in order:
        if leader not in free:
            continue
        free.discard(leader)
        group, people = [leader], asked[leader].people
        nearest = sorted(alike[leader], key=lambda at: (-alike[leader][at], asked[at].key))
        for other in nearest:
            if len(group) == rule.most_questions:
                break
            fits = (
                other in free
                and people + asked[other].people <= rule.seats
                and all(member in alike[other] and together(member, other) for member in group)
            )
            if fits:
                free.discard(other)
                group.append(other)
                people += asked[other].people
        groups.append(group)
    return groups


def _alike(vectors: Vectors, least: float) -> list[dict[int, float]]:
    """Per question the others that are alike, with how much (rounded: the last bits differ per machine)."""
    found: list[dict[int, float]] = [{} for _ in range(len(vectors))]
    for first in range(0, len(vectors), BLOCK):
        block = vectors[first : first + BLOCK] @ vectors.T
        for row, column in zip(*np.nonzero(block >= least), strict=True):
            if first + row != column:
                found[first + row][int(column)] = round(float(block[row, column]), 4)
    # Rounding in the product of two blocks may make one direction only.
    for at, others in enumerate(found):
        for other in list(others):
            if at not in found[other]:
                del others[other]
    return found
