# SPDX-License-Identifier: EUPL-1.2
"""The octets SMTP gets: structure, headers, encodings, and text of people that wants to be a header."""

import datetime as dt
import email
from email.header import decode_header, make_header
from email.policy import default as modern
from email.utils import parseaddr

import pytest
from django.core import mail as django_mail
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications.mail import mime
from notifications.mail.backends import EmlFileBackend
from notifications.mail.headers import address_header, one_line, text_header
from notifications.mail.wire import Postman, WireMessage

CALENDAR = b"BEGIN:VCALENDAR\r\nSUMMARY:\xc3\xa9\r\nEND:VCALENDAR\r\n"


def letter(**values):
    fields = {
        "to_address": "merel@cjib.example",
        "to_name": "Merel de Jong",
        "subject": "Je doet mee",
        "text": "Hoi Merel,\n.\nFrom hier: één\n",
        "html": "<p>één</p>\n",
        "language": "nl",
        "message_id": "<inv.0123456789abcdef0123456789abcdef.0.request@tjc.example>",
        "date": dt.datetime(2026, 10, 10, 8, 0, tzinfo=dt.UTC),
        "calendar": CALENDAR,
        "method": "REQUEST",
    }
    return mime.Letter(**(fields | values))


def opened(**values):
    return email.message_from_bytes(mime.assemble(letter(**values)), policy=modern)


def test_three_alternatives_calendar_last_and_no_attachment():
    parsed = opened()
    parts = list(parsed.iter_parts())

    assert parsed.get_content_type() == "multipart/alternative"
    assert [part["Content-Type"] for part in parts] == [
        'text/plain; charset="utf-8"',
        'text/html; charset="utf-8"',
        'text/calendar; charset="utf-8"; method="REQUEST"',
    ]
    assert parts[2]["Content-Transfer-Encoding"] == "base64"
    assert [part["Content-Disposition"] for part in parts] == [None, None, None]
    assert parts[2].get_payload(decode=True) == CALENDAR
    assert not parsed.defects
    assert not any(part.defects for part in parts)


def test_the_content_type_on_the_wire_is_what_outlook_writes():
    octets = mime.assemble(letter(method="CANCEL"))
    assert b"\r\nContent-Type: text/calendar; charset=utf-8; method=CANCEL\r\n" in octets
    assert octets.count(b"charset=utf-8; method") == 1


def test_every_header_and_no_other():
    parsed = opened(in_reply_to="<eerste@tjc.example>")
    assert [(name, str(value)) for name, value in parsed.items()][1:] == [
        ("From", "TrainJeCollega <uitnodigingen@trainjecollega.example>"),
        ("To", "Merel de Jong <merel@cjib.example>"),
        ("Subject", "Je doet mee"),
        ("Date", "Sat, 10 Oct 2026 08:00:00 +0000"),
        ("Message-ID", "<inv.0123456789abcdef0123456789abcdef.0.request@tjc.example>"),
        ("In-Reply-To", "<eerste@tjc.example>"),
        ("References", "<eerste@tjc.example>"),
        ("MIME-Version", "1.0"),
        ("Auto-Submitted", "auto-generated"),
        ("Content-Language", "nl"),
    ]


def test_only_ascii_and_crlf_leave_and_the_same_letter_is_the_same_octets():
    octets = mime.assemble(letter(subject="é" * 120, to_name="Zoë 🐦"))
    assert octets.isascii()
    assert (
        octets.replace(b"\r\n", b"").count(b"\n") == octets.replace(b"\r\n", b"").count(b"\r") == 0
    )
    assert max(map(len, octets.split(b"\r\n"))) <= 998
    assert octets == mime.assemble(letter(subject="é" * 120, to_name="Zoë 🐦"))


def test_without_calendar_there_are_two_alternatives():
    parsed = opened(calendar=None, method="")
    assert [part.get_content_type() for part in parsed.iter_parts()] == ["text/plain", "text/html"]


