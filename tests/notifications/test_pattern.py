# SPDX-License-Identifier: EUPL-1.2
"""The fast builder is the plain builder, octet for octet, whatever people are called."""

import dataclasses
import datetime as dt

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from notifications.itip import calendar, pattern
from notifications.mail.headers import one_line
from tests.notifications.test_calendar import NAMES, invite

NASTY = st.one_of(
    st.text(max_size=150),
    st.text(alphabet='\\^;:,"\nN n\r=é🐦\u202e\u2028', max_size=150),
    st.sampled_from(
        ["\r\nUID:kwaad", "DESCRIPTION:d", "mailto:a@b", "\\" * 90, "x" * 73 + "\\n", *NAMES]
    ),
)
MOMENTS = st.integers(0, 10**8).map(
    lambda seconds: dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=seconds)
)


@given(
    method=st.sampled_from(["REQUEST", "CANCEL"]),
    sequence=st.integers(0, 3),
    uid=st.from_regex(r"[0-9a-f]{32}@[a-z]{1,60}\.nl", fullmatch=True),
    dtstamp=MOMENTS,
    start=st.one_of(MOMENTS, st.dates(dt.date(2026, 1, 1), dt.date(2030, 1, 1))),
    title=NASTY,
    location=NASTY,
    description=NASTY,
    name=NASTY,
    attendee=st.from_regex(r"[A-Za-z+.']{1,60}@[a-z-]{1,60}\.nl", fullmatch=True),
)
@settings(max_examples=300, deadline=None)
@example(
    "REQUEST",
    0,
    "u@x.nl",
    dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    dt.date(2026, 10, 5),
    "DESCRIPTION:d",
    "",
    "d",
    "",
    "a@b.nl",
)
def test_equal_to_the_plain_builder(
    method, sequence, uid, dtstamp, start, title, location, description, name, attendee
):
    asked = invite(
        method=method,
        sequence=sequence,
        uid=uid,
        dtstamp=dtstamp,
        start=start,
        end=start + dt.timedelta(hours=1) if isinstance(start, dt.datetime) else start,
        title=one_line(title),
        location=one_line(location),
        description=description,
        attendee_name=name,
        attendee=attendee,
    )
    assert pattern.build(asked) == calendar.build(asked)


def test_learners_of_one_session_share_a_pattern_and_nothing_else():
    pattern._pattern.cache_clear()
    one = invite(
        uid="a@x.nl", attendee="merel@cjib.nl", attendee_name="Merel", description="van Merel"
    )
    two = invite(uid="b@x.nl", attendee="wen@cjib.nl", attendee_name="Wen", description="van Wen")
    built = [pattern.build(one), pattern.build(two)]
    assert pattern._pattern.cache_info().misses == 1
    assert built == [calendar.build(one), calendar.build(two)]
    assert [word for word in (b"Merel", b"merel") if word in built[1]] == []


@pytest.mark.parametrize(
    "changed",
    [
        {"title": "Anders"},
        {"location": "Elders"},
        {"sequence": 1},
        {"method": "CANCEL"},
        {"url": "https://tjc.example/x/"},
        {"organizer": "een.ander@tjc.example"},
        {"start": dt.datetime(2026, 10, 26, 9, 30, tzinfo=dt.UTC)},
        {"end": dt.datetime(2026, 10, 26, 9, 30, tzinfo=dt.UTC)},
    ],
)
def test_whatever_changes_about_the_session_is_told(changed):
    pattern.build(invite())
    asked = dataclasses.replace(invite(), **changed)
    assert pattern.build(asked) == calendar.build(asked)
