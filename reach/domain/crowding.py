# SPDX-License-Identifier: EUPL-1.2
"""Who was where in a part that is counted anew; one part at a time, so that memory holds one.

Nearly everybody works for one organisation. Its colleagues are put into their crowds together; who was there for
several organisations follows one by one. tests/reach/test_counting.py says the same in plain loops, and compares.
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial

from reach.domain import figures, parts
from reach.domain.facts import Facts, Taught, World, runs
from reach.domain.parts import Crowds
from reach.domain.periods import Part
from reach.domain.suppression import Crowd


def gather(
    facts: Facts, world: World, wanted: Collection[int]
) -> Iterator[tuple[int, "Gathering"]]:
    """Part after part (by position in ``world.parts``). Whoever keeps one keeps its memory."""
    found = {part: array("q") for part in wanted}
    part_of = [found.get(session.part) for session in world.sessions]
    for row, session in enumerate(facts.session):
        mine = part_of[session]
        if mine is not None:
            mine.append(row)
    for part in list(found):
        yield part, Gathering(facts, world, world.parts[part], found.pop(part))


class Gathering:
    """The crowds of one part, from its rows person by person."""

    def __init__(self, facts: Facts, world: World, part: Part, rows: Sequence[int]) -> None:
        self.crowds = Crowds(part)
        self._facts, self._rows = facts, rows
        self._sessions = world.sessions
        self._person = [facts.person[row] for row in rows]
        #: Begin and end of the rows of everybody who was there for this organisation alone.
        self._alone: dict[int, array[int]] = defaultdict(lambda: array("l"))
        self._several: list[tuple[int, int]] = []
        self._part_people()
        self._add_people()
        self._add_up()

    def _part_people(self) -> None:
        places = [self._facts.place[row] for row in self._rows]
        for start, stop in runs(self._person):
            if stop == start + 1 or len(set(places[start:stop])) == 1:
                self._alone[places[start]].extend((start, stop))
            else:
                self._several.append((start, stop))

    def _add_people(self) -> None:
        of = _Membership(self.crowds, self._facts, self._sessions)
        is_first, splits = self._facts.is_first, self.crowds.splits

        def crowds_of(place: int, rows: Iterable[int]) -> set[Crowd]:
            mine: set[Crowd] = set()
            newcomer = 0
            for row in rows:
                mine.update(of(row))
                newcomer |= is_first[row]
            if of.everybody in mine:
                mine.update((self.crowds.places[place], splits[_WHO[newcomer]]))
            return mine

        for place, spans in self._alone.items():
            self._add_together(place, spans, partial(crowds_of, place))
        for start, stop in self._several:
            self._add_one(self._person[start], self._rows[start:stop], of)

    def _add_together(
        self, place: int, spans: Iterable[int], crowds_of: Callable[[Sequence[int]], set[Crowd]]
    ) -> None:
        """Colleagues of one organisation."""
        members: dict[Crowd, list[int]] = defaultdict(list)
        ends = iter(spans)
        for start, stop in zip(ends, ends, strict=True):
            person = self._person[start]
            for crowd in crowds_of(self._rows[start:stop]):
                members[crowd].append(person)
        for crowd, people in members.items():
            crowd.add_all(people, place)

    def _add_one(self, person: int, rows: Sequence[int], of: "_Membership") -> None:
        """Somebody who was there for several organisations."""
        found: dict[Crowd, set[int]] = defaultdict(set)
        for row in rows:
            for crowd in of(row):
                found[crowd].add(self._facts.place[row])
        if there := found.get(of.everybody):
            newcomer = any(self._facts.is_first[row] for row in rows)
            found[self.crowds.splits[_WHO[newcomer]]] = there
            for place in there:
                self.crowds.places[place].add(person, (place,))
        for crowd, places in found.items():
            crowd.add(person, tuple(places))

    def _add_up(self) -> None:
        """Times and minutes, and what adds up of the whole part."""
        crowds, total, facts = self.crowds, self.crowds.total, self._facts
        for row in self._rows:
            kind = facts.kind(row)
            if kind == figures.AWAY:
                total["absent"] += 1
            elif kind == figures.IN_VAIN:
                total["waited"] += 1
                crowds.wait_sums[self._sessions[facts.session[row]].theme] += 1
        there = self._there()
        self._add_places(there)
        for position, times in Counter(facts.session[row] for row in there).items():
            session = self._sessions[position]
            sums = crowds.session_sums[crowds.kind_of(session)]
            sums[0] += times
            sums[1] += times * session.minutes
            total["times"] += times
            total["minutes"] += times * session.minutes
            crowds.seen_sessions.add(session.pk)
        for place, hosts in crowds.place_sums.items():
            for host, (times, _minutes) in hosts.items():
                total[_where(place, host)] += times
        for said, times in Counter(facts.all_said(row) for row in there).items():
            parts.add_answers(total, said, times)
        for name in crowds.splits.keys() & _WHO:
            total[name] = crowds.splits[name].people

    def _add_places(self, there: Iterable[int]) -> None:
        crowds, facts = self.crowds, self._facts
        for row in there:
            session, place = self._sessions[facts.session[row]], facts.place[row]
            sums = crowds.place_sums[place][session.host.pk]
            sums[0] += 1
            sums[1] += session.minutes
            if score := facts.score(row):
                marks = crowds.marks[place]
                marks[0] += score
                marks[1] += 1

    def _there(self) -> list[int]:
        kinds = self._facts.kinds
        return [row for row in self._rows if kinds[row] == figures.THERE]

    def add_flows(self, layer_of: Mapping[int, str]) -> None:
        """Fills the flows, once it is known under which layer each organisation is published."""
        facts, kinds = self._facts, self._facts.kinds
        host_of = [session.host for session in self._sessions]
        layers = {host.pk: host.layer for host in host_of}

        def crowds_of(found: Mapping[int, tuple[Crowd, Crowd]], rows: Iterable[int]) -> set[Crowd]:
            mine: set[Crowd] = set()
            for row in rows:
                if kinds[row] == figures.THERE:
                    mine.update(found[host_of[facts.session[row]].pk])
            return mine

        for place, spans in self._alone.items():
            if place in layer_of and place in self.crowds.place_sums:
                found = self._flows_of(place, layer_of[place], layers)
                self._add_together(place, spans, partial(crowds_of, found))
        for start, stop in self._several:
            there = [r for r in self._rows[start:stop] if kinds[r] == figures.THERE]
            visits = {(facts.place[row], host_of[facts.session[row]]) for row in there}
            told = {(place, h.pk, h.layer) for place, h in visits if place in layer_of}
            if told:
                self.crowds.add_flows(self._person[start], told, layer_of)

    def _flows_of(
        self, place: int, published: str, layers: Mapping[int, str]
    ) -> dict[int, tuple[Crowd, Crowd]]:
        """By organisation of the trainer: the flow between layers, and the pair or what is too small for one."""
        found = {}
        for host, (times, _minutes) in self.crowds.place_sums[place].items():
            pair = self.crowds.pairs.of(place, host, layers[host], times)
            found[host] = (self.crowds.flows[published, layers[host]], pair)
        return found


#: Had never been at a course before: no, yes.
_WHO = ("again", "first")


def _where(place: int, host: int) -> str:
    return "home" if place == host else "elsewhere" if place else "unplaced"


class _Membership:
    """In which crowds a row counts; those of the organisation and of newcomers come on top."""

    def __init__(self, crowds: Crowds, facts: Facts, sessions: Sequence[Taught]) -> None:
        self._crowds, self._facts, self._sessions = crowds, facts, sessions
        self.everybody = crowds.splits["all"]
        self._host = [session.host.pk for session in sessions]
        self._of_session: dict[int, Crowd] = {}
        self._of_answers: dict[bytes, tuple[Crowd, ...]] = {}

    def __call__(self, row: int) -> tuple[Crowd, ...]:
        facts, splits = self._facts, self._crowds.splits
        position, kind = facts.session[row], facts.kind(row)
        if kind == figures.AWAY:
            return (splits["absent"],)
        if kind == figures.IN_VAIN:
            return (splits["waited"], self._crowds.waits[self._sessions[position].theme])
        said = facts.all_said(row)
        if said not in self._of_answers:
            self._of_answers[said] = tuple(splits[name] for name in parts.answered(said))
        if position not in self._of_session:
            kind_of = self._crowds.kind_of(self._sessions[position])
            self._of_session[position] = self._crowds.sessions[kind_of]
        return (
            self.everybody,
            self._of_session[position],
            splits[_where(facts.place[row], self._host[position])],
            *self._of_answers[said],
        )
