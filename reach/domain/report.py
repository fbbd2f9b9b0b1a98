# SPDX-License-Identifier: EUPL-1.2
"""The reach page of one reader: figures after hiding and rounding. Templates only lay out what is here."""

import dataclasses
import datetime as dt
from collections.abc import Collection

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import ngettext

from accounts.models import Layer, Organisation
from base.templatetags.dates import written
from reach.domain import figures, suppression
from reach.domain.figures import Figures, Row
from reach.domain.scopes import Scope
from reach.domain.suppression import Cell, Shown, formatted, rounded, show_cell

#: Rows of «Wie leerde van wie?» before «Bekijk dit als tabel».
LARGEST_FLOWS = 6
SATURDAY = 5
DAYS_IN_WEEK = 7


@dataclasses.dataclass(frozen=True)
class Bar:
    label: str
    value: int | None
    text: str
    #: For the axis of a chart.
    short: str = ""


@dataclasses.dataclass(frozen=True)
class Flow:
    teacher: str
    learner: str
    shown: Shown


@dataclasses.dataclass(frozen=True)
class Own:
    """What the reader's organisation learned."""

    organisation: Organisation
    people: Shown
    hours: str
    teachers_count: str
    elsewhere: Shown
    elsewhere_share: str
    score: str
    teachers: list[Bar]

    @property
    def shown_teachers(self) -> list[Bar]:
        return [bar for bar in self.teachers if bar.value]

    @property
    def nobody(self) -> bool:
        return self.people.value == 0


@dataclasses.dataclass(frozen=True)
class Report:
    scope: Scope
    total: Shown
    organisations: str
    elsewhere_share: str
    score: str
    #: People who gave a mark.
    markers: Shown
    hours: str
    sessions: str
    attendance_share: str
    layers: list[Bar]
    days: list[Bar]
    flows: list[Flow]
    own: Own | None
    unmarked: str

    @property
    def is_empty(self) -> bool:
        return self.total.value == 0

    @property
    def too_small(self) -> bool:
        """Somebody learned, but so few colleagues of others that nothing about all of us may be shown."""
        return self.total.hidden

    @property
    def shown_layers(self) -> list[Bar]:
        return [bar for bar in self.layers if bar.value]

    @property
    def shown_flows(self) -> list[Flow]:
        return [flow for flow in self.flows if flow.shown.value]

    @property
    def largest_flows(self) -> list[Bar]:
        seen = sorted(self.shown_flows, key=lambda flow: -(flow.shown.value or 0))
        return [
            Bar(f"{flow.teacher} → {flow.learner}", flow.shown.value, flow.shown.text)
            for flow in seen[:LARGEST_FLOWS]
        ]


def report(
    scope: Scope, *, own: Collection[Organisation] = (), focus: Organisation | None = None
) -> Report:
    """What a coordinator of the organisations ``own`` may see; ``focus`` is the one shown as a row of its own.

    Without ``own`` (the national coordinator) no organisation is named at all. Three queries.
    """
    own_ids = sorted(organisation.pk for organisation in own)
    groups = {"all": Q(), "own": Q(organisation_id__in=own_ids)}
    if focus is not None:
        groups["focus"] = Q(organisation_id=focus.pk)
    measured = figures.measure(scope, groups)
    parts = figures.breakdowns(scope, own=own_ids, focus=focus.pk if focus else None)
    everyone, ours = measured["all"], measured["own"]
    exact = scope.is_closed
    headline = Cell(everyone.people, ours.people)
    closed = headline.is_small
    marks = Cell(everyone.markers, ours.markers)
    return Report(
        scope=scope,
        total=show_cell(headline, exact=exact),
        organisations="" if closed else _count(everyone.organisations, exact=exact),
        elsewhere_share="" if closed else _percent(everyone.elsewhere_share, exact=exact),
        score="" if marks.is_small else _mark(everyone.score),
        markers=show_cell(marks, exact=exact),
        hours="" if closed else _count(everyone.hours, exact=exact),
        sessions="" if closed else _count(everyone.sessions, exact=exact),
        attendance_share="" if closed else _percent(everyone.attendance_share, exact=exact),
        layers=[] if closed else _layers(parts["layers"], exact=exact),
        days=[] if closed else _days(parts["days"], scope=scope),
        flows=[] if closed else _flows(parts["flow"], exact=exact),
        own=_own(focus, measured["focus"], parts["teachers"], exact=exact) if focus else None,
        unmarked=_unmarked(scope),
    )


