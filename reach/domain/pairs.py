# SPDX-License-Identifier: EUPL-1.2
"""From which organisation the colleagues of an organisation learned, where that gives nothing away.

Whoever adds up what is told of one organisation, or of its layer, must not arrive at a small pair. Within a
published layer of learners the hidden pairs are a table of which both margins are known: what is left of every
organisation, and what is left of every published kind of trainer (docs/privacy-figures.md, rule 5). A hidden
pair is open as long as people can change places along those margins, over the whole range below the threshold,
also for a coordinator who knows a whole row. Where they cannot, pairs that could be told are hidden too.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reach.domain import suppression
from reach.domain.suppression import MERGED, OTHERS, Crowd, Group, Rules

Pair = tuple[int, int]
_Known = list[tuple[int, frozenset[int]]]


@dataclass
class PairCrowds:
    """By organisation of the learner: who learned from which organisation."""

    #: (learner, trainer) that were together often enough to be told.
    large: dict[Pair, Crowd] = field(default_factory=lambda: defaultdict(Crowd))
    #: All others of a layer of trainers together, and how often they were there per organisation.
    small: dict[tuple[int, str], Crowd] = field(default_factory=lambda: defaultdict(Crowd))
    small_times: dict[tuple[int, str], dict[int, int]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    layers: dict[int, str] = field(default_factory=dict)

    def of(self, place: int, host: int, layer: str, times: int) -> Crowd:
        """Where somebody of an organisation counts who learned from another, which happened so often in all."""
        self.layers[host] = layer
        if times >= OTHERS:
            return self.large[place, host]
        self.small_times[place, layer][host] = times
        return self.small[place, layer]

    def add(
        self,
        person: int,
        visits: Iterable[tuple[int, int, str]],
        sums: Mapping[int, Mapping[int, Sequence[int]]],
    ) -> None:
        """``visits``: organisation, that of the trainer and its layer; ``sums``: times of each pair."""
        met = {
            (place, self.of(place, host, layer, sums[place][host][0]))
            for place, host, layer in visits
        }
        for place, crowd in met:
            crowd.add(person, (place,))


def told(
    crowds: PairCrowds,
    layer_of: Mapping[int, str],
    alone: Iterable[int],
    flows: Iterable[Group],
    rules: Rules,
) -> dict[int, list[int]]:
    """By organisation the trainers' organisations that are told. ``layer_of``: under which layer an organisation
    is published; ``alone``: organisations that have a row of their own; ``flows``: the published flows."""
    if not rules.secondary:
        found: dict[int, list[int]] = defaultdict(list)
        for (place, host), crowd in sorted(crowds.large.items()):
            if crowd.people >= rules.threshold:
                found[place].append(host)
        return dict(found)
    band = {key: number for number, g in enumerate(flows) for key in g.keys}
    mixed = {number for number, g in enumerate(flows) if g.path[-1] == MERGED}
    made: dict[int, list[int]] = {}
    rows: dict[str, list[int]] = defaultdict(list)
    for place, layer in layer_of.items():
        if layer != MERGED:
            rows[layer].append(place)
    standing = set(alone)
    for layer, places in sorted(rows.items()):
        made |= _Layer(crowds, layer, places, standing, band, mixed, rules).settle()
    return made


class _Layer:
    """The pairs of learners of one published layer."""

    def __init__(
        self,
        crowds: PairCrowds,
        layer: str,
        places: Iterable[int],
        standing: set[int],
        band: Mapping[Any, int],
        mixed: set[int],
        rules: Rules,
    ) -> None:
        self.rules, self.mixed = rules, mixed
        self.least = rules.threshold - 1
        mine = set(places)
        self.large: dict[int, dict[int, Crowd]] = {place: {} for place in mine}
        for (place, host), crowd in crowds.large.items():
            if place in mine:
                self.large[place][host] = crowd
        self.small: dict[int, dict[str, Crowd]] = {place: {} for place in mine}
        for (place, kind), crowd in crowds.small.items():
            if place in mine:
                self.small[place][kind] = crowd
        self.small_times = crowds.small_times
        self.band_of = {
            host: band[layer, crowds.layers[host]]
            for hosts in self.large.values()
            for host in hosts
        }
        self.band_of_kind = {
            kind: band[layer, kind] for kinds in self.small.values() for kind in kinds
        }
        self.told = {
            place: {h for h, crowd in self.large[place].items() if crowd.people >= rules.threshold}
            for place in mine & standing
        }

    def settle(self) -> dict[int, list[int]]:
        """Hides what could be told until nothing is given away."""
        while True:
            for place in self.told:
                while self.told[place] and not self._covers(place):
                    self._hide_smallest((place,))
            if not any(self.told.values()) or not self._hide_what_gives_away():
                return {place: sorted(hosts) for place, hosts in self.told.items() if hosts}

    def _hide_smallest(self, places: Iterable[int], band: int | None = None) -> bool:
        found = [
            (self.large[place][host].people, place, host)
            for place in places
            for host in self.told.get(place, ())
            if band is None or self.band_of[host] == band
        ]
        if found:
            _people, place, host = min(found)
            self.told[place].discard(host)
        return bool(found)

    def _hidden(self, place: int) -> dict[int, Crowd]:
        told = self.told.get(place, ())
        return {host: crowd for host, crowd in self.large[place].items() if host not in told}

    def _covers(self, place: int) -> bool:
        """What is left of this organisation is nobody, or so much that nothing follows of a small pair in it."""
        hidden = self._hidden(place)
        crowds = [*hidden.values(), *self.small[place].values()]
        if not crowds:
            return True
        if not suppression.is_safe(crowds, self.rules):
            return False
        if any(crowd.people >= self.rules.threshold for crowd in hidden.values()):
            return suppression.how_many(crowds) >= self.rules.threshold + self.least
        few = [
            times for kind in self.small[place] for times in self.small_times[place, kind].values()
        ]
        few += [crowd.people for crowd in hidden.values()]
        return sum(few) <= self.least * (len(few) - 1)

    def _hide_what_gives_away(self) -> bool:
        """One more pair for each small one that is not open enough; False when there is none."""
        left = {place: self._left(place) for place in self.large}
        rows = {place: sum(mine.values()) for place, mine in left.items()}
        bands: dict[int, int] = defaultdict(int)
        for mine in left.values():
            for band, people in mine.items():
                bands[band] += people
        total = sum(rows.values())
        known_rows = self._known(rows)
        known, known_rest = {}, {}
        for band in bands:
            there = {place: mine.get(band, 0) for place, mine in left.items()}
            known[band] = self._known(there)
            known_rest[band] = self._known({place: rows[place] - there[place] for place in rows})
        hid = False
        for place in self.told:
            for band in self._with_small(place):
                free = min(
                    rows[place],
                    bands[band] - _most(known[band], place),
                    total - rows[place] - _most(known_rows, place),
                    total - bands[band] - _most(known_rest[band], place),
                )
                if free < self.least and not self._siblings(place, band):
                    hid |= (
                        self._hide_smallest((place,))
                        or self._hide_smallest(self.told, band)
                        or self._hide_smallest(self.told)
                    )
        for band in self._merged_give_away(left, bands, known, known_rows, known_rest):
            hid |= self._hide_smallest(self.told, band) or self._hide_smallest(self.told)
        for band in self.mixed & bands.keys():
            if bands[band] - _most(known[band], None) < self.rules.threshold + self.least:
                hid |= self._hide_smallest(self.told, band)
        return hid

    def _merged_give_away(
        self,
        left: Mapping[int, Mapping[int, int]],
        bands: Mapping[int, int],
        known: Mapping[int, _Known],
        known_rows: _Known,
        known_rest: Mapping[int, _Known],
    ) -> list[int]:
        """Bands in which the organisations without a row of their own are too few for who knows one of them."""
        merged = {place: mine for place, mine in left.items() if place not in self.told}
        rows = {place: sum(mine.values()) for place, mine in merged.items()}
        row, total = sum(rows.values()), sum(bands.values())
        found = []
        for band in {band for place in merged for band in self._with_small(place)}:
            there = {place: mine.get(band, 0) for place, mine in merged.items()}
            rests = {sum(there.values()) - number for number, _who in self._known(there)}
            free = min(
                row - _most(self._known(rows), None),
                bands[band] - _most(known[band], None),
                total - row - _most(known_rows, None),
                total - bands[band] - _most(known_rest[band], None),
            )
            if free < self.least and any(0 < rest < self.least for rest in rests):
                found.append(band)
        return found

    def _known(self, number: Mapping[int, int]) -> _Known:
        """What each coordinator knows of these numbers of organisations, most first."""
        knowers = [frozenset({place}) for place in self.large]
        knowers += [who for who in self.rules.coalitions if not who.isdisjoint(self.large)]
        found = [(sum(number.get(place, 0) for place in who), who) for who in knowers]
        return sorted(found, key=lambda item: (-item[0], sorted(item[1])))

    def _left(self, place: int) -> dict[int, int]:
        """People in hidden pairs, by band of the flow."""
        found: dict[int, int] = defaultdict(int)
        for host, crowd in self._hidden(place).items():
            found[self.band_of[host]] += crowd.people
        for kind, crowd in self.small[place].items():
            found[self.band_of_kind[kind]] += crowd.people
        return found

    def _with_small(self, place: int) -> set[int]:
        hidden = self._hidden(place)
        return {self.band_of_kind[kind] for kind in self.small[place]} | {
            self.band_of[host]
            for host, crowd in hidden.items()
            if crowd.people < self.rules.threshold
        }

    def _siblings(self, place: int, band: int) -> bool:
        """Several hidden pairs in the same band: who learned from the one could have learned from the other."""
        hosts = [host for host in self._hidden(place) if self.band_of[host] == band]
        number = len(hosts) + sum(
            len(self.small_times[place, kind])
            for kind in self.small[place]
            if self.band_of_kind[kind] == band
        )
        return number > 1 and self._left(place)[band] >= self.least


def _most(known: _Known, place: int | None) -> int:
    """Of what others than this organisation's coordinators know: the most."""
    return next((number for number, who in known if place not in who), 0)
