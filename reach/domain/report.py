# SPDX-License-Identifier: EUPL-1.2
"""The reach page of one reader, from what was published. Templates and documents only lay out what is here."""

import dataclasses
import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Organisation
from base.templatetags.dates import written
from reach.domain import parts, published
from reach.domain.published import Labels, Published, Row, Shelf
from reach.domain.scopes import Scope, previous
from reach.domain.streams import (
    DAYS_IN_WEEK,
    Stream,
    Week,
    of_organisation,
    people_in_words,
    streams,
    week,
)
from reach.domain.suppression import MERGED, OWN, Shown, formatted
from reach.domain.tabling import LARGEST_PAIRS

#: Rows of «Wie leerde van wie?» and of organisations before «Bekijk dit als tabel».
LARGEST_FLOWS, LARGEST_ORGANISATIONS = 6, 10
#: A page of a thousand organisations is no page; all of them are in the open data.
MOST_ORGANISATIONS = 50
SATURDAY = 5


@dataclasses.dataclass(frozen=True)
class Bar:
    label: str
    value: int | None
    text: str
    #: For the axis of a chart.
    short: str = ""
    key: str = ""
    times: int = 0
    hours: int = 0

    @property
    def rest(self) -> bool:
        """All small ones together: large perhaps, but no winner."""
        return MERGED in self.key


@dataclasses.dataclass(frozen=True)
class Flow:
    teacher: str
    learner: str
    shown: Shown
    times: int = 0
    #: Layers of trainer and learner.
    key: tuple[str, str] = ("", "")


@dataclasses.dataclass(frozen=True)
class Supply:
    """One theme: what was given, what was asked, and who waited in vain."""

    theme: str
    sessions: int
    seats: int
    people: str
    waiting: str
    questions: int


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
    #: Whom its trainers taught.
    learners: list[Stream] = dataclasses.field(default_factory=list)
    first: str = ""
    attendance_share: str = ""
    figures: Row = dataclasses.field(default_factory=dict)

    @property
    def shown_teachers(self) -> list[Bar]:
        return [bar for bar in self.teachers if bar.value]

    @property
    def nobody(self) -> bool:
        return self.people.value == 0


@dataclasses.dataclass(frozen=True)
class Report:
    scope: Scope
    #: When the figures were computed; None when they never were.
    updated_at: dt.datetime | None
    #: Final; else rounded to five, and still moving.
    exact: bool
    headline: dict[str, Any]
    before: Scope | None
    before_headline: dict[str, Any] | None
    total: Shown
    organisations: str
    elsewhere_share: str
    score: str
    #: Marks that were given.
    markers: Shown
    hours: str
    sessions: str
    attendance_share: str
    layers: list[Bar]
    days: list[Bar]
    flows: list[Flow]
    provinces: list[Bar]
    themes: list[Bar]
    hours_of_day: list[Bar]
    top_organisations: list[Bar]
    supply: list[Supply]
    own: Own | None
    unmarked: str
    #: The widest between two organisations, or all of the one that is looked at by itself.
    streams: list[Stream] = dataclasses.field(default_factory=list)
    week: Week | None = None
    published: Published | None = None

    @property
    def is_empty(self) -> bool:
        return not self.headline or (
            self.headline["people"] == 0 and not self.headline["too_small"]
        )

    @property
    def too_small(self) -> bool:
        """Somebody learned, but so few that nothing about them may be shown."""
        return bool(self.headline) and bool(self.headline["too_small"])

    @property
    def shows(self) -> bool:
        return not (self.is_empty or self.too_small)

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
            if MERGED not in flow.key
        ]


