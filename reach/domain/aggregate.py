# SPDX-License-Identifier: EUPL-1.2
"""Writes the figures that page, export and API read. Safe to run twice, and to stop halfway.

What is frozen is not written again: neither the groups and sums of a part, nor the tables of a period whose
parts are all frozen.
"""

import dataclasses
import datetime as dt
import gc
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager

from django.db import transaction

from accounts.models import Role
from base import clock
from reach.domain import counting, crowding, facts, headline, own_tables, parts, said, tabling
from reach.domain.counting import Counts
from reach.domain.crowding import Gathering
from reach.domain.facts import Facts, World
from reach.domain.parts import Counted
from reach.domain.scopes import Scope, scopes
from reach.domain.suppression import Rules
from reach.models import ReachPart, ReachSnapshot, ReachTable

#: A nightly run leaves alone what ended longer ago and was never computed.
NIGHTLY_DAYS = 400


@dataclasses.dataclass(frozen=True)
class Done:
    """What a run did."""

    registrations: int
    parts: int
    scopes: int
    frozen: int


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Millions of small objects, none in a circle: looking for circles in them took a fifth of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


@_no_collecting()
def aggregate(*, backfill: bool = False, rules: Rules | None = None) -> Done:
    """Compute and store the figures of every period that is not frozen.

    ``backfill``: also of those that ended more than ``NIGHTLY_DAYS`` ago. ``rules``: for tests.
    """
    now, today = clock.now(), clock.today()
    world = World()
    rows = Facts(world)
    rules = rules or Rules(coalitions=world.coalitions)
    counted, written = _parts(world, rows, rules, now=now, today=today, backfill=backfill)
    offered = every_scope(world)
    frozen = set(
        ReachSnapshot.objects.filter(frozen_at__isnull=False).values_list("scope", flat=True)
    )
    wanted = [
        scope
        for scope in offered
        if scope.stored_key not in frozen and any(_within(scope, world, n) for n in counted)
    ]
    counts = counting.count(rows, world, counted, _by_part(wanted, world, counted))
    asked = facts.questions(world)
    ended = {scope.stored_key for scope in wanted if _ended(scope, world, counted, today)}
    due = _own_due(offered, wanted, ended, _coordinated(world))
    own_tables.fill(due.values(), rows, world, counted)
    _tell_applied(offered, frozen, counted, world)
    for scope in offered:
        key = scope.stored_key
        with transaction.atomic():
            if scope in wanted:
                numbers = counts.get(key, Counts())
                inside = {
                    world.parts[n].key: found
                    for n, found in counted.items()
                    if _within(scope, world, n)
                }
                _write(scope, numbers, inside, world, asked, now=now, freeze=key in ended)
            if key in due:
                due[key].keep(ReachSnapshot.objects.get(scope=key))
    return Done(len(rows), written, len(wanted), len(ended))


@_no_collecting()
def own_figures() -> int:
    """Figures of their own for organisations that got a coordinator since the last night; how many got some.

    What everybody sees is left as it is. A rounded number that is computed at any moment somebody asks for it would
    tell exactly when it passed a limit.
    """
    world = World()
    there = set(ReachTable.objects.filter(name="own").values_list("organisation_id", flat=True))
    own = _coordinated(world) - there
    if not own or not ReachSnapshot.objects.exists():
        return 0
    snapshots = {row.scope: row for row in ReachSnapshot.objects.all()}
    due = {
        snapshots[scope.stored_key].pk: own_tables.missing(scope, own, snapshots[scope.stored_key])
        for scope in every_scope(world)
        if scope.stored_key in snapshots
    }
    own_tables.fill(due.values(), Facts(world), world, _stored(world))
    for snapshot in snapshots.values():
        if snapshot.pk in due:
            with transaction.atomic():
                due[snapshot.pk].keep(snapshot)
    return len(own)


def _ended(scope: Scope, world: World, counted: Mapping[int, Counted], today: dt.date) -> bool:
    return scope.is_closed and all(
        world.parts[n].is_over(today) for n in counted if _within(scope, world, n)
    )


def _own_due(
    offered: list[Scope], wanted: list[Scope], ended: Collection[str], own: frozenset[int]
) -> dict[str, own_tables.Due]:
    """Once a period is frozen, only of organisations it did not have yet."""
    stored = {row.scope: row for row in ReachSnapshot.objects.all()}
    due = {}
    for scope in offered:
        key = scope.stored_key
        if scope in wanted:
            # Frozen a moment ago: what was written while it ran is rounded still.
            due[key] = own_tables.Due(scope, exact=key in ended, places=own, renewed=True)
        elif key in stored and stored[key].frozen_at is None:
            due[key] = own_tables.Due(scope, exact=False, places=own, renewed=True)
        elif key in stored:
            due[key] = own_tables.missing(scope, own, stored[key])
    return due


