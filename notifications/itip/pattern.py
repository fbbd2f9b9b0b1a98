# SPDX-License-Identifier: EUPL-1.2
"""The calendar part of many mails about one session: built once, and per receiver four lines are written anew.

Gives exactly the octets of notifications.itip.calendar.build, which stays the definition; a property test
compares them (tests/notifications/test_pattern.py). docs/performance.md has what it saves.
"""

import dataclasses
import datetime as dt
import re
from functools import lru_cache

from icalendar import vText
from icalendar.parser import Parameters

from notifications.itip import calendar
from notifications.itip.calendar import Invite

#: RFC 5545, 3.1: 75 octets; a continuation line spends one on its space, and icalendar keeps one free.
_LINE = 74
#: The two highest bits of a byte inside a UTF-8 character.
_INSIDE = 0x80
_EPOCH = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_PERSONAL = re.compile(rb"(?<=\r\n)(UID|DTSTAMP|ATTENDEE|DESCRIPTION)([;:](?:[^\r]|\r\n )*)\r\n")


def build(invite: Invite) -> bytes:
    """As calendar.build. Sessions of the last 64 calls are remembered."""
    shared = dataclasses.replace(
        invite, uid="u", dtstamp=_EPOCH, attendee="a@b", attendee_name="", description="d"
    )
    parts, attendee = _pattern(shared)
    stamp = invite.dtstamp.astimezone(dt.UTC)
    name = calendar.common_name(invite.attendee_name)
    cn = b";" + Parameters({"CN": vText(name)}).to_ical() if name else b""
    lines = {
        b"UID": b"UID:" + vText(invite.uid).to_ical(),
        b"DTSTAMP": f"DTSTAMP:{stamp:%Y%m%dT%H%M%SZ}".encode(),
        b"ATTENDEE": b"ATTENDEE" + cn + attendee + calendar.mailto(invite.attendee).encode(),
        b"DESCRIPTION": b"DESCRIPTION:" + vText(calendar.text(invite.description)).to_ical(),
    }
    return b"".join(_folded(lines[part]) if part in lines else part for part in parts)


@lru_cache(maxsize=64)
def _pattern(shared: Invite) -> tuple[tuple[bytes, ...], bytes]:
    """The octets in pieces, names where a receiver's own line belongs; and ATTENDEE's other parameters."""
    octets = calendar.build(shared)
    event = octets.index(b"BEGIN:VEVENT\r\n")
    pieces, attendee, end = [], b"", 0
    for found in _PERSONAL.finditer(octets, event):
        if found[1] == b"DESCRIPTION" and found[1] in pieces:
            continue  # the alarm's own
        pieces += [octets[end : found.start()], found[1]]
        end = found.end()
        if found[1] == b"ATTENDEE":
            attendee = found[2].replace(b"\r\n ", b"").removesuffix(b"mailto:a@b")
    return (*pieces, octets[end:]), attendee


def _folded(line: bytes) -> bytes:
    """Never inside a character, nor between a backslash or circumflex and what it escapes."""
    pieces, start = [], 0
    while len(line) - start > _LINE:
        end = start + _LINE
        while line[end] & 0xC0 == _INSIDE:
            end -= 1
        if line[end - 1] in b"\\^":
            end -= 1
        pieces.append(line[start:end])
        start = end
    pieces.append(line[start:])
    return b"\r\n ".join(pieces) + b"\r\n"
