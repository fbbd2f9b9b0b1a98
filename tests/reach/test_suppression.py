# SPDX-License-Identifier: EUPL-1.2
"""Small groups never stand alone. tests/reach/test_attacker.py attacks the whole; here is the rule by itself."""

import pytest

from reach.domain.suppression import (
    MERGED,
    Crowd,
    Rules,
    groups,
    how_many,
    is_safe,
    rounded,
)


def crowd(*people, organisations=None):
    """People by number; each of the organisation that ``organisations`` says, else of one of many."""
    made = Crowd()
    for person in people:
        made.add(person, ((organisations or {}).get(person, 1000 + person),))
    return made


def sized(**sizes):
    """Crowds of different people, by name."""
    start, made = 0, {}
    for name, size in sizes.items():
        made[name] = crowd(*range(start, start + size))
        start += size
    return made


def told(crowds, rules=None):
    found = groups(crowds, {name: (name,) for name in crowds}, rules or Rules())
    return {"+".join(sorted(g.keys)): g.path[0] for g in found if not g.hidden}


@pytest.mark.parametrize(
    ("size", "safe"), [(0, True), (1, False), (9, False), (10, True), (500, True)]
)
def test_a_group_is_nobody_or_at_least_ten(size, safe):
    people = crowd(*range(size), organisations=dict.fromkeys(range(size), 7))
    assert is_safe([people], Rules()) is safe


def test_ten_people_of_several_organisations_are_nine_for_a_coordinator():
    assert not is_safe([crowd(*range(10))], Rules())
    assert is_safe([crowd(*range(11))], Rules())


@pytest.mark.parametrize(
    ("size", "own", "safe"),
    [
        (12, 3, False),  # the nine others would follow by subtraction
        (13, 3, True),
        (500, 491, False),
        (500, 490, True),
        (12, 12, True),  # only own colleagues, whom that coordinator knows by name
    ],
)
def test_a_coordinator_who_subtracts_the_own_colleagues_finds_nobody_or_ten(size, own, safe):
    people = crowd(*range(size), organisations=dict.fromkeys(range(own), 7))
    assert is_safe([people], Rules()) is safe


def test_who_coordinates_two_organisations_subtracts_both():
    people = crowd(
        *range(30), organisations=dict.fromkeys(range(12), 7) | dict.fromkeys(range(12, 24), 8)
    )
    assert is_safe([people], Rules())
    assert not is_safe([people], Rules(coalitions=(frozenset({7, 8}),)))


def test_a_person_in_two_small_cells_is_one_person():
    assert how_many([crowd(1, 2, 3), crowd(3, 4)]) == 4
    assert not is_safe([crowd(*range(6)), crowd(*range(3, 9))], Rules())


def test_a_lone_small_cell_takes_larger_ones_along():
    assert told(sized(a=100, b=40, c=3)) == {"a": "a", "b+c": MERGED}
    # Fifteen would say: at most five and at least ten. So one more goes along.
    assert told(sized(a=100, b=40, c=12, d=3)) == {"a": "a", "b+c+d": MERGED}


def test_small_cells_hide_each_other_when_each_could_still_be_anything():
    assert told(sized(a=100, b=4, c=4, d=4)) == {"a": "a", "b+c+d": MERGED}
    # Two that hold seventeen together would each be almost ten.
    assert told(sized(a=100, b=40, c=9, d=8)) == {"a": "a", "b+c+d": MERGED}


def test_nothing_is_merged_when_nothing_is_small_and_empty_cells_are_nothing():
    assert told(sized(a=100, b=40)) == {"a": "a", "b": "b"}
    assert told(sized(a=100, b=40, c=0)) == {"a": "a", "b": "b"}
    assert told(sized(a=100, c=3)) == {"a+c": MERGED}


def test_without_secondary_suppression_the_small_cell_is_just_missing():
    assert told(sized(a=100, b=40, c=3), Rules(secondary=False)) == {"a": "a", "b": "b"}


def test_a_small_organisation_merges_within_its_province_and_layer():
    crowds = sized(utrecht=30, amersfoort=25, bunnik=3, assen=20)
    paths = {
        "utrecht": ("gemeente", "utrecht", "utrecht"),
        "amersfoort": ("gemeente", "utrecht", "amersfoort"),
        "bunnik": ("gemeente", "utrecht", "bunnik"),
        "assen": ("gemeente", "drenthe", "assen"),
    }
    found = {g.path: g.keys for g in groups(crowds, paths, Rules())}
    assert found == {
        ("gemeente", "utrecht", "utrecht"): ("utrecht",),
        ("gemeente", "utrecht", MERGED): ("bunnik", "amersfoort"),
        ("gemeente", "drenthe", "assen"): ("assen",),
    }


@pytest.mark.parametrize(
    ("number", "shown"), [(0, 0), (11, 10), (12, 10), (12.5, 15), (13, 15), (998, 1000)]
)
def test_running_editions_are_rounded_to_five(number, shown):
    assert rounded(number, exact=False) == shown


def test_closed_editions_are_exact():
    assert (rounded(998, exact=True), rounded(12.4, exact=True)) == (998, 12)
