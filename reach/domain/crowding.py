# SPDX-License-Identifier: EUPL-1.2
"""Who was where in every part that is counted anew. What one person adds is said by ``parts.Crowds``."""

from array import array
from collections.abc import Collection, Iterator, Mapping, Sequence

from reach.domain import figures
from reach.domain.facts import Facts, World, runs
from reach.domain.parts import Crowds


def crowds_of(facts: Facts, world: World, wanted: Mapping[int, Crowds]) -> None:
    """Fills the crowds of these parts (by position in ``world.parts``)."""
    for part, rows in _rows_of(facts, world, wanted):
        crowds = wanted[part]
        people = [facts.person[row] for row in rows]
        for start, stop in runs(people):
            mine = rows[start:stop]
            first = next((row for row in mine if facts.is_first[row]), -1)
            crowds.add(people[start], mine, facts, world, first)


def flows_of(
    facts: Facts, world: World, wanted: Mapping[int, tuple[Crowds, dict[int, str]]]
) -> None:
    """Fills the flows, once it is known under which layer each organisation is published."""
    for part, rows in _rows_of(facts, world, wanted):
        crowds, layer_of = wanted[part]
        there = [r for r in rows if facts.kind(r) == figures.THERE and facts.place[r] in layer_of]
        people = [facts.person[row] for row in there]
        for start, stop in runs(people):
            visits = set()
            for row in there[start:stop]:
                host = world.sessions[facts.session[row]].host
                visits.add((facts.place[row], host.pk, host.layer))
            crowds.add_flows(people[start], visits, layer_of)


def _rows_of(
    facts: Facts, world: World, wanted: Collection[int]
) -> Iterator[tuple[int, Sequence[int]]]:
    """Every part with its rows, person by person."""
    found = {part: array("q") for part in wanted}
    part_of = [found.get(session.part) for session in world.sessions]
    for row, session in enumerate(facts.session):
        mine = part_of[session]
        if mine is not None:
            mine.append(row)
    yield from found.items()
