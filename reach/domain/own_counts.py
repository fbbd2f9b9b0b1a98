# SPDX-License-Identifier: EUPL-1.2
"""What one organisation learned, for its coordinator: organisation by organisation, so that a country of them fits
in memory. Different people are counted per period; what adds up is added up per part."""

import dataclasses
from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from reach.domain import figures
from reach.domain.facts import Facts, World

#: What adds up.
SUMS = ("first", "times", "minutes", "elsewhere", "on_site", "absent", "waited")


@dataclasses.dataclass
class Own:
    """What one organisation learned in one period. Its coordinator knows these people by name."""

    people: int = 0
    first: int = 0
    people_elsewhere: int = 0
    times: int = 0
    minutes: int = 0
    elsewhere: int = 0
    on_site: int = 0
    absent: int = 0
    waited: int = 0
    hosts: dict[int, int] = dataclasses.field(default_factory=lambda: defaultdict(int))
    themes: dict[str, int] = dataclasses.field(default_factory=lambda: defaultdict(int))


def per_organisation(
    facts: Facts, world: World, periods: Mapping[int, Mapping[str, Collection[int]]]
) -> Iterator[tuple[int, dict[str, Own]]]:
    """One organisation after the other. ``periods``: by organisation the periods to count, each with its parts."""
    rows_of = {place: array("q") for place in periods}
    for row, place in enumerate(facts.place):
        if place in rows_of:
            rows_of[place].append(row)
    names = _Names(world)
    for place, wanted in periods.items():
        found = _parts(place, rows_of.pop(place), facts, world, names)
        yield (
            place,
            {key: _period([found[n] for n in inside], names) for key, inside in wanted.items()},
        )


class _Names:
    """Hosts and themes by number, so that a person with one of them is one number."""

    def __init__(self, world: World) -> None:
        self.hosts = sorted({session.host.pk for session in world.sessions})
        self.themes = sorted({session.theme for session in world.sessions})
        self.base = max(len(self.hosts), len(self.themes), 1)
        host = {pk: number for number, pk in enumerate(self.hosts)}
        theme = {slug: number for number, slug in enumerate(self.themes)}
        self.of_session = [(host[s.host.pk], theme[s.theme]) for s in world.sessions]


class _Part:
    def __init__(self) -> None:
        self.sums = dict.fromkeys(SUMS, 0)
        self.people: set[int] = set()
        self.people_elsewhere: set[int] = set()
        #: Person and host, or theme, in one number.
        self.hosts: set[int] = set()
        self.themes: set[int] = set()


def _parts(
    place: int, rows: Sequence[int], facts: Facts, world: World, names: _Names
) -> defaultdict[int, _Part]:
    found: defaultdict[int, _Part] = defaultdict(_Part)
    base = names.base
    for row in rows:
        where, person = facts.session[row], facts.person[row]
        session = world.sessions[where]
        mine = found[session.part]
        sums = mine.sums
        kind = facts.kind(row)
        if kind != figures.THERE:
            sums["absent" if kind == figures.AWAY else "waited"] += 1
            continue
        host, theme = names.of_session[where]
        sums["times"] += 1
        sums["minutes"] += session.minutes
        sums["on_site"] += session.on_site
        sums["first"] += facts.is_first[row]
        mine.people.add(person)
        mine.hosts.add(person * base + host)
        mine.themes.add(person * base + theme)
        if session.host.pk != place:
            sums["elsewhere"] += 1
            mine.people_elsewhere.add(person)
    return found


def _period(found: Sequence[_Part], names: _Names) -> Own:
    def together(name: str) -> set[int]:
        sets: list[set[int]] = [getattr(part, name) for part in found]
        return sets[0].union(*sets[1:]) if sets else set()

    own = Own(
        people=len(together("people")),
        people_elsewhere=len(together("people_elsewhere")),
    )
    for name in SUMS:
        setattr(own, name, sum(part.sums[name] for part in found))
    for number, people in Counter(pair % names.base for pair in together("hosts")).items():
        own.hosts[names.hosts[number]] = people
    for number, people in Counter(pair % names.base for pair in together("themes")).items():
        own.themes[names.themes[number]] = people
    return own
