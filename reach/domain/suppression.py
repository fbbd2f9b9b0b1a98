# SPDX-License-Identifier: EUPL-1.2
"""Small groups never stand alone (docs/privacy-figures.md has the method and its proof in words).

Everything published is the size of a union of *groups*. A group is safe: it holds nobody or at least
``threshold`` people, and so does what remains when a coordinator leaves out the colleagues of the own
organisation, known by name. What is too small is merged with others of its kind, and that takes a larger one
along when the merged rest would still be too small. Whoever adds and subtracts published numbers arrives at
unions of groups again: never at fewer people than the threshold.
"""

import dataclasses
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

from django.utils.formats import number_format

#: People of others (public, and everything a coordinator sees about others), and of the own organisation.
OTHERS, OWN = 10, 5
#: Running periods are rounded to it.
STEP = 5
MINUTES = 60
#: Label of a merged group, where a key would stand.
MERGED = "*"
#: So many people of a crowd are remembered one by one, to count the union of small crowds exactly.
FEW = 40

Path = tuple[Hashable, ...]


class Crowd:
    """Different people in one cell, and per organisation how many of them it knows by name."""

    __slots__ = ("by_organisation", "few", "people")

    def __init__(self) -> None:
        self.people = 0
        self.by_organisation: dict[int, int] = {}
        self.few: list[tuple[int, tuple[int, ...]]] | None = []

    def add(self, person: int, organisations: tuple[int, ...]) -> None:
        """Once per person; ``organisations`` are those that this person was there for."""
        self.people += 1
        mine = self.by_organisation
        for organisation in organisations:
            mine[organisation] = mine.get(organisation, 0) + 1
        if self.few is not None:
            self.few.append((person, organisations))
            if len(self.few) > FEW:
                self.few = None

    def add_all(self, people: Sequence[int], organisation: int) -> None:
        """As ``add``, of people who were all there for one organisation."""
        self.people += len(people)
        mine = self.by_organisation
        mine[organisation] = mine.get(organisation, 0) + len(people)
        if self.few is not None:
            if len(self.few) + len(people) > FEW:
                self.few = None
            else:
                there_for = (organisation,)
                self.few += [(person, there_for) for person in people]

    def without(self, knows: Iterable[int]) -> int:
        """People that nobody of those organisations knows; exact for one organisation."""
        return max(0, self.people - sum(self.by_organisation.get(o, 0) for o in knows))


@dataclasses.dataclass(frozen=True)
class Rules:
    threshold: int = OTHERS
    #: Organisations that one person coordinates together; a single one is always considered.
    coalitions: tuple[frozenset[int], ...] = ()
    #: Of how many items anybody is there is told too: then a merged group is wide enough only when each of its items
    #: can still be large though nobody's is empty.
    counted: bool = False
    #: Off only in the test that shows how an attacker wins without it.
    secondary: bool = True


def how_many(crowds: Sequence[Crowd]) -> int:
    """Different people in all of them: exact while the crowds are small, else certainly not too many."""
    if all(crowd.few is not None for crowd in crowds):
        return len({person for crowd in crowds for person, _o in crowd.few or ()})
    return max(crowd.people for crowd in crowds)


def is_safe(crowds: Sequence[Crowd], rules: Rules) -> bool:
    """Nobody, or enough people, also for a coordinator who leaves out the own colleagues."""
    if not any(crowd.people for crowd in crowds):
        return True
    if how_many(crowds) < rules.threshold:
        return False
    if all(crowd.few is not None for crowd in crowds):
        return _few_are_safe(crowds, rules)
    # One crowd that stays large without its largest organisation stays large without any.
    if not rules.coalitions and any(
        crowd.people - max(crowd.by_organisation.values()) >= rules.threshold
        for crowd in crowds
        if crowd.people
    ):
        return True
    largest_first = sorted(crowds, key=lambda crowd: -crowd.people)
    return all(
        any(crowd.without(knows) >= rules.threshold for crowd in largest_first)
        or not any(crowd.without(knows) for crowd in largest_first)
        for knows in _who_could_know(crowds, rules)
    )


def _who_could_know(crowds: Sequence[Crowd], rules: Rules) -> Iterable[frozenset[int]]:
    present = {o for crowd in crowds for o in crowd.by_organisation if o}
    yield from (frozenset({o}) for o in present)
    yield from (c for c in rules.coalitions if not c.isdisjoint(present))


def without_whom(people: int, known: Mapping[int, int], rules: Rules) -> Iterable[int]:
    """How many of these people are left for each coordinator, who knows the own colleagues. ``known``: by organisation."""
    yield from (people - number for organisation, number in known.items() if organisation)
    for together in rules.coalitions:
        if not together.isdisjoint(known):
            yield people - sum(known.get(o, 0) for o in together)


