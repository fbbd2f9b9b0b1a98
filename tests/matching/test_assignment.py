# SPDX-License-Identifier: EUPL-1.2
"""The pairing of a round: as good as the linear program, fair, and the same for the same data."""

import itertools
import random
from collections import Counter

import pytest

pytestmark = pytest.mark.once

np = pytest.importorskip("numpy")
pytest.importorskip("ortools")
optimize = pytest.importorskip("scipy.optimize")

from hypothesis import given, settings
from hypothesis import strategies as st

from matching.assignment.flow import load_costs, solve
from matching.assignment.problem import SCALE, Problem, Weights

SCORES = st.one_of(
    st.sampled_from([0.5, 0.5, 0.51, 0.52, 0.53]),  # many ties and near ties
    st.floats(min_value=0, max_value=1, allow_nan=False),
)


@st.composite
def problems(draw) -> Problem:
    demands, trainers = draw(st.integers(0, 7)), draw(st.integers(1, 6))
    cells = list(itertools.product(range(demands), range(trainers)))
    pairs = draw(st.lists(st.sampled_from(cells), max_size=30)) if cells else []
    weights = Weights(most_in_a_round=draw(st.integers(1, 4)))

    def column(values, size):
        return draw(st.lists(values, min_size=size, max_size=size))

    return Problem(
        demands=[f"v{n}" for n in range(demands)],
        trainers=[f"t{n}" for n in range(trainers)],
        pair_demand=np.array([demand for demand, _ in pairs], dtype=np.int64),
        pair_trainer=np.array([trainer for _, trainer in pairs], dtype=np.int64),
        score=np.array(column(SCORES, len(pairs)), dtype=float),
        wish=np.array(column(st.floats(0, weights.wishes), len(pairs)), dtype=float),
        worth=np.array(column(st.sampled_from([0.0, 0.01, 0.25]), demands), dtype=float),
        load=np.array(column(st.integers(0, 20), trainers), dtype=np.int64),
        room=np.array(column(st.integers(0, 5), trainers), dtype=np.int64),
        weights=weights,
    )


def linear_optimum(problem: Problem) -> int:
    """The same problem as a linear program, solved by HiGHS."""
    problem = problem.in_order()
    pairs, values = len(problem.pair_demand), problem.values()
    arc_trainer, arc_cost = load_costs(problem)
    if not pairs:
        return 0
    cost = np.concatenate([-values, arc_cost]).astype(float)
    once = np.zeros((len(problem.demands), len(cost)))
    once[problem.pair_demand, np.arange(pairs)] = 1
    balance = np.zeros((len(problem.trainers), len(cost)))
    balance[problem.pair_trainer, np.arange(pairs)] = 1
    balance[arc_trainer, pairs + np.arange(len(arc_trainer))] = -1
    result = optimize.linprog(
        cost,
        A_ub=once,
        b_ub=np.ones(len(problem.demands)),
        A_eq=balance,
        b_eq=np.zeros(len(problem.trainers)),
        bounds=(0, 1),
        method="highs",
    )
    assert result.status == 0
    return round(-result.fun)


@given(problems())
@settings(max_examples=300, deadline=None)
def test_solve_reaches_the_optimum_of_the_linear_program(problem):
    assert solve(problem).objective == linear_optimum(problem)


@given(problems())
@settings(max_examples=200, deadline=None)
def test_solve_matches_each_demand_at_most_once_over_a_given_pair_within_room(problem):
    answer = solve(problem)
    allowed = {
        (problem.demands[demand], problem.trainers[trainer])
        for demand, trainer in zip(problem.pair_demand, problem.pair_trainer, strict=True)
    }
    matched = [pairing.demand for pairing in answer.pairings]
    assert {(p.demand, p.trainer) for p in answer.pairings} <= allowed
    assert sorted([*matched, *answer.unmatched]) == sorted(problem.demands)
    got = Counter(pairing.trainer for pairing in answer.pairings)
    for name, room in zip(problem.trainers, problem.room, strict=True):
        assert got[name] <= min(room, problem.weights.most_in_a_round)