def report(
    scope: Scope,
    *,
    own: Collection[Organisation] = (),
    focus: Organisation | None = None,
    shelf: Shelf | None = None,
    group: str = "",
) -> Report:
    """What a coordinator of the organisations ``own`` may see; ``focus`` is the one shown as a row of its own.
    ``group``: an organisation's row that is wanted though it is not among the largest.

    Without ``own`` it is what everybody may see. Two queries, four without ``shelf``.
    """
    shelf = shelf or published.shelf()
    mine = group.partition(":")[2] if group.startswith(f"{parts.ORGANISATIONS}:") else ""
    wanted = (*published.TABLES, parts.PAIRS) if mine else published.TABLES
    found = shelf.read(scope, tables=wanted, organisation=focus)
    before = previous(scope, shelf.offered)
    headline = found.headline if found is not None else {}
    hosts = [host for host, _people in found.own.get("hosts", ())] if found is not None else []
    organisations = _organisations(found, group)
    pairs = found.rows(LARGEST_PAIRS) if found is not None else []
    if found is not None and any(row["key"] == mine for row in organisations):
        pairs = of_organisation(found.rows(parts.PAIRS), mine)
    learners = found.own.get("learners", ()) if found is not None else ()
    labels = Labels(organisations, pairs, learners, also=hosts)

    def text(name: str, mark: str = "") -> str:
        value = headline.get(name)
        return "" if value is None or not headline.get("people") else f"{formatted(value)}{mark}"

    return Report(
        scope=scope,
        updated_at=found.computed_at if found else None,
        exact=found.exact if found else False,
        headline=headline,
        before=before,
        before_headline=shelf.headline_of(before),
        total=_shown(headline.get("people", 0)),
        organisations=text("organisations"),
        elsewhere_share=text("elsewhere_share", "%"),
        score=_mark(headline.get("score")),
        markers=_shown(headline.get("scores") or 0),
        hours=text("hours"),
        sessions=text("sessions"),
        attendance_share=text("attendance_share", "%"),
        layers=_bars(found, parts.LAYERS, published.layer),
        days=_days(found, scope),
        flows=_flows(found),
        provinces=_bars(found, parts.PROVINCES, published.province),
        themes=_bars(found, parts.THEMES, found.theme) if found else [],
        hours_of_day=_hours(found),
        top_organisations=[_bar(row, labels.organisation) for row in organisations],
        supply=_supply(found),
        own=_own(focus, found, labels) if focus is not None and found and found.own else None,
        unmarked=_unmarked(headline.get("unmarked", 0)),
        streams=streams(pairs, labels),
        week=week(found.rows(parts.MOMENTS)) if found is not None else None,
        published=found,
    )


def _shown(value: int) -> Shown:
    return Shown(value, formatted(value))


def _mark(score: float | None) -> str:
    return "" if score is None else formatted(score, decimals=1)


def _bars(found: Published | None, table: str, label: Any) -> list[Bar]:
    return [_bar(row, label) for row in found.rows(table)] if found is not None else []


def _bar(row: Row, label: Any) -> Bar:
    return Bar(
        label(row["key"]),
        row["people"],
        people_in_words(row),
        key=row["key"],
        times=row["times"],
        hours=row["hours"],
    )


def _organisations(found: Published | None, group: str) -> list[Row]:
    """The largest by themselves, the one that is wanted, and what is left per layer."""
    rows = found.rows(parts.ORGANISATIONS) if found is not None else []
    named = [row for row in rows if MERGED not in row["key"]]
    wanted = [
        row for row in named[MOST_ORGANISATIONS:] if f"{parts.ORGANISATIONS}:{row['key']}" == group
    ]
    return [*named[:MOST_ORGANISATIONS], *wanted, *(row for row in rows if MERGED in row["key"])]