def _coordinated(world: World) -> frozenset[int]:
    roles = Role.objects.filter(kind=Role.Kind.COORDINATOR, organisation__isnull=False)
    return frozenset(world.places[pk].pk for pk in roles.values_list("organisation_id", flat=True))


def _tell_applied(
    offered: list[Scope], frozen: set[str], counted: Mapping[int, Counted], world: World
) -> None:
    """The one figure that comes after a period was frozen: whether people applied what they learned."""
    for scope in offered:
        inside = [counted[n] for n in counted if _within(scope, world, n)]
        if scope.stored_key not in frozen or not all(
            "applied" in found.told for found in inside if found.is_open
        ):
            continue
        snapshot = ReachSnapshot.objects.get(scope=scope.stored_key)
        if snapshot.headline["applied"] is None:
            snapshot.headline["applied"] = headline.applied(inside)
            snapshot.save(update_fields=["headline", "updated_at"])


def every_scope(world: World) -> list[Scope]:
    editions = [part.edition for part in world.parts if part.edition is not None]
    return scopes(editions, {part.quarter for part in world.parts})


def _within(scope: Scope, world: World, number: int) -> bool:
    return scope.holds(world.parts[number])


def _by_part(
    offered: list[Scope], world: World, counted: Mapping[int, object]
) -> dict[int, list[str]]:
    return {
        number: [scope.stored_key for scope in offered if _within(scope, world, number)]
        for number in counted
    }


def _parts(
    world: World, rows: Facts, rules: Rules, *, now: dt.datetime, today: dt.date, backfill: bool
) -> tuple[dict[int, Counted], int]:
    """Groups and sums of every part: read back when frozen, else computed and stored."""
    stored = {row.key: row for row in ReachPart.objects.all()}
    counted: dict[int, Counted] = {}
    due: list[int] = []
    for number, part in enumerate(world.parts):
        row = stored.get(part.key)
        if row is not None and row.frozen_at is not None:
            counted[number] = Counted.from_json(row.groups, row.sums)
            if part.knows_applied(today) and "applied" not in row.groups.get("asked", ()):
                due.append(number)
        elif backfill or (today - part.ends_on).days <= NIGHTLY_DAYS:
            due.append(number)
    for number, gathering in crowding.gather(rows, world, due):
        part = world.parts[number]
        knows = part.knows_applied(today)
        if number in counted:
            parts.add_applied(counted[number], gathering.crowds, rules)
        else:
            counted[number] = _counted(gathering, world, rules, applied=knows)
            before = stored[part.key].sums.get("said", {}) if part.key in stored else {}
            said.in_batches(counted[number], gathering.crowds, before, rules)
        groups, sums = counted[number].as_json()
        groups["asked"] = ["applied"] if knows else []
        ReachPart.objects.update_or_create(
            key=part.key,
            defaults={
                "computed_at": now,
                "groups": groups,
                "sums": sums,
                "frozen_at": now if part.is_over(today) else None,
            },
        )
    return counted, len(due)


def _stored(world: World) -> dict[int, Counted]:
    """As the last night left them."""
    rows = {row.key: row for row in ReachPart.objects.all()}
    return {
        number: Counted.from_json(rows[part.key].groups, rows[part.key].sums)
        for number, part in enumerate(world.parts)
        if part.key in rows
    }


def _counted(gathering: Gathering, world: World, rules: Rules, *, applied: bool) -> Counted:
    found = parts.group(gathering.crowds, world, rules, applied=applied)
    gathering.add_flows(parts.layer_of_place(found))
    parts.group_flows(gathering.crowds, found, rules)
    parts.add_sums(found, gathering.crowds)
    return found


def _write(
    scope: Scope,
    numbers: Counts,
    inside: Mapping[str, Counted],
    world: World,
    asked: list[facts.Asked],
    *,
    now: dt.datetime,
    freeze: bool,
) -> None:
    held = [scope.holds(part) for part in world.parts]
    longest = max((session.minutes for session in world.sessions if held[session.part]), default=0)
    snapshot, _made = ReachSnapshot.objects.update_or_create(
        scope=scope.stored_key,
        defaults={
            "computed_at": now,
            "frozen_at": now if freeze else None,
            "headline": headline.of(
                scope, numbers, inside, world, asked, exact=freeze, longest=longest
            ),
        },
    )
    tables = tabling.public(scope, numbers, inside, world, asked, exact=freeze, longest=longest)
    ReachTable.objects.filter(snapshot=snapshot, organisation=None).delete()
    ReachTable.objects.bulk_create(
        ReachTable(snapshot=snapshot, name=name, rows=rows) for name, rows in tables.items()
    )
