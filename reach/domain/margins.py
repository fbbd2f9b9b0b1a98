# SPDX-License-Identifier: EUPL-1.2
"""Several tables of the same people, each merged as little as possible, that do not give each other away.

Everybody knows which organisation is in which province, and which session was on which day. So a small province
that was merged could still follow from the organisations in it. Before tables are told side by side, every small
cell is checked: people can be thought from the cell into the rest of its merged group and back without changing any
other published number, over the whole range below the threshold. Where that fails more is merged; where that does
not help, the tables are made of one nested division, which cannot give anything away (reach.domain.suppression).
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

from reach.domain import suppression
from reach.domain.suppression import MERGED, Crowd, Group, Path, Rules

#: Rounds of merging before giving up on tables side by side.
MOST_ROUNDS = 300

Items = Mapping[Any, Crowd]
Tables = dict[str, list[Group]]


def side_by_side(
    items: Items,
    paths: Mapping[str, Mapping[Any, Path]],
    rules: Rules,
    *,
    nested: Sequence[str],
    weights: Mapping[str, Sequence[float]],
) -> Tables:
    """Per table a division of the items. ``paths``: by table, from coarse to fine; ``nested``: the order of the
    tables when they have to be one division. Of all ways that give nothing away the one that tells most,
    ``weights`` says of which table and step: a table may be left out so that the others can say more."""
    if not rules.secondary:
        return {name: suppression.groups(items, steps, rules) for name, steps in paths.items()}
    ways = [_nested(items, paths, rules, nested)]
    for kept in _subsets(list(paths)):
        found = _together(items, {name: paths[name] for name in kept}, rules)
        if found is not None:
            rest = tuple(sorted((k for k in items if items[k].people), key=str))
            left_out = {name: [Group((MERGED,), rest)] for name in paths if name not in kept}
            ways.append(found | left_out)
    return max(ways, key=lambda way: tells(items, way, weights))


def _subsets(names: Sequence[str]) -> list[list[str]]:
    return [
        [name for number, name in enumerate(names) if mask >> number & 1]
        for mask in range(2 ** len(names) - 1, 0, -1)
    ]


def tells(items: Items, way: Tables, weights: Mapping[str, Sequence[float]]) -> float:
    """How many people stand in a row of their own, table by table and level by level."""
    return sum(
        items[key].people
        * sum(w for w, step in zip(weights[name], g.path, strict=False) if step != MERGED)
        for name, groups in way.items()
        for g in groups
        for key in g.keys
    )


def _together(items: Items, paths: Mapping[str, Mapping[Any, Path]], rules: Rules) -> Tables | None:
    """These tables side by side, merged until nothing is given away; None when that cannot be."""
    forced: dict[str, set[Path]] = {name: set() for name in paths}
    for _round in range(MOST_ROUNDS):
        found = {
            name: suppression.groups(items, steps, rules, forced=frozenset(forced[name]))
            for name, steps in paths.items()
        }
        wanting = _gives_away(items, paths, found, rules)
        if not wanting:
            return found
        for name, prefix in wanting:
            smallest = _smallest_standing(items, paths[name], found[name], prefix)
            if smallest is None:
                return None
            forced[name].add(smallest)
    return None


def _gives_away(
    items: Items, paths: Mapping[str, Mapping[Any, Path]], found: Tables, rules: Rules
) -> list[tuple[str, Path]]:
    """Tables and merged groups of which a small cell is not open enough."""
    label = {
        name: {key: number for number, g in enumerate(groups) for key in g.keys}
        for name, groups in found.items()
    }
    wanting = []
    for name, groups in found.items():
        others = [label[other] for other in found if other != name]
        for g in groups:
            if g.path and g.path[-1] == MERGED:
                classes = {key: tuple(labels[key] for labels in others) for key in g.keys}
                depth = len(g.path) - 1
                cells: dict[Hashable, list[Any]] = defaultdict(list)
                for key in g.keys:
                    cells[paths[name][key][depth]].append(key)
                if not all(
                    suppression.is_safe([items[key] for key in inside], rules)
                    or _is_open(items, inside, g.keys, classes, rules)
                    for inside in cells.values()
                ):
                    wanting.append((name, g.path[:-1]))
    return wanting


def _is_open(
    items: Items,
    inside: Iterable[Any],
    group: Sequence[Any],
    classes: Mapping[Any, tuple[int, ...]],
    rules: Rules,
) -> bool:
    """People of the cell and of the rest of the group that are alike in every other table could change places.
    What one coordinator knows by name does not count."""
    cell = set(inside)
    shared = {classes[key] for key in cell} & {classes[key] for key in group if key not in cell}
    free: dict[int, int] = defaultdict(int)
    for key in group:
        if classes[key] in shared:
            for organisation, people in items[key].by_organisation.items():
                free[organisation] += people
    known = [
        max(free.values(), default=0),
        *(sum(free.get(o, 0) for o in together) for together in rules.coalitions),
    ]
    return sum(free.values()) - max(known) >= rules.threshold - 1


def _smallest_standing(
    items: Items, paths: Mapping[Any, Path], groups: Sequence[Group], prefix: Path
) -> Path | None:
    """The smallest cell next to a merged group that still stands alone."""
    depth = len(prefix)
    size: dict[Path, int] = defaultdict(int)
    for g in groups:
        if g.path[:depth] == prefix and len(g.path) > depth and g.path[depth] != MERGED:
            for key in g.keys:
                size[paths[key][: depth + 1]] += items[key].people
    return min(size, key=lambda path: (size[path], str(path))) if size else None


def _nested(
    items: Items, paths: Mapping[str, Mapping[Any, Path]], rules: Rules, order: Sequence[str]
) -> Tables:
    """One division for all tables: first by the first table, within it by the second, and so on."""
    joined: dict[Any, Path] = {}
    for key in items:
        steps: list[Hashable] = []
        for name in order:
            steps += [step for step in paths[name][key] if step not in steps]
        joined[key] = tuple(steps)
    width = max((len(path) for path in joined.values()), default=0)
    joined = {key: path + (None,) * (width - len(path)) for key, path in joined.items()}
    division = suppression.groups(items, joined, rules)
    return {name: _as_table(division, paths[name]) for name in paths}


def _as_table(division: Sequence[Group], paths: Mapping[Any, Path]) -> list[Group]:
    """Groups of a division, put together by what they share in one table."""
    found: dict[Path, list[Any]] = defaultdict(list)
    for g in division:
        shared: list[Hashable] = []
        for steps in zip(*(paths[key] for key in g.keys), strict=True):
            if len(set(steps)) > 1:
                shared.append(MERGED)
                break
            shared.append(steps[0])
        found[tuple(shared)] += g.keys
    return [Group(path, tuple(keys)) for path, keys in found.items()]
