# SPDX-License-Identifier: EUPL-1.2
"""Which open questions are so alike that one session can answer them.

The rule, as the coordinator reads it: questions go together when every two of them are alike in meaning, of
the same theme (a question without a theme goes with any), in the same language and possible at the same
place and in the same weeks; together they ask for no more seats than one session has. The question with the
most organisations and people behind it starts, and takes the questions most like it first.

"Every two", not "the nearest": so a chain of small steps never ties two different questions together. Whether one
trainer fits them all is asked in matching.domain.bundling.
"""

from collections.abc import Callable, Iterable, Sequence
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
    """Groups of positions; each question stands in exactly one, the one that leads first."""
    return Bundles(asked, vectors, together=together, rule=rule).groups()


class Bundles:
    """What may be bundled with what, looked up once; ``groups`` may be asked for again, of what is left.

    ``vectors`` are of length one, or all zero for a question without words (it stays alone). No outcome depends
    on the order of the questions.
    """

    def __init__(
        self,
        asked: Sequence[Asked],
        vectors: Vectors,
        *,
        together: Together,
        rule: Rule | None = None,
    ) -> None:
        self._asked, self._together, self._rule = asked, together, rule or Rule()
        self._alike = _alike(vectors, self._rule.alike)
        order = sorted(
            range(len(asked)),
            key=lambda at: (-asked[at].organisations, -asked[at].people, asked[at].key),
        )
        self._rank = {at: place for place, at in enumerate(order)}

    def in_order(self, positions: Iterable[int]) -> list[int]:
        """Who leads first: most organisations, then most people behind it."""
        return sorted(positions, key=self._rank.__getitem__)

    def groups(
        self, among: Iterable[int] | None = None, *, helped: Together = lambda _one, _other: True
    ) -> list[list[int]]:
        """Of all questions, or of these; only what is ``helped`` two by two goes together."""
        order = self.in_order(self._rank if among is None else among)
        free = set(order)
        found: list[list[int]] = []
        for leader in order:
            if leader not in free:
                continue
            free.discard(leader)
            group = [leader]
            for other in self._nearest(leader):
                if len(group) == self._rule.most_questions:
                    break
                if (
                    other in free
                    and self.has_room(group, other)
                    and all(helped(member, other) for member in group)
                ):
                    free.discard(other)
                    group.append(other)
            found.append(group)
        return found

    def like(self, one: int) -> list[int]:
        """The questions that may go with this one, the likest first."""
        return [other for other in self._nearest(one) if self._together(one, other)]

    def has_room(self, group: Sequence[int], other: int) -> bool:
        """May this question go with every one of the group, and are there seats for it?"""
        people = sum(self._asked[at].people for at in (*group, other))
        return (
            len(group) < self._rule.most_questions
            and people <= self._rule.seats
            and all(
                member in self._alike[other] and self._together(member, other) for member in group
            )
        )

    def led(self, group: Iterable[int]) -> list[int]:
        """The same questions: the one that leads, then the likest to it first."""
        leader, *others = self.in_order(group)
        return [leader, *sorted(others, key=lambda at: self.distance(leader, at))]

    def _nearest(self, one: int) -> list[int]:
        return sorted(self._alike[one], key=lambda at: self.distance(one, at))

    def distance(self, one: int, other: int) -> tuple[float, str]:
        """To sort by: the likest to ``one`` comes first. Only of what is alike."""
        return -self._alike[one][other], self._asked[other].key


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
