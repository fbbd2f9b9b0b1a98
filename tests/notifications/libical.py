# SPDX-License-Identifier: EUPL-1.2
"""Evolution's and KDE's parser, called through ctypes: libical.so.3 (Debian package libical3)."""

import ctypes
import datetime as dt
from ctypes.util import find_library
from dataclasses import dataclass

import pytest

_VEVENT = 4  # icalcomponent_kind: NO, ANY, XROOT, XATTACH, VEVENT


class _Time(ctypes.Structure):
    """struct icaltimetype of libical 3."""

    _fields_ = [
        *((name, ctypes.c_int) for name in ("year", "month", "day", "hour", "minute", "second")),
        ("is_date", ctypes.c_int),
        ("is_daylight", ctypes.c_int),
        ("zone", ctypes.c_void_p),
    ]


@dataclass(frozen=True)
class Event:
    uid: str
    sequence: int
    summary: str
    location: str
    description: str
    start: dt.datetime | dt.date
    end: dt.datetime | dt.date
    errors: int
    restrictions_hold: bool


def library() -> ctypes.CDLL:
    """Skips the test where the library is not."""
    name = find_library("ical")
    if name is None or not name.endswith(".so.3"):
        pytest.skip("libical.so.3 is not here: apt-get install libical3")
    found = ctypes.CDLL(name)
    pointer, text, time = ctypes.c_void_p, ctypes.c_char_p, _Time
    for function, result, arguments in [
        ("icalparser_parse_string", pointer, [text]),
        ("icalcomponent_get_first_component", pointer, [pointer, ctypes.c_int]),
        ("icalcomponent_count_errors", ctypes.c_int, [pointer]),
        ("icalrestriction_check", ctypes.c_int, [pointer]),
        ("icalcomponent_get_uid", text, [pointer]),
        ("icalcomponent_get_sequence", ctypes.c_int, [pointer]),
        ("icalcomponent_get_summary", text, [pointer]),
        ("icalcomponent_get_location", text, [pointer]),
        ("icalcomponent_get_description", text, [pointer]),
        ("icalcomponent_get_dtstart", time, [pointer]),
        ("icalcomponent_get_dtend", time, [pointer]),
        ("icaltime_as_timet_with_zone", ctypes.c_int64, [time, pointer]),
        ("icalcomponent_free", None, [pointer]),
    ]:
        getattr(found, function).restype = result
        getattr(found, function).argtypes = arguments
    return found


def read(octets: bytes) -> Event:
    """The event of a calendar, its times through the calendar's own VTIMEZONE."""
    ical = library()
    calendar = ical.icalparser_parse_string(octets)
    assert calendar
    try:
        event = ical.icalcomponent_get_first_component(calendar, _VEVENT)
        assert event
        return Event(
            uid=_text(ical.icalcomponent_get_uid(event)),
            sequence=ical.icalcomponent_get_sequence(event),
            summary=_text(ical.icalcomponent_get_summary(event)),
            location=_text(ical.icalcomponent_get_location(event)),
            description=_text(ical.icalcomponent_get_description(event)),
            start=_moment(ical, ical.icalcomponent_get_dtstart(event)),
            end=_moment(ical, ical.icalcomponent_get_dtend(event)),
            errors=ical.icalcomponent_count_errors(calendar),
            restrictions_hold=bool(ical.icalrestriction_check(calendar)),
        )
    finally:
        ical.icalcomponent_free(calendar)


def _text(value: bytes | None) -> str:
    return (value or b"").decode()


def _moment(ical: ctypes.CDLL, time: _Time) -> dt.datetime | dt.date:
    if time.is_date:
        return dt.date(time.year, time.month, time.day)
    assert time.zone, "no time zone"
    return dt.datetime.fromtimestamp(ical.icaltime_as_timet_with_zone(time, time.zone), dt.UTC)
