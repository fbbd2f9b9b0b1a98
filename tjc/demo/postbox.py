# SPDX-License-Identifier: EUPL-1.2
"""Reads the mails that the demo wrote as files. Whatever a file holds, reading it never raises."""

import datetime as dt
import re
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr
from functools import cached_property
from pathlib import Path
from typing import Any

import nh3
from django.conf import settings
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from icalendar import Calendar

from base import clock

HEADER_BYTES = 8192
_METHOD = re.compile(
    rb"text/calendar[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*?method=\"?([A-Z]+)", re.IGNORECASE
)
_TAGS = {
    *("p", "br", "hr", "div", "span", "strong", "b", "em", "i", "a", "blockquote", "pre", "code"),
    *("h1", "h2", "h3", "h4", "ul", "ol", "li"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
_DROPPED_WITH_CONTENT = {"script", "style", "title", "head", "template", "iframe", "object"}


@dataclass(frozen=True)
class Fact:
    name: str
    label: str
    value: str


@dataclass(frozen=True)
class CalendarPart:
    """The iTIP part of a mail: the octets, and what they say. ``facts`` is empty when it is unreadable."""

    octets: bytes
    method: str
    facts: list[Fact]

    @property
    def source(self) -> str:
        return self.octets.decode("utf-8", "replace")


class Mail:
    """One .eml file. Headers are read at once, the rest when it is asked for."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.key = path.stem
        with path.open("rb") as file:
            self._headers = message_from_bytes(file.read(HEADER_BYTES))
        self.at = dt.datetime.fromtimestamp(path.stat().st_mtime, tz=dt.UTC)
        self.to = _address(_header(self._headers, "To"))
        self.sender = _address(_header(self._headers, "From"))
        self.subject = _header(self._headers, "Subject") or _("(geen onderwerp)")

    @cached_property
    def octets(self) -> bytes:
        return self.path.read_bytes()

    @cached_property
    def source(self) -> str:
        return self.octets.decode("utf-8", "replace")

    @cached_property
    def method(self) -> str:
        """REQUEST, CANCEL, … when there is a calendar part; cheaper than parsing it."""
        found = _METHOD.search(self.octets)
        return found[1].decode("ascii").upper() if found else ""

    @cached_property
    def _parts(self) -> dict[str, Message]:
        """The first part of every content type."""
        parts: dict[str, Message] = {}
        for part in message_from_bytes(self.octets).walk():
            if not part.is_multipart():
                parts.setdefault(part.get_content_type(), part)
        return parts

    @cached_property
    def text(self) -> str:
        return _text(self._parts.get("text/plain"))

    @cached_property
    def html(self) -> SafeString:
        """The HTML body without anything that could run, load or restyle the page."""
        body = _text(self._parts.get("text/html"))
        clean = nh3.clean(
            body,
            tags=_TAGS,
            clean_content_tags=_DROPPED_WITH_CONTENT,
            attributes={"a": {"href"}, "th": {"scope"}, "td": {"colspan"}},
            url_schemes={"http", "https", "mailto"},
            link_rel="noopener nofollow",
        )
        return mark_safe(clean)  # noqa: S308 - nh3 has just sanitised it

    @cached_property
    def calendar(self) -> CalendarPart | None:
        part = self._parts.get("text/calendar")
        if part is None:
            return None
        octets = _octets(part)
        return CalendarPart(octets, self.method, _facts(octets))


def folder() -> Path:
    return Path(settings.EMAIL_FILE_PATH)


def mails(*, recipient: str = "") -> list[Mail]:
    """Every mail, newest first; only those whose To contains ``recipient``."""
    found = []
    for path in folder().glob("*.eml"):
        try:
            mail = Mail(path)
        except OSError:
            continue  # removed or unreadable: not a mail any more
        if recipient.strip().lower() in mail.to.lower():
            found.append(mail)
    return sorted(found, key=lambda mail: (mail.at, mail.key), reverse=True)


def mail(key: str) -> Mail | None:
    """The mail of that file name, or None. ``key`` comes from a URL: no separators."""
    path = folder() / f"{key}.eml"
    if path.parent != folder() or not path.is_file():
        return None
    try:
        return Mail(path)
    except OSError:
        return None


def _header(message: Message, name: str) -> str:
    raw = message.get(name, "")
    try:
        value = str(make_header(decode_header(raw)))
    except (MessageError, UnicodeError, LookupError, ValueError):
        value = str(raw)
    return " ".join(value.split())


def _address(header: str) -> str:
    """'"Merel Jansen" <merel@cjib.nl>' without the quotes; several addresses, or none, as they are."""
    name, address = parseaddr(header)
    return f"{name} <{address}>" if name and address and header.count("@") == 1 else header


def _octets(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _text(part: Message | None) -> str:
    if part is None:
        return ""
    charset = part.get_content_charset() or "utf-8"
    try:
        return _octets(part).decode(charset, "replace")
    except LookupError:
        return _octets(part).decode("utf-8", "replace")


def _facts(octets: bytes) -> list[Fact]:
    try:
        calendar = Calendar.from_ical(octets)
        event = next(iter(calendar.walk("VEVENT")))
        facts = [Fact("METHOD", _("Soort"), str(calendar.get("METHOD", "")))]
        facts += [
            Fact("SUMMARY", _("Titel"), str(event.get("SUMMARY", ""))),
            Fact("DTSTART", _("Begin"), _moment(event.get("DTSTART"))),
            Fact("DTEND", _("Einde"), _moment(event.get("DTEND"))),
            Fact("LOCATION", _("Waar"), str(event.get("LOCATION", ""))),
            Fact("STATUS", _("Status"), str(event.get("STATUS", ""))),
            Fact("ATTENDEE", _("Genodigde"), _person(event.get("ATTENDEE"))),
            Fact("ORGANIZER", _("Organisator"), _person(event.get("ORGANIZER"))),
            Fact("UID", _("Kenmerk (UID)"), str(event.get("UID", ""))),
            Fact("SEQUENCE", _("Versie (SEQUENCE)"), str(event.get("SEQUENCE", ""))),
            Fact("DTSTAMP", _("Gemaakt op"), _moment(event.get("DTSTAMP"))),
        ]
    except Exception:  # noqa: BLE001 - whatever a parser makes of a broken file, the page stays up
        return []
    return [fact for fact in facts if fact.value]


def _moment(value: Any) -> str:
    """In words, on the clock of Europe/Amsterdam; a value without zone says so by having none."""
    if value is None:
        return ""
    moment = value.dt
    if not isinstance(moment, dt.datetime):
        return date_format(moment, "l j F Y")
    if moment.tzinfo is None:
        return date_format(moment, "l j F Y H:i")
    return date_format(clock.local(moment), "l j F Y H:i")


def _person(value: Any) -> str:
    """'Merel Jansen <merel@cjib.nl> · NEEDS-ACTION'; several attendees one after another."""
    if value is None:
        return ""
    people = value if isinstance(value, list) else [value]
    shown = []
    for person in people:
        address = str(person).removeprefix("mailto:").removeprefix("MAILTO:")
        name = person.params.get("CN", "")
        answer = person.params.get("PARTSTAT", "")
        text = f"{name} <{address}>" if name else address
        shown.append(f"{text} · {answer}" if answer else text)
    return ", ".join(shown)
