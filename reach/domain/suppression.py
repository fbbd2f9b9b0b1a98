# SPDX-License-Identifier: EUPL-1.2
"""Small numbers stay hidden, and figures that still change are rounded (design.md, Figures).

A coordinator knows the own colleagues by name. What a cell tells about the *others* is therefore its
value minus the own part; that remainder must be nobody or at least ``OTHERS`` people. Where one cell of a
row is hidden while the total is known, the smallest other cell goes along, or subtraction gives it back.
"""

import dataclasses
from collections.abc import Collection, Iterable, Mapping
from typing import TypeVar

from django.utils.formats import number_format
from django.utils.translation import gettext as _

#: People of other organisations, and of the own one.
OTHERS, OWN = 10, 5
STEP = 5

Key = TypeVar("Key", str, tuple[str, str])


@dataclasses.dataclass(frozen=True)
class Cell:
    """A number of people, and how many of them the reader knows by name."""

    value: int
    own: int = 0

    @property
    def is_small(self) -> bool:
        return 0 < self.value - self.own < OTHERS or (self.value == self.own and is_small(self.own))


@dataclasses.dataclass(frozen=True)
class Shown:
    """What may be published. ``value`` is None when the number is hidden."""

    value: int | None
    text: str

    @property
    def hidden(self) -> bool:
        return self.value is None


def is_small(own: int) -> bool:
    return 0 < own < OWN


def rounded(number: float, *, exact: bool) -> int:
    """To the nearest five, unless exact: a half goes up."""
    return round(number) if exact else int((number + STEP / 2) // STEP) * STEP


def formatted(number: float, *, decimals: int = 0) -> str:
    return number_format(number, decimal_pos=decimals, use_l10n=True, force_grouping=True)


def show(number: float, *, exact: bool) -> Shown:
    value = rounded(number, exact=exact)
    return Shown(value, formatted(value))


def show_own(people: int, *, exact: bool) -> Shown:
    if is_small(people):
        return Shown(None, _("minder dan %(count)d") % {"count": OWN})
    return show(people, exact=exact)


def show_cell(cell: Cell, *, exact: bool, hide: bool = False) -> Shown:
    if not hide and not cell.is_small:
        return show(cell.value, exact=exact)
    if cell.value < OTHERS:
        return Shown(None, _("minder dan %(count)d") % {"count": OTHERS})
    return Shown(None, _("verborgen"))


def hidden_keys(cells: Mapping[Key, Cell], lines: Iterable[Collection[Key]]) -> set[Key]:
    """The cells that may not be shown: the small ones, and those that would give them back.

    ``lines`` are the rows and columns of which a reader knows the total. In each, the hidden cells together
    hold at least ``OTHERS`` people of other organisations, and are at least two; else the smallest cell that
    still shows is hidden too. A line of one cell has nothing to hide it with: its total must be hidden.
    """
    lines = [[key for key in line if cells[key].value] for line in lines]
    hidden = {key for key, cell in cells.items() if cell.is_small}
    changed = True
    while changed:
        changed = False
        for line in lines:
            covered = [key for key in line if key in hidden]
            others = sum(cells[key].value - cells[key].own for key in covered)
            if not covered or (len(covered) > 1 and (others >= OTHERS or not others)):
                continue
            shown = sorted((cells[key].value, str(key), key) for key in line if key not in hidden)
            if shown:
                hidden.add(shown[0][2])
                changed = True
    return hidden
