# SPDX-License-Identifier: EUPL-1.2
"""Different people per published cell of every period.

People do not add up, so they are counted for each period anew: person by person, in one pass over the rows. What a
row counts in is looked up, as numbers that stand for a cell of a period; the different numbers of one person are one
set. tests/reach/test_counting.py says the same in plain loops, and compares.
"""

import dataclasses
import itertools
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from reach.domain import figures, parts
from reach.domain.facts import Facts, World
from reach.domain.parts import Cell, Counted, Crowds

#: Not a cell of a table: everybody who was there.
_ANYBODY: Cell = ("", "")
#: No organisation has this number.
_REST = 0
#: People whose numbers are counted together.
_BATCH = 2000
Numbers = tuple[int, ...]


@dataclasses.dataclass
class Counts:
    """Of one period."""

    people: int = 0
    cells: dict[Cell, int] = dataclasses.field(default_factory=dict)
    places: set[int] = dataclasses.field(default_factory=set)
    hosts: set[int] = dataclasses.field(default_factory=set)


class _Numbering:
    """A number for every published cell of every period."""

    def __init__(self, scopes_of: Mapping[int, Sequence[str]]) -> None:
        self.names: list[tuple[str, Cell]] = []
        self._scopes_of = scopes_of
        self._numbers: dict[tuple[str, Cell], int] = {}

    def of(self, part: int, cells: Sequence[Cell]) -> Numbers:
        """Of these cells, in all periods that this part is in."""
        found = []
        for name in itertools.product(self._scopes_of[part], cells):
            if name not in self._numbers:
                self._numbers[name] = len(self.names)
                self.names.append(name)
            found.append(self._numbers[name])
        return tuple(found)


class _Places(dict[int, Numbers]):
    """By organisation of the learner, for one part and one layer of trainers."""

    def __init__(self, part: int, host_layer: str, lookup: "_Lookup") -> None:
        self._part, self._host_layer, self._lookup = part, host_layer, lookup

    def __missing__(self, place: int) -> Numbers:
        self[place] = found = self._lookup.of_place(self._part, place, self._host_layer)
        return found


class _Lookup:
    """What a row counts in."""

    def __init__(
        self, world: World, counted: Mapping[int, Counted], numbering: _Numbering, told: set[int]
    ) -> None:
        self._numbering = numbering
        self._layers = {part: parts.layer_of_place(counted[part]) for part in told}
        self._places = {part: parts.place_cells(counted[part]) for part in told}
        self._flows = {part: parts.flow_cells(counted[part]) for part in told}
        kinds = {part: Crowds(world.parts[part]) for part in told}
        by_kind = {
            part: {
                kind: numbering.of(part, (_ANYBODY, *cells))
                for kind, cells in parts.session_cells(counted[part]).items()
            }
            for part in told
        }
        anybody = {part: numbering.of(part, (_ANYBODY,)) for part in told}
        #: By position of the session; empty when it counts in no period.
        self.sessions: list[Numbers] = [
            by_kind[s.part].get(kinds[s.part].kind_of(s), anybody[s.part]) if s.part in told else ()
            for s in world.sessions
        ]
        shared: dict[tuple[int, str], _Places] = {}
        #: By position of the session, then by organisation of the learner.
        self.places: list[_Places] = [
            shared.setdefault((s.part, s.host.layer), _Places(s.part, s.host.layer, self))
            for s in world.sessions
        ]
        #: By part and organisation of the learner: by organisation of the trainer; _REST for all not told apart.
        self.pairs = {
            part: {
                place: {
                    host: numbering.of(part, parts.pair_cells(counted[part], place, host))
                    for host in (*hosts, _REST)
                }
                for place, hosts in counted[part].pairs.items()
            }
            for part in told
        }

    def of_place(self, part: int, place: int, host_layer: str) -> Numbers:
        flow = (self._layers[part].get(place, ""), host_layer)
        cells = (*self._places[part].get(place, ()), *self._flows[part].get(flow, ()))
        return self._numbering.of(part, cells)


def count(
    facts: Facts,
    world: World,
    counted: Mapping[int, Counted],
    scopes_of: Mapping[int, Sequence[str]],
) -> dict[str, Counts]:
    """By period. ``scopes_of``: by part, the periods to count."""
    told = {part for part, scopes in scopes_of.items() if scopes and counted[part].is_open}
    numbering = _Numbering(scopes_of)
    lookup = _Lookup(world, counted, numbering, told)
    found = _where(facts, world, scopes_of, told)
    people = _different(facts, world, lookup)
    for number, (scope, cell) in enumerate(numbering.names):
        if people[number]:
            if cell == _ANYBODY:
                found[scope].people = people[number]
            else:
                found[scope].cells[cell] = people[number]
    return found


def _different(facts: Facts, world: World, lookup: _Lookup) -> Counter[int]:
    """Different people by number of the cell."""
    of_session, of_place, pairs = lookup.sessions, lookup.places, lookup.pairs
    sessions, places, said = facts.session, facts.place, facts.said
    part_of = [session.part for session in world.sessions]
    host_of = [session.host.pk for session in world.sessions]
    found: Counter[int] = Counter()
    batch: list[set[int]] = []
    for start, stop in facts.runs():
        mine: set[int] = set()
        for row in range(start, stop):
            where = sessions[row]
            numbers = of_session[where]
            if not numbers or said[5 * row] != figures.THERE:
                continue
            place = places[row]
            mine.update(numbers, of_place[where][place])
            told = pairs[part_of[where]].get(place)
            if told is not None:
                mine.update(told.get(host_of[where]) or told[_REST])
        batch.append(mine)
        if len(batch) == _BATCH:
            found.update(itertools.chain.from_iterable(batch))
            batch.clear()
    found.update(itertools.chain.from_iterable(batch))
    return found


def _where(
    facts: Facts, world: World, scopes_of: Mapping[int, Sequence[str]], told: set[int]
) -> dict[str, Counts]:
    """Organisations of learners and of trainers."""
    places: dict[int, set[int]] = defaultdict(set)
    hosts: dict[int, set[int]] = defaultdict(set)
    there = bytearray(kind == figures.THERE for kind in facts.said[::5])
    for session, place in set(
        zip(
            itertools.compress(facts.session, there),
            itertools.compress(facts.place, there),
            strict=True,
        )
    ):
        part = world.sessions[session].part
        if part in told:
            places[part].add(place)
            hosts[part].add(world.sessions[session].host.pk)
    found: dict[str, Counts] = defaultdict(Counts)
    for part in told:
        for scope in scopes_of[part]:
            found[scope].places |= places[part]
            found[scope].hosts |= hosts[part]
    return found


def taught_by(facts: Facts, world: World, wanted: frozenset[int]) -> dict[int, dict[str, Any]]:
    """By organisation and part: sessions it gave, the minutes its trainers spent on them, and how often an own
    colleague, and somebody of another organisation, was there."""
    given: dict[int, dict[str, Any]] = defaultdict(lambda: defaultdict(lambda: [0, 0, 0, 0]))
    ours = [session.host.pk in wanted for session in world.sessions]
    seen: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for row in range(len(facts)):
        where = facts.session[row]
        if ours[where] and facts.kind(row) == figures.THERE:
            sums = seen[where]
            sums[facts.place[row] != world.sessions[where].host.pk] += 1
    for position, (own, elsewhere) in seen.items():
        session = world.sessions[position]
        sums = given[session.host.pk][world.parts[session.part].key]
        sums[0] += 1
        sums[1] += session.minutes * max(1, session.trainers)
        sums[2] += own
        sums[3] += elsewhere
    return given
