# SPDX-License-Identifier: EUPL-1.2
"""One part of a period: which cells are published together, and what adds up in each published cell.

A frozen part keeps both for ever, so that a later correction of one registration cannot be found by
subtracting an old file from a new one.
"""

import dataclasses
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from typing import Any

from reach.domain import figures, margins, pairs, suppression
from reach.domain.facts import UNSAID, Taught, World
from reach.domain.periods import Part
from reach.domain.scopes import MOST_DAYS
from reach.domain.suppression import MERGED, Crowd, Group, Rules

#: The published tables, in the order of their columns in ``Cells``.
ORGANISATIONS, LAYERS, PROVINCES = "organisations", "layers", "provinces"
THEMES, DAYS, MONTHS, HOURS = "themes", "days", "months", "hours"
#: Hours within a day of a short edition, or its halves.
MOMENTS = "moments"
MORNING, AFTERNOON, NOON = "ochtend", "middag", 12
#: Days or months, whichever a part is counted by.
WHEN = "when"
FLOW, WAITING = "flow", "waiting"
#: From organisation to organisation.
PAIRS = "pairs"

Cell = tuple[str, str]
#: Length of «2026-03».
MONTH = 7


def join(*names: Hashable) -> str:
    """The key of a cell in a table of two dimensions."""
    return ">".join(str(name) for name in names)


class Crowds:
    """Who was where in one part, before anything is merged."""

    def __init__(self, part: Part) -> None:
        self.per_day = part.edition is not None and len(part.edition.days) <= MOST_DAYS
        self.splits: dict[str, Crowd] = defaultdict(Crowd)
        self.places: dict[int, Crowd] = defaultdict(Crowd)
        self.sessions: dict[tuple[str, str, int], Crowd] = defaultdict(Crowd)
        self.waits: dict[str, Crowd] = defaultdict(Crowd)
        self.flows: dict[tuple[str, str], Crowd] = defaultdict(Crowd)
        self.pairs = pairs.PairCrowds()
        #: Times and minutes: per organisation and then that of the trainer, and per kind of session.
        self.place_sums: dict[int, dict[int, list[int]]] = defaultdict(
            lambda: defaultdict(lambda: [0, 0])
        )
        self.session_sums: dict[tuple[str, str, int], list[int]] = defaultdict(lambda: [0, 0])
        self.wait_sums: dict[str, int] = defaultdict(int)
        self.total: dict[str, int] = defaultdict(int)
        self.seen_sessions: set[int] = set()
        #: By organisation the sum and number of its people's marks.
        self.marks: dict[int, list[int]] = defaultdict(lambda: [0, 0])

    def kind_of(self, session: Taught) -> tuple[str, str, int]:
        return (session.theme, session.day if self.per_day else session.month, session.hour)

    def add_flows(
        self, person: int, visits: Iterable[tuple[int, int, str]], layer_of: Mapping[int, str]
    ) -> None:
        """Everything this person was at: own organisation, the trainer's, and the layer of that one.
        ``layer_of``: under which layer an organisation is published."""
        flows: dict[tuple[str, str], set[int]] = {}
        for place, _host, layer in visits:
            flows.setdefault((layer_of[place], layer), set()).add(place)
        for key, who in flows.items():
            self.flows[key].add(person, tuple(who))
        self.pairs.add(person, visits, self.place_sums)


def answered(said: bytes) -> list[str]:
    """What somebody who was there had an answer to (``Facts.all_said``), as names of splits."""
    _kind, score, recommend, would, applied = said
    found = {
        "scored": score != 0,
        "recommended": recommend != UNSAID,
        "would": would != UNSAID,
        "applied": applied != UNSAID,
    }
    return [name for name, answer in found.items() if answer]


def add_answers(total: dict[str, int], said: bytes, times: int) -> None:
    """What this answer, given so often, adds to the sums of a part."""
    _kind, score, recommend, would, applied = said
    if score:
        total["score"] += score * times
        total["scores"] += times
    if recommend != UNSAID:
        total["recommends"] += times
        total["promoters"] += (recommend >= figures.PROMOTER) * times
        total["detractors"] += (recommend <= figures.DETRACTOR) * times
    for name, answer in (("would", would), ("applied", applied)):
        if answer != UNSAID:
            total[f"{name}_answers"] += times
            total[f"{name}_yes"] += (answer != figures.ANSWERS["no"]) * times


#: Figures of a whole part that are told only when each of these crowds is nobody, or safe.
SPLITS = {
    "all": ("all",),
    "first": ("first", "again"),
    "elsewhere": ("elsewhere", "home"),
    "absent": ("absent",),
    "waited": ("waited",),
    "score": ("scored",),
    "recommend": ("recommended",),
    "would": ("would",),
    "applied": ("applied",),
}


