# SPDX-License-Identifier: EUPL-1.2
"""Small groups stay hidden, also from somebody who subtracts."""

import pytest

from reach.domain.suppression import Cell, hidden_keys, rounded, show_cell, show_own


@pytest.mark.parametrize(
    ("people", "text"),
    [(0, "0"), (1, "minder dan 5"), (4, "minder dan 5"), (5, "5"), (12, "12"), (1234, "1.234")],
)
def test_own_people_under_five_are_not_counted_out(people, text):
    assert show_own(people, exact=True).text == text


@pytest.mark.parametrize(
    ("value", "own", "text"),
    [
        (0, 0, "0"),
        (1, 0, "minder dan 10"),
        (9, 0, "minder dan 10"),
        (10, 0, "10"),
        (12, 3, "verborgen"),  # the nine others would follow by subtraction
        (13, 3, "13"),
        (9, 8, "minder dan 10"),
        (4, 4, "minder dan 10"),
        (7, 7, "7"),  # only own colleagues, whom the reader knows by name
    ],
)
def test_a_cell_tells_nothing_about_fewer_than_ten_others(value, own, text):
    assert show_cell(Cell(value, own), exact=True).text == text


@pytest.mark.parametrize(
    ("number", "shown"), [(0, 0), (11, 10), (12, 10), (12.5, 15), (13, 15), (998, 1000)]
)
def test_running_editions_are_rounded_to_five(number, shown):
    assert rounded(number, exact=False) == shown


def test_closed_editions_are_exact():
    assert (rounded(998, exact=True), rounded(12.4, exact=True)) == (998, 12)


def hidden(numbers, own=None):
    cells = {key: Cell(value, (own or {}).get(key, 0)) for key, value in numbers.items()}
    return hidden_keys(cells, [list(cells)])


def test_the_smallest_other_cell_hides_with_a_lone_small_one():
    assert hidden({"a": 100, "b": 40, "c": 3}) == {"b", "c"}


def test_two_tiny_cells_whose_sum_is_tiny_take_a_third_along():
    assert hidden({"a": 100, "b": 40, "c": 3, "d": 2}) == {"b", "c", "d"}


def test_small_cells_that_hide_each_other_are_enough():
    assert hidden({"a": 100, "b": 40, "c": 9, "d": 8}) == {"c", "d"}


def test_nothing_hides_when_nothing_is_small_and_empty_cells_hide_nothing():
    assert hidden({"a": 100, "b": 40, "c": 0}) == set()
    assert hidden({"a": 100, "b": 0, "c": 3}) == {"a", "c"}


def test_what_is_left_after_the_own_people_counts():
    assert hidden({"a": 100, "b": 40, "c": 12}, own={"c": 8}) == {"b", "c"}


def test_rows_and_columns_of_a_table_are_all_protected():
    cells = {
        ("gemeente", "gemeente"): Cell(100),
        ("gemeente", "rijk"): Cell(3),
        ("rijk", "gemeente"): Cell(30),
        ("rijk", "rijk"): Cell(60),
    }
    lines = [
        [k for k in cells if k[side] == name] for side in (0, 1) for name in ("gemeente", "rijk")
    ]
    assert hidden_keys(cells, lines) == set(cells)
