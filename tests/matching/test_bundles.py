# SPDX-License-Identifier: EUPL-1.2
"""Questions that are alike become one demand, by a rule that does not depend on their order."""

import pytest

np = pytest.importorskip("numpy")

from hypothesis import given, settings
from hypothesis import strategies as st

from matching.assignment.bundles import Asked, Rule, bundle

RULE = Rule(alike=0.8, seats=12, most_questions=4)


def at_angles(*degrees: float):
    angles = np.radians(np.array(degrees, dtype=np.float32))
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def always(_one: int, _other: int) -> bool:
    return True


def keys(groups, asked) -> set[frozenset[str]]:
    return {frozenset(asked[at].key for at in group) for group in groups}


def test_bundle_joins_what_is_alike_and_leaves_the_rest_alone():
    asked = [Asked("a", 1, 1), Asked("b", 3, 2), Asked("c", 1, 1)]
    groups = bundle(asked, at_angles(0, 10, 90), together=always, rule=RULE)
    assert groups == [[1, 0], [2]]  # the one with more organisations leads


def test_bundle_does_not_chain():
    """a-b and b-c are alike (30 degrees), a-c are not (60 degrees)."""
    asked = [Asked("a", 1, 1), Asked("b", 1, 1), Asked("c", 1, 1)]
    groups = bundle(asked, at_angles(0, 30, 60), together=always, rule=RULE)
    assert keys(groups, asked) == {frozenset("ab"), frozenset("c")}


def test_bundle_keeps_apart_what_cannot_be_one_session():
    asked = [Asked("a", 1, 1), Asked("b", 1, 1)]
    groups = bundle(asked, at_angles(0, 1), together=lambda _one, _other: False, rule=RULE)
    assert len(groups) == 2


def test_bundle_asks_no_more_seats_than_a_session_has():
    asked = [Asked("a", 8, 1), Asked("b", 5, 1), Asked("c", 4, 1)]
    groups = bundle(asked, at_angles(0, 1, 2), together=always, rule=RULE)
    assert keys(groups, asked) == {frozenset("ac"), frozenset("b")}


def test_question_without_words_stays_alone():
    vectors = at_angles(0, 0, 0)
    vectors[1:] = 0
    groups = bundle([Asked(key, 1, 1) for key in "abc"], vectors, together=always, rule=RULE)
    assert [len(group) for group in groups] == [1, 1, 1]


@given(
    st.lists(
        st.tuples(st.integers(0, 359), st.integers(1, 9), st.integers(1, 4)),
        min_size=1,
        max_size=14,
    ),
    st.randoms(use_true_random=False),
)
@settings(max_examples=150, deadline=None)
def test_bundle_is_a_partition_within_the_rule_and_independent_of_order(rows, chance):
    asked = [Asked(f"v{n:02}", people, orgs) for n, (_, people, orgs) in enumerate(rows)]
    vectors = at_angles(*(angle for angle, _, _ in rows))
    groups = bundle(asked, vectors, together=always, rule=RULE)
    assert sorted(at for group in groups for at in group) == list(range(len(rows)))
    for group in groups:
        assert len(group) <= RULE.most_questions
        assert len(group) == 1 or sum(asked[at].people for at in group) <= RULE.seats
        assert (vectors[group] @ vectors[group].T >= RULE.alike - 1e-4).all()
    order = list(range(len(rows)))
    chance.shuffle(order)
    again = bundle([asked[at] for at in order], vectors[order], together=always, rule=RULE)
    assert keys(again, [asked[at] for at in order]) == keys(groups, asked)
