# SPDX-License-Identifier: EUPL-1.2
"""Dates and durations in both languages: Dutch small letters, English capitals, one clock."""

import datetime as dt
from types import SimpleNamespace

import pytest
import time_machine
from django.utils import translation

from base import clock
from base.templatetags import dates


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(dt.datetime(2026, 9, 1, 10, 0, tzinfo=dt.UTC), tick=False):
        yield


def at(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    return clock.from_wall_time(day, dt.time(hour, minute))


OCTOBER, MARCH, LATER = dt.date(2026, 10, 13), dt.date(2026, 3, 3), dt.date(2027, 5, 3)
SESSION = SimpleNamespace(starts_at=at(OCTOBER, 10), ends_at=at(OCTOBER, 10, 50))
LONG = SimpleNamespace(starts_at=at(LATER, 13), ends_at=at(LATER, 15))


@pytest.mark.parametrize(
    ("show", "nl", "en"),
    [
        (lambda: dates.day_time(at(OCTOBER, 10)), "di 13 okt, 10:00", "Tue 13 Oct, 10:00"),
        (lambda: dates.day_time(at(MARCH, 9, 5)), "di 3 mrt, 09:05", "Tue 3 Mar, 09:05"),
        (lambda: dates.day_time(at(LATER, 10)), "ma 3 mei 2027, 10:00", "Mon 3 May 2027, 10:00"),
        (lambda: dates.short_day(OCTOBER), "di 13 okt", "Tue 13 Oct"),
        (lambda: dates.weekday_number(OCTOBER), "di 13", "Tue 13"),
        (lambda: dates.long_day(OCTOBER), "dinsdag 13 oktober", "Tuesday 13 October"),
        (lambda: dates.long_day(LATER), "maandag 3 mei 2027", "Monday 3 May 2027"),
        (lambda: dates.time_of(at(OCTOBER, 10)), "10:00", "10:00"),
        (
            lambda: dates.period(SESSION),
            "dinsdag 13 oktober, 10:00 tot 10:50",
            "Tuesday 13 October, 10:00 to 10:50",
        ),
        (
            lambda: dates.when_long(SESSION),
            "Dinsdag 13 oktober, 10:00 tot 10:50",
            "Tuesday 13 October, 10:00 to 10:50",
        ),
        (
            lambda: dates.when(SESSION),
            "di 13 okt, 10:00 (50 minuten)",
            "Tue 13 Oct, 10:00 (50 minutes)",
        ),
        (
            lambda: dates.when(LONG),
            "ma 3 mei 2027, 13:00 (2 uur)",
            "Mon 3 May 2027, 13:00 (2 hours)",
        ),
        (
            lambda: dates.day_range(
                SimpleNamespace(starts_on=dt.date(2026, 10, 12), ends_on=dt.date(2026, 10, 16))
            ),
            "12 tot en met 16 oktober",
            "12 to 16 October",
        ),
        (
            lambda: dates.day_range(
                SimpleNamespace(starts_on=dt.date(2026, 9, 28), ends_on=dt.date(2026, 10, 2))
            ),
            "28 september tot en met 2 oktober",
            "28 September to 2 October",
        ),
        (
            lambda: dates.day_range(SimpleNamespace(starts_on=OCTOBER, ends_on=OCTOBER)),
            "13 oktober",
            "13 October",
        ),
        # On both sides of the change of the clock: the wall says ten.
        (
            lambda: dates.day_time(at(dt.date(2026, 10, 24), 10)),
            "za 24 okt, 10:00",
            "Sat 24 Oct, 10:00",
        ),
        (
            lambda: dates.day_time(at(dt.date(2026, 10, 26), 10)),
            "ma 26 okt, 10:00",
            "Mon 26 Oct, 10:00",
        ),
    ],
)
def test_dates_read_as_each_language_writes_them(show, nl, en):
    shown = {}
    for language in ("nl", "en"):
        with translation.override(language):
            shown[language] = show()
    assert shown == {"nl": nl, "en": en}


@pytest.mark.parametrize(
    ("minutes", "nl", "en"),
    [
        (0, "0 minuten", "0 minutes"),
        (1, "1 minuut", "1 minute"),
        (50, "50 minuten", "50 minutes"),
        (60, "1 uur", "1 hour"),
        (61, "1 uur en 1 minuut", "1 hour and 1 minute"),
        (70, "1 uur en 10 minuten", "1 hour and 10 minutes"),
        (90, "anderhalf uur", "an hour and a half"),
        (120, "2 uur", "2 hours"),
        (150, "2 uur en 30 minuten", "2 hours and 30 minutes"),
        (240, "4 uur", "4 hours"),
    ],
)
def test_durations_read_as_people_say_them(minutes, nl, en):
    shown = {}
    for language in ("nl", "en"):
        with translation.override(language):
            shown[language] = dates.duration(minutes)
    assert shown == {"nl": nl, "en": en}
