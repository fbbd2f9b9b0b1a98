# SPDX-License-Identifier: EUPL-1.2
"""The published tables as files: open data, the API and the coordinator's downloads read them here.

Every number comes from reach.domain.published, where small groups were merged and running periods rounded. So
whoever takes a file along learns no more than who looks at the page. Column names are Dutch, stable and part of
the interface; codes stand beside the words.
"""

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reach.domain import parts, published
from reach.domain.cells import Table
from reach.domain.published import Labels, Row, Shelf
from reach.domain.scopes import Scope
from reach.domain.suppression import MERGED
from reach.models import ReachTable

#: Of every table that counts people.
COUNTS = ("collegas", "keren_geweest", "uren", "onvolledig")
PERIOD = ("periode_code", "periode", "definitief", "bijgewerkt_op")
SUPPLY = "supply"

Cells = tuple[Any, ...]


@dataclasses.dataclass
class Words:
    """What turns keys into words, for one period or for all."""

    labels: Labels
    themes: dict[str, str]

    def theme(self, key: str) -> str:
        if key == MERGED:
            return _("Andere thema’s, samen")
        return self.themes.get(key) or _("Zonder thema")


@dataclasses.dataclass(frozen=True)
class OpenTable:
    #: In addresses and names of files.
    slug: str
    #: In reach.domain.published.
    name: str
    title: str | Promise
    description: str | Promise
    columns: tuple[str, ...]
    _keys: Callable[[Row, Words], Cells]
    _numbers: Callable[[Row], Cells]

    @property
    def header(self) -> tuple[str, ...]:
        return self.columns

    def cells(self, row: Row, words: Words) -> Cells:
        return (*self._keys(row, words), *self._numbers(row))


def _counts(row: Row) -> Cells:
    return (row["people"], row["times"], row["hours"], "ja" if row["partial"] else "nee")


def _supplied(row: Row) -> Cells:
    waiting = "" if row["waiting"] is None else row["waiting"]
    return (row["sessions"], row["seats"], waiting, row["questions"])


def _code(key: str) -> str:
    """A merged group has no code of its own."""
    return "" if MERGED in key else key


def _layer(row: Row, words: Words) -> Cells:
    return (_code(row["key"]), published.layer(row["key"]))


def _province(row: Row, words: Words) -> Cells:
    return (_code(row["key"]), published.province(row["key"]))


def _organisation(row: Row, words: Words) -> Cells:
    found = words.labels.row(row["key"])
    layer = found.layer if found is not None else row["key"].partition(">")[0]
    tooi = (found.tooi or "") if found is not None else ""
    return (words.labels.organisation(row["key"]), tooi, _code(layer))


def _theme(row: Row, words: Words) -> Cells:
    return (_code(row["key"]), words.theme(row["key"]))


def _flow(row: Row, words: Words) -> Cells:
    teacher, _arrow, learner = row["key"].partition(">")
    return (
        _code(teacher),
        published.layer(teacher),
        _code(learner),
        published.layer(learner),
    )


def _pair(row: Row, words: Words) -> Cells:
    trainer, _arrow, learner = row["key"].partition(">")
    return (*_named(trainer, words), *_named(learner, words))


def _named(key: str, words: Words) -> Cells:
    if key == MERGED:
        return (_("Andere organisaties, samen"), "")
    found = words.labels.row(key)
    return (words.labels.organisation(key), (found.tooi or "") if found is not None else "")


def _when(row: Row, words: Words) -> Cells:
    return (_code(row["key"]) or _("andere, samen"),)


def _moment(row: Row, words: Words) -> Cells:
    return tuple(_code(key) or _("andere, samen") for key in row["key"].split(">"))