@dataclasses.dataclass
class Counted:
    """What is kept of a part."""

    told: set[str]
    #: By table.
    places: dict[str, list[Group]]
    sessions: dict[str, list[Group]]
    waits: list[Group]
    flows: list[Group]
    #: Of cells: times and minutes. Of ``total``: counts that add up.
    cells: dict[str, dict[str, list[int]]]
    total: dict[str, int]
    #: By organisation: from which organisations they learned, as far as that is told. Others are together.
    pairs: dict[int, list[int]] = dataclasses.field(default_factory=dict)
    #: What people said, as far as it is told (reach.domain.said).
    said: dict[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Enough people to tell anything at all."""
        return "all" in self.told

    def as_json(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """For ``ReachPart.groups`` and ``ReachPart.sums``."""
        named = {**self.places, **self.sessions, FLOW: self.flows}
        kept: dict[str, Any] = {
            name: [[list(g.path), list(g.keys)] for g in found if not g.hidden]
            for name, found in named.items()
        }
        kept |= {"told": sorted(self.told), PAIRS: sorted(self.pairs.items())}
        return kept, {"cells": self.cells, "total": self.total, "said": self.said}

    @classmethod
    def from_json(cls, kept: dict[str, Any], sums: dict[str, Any]) -> "Counted":
        def read(name: str) -> list[Group]:
            return [
                Group(tuple(path), tuple(tuple(k) if isinstance(k, list) else k for k in keys))
                for path, keys in kept.get(name, ())
            ]

        return cls(
            told=set(kept["told"]),
            places={name: read(name) for name in (ORGANISATIONS, PROVINCES)},
            sessions={name: read(name) for name in (THEMES, WHEN, HOURS)},
            waits=[],
            flows=read(FLOW),
            cells=sums["cells"],
            total=sums["total"],
            pairs=dict(kept.get(PAIRS, ())),
            said=sums.get("said", {}),
        )


def group(crowds: Crowds, world: World, rules: Rules, *, applied: bool) -> Counted:
    """Decide what is published together. Flows follow (``group_flows``): they need the layers."""
    told = {
        name
        for name, parts in SPLITS.items()
        if all(suppression.is_safe([crowds.splits[p]], rules) for p in parts if p in crowds.splits)
    }
    if not crowds.splits["all"].people or "all" not in told:
        told = set()
    if not applied:
        told.discard("applied")
    return Counted(
        told=told,
        places=_place_groups(crowds.places, world, rules) if told else {},
        sessions=session_groups(crowds.sessions, rules) if told else {},
        waits=suppression.groups(crowds.waits, {t: (t,) for t in crowds.waits}, rules)
        if "waited" in told
        else [],
        flows=[],
        cells={},
        total=dict(crowds.total) | {"sessions": len(crowds.seen_sessions)},
    )


def _place_groups(
    places: Mapping[int, Crowd], world: World, rules: Rules
) -> dict[str, list[Group]]:
    by_pk = {place.pk: place for place in world.places.values()}
    return place_groups(
        places,
        {pk: (by_pk[pk].layer, by_pk[pk].province) if pk else ("", "") for pk in places},
        rules,
    )


def place_groups(
    places: Mapping[int, Crowd], about: Mapping[int, tuple[str, str]], rules: Rules
) -> dict[str, list[Group]]:
    """``about``: layer and province of an organisation, which everybody knows."""
    paths: dict[str, dict[Any, suppression.Path]] = {
        ORGANISATIONS: {pk: (about[pk][0], pk) for pk in places},
        PROVINCES: {pk: (about[pk][1],) for pk in places},
    }
    return margins.side_by_side(
        places,
        paths,
        dataclasses.replace(rules, counted=True),
        nested=(ORGANISATIONS, PROVINCES),
        weights={ORGANISATIONS: (2, 2), PROVINCES: (1,)},
    )


def session_groups(
    sessions: Mapping[tuple[str, str, int], Crowd], rules: Rules
) -> dict[str, list[Group]]:
    """By theme, day (or month) and hour: what the programme tells of every session. Hours or else halves within
    each day too, unless that costs the other tables more than it tells."""
    coarse: dict[str, dict[Any, suppression.Path]] = {
        name: {kind: (kind[number],) for kind in sessions}
        for number, name in enumerate((THEMES, WHEN, HOURS))
    }
    ways = [(coarse, 0.0)]
    if any(len(day) > MONTH for _theme, day, _hour in sessions):
        hours: dict[Any, suppression.Path] = {kind: (kind[1], kind[2]) for kind in sessions}
        halves: dict[Any, suppression.Path] = {
            kind: (kind[1], MORNING if kind[2] < NOON else AFTERNOON) for kind in sessions
        }
        ways += [(coarse | {WHEN: hours}, 0.5), (coarse | {WHEN: halves}, 0.25)]
    found = []
    for paths, extra in ways:
        weights = {THEMES: (3.0,), WHEN: (2.0, extra), HOURS: (1.0,)}
        way = margins.side_by_side(
            sessions, paths, rules, nested=(THEMES, WHEN, HOURS), weights=weights
        )
        found.append((margins.tells(sessions, way, weights), way))
    return max(found, key=lambda item: item[0])[1]


def layer_of_place(counted: Counted) -> dict[int, str]:
    """Under which layer an organisation is published; not there: nowhere at all."""
    groups = counted.places.get(ORGANISATIONS, ())
    return {key: str(g.path[0]) for g in groups if not g.hidden for key in g.keys}


def group_flows(crowds: Crowds, counted: Counted, rules: Rules) -> None:
    """Within each published layer of learners: from which layers of trainers they learned."""
    by_layer: dict[str, dict[tuple[str, str], Crowd]] = defaultdict(dict)
    for key, crowd in crowds.flows.items():
        by_layer[key[0]][key] = crowd
    for layer, items in sorted(by_layer.items()):
        if layer == MERGED:
            counted.flows.append(Group((MERGED, MERGED), tuple(sorted(items))))
            continue
        paths: Mapping[Any, tuple[Hashable, ...]] = {key: (key[1],) for key in items}
        counted.flows += [
            dataclasses.replace(found, path=(layer, *found.path))
            for found in suppression.groups(items, paths, rules)
        ]
    alone = [
        int(str(g.path[1])) for g in counted.places.get(ORGANISATIONS, ()) if MERGED not in g.path
    ]
    counted.pairs = pairs.told(crowds.pairs, layer_of_place(counted), alone, counted.flows, rules)


def add_sums(counted: Counted, crowds: Crowds) -> None:
    """Times and minutes of every published cell of this part."""
    cells: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    places, sessions, flows = place_cells(counted), session_cells(counted), flow_cells(counted)
    layers = layer_of_place(counted)
    for place, hosts in crowds.place_sums.items():
        told = places.get(place, ())
        for host, sums in hosts.items():
            flow = (layers.get(place, ""), crowds.pairs.layers.get(host, ""))
            more = (*flows.get(flow, ()), *pair_cells(counted, place, host))
            for table, key in more:
                _add(cells[table][key], sums)
        for table, key in told:
            for sums in hosts.values():
                _add(cells[table][key], sums)
    for what, sums in crowds.session_sums.items():
        for table, key in sessions.get(what, ()):
            _add(cells[table][key], sums)
    for waiting in counted.waits:
        if not waiting.hidden:
            cells[WAITING][str(waiting.path[0])][0] = sum(
                crowds.wait_sums[theme] for theme in waiting.keys
            )
    counted.cells = {table: dict(rows) for table, rows in cells.items()}


def add_applied(counted: Counted, crowds: Crowds, rules: Rules) -> None:
    """Months after a part was frozen the answers to «Heb je het toegepast?» are there; once."""
    if counted.is_open and suppression.is_safe([crowds.splits["applied"]], rules):
        counted.told.add("applied")
    for name in ("applied_answers", "applied_yes"):
        counted.total[name] = crowds.total[name]


def _add(to: list[int], sums: list[int]) -> None:
    to[0] += sums[0]
    to[1] += sums[1]


def place_cells(counted: Counted) -> dict[int, tuple[Cell, ...]]:
    """In which published cells an organisation's people count."""
    found: dict[int, tuple[Cell, ...]] = defaultdict(tuple)
    for g in counted.places.get(ORGANISATIONS, ()):
        layer, name = (str(step) for step in (*g.path, MERGED)[:2])
        # What is left of a layer stays with that layer: «Andere gemeenten».
        own = join(layer, MERGED) if name == MERGED else name
        for key in g.keys if not g.hidden else ():
            found[key] += ((LAYERS, layer), (ORGANISATIONS, own))
    for g in counted.places.get(PROVINCES, ()):
        for key in g.keys if not g.hidden else ():
            found[key] += ((PROVINCES, str(g.path[0])),)
    return dict(found)


def session_cells(counted: Counted) -> dict[tuple[str, str, int], tuple[Cell, ...]]:
    found: dict[tuple[str, str, int], tuple[Cell, ...]] = defaultdict(tuple)
    for name, groups in counted.sessions.items():
        for g in groups:
            label = str(g.path[0])
            cells: tuple[Cell, ...] = ((name, label),)
            if name == WHEN:
                # Days of one month that were merged are still of that month.
                months = {str(key[1])[:MONTH] for key in g.keys}
                cells = ((DAYS, label), (MONTHS, months.pop() if len(months) == 1 else MERGED))
                if len(g.path) > 1:
                    cells += ((MOMENTS, join(*g.path)),)
            for key in g.keys if not g.hidden else ():
                found[key] += cells
    return dict(found)


def flow_cells(counted: Counted) -> dict[tuple[str, str], tuple[Cell, ...]]:
    """By layer of the learner and layer of the trainer."""
    return {
        key: ((FLOW, join(g.path[1], g.path[0])),)
        for g in counted.flows
        if not g.hidden
        for key in g.keys
    }


def pair_cells(counted: Counted, place: int, host: int) -> tuple[Cell, ...]:
    """By organisation of the learner and of the trainer."""
    told = counted.pairs.get(place)
    if told is None:
        return ()
    return ((PAIRS, join(host if host in told else MERGED, place)),)
