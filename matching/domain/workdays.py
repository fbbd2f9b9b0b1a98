# SPDX-License-Identifier: EUPL-1.2
"""Working days of Dutch public bodies: Monday to Friday without the national holidays."""

import datetime as dt
import functools

from base import clock

_SATURDAY = 5


def easter(year: int) -> dt.date:
    """Easter Sunday (Meeus, Astronomical Algorithms, chapter 8)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    j = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 19 * j) // 433
    month, day = divmod(h + j - 7 * m + 114, 31)
    return dt.date(year, month, day + 1)


@functools.cache
def holidays(year: int) -> frozenset[dt.date]:
    """Algemene termijnenwet, article 3: Good Friday and every fifth of May among them."""
    first = easter(year)
    king = dt.date(year, 4, 27)
    if king.weekday() == _SATURDAY + 1:
        king -= dt.timedelta(days=1)
    moving = {first + dt.timedelta(days=n) for n in (-2, 1, 39, 50)}
    fixed = {dt.date(year, month, day) for month, day in ((1, 1), (5, 5), (12, 25), (12, 26))}
    fixed.add(king)
    return frozenset(moving | fixed)


def is_workday(day: dt.date) -> bool:
    return day.weekday() < _SATURDAY and day not in holidays(day.year)


def after(instant: dt.datetime, days: int) -> dt.datetime:
    """The end of the last of so many working days that follow the day of ``instant``."""
    day = clock.local(instant).date()
    while days:
        day += dt.timedelta(days=1)
        days -= is_workday(day)
    return clock.from_wall_time(day, dt.time(23, 59))