def unfair(problem: Problem, answer) -> list[tuple[str, str, str]]:
    """(demand, who got it, who should have): an equally good trainer has two requests fewer, and room."""
    ordered = problem.in_order()
    score = {
        (ordered.demands[demand], ordered.trainers[trainer]): value
        for demand, trainer, value in zip(
            ordered.pair_demand, ordered.pair_trainer, ordered.score, strict=True
        )
    }
    new = Counter(pairing.trainer for pairing in answer.pairings)
    load = {
        name: int(n) + new[name] for name, n in zip(ordered.trainers, ordered.load, strict=True)
    }
    room = {
        name: min(int(n), ordered.weights.most_in_a_round) - new[name]
        for name, n in zip(ordered.trainers, ordered.room, strict=True)
    }
    return [
        (pairing.demand, pairing.trainer, other)
        for pairing in answer.pairings
        for other in ordered.trainers
        if room[other] > 0
        and load[other] <= load[pairing.trainer] - 2
        and score.get((pairing.demand, other), -1)
        >= score[pairing.demand, pairing.trainer] - ordered.weights.equally_good
    ]


@given(problems())
@settings(max_examples=300, deadline=None)
def test_nobody_is_asked_again_while_an_equally_good_trainer_has_none(problem):
    assert unfair(problem, solve(problem)) == []


def two_questions(weights: Weights) -> Problem:
    """Ans is a hair better at both questions than Bram, who has nothing to do."""
    return Problem(
        demands=["v1", "v2"],
        trainers=["ans", "bram"],
        pair_demand=np.array([0, 0, 1, 1]),
        pair_trainer=np.array([0, 1, 0, 1]),
        score=np.array([0.60, 0.58, 0.60, 0.58]),
        wish=np.array([weights.wishes, 0, weights.wishes, 0]),
        worth=np.zeros(2),
        load=np.zeros(2, dtype=np.int64),
        room=np.full(2, 4),
        weights=weights,
    )


def test_without_the_rising_cost_the_same_trainer_gets_both():
    """The control: this is what the load arcs prevent."""

    class Flat(Weights):
        load_step = 0.0

    flat, risen = two_questions(Flat()), two_questions(Weights())
    assert [p.trainer for p in solve(flat).pairings] == ["ans", "ans"]
    assert len(unfair(flat, solve(flat))) == 2
    assert sorted(p.trainer for p in solve(risen).pairings) == ["ans", "bram"]


@given(problems(), st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_solve_gives_the_same_answer_whatever_the_order_of_the_rows(problem, chance):
    assert solve(shuffled(problem, chance)) == solve(problem)


def shuffled(problem: Problem, chance: random.Random) -> Problem:
    def order(size):
        places = list(range(size))
        chance.shuffle(places)
        return np.array(places, dtype=np.int64)

    demand, trainer = order(len(problem.demands)), order(len(problem.trainers))
    pair = order(len(problem.pair_demand))
    where_demand, where_trainer = np.argsort(demand), np.argsort(trainer)
    return Problem(
        demands=[problem.demands[at] for at in demand],
        trainers=[problem.trainers[at] for at in trainer],
        pair_demand=where_demand[problem.pair_demand[pair]].astype(np.int64),
        pair_trainer=where_trainer[problem.pair_trainer[pair]].astype(np.int64),
        score=problem.score[pair],
        wish=problem.wish[pair],
        worth=problem.worth[demand],
        load=problem.load[trainer],
        room=problem.room[trainer],
        weights=problem.weights,
    )


def test_a_bundle_of_more_organisations_goes_first_when_one_trainer_has_room_for_one():
    answer = solve(
        Problem(
            demands=["alleen", "samen"],
            trainers=["ans"],
            pair_demand=np.array([0, 1]),
            pair_trainer=np.array([0, 0]),
            score=np.array([0.60, 0.58]),
            wish=np.zeros(2),
            worth=np.array([0.0, Weights().per_other_organisation]),
            load=np.zeros(1, dtype=np.int64),
            room=np.ones(1, dtype=np.int64),
        )
    )
    assert [p.demand for p in answer.pairings] == ["samen"]
    assert answer.unmatched == ("alleen",)
    assert answer.objective == round((0.58 + 0.03 + Weights().match) * SCALE)


@pytest.mark.parametrize("score", [float("nan"), float("inf")])
def test_a_score_that_is_no_number_is_refused(score):
    with pytest.raises(ValueError, match="not a number"):
        Problem(
            demands=["v"],
            trainers=["t"],
            pair_demand=np.array([0]),
            pair_trainer=np.array([0]),
            score=np.array([score]),
            wish=np.zeros(1),
            worth=np.zeros(1),
            load=np.zeros(1, dtype=np.int64),
            room=np.ones(1, dtype=np.int64),
        )
