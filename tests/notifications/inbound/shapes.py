# SPDX-License-Identifier: EUPL-1.2
"""Answers in the shapes that calendar programs, gateways and strangers give them (calendar.md, section 6).

Each shape is a function of an Envelope, which says whose invitation it is about, to the octets of a mail.
"""

import base64
import quopri
from dataclasses import dataclass, replace

OURS = "uitnodigingen@trainjecollega.example"


@dataclass(frozen=True)
class Envelope:
    uid: str = "0" * 32 + "@trainjecollega.example"
    invited: str = "merel@cjib.example"
    sequence: int = 0
    stamp: str = "20261010T090000Z"
    name: str = "answer"
    token: str = ""

    def but(self, **changes):
        return replace(self, **changes)


def ics(
    e, partstat="ACCEPTED", *, method="REPLY", attendee=None, organizer=True, extra=(), params=""
):
    """One VEVENT as most programs answer."""
    return crlf(
        "BEGIN:VCALENDAR",
        "PRODID:-//Example//Calendar 1.0//EN",
        "VERSION:2.0",
        f"METHOD:{method}",
        "BEGIN:VEVENT",
        f"UID:{e.uid}",
        f"SEQUENCE:{e.sequence}",
        f"DTSTAMP:{e.stamp}",
        "DTSTART;TZID=Europe/Amsterdam:20261013T100000",
        "DTEND;TZID=Europe/Amsterdam:20261013T105000",
        *([f"ORGANIZER;CN=TrainJeCollega:mailto:{OURS}"] if organizer else []),
        f"ATTENDEE;PARTSTAT={partstat}{params}:mailto:{attendee or e.invited}",
        "SUMMARY:Accepted: Schrijf een brief die iedereen snapt",
        *extra,
        "END:VEVENT",
        "END:VCALENDAR",
    )


def crlf(*lines):
    return "\r\n".join(lines) + "\r\n"


def head(e, *, sender=None, subject="Accepted: Schrijf een brief", to=OURS, extra=()):
    return [
        f"From: Merel de Jong <{sender or e.invited}>",
        f"To: TrainJeCollega <{to}>",
        f"Subject: {subject}",
        "Date: Sat, 10 Oct 2026 11:00:00 +0200",
        f"Message-ID: <{e.name}@mail.cjib.example>",
        "MIME-Version: 1.0",
        *extra,
    ]


def single(e, calendar, *, method="REPLY", **headers):
    """text/calendar as the whole body, 8bit."""
    lines = head(e, **headers)
    lines += [f'Content-Type: text/calendar; charset="utf-8"; method={method}', "", ""]
    return "\r\n".join(lines).encode() + calendar.encode()


def parts(e, *bodies, kind="alternative", **headers):
    """bodies: (content type, encoding, octets)."""
    lines = [*head(e, **headers), f'Content-Type: multipart/{kind}; boundary="GRENS"', ""]
    octets = "\r\n".join(lines).encode() + b"\r\n"
    for content_type, encoding, body in bodies:
        octets += b"--GRENS\r\nContent-Type: " + content_type.encode() + b"\r\n"
        octets += b"Content-Transfer-Encoding: " + encoding.encode() + b"\r\n\r\n"
        octets += body + b"\r\n"
    return octets + b"--GRENS--\r\n"


def calendar_part(calendar, *, method="REPLY", encoding="8bit", kind="text/calendar"):
    body = {"base64": base64.encodebytes, "quoted-printable": quopri.encodestring}.get(
        encoding, bytes
    )(calendar.encode())
    return (f"{kind}; charset=utf-8; method={method}; name=invite.ics", encoding, body)


TEXT = ("text/plain; charset=utf-8", "8bit", b"Ik kom.\r\n")


# --- calendar programs ---------------------------------------------------------------------------


def plain_accept(e):
    return single(e, ics(e))


