# SPDX-License-Identifier: EUPL-1.2
"""The rows that only the coordinators of one organisation see: which are due, what is in them, keeping them."""

import dataclasses
from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from reach.domain import counting, own_counts, parts, said, tabling
from reach.domain.facts import Facts, World
from reach.domain.parts import Counted
from reach.domain.scopes import Scope
from reach.domain.suppression import at_least
from reach.models import ReachSnapshot, ReachTable

Row = dict[str, Any]


@dataclasses.dataclass
class Due:
    """Of one period. ``renewed``: what was written before is replaced."""

    scope: Scope
    exact: bool
    places: Collection[int]
    renewed: bool
    rows: dict[int, Row] = dataclasses.field(default_factory=dict)

    def keep(self, snapshot: ReachSnapshot) -> None:
        kept = ReachTable.objects.filter(snapshot=snapshot, organisation__isnull=False)
        if self.renewed:
            kept.delete()
        learners = _learners(snapshot) if self.rows else {}
        # Another worker may have made them a moment ago: a night and a new coordinator at once.
        ReachTable.objects.bulk_create(
            (
                ReachTable(
                    snapshot=snapshot,
                    name="own",
                    organisation_id=place,
                    rows=[row | {"learners": tabling.taught(place, learners.get(str(place), ()))}],
                )
                for place, row in sorted(self.rows.items())
            ),
            ignore_conflicts=True,
        )


def missing(scope: Scope, coordinated: Collection[int], snapshot: ReachSnapshot) -> Due:
    """What a period that is written already does not have yet."""
    there = set(
        ReachTable.objects.filter(snapshot=snapshot, organisation__isnull=False).values_list(
            "organisation_id", flat=True
        )
    )
    exact = snapshot.frozen_at is not None
    return Due(scope, exact=exact, places=frozenset(coordinated) - there, renewed=False)


def fill(due: Collection[Due], facts: Facts, world: World, counted: Mapping[int, Counted]) -> None:
    """One organisation after the other, all of its periods at once. ``counted``: by part, for what people said."""
    inside = {
        one.scope.stored_key: [n for n, part in enumerate(world.parts) if one.scope.holds(part)]
        for one in due
    }
    periods: dict[int, dict[str, list[int]]] = defaultdict(dict)
    for one in due:
        for place in one.places:
            periods[place][one.scope.stored_key] = inside[one.scope.stored_key]
    given = counting.taught_by(facts, world, frozenset(periods))
    for place, found in own_counts.per_organisation(facts, world, periods):
        taught = given.get(place, {})
        for one in due:
            if place in one.places:
                numbers = inside[one.scope.stored_key]
                sums = _added(taught, [world.parts[n].key for n in numbers])
                marks = [said.marks(counted[n], place) for n in numbers if n in counted]
                one.rows[place] = tabling.own(
                    found[one.scope.stored_key],
                    sums,
                    [sum(column) for column in zip(*marks, strict=True)] or [0, 0],
                    exact=one.exact,
                )


def _added(taught: Mapping[str, list[int]], keys: Collection[str]) -> list[int]:
    """Of these parts together. People of others are told part by part as a least number: a longer period tells
    nothing that its parts do not."""
    sums = [0, 0, 0, 0]
    for key in keys:
        if key in taught:
            *plain, elsewhere = taught[key]
            told = [*plain, at_least(elsewhere)]
            sums = [before + more for before, more in zip(sums, told, strict=True)]
    return sums


def _learners(snapshot: ReachSnapshot) -> dict[str, list[Row]]:
    """Published pairs by organisation of the trainer, the most people first."""
    table = ReachTable.objects.filter(
        snapshot=snapshot, organisation=None, name=parts.PAIRS
    ).first()
    found: dict[str, list[Row]] = defaultdict(list)
    for row in table.rows if table is not None else ():
        found[row["key"].partition(">")[0]].append(row)
    return found
