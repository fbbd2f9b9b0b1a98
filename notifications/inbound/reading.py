# SPDX-License-Identifier: EUPL-1.2
"""From the octets of a mail to what we need of it. Sizes are counted before Python's parser sees the mail,
because its memory and time grow with lines and parts, not with octets alone."""

import email
import hashlib
import re
from dataclasses import dataclass
from email import errors
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses

from django.utils.html import strip_tags

from notifications.mail.headers import one_line

MAX_BYTES = 10 * 1024 * 1024
MAX_PARTS = 1000
MAX_CALENDAR_BYTES = 256 * 1024
#: 10 MB of base64 is 140,000 lines.
_MAX_LINES = 200_000
#: Every level of nesting is asked about every line.
_MAX_NESTING = 20
MAX_HEADER_BYTES = 128 * 1024
#: Python reads parameters in quadratic time.
_CONTENT_HEADER = re.compile(rb"(?:^|[\r\n])content-[a-z-]+:((?:[^\r\n]|\r?\n[ \t]|\r[ \t])*)")
_MAX_CONTENT_HEADER = 2048
_MAX_VALUE = 8192
_MAX_TEXT = 4000
_MAX_MESSAGE_ID = 200
_DAMAGED = (errors.InvalidBase64CharactersDefect, errors.InvalidBase64LengthDefect)
_CALENDAR_TYPES = frozenset({"text/calendar", "application/ics"})


class TooBig(Exception):
    """More octets, lines or parts than we are willing to take apart."""


class Broken(Exception):
    """Python's parser gives up on it."""


@dataclass(frozen=True, slots=True)
class CalendarPart:
    """Decoded octets. ``method`` is the Content-Type's, upper case. ``nested``: inside a forwarded mail."""

    octets: bytes
    method: str
    nested: bool


@dataclass(frozen=True, slots=True)
class Mail:
    """Headers are unfolded and decoded; texts hold no NUL, no lone surrogate and no control character."""

    message_id: str
    sender: str
    subject: str
    automatic: bool
    parsed: Message
    text: str = ""
    calendars: tuple[CalendarPart, ...] = ()
    nested_calendars: tuple[CalendarPart, ...] = ()


def message_id_of(raw: bytes) -> str:
    """The Message-ID; a digest where there is none or it is very long. Reads only the first header block."""
    try:
        head = email.message_from_bytes(header_block(raw))
        found = one_line(_text(head, "Message-ID"))
    except Exception:  # noqa: BLE001 - whatever a parser thinks of it, the octets have a digest
        found = ""
    if 0 < len(found) <= _MAX_MESSAGE_ID:
        return found
    return f"sha256:{hashlib.sha256(found.encode() if found else raw).hexdigest()}"


def header_block(raw: bytes) -> bytes:
    """The octets before the first empty line."""
    start = raw[:MAX_HEADER_BYTES]
    end = re.search(rb"\r?\n\r?\n|\r\r", start)
    return start[: end.end()] if end else start


def heading(raw: bytes) -> Mail:
    """Only what the headers say, for a mail that is too big or broken. Never raises."""
    try:
        return _heading(email.message_from_bytes(header_block(raw)), raw)
    except Exception:  # noqa: BLE001 - a row with nothing but a digest is still a row
        return Mail(message_id_of(raw), "", "", automatic=False, parsed=Message())


def read(raw: bytes) -> Mail:
    """Raises TooBig or Broken."""
    _count(raw)
    try:
        parsed = email.message_from_bytes(raw)
        parts = _parts(parsed)
        mail = _heading(parsed, raw)
        found = _calendars(parts)
        text = _body(parts)
    except TooBig:
        raise
    except (Exception, RecursionError) as error:
        raise Broken(type(error).__name__) from error
    return Mail(
        mail.message_id,
        mail.sender,
        mail.subject,
        automatic=mail.automatic,
        parsed=parsed,
        text=text,
        calendars=tuple(one for one in found if not one.nested),
        nested_calendars=tuple(one for one in found if one.nested),
    )


def _count(raw: bytes) -> None:
    if len(raw) > MAX_BYTES:
        raise TooBig("octets")
    if raw.count(b"\n") + raw.count(b"\r") - raw.count(b"\r\n") > _MAX_LINES:
        raise TooBig("lines")
    if raw.count(b"\n--") + raw.count(b"\r--") > 2 * MAX_PARTS:
        raise TooBig("parts")
    small = raw.lower()
    if small.count(b"boundary") > _MAX_NESTING or small.count(b"message/") > _MAX_NESTING:
        raise TooBig("levels")
    if any(len(found[1]) > _MAX_CONTENT_HEADER for found in _CONTENT_HEADER.finditer(small)):
        raise TooBig("header")


def _parts(parsed: Message) -> list[tuple[Message, bool]]:
    """Every part with whether it stands inside a mail inside the mail, in order. Not recursive."""
    found: list[tuple[Message, bool]] = []
    rest: list[tuple[Message, bool]] = [(parsed, False)]
    while rest:
        part, nested = rest.pop()
        found.append((part, nested))
        if len(found) > MAX_PARTS:
            raise TooBig("parts")
        inside = part.get_payload()
        if isinstance(inside, list):
            deeper = nested or part.get_content_maintype() == "message"
            rest += [(one, deeper) for one in reversed(inside) if isinstance(one, Message)]
    return found