def _days(found: Published | None, scope: Scope) -> list[Bar]:
    """In order of time; days of the edition on which nobody learned are there too. What was merged over
    days is last."""
    if found is None:
        return []
    rows = {row["key"]: row for row in found.rows(parts.DAYS if scope.per_day else parts.MONTHS)}
    if scope.edition is not None and scope.per_day and rows:
        for day in scope.edition.days:
            if day.weekday() < SATURDAY:
                empty = {"key": day.isoformat(), "people": 0, "times": 0, "partial": False}
                rows.setdefault(day.isoformat(), empty)
    in_a_week = len(rows) <= DAYS_IN_WEEK
    bars = []
    for key in sorted(rows, key=lambda key: (MERGED in key, key)):
        if MERGED in key:
            continue
        day = dt.date.fromisoformat(key if scope.per_day else f"{key}-01")
        if scope.per_day:
            label = date_format(day, "l" if in_a_week else "l j F")
            short = written(day, "D" if in_a_week else "j")
        else:
            label, short = date_format(day, "F Y"), written(day, "M")
        bars.append(Bar(label, rows[key]["people"], people_in_words(rows[key]), short, key=key))
    return bars


def _hours(found: Published | None) -> list[Bar]:
    """Between the first and the last hour at which anybody learned."""
    rows = {
        int(row["key"]): row
        for row in (found.rows(parts.HOURS) if found else ())
        if row["key"] != MERGED
    }
    if not rows:
        return []
    empty = {"people": 0, "times": 0, "partial": False}
    return [
        Bar(
            f"{hour}:00",
            rows.get(hour, empty)["people"],
            people_in_words(rows.get(hour, empty)),
            str(hour),
            key=str(hour),
        )
        for hour in range(min(rows), max(rows) + 1)
    ]


def _flows(found: Published | None) -> list[Flow]:
    flows = []
    for row in found.rows(parts.FLOW) if found is not None else ():
        teacher, _to, learner = row["key"].partition(">")
        flows.append(
            Flow(
                published.layer(teacher),
                published.layer(learner),
                Shown(row["people"], people_in_words(row)),
                row["times"],
                (teacher, learner),
            )
        )
    return flows


def _supply(found: Published | None) -> list[Supply]:
    if found is None:
        return []
    people = {row["key"]: people_in_words(row) for row in found.rows(parts.THEMES)}
    return [
        Supply(
            theme=found.theme(row["key"]),
            sessions=row["sessions"],
            seats=row["seats"],
            people=people.get(row["key"], "–" if row["key"] == MERGED else _("te weinig")),
            waiting="–" if row["waiting"] is None else formatted(row["waiting"]),
            questions=row["questions"],
        )
        for row in found.rows("supply")
    ]


def _own(organisation: Organisation, found: Published, labels: Labels) -> Own:
    mine = found.own

    def small(name: str) -> Shown:
        value = mine.get(name, 0)
        if value is None:
            return Shown(None, _("minder dan %(count)d") % {"count": OWN})
        return _shown(value)

    def text(name: str, mark: str = "") -> str:
        value = mine.get(name)
        return "" if value is None else f"{formatted(value)}{mark}"

    return Own(
        organisation=organisation,
        people=small("people"),
        hours=text("hours"),
        teachers_count=text("teachers"),
        elsewhere=small("elsewhere"),
        elsewhere_share=text("elsewhere_share", "%"),
        score=_mark(mine.get("score")),
        teachers=_teachers(mine.get("hosts", ()), labels),
        learners=_learners(organisation, mine.get("learners", ()), labels),
        first=text("first"),
        attendance_share=text("attendance_share", "%"),
        figures=mine,
    )


def _teachers(hosts: Sequence[Sequence[Any]], labels: Labels) -> list[Bar]:
    less = _("minder dan %(count)d") % {"count": OWN}
    return [
        Bar(labels.organisation(host), people, less if people is None else formatted(people))
        for host, people in hosts
    ]


def _learners(organisation: Organisation, rows: Sequence[Row], labels: Labels) -> list[Stream]:
    return streams([row | {"key": f"{organisation.pk}>{row['key']}"} for row in rows], labels)


def _unmarked(count: int) -> str:
    if not count:
        return ""
    return ngettext(
        "Bij %(count)s bijeenkomst is nog niet ingevuld wie er was. Die telt nog niet mee.",
        "Bij %(count)s bijeenkomsten is nog niet ingevuld wie er was. Die tellen nog niet mee.",
        count,
    ) % {"count": formatted(count)}