def _count(number: float, *, exact: bool) -> str:
    return formatted(rounded(number, exact=exact))


def _percent(share: float | None, *, exact: bool) -> str:
    return "" if share is None else f"{rounded(100 * share, exact=exact)}%"


def _mark(score: float | None) -> str:
    return "" if score is None else formatted(score, decimals=1)


def _layers(rows: list[Row], *, exact: bool) -> list[Bar]:
    cells = {row.key: Cell(row.people, row.own) for row in rows if row.key}
    hidden = suppression.hidden_keys(cells, [list(cells)])
    bars = [
        Bar(str(Layer(key).label), shown.value, shown.text)
        for key, cell in cells.items()
        if (shown := show_cell(cell, exact=exact, hide=key in hidden))
    ]
    return sorted(bars, key=lambda bar: (-(bar.value or 0), bar.label))


def _days(rows: list[Row], *, scope: Scope) -> list[Bar]:
    """In order of time; days of the edition on which nobody learned are there too."""
    cells = {row.key[:10]: Cell(row.people, row.own) for row in rows}
    if scope.edition is not None and scope.per_day:
        working = [day for day in scope.edition.days if day.weekday() < SATURDAY]
        cells = {day.isoformat(): Cell(0) for day in working} | cells
    hidden = suppression.hidden_keys(cells, [list(cells)])
    bars = []
    for key in sorted(cells):
        day = dt.date.fromisoformat(key)
        shown = show_cell(cells[key], exact=scope.is_closed, hide=key in hidden)
        if scope.per_day:
            in_a_week = len(cells) <= DAYS_IN_WEEK
            label = date_format(day, "l" if in_a_week else "l j F")
            short = written(day, "D" if in_a_week else "j")
        else:
            label, short = date_format(day, "F Y"), written(day, "M")
        bars.append(Bar(label, shown.value, shown.text, short))
    return bars


def _flows(rows: list[Row], *, exact: bool) -> list[Flow]:
    cells = {(row.key, row.second): Cell(row.people, row.own) for row in rows if row.second}
    lines = [
        [key for key in cells if key[side] == layer]
        for side in (0, 1)
        for layer in sorted({key[side] for key in cells})
    ]
    hidden = suppression.hidden_keys(cells, lines)
    order = list(Layer.values)
    return [
        Flow(
            str(Layer(key[0]).label),
            str(Layer(key[1]).label),
            show_cell(cells[key], exact=exact, hide=key in hidden),
        )
        for key in sorted(cells, key=lambda key: (order.index(key[0]), order.index(key[1])))
    ]


def _own(organisation: Organisation, ours: Figures, teachers: list[Row], *, exact: bool) -> Own:
    people = suppression.show_own(ours.people, exact=exact)
    closed = people.hidden
    ranked = sorted(teachers, key=lambda row: (-row.people, row.key))
    return Own(
        organisation=organisation,
        people=people,
        hours="" if closed else _count(ours.hours, exact=exact),
        teachers_count="" if closed else _count(ours.hosts, exact=exact),
        elsewhere=suppression.show_own(ours.people_elsewhere, exact=exact),
        elsewhere_share="" if closed else _percent(ours.elsewhere_share, exact=exact),
        score="" if ours.markers < suppression.OWN else _mark(ours.score),
        teachers=[
            Bar(row.key, shown.value, shown.text)
            for row in ranked
            if (shown := suppression.show_own(row.people, exact=exact))
        ],
    )


def _unmarked(scope: Scope) -> str:
    count = figures.unmarked_sessions(scope)
    if not count:
        return ""
    return ngettext(
        "Bij %(count)s bijeenkomst is nog niet ingevuld wie er was. Die telt nog niet mee.",
        "Bij %(count)s bijeenkomsten is nog niet ingevuld wie er was. Die tellen nog niet mee.",
        count,
    ) % {"count": formatted(count)}