def outlook_without_organizer(e, partstat="ACCEPTED"):
    """Outlook and Exchange leave ORGANIZER out, name the zone their own way and send a VTIMEZONE of theirs."""
    calendar = crlf(
        "BEGIN:VCALENDAR",
        "METHOD:REPLY",
        "PRODID:Microsoft Exchange Server 2010",
        "VERSION:2.0",
        "BEGIN:VTIMEZONE",
        "TZID:W. Europe Standard Time",
        "BEGIN:STANDARD",
        "DTSTART:16010101T030000",
        "TZOFFSETFROM:+0200",
        "TZOFFSETTO:+0100",
        "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10",
        "END:STANDARD",
        "END:VTIMEZONE",
        "BEGIN:VEVENT",
        f"ATTENDEE;PARTSTAT={partstat};CN=Merel de Jong:MAILTO:{e.invited.upper()}",
        "COMMENT;LANGUAGE=nl-NL:\\n",
        f"UID:{e.uid}",
        "SUMMARY;LANGUAGE=nl-NL:Geaccepteerd: Schrijf een brief die iedereen snapt en",
        "  nog veel meer",
        "DTSTART;TZID=W. Europe Standard Time:20261013T100000",
        "DTEND;TZID=W. Europe Standard Time:20261013T105000",
        "CLASS:PUBLIC",
        "PRIORITY:5",
        f"DTSTAMP:{e.stamp}",
        "TRANSP:OPAQUE",
        "STATUS:CONFIRMED",
        f"SEQUENCE:{e.sequence}",
        "LOCATION;LANGUAGE=nl-NL:Online",
        "X-MICROSOFT-CDO-APPT-SEQUENCE:0",
        "X-MICROSOFT-CDO-BUSYSTATUS:BUSY",
        "END:VEVENT",
        "END:VCALENDAR",
    )
    return parts(e, TEXT, calendar_part(calendar, encoding="base64"))


def exchange_tentative(e):
    return outlook_without_organizer(e, "TENTATIVE")


def exchange_declined(e):
    return outlook_without_organizer(e, "DECLINED")


def google(e, partstat="ACCEPTED"):
    """The calendar twice: as an alternative and, the same octets, as an attachment."""
    calendar = ics(e, partstat, params=";CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;X-NUM-GUESTS=0")
    alternative = parts(e, TEXT, calendar_part(calendar))
    inner = alternative[alternative.index(b"Content-Type: multipart") :].replace(
        b"GRENS", b"BINNEN"
    )
    octets = "\r\n".join([*head(e), 'Content-Type: multipart/mixed; boundary="GRENS"', "", ""])
    attachment = base64.encodebytes(calendar.encode())
    return (
        octets.encode()
        + b"--GRENS\r\n"
        + inner
        + b'--GRENS\r\nContent-Type: application/ics; name="invite.ics"\r\n'
        + b'Content-Disposition: attachment; filename="invite.ics"\r\n'
        + b"Content-Transfer-Encoding: base64\r\n\r\n"
        + attachment
        + b"--GRENS--\r\n"
    )


def google_declined(e):
    return google(e, "DECLINED")


def apple(e):
    """Quoted-printable, lines folded in the middle of a word, METHOD only in the calendar."""
    calendar = ics(e, extra=("X-APPLE-TRAVEL-ADVISORY-BEHAVIOR:AUTOMATIC",))
    folded = calendar.replace("PARTSTAT=", "PART\r\n STAT=")
    body = quopri.encodestring(folded.encode())
    return parts(e, TEXT, ("text/calendar; charset=utf-8", "quoted-printable", body), kind="mixed")


def from_an_alias(e):
    """Another address of the same organisation, also in ATTENDEE."""
    alias = "m.de.jong@" + e.invited.partition("@")[2]
    return single(e, ics(e, attendee=alias), sender=alias)


def attendee_is_invited_sender_is_not(e):
    """Answered from a phone with a private account: ATTENDEE says who."""
    return single(e, ics(e), sender="merel.prive@thuis.example")


def declined(e):
    return single(e, ics(e, "DECLINED"), subject="Declined: Schrijf een brief")


def tentative(e):
    return single(e, ics(e, "TENTATIVE"))


def nested_in_forwarded_mail(e):
    inner = single(e.but(name="inner"), ics(e))
    return parts(e, TEXT, ("message/rfc822", "8bit", inner), kind="mixed", subject="FW: Accepted")


def automatic_accept(e):
    """A room or an assistant answers by itself: Auto-Submitted, but with a REPLY."""
    return single(e, ics(e), extra=["Auto-Submitted: auto-replied"])


def latin1_headers(e):
    """Octets above 127 in headers without any encoding, and a charset that does not exist."""
    octets = single(e, ics(e)).replace(b"Merel de Jong", b"Mer\xe8l de Jong")
    return octets.replace(b'charset="utf-8"', b"charset=x-windows-99")


def stamp_in_the_future(e):
    """A clock that runs years ahead must not shut out every later answer."""
    return single(e, ics(e.but(stamp="20990101T000000Z")))


def stamp_before_the_invitation(e):
    return single(e, ics(e.but(stamp="20261001T000000Z"), "DECLINED"))


def without_sequence_and_stamp(e):
    calendar = ics(e, "DECLINED").replace(f"SEQUENCE:{e.sequence}\r\n", "")
    return single(e, calendar.replace(f"DTSTAMP:{e.stamp}\r\n", ""))


