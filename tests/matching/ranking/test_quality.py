# SPDX-License-Identifier: EUPL-1.2
"""How good the order is, on sets the ranker learned nothing from. One configuration for all of them.

DEV and VACS come from TJC_SHARED; without that folder these tests are skipped.
"""

import csv
import io
import json
import math
import os
import random
import statistics
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from matching.ranking.encoding import encoder
from matching.ranking.ranker import Encoded, Pool, Query, Ranker
from matching.ranking.texts import CourseText, TrainerText

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parents[3]
SHARED = Path(os.environ.get("TJC_SHARED", ROOT.parent / "shared"))
DEV = SHARED / "data" / "matching-dev"
VACS = SHARED / "data" / "vacs.csv"
SCORE = SHARED / "tools" / "score.py"

needs_model = pytest.mark.skipif(
    encoder() is None, reason="the language model cannot be used on this machine"
)
needs_dev = pytest.mark.skipif(
    not (DEV.is_dir() and SCORE.is_file()), reason="TJC_SHARED has no data/matching-dev"
)
needs_vacs = pytest.mark.skipif(not VACS.is_file(), reason="TJC_SHARED has no data/vacs.csv")


def scored(tmp_path: Path, *options: str) -> float:
    """nDCG@10 of the product's command, by the score program of the shared folder."""
    run = tmp_path / "run.txt"
    call_command(
        "rank",
        *options,
        trainers=DEV / "trainers.jsonl",
        requests=DEV / "requests.jsonl",
        output=run,
        verbosity=0,
    )
    said = subprocess.run(
        [sys.executable, str(SCORE), str(DEV), str(run)], capture_output=True, text=True, check=True
    ).stdout
    return float(said.split("nDCG@10=")[1].split()[0])


@needs_model
@needs_dev
@pytest.mark.slow
def test_dev_with_the_model_stays_well_above_its_guard(tmp_path: Path) -> None:
    """The issue asks for 0.56; 0.70 was measured, and under 0.66 something broke."""
    assert scored(tmp_path) >= 0.66


@needs_dev
def test_dev_by_letters_alone(tmp_path: Path) -> None:
    assert scored(tmp_path, "--letters") >= 0.29


@needs_model
@needs_vacs
@pytest.mark.slow
def test_vacs_question_finds_its_answer() -> None:
    with VACS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    ranker = Ranker(encoder())
    pool = ranker.pool(
        TrainerText(courses=(CourseText("", row["reference_answer"][:500]),)) for row in rows
    )
    # All of them: of a third the figure differs by four hundredths from that of another third.
    gains = [
        _gain([one.trainer for one in pool.rank(ranker.query(row["question"]), 10)], number)
        for number, row in enumerate(rows)
    ]
    assert sum(gains) / len(gains) >= 0.88


def _gain(found: list[int], right: int) -> float:
    return 1 / math.log2(found.index(right) + 2) if right in found else 0.0


@cache
def records(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in io.StringIO((DEV / name).read_text(encoding="utf-8"))]


# --- several courses ------------------------------------------------------------------------------


@cache
def trainers() -> list[TrainerText]:
    return [
        TrainerText(
            row["expertise"],
            tuple(CourseText(c["title"], c["description"]) for c in row["courses"]),
        )
        for row in records("trainers.jsonl")
    ]


@cache
def grades() -> list[dict[int, int]]:
    """Per question of DEV: trainer -> grade."""
    at = {row["id"]: number for number, row in enumerate(records("trainers.jsonl"))}
    found: dict[str, dict[int, int]] = {row["id"]: {} for row in records("requests.jsonl")}
    for row in records("qrels.jsonl"):
        found[row["request"]][at[row["trainer"]]] = row["rel"]
    return list(found.values())


@cache
def ranker() -> Ranker:
    return Ranker(encoder())


@cache
def queries() -> list[Query]:
    return [ranker().query(row["text"]) for row in records("requests.jsonl")]


@cache
def encoded() -> list[Encoded]:
    return [ranker().encode(text) for text in trainers()]


def rank_among_the_others(question: int, trainer: int, changed: Encoded) -> int:
    """0 for the first, when this one trainer alone is written otherwise."""
    pool = Pool(ranker())
    for number, one in enumerate(encoded()):
        pool.put(number, changed if number == trainer else one)
    order = [one.trainer for one in pool.rank(queries()[question], len(encoded()))]
    return order.index(trainer)


def split(text: TrainerText) -> TrainerText:
    """Every sentence a course of its own."""
    courses = [CourseText("", s) for c in text.courses for s in (c.title, c.description) if s]
    return replace(text, courses=tuple(courses))


def twice(text: TrainerText) -> TrainerText:
    return replace(text, courses=text.courses * 2)


def with_others(text: TrainerText) -> TrainerText:
    """Two courses of other subjects before the own ones: of the trainers 7 and 41 places further on."""
    at, all_of_them = trainers().index(text), trainers()
    others = [all_of_them[(at + step) % len(all_of_them)].courses[0] for step in (7, 41)]
    return replace(text, courses=(*others, *text.courses))


