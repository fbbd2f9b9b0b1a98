# SPDX-License-Identifier: EUPL-1.2
"""A round of full size, without a database: ``python -m tests.bench.rounds [--small]`` prints JSON.

Made-up vectors with 400 subjects, two parts and 300 pieces of words a trainer. What is measured is the
product's own code from "who may be asked" to "who is asked": hard rules, retrieval, letters, flow.
"""

import argparse
import json
import resource
import time
from typing import Any

import django

django.setup()

import numpy as np

from matching.assignment.deciding import Frame, decide
from matching.assignment.flow import load_costs, solve
from matching.assignment.problem import Problem, Weights
from matching.domain.eligibility import Asked, Rows, Trainer
from matching.models import KnowledgeRequest
from matching.ranking import lexical
from matching.ranking.ranker import FITS, Ranker
from matching.ranking.rounds import PoolRanker

DIMENSIONS, SUBJECTS, PARTS, PIECES = 384, 400, 2, 300


class MadeUp(PoolRanker):
    """The product's ranker over vectors that nobody encoded."""

    def __init__(self, trainers: int, questions: int, chance: np.random.Generator) -> None:
        self._ranker = Ranker(_Model())
        self._ranker.bridge = None
        self.version, self.fits = "bench", FITS
        self._persons = list(range(1, trainers + 1))
        self._column = {person: at for at, person in enumerate(self._persons)}
        pieces = chance.integers(0, lexical.BUCKETS, (trainers, PIECES), dtype=np.uint16)
        pieces.sort(axis=1)
        self._letters = list(pieces)
        self._known = np.ones(trainers, np.bool_)
        subjects = unit(chance.standard_normal((SUBJECTS, DIMENSIONS), np.float32))
        about = np.repeat(chance.integers(0, SUBJECTS, trainers), PARTS)
        self._rows = np.zeros((len(about), DIMENSIONS + 1), np.float32)
        self._rows[:, :-1] = near(subjects, about, chance)
        self._starts = np.arange(trainers) * PARTS
        self._columns = np.arange(trainers)
        self._parts = np.full(trainers, PARTS)
        # Some subjects are asked a hundred times as often as others.
        asked = np.minimum(chance.zipf(1.3, questions) - 1, SUBJECTS - 1)
        self._asked = dict(enumerate(near(subjects, asked, chance), start=1))
        self._facts = {}


class _Model:
    version, dimensions = "bench", DIMENSIONS