# --- other methods ---------------------------------------------------------------------------------


def counter(e):
    return single(e, ics(e, "TENTATIVE", method="COUNTER"), method="COUNTER")


def refresh(e):
    calendar = ics(e, "NEEDS-ACTION", method="REFRESH")
    return single(e, calendar, method="REFRESH")


def delegated(e):
    """The colleague stands in it as a second ATTENDEE (RFC 5546, 4.2.5)."""
    colleague = "wen@cjib.example"
    calendar = ics(
        e,
        "DELEGATED",
        params=f';DELEGATED-TO="mailto:{colleague}"',
        extra=(
            f'ATTENDEE;PARTSTAT=NEEDS-ACTION;DELEGATED-FROM="mailto:{e.invited}":mailto:{colleague}',
        ),
    )
    return single(e, calendar)


def forged_cancel(e):
    return single(e, ics(e, method="CANCEL"), method="CANCEL", sender="boef@elders.example")


def forged_request(e):
    return single(e, ics(e, "NEEDS-ACTION", method="REQUEST"), method="REQUEST")


def forged_publish(e):
    return single(e, ics(e, method="PUBLISH"), method="PUBLISH")


def forged_add(e):
    return single(e, ics(e, method="ADD"), method="ADD")


# --- strangers ---------------------------------------------------------------------------------------


def stranger_declines(e):
    boef = "boef@elders.example"
    return single(e, ics(e, "DECLINED", attendee=boef), sender=boef)


def dmarc_failed(e):
    """Our own server says that the sender is not who it says it is; another server says all is well."""
    results = [
        "Authentication-Results: mx.elders.example; dmarc=pass header.from=cjib.example",
        "Authentication-Results: mx.trainjecollega.example;",
        "\tspf=fail smtp.mailfrom=boef@elders.example;",
        "\tdmarc=fail (p=reject dis=none) header.from=cjib.example",
    ]
    return single(e, ics(e, "DECLINED"), extra=results)


def dmarc_failed_says_another(e):
    """A header that anybody can write."""
    results = ["Authentication-Results: mx.elders.example; dmarc=fail header.from=cjib.example"]
    return single(e, ics(e), extra=results)


def unknown_uid(e):
    return single(e, ics(e.but(uid="f" * 32 + "@trainjecollega.example"), "DECLINED"))


# --- not an answer -----------------------------------------------------------------------------------


def out_of_office(e):
    return parts(
        e,
        ("text/plain; charset=utf-8", "8bit", b"Ik ben er tot maandag niet.\r\n"),
        subject="Automatisch antwoord: Je doet mee",
        extra=["Auto-Submitted: auto-replied", "X-Auto-Response-Suppress: All"],
    )


def read_receipt(e):
    return parts(
        e,
        TEXT,
        ("message/disposition-notification", "7bit", b"Disposition: manual-action; displayed\r\n"),
        kind="report; report-type=disposition-notification",
        subject="Gelezen: Je doet mee",
    )


def free_text(e):
    return parts(
        e,
        (
            "text/html; charset=utf-8",
            "8bit",
            b"<p>Is er een <b>lift</b>?</p><script>alert(1)</script>\r\n",
        ),
        subject="=?utf-8?q?Vraag_=C3=A9n_een_groet?=",
    )


def question_with_our_invitation_inside(e):
    """Somebody forwards our own invitation to us with a question: not a forgery, a person."""
    inner = single(e.but(name="inner"), ics(e, "NEEDS-ACTION", method="REQUEST"), method="REQUEST")
    text = ("text/plain; charset=utf-8", "8bit", b"Wat is dit?\r\n")
    return parts(
        e, text, ("message/rfc822", "8bit", inner), kind="mixed", subject="FW: Je doet mee"
    )


# --- bad input ---------------------------------------------------------------------------------------


def recurring(e):
    return single(e, ics(e, "DECLINED", extra=("RRULE:FREQ=SECONDLY",)))


def one_of_a_series(e):
    return single(e, ics(e, "DECLINED", extra=("RECURRENCE-ID:20261013T080000Z",)))


def hostile_time_zone(e):
    """A VTIMEZONE whose rule makes a library write two thousand million dates."""
    zone = crlf(
        "BEGIN:VTIMEZONE",
        "TZID:Kwaad",
        "BEGIN:STANDARD",
        "DTSTART:19700101T000000",
        "TZOFFSETFROM:+0200",
        "TZOFFSETTO:+0100",
        "RRULE:FREQ=SECONDLY;UNTIL=20380101T000000Z",
        "END:STANDARD",
        "END:VTIMEZONE",
    )
    calendar = ics(e).replace("TZID=Europe/Amsterdam", "TZID=Kwaad")
    return single(e, calendar.replace("BEGIN:VEVENT", zone + "BEGIN:VEVENT"))


