# SPDX-License-Identifier: EUPL-1.2
"""What every figure means, in one place: page and exports count with the expressions below.

People learned when they *were there*: attendance is marked by the trainer. Whoever signed up twice for a
session, or changed employer in between, is counted where the registration says they worked then.
``EXPLANATIONS`` says the same to the reader («Hoe tellen we dit?»).
"""

import dataclasses
from collections.abc import Collection
from typing import Any

from django.db.models import (
    Aggregate,
    Avg,
    CharField,
    Count,
    DateField,
    F,
    Q,
    QuerySet,
    Sum,
    Value,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, TruncDate, TruncMonth
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from base import clock
from base.models import MinutesBetween
from courses.models import Registration, Session
from reach.domain.scopes import Scope

State = Registration.State

ATTENDED = Q(state=State.ATTENDED)
ABSENT = Q(state=State.ABSENT)
EVERYONE = Q()
#: The learner worked, at sign-up, for another organisation than the one that gave the course.
FROM_ELSEWHERE = Q(organisation__isnull=False) & ~Q(organisation=F("session__course__organisation"))
ORGANISATION_KNOWN = Q(organisation__isnull=False)

#: Shown under the figure of that name.
EXPLANATIONS: dict[str, Promise] = {
    "people": _(
        "Iedere collega die bij minstens één cursus geweest is, telt één keer. De trainer geeft aan wie er was. "
        "Een collega die haar account verwijderde, telt per cursus één keer."
    ),
    "organisations": _(
        "Alle organisaties waar deze collega’s werkten toen ze zich aanmeldden. Een organisatie telt één keer."
    ),
    "elsewhere": _(
        "Het deel van alle keren dat een collega bij een cursus was, waarbij een andere organisatie de cursus gaf."
    ),
    "score": _(
        "Het gemiddelde van de rapportcijfers van 1 tot en met 10 die collega’s na afloop gaven. "
        "Wie geen cijfer gaf, telt niet mee."
    ),
    "hours": _(
        "De duur van elke bijeenkomst maal het aantal collega’s dat er was, bij elkaar opgeteld."
    ),
    "sessions": _("Bijeenkomsten waar minstens één collega was."),
    "attendance": _(
        "Van de collega’s met een plek: het deel dat er was. Alleen bijeenkomsten waarvan de trainer heeft "
        "aangegeven wie er was, tellen mee. Afmelden telt niet als wegblijven."
    ),
    "layers": _(
        "Collega’s die bij minstens één cursus waren, naar de soort organisatie waar ze toen werkten. "
        "Wie van werkgever wisselde, kan bij twee soorten meetellen."
    ),
    "days": _(
        "Collega’s die die dag of maand bij minstens één cursus waren. Iedereen telt per staaf één keer."
    ),
    "flow": _(
        "Collega’s die bij minstens één cursus waren, naar de soort organisatie van de trainer en hun eigen "
        "soort organisatie."
    ),
    "own": _(
        "Collega’s die bij jullie werkten toen ze zich aanmeldden en die geweest zijn. Is het aantal lager dan 5, "
        "dan staat er «minder dan 5»."
    ),
}


def people(where: Q = EVERYONE) -> Combinable:
    """Different people who were there. An erased person has no name any more, so each of their rows counts."""
    return Count("person", distinct=True, filter=ATTENDED & where) + Count(
        "pk", filter=ATTENDED & where & Q(person__isnull=True)
    )


def attendances(where: Q = EVERYONE) -> Aggregate:
    """Times that somebody was there: one live registration per person and session."""
    return Count("pk", filter=ATTENDED & where)


def absences(where: Q = EVERYONE) -> Aggregate:
    """Times that somebody had a seat and did not come."""
    return Count("pk", filter=ABSENT & where)


def organisations(where: Q = EVERYONE) -> Aggregate:
    """Different organisations that those people worked for at sign-up."""
    return Count("organisation", distinct=True, filter=ATTENDED & where)


def hosts(where: Q = EVERYONE) -> Aggregate:
    """Different organisations that gave those courses."""
    return Count("session__course__organisation", distinct=True, filter=ATTENDED & where)


def sessions(where: Q = EVERYONE) -> Aggregate:
    """Sessions with at least one colleague present."""
    return Count("session", distinct=True, filter=ATTENDED & where)


def minutes(where: Q = EVERYONE) -> Coalesce:
    """Minutes learned: the length of the session for everyone who was there."""
    length = MinutesBetween("session__starts_at", "session__ends_at")
    return Coalesce(Sum(length, filter=ATTENDED & where), Value(0))


def score(where: Q = EVERYONE) -> Aggregate:
    """The mean mark, 1 to 10; None when nobody gave one."""
    return Avg("evaluation__score", filter=ATTENDED & where)


def markers(where: Q = EVERYONE) -> Combinable:
    """Different people who gave a mark."""
    return people(where & Q(evaluation__isnull=False))


@dataclasses.dataclass(frozen=True)
class Figures:
    """The figures of one group of learners, exact: reach.domain.report decides what may be shown."""

    people: int = 0
    attendances: int = 0
    absences: int = 0
    organisations: int = 0
    hosts: int = 0
    sessions: int = 0
    minutes: int = 0
    #: Attendances at another organisation, and all of which the organisation is known.
    elsewhere: int = 0
    placed: int = 0
    people_elsewhere: int = 0
    markers: int = 0
    score: float | None = None

    @property
    def hours(self) -> float:
        return self.minutes / 60

    @property
    def elsewhere_share(self) -> float | None:
        return self.elsewhere / self.placed if self.placed else None

    @property
    def attendance_share(self) -> float | None:
        seats = self.attendances + self.absences
        return self.attendances / seats if seats else None


def _expressions(where: Q) -> dict[str, Any]:
    return {
        "people": people(where),
        "attendances": attendances(where),
        "absences": absences(where),
        "organisations": organisations(where),
        "hosts": hosts(where),
        "sessions": sessions(where),
        "minutes": minutes(where),
        "elsewhere": attendances(where & FROM_ELSEWHERE),
        "placed": attendances(where & ORGANISATION_KNOWN),
        "people_elsewhere": people(where & FROM_ELSEWHERE),
        "markers": markers(where),
        "score": score(where),
    }


def measure(scope: Scope, groups: dict[str, Q]) -> dict[str, Figures]:
    """The figures of each named group of registrations in the scope. One query, whatever the number."""
    wanted = {
        f"{name}__{figure}": expression
        for name, where in groups.items()
        for figure, expression in _expressions(where).items()
    }
    found = scope.registrations().filter(ATTENDED | ABSENT).aggregate(**wanted)
    return {
        name: Figures(
            **{
                figure: found[f"{name}__{figure}"]
                if figure == "score"
                else int(found[f"{name}__{figure}"])
                for figure in _expressions(where)
            }
        )
        for name, where in groups.items()
    }


@dataclasses.dataclass(frozen=True)
class Row:
    """One bar or cell: people, of whom ``own`` work for the reader's organisations."""

    key: str
    second: str
    people: int
    own: int


def breakdowns(scope: Scope, *, own: Collection[int], focus: int | None) -> dict[str, list[Row]]:
    """People per layer, per day (month in a long period), per flow from layer to layer, and for the
    organisation ``focus``: per organisation they learned from. One query."""
    attended = scope.registrations().filter(ATTENDED)
    period = TruncDate if scope.per_day else TruncMonth
    when = Cast(
        period("session__starts_at", tzinfo=clock.AMSTERDAM, output_field=DateField()),
        CharField(max_length=30),
    )
    host = "session__course__organisation"
    parts: list[QuerySet[Registration, Any]] = [
        _part(attended, "layers", F("organisation__layer"), own=own),
        _part(attended, "days", when, own=own),
        _part(attended, "flow", F(f"{host}__layer"), F("organisation__layer"), own=own),
    ]
    if focus is not None:
        parts.append(
            _part(
                attended.filter(organisation_id=focus),
                "teachers",
                F(f"{host}__name"),
                F(f"{host}__slug"),
                own=own,
            )
        )
    found: dict[str, list[Row]] = {"layers": [], "days": [], "flow": [], "teachers": []}
    for name, key, second, count, mine in parts[0].union(*parts[1:], all=True):
        found[name].append(Row(key or "", second or "", int(count), int(mine)))
    return found


def _part(
    rows: QuerySet[Registration],
    name: str,
    key: Any,
    second: Any = None,
    *,
    own: Collection[int],
) -> QuerySet[Registration, Any]:
    text = CharField(max_length=250)
    return (
        rows.annotate(
            part=Value(name, output_field=text),
            part_key=Cast(key, text),
            part_second=Cast(second, text) if second is not None else Value("", output_field=text),
        )
        .order_by()
        .values("part", "part_key", "part_second")
        .annotate(count=people(), mine=people(Q(organisation_id__in=list(own))))
        .values_list("part", "part_key", "part_second", "count", "mine")
    )


def unmarked_sessions(scope: Scope) -> int:
    """Sessions that took place with people on the list, of which the trainer has yet to say who was there."""
    return (
        scope.sessions()
        .filter(
            status=Session.Status.PLANNED,
            ends_at__lte=clock.now(),
            attendance_marked_at__isnull=True,
            taken__gt=0,
        )
        .count()
    )