def _few_are_safe(crowds: Sequence[Crowd], rules: Rules) -> bool:
    """Exact: who is known to whom, person by person."""
    everyone: dict[int, set[int]] = {}
    for crowd in crowds:
        for person, organisations in crowd.few or ():
            everyone.setdefault(person, set()).update(organisations)
    known: dict[int, int] = {}
    for mine in everyone.values():
        for organisation in mine:
            known[organisation] = known.get(organisation, 0) + 1
    rests = [len(everyone) - number for organisation, number in known.items() if organisation]
    rests += [
        sum(together.isdisjoint(mine) for mine in everyone.values())
        for together in rules.coalitions
        if not together.isdisjoint(known)
    ]
    return all(rest == 0 or rest >= rules.threshold for rest in rests)


@dataclasses.dataclass(frozen=True)
class Group:
    """Cells that are published together. ``path`` names what they share, ``MERGED`` where they differ."""

    path: Path
    keys: tuple[Any, ...]
    hidden: bool = False


def groups(
    items: Mapping[Any, Crowd],
    paths: Mapping[Any, Path],
    rules: Rules,
    *,
    forced: frozenset[Path] = frozenset(),
) -> list[Group]:
    """Every cell in exactly one group. ``paths``: from coarse to fine, e.g. (layer, organisation). ``forced``:
    cells that are merged though they could stand alone.

    The caller has made sure that all items together are safe.
    """
    keys = sorted((k for k in items if items[k].people), key=str)
    return _split(keys, (), items, paths, rules, forced)


def _split(
    keys: Sequence[Any],
    done: Path,
    items: Mapping[Any, Crowd],
    paths: Mapping[Any, Path],
    rules: Rules,
    forced: frozenset[Path],
) -> list[Group]:
    depth = len(done)
    if not keys or depth == len(paths[keys[0]]):
        return [Group(done, tuple(keys))] if keys else []
    children: dict[Hashable, list[Any]] = {}
    for key in keys:
        children.setdefault(paths[key][depth], []).append(key)
    standing, merged = _standing(children, items, rules, {p[-1] for p in forced if p[:-1] == done})
    found = [
        group
        for name in standing
        for group in _split(children[name], (*done, name), items, paths, rules, forced)
    ]
    if merged:
        rest = tuple(key for name in merged for key in children[name])
        found.append(Group((*done, MERGED), rest, hidden=not rules.secondary))
    return found


def _standing(
    children: Mapping[Hashable, list[Any]],
    items: Mapping[Any, Crowd],
    rules: Rules,
    forced: set[Hashable],
) -> tuple[list[Hashable], list[Hashable]]:
    """Which children are published by themselves, and which only together."""
    crowds = {name: [items[key] for key in keys] for name, keys in children.items()}
    standing = [name for name in crowds if is_safe(crowds[name], rules)]
    merged = [name for name in crowds if name not in standing]
    if not merged or not rules.secondary:
        return standing, merged
    standing.sort(key=lambda name: (how_many(crowds[name]), str(name)), reverse=True)
    small = len(merged)
    merged += [name for name in standing if name in forced]
    standing = [name for name in standing if name not in forced]
    while standing and not _covers(merged, small, crowds, rules):
        merged.append(standing.pop())
    return standing, merged


def _covers(
    merged: Sequence[Hashable],
    small: int,
    crowds: Mapping[Hashable, list[Crowd]],
    rules: Rules,
) -> bool:
    """The merged group is safe, and so wide that who knows this very method cannot see into it.

    When only small cells are merged (each below the threshold), their sum may not be so large that each must
    be almost at the threshold: two cells that hold 18 together would be nine and nine. When a larger one came
    along, the sum leaves the small ones their full range.
    """
    together = [crowd for name in merged for crowd in crowds[name]]
    if not is_safe(together, rules):
        return False
    least = rules.threshold - 1
    if rules.counted and how_many(together) < len(together) + least:
        return False
    if len(merged) > small:
        return how_many(together) >= rules.threshold + least
    return sum(how_many(crowds[name]) for name in merged) <= least * (small - 1)


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


def share(part: float, rest: float, *, exact: bool) -> int | None:
    """Percentage; while a period runs of numbers that were rounded already, so that it tells no more than they do."""
    mine, other = (rounded(number, exact=exact) for number in (part, rest))
    return rounded(100 * mine / (mine + other), exact=exact) if mine + other else None


def hours(minutes: float, *, exact: bool, longest: int) -> int:
    """While a period runs in steps of as many hours as five people spend at the longest session (of ``longest``
    minutes): else the hours would tell the people more precisely than their own number does."""
    if exact:
        return round(minutes / MINUTES)
    step = STEP * max(1, -(-longest // MINUTES))
    return int((minutes / MINUTES + step / 2) // step) * step


def at_least(number: int) -> int:
    """So many or more, in tens: nobody can tell fewer than ten apart."""
    return number // OTHERS * OTHERS


def formatted(number: float, *, decimals: int = 0) -> str:
    return number_format(number, decimal_pos=decimals, use_l10n=True, force_grouping=True)
