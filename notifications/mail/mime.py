# SPDX-License-Identifier: EUPL-1.2
"""From a letter to the octets that SMTP gets (calendar.md, section 4).

The compat32 classes of the standard library: the newer policy turns the calendar's CRLF into LF before it
encodes, and parses every header again, which took eight times as long. Headers arrive here encoded
(notifications.mail.headers); bodies are encoded here, so nothing depends on 8BITMIME.
"""

import base64
import binascii
import datetime as dt
import hashlib
from dataclasses import dataclass
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.policy import compat32
from email.utils import format_datetime

from django.conf import settings
from django.core.mail.message import sanitize_address

from notifications.mail.headers import address_header, text_header

SENDER_NAME = "TrainJeCollega"
#: Headers come folded where they must be; folding a Message-ID before its first character confuses parsers.
_WIRE = compat32.clone(linesep="\r\n", max_line_length=0)


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail to one person, before encoding. ``calendar`` goes with its iTIP ``method`` or not at all."""

    to_address: str
    to_name: str
    subject: str
    text: str
    html: str
    language: str
    message_id: str
    date: dt.datetime
    in_reply_to: str = ""
    calendar: bytes | None = None
    method: str = ""
    auto_submitted: str = "auto-generated"
    #: Where one POST stops mails like this one (RFC 8058); never on what people must be told.
    unsubscribe: str = ""


def assemble(letter: Letter) -> bytes:
    """The whole message. The same letter always gives the same octets."""
    boundary = hashlib.sha256(letter.message_id.encode()).hexdigest()[:32]
    message = MIMEMultipart("alternative", boundary=f"=_{boundary}", policy=_WIRE)
    del message["MIME-Version"]
    for name, value in _headers(letter):
        message[name] = value
    message.attach(_text("plain", letter.text))
    message.attach(_text("html", letter.html))
    if letter.calendar is not None:
        message.attach(_calendar(letter.calendar, letter.method))
    return message.as_bytes(policy=_WIRE)


def message_id(local: str) -> str:
    """'<local@domain>' of the address that sends."""
    return f"<{local}@{settings.INVITE_FROM.rpartition('@')[2]}>"


def _headers(letter: Letter) -> list[tuple[str, str]]:
    address = sanitize_address(letter.to_address, "utf-8")
    headers = [
        ("From", address_header("From", SENDER_NAME, settings.INVITE_FROM)),
        ("To", address_header("To", letter.to_name, address)),
        ("Subject", text_header("Subject", letter.subject)),
        ("Date", format_datetime(letter.date.astimezone(dt.UTC))),
        ("Message-ID", letter.message_id),
    ]
    if letter.in_reply_to:
        headers += [("In-Reply-To", letter.in_reply_to), ("References", letter.in_reply_to)]
    if letter.unsubscribe:
        headers += [
            ("List-Unsubscribe", f"<{letter.unsubscribe}>"),
            ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ]
    return [
        *headers,
        ("MIME-Version", "1.0"),
        ("Auto-Submitted", letter.auto_submitted),
        ("Content-Language", letter.language),
    ]


def _text(subtype: str, text: str) -> Message:
    body = binascii.b2a_qp(text.encode(), istext=True).decode("ascii")
    return _part(f"text/{subtype}; charset=utf-8", "quoted-printable", body)


def _calendar(octets: bytes, method: str) -> Message:
    """Without Content-Disposition: a calendar, not an attachment. Parameters as Outlook writes them."""
    body = base64.encodebytes(octets).decode("ascii")
    return _part(f"text/calendar; charset=utf-8; method={method}", "base64", body)


def _part(content_type: str, encoding: str, body: str) -> Message:
    part = Message(policy=_WIRE)
    part["Content-Type"] = content_type
    part["Content-Transfer-Encoding"] = encoding
    part.set_payload(body)
    return part
