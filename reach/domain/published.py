# SPDX-License-Identifier: EUPL-1.2
"""What was published: read by the page, every export and the API, so that they cannot differ.

A number here was hidden, merged and rounded already (reach.domain.aggregate). Nothing else may be told about
people of more than one organisation.
"""

import dataclasses
import datetime as dt
from collections.abc import Collection
from functools import cached_property
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.domain.organisations import current
from accounts.models import Layer, Organisation, Province
from courses.models import Edition
from reach.domain import parts
from reach.domain.periods import Quarter
from reach.domain.scopes import QUARTER, Scope, scopes
from reach.domain.suppression import MERGED
from reach.domain.tabling import LARGEST_PAIRS
from reach.models import ReachSnapshot, ReachTable

#: What a page asks for. The table of all pairs of organisations is long: who wants it says so.
TABLES = (
    parts.LAYERS,
    parts.ORGANISATIONS,
    parts.PROVINCES,
    parts.THEMES,
    "supply",
    parts.FLOW,
    parts.DAYS,
    parts.MONTHS,
    parts.HOURS,
    parts.MOMENTS,
    LARGEST_PAIRS,
)
Row = dict[str, Any]


@dataclasses.dataclass(frozen=True)
class Published:
    """The figures of one period. ``headline`` holds None where the method hides a figure."""

    scope: Scope
    computed_at: dt.datetime
    #: Exact and final; else rounded to five, and still moving.
    exact: bool
    headline: dict[str, Any]
    tables: dict[str, list[Row]]
    #: Of the organisation that was asked for; empty for one that nobody coordinates.
    own: Row = dataclasses.field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not self.headline["people"] and not self.headline["too_small"]

    def theme(self, key: str) -> str:
        if key == MERGED:
            return _("Andere thema’s, samen")
        return str(self.headline["themes"].get(key) or _("Zonder thema"))

    def rows(self, table: str) -> list[Row]:
        return self.tables.get(table, [])


@dataclasses.dataclass(frozen=True)
class Shelf:
    """All periods that there are figures of, or may come. Two queries."""

    offered: list[Scope]
    snapshots: dict[str, ReachSnapshot]

    def headline_of(self, scope: Scope | None) -> dict[str, Any] | None:
        """Of the period to compare with; None when nothing can be told of it."""
        found = self.snapshots.get(scope.stored_key) if scope is not None else None
        return found.headline if found is not None and found.headline["people"] else None

    def read(
        self,
        scope: Scope,
        *,
        tables: Collection[str] = TABLES,
        organisation: Organisation | None = None,
    ) -> Published | None:
        """None when this period was not computed yet. One query."""
        snapshot = self.snapshots.get(scope.stored_key)
        if snapshot is None:
            return None
        wanted = Q(organisation=None, name__in=tables)
        if organisation is not None:
            wanted |= Q(organisation=organisation, name="own")
        found: dict[str, list[Row]] = {}
        own: Row = {}
        for name, owner, rows in ReachTable.objects.filter(wanted, snapshot=snapshot).values_list(
            "name", "organisation_id", "rows"
        ):
            if owner is None:
                found[name] = rows
            else:
                own = rows[0] if rows else {}
        return Published(
            scope=scope,
            computed_at=snapshot.computed_at,
            exact=snapshot.frozen_at is not None,
            headline=snapshot.headline,
            tables=found,
            own=own,
        )


def shelf() -> Shelf:
    snapshots = {row.scope: row for row in ReachSnapshot.objects.all()}
    quarters = []
    for key in snapshots:
        if key.startswith(QUARTER):
            year, number = key.removeprefix(QUARTER).split("-")
            quarters.append(Quarter(int(year), int(number)))
    return Shelf(scopes(Edition.objects.all(), quarters), snapshots)


class Labels:
    """Names of keys, as a reader sees them. One query for the organisations that are shown."""

    def __init__(self, *row_lists: Collection[Row], also: Collection[int] = ()) -> None:
        self._wanted = {
            int(key)
            for rows in row_lists
            for row in rows
            for key in row["key"].split(">")
            if key.isdigit()
        } | set(also)

    @cached_property
    def _organisations(self) -> dict[int, Organisation]:
        found = Organisation.objects.filter(pk__in=self._wanted).select_related(
            "successor__successor"
        )
        return {row.pk: row for row in found}

    def organisation(self, key: str | int) -> str:
        """With the name it has now, when it was merged since: history follows the successor."""
        if isinstance(key, str) and not key.isdigit():
            return _("Andere: %(layer)s") % {"layer": layer(key.partition(">")[0])}
        row = self._organisations.get(int(key))
        if row is None:
            return _("Organisatie onbekend")
        now = current(row)
        if now is not None and now != row:
            return _("%(name)s (nu %(successor)s)") % {"name": row.name, "successor": now.name}
        return row.name

    def row(self, key: str | int) -> Organisation | None:
        return self._organisations.get(int(key)) if str(key).isdigit() else None


def layer(key: str) -> str:
    if key == MERGED:
        return _("Andere soorten organisaties, samen")
    return str(Layer(key).label) if key in Layer.values else _("Organisatie onbekend")


def province(key: str) -> str:
    if key == MERGED:
        return _("Niet op de kaart: kleine groepen")
    return str(Province(key).label) if key in Province.values else _("Landelijk")
