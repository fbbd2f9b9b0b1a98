# SPDX-License-Identifier: EUPL-1.2
"""What answers teach the ranker: offline, by hand, and never to the worse. In a command only (numpy).

A score is ``(1 - part) * whole + part * best part + letters * letters``, less what any question or profile gets
(matching.ranking.ranker). Answers say of pairs whether they
fitted; the two weights that order good pairs above bad ones best are sought near the present ones, and held
back: few answers move little. What is found must not be worse on answers it was not sought on, nor on the
development set, where people judged trainers for questions. Without that set nothing is learned.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Avg
from numpy.typing import NDArray

from accounts.domain import audit
from base import clock
from courses.models import Evaluation
from matching.models import Dismissal, KnowledgeRequest, LearnedWeights, Match, Vector
from matching.ranking import lexical, store
from matching.ranking.ranker import Encoded, Ranker, RankWeights, asking
from matching.ranking.texts import CourseText, TrainerText

#: float[pairs, 4]: whole, best part, letters, and what is taken off (below nought).
Features = NDArray[np.float64]

#: Fewer answers of either kind than this say nothing.
ENOUGH = 10
#: Of which this share is kept aside to check with.
CHECKED = 0.3
#: As if so many answers had said that the present weights are right.
HELD_BACK = 40.0
STEP, REACH = 0.025, 0.2
POOR_SCORE = 6.0
_STEEP = 12.0

_YES = (Match.State.ACCEPTED, Match.State.DONE)
#: "Te druk" or another date says nothing about fit; neither does a colleague one knows already.
_DID_NOT_FIT = (
    Dismissal.Reason.OTHER_SUBJECT,
    Dismissal.Reason.TOO_BASIC,
    Dismissal.Reason.TOO_HARD,
)


@dataclass(frozen=True)
class Answer:
    request: int
    trainer: int
    good: bool


@dataclass(frozen=True)
class Judged:
    """Pairs with their features; ``held`` marks those kept aside, by question."""

    features: Features
    good: NDArray[np.bool_]
    held: NDArray[np.bool_]


@dataclass(frozen=True)
class Lesson:
    before: RankWeights
    after: RankWeights
    good: int
    bad: int
    #: nDCG@10 on the development set, and the share of pairs in the right order on answers kept aside.
    dev_before: float
    dev_after: float
    kept_before: float
    kept_after: float

    @property
    def is_change(self) -> bool:
        return self.after != self.before

    @property
    def is_worse(self) -> bool:
        return self.dev_after < self.dev_before - 1e-9 or self.kept_after < self.kept_before - 1e-9


class NothingToLearn(Exception):
    """The text says why."""


# --- answers --------------------------------------------------------------------------------------


def answers() -> list[Answer]:
    """Each pair once: a yes that ended in a poor evaluation counts as no answer at all."""
    poor = set(
        Evaluation.objects.values("registration__session")
        .annotate(average=Avg("score"))
        .filter(average__lt=POOR_SCORE)
        .values_list("registration__session", flat=True)
    )
    found: dict[tuple[int, int], bool] = {}
    matches = Match.objects.filter(trainer__isnull=False).order_by("pk")
    for request, trainer, state, reason, session in matches.values_list(
        "request_id", "trainer_id", "state", "answer_reason", "request__session_id"
    ):
        if trainer is None:
            continue
        if state in _YES and session not in poor:
            found[request, trainer] = True
        elif state == Match.State.DECLINED and reason == Match.AnswerReason.NOT_MINE:
            found[request, trainer] = False
    for request, trainer in Dismissal.objects.filter(reason__in=_DID_NOT_FIT).values_list(
        "request_id", "trainer_id"
    ):
        found[request, trainer] = False
    return [Answer(request, trainer, good) for (request, trainer), good in sorted(found.items())]


def judged(ranker: Ranker, rows: Sequence[Answer]) -> Judged:
    """Pairs of which both texts are still there. A question's answers are kept aside together or not at all."""
    requests = KnowledgeRequest.objects.exclude(text="").in_bulk({row.request for row in rows})
    trainers = {
        key: encoded
        for key, _revised, encoded in store.read_these(
            ranker, Vector.Kind.TRAINER, sorted({row.trainer for row in rows})
        )
    }
    there = [row for row in rows if row.request in requests and row.trainer in trainers]
    queries = {key: ranker.query(request.text, request.title) for key, request in requests.items()}
    features = [
        features_of(ranker, queries[row.request], [trainers[row.trainer]])[0] for row in there
    ]
    held = [_share(str(requests[row.request].public_id)) < CHECKED for row in there]
    return Judged(
        np.array(features, dtype=np.float64).reshape(len(there), 4),
        np.array([row.good for row in there], dtype=np.bool_),
        np.array(held, dtype=np.bool_),
    )


