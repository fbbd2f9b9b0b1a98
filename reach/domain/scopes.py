# SPDX-License-Identifier: EUPL-1.2
"""Over which sessions figures are made: one edition, a quarter, a year, the year-round offer, or everything."""

import dataclasses
import datetime as dt
from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from base import clock
from courses.models import Edition, Registration, Session
from reach.domain import periods
from reach.domain.periods import Quarter

#: Values of ``?editie=`` that are no edition; courses.domain.editions keeps them free.
ONGOING, EVERYTHING = "doorlopend", "alles"
#: Quarters and years; no slug of an edition has a colon.
QUARTER, YEAR = "kwartaal:", "jaar:"

#: Longer periods are charted per month.
MOST_DAYS = 14


class UnknownScope(LookupError):
    """No edition has this slug."""


@dataclasses.dataclass(frozen=True)
class Scope:
    key: str
    label: str
    edition: Edition | None = None
    #: Of a quarter or a year: its quarters.
    quarters: tuple[Quarter, ...] = ()

    @property
    def stored_key(self) -> str:
        """Under which its snapshot is kept: an edition may change its slug."""
        return periods.of_edition(self.edition).key if self.edition is not None else self.key

    @property
    def ends_on(self) -> dt.date | None:
        if self.edition is not None:
            return self.edition.ends_on
        return self.quarters[-1].ends_on if self.quarters else None

    @property
    def is_closed(self) -> bool:
        """Only a period that is over, and of which attendance is known, has exact figures; what still runs is
        rounded (design.md, Figures)."""
        ends_on = self.ends_on
        return ends_on is not None and clock.today() > ends_on + dt.timedelta(days=periods.GRACE)

    @property
    def per_day(self) -> bool:
        return self.edition is not None and len(self.edition.days) <= MOST_DAYS

    def holds(self, part: periods.Part) -> bool:
        if self.edition is not None:
            return part.edition == self.edition
        if self.quarters:
            return part.quarter in self.quarters
        return self.key == EVERYTHING or part.edition is None

    def _condition(self, prefix: str) -> Q:
        if self.edition is not None:
            return Q(**{f"{prefix}edition": self.edition})
        if self.quarters:
            first, after = self.quarters[0].starts_on, self.quarters[-1].following.starts_on
            midnight = dt.time()
            return Q(
                **{
                    f"{prefix}edition__starts_on__gte": first,
                    f"{prefix}edition__starts_on__lt": after,
                }
            ) | Q(
                **{
                    f"{prefix}edition__isnull": True,
                    f"{prefix}starts_at__gte": clock.from_wall_time(first, midnight),
                    f"{prefix}starts_at__lt": clock.from_wall_time(after, midnight),
                }
            )
        if self.key == ONGOING:
            return Q(**{f"{prefix}edition__isnull": True})
        return Q()

    def registrations(self) -> QuerySet[Registration]:
        return Registration.objects.filter(self._condition("session__"))

    def sessions(self) -> QuerySet[Session]:
        return Session.objects.filter(self._condition(""))


def of_quarter(quarter: Quarter) -> Scope:
    label = _("Kwartaal %(number)d, %(year)d") % {
        "number": quarter.number,
        "year": quarter.year,
    }
    return Scope(f"{QUARTER}{quarter.key}", label, quarters=(quarter,))


def of_year(year: int) -> Scope:
    quarters = tuple(Quarter(year, number + 1) for number in range(periods.QUARTERS))
    return Scope(f"{YEAR}{year}", _("Heel %(year)d") % {"year": year}, quarters=quarters)


def scopes(editions: Iterable[Edition], quarters: Iterable[Quarter] = ()) -> list[Scope]:
    """What a page offers to choose from: the editions, newest first, quarters and years, and the open periods.

    ``quarters``: in which something was given (reach.domain.published.quarters).
    """
    newest_first = sorted(editions, key=lambda edition: edition.starts_on, reverse=True)
    found = sorted(set(quarters), reverse=True)
    return [
        *(Scope(edition.slug, edition.name, edition) for edition in newest_first),
        *(of_quarter(quarter) for quarter in found),
        *(of_year(year) for year in sorted({quarter.year for quarter in found}, reverse=True)),
        Scope(ONGOING, _("Doorlopend aanbod")),
        Scope(EVERYTHING, _("Alles bij elkaar")),
    ]


def choose(offered: list[Scope], key: str) -> Scope:
    """The scope of that key; without one the newest edition that has begun, a week or day before a series, else
    everything.

    Raises UnknownScope.
    """
    if key:
        for scope in offered:
            if scope.key == key:
                return scope
        raise UnknownScope(key)
    today = clock.today()
    begun = [scope for scope in offered if scope.edition and scope.edition.starts_on <= today]
    begun.sort(key=lambda scope: scope.edition.kind == Edition.Kind.SERIES)  # type: ignore[union-attr]
    return begun[0] if begun else offered[-1]


def previous(scope: Scope, offered: list[Scope]) -> Scope | None:
    """What a scope is compared with: the edition of the same kind before it, the quarter or year before."""
    if scope.edition is not None:
        same = [
            other
            for other in offered
            if other.edition is not None
            and other.edition.kind == scope.edition.kind
            and other.edition.starts_on < scope.edition.starts_on
        ]
        return same[0] if same else None
    if scope.quarters:
        same = [
            other
            for other in offered
            if len(other.quarters) == len(scope.quarters) and other.quarters < scope.quarters
        ]
        return same[0] if same else None
    return None
