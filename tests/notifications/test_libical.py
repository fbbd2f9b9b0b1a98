# SPDX-License-Identifier: EUPL-1.2
"""The calendar part as libical reads it, a third parser beside icalendar and ical.js."""

import datetime as dt

import pytest

from base import clock
from notifications.itip import calendar, pattern
from notifications.mail.headers import one_line
from tests.notifications import libical
from tests.notifications.test_calendar import NAMES, invite

#: Ends before 02:00, which comes twice in October: nothing may end there either.
SHORT = dt.timedelta(minutes=20)
#: Wall times around both changes of the clock (calendar.md, section 8).
MOMENTS = [
    (2026, 10, 23, 10, 0),
    (2026, 10, 24, 23, 30),
    (2026, 10, 25, 1, 30),
    (2026, 10, 25, 3, 0),
    (2026, 10, 26, 10, 0),
    (2027, 3, 27, 10, 0),
    (2027, 3, 28, 1, 30),
    (2027, 3, 28, 3, 0),
    (2027, 3, 29, 10, 0),
]


@pytest.mark.parametrize("build", [calendar.build, pattern.build])
@pytest.mark.parametrize("method", ["REQUEST", "CANCEL"])
def test_every_instant_around_the_clock_change(build, method):
    starts = [
        clock.from_wall_time(dt.date(*moment[:3]), dt.time(*moment[3:])) for moment in MOMENTS
    ]
    read = [libical.read(build(invite(method=method, start=s, end=s + SHORT))) for s in starts]
    assert [(event.start, event.end) for event in read] == [(s, s + SHORT) for s in starts]
    assert {(event.errors, event.restrictions_hold) for event in read} == {(0, True)}


def test_a_whole_day():
    day = dt.date(2026, 10, 5)
    event = libical.read(calendar.build(invite(start=day, end=day)))
    assert (event.start, event.end, event.errors) == (day, day + dt.timedelta(days=1), 0)


@pytest.mark.parametrize("text", [*NAMES, "komma, punt; en \\ streep", "regel\ntwee", "é" * 120])
def test_odd_names_and_titles_survive(text):
    event = libical.read(
        calendar.build(invite(title=one_line(text), attendee_name=text, description=text.strip()))
    )
    # libical keeps the kind of line break: ours is \n in the file whatever it was.
    expected = text.strip().replace("\r\n", "\n")
    assert (event.summary, event.description, event.errors) == (one_line(text), expected, 0)
