# SPDX-License-Identifier: EUPL-1.2
"""What is alike goes together as far as one trainer fits it, and a question that nobody can help breaks no bundle."""

import itertools
import uuid

import pytest

pytest.importorskip("numpy")

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.assignment.bundles import Rule
from matching.domain.bundling import Behind, bundled
from matching.domain.eligibility import Asked, Trainer, at_one_place, columns, obstacles
from matching.models import KnowledgeRequest, TrainerProfile
from tests.matching.table import Table

RULE = Rule(alike=0.8, seats=12, most_questions=4)
TRAINER = Trainer(
    person=1,
    withdrawn=False,
    paused=False,
    gone=False,
    left=2,
    languages=1,
    provinces=0b11,
    online=True,
)
ONLINE = Asked(language=1, online=True, provinces=0, first=0, last=1)


def a_question(key: int) -> KnowledgeRequest:
    return KnowledgeRequest(
        pk=key, public_id=uuid.UUID(int=key), language="nl", open_to_others=True
    )


class Case:
    """Questions 1, 2, ... and trainers 1, 2, ...; ``fits``: which trainer fits which question, how well."""

    def __init__(
        self,
        angles: list[float],
        fits: dict[int, dict[int, float]],
        trainers: list[Trainer] | None = None,
        asked: list[Asked] | None = None,
        organisations: list[int] | None = None,
    ) -> None:
        self.questions = [a_question(at + 1) for at in range(len(angles))]
        self.trainers = trainers or [_trainer(at) for at in (1, 2, 3)]
        self.asked = asked or [ONLINE] * len(angles)
        self.behind = [
            Behind(2, 0, frozenset(range(number))) for number in organisations or [1] * len(angles)
        ]
        scores = {
            (self.questions[one - 1], TrainerProfile(pk=person, person_id=person)): score
            for one, row in fits.items()
            for person, score in row.items()
        }
        self.table = Table(scores, dict(zip(self.questions, angles, strict=True)))

    def groups(self, order: list[int] | None = None) -> list[list[int]]:
        """By key of the question."""
        order = order or list(range(len(self.questions)))
        found = bundled(
            [self.questions[at] for at in order],
            [self.behind[at] for at in order],
            [self.asked[at] for at in order],
            columns(self.trainers),
            self.table([trainer.person for trainer in self.trainers]),
            rule=RULE,
        )
        return [[self.questions[order[at]].pk for at in group] for group in found]

    def one_fits(self, group: list[int]) -> bool:
        return any(self.fits(trainer, group) for trainer in self.trainers)

    def fits(self, trainer: Trainer, group: list[int]) -> bool:
        asked = [self.asked[one - 1] for one in group]
        return all(
            self.table.scores.get((one, trainer.person), 0) >= self.table.fits for one in group
        ) and not any(obstacles(trainer, each) for each in [*asked, at_one_place(asked)])

    def may_go_together(self, group: list[int]) -> bool:
        vectors = self.table.vectors([self.questions[one - 1] for one in group])
        pairs = itertools.combinations([self.asked[one - 1] for one in group], 2)
        return (
            len(group) <= RULE.most_questions
            and sum(self.behind[one - 1].people for one in group) <= RULE.seats
            and bool((vectors @ vectors.T >= RULE.alike - 1e-4).all())
            and all((a.online and b.online) or a.provinces & b.provinces for a, b in pairs)
        )


def _trainer(person: int, **fields) -> Trainer:
    return Trainer(**{**TRAINER.__dict__, "person": person, **fields})


def test_one_trainer_for_all_is_one_bundle() -> None:
    case = Case([0, 5, 10], {1: {1: 0.5}, 2: {1: 0.5}, 3: {1: 0.4}})
    assert case.groups() == [[1, 2, 3]]


def test_the_rest_gathers_around_another_lead() -> None:
    """The first weighs most and leads, but nobody fits it; one trainer fits the other three."""
    case = Case(
        [0, 5, 10, 15],
        {2: {1: 0.5}, 3: {1: 0.5}, 4: {1: 0.4}},
        organisations=[5, 1, 2, 1],
    )
    assert case.groups() == [[1], [3, 2, 4]]


