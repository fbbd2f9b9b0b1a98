# SPDX-License-Identifier: EUPL-1.2
"""The suite as on another day: ``TEST_AT=2028-02-29T10:00:00Z`` for all tests, ``TEST_AT=1`` for moments that are hard on
a calendar, another one for each test; ``TEST_AT=2`` deals them out anew. A test that travels itself goes on from there.
"""

import datetime as dt
import zlib

#: On the clock of Greenwich, an hour or two behind ours.
HARD = (
    "2026-11-23T06:40:00Z",  # Monday, before eight
    "2026-11-23T09:30:00Z",
    "2026-11-27T22:50:00Z",  # Friday, ten to midnight
    "2026-11-28T12:00:00Z",  # Saturday
    "2026-12-24T12:00:00Z",
    "2026-12-31T22:30:00Z",  # half an hour before the new year, and half an hour after
    "2026-12-31T23:30:00Z",
    "2027-03-21T01:30:00Z",  # half past two, a week before that does not exist
    "2027-03-27T23:30:00Z",  # the night with an hour less
    "2027-04-27T08:00:00Z",  # King's day
    "2027-10-24T00:20:00Z",  # twenty past two, a week before that exists twice
    "2027-10-30T22:30:00Z",  # the night with an hour more
    "2027-10-31T00:30:00Z",
    "2028-02-28T23:10:00Z",  # leap day, just after midnight here
    "2028-02-29T10:00:00Z",
)


def instant(asked: str, test: str) -> dt.datetime:
    """The moment that this test runs at."""
    chosen = HARD[zlib.crc32(f"{asked}{test}".encode()) % len(HARD)] if asked.isdigit() else asked
    return dt.datetime.fromisoformat(chosen)