def features_of(ranker: Ranker, query: Any, trainers: Sequence[Encoded]) -> Features:
    found = np.zeros((len(trainers), 4))
    found[:, 2] = lexical.likeness(query.letters, [trainer.letters for trainer in trainers])
    for at, trainer in enumerate(trainers):
        if trainer.whole is None or trainer.parts is None or query.meaning is None:
            continue
        whole, parts = trainer.whole[None, :], trainer.parts
        if ranker.bridge is not None:
            whole, parts = ranker.bridge.passages(whole), ranker.bridge.passages(parts)
        rows = ranker.rows_of(trainer)
        best = int((rows @ asking(query.meaning[None, :])[0]).argmax())
        found[at, :2] = float((whole @ query.meaning)[0]), float(parts[best] @ query.meaning)
        found[at, 3] = float(rows[best, -1]) - query.easily
    return found


def _share(text: str) -> float:
    """0 to 1, always the same for the same text."""
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16) / 16**8


# --- learning -------------------------------------------------------------------------------------


def score(weights: RankWeights, features: Features) -> NDArray[np.float64]:
    found: NDArray[np.float64] = features @ np.array(
        [weights.whole, weights.part, weights.letters, 1.0]
    )
    return found


def learn(before: RankWeights, pairs: Judged) -> RankWeights:
    """The weights with the least loss around the present ones; these when nothing is better."""
    good = pairs.features[pairs.good & ~pairs.held]
    bad = pairs.features[~pairs.good & ~pairs.held]
    if min(len(good), len(bad)) == 0:
        return before
    held_back = HELD_BACK / (len(good) + len(bad))

    def loss(weights: RankWeights) -> float:
        apart = score(weights, good)[:, None] - score(weights, bad)[None, :]
        moved = (weights.part - before.part) ** 2 + (weights.letters - before.letters) ** 2
        return float(np.log1p(np.exp(-_STEEP * apart)).mean() + held_back * moved)

    steps = np.arange(-REACH, REACH + STEP / 2, STEP)
    tried = [
        RankWeights(round(before.part + part, 3), round(before.letters + letters, 3))
        for part in steps
        for letters in steps
        if 0 <= before.part + part <= 1 and 0 <= before.letters + letters <= 1
    ]
    return min([before, *tried], key=lambda one: (loss(one), one != before, one.part, one.letters))


def in_order(weights: RankWeights, pairs: Judged) -> float:
    """Of the answers kept aside: how often a good pair scores above a bad one. 1 when there are none."""
    good = score(weights, pairs.features[pairs.good & pairs.held])
    bad = score(weights, pairs.features[~pairs.good & pairs.held])
    if min(len(good), len(bad)) == 0:
        return 1.0
    apart = np.sign(good[:, None] - bad[None, :])
    return float((apart.mean() + 1) / 2)