@needs_model
@needs_dev
@pytest.mark.slow
@pytest.mark.parametrize(
    ("changed", "median", "mean"), [(split, 1, 1.0), (twice, 0, 0.5), (with_others, 1, 3.0)]
)
def test_the_right_trainer_stays_in_place_however_many_courses_tell_it(
    changed: Callable[[TrainerText], TrainerText], median: float, mean: float
) -> None:
    """By how many places the best trainer of each question moves, up or down."""
    moved = []
    for question, given in enumerate(grades()):
        right = max(given, key=lambda trainer: given[trainer])
        before = rank_among_the_others(question, right, encoded()[right])
        after = rank_among_the_others(question, right, ranker().encode(changed(trainers()[right])))
        moved.append(after - before)
    assert statistics.median(map(abs, moved)) <= median
    assert abs(statistics.mean(moved)) <= mean


# --- nobody fits ----------------------------------------------------------------------------------

_SUBJECT = 3  # "d01a" is of subject "d01"


def best_scores(texts: list[Encoded], right: list[set[int]]) -> tuple[list[float], list[float]]:
    """Of each question the best score, and the best one when ``right`` are taken out of the pool."""
    pool = Pool(ranker())
    for number, one in enumerate(texts):
        pool.put(number, one)
    answerable, hopeless = [], []
    for query, gone in zip(queries(), right, strict=True):
        found = pool.rank(query, len(texts))
        answerable.append(found[0].score)
        hopeless.append(next(one.score for one in found if one.trainer not in gone))
    return answerable, hopeless


def of_their_subjects() -> list[set[int]]:
    subjects = [row["id"][:_SUBJECT] for row in records("trainers.jsonl")]
    return [
        {n for n, subject in enumerate(subjects) if subject in {subjects[one] for one in given}}
        for given in grades()
    ]


def three_in_one() -> tuple[list[Encoded], list[set[int]]]:
    """Trainers with the courses of three, from all over the set, and who of them are right."""
    order = random.Random(1).sample(range(len(trainers())), len(trainers()))
    groups = [order[first : first + 3] for first in range(0, len(order), 3)]
    texts = [
        TrainerText(
            ". ".join(trainers()[one].expertise for one in group),
            tuple(course for one in group for course in trainers()[one].courses),
        )
        for group in groups
    ]
    right = [
        {n for n, group in enumerate(groups) if set(group) & one} for one in of_their_subjects()
    ]
    return [ranker().encode(text) for text in texts], right


def shares(answerable: list[float], hopeless: list[float], least: float) -> tuple[float, float]:
    """(of the answerable: somebody fits, of the others: nobody does)."""
    return (
        sum(score >= least for score in answerable) / len(answerable),
        sum(score < least for score in hopeless) / len(hopeless),
    )


@needs_model
@needs_dev
@pytest.mark.slow
def test_nobody_fits_is_said_when_it_is_true_and_seldom_when_it_is_not() -> None:
    """The questions of DEV; the same with every trainer of their subject taken out; and with trainers who give
    the courses of three. Measured figures are in docs/decisions/0010-ranking.md; these are floors under them."""
    for texts, right, floors in (
        (encoded(), of_their_subjects(), (0.75, 0.55, 0.70)),
        (*three_in_one(), (0.60, 0.70, 0.68)),
    ):
        yes, no = shares(*best_scores(texts, right), ranker().fits_from)
        assert yes >= floors[0]
        assert no >= floors[1]
        assert (yes + no) / 2 >= floors[2]


@needs_model
@needs_dev
@pytest.mark.slow
def test_sure_is_seldom_said_when_nobody_fits() -> None:
    answerable, hopeless = best_scores(encoded(), of_their_subjects())
    sure, not_sure = shares(answerable, hopeless, ranker().sure_from)
    assert sure >= 0.45
    assert not_sure >= 0.78


@needs_model
@needs_dev
@pytest.mark.slow
def test_the_limit_is_the_one_that_other_questions_choose() -> None:
    """Five folds: the limit that tells best on four fifths of the questions lies near the product's in each."""
    scores = [best_scores(encoded(), of_their_subjects()), best_scores(*three_in_one())]
    for fold in range(5):
        chosen = [n for n in range(len(queries())) if n % 5 != fold]
        kept = [([yes[n] for n in chosen], [no[n] for n in chosen]) for yes, no in scores]
        limits = sorted(score for yes, no in kept for score in (*yes, *no))
        best = max(limits, key=lambda limit: sum(sum(shares(*one, limit)) for one in kept))
        assert best == pytest.approx(ranker().fits_from, abs=0.025)


@needs_model
@needs_dev
@needs_vacs
@pytest.mark.slow
def test_nobody_fits_a_question_of_another_world() -> None:
    """What citizens ask rijksoverheid.nl, put to the trainers of DEV: for most there is nobody."""
    with VACS.open(encoding="utf-8", newline="") as file:
        asked = [row["question"] for row in csv.DictReader(file)]
    pool = Pool(ranker())
    for number, one in enumerate(encoded()):
        pool.put(number, one)
    best = [pool.rank(ranker().query(text), 1)[0].score for text in asked]
    told = sum(score < ranker().fits_from for score in best) / len(best)
    assert told >= 0.55
