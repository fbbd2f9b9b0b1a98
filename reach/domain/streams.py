# SPDX-License-Identifier: EUPL-1.2
"""Rows of two dimensions as a reader sees them: from organisation to organisation, and per day and hour."""

import dataclasses
import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from base.templatetags.dates import written
from reach.domain import parts
from reach.domain.published import Labels, Row
from reach.domain.suppression import MERGED, formatted

DAYS_IN_WEEK = 7


@dataclasses.dataclass(frozen=True)
class Stream:
    """How often colleagues of one organisation learned from another."""

    teacher: str
    learner: str
    people: str
    times: int
    #: Organisations of trainer and learner; that of the trainer is ``MERGED`` for all that are not told apart.
    key: tuple[str, str]


def streams(rows: Iterable[Row], labels: Labels) -> list[Stream]:
    found = []
    for row in rows:
        teacher, _arrow, learner = row["key"].partition(">")
        found.append(
            Stream(
                teacher=_("Andere organisaties, samen")
                if teacher == MERGED
                else labels.organisation(teacher),
                learner=labels.organisation(learner),
                people=people_in_words(row),
                times=row["times"],
                key=(teacher, learner),
            )
        )
    return found


def of_organisation(rows: Iterable[Row], key: str) -> list[Row]:
    """From whom it learned and whom it taught, the most first."""
    mine = [row for row in rows if key in row["key"].split(">")]
    return sorted(mine, key=lambda row: (not row["key"].endswith(f">{key}"), -row["times"]))


def people_in_words(row: Row) -> str:
    text = formatted(row["people"])
    return _("minstens %(count)s") % {"count": text} if row["partial"] else text


@dataclasses.dataclass(frozen=True)
class Moment:
    people: int | None
    text: str


@dataclasses.dataclass(frozen=True)
class Day:
    label: str
    short: str
    moments: list[Moment]


@dataclasses.dataclass(frozen=True)
class Week:
    """Days by the hours at which a course began, or by halves; the last column holds what is told together."""

    columns: list[str]
    days: list[Day]

    @property
    def names(self) -> list[str]:
        """Of the columns."""
        return [_name(column) for column in self.columns]

    @property
    def busiest(self) -> tuple[Day, str] | None:
        """The moment with more colleagues than any other, and its column."""
        found = [
            (moment.people or 0, day, column)
            for day in self.days
            for moment, column in zip(day.moments, self.columns, strict=True)
            if column != MERGED
        ]
        found.sort(key=lambda item: -item[0])
        if not found or not found[0][0] or (len(found) > 1 and found[0][0] == found[1][0]):
            return None
        return found[0][1], found[0][2]


def _name(column: str) -> str:
    words = {
        parts.MORNING: _("Ochtend"),
        parts.AFTERNOON: _("Na 12 uur"),
        MERGED: _("Andere uren, samen"),
    }
    return words.get(column, f"{column}:00")


def week(rows: Sequence[Row]) -> Week | None:
    """None when days are not told by the hour."""
    people: dict[tuple[str, str], int] = {}
    for row in rows:
        day, _arrow, column = row["key"].partition(">")
        people[day, column] = row["people"]
    if not people:
        return None
    together = {day for day, column in people if column == MERGED}
    told = sorted({day for day, _column in people})
    written_as = "l" if len(told) <= DAYS_IN_WEEK else "l j F"
    days = [
        Day(
            date_format(dt.date.fromisoformat(day), written_as),
            written(dt.date.fromisoformat(day), "D"),
            [_moment(people, day, column, together) for column in _columns(people)],
        )
        for day in told
    ]
    return Week(_columns(people), days)


def _columns(people: Iterable[tuple[str, str]]) -> list[str]:
    told = {column for _day, column in people}
    hours = [int(column) for column in told if column.isdigit()]
    between = [str(hour) for hour in range(min(hours), max(hours) + 1)] if hours else []
    return between + [c for c in (parts.MORNING, parts.AFTERNOON, MERGED) if c in told]


def _moment(
    people: Mapping[tuple[str, str], int], day: str, column: str, together: Collection[str]
) -> Moment:
    """A moment that is missing on a day of which some are told together may be among those."""
    value = people.get((day, column), 0)
    if value == 0 and day in together and column != MERGED:
        return Moment(None, "–")
    return Moment(value, formatted(value))