def test_what_two_trainers_fit_becomes_two_bundles() -> None:
    case = Case(
        [0, 5, 10, 15],
        {1: {1: 0.6}, 2: {2: 0.6}, 3: {1: 0.5}, 4: {2: 0.5}},
    )
    assert sorted(map(sorted, case.groups())) == [[1, 3], [2, 4]]


def test_what_stood_beside_the_bundle_may_come_in() -> None:
    """The lead (0 degrees) took the question at 30 away from the one at 60; nobody fits the lead."""
    case = Case([0, 30, 60], {2: {1: 0.5}, 3: {1: 0.5}}, organisations=[5, 1, 1])
    assert case.groups() == [[1], [2, 3]]


def test_what_is_left_joins_a_bundle_that_is_there() -> None:
    """The lead at 0 degrees takes the one at 30, the lead at 62 the one at 60; nobody fits the first."""
    case = Case(
        [0, 30, 62, 60],
        {2: {1: 0.5}, 3: {1: 0.5}, 4: {1: 0.5}},
        organisations=[5, 1, 3, 1],
    )
    assert case.groups() == [[1], [3, 4, 2]]


def test_one_session_has_one_place() -> None:
    """Online or in the own province; who only travels can come to two of the three."""
    utrecht = Asked(language=1, online=True, provinces=0b01, first=0, last=1)
    zeeland = Asked(language=1, online=True, provinces=0b10, first=0, last=1)
    travels = _trainer(1, online=False)
    case = Case(
        [0, 5, 10],
        {1: {1: 0.5}, 2: {1: 0.5}, 3: {1: 0.5}},
        trainers=[travels],
        asked=[utrecht, zeeland, utrecht],
    )
    assert case.groups() == [[1, 3], [2]]
    case.trainers = [_trainer(1)]
    assert case.groups() == [[1, 2, 3]]


QUESTIONS = st.lists(
    st.tuples(
        st.integers(0, 180),
        st.booleans(),
        st.sampled_from([0b01, 0b10, 0b11]),
        st.integers(1, 4),
        st.frozensets(st.integers(1, 4), max_size=1),
        st.dictionaries(st.integers(1, 4), st.sampled_from([0.1, 0.4, 0.8]), max_size=4),
    ),
    min_size=1,
    max_size=9,
)
POOL = st.lists(
    st.tuples(st.booleans(), st.booleans(), st.sampled_from([0b00, 0b01, 0b11])),
    min_size=1,
    max_size=4,
)


@given(QUESTIONS, POOL, st.randoms(use_true_random=False))
@settings(max_examples=300, deadline=None)
def test_nothing_is_lost_no_rule_is_broken_and_nothing_more_could_go_together(
    rows, pool, chance
) -> None:
    case = Case(
        [angle for angle, *_ in rows],
        {at: fits for at, (*_, fits) in enumerate(rows, start=1)},
        trainers=[
            _trainer(at, paused=paused, online=online, provinces=provinces)
            for at, (paused, online, provinces) in enumerate(pool, start=1)
        ],
        asked=[
            Asked(1, online, provinces, 0, 1, own=own) for _, online, provinces, _, own, _ in rows
        ],
        organisations=[number for _, _, _, number, _, _ in rows],
    )
    groups = case.groups()
    assert sorted(itertools.chain(*groups)) == [question.pk for question in case.questions]
    several = [group for group in groups if len(group) > 1]
    for group in several:
        assert case.may_go_together(group)
        assert case.one_fits(group)
    for pair in itertools.combinations([group[0] for group in groups if len(group) == 1], 2):
        assert not (case.may_go_together(list(pair)) and case.one_fits(list(pair)))
    order = list(range(len(rows)))
    chance.shuffle(order)
    assert case.groups(order) == groups


def test_a_bundle_of_many_is_looked_up_once(monkeypatch) -> None:
    """However often it falls apart: the questions of hopeless bundles are ranked twice, no more."""
    case = Case([at * 0.5 for at in range(12)], {at: {at % 3 + 1: 0.5} for at in range(1, 13)})
    ranked = []
    real = case.table.nearest
    monkeypatch.setattr(
        case.table,
        "nearest",
        lambda requests, *rest: (ranked.append(len(requests)), real(requests, *rest))[1],
    )
    groups = case.groups()
    assert sorted(map(len, groups)) == [4, 4, 4]
    # The twelve in their bundles, and the twelve once by themselves.
    assert ranked == [12, 12]
    assert np.array(groups).shape == (3, 4)
