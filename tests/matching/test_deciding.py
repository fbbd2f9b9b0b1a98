# SPDX-License-Identifier: EUPL-1.2
"""Fair over the whole pool, not only among the first few candidates."""

from collections import Counter

import pytest

np = pytest.importorskip("numpy")
pytest.importorskip("ortools")

from hypothesis import given, settings
from hypothesis import strategies as st

from matching.assignment import deciding
from matching.assignment.deciding import Frame, decide
from matching.assignment.problem import Weights

LEVELS = [0.1, 0.5, 0.51, 0.515, 0.52, 0.6]


@st.composite
def tables(draw):
    """Scores of every demand and trainer (-1: not allowed), what trainers have in hand, and a narrow cut."""
    demands, trainers = draw(st.integers(1, 5)), draw(st.integers(1, 8))
    score = np.array(
        draw(
            st.lists(
                st.lists(st.sampled_from([*LEVELS, -1.0]), min_size=trainers, max_size=trainers),
                min_size=demands,
                max_size=demands,
            )
        )
    )
    load = np.array(draw(st.lists(st.integers(0, 2), min_size=trainers, max_size=trainers)))
    return score, load, draw(st.integers(1, 3))


def frame_of(score, load) -> Frame:
    return Frame(
        demands=[f"v{at}" for at in range(len(score))],
        trainers=[f"t{at}" for at in range(len(load))],
        worth=np.zeros(len(score)),
        load=load.astype(np.int64),
        room=np.full(len(load), 9),
        wish=lambda demand, _trainer: np.zeros(len(demand)),
        fits=0.3,
        weights=Weights(most_in_a_round=3),
    )


def nearest_in(score):
    def nearest(rows, k):
        found = np.full((len(rows), k), -1, dtype=np.int64)
        values = np.full((len(rows), k), -np.inf)
        for at, row in enumerate(rows):
            best = [t for t in np.argsort(-score[row], kind="stable") if score[row][t] >= 0][:k]
            found[at, : len(best)], values[at, : len(best)] = best, score[row][best]
        return found, values

    return nearest


def unfair(score, load, answer) -> list:
    new = Counter(int(p.trainer[1:]) for p in answer.pairings)
    total = {t: int(load[t]) + new[t] for t in range(len(load))}
    return [
        (p.demand, p.trainer, t)
        for p in answer.pairings
        for t in total
        if score[int(p.demand[1:])][t] >= max(0.3, p.score - Weights().equally_good)
        and total[t] <= total[int(p.trainer[1:])] - 2
        and new[t] < Weights(most_in_a_round=3).most_in_a_round
    ]


@given(tables())
@settings(max_examples=300, deadline=None)
def test_nobody_just_below_the_cut_is_passed_over(table) -> None:
    score, load, k = table
    decision = decide(frame_of(score, load), nearest_in(score), k=k)
    assert unfair(score, load, decision.answer) == []
    for pairing in decision.answer.pairings:
        assert score[int(pairing.demand[1:])][int(pairing.trainer[1:])] >= 0.3
    for at, row in enumerate(score):
        assert decision.allowed[f"v{at}"] == bool((row >= 0).any())
        assert decision.fitting[f"v{at}"] == bool((row >= 0.3).any())


def test_without_widening_somebody_is_passed_over(monkeypatch) -> None:
    """The control: two questions, three equals, a cut after the first."""
    score, load = np.full((2, 3), 0.5), np.zeros(3, dtype=np.int64)
    frame, nearest = frame_of(score, load), nearest_in(score)
    fair = decide(frame, nearest, k=1)
    assert (len({p.trainer for p in fair.answer.pairings}), fair.widened) == (2, 2)
    monkeypatch.setattr(deciding, "_cut_among_equals", lambda *_: [])
    assert len(unfair(score, load, decide(frame, nearest, k=1).answer)) == 4


def test_no_demands_and_no_trainers_is_an_answer_too() -> None:
    nobody = decide(frame_of(np.zeros((2, 0)), np.zeros(0)), nearest_in(np.zeros((2, 0))))
    assert nobody.answer.unmatched == ("v0", "v1")
    assert nobody.allowed == {"v0": False, "v1": False}