_TABLES = (
    OpenTable(
        "bestuurslagen",
        parts.LAYERS,
        gettext_lazy("Collega’s per soort organisatie"),
        gettext_lazy("Hoeveel collega’s leerden, naar de soort organisatie waar ze toen werkten."),
        ("bestuurslaag_code", "bestuurslaag", *COUNTS),
        _layer,
        _counts,
    ),
    OpenTable(
        "organisaties",
        parts.ORGANISATIONS,
        gettext_lazy("Collega’s per organisatie"),
        gettext_lazy(
            "Hoeveel collega’s van elke organisatie leerden. Kleine organisaties staan samen onder hun soort."
        ),
        ("organisatie", "tooi", "bestuurslaag_code", *COUNTS),
        _organisation,
        _counts,
    ),
    OpenTable(
        "provincies",
        parts.PROVINCES,
        gettext_lazy("Collega’s per provincie"),
        gettext_lazy("Hoeveel collega’s leerden, naar de provincie van hun organisatie."),
        ("provincie_code", "provincie", *COUNTS),
        _province,
        _counts,
    ),
    OpenTable(
        "themas",
        parts.THEMES,
        gettext_lazy("Collega’s per thema"),
        gettext_lazy("Hoeveel collega’s leerden, naar het thema van de cursus."),
        ("thema_code", "thema", *COUNTS),
        _theme,
        _counts,
    ),
    OpenTable(
        "aanbod-en-vraag",
        SUPPLY,
        gettext_lazy("Aanbod en vraag per thema"),
        gettext_lazy("Bijeenkomsten, plekken, wachtenden en kennisvragen, naar thema."),
        ("thema_code", "thema", "bijeenkomsten", "plekken", "op_wachtlijst", "kennisvragen"),
        _theme,
        _supplied,
    ),
    OpenTable(
        "kennisstroom",
        parts.FLOW,
        gettext_lazy("Wie leerde van wie"),
        gettext_lazy(
            "Hoeveel collega’s leerden, naar de soort organisatie van trainer en deelnemer."
        ),
        (
            "trainer_bestuurslaag_code",
            "trainer_bestuurslaag",
            "deelnemer_bestuurslaag_code",
            "deelnemer_bestuurslaag",
            *COUNTS,
        ),
        _flow,
        _counts,
    ),
    OpenTable(
        "kennisstroom-organisaties",
        parts.PAIRS,
        gettext_lazy("Van welke organisatie collega’s leerden"),
        gettext_lazy(
            "Hoeveel collega’s van een organisatie leerden van trainers van een organisatie. Kleine groepen staan samen."
        ),
        (
            "trainer_organisatie",
            "trainer_tooi",
            "deelnemer_organisatie",
            "deelnemer_tooi",
            *COUNTS,
        ),
        _pair,
        _counts,
    ),
    OpenTable(
        "dagen",
        parts.DAYS,
        gettext_lazy("Collega’s per dag"),
        gettext_lazy("Hoeveel collega’s leerden, per dag van een korte editie."),
        ("dag", *COUNTS),
        _when,
        _counts,
    ),
    OpenTable(
        "dagen-en-uren",
        parts.MOMENTS,
        gettext_lazy("Collega’s per dag en moment"),
        gettext_lazy(
            "Hoeveel collega’s leerden, per dag van een korte editie en per uur of dagdeel waarin de cursus begon."
        ),
        ("dag", "moment", *COUNTS),
        _moment,
        _counts,
    ),
    OpenTable(
        "maanden",
        parts.MONTHS,
        gettext_lazy("Collega’s per maand"),
        gettext_lazy("Hoeveel collega’s leerden, per maand van een langere periode."),
        ("maand", *COUNTS),
        _when,
        _counts,
    ),
)
TABLES = {table.slug: table for table in _TABLES}


def of_period(table: OpenTable, scope: Scope, *, shelf: Shelf | None = None) -> Table:
    """One table of one period; without rows when it was not computed yet. Two to four queries."""
    found = (shelf or published.shelf()).read(scope, tables=[table.name])
    rows = found.rows(table.name) if found is not None else []
    themes = found.headline["themes"] if found is not None else {}
    words = Words(Labels(rows), themes)
    return Table(table.header, iter([table.cells(row, words) for row in rows]))


def of_all_periods(table: OpenTable, shelf: Shelf) -> Table:
    """One table of every period that was published: what is open data."""
    return Table((*PERIOD, *table.header), _every_row(table, shelf))


def _every_row(table: OpenTable, shelf: Shelf) -> Iterator[Cells]:
    stored = ReachTable.objects.filter(name=table.name, organisation=None)
    rows_of = dict(stored.values_list("snapshot", "rows"))
    labels = Labels(*rows_of.values())
    for scope in shelf.offered:
        snapshot = shelf.snapshots.get(scope.stored_key)
        if snapshot is None:
            continue
        words = Words(labels, snapshot.headline["themes"])
        final = "ja" if snapshot.frozen_at is not None else "nee"
        about = (scope.key, scope.label, final, _utc(snapshot.computed_at))
        for row in rows_of.get(snapshot.pk, []):
            yield (*about, *table.cells(row, words))


def _utc(instant: dt.datetime) -> str:
    return instant.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
