# SPDX-License-Identifier: EUPL-1.2
"""What a round needs of the ranker (matching.domain.round_ranker.Ranker): the best k of every question at once.

100,000 trainers and 10,000 questions: 64 questions at a time against one matrix, hard rules before the cut,
letters for the k that are left. Peak: the matrix and 60 MB.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.models import KnowledgeRequest, Vector
from matching.ranking import lexical, sources, store
from matching.ranking.index import ranker as ranker_of_process
from matching.ranking.ranker import Ranked, Ranker, asked_text, asking
from matching.ranking.reasons import Facts, Reason, explain, facts_of
from matching.ranking.retrieval import BLOCK, Vectors, best_of

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Mask = Callable[[int, int], npt.NDArray[np.bool_]]


class PoolRanker:
    """Made for the trainers of a pool: ``persons`` are the columns."""

    def __init__(self, persons: list[int], ranker: Ranker | None = None) -> None:
        self._ranker = ranker or ranker_of_process()
        self.version = self._ranker.version
        self.fits = self._ranker.fits_from
        self._persons = persons
        self._column = {person: at for at, person in enumerate(persons)}
        #: Pieces of every column; nobody is found by nothing.
        self._letters: list[lexical.Pieces] = [np.empty(0, np.uint16)] * len(persons)
        #: Columns without a vector yet can be had by nobody.
        self._known = np.zeros(len(persons), np.bool_)
        #: float32[rows, dimensions + 1]; rows of one column stand together, from ``_starts`` of ``_columns`` on.
        self._rows, self._starts, self._columns, self._parts = self._load()
        #: By key of the question: a round asks for them more than once.
        self._asked: dict[int, npt.NDArray[np.float32]] = {}
        self._facts: dict[int, Facts] = {}

    def _load(self) -> tuple[Vectors, Ints, Ints, Ints]:
        vectors = Vector.objects.filter(kind=Vector.Kind.TRAINER, version=self.version)
        sizes = np.zeros(len(self._persons), np.int64)
        for person, parts in vectors.order_by().values_list("object_id", "parts").iterator():
            if person in self._column:
                sizes[self._column[person]] = max(1, parts - 1) if parts else 0
        dimensions = self._ranker.model.dimensions if self._ranker.model else 0
        starts = np.concatenate(([0], np.cumsum(sizes)))
        rows = np.zeros((int(starts[-1]), dimensions + 1), np.float32)
        for person, _revised, encoded in store.read(self._ranker, Vector.Kind.TRAINER):
            at = self._column.get(person)
            if at is None:
                continue
            self._letters[at] = encoded.letters
            self._known[at] = True
            if encoded.whole is not None:
                made = self._ranker.rows_of(encoded)[: sizes[at]]
                rows[starts[at] : starts[at] + len(made)] = made
        columns = np.flatnonzero(sizes)
        return rows, starts[columns], columns, sizes

    # --- what pairing asks ------------------------------------------------------------------------

    def vectors(self, requests: Sequence[KnowledgeRequest]) -> npt.NDArray[np.float32]:
        """Without a model nothing is known to mean the same: all zero."""
        if self._ranker.model is None:
            return np.zeros((len(requests), 1), np.float32)
        new = [request for request in requests if request.pk not in self._asked]
        made = store.question_vectors(self._ranker, new)
        self._asked |= {request.pk: vector for request, vector in zip(new, made, strict=True)}
        return np.array([self._asked[request.pk] for request in requests], np.float32).reshape(
            len(requests), self._ranker.model.dimensions
        )

    def nearest(
        self,
        requests: Sequence[KnowledgeRequest],
        allowed: Mask,
        k: int,
        report: Callable[[int, int], Any] = lambda _done, _total: None,
    ) -> tuple[Ints, Floats]:
        """Positions int[requests, k] of the best allowed columns, best first, -1 beyond the last; and scores."""
        rows = np.full((len(requests), k), -1, np.int64)
        scores = np.full((len(requests), k), -np.inf)
        vectors = self.vectors(requests)
        easily = self._ranker.easily_answered(vectors)
        for first in range(0, len(requests), BLOCK):
            last = min(first + BLOCK, len(requests))
            weights = [
                lexical.weights_of(asked_text(request.text, request.title))
                for request in requests[first:last]
            ]
            found = self._by_meaning(vectors[first:last], weights)
            np.copyto(found, -np.inf, where=~(allowed(first, last) & self._known))
            for at in range(first, last):
                self._row(found[at - first], weights[at - first], k, rows[at], scores[at])
                scores[at] -= easily[at]
            report(last, len(requests))
        return rows, scores

    def _by_meaning(self, vectors: Vectors, weights: Sequence[lexical.Weights]) -> Vectors:
        """float32[questions, columns]."""
        if self._ranker.model is None:
            return np.array([lexical.likeness(one, self._letters) for one in weights], np.float32)
        found = asking(vectors) @ self._rows.T
        if len(self._starts) == len(self._persons) == found.shape[1]:
            return found
        by_column = np.full((len(vectors), len(self._persons)), -np.inf, np.float32)
        if len(self._starts):
            by_column[:, self._columns] = np.maximum.reduceat(found, self._starts, axis=1)
        return by_column

    def _row(
        self, line: Vectors, weights: lexical.Weights, k: int, rows: Ints, scores: Floats
    ) -> None:
        """The best k of one question into ``rows`` and ``scores``. Nobody for a question without words."""
        if not weights.any():
            return
        best = best_of(line, min(k, len(line)))
        best = best[np.isfinite(line[best])]
        values = line[best].astype(np.float64)
        if self._ranker.model is not None and len(best):
            values += self._ranker.weights.letters * lexical.likeness(
                weights, [self._letters[at] for at in best], self._lengths_of(best)
            )
        order = np.lexsort((best, -values))
        rows[: len(best)], scores[: len(best)] = best[order], values[order]

    #: float32[columns], NaN where it was not needed yet.
    _lengths: Vectors | None = None

    def _lengths_of(self, columns: npt.NDArray[np.intp]) -> Vectors:
        """Of each text once: it is a candidate of many questions."""
        if self._lengths is None:
            self._lengths = np.full(len(self._letters), np.nan, np.float32)
        new = columns[np.isnan(self._lengths[columns])]
        if len(new):
            self._lengths[new] = lexical.lengths_of([self._letters[at] for at in new])
        found: Vectors = self._lengths[columns]
        return found

    def prepare(self, persons: Sequence[int]) -> None:
        """The facts of all of these at once, for ``explain``: ten thousand pairs are not ten thousand questions."""
        facts = facts_of(persons, sources.trainers(persons))
        self._facts = dict.fromkeys(persons, facts)

    def explain(self, request: KnowledgeRequest, person: int) -> tuple[list[Reason], list[Reason]]:
        """Reasons and minus points of a pair, as Match keeps them."""
        if person not in self._facts:
            self._facts = {person: facts_of([person], sources.trainers([person]))}
        facts = self._facts[person]
        if person not in facts.sources or person not in facts.profiles:
            return [], []
        ranked = self._ranked(request, person)
        return explain(request, person, ranked, facts, fits=ranked.score >= self.fits)

    def _ranked(self, request: KnowledgeRequest, person: int) -> Ranked:
        at = self._column[person]
        weights = lexical.weights_of(asked_text(request.text, request.title))
        letters = float(lexical.likeness(weights, [self._letters[at]])[0])
        if self._ranker.model is None:
            return Ranked(person, letters)
        first = int(self._starts[np.searchsorted(self._columns, at)])
        vectors = self.vectors([request])
        scores = self._rows[first : first + int(self._parts[at])] @ asking(vectors)[0]
        part = int(scores.argmax())
        score = float(scores[part]) + self._ranker.weights.letters * letters
        return Ranked(person, score - float(self._ranker.easily_answered(vectors)[0]), part)