def lesson(ranker: Ranker, folder: Path) -> Lesson:
    """What would change. Raises NothingToLearn."""
    if ranker.model is None:
        raise NothingToLearn("Zonder taalmodel valt er niets te wegen.")
    pairs = judged(ranker, answers())
    good, bad = int(pairs.good.sum()), int((~pairs.good).sum())
    if min(good, bad) < ENOUGH:
        raise NothingToLearn(
            f"Te weinig antwoorden: {good} keer goed en {bad} keer niet, nodig is {ENOUGH} van elk."
        )
    dev = DevelopmentSet.read(ranker, folder)
    before = ranker.weights
    after = learn(before, pairs)
    return Lesson(
        before,
        after,
        good,
        bad,
        dev.ndcg(before),
        dev.ndcg(after),
        in_order(before, pairs),
        in_order(after, pairs),
    )


def keep(found: Lesson, ranker: Ranker) -> LearnedWeights:
    """Matching workers use it from their next question or round on. Raises ValueError for a lesson that is worse."""
    if found.is_worse or not found.is_change:
        raise ValueError("this lesson is not to be kept")
    with transaction.atomic():
        row = LearnedWeights.objects.create(
            made_at=clock.now(),
            encoder_version=ranker.version,
            part=found.after.part,
            letters=found.after.letters,
            figures={
                "good": found.good,
                "bad": found.bad,
                "dev": [found.dev_before, found.dev_after],
                "kept_aside": [found.kept_before, found.kept_after],
            },
        )
        audit.record("weights.learned", actor=None, subject=row)
    return row


# --- the development set --------------------------------------------------------------------------

_DEPTH = 10


@dataclass(frozen=True)
class DevelopmentSet:
    """Questions with graded trainers (trainers.jsonl, requests.jsonl, qrels.jsonl)."""

    #: Per question the features of all trainers, and their grades.
    questions: list[tuple[Features, NDArray[np.int64]]]

    @classmethod
    def read(cls, ranker: Ranker, folder: Path) -> "DevelopmentSet":
        """Encodes everything (some 15 seconds). Raises NothingToLearn when it is not there."""
        try:
            trainers, requests, grades = (
                [
                    json.loads(line)
                    for line in (folder / name).read_text("utf-8").splitlines()
                    if line
                ]
                for name in ("trainers.jsonl", "requests.jsonl", "qrels.jsonl")
            )
        except OSError:
            raise NothingToLearn(
                f"De ontwikkelset staat niet in {folder}; zonder die set is niet na te gaan of het beter wordt."
            ) from None
        encoded = [ranker.encode(_trainer_text(row)) for row in trainers]
        given = {(row["request"], row["trainer"]): int(row["rel"]) for row in grades}
        questions = []
        for row in requests:
            grade = np.array([given.get((row["id"], one["id"]), 0) for one in trainers])
            if grade.any():
                query = ranker.query(row["text"], row.get("title", ""))
                questions.append((features_of(ranker, query, encoded), grade))
        return cls(questions)

    def ndcg(self, weights: RankWeights) -> float:
        found = [_ndcg(score(weights, features), grade) for features, grade in self.questions]
        return round(sum(found) / max(1, len(found)), 6)


def _trainer_text(row: dict[str, Any]) -> TrainerText:
    return TrainerText(
        expertise=row.get("expertise", ""),
        courses=tuple(
            CourseText(course["title"], course.get("description", ""))
            for course in row.get("courses", [])
        ),
    )


def _ndcg(scores: NDArray[np.float64], grade: NDArray[np.int64]) -> float:
    """nDCG@10 with gain 2^grade - 1."""
    order = np.lexsort((np.arange(len(scores)), -scores))[:_DEPTH]
    best = _dcg(sorted(grade.tolist(), reverse=True)[:_DEPTH])
    return _dcg(grade[order].tolist()) / best if best else 0.0


def _dcg(grades: Iterable[int]) -> float:
    return float(sum((2**grade - 1) / np.log2(at + 2) for at, grade in enumerate(grades)))
