# SPDX-License-Identifier: EUPL-1.2
"""The figures of a whole period, as they are published: None where the method hides them."""

import statistics
from collections.abc import Iterable, Mapping
from typing import Any

from reach.domain.counting import Counts
from reach.domain.facts import Asked, World
from reach.domain.parts import Counted
from reach.domain.scopes import Scope
from reach.domain.suppression import OTHERS, hours, rounded, share

#: One decimal.
TENTH = 10


def of(
    scope: Scope,
    numbers: Counts,
    inside: Mapping[str, Counted],
    world: World,
    asked: list[Asked],
    *,
    exact: bool,
    longest: int,
) -> dict[str, Any]:
    """Exact for a frozen period, else rounded. Shares are whole percentages."""
    told = [found for found in inside.values() if found.is_open]
    held = [scope.holds(part) for part in world.parts]

    def total(name: str, split: str) -> int:
        return sum(found.total.get(name, 0) for found in told if split in found.told)

    def number(value: float) -> int:
        return rounded(value, exact=exact)

    def percentage(part: int, rest: int) -> int | None:
        return share(part, rest, exact=exact)

    def complete(split: str) -> bool:
        return all(split in found.told for found in told)

    def answers(name: str) -> tuple[int, int]:
        yes = total(f"{name}_yes", name)
        return yes, total(f"{name}_answers", name) - yes

    there = total("times", "absent")
    elsewhere, home = total("elsewhere", "elsewhere"), total("home", "elsewhere")
    recommends = total("recommends", "recommend")
    scores = total("scores", "score")
    return {
        "people": number(numbers.people),
        "times": number(total("times", "all")),
        "hours": hours(total("minutes", "all"), exact=exact, longest=longest),
        "sessions": number(total("sessions", "all")),
        "organisations": number(len(numbers.places - {0})),
        "hosts": number(len(numbers.hosts)),
        "first": number(total("first", "first")) if told and complete("first") else None,
        "first_share": percentage(total("first", "first"), total("again", "first")),
        "elsewhere_share": percentage(elsewhere, home),
        "attendance_share": percentage(there, total("absent", "absent")),
        "absent": number(total("absent", "absent")) if told and complete("absent") else None,
        "waited": number(total("waited", "waited")) if told and complete("waited") else None,
        "score": round(total("score", "score") / scores, 1) if scores else None,
        "scores": number(scores) if scores else None,
        "net_promoter": round(
            100 * (total("promoters", "recommend") - total("detractors", "recommend")) / recommends
        )
        if recommends
        else None,
        "would_apply": percentage(*answers("would")),
        "applied": percentage(*answers("applied")),
        #: Something was given, but for too few people to tell of.
        "too_small": not told and any(found.total.get("times", 0) for found in inside.values()),
        "untold_parts": sum(
            not found.is_open and found.total.get("times", 0) > 0 for found in inside.values()
        ),
        "unmarked": sum(s.unmarked and held[s.part] for s in world.sessions),
        "questions": _questions(scope, asked, world),
        "themes": world.themes,
    }


def applied(inside: Iterable[Counted]) -> int | None:
    """Of a closed period, a whole percentage."""
    told = [found.total for found in inside if "applied" in found.told]
    answers = sum(total.get("applied_answers", 0) for total in told)
    yes = sum(total.get("applied_yes", 0) for total in told)
    return round(100 * yes / answers) if answers else None


def belongs(scope: Scope, question: Asked, world: World) -> bool:
    """A question counts in the period of its session; without one, when it was asked."""
    number = world.numbers.get(question.part)
    if number is not None:
        return scope.holds(world.parts[number])
    return scope.edition is None and _asked_within(scope, question)


def _asked_within(scope: Scope, question: Asked) -> bool:
    if scope.quarters:
        return scope.quarters[0].starts_on <= question.on <= scope.quarters[-1].ends_on
    return True


def _questions(scope: Scope, asked: list[Asked], world: World) -> dict[str, Any]:
    mine = [question for question in asked if belongs(scope, question, world)]
    days = [question.days for question in mine if question.days is not None]
    return {
        "asked": len(mine),
        "matched": sum(question.matched for question in mine),
        "done": sum(question.done for question in mine),
        "days": round(statistics.median(days)) if len(days) >= OTHERS // 2 else None,
    }