def two_events(e):
    calendar = ics(e, "DECLINED")
    event = calendar[calendar.index("BEGIN:VEVENT") : calendar.index("END:VCALENDAR")]
    return single(e, calendar.replace("END:VCALENDAR", event + "END:VCALENDAR"))


def two_attendees(e):
    other = "ATTENDEE;PARTSTAT=ACCEPTED:mailto:wen@cjib.example"
    return single(e, ics(e, "DECLINED", extra=(other,)))


def two_calendars(e):
    return parts(e, calendar_part(ics(e)), calendar_part(ics(e, "DECLINED")))


def two_vcalendars_in_one_part(e):
    return single(e, ics(e) + ics(e, "DECLINED"))


def no_event(e):
    return single(e, crlf("BEGIN:VCALENDAR", "METHOD:REPLY", "END:VCALENDAR"))


def no_attendee(e):
    calendar = ics(e, "DECLINED")
    start = calendar.index("ATTENDEE")
    return single(e, calendar[:start] + calendar[calendar.index("SUMMARY") :])


def ends_halfway(e):
    return single(e, ics(e, "DECLINED")[:200])


def broken_base64(e):
    body = base64.encodebytes(ics(e, "DECLINED").encode()).replace(b"\n", b"!*\n")[:-7]
    return parts(e, ("text/calendar; charset=utf-8; method=REPLY", "base64", b"=" + body + b"\xff"))


def broken_parameter(e):
    return single(e, ics(e, "DECLINED", params=';CN=Zoe "Zus" x'))


def sequence_in_words(e):
    return single(e, ics(e, "DECLINED").replace("SEQUENCE:0", "SEQUENCE:nul"))


def oversized_calendar(e):
    return single(e, ics(e, "DECLINED", extra=("COMMENT:" + "x" * 300_000,)))


def thousand_parts(e):
    return parts(e, *([TEXT] * 1100), calendar_part(ics(e, "DECLINED")))


def deeply_nested(e):
    octets = "\r\n".join(head(e)).encode() + b"\r\n"
    for level in range(200):
        octets += (
            f'Content-Type: multipart/mixed; boundary="g{level}"\r\n\r\n--g{level}\r\n'.encode()
        )
    return octets + b"Content-Type: text/plain\r\n\r\nhoi\r\n"


def endless_parameters(e):
    """Python reads these in quadratic time."""
    return single(e, ics(e)).replace(b"; method=REPLY", b";" * 200_000 + b" method=REPLY")


def more_than_ten_megabytes(e):
    return parts(e, ("application/zip", "8bit", b"PK\x03\x04" + b"\x00" * (10 * 1024 * 1024)))


def zip_bomb(e):
    """Ten megabytes of zeroes in ten kilobytes: we open no archives, so it is just a mail with a file."""
    import io
    import zipfile

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bijlage.ics", b"0" * 10_000_000)
    body = base64.encodebytes(packed.getvalue())
    return parts(e, TEXT, ("application/zip; name=bijlage.zip", "base64", body), kind="mixed")


def nul_octets(e):
    return single(e, ics(e).replace("SUMMARY:", "SUMMARY:\x00")).replace(b"Merel", b"Me\x00rel")


# --- delivery reports --------------------------------------------------------------------------------


def report(
    e, *, status="5.1.1", action="failed", words="550 5.1.1 user unknown", to=None, returned=""
):
    status_part = crlf(
        "Reporting-MTA: dns; mx.cjib.example",
        "",
        f"Final-Recipient: rfc822; {e.invited}",
        f"Action: {action}",
        f"Status: {status}",
        f"Diagnostic-Code: smtp; {words}",
    ).encode()
    bodies = [
        ("text/plain", "7bit", b"Your message could not be delivered.\r\n"),
        ("message/delivery-status", "7bit", status_part),
    ]
    if returned:
        bodies.append(("text/rfc822-headers", "7bit", f"Message-ID: {returned}\r\n".encode()))
    return parts(
        e,
        *bodies,
        kind="report; report-type=delivery-status",
        sender="mailer-daemon@mx.cjib.example",
        subject="Undelivered Mail Returned to Sender",
        to=to or e.token or OURS,
        extra=["Auto-Submitted: auto-replied"],
    )


def bounce_without_report(e):
    """Some servers write a letter instead."""
    text = ("text/plain", "7bit", b"Sorry, no such user.\r\n")
    return parts(
        e, text, to=e.token, sender="postmaster@mx.cjib.example", extra=["Return-Path: <>"]
    )