def unit(vectors: np.ndarray) -> np.ndarray:
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def near(subjects: np.ndarray, which: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """About one of the subjects, each in its own words."""
    found = np.empty((len(which), DIMENSIONS), np.float32)
    for first in range(0, len(which), 10_000):
        part = which[first : first + 10_000]
        noise = chance.standard_normal((len(part), DIMENSIONS), np.float32) / DIMENSIONS**0.5
        found[first : first + len(part)] = unit(subjects[part] + noise)
    return found


def a_round(questions: int, trainers: int) -> dict[str, Any]:
    chance = np.random.default_rng(2026)
    ranker = MadeUp(trainers, questions, chance)
    requests = [
        KnowledgeRequest(
            pk=pk, title=f"Vraag {pk}", text="Hoe maak ik van een lange lijst een overzicht?"
        )
        for pk in range(1, questions + 1)
    ]
    pool = Trainer(
        person=np.array(ranker._persons),
        withdrawn=np.zeros(trainers, np.bool_),
        paused=chance.random(trainers) < 0.1,
        gone=chance.random(trainers) < 0.02,
        left=chance.integers(0, 5, trainers),
        languages=chance.choice([1, 3], trainers),
        provinces=1 << chance.integers(0, 13, trainers),
        online=chance.random(trainers) < 0.9,
    )
    asked = [
        [Asked(int(language), bool(online), int(1 << province), 0, 1, own=frozenset({pk}))]
        for pk, (language, online, province) in enumerate(
            zip(
                chance.choice([1, 1, 1, 2], questions),
                chance.random(questions) < 0.7,
                chance.integers(0, 13, questions),
                strict=True,
            ),
            start=1,
        )
    ]
    weights = Weights()
    home = chance.integers(0, 1500, trainers)
    asking = chance.integers(0, 1500, questions)
    began, cpu = time.perf_counter(), time.process_time()
    rows = Rows(pool, asked)
    frame = Frame(
        demands=[f"{pk:08}" for pk in range(questions)],
        trainers=[f"{pk:08}" for pk in range(trainers)],
        worth=np.zeros(questions),
        load=np.zeros(trainers, np.int64),
        room=np.maximum(pool.left, 0),
        wish=lambda demand, trainer: weights.other_organisation * (asking[demand] != home[trainer]),
        fits=ranker.fits,
        weights=weights,
    )
    spent = {"retrieval": 0.0}

    def nearest(chosen: Any, k: int) -> Any:
        since = time.perf_counter()
        found = ranker.nearest(
            [requests[at] for at in chosen],
            lambda first, last: rows.allowed(chosen[first:last]),
            k,
        )
        spent["retrieval"] += time.perf_counter() - since
        return found

    decision = decide(frame, nearest)
    return {
        "questions": questions,
        "trainers": trainers,
        "seconds": round(time.perf_counter() - began, 1),
        "cpu": round(time.process_time() - cpu, 1),
        "retrieval": round(spent["retrieval"], 1),
        "pairs": decision.pairs,
        "matched": len(decision.answer.pairings),
        "most": max(_count(decision.answer.pairings).values(), default=0),
        "widened": decision.widened,
        "left_cut": decision.left_cut,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _count(pairings: Any) -> dict[str, int]:
    found: dict[str, int] = {}
    for pairing in pairings:
        found[pairing.trainer] = found.get(pairing.trainer, 0) + 1
    return found


def against_the_optimum(demands: int = 600, trainers: int = 250, k: int = 50) -> float:
    """Percentage of the optimum of the linear program (HiGHS), with too few trainers for all."""
    from scipy import optimize, sparse

    chance = np.random.default_rng(7)
    problem = Problem(
        demands=[f"{at:05}" for at in range(demands)],
        trainers=[f"{at:05}" for at in range(trainers)],
        pair_demand=np.repeat(np.arange(demands), k),
        pair_trainer=np.concatenate(
            [chance.choice(trainers, k, replace=False) for _ in range(demands)]
        ),
        score=chance.random(demands * k),
        wish=np.zeros(demands * k),
        worth=np.zeros(demands),
        load=chance.integers(0, 2, trainers),
        room=np.full(trainers, 2),
    ).in_order()
    pairs, values = len(problem.pair_demand), problem.values()
    arc_trainer, arc_cost = load_costs(problem)
    arcs = len(arc_trainer)
    once = sparse.coo_matrix(
        (np.ones(pairs), (problem.pair_demand, np.arange(pairs))), (demands, pairs + arcs)
    )
    balance = sparse.coo_matrix(
        (
            np.concatenate([np.ones(pairs), -np.ones(arcs)]),
            (
                np.concatenate([problem.pair_trainer, arc_trainer]),
                np.arange(pairs + arcs),
            ),
        ),
        (trainers, pairs + arcs),
    )
    best = optimize.linprog(
        np.concatenate([-values, arc_cost]).astype(float),
        A_ub=once.tocsr(),
        b_ub=np.ones(demands),
        A_eq=balance.tocsr(),
        b_eq=np.zeros(trainers),
        bounds=(0, 1),
        method="highs",
    )
    return float(round(100 * solve(problem).objective / -best.fun, 4))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="a tenth of everything")
    small = parser.parse_args().small
    found = a_round(*((1_000, 10_000) if small else (10_000, 100_000)))
    found["percent_of_optimum"] = against_the_optimum()
    print(json.dumps(found))


if __name__ == "__main__":
    main()
