# SPDX-License-Identifier: EUPL-1.2
"""Time as the product thinks of it: instants in UTC, people in Europe/Amsterdam.

Sessions are planned in wall time. On the last Sunday of March the wall clock skips 02:00-03:00, on the
last Sunday of October it shows that hour twice; both are refused (calendar.md, section 2), because
calendar programs do not agree on what such a time means.
"""

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils import timezone

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


class ImpossibleWallTime(ValueError):
    """This wall-clock time does not exist, or exists twice, on that day in Europe/Amsterdam."""


def now() -> dt.datetime:
    """The present instant, aware, UTC."""
    return timezone.now()


def local(instant: dt.datetime) -> dt.datetime:
    """The instant on the clock in Europe/Amsterdam."""
    return instant.astimezone(AMSTERDAM)


def today() -> dt.date:
    """Today's date in Europe/Amsterdam."""
    return local(now()).date()


def from_wall_time(day: dt.date, time: dt.time) -> dt.datetime:
    """The UTC instant of a wall-clock time in Europe/Amsterdam.

    Raises ImpossibleWallTime in the hour that is skipped (March) or doubled (October).
    """
    naive = dt.datetime.combine(day, time.replace(tzinfo=None, fold=0))
    early = naive.replace(tzinfo=AMSTERDAM, fold=0)
    late = naive.replace(tzinfo=AMSTERDAM, fold=1)
    if early.utcoffset() != late.utcoffset():
        raise ImpossibleWallTime(f"{naive:%Y-%m-%d %H:%M} does not exist once in Europe/Amsterdam")
    return early.astimezone(dt.UTC)
