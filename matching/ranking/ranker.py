# SPDX-License-Identifier: EUPL-1.2
"""Scores of trainers for a question. One configuration for everything; no database.

    score = 0.2 * whole + 0.8 * part + 0.2 * letters - 0.5 * found easily - 0.5 * answered easily
    score = letters                                                (without a model)

``whole`` and ``part`` are cosines after the bridge, ``letters`` the TF-IDF cosine with the whole; the part that
scores best counts. ``found easily`` says how near this part is to questions in general, ``answered easily`` how
near the question is to answers in general (matching.ranking.bridge). No score depends on who else is in the
pool. Where the weights come from: docs/decisions/0010-ranking.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from matching.ranking import lexical
from matching.ranking.bridge import Bridge, bridge_of
from matching.ranking.encoding import TextEncoder, Vector, Vectors
from matching.ranking.texts import TrainerText, plain, spelled_out

WHOLE, PART, LETTERS = 0.2, 0.8, 0.2
EASILY_FOUND, EASILY_ANSWERED = 0.5, 0.5


@dataclass(frozen=True)
class RankWeights:
    """Those above, or what ``manage.py learn_matching`` made of them. Whole and part share 1, so that a score
    keeps its scale and FITS its meaning."""

    part: float = PART
    letters: float = LETTERS

    @property
    def whole(self) -> float:
        return 1.0 - self.part


#: From this score of the first on somebody fits, and from the second on that is sure; between them it may be
#: so. Measured in docs/decisions/0010-ranking.md.
FITS, FITS_BY_LETTERS = 0.23, 0.12
SURE, SURE_BY_LETTERS = 0.27, 0.16

#: Trainers that a question is compared with by letters as well, after the cut by meaning.
NEAR = 100


@dataclass(frozen=True)
class Query:
    #: float32[dimensions] after the bridge; None without a model.
    meaning: Vector | None
    letters: lexical.Weights
    #: What is taken off every score of this question.
    easily: float = 0.0

    @property
    def is_empty(self) -> bool:
        """No words, or only such as say nothing (and emoji, which are no words)."""
        return not self.letters.any()


@dataclass(frozen=True)
class Encoded:
    """A trainer's text for the pool. ``whole`` and ``parts`` as the encoder gives them, before the bridge."""

    letters: lexical.Pieces
    whole: Vector | None = None
    parts: Vectors | None = None


@dataclass(frozen=True)
class Ranked:
    trainer: int
    score: float
    #: Number of the part that fits best, as TrainerText.parts counts; None without a model.
    part: int | None = None


class Ranker:
    """What encodes and weighs; ``model`` None ranks by letters alone."""

    def __init__(self, model: TextEncoder | None, weights: RankWeights | None = None) -> None:
        self.model = model
        self.weights = weights or RankWeights()
        self.bridge: Bridge | None = bridge_of(model.version) if model else None

    @property
    def version(self) -> str:
        return self.model.version if self.model else "letters-1"

    @property
    def fits_from(self) -> float:
        return FITS if self.model else FITS_BY_LETTERS

    @property
    def sure_from(self) -> float:
        return SURE if self.model else SURE_BY_LETTERS

    def query(self, text: str, title: str = "") -> Query:
        said = asked_text(text, title)
        letters = lexical.weights_of(said)
        if self.model is None:
            return Query(None, letters)
        meaning = self.model.encode_query(spelled_out(said))[None, :]
        if self.bridge is not None:
            meaning = self.bridge.queries(meaning)
        return Query(meaning[0], letters, float(self.easily_answered(meaning)[0]))

    def easily_answered(self, meanings: Vectors) -> Vector:
        """float32[questions]: what is taken off every score of these questions (after the bridge)."""
        if self.bridge is None:
            return np.zeros(len(meanings), np.float32)
        found: Vector = np.float32(EASILY_ANSWERED) * self.bridge.easily_answered(meanings)
        return found

    def encode(self, trainer: TrainerText) -> Encoded:
        letters = lexical.pieces_of(trainer.whole)
        if self.model is None:
            return Encoded(letters)
        parts = [text for _sort, _number, text in trainer.parts()]
        found = self.model.encode_passages([spelled_out(text) for text in [trainer.whole, *parts]])
        return Encoded(letters, found[0], found[1:] if parts else found[:1])

    def rows_of(self, encoded: Encoded) -> Vectors:
        """float32[parts, dimensions + 1]: a part's inner product with ``asking`` a question is the score by
        meaning; the last column is what is taken off for being found easily."""
        assert encoded.whole is not None
        assert encoded.parts is not None
        whole, parts = encoded.whole[None, :], encoded.parts
        if self.bridge is not None:
            whole, parts = self.bridge.passages(whole), self.bridge.passages(parts)
        rows = np.zeros((len(parts), parts.shape[1] + 1), np.float32)
        rows[:, :-1] = self.weights.whole * whole + self.weights.part * parts
        if self.bridge is not None:
            rows[:, -1] = -EASILY_FOUND * self.bridge.easily_found(rows[:, :-1])
        return rows

    def pool(self, trainers: Iterable[TrainerText]) -> "Pool":
        made = Pool(self)
        for number, trainer in enumerate(trainers):
            made.put(number, self.encode(trainer))
        return made


def asking(meanings: Vectors) -> Vectors:
    """float32[questions, dimensions + 1]: questions as ``rows_of`` takes them."""
    return np.column_stack([meanings, np.ones(len(meanings), np.float32)])


