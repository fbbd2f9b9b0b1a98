# SPDX-License-Identifier: EUPL-1.2
"""Which tables a coordinator may take along, and what is in them.

By name only the own organisation's registrations; sessions and questions are those of the own organisation.
What says something about others comes after hiding and rounding (reach.domain.suppression), never from raw rows.
"""

import dataclasses

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from reach.domain import open_tables, published, tables
from reach.domain.about import about
from reach.domain.cells import Table, with_predecessors
from reach.domain.scopes import Scope


@dataclasses.dataclass(frozen=True)
class Offer:
    key: str
    label: str | Promise
    #: What everyone may have: its slug in reach.domain.open_tables. Else it is read from the rows themselves.
    published: str = ""
    #: Names of people are in it.
    named: bool = False
    #: About the own organisation alone, so not for the national coordinator.
    own: bool = False
    #: Columns that would tell how many people of others came: small groups would follow from them.
    without: frozenset[str] = frozenset()


OFFERS = {
    found.key: found
    for found in (
        Offer("registrations", _("Aanmeldingen van je collega’s, met naam"), named=True, own=True),
        Offer(
            "sessions",
            _("Bijeenkomsten van je organisatie"),
            own=True,
            without=frozenset({"geweest", "afwezig", "van_andere_organisatie"}),
        ),
        Offer("requests", _("Kennisvragen van je organisatie"), own=True),
        Offer("organisations", _("Alle organisaties: hoeveel collega’s leerden"), "organisaties"),
        Offer("flow", _("Wie leerde van wie, per soort organisatie"), "kennisstroom"),
        Offer("pairs", _("Van welke organisatie collega’s leerden"), "kennisstroom-organisaties"),
        Offer("themes", _("Thema’s: hoeveel collega’s leerden"), "themas"),
        Offer("supply", _("Thema’s: aanbod, wachtenden en kennisvragen"), "aanbod-en-vraag"),
        Offer("provinces", _("Provincies: hoeveel collega’s leerden"), "provincies"),
    )
}


def offers(*, national: bool) -> list[Offer]:
    return [offer for offer in OFFERS.values() if not (national and offer.own)]


def periods() -> list[Scope]:
    """What a reader may choose from."""
    return published.shelf().offered


def size(name: str, scope: Scope, organisation: Organisation | None) -> int:
    """About how many rows it has: what a page needs to choose between now and later. Two queries, or none."""
    if organisation is None or name not in {"registrations", "sessions"}:
        return 0
    mine = with_predecessors(organisation)
    if name == "registrations":
        return scope.registrations().filter(organisation__in=mine).count()
    return scope.sessions().filter(course__organisation__in=mine).count()


def table(name: str, scope: Scope, organisation: Organisation | None) -> Table:
    """Raises KeyError for a table that this reader is not offered."""
    offer = OFFERS[name]
    if offer.published:
        return open_tables.of_period(open_tables.TABLES[offer.published], scope)
    if offer.own and organisation is None:
        raise KeyError(name)
    found = tables.table(name, scope=scope, organisation=organisation)
    return found.without(offer.without) if offer.without else found


def title(name: str) -> str:
    """Of the sheet and the file: Dutch and stable."""
    return OFFERS[name].published or tables.TITLES[name]


def explained(name: str, scope: Scope, organisation: Organisation | None) -> list[tuple[str, str]]:
    """For the last sheet of a spreadsheet."""
    offer = OFFERS[name]
    return about(
        title(name),
        scope=scope,
        organisation=organisation,
        named=offer.named,
        hidden=bool(offer.published),
    )
