# SPDX-License-Identifier: EUPL-1.2
"""What a calendar part says, without believing more of it than we need (RFC 5545, 5546).

Not parsed as a calendar: times, zones and recurrences of an answer say nothing (Windows names zones its own
way), and a library that expands a hostile VTIMEZONE rule can be kept busy for hours. Only the lines of the
one VEVENT are read.
"""

import datetime as dt
import re
from dataclasses import dataclass

from icalendar.parser import Contentline

from notifications.inbound.reading import CalendarPart, decode, printable
from notifications.mail.headers import one_line

_FOLD = re.compile(r"\r?\n[ \t]|\r[ \t]")
_NEWLINE = re.compile(r"\r\n|\n|\r")
_STAMP = re.compile(r"(\d{8}T\d{6})Z?")
_MAX_SEQUENCE = 2**31 - 1
_READ = frozenset({"UID", "SEQUENCE", "DTSTAMP", "ATTENDEE", "RRULE", "RDATE", "RECURRENCE-ID"})
_COMPONENTS = frozenset({"VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY"})
_DELEGATED = "DELEGATED"


class NotUnderstood(Exception):
    """It claims to be a calendar but is no single answer of one person to one invitation."""


class Several(NotUnderstood):
    pass


class Recurring(NotUnderstood):
    pass


@dataclass(frozen=True, slots=True)
class Attendee:
    """``address`` in lower case, without mailto:."""

    address: str
    partstat: str


@dataclass(frozen=True, slots=True)
class Answer:
    """``dtstamp`` is aware, or None when it cannot be read. ``attendee`` is None only for organisers'
    methods, which we drop whatever they hold."""

    method: str
    uid: str
    sequence: int = 0
    dtstamp: dt.datetime | None = None
    attendee: Attendee | None = None

    @property
    def partstat(self) -> str:
        return self.attendee.partstat if self.attendee else ""


@dataclass(frozen=True, slots=True)
class _Line:
    name: str
    value: str
    partstat: str


def method_of(part: CalendarPart) -> str:
    """The calendar's own METHOD, else the Content-Type's."""
    for line in _lines(part.octets):
        if line.upper().startswith("METHOD:"):
            return one_line(line[7:]).upper()[:20]
        if line.upper().startswith("BEGIN:V") and line.upper() != "BEGIN:VCALENDAR":
            break
    return part.method


def understand(part: CalendarPart) -> Answer:
    """Raises Several, Recurring or NotUnderstood."""
    events = _events(part.octets)
    if not events:
        raise NotUnderstood("no VEVENT")
    if len(events) > 1:
        raise Several("more than one component")
    lines = events[0]
    if _values(lines, "RRULE") or _values(lines, "RDATE") or _values(lines, "RECURRENCE-ID"):
        raise Recurring
    uids = _values(lines, "UID")
    if len(uids) != 1 or not uids[0]:
        raise NotUnderstood("UID")
    return Answer(
        method=method_of(part),
        uid=uids[0],
        sequence=_sequence(_values(lines, "SEQUENCE")),
        dtstamp=_stamp(_values(lines, "DTSTAMP")),
        attendee=_attendee(lines),
    )


def _lines(octets: bytes) -> list[str]:
    text = decode(octets.removeprefix(b"\xef\xbb\xbf"), "utf-8").replace("\x00", "")
    return _NEWLINE.split(_FOLD.sub("", text))


def _events(octets: bytes) -> list[list[_Line]]:
    """The properties of every component that could be an answer, without those of components inside it."""
    found: list[list[_Line]] = []
    open_components: list[str] = []
    calendars = 0
    for text in _lines(octets):
        start = text[:40].strip().upper()
        if start.startswith("BEGIN:"):
            name = start.removeprefix("BEGIN:")
            open_components.append(name)
            calendars += name == "VCALENDAR"
            if name in _COMPONENTS:
                found.append([])
        elif start.startswith("END:"):
            if not open_components or open_components.pop() != start.removeprefix("END:"):
                raise NotUnderstood("components cross")
        elif open_components and open_components[-1] in _COMPONENTS:
            line = _read(text)
            if line is not None:
                found[-1].append(line)
    if open_components:
        raise NotUnderstood("ends halfway")
    if calendars > 1:
        raise Several("more than one VCALENDAR")
    return found


def _read(text: str) -> _Line | None:
    """One property that we use; None for all others, also when they are broken."""
    name = re.split("[;:]", text, maxsplit=1)[0].strip().upper()
    if name not in _READ:
        return None
    try:
        _name, params, value = Contentline(text).parts()  # type: ignore[no-untyped-call]
        partstat = params.get("PARTSTAT", "")
    except Exception as error:
        raise NotUnderstood(name) from error
    return _Line(name, printable(one_line(str(value))), one_line(str(partstat)).upper()[:20])


def _values(lines: list[_Line], name: str) -> list[str]:
    return [line.value for line in lines if line.name == name]


def _sequence(values: list[str]) -> int:
    """0 where it is missing (RFC 5545, 3.8.7.4)."""
    if not values:
        return 0
    if len(values) > 1 or not re.fullmatch(r"\d{1,10}", values[0], re.ASCII):
        raise NotUnderstood("SEQUENCE")
    return min(int(values[0]), _MAX_SEQUENCE)


def _stamp(values: list[str]) -> dt.datetime | None:
    found = _STAMP.fullmatch(values[0]) if values else None
    if found is None:
        return None
    try:
        return dt.datetime.strptime(found[1], "%Y%m%dT%H%M%S").replace(tzinfo=dt.UTC)
    except ValueError:
        return None


def _attendee(lines: list[_Line]) -> Attendee | None:
    """The one who answers. Who delegates names the colleague as a second ATTENDEE (RFC 5546, 3.2.2.3)."""
    found = [
        Attendee(_address(line.value), line.partstat) for line in lines if line.name == "ATTENDEE"
    ]
    delegating = [one for one in found if one.partstat == _DELEGATED]
    if len(delegating) == 1:
        return delegating[0]
    if len(found) > 1:
        raise Several("more than one ATTENDEE")
    return found[0] if found else None


def _address(value: str) -> str:
    return re.sub(r"^mailto:", "", value.strip(), flags=re.IGNORECASE).strip().lower()[:320]