def asked_text(text: str, title: str = "") -> str:
    """Title and text, the title only when it is not the beginning of the text."""
    text, title = plain(text).strip(), plain(title).strip()
    if not title or text.casefold().startswith(title.rstrip(" .…?!").casefold()):
        return text
    return f"{title}{'' if title[-1] in '.?!' else '.'} {text}".strip()


@dataclass
class Pool:
    """Trainers by number, in memory. Grows in place; what is replaced leaves a hole until there are many."""

    ranker: Ranker
    _rows: Vectors = field(default_factory=lambda: np.empty((0, 0), np.float32))
    #: int32: whose row, -1 for a hole; and which part of that trainer.
    _owner: npt.NDArray[np.int32] = field(default_factory=lambda: np.empty(0, np.int32))
    _part: npt.NDArray[np.int16] = field(default_factory=lambda: np.empty(0, np.int16))
    _used: int = 0
    _holes: int = 0
    _at: dict[int, tuple[int, int]] = field(default_factory=dict)
    _letters: dict[int, lexical.Pieces] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._letters)

    def __contains__(self, trainer: int) -> bool:
        return trainer in self._letters

    @property
    def trainers(self) -> list[int]:
        return list(self._letters)

    def reserve(self, rows: int) -> None:
        """Room for so many rows in all, made at once."""
        if self.ranker.model is not None and rows > len(self._owner):
            self._resize(rows)

    def put(self, trainer: int, encoded: Encoded) -> None:
        self.drop(trainer)
        self._letters[trainer] = encoded.letters
        if self.ranker.model is None:
            return
        rows = self.ranker.rows_of(encoded)
        first, last = self._used, self._used + len(rows)
        if last > len(self._owner):
            self._resize(max(last, 64, int((self._used - self._holes) * 1.06) + len(rows)))
            first, last = self._used, self._used + len(rows)
        self._rows[first:last] = rows
        self._owner[first:last] = trainer
        self._part[first:last] = np.arange(len(rows))
        self._used = last
        self._at[trainer] = (first, last)

    def drop(self, trainer: int) -> None:
        self._letters.pop(trainer, None)
        first, last = self._at.pop(trainer, (0, 0))
        if last > first:
            self._owner[first:last] = -1
            self._rows[first:last] = 0
            self._holes += last - first

    def _resize(self, capacity: int) -> None:
        """Copies what lives to the front; holes are gone afterwards."""
        assert self.ranker.model is not None
        alive = np.flatnonzero(self._owner[: self._used] >= 0)
        capacity = max(capacity, len(alive))
        rows = np.zeros((capacity, self.ranker.model.dimensions + 1), np.float32)
        owner = np.full(capacity, -1, np.int32)
        part = np.zeros(capacity, np.int16)
        rows[: len(alive)] = self._rows[alive] if len(alive) else 0
        owner[: len(alive)], part[: len(alive)] = self._owner[alive], self._part[alive]
        moved = np.cumsum(self._owner[: self._used] >= 0)
        self._at = {
            trainer: (int(moved[first]) - 1, int(moved[last - 1]))
            for trainer, (first, last) in self._at.items()
        }
        self._rows, self._owner, self._part = rows, owner, part
        self._used, self._holes = len(alive), 0

    # --- asking -----------------------------------------------------------------------------------

    def rank(self, query: Query, depth: int) -> list[Ranked]:
        """The best ``depth`` trainers, best first; equal ones by number. Nobody for a question without words."""
        if query.is_empty or not self._letters:
            return []
        if query.meaning is None:
            trainers = list(self._letters)
            by_letters = lexical.likeness(query.letters, list(self._letters.values()))
            found = [
                Ranked(trainer, float(score))
                for trainer, score in zip(trainers, by_letters, strict=True)
            ]
        else:
            near = self._near(query.meaning, max(depth, NEAR))
            by_letters = self.letters(query.letters, [trainer for trainer, _s, _p in near])
            found = [
                Ranked(
                    trainer,
                    score + self.ranker.weights.letters * float(more) - query.easily,
                    part,
                )
                for (trainer, score, part), more in zip(near, by_letters, strict=True)
            ]
        found.sort(key=lambda one: (-one.score, one.trainer))
        return found[:depth]

    def letters(self, query: lexical.Weights, trainers: Sequence[int]) -> lexical.Weights:
        return lexical.likeness(query, [self._letters[trainer] for trainer in trainers])

    def _near(self, meaning: Vector, number: int) -> list[tuple[int, float, int]]:
        """(trainer, score by meaning, part) of the nearest, each trainer once with the best part."""
        scores = self._rows[: self._used] @ asking(meaning[None, :])[0]
        scores[self._owner[: self._used] < 0] = -np.inf
        width = number
        while True:
            width = min(len(scores), width * 2)
            best = np.argpartition(scores, len(scores) - width)[len(scores) - width :]
            best = best[np.lexsort((best, -scores[best]))]
            found: dict[int, tuple[int, float, int]] = {}
            for row in best:
                trainer = int(self._owner[row])
                if trainer >= 0 and trainer not in found:
                    found[trainer] = (trainer, float(scores[row]), int(self._part[row]))
            if len(found) >= min(number, len(self._at)) or width == len(scores):
                return list(found.values())[:number]