@pytest.mark.parametrize(
    "name",
    [
        'Zoë "Zus" d\'Àrc, jr.; \\o/',
        "é" * 120,
        "Merel 🐦",
        "مريم الأمير",
        "Jan <kwaad@elders.example>",
        "a" * 300,
        "@",
        "=?utf-8?q?Merel=0D=0ABcc:_kwaad@elders.example?=",
    ],
)
def test_names_arrive_whole_beside_the_one_address(name):
    # The older parser: the newer one of Python 3.11 keeps the space between two encoded words of a name,
    # which RFC 2047 (6.2) says is not there.
    raw = email.message_from_bytes(mime.assemble(letter(to_name=name)))["To"]
    display, address = parseaddr(" ".join(raw.split()))
    assert (str(make_header(decode_header(display))), address) == (name, "merel@cjib.example")


@pytest.mark.parametrize("field", ["to_name", "subject"])
@pytest.mark.parametrize(
    "attack",
    [
        "Merel\r\nBcc: kwaad@elders.example",
        "Merel\nBcc: kwaad@elders.example",
        "Merel\r\n\r\n<script>",
        "Merel\x00\x0b\x0c\x85\u2028Bcc: kwaad@elders.example",
        "=?utf-8?q?Merel=0D=0ABcc:_kwaad@elders.example?=",
    ],
)
def test_text_never_becomes_a_header(field, attack):
    expected = {name for name, _ in opened().items()}
    for message in (opened(**{field: attack}), opened(**{field: attack + "é"})):
        assert {name for name, _ in message.items()} == expected
        assert [part.get_content_type() for part in message.iter_parts()] == [
            "text/plain",
            "text/html",
            "text/calendar",
        ]


def test_direction_overrides_are_taken_out():
    assert one_line("nl.\u202eelpmaxe\u202c") == "nl.elpmaxe"


names = st.text(st.characters(exclude_categories=["Cs"]), max_size=150)


@settings(max_examples=300, deadline=None)
@given(names, names)
def test_headers_say_what_was_said(subject, name):
    value, address = text_header("Subject", subject), address_header("To", name, "m@x.example")
    source = f"Subject: {value}\r\nTo: {address}\r\n\r\n".encode()
    parsed = email.message_from_bytes(source, policy=modern)

    assert [key for key, _ in parsed.items()] == ["Subject", "To"]
    assert all(
        len(line) <= 78
        for line in text_header("Subject", subject).split("\r\n")
        if not subject.isascii()
    )
    assert parsed["To"].addresses[0].addr_spec == "m@x.example"


# --- leaving ----------------------------------------------------------------------------------------


def test_a_file_holds_exactly_the_octets_that_smtp_would_get(tmp_path, settings):
    settings.EMAIL_BACKEND = "notifications.mail.backends.EmlFileBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "post")
    octets = [mime.assemble(letter(subject=f"Nummer {number}")) for number in range(12)]
    with Postman() as postman:
        for one in octets:
            postman.deliver(one, to="merel@cjib.example")

    files = sorted((tmp_path / "post").iterdir())
    assert [file.suffix for file in files] == [".eml"] * 12
    assert [file.read_bytes() for file in files] == octets


def test_the_file_backend_takes_djangos_own_mails_too(tmp_path):
    backend = EmlFileBackend(file_path=str(tmp_path))
    sent = backend.send_messages(
        [django_mail.EmailMessage("Één", "Tekst", "a@x.example", ["b@x.example"])]
    )
    (file,) = tmp_path.iterdir()
    assert sent == 1
    assert email.message_from_bytes(file.read_bytes(), policy=modern)["Subject"] == "Één"


def test_locmem_shows_our_octets_as_subject_and_body():
    octets = mime.assemble(letter())
    with Postman() as postman:
        postman.deliver(octets, to="merel@cjib.example")
    (message,) = django_mail.outbox
    assert isinstance(message, WireMessage)
    assert message.message().as_bytes(linesep="\r\n") == octets
    assert (message.subject, message.to) == ("Je doet mee", ["merel@cjib.example"])
    assert message.body.replace("\r\n", "\n") == "Hoi Merel,\n.\nFrom hier: één\n"
