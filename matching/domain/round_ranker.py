# SPDX-License-Identifier: EUPL-1.2
"""What a round asks of the ranker; matching.ranking.rounds is the product's, tests write a table."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from matching.assignment.problem import Floats, Ints
from matching.models import KnowledgeRequest

#: ``allowed(first, last)``: bool[last - first, trainers] for those of the questions given.
Allowed = Callable[[int, int], NDArray[np.bool_]]
#: (done, total).
Report = Callable[[int, int], None]


class Ranker(Protocol):
    """It was made for the trainers of the pool, in their order."""

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
