# SPDX-License-Identifier: EUPL-1.2
"""From how colleagues ask to how trainers say it.

All questions resemble each other, and so do all profiles: what they share says nothing about who fits, and is
taken off (the mean of many texts of each kind, learned once, never of one batch). A linear map then moves a
question a little towards the words of the trade that such questions are answered in.

The same texts are a yardstick. Some profiles are near to any question, and some questions are near to any
profile; how near each comes to the texts of our own tells how much of a score that is. They are always the
same texts, so that no score depends on who else is in the pool.

``manage.py make_bridge`` learns all of it from texts of our own and writes the file beside the texts;
docs/decisions/0010-ranking.md tells what was measured.
"""

import dataclasses
import functools
from pathlib import Path

import numpy as np
import numpy.typing as npt

from matching.ranking.encoding import Vector, Vectors

DATA = Path(__file__).resolve().parent.parent / "data"
PAIRS = DATA / "vraagtaal.txt"
#: How strongly the map is held back: 6 of 2 to 20 was the best over four sets, none of which it learned from.
STRENGTH = 6.0
#: So many directions of the map are kept; the others add nothing that can be measured.
RANK = 96
#: So many of our own questions and answers are held against a profile and a question: the nearest ones.
NEAR_QUESTIONS, NEAR_ANSWERS = 20, 5


@dataclasses.dataclass(frozen=True)
class Bridge:
    #: Of the texts and the model it was learned from.
    fingerprint: str
    query_mean: Vector
    passage_mean: Vector
    #: float32[dimensions, RANK] and float32[RANK, dimensions]; their product is the map.
    down: Vectors
    up: Vectors
    #: float32[pairs, dimensions]: the questions and the answers it was learned from, as ``queries`` and
    #: ``passages`` give them.
    asked: Vectors
    said: Vectors

    def queries(self, encoded: Vectors) -> Vectors:
        centred = _unit(encoded - self.query_mean)
        moved = (centred + (centred @ self.down) @ self.up).astype(np.float32)
        return _unit(moved)

    def passages(self, encoded: Vectors) -> Vectors:
        return _unit(encoded - self.passage_mean)

    def easily_found(self, rows: Vectors) -> Vector:
        """float32[rows]: how near passages come to questions that are not theirs; 0 for one like ours."""
        found: Vector = _nearest(rows @ self.asked.T, NEAR_QUESTIONS) - self._levels[0]
        return found

    def easily_answered(self, questions: Vectors) -> Vector:
        """float32[questions]: how near answers come that are not in the pool; 0 for a question like ours."""
        found: Vector = _nearest(questions @ self.said.T, NEAR_ANSWERS) - self._levels[1]
        return found

    @functools.cached_property
    def _levels(self) -> tuple[float, float]:
        """Both for our own texts on average, each without its own counterpart."""
        between = self.said @ self.asked.T
        np.fill_diagonal(between, -1)
        return (
            float(_nearest(between, NEAR_QUESTIONS).mean()),
            float(_nearest(between.T, NEAR_ANSWERS).mean()),
        )


def _nearest(scores: Vectors, number: int) -> Vector:
    """float32[rows]: the mean of the highest so many of every row."""
    number = min(number, scores.shape[1])
    found: Vector = np.partition(scores, -number, axis=1)[:, -number:].mean(axis=1)
    return found


def path_of(version: str) -> Path:
    return DATA / f"bridge-{version}.npz"


@functools.cache
def bridge_of(version: str) -> Bridge | None:
    """None for a model nothing was learned for: then its vectors are compared as they are."""
    path = path_of(version)
    if not path.is_file():
        return None
    with np.load(path) as stored:
        return Bridge(
            fingerprint=str(stored["fingerprint"]),
            query_mean=stored["query_mean"].astype(np.float32),
            passage_mean=stored["passage_mean"].astype(np.float32),
            down=stored["down"].astype(np.float32),
            up=stored["up"].astype(np.float32),
            asked=stored["asked"].astype(np.float32),
            said=stored["said"].astype(np.float32),
        )


def learn(
    questions: Vectors, answers: Vectors, more: list[tuple[Vectors, Vectors]], fingerprint: str
) -> Bridge:
    """From encoded pairs. The means come from ``questions`` and ``answers``; ``more`` are pairs of another
    sort (title and promise of a course), which have means of their own.

    Ridge regression of what lies between a question and its answer: closed form, no chance in it.
    """
    query_mean, passage_mean = questions.mean(axis=0), answers.mean(axis=0)
    asked = [_unit(questions - query_mean)]
    said = [_unit(answers - passage_mean)]
    for left, right in more:
        asked.append(_unit(left - left.mean(axis=0)))
        said.append(_unit(right - right.mean(axis=0)))
    a = np.vstack(asked).astype(np.float64)
    b = np.vstack(said).astype(np.float64)
    mapped = np.linalg.solve(a.T @ a + STRENGTH * np.eye(a.shape[1]), a.T @ (b - a))
    left_part, weights, right_part = np.linalg.svd(mapped)
    kept = min(RANK, len(weights))
    nothing = np.empty((0, a.shape[1]), np.float32)
    learned = Bridge(
        fingerprint,
        query_mean.astype(np.float32),
        passage_mean.astype(np.float32),
        (left_part[:, :kept] * weights[:kept]).astype(np.float32),
        right_part[:kept].astype(np.float32),
        nothing,
        nothing,
    )
    return dataclasses.replace(
        learned, asked=learned.queries(questions), said=learned.passages(answers)
    )


def save(bridge: Bridge, path: Path) -> None:
    """Half precision: the rounding moves no score in its first three decimals."""
    half: npt.DTypeLike = np.float16
    np.savez_compressed(
        path,
        fingerprint=np.array(bridge.fingerprint),
        query_mean=bridge.query_mean,
        passage_mean=bridge.passage_mean,
        down=bridge.down.astype(half),
        up=bridge.up.astype(half),
        asked=bridge.asked.astype(half),
        said=bridge.said.astype(half),
    )


def pairs() -> list[tuple[str, str]]:
    """(question, words of the trade), as colleagues could have written them."""
    lines = PAIRS.read_text(encoding="utf-8").splitlines()
    found = [line.split(" = ", 1) for line in lines if line and not line.startswith("#")]
    return [(question.strip(), trade.strip()) for question, trade in found]


def _unit(vectors: Vectors) -> Vectors:
    found: Vectors = vectors / np.maximum(
        np.linalg.norm(vectors, axis=-1, keepdims=True), np.float32(1e-9)
    )
    return found