# --- headers ------------------------------------------------------------------------------------


def _heading(parsed: Message, raw: bytes) -> Mail:
    return Mail(
        message_id=message_id_of(raw),
        sender=sender_of(parsed),
        subject=header(parsed, "Subject")[:300],
        automatic=_is_automatic(parsed),
        parsed=parsed,
    )


def header(parsed: Message, name: str) -> str:
    """One line of readable text: RFC 2047 decoded, unknown charsets and bare Latin-1 as well as it goes."""
    raw = _text(parsed, name)
    try:
        pieces = [
            text if isinstance(text, str) else decode(text, charset)
            for text, charset in decode_header(raw)
        ]
    except Exception:  # noqa: BLE001 - broken encoded words: show them as they stand
        pieces = [raw]
    return printable(one_line("".join(pieces)))


def _text(parsed: Message, name: str) -> str:
    return next(iter(all_of(parsed, name)), "")


def all_of(parsed: Message, name: str) -> list[str]:
    """Such headers as they stand, cut off; octets above 127 read as UTF-8, else as Latin-1."""
    return [
        decode(str(value)[:_MAX_VALUE].encode("utf-8", "surrogateescape"), None)
        for key, value in parsed.raw_items()
        if key.lower() == name.lower()
    ]


def sender_of(parsed: Message) -> str:
    """The one address in From, in lower case; empty when there is none or more than one."""
    found = {
        address.strip().lower()
        for _name, address in getaddresses([printable(one_line(_text(parsed, "From")))])
        if "@" in address
    }
    only = found.pop() if len(found) == 1 else ""
    return only if len(only) <= 320 else ""  # noqa: PLR2004 - the longest address there is


def _is_automatic(parsed: Message) -> bool:
    """RFC 3834, and what older programs send instead. Notices that something was read count as well."""
    submitted = _text(parsed, "Auto-Submitted").partition(";")[0].strip().lower()
    return (
        (submitted not in {"", "no"})
        or bool(_text(parsed, "X-Autoreply") or _text(parsed, "X-Autorespond"))
        or _text(parsed, "Precedence").strip().lower() == "auto_reply"
        or _text(parsed, "Return-Path").strip() == "<>"
        or "disposition-notification" in _text(parsed, "Content-Type").lower()
    )


# --- bodies -------------------------------------------------------------------------------------


def decode(octets: bytes, charset: str | None) -> str:
    """Never raises: the charset that was named, UTF-8, Latin-1; the last one reads anything."""
    for name in (charset, "utf-8"):
        try:
            if name:
                return octets.decode(name)
        except (LookupError, ValueError):
            continue
    return octets.decode("latin-1")


def printable(text: str) -> str:
    """Without what a database refuses (NUL, lone surrogates) and a screen obeys (control characters)."""
    return "".join(
        char
        for char in text
        if (char.isprintable() or char in "\n\t") and not 0xD800 <= ord(char) <= 0xDFFF  # noqa: PLR2004
    )


def _calendars(parts: list[tuple[Message, bool]]) -> list[CalendarPart]:
    """Calendar parts, each once: Google adds the same octets again as an attachment."""
    found: dict[bytes, CalendarPart] = {}
    for part, nested in parts:
        if part.is_multipart() or not _is_calendar(part):
            continue
        octets = _octets(part, 2 * MAX_CALENDAR_BYTES)
        if any(isinstance(defect, _DAMAGED) for defect in part.defects):
            octets = b""  # what is left of it could say something else than it did
        if len(octets) > MAX_CALENDAR_BYTES:
            raise TooBig("calendar")
        key = b"\n".join(octets.split())
        method = str(part.get_param("method") or "").upper()
        found.setdefault(key, CalendarPart(octets, one_line(method)[:20], nested))
    return list(found.values())


def _is_calendar(part: Message) -> bool:
    if part.get_content_type() in _CALENDAR_TYPES:
        return True
    return (part.get_filename() or "").lower().endswith(".ics")


def _octets(part: Message, limit: int) -> bytes:
    """Decoded from base64 or quoted-printable, as far as that goes. Raises TooBig before decoding."""
    payload = part.get_payload()
    if isinstance(payload, str) and len(payload) > limit:
        raise TooBig("calendar")
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def _body(parts: list[tuple[Message, bool]]) -> str:
    """The first text that a person wrote, cut off; HTML without its tags."""
    for subtype in ("plain", "html"):
        for part, nested in parts:
            if nested or part.get_content_type() != f"text/{subtype}" or part.get_filename():
                continue
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                text = decode(payload[: 16 * _MAX_TEXT], part.get_content_charset())
                text = strip_tags(text) if subtype == "html" else text
                return printable(text.replace("\r\n", "\n").replace("\r", "\n")).strip()[:_MAX_TEXT]
    return ""
