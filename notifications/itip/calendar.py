# SPDX-License-Identifier: EUPL-1.2
"""The calendar part of a mail: one VEVENT for one ATTENDEE (RFC 5545, 5546; calendar.md, sections 1-3).

The same values always give the same octets: nothing here reads the clock or draws a random number.
"""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event, vCalAddress, vText

from notifications.itip import vtimezone
from notifications.mail.headers import one_line

PRODID = "-//TrainJeCollega//TJC 1.0//NL"
ORGANIZER_NAME = "TrainJeCollega"
REQUEST = "REQUEST"
CANCEL = "CANCEL"

_ZONE = ZoneInfo(vtimezone.TZID)
_ALARM_BEFORE = dt.timedelta(minutes=-15)


@dataclass(frozen=True, slots=True)
class Invite:
    """Everything one iTIP message says.

    start, end: aware instants, or dates for a whole day (end is then the last day itself). dtstamp: aware;
    the caller keeps it strictly rising per UID. For a CANCEL the times are those of the last REQUEST.
    """

    method: str
    uid: str
    sequence: int
    dtstamp: dt.datetime
    start: dt.datetime | dt.date
    end: dt.datetime | dt.date
    title: str
    location: str
    description: str
    url: str
    organizer: str
    attendee: str
    attendee_name: str = ""


def build(invite: Invite) -> bytes:
    """The iCalendar octets: UTF-8, CRLF, lines of at most 75 octets."""
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODID)
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", invite.method)
    calendar.add_component(_event(invite))
    octets: bytes = calendar.to_ical(sorted=False)
    if isinstance(invite.start, dt.datetime):
        # No text of a person stands before the event, so the first match is the component's own line.
        before, begin, event = octets.partition(b"BEGIN:VEVENT\r\n")
        octets = before + vtimezone.OCTETS + begin + event
    return octets


def text(value: str) -> str:
    r"""A TEXT value that icalendar writes as it is. Its escaping turns a typed ``\N`` (as in ``G:\Notulen``) into
    a new line first; an invisible WORD JOINER in between keeps backslash and letter."""
    return value.replace("\\N", "\\\u2060N")


def _event(invite: Invite) -> Event:
    cancelled = invite.method == CANCEL
    busy = isinstance(invite.start, dt.datetime) and not cancelled
    event = Event()
    event.add("uid", invite.uid)
    event.add("sequence", invite.sequence)
    event.add("dtstamp", invite.dtstamp.astimezone(dt.UTC).replace(microsecond=0))
    if isinstance(invite.start, dt.datetime) and isinstance(invite.end, dt.datetime):
        event.add("dtstart", invite.start.astimezone(_ZONE))
        event.add("dtend", invite.end.astimezone(_ZONE))
    else:
        event.add("dtstart", invite.start)
        event.add("dtend", invite.end + dt.timedelta(days=1))  # DTEND of a day is exclusive
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("organizer", _address(invite.organizer, ORGANIZER_NAME))
    event.add("attendee", _attendee(invite, asks_reply=not cancelled))
    event.add("summary", text(invite.title))
    if invite.location or isinstance(invite.start, dt.datetime):
        event.add("location", text(invite.location))
    event.add("description", text(invite.description))
    event.add("url", invite.url)
    event.add("transp", "OPAQUE" if busy else "TRANSPARENT")
    event.add("x-microsoft-cdo-busystatus", "BUSY" if busy else "FREE")
    if not cancelled:
        event.add("x-microsoft-disallow-counter", "TRUE")
        if busy:
            event.add_component(_alarm(invite))
    return event


def _alarm(invite: Invite) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", _ALARM_BEFORE)
    alarm.add("description", text(invite.title))
    return alarm


def _attendee(invite: Invite, *, asks_reply: bool) -> vCalAddress:
    attendee = _address(invite.attendee, invite.attendee_name)
    attendee.params["CUTYPE"] = vText("INDIVIDUAL")
    attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
    # Also for who signed up herself: with ACCEPTED there is nothing left to accept in Outlook.
    attendee.params["PARTSTAT"] = vText("NEEDS-ACTION")
    if asks_reply:
        attendee.params["RSVP"] = vText("TRUE")
    return attendee


def _address(address: str, name: str) -> vCalAddress:
    value = vCalAddress(mailto(address))
    if cn := common_name(name):
        value.params["CN"] = vText(cn)
    return value


def mailto(address: str) -> str:
    return f"mailto:{one_line(address)}"


def common_name(name: str) -> str:
    """CN cannot hold a double quote (icalendar would write RFC 6868, which few programs read)."""
    return one_line(name).replace('"', "").strip()
