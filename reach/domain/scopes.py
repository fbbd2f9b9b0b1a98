# SPDX-License-Identifier: EUPL-1.2
"""Over which sessions figures are made: one edition, the year-round offer, or everything."""

import dataclasses
from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from base import clock
from courses.models import Edition, Registration, Session

#: Values of ``?editie=`` that are no edition; courses.domain.editions keeps them free.
ONGOING, EVERYTHING = "doorlopend", "alles"

#: Longer periods are charted per month.
MOST_DAYS = 14


class UnknownScope(LookupError):
    """No edition has this slug."""


@dataclasses.dataclass(frozen=True)
class Scope:
    key: str
    label: str
    edition: Edition | None = None

    @property
    def is_closed(self) -> bool:
        """Only an edition that is over has exact figures; what still runs is rounded (design.md, Figures)."""
        return self.edition is not None and self.edition.is_over

    @property
    def per_day(self) -> bool:
        return self.edition is not None and len(self.edition.days) <= MOST_DAYS

    def _condition(self, prefix: str) -> Q:
        if self.edition is not None:
            return Q(**{f"{prefix}edition": self.edition})
        if self.key == ONGOING:
            return Q(**{f"{prefix}edition__isnull": True})
        return Q()

    def registrations(self) -> QuerySet[Registration]:
        return Registration.objects.filter(self._condition("session__"))

    def sessions(self) -> QuerySet[Session]:
        return Session.objects.filter(self._condition(""))


def scopes(editions: Iterable[Edition]) -> list[Scope]:
    """What a page offers to choose from: the editions, newest first, and the two open periods."""
    newest_first = sorted(editions, key=lambda edition: edition.starts_on, reverse=True)
    return [
        *(Scope(edition.slug, edition.name, edition) for edition in newest_first),
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
