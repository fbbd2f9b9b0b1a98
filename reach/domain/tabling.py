# SPDX-License-Identifier: EUPL-1.2
"""The tables of a period as they are published, and what the coordinator of one organisation sees besides."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from accounts.models import Layer, Province
from reach.domain import parts
from reach.domain.counting import Counts
from reach.domain.facts import Asked, World
from reach.domain.headline import belongs
from reach.domain.own_counts import Own
from reach.domain.parts import Counted
from reach.domain.scopes import Scope
from reach.domain.suppression import MERGED, MINUTES, OWN, hours, rounded

#: Organisations that an organisation learned from, in its own figures.
MOST_HOSTS = 25
#: Counts of people, times and minutes.
PEOPLE_TABLES = (
    parts.ORGANISATIONS,
    parts.LAYERS,
    parts.PROVINCES,
    parts.THEMES,
    parts.DAYS,
    parts.MONTHS,
    parts.HOURS,
    parts.MOMENTS,
    parts.FLOW,
    parts.PAIRS,
)
#: The widest streams between two organisations, for a page; the table of all pairs may be long.
LARGEST_PAIRS = "largest_pairs"
MOST_PAIRS = 25


def public(
    scope: Scope,
    numbers: Counts,
    inside: Mapping[str, Counted],
    world: World,
    asked: list[Asked],
    *,
    exact: bool,
    longest: int,
) -> dict[str, list[dict[str, Any]]]:
    """By name of the table its rows. Largest first, what was merged last."""
    told = {key: found for key, found in inside.items() if found.is_open}
    tables: dict[str, list[dict[str, Any]]] = {}
    for name in PEOPLE_TABLES:
        if name in ({parts.MONTHS} if scope.per_day else {parts.DAYS, parts.MOMENTS}):
            continue
        sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for found in told.values():
            for key, (times, minutes) in found.cells.get(name, {}).items():
                sums[key][0] += times
                sums[key][1] += minutes
        partial = _partial(name, told)
        rows = [
            {
                "key": key,
                "people": rounded(numbers.cells.get((name, key), 0), exact=exact),
                "times": rounded(times, exact=exact),
                "hours": hours(minutes, exact=exact, longest=longest),
                "partial": partial(key),
            }
            for key, (times, minutes) in sums.items()
        ]
        tables[name] = sorted(rows, key=_order)
    between = [row for row in tables[parts.PAIRS] if len(set(row["key"].split(">"))) > 1]
    tables[LARGEST_PAIRS] = [row for row in between if MERGED not in row["key"]][:MOST_PAIRS]
    tables["supply"] = _supply(scope, told, world, asked, exact=exact)
    return tables


def _order(row: dict[str, Any]) -> tuple[bool, int, str]:
    return (MERGED in row["key"], -row["people"], row["key"])


def _partial(name: str, told: Mapping[str, Counted]) -> Callable[[str], bool]:
    """Whether some of what belongs to a row may be in a merged group of another part of the period.

    Told from what is published alone, so that it says nothing about who is in there.
    """
    if name == parts.PAIRS:
        return _partial_pairs(told)
    every: dict[str, set[str]] = {
        parts.LAYERS: set(Layer.values),
        parts.PROVINCES: set(Province.values),
    }
    missing: set[str] = set()
    for found in told.values():
        rows = found.cells.get(name, {})
        if any(MERGED in key for key in rows):
            if name not in every:
                every[name] = {k for f in told.values() for k in f.cells.get(name, {})}
            missing |= every[name] - set(rows)
    return lambda key: MERGED not in key and key in missing


def _partial_pairs(told: Mapping[str, Counted]) -> Callable[[str], bool]:
    """An organisation may have learned from another in a part that does not tell from whom it learned."""
    every = {key for found in told.values() for key in found.cells.get(parts.PAIRS, {})}
    missing: set[str] = set()
    for found in told.values():
        rows, places = found.cells.get(parts.PAIRS, {}), found.cells.get(parts.ORGANISATIONS, {})
        learners = {key.partition(">")[2] for key in rows}
        some_merged = any(MERGED in key for key in places)
        for key in every - set(rows):
            learner = key.partition(">")[2]
            if learner in learners:
                hidden = parts.join(MERGED, learner) in rows
            else:
                hidden = learner in places or some_merged
            if hidden:
                missing.add(key)
    return lambda key: MERGED not in key and key in missing


def _supply(
    scope: Scope, told: Mapping[str, Counted], world: World, asked: list[Asked], *, exact: bool
) -> list[dict[str, Any]]:
    """Per theme what was offered (the programme is public), asked (so are questions) and waited for."""
    offered: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    held = [scope.holds(part) for part in world.parts]
    for session in world.sessions:
        if held[session.part] and not session.cancelled:
            offered[session.theme][0] += 1
            offered[session.theme][1] += session.capacity
    waiting: dict[str, int] = defaultdict(int)
    for found in told.values():
        for theme, (number, _none) in found.cells.get(parts.WAITING, {}).items():
            waiting[theme] += number
    questions: dict[str, int] = defaultdict(int)
    for question in asked:
        if belongs(scope, question, world):
            questions[question.theme] += 1
    return [
        {
            "key": theme,
            "sessions": offered[theme][0],
            "seats": offered[theme][1],
            "waiting": rounded(waiting[theme], exact=exact) if theme in waiting else None,
            "questions": questions[theme],
        }
        for theme in sorted({*offered, *waiting, *questions}, key=lambda key: (key == MERGED, key))
    ]


def taught(organisation: int, pairs: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Whom the trainers of an organisation taught: what everybody may know of it, so that it tells nothing new."""
    mine = []
    for row in pairs:
        host, _arrow, learner = row["key"].partition(">")
        if host == str(organisation) != learner:
            mine.append({"key": learner} | {n: row[n] for n in ("people", "times", "partial")})
    return mine[:MOST_HOSTS]


def own(mine: Own, given: list[int], marks: list[int], *, exact: bool) -> dict[str, Any]:
    """Under the threshold of the own organisation only that it is so. ``marks``: their sum and number, as far as
    they are told (reach.domain.said). Whom the own trainers taught follows (``taught``)."""
    small = 0 < mine.people < OWN

    def number(value: float) -> int | None:
        return None if small else rounded(value, exact=exact)

    def people(value: int) -> int | None:
        return None if 0 < value < OWN else rounded(value, exact=exact)

    hosts = sorted(mine.hosts.items(), key=lambda item: (-item[1], item[0]))[:MOST_HOSTS]
    return {
        "people": people(mine.people),
        "first": None if small else people(mine.first),
        "elsewhere": None if small else people(mine.people_elsewhere),
        "times": number(mine.times),
        "hours": number(mine.minutes / MINUTES),
        "on_site": number(mine.on_site),
        "elsewhere_share": number(100 * mine.elsewhere / mine.times) if mine.times else None,
        "attendance_share": number(100 * mine.times / (mine.times + mine.absent))
        if mine.times
        else None,
        "waited": people(mine.waited),
        "score": round(marks[0] / marks[1], 1) if marks[1] else None,
        "teachers": number(len(mine.hosts)),
        "hosts": [[host, people(count)] for host, count in hosts] if not small else [],
        "themes": [
            [theme, people(count)]
            for theme, count in sorted(mine.themes.items(), key=lambda item: (-item[1], item[0]))
        ]
        if not small
        else [],
        "learners": [],
        "taught": rounded(given[2], exact=exact) + given[3],
        "taught_elsewhere": given[3],
        "given_sessions": given[0],
        "given_hours": round(given[1] / MINUTES, 1),
    }
