# SPDX-License-Identifier: EUPL-1.2
"""Parts of periods that overlap nowhere: an edition, and the year-round offer of one quarter.

An edition belongs to the quarter and year in which it begins, as a whole. So a year is exactly its quarters,
and a quarter exactly its parts: subtracting periods from each other gives whole parts, never a sliver.
"""

import dataclasses
import datetime as dt

from courses.models import Edition

#: Days after the end in which trainers still say who was there; then a part is frozen.
GRACE = 7
#: Days after the end in which «Heb je het toegepast?» is asked and answered.
APPLIED_AFTER = 120
QUARTERS = 4


@dataclasses.dataclass(frozen=True, order=True)
class Quarter:
    year: int
    number: int

    @property
    def key(self) -> str:
        return f"{self.year}-{self.number}"

    @property
    def starts_on(self) -> dt.date:
        return dt.date(self.year, 3 * self.number - 2, 1)

    @property
    def ends_on(self) -> dt.date:
        return self.following.starts_on - dt.timedelta(days=1)

    @property
    def following(self) -> "Quarter":
        last = self.number == QUARTERS
        return Quarter(self.year + last, 1 if last else self.number + 1)

    @classmethod
    def of(cls, day: dt.date) -> "Quarter":
        return cls(day.year, (day.month + 2) // 3)


@dataclasses.dataclass(frozen=True)
class Part:
    quarter: Quarter
    ends_on: dt.date
    edition: Edition | None = None

    @property
    def key(self) -> str:
        if self.edition is not None:
            return f"editie:{self.edition.public_id}"
        return f"doorlopend:{self.quarter.key}"

    def is_over(self, today: dt.date) -> bool:
        return today > self.ends_on + dt.timedelta(days=GRACE)

    def knows_applied(self, today: dt.date) -> bool:
        return today > self.ends_on + dt.timedelta(days=APPLIED_AFTER)


def of_edition(edition: Edition) -> Part:
    return Part(Quarter.of(edition.starts_on), edition.ends_on, edition)


def of_offer(day: dt.date) -> Part:
    """The year-round offer of the quarter of that day."""
    quarter = Quarter.of(day)
    return Part(quarter, quarter.ends_on)
