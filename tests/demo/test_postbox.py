# SPDX-License-Identifier: EUPL-1.2
"""Every mail of the demo, readable as HTML, text, source and calendar facts, whatever the file holds."""

import os
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest
from django.urls import reverse

from tjc.demo import postbox

ICS = """BEGIN:VCALENDAR
PRODID:-//TrainJeCollega//NL
VERSION:2.0
METHOD:REQUEST
BEGIN:VEVENT
UID:abc@trainjecollega.example
DTSTAMP:20260901T080000Z
SEQUENCE:2
DTSTART;TZID=Europe/Amsterdam:20261013T100000
DTEND;TZID=Europe/Amsterdam:20261013T105000
SUMMARY:Brief herschrijven\\, samen
LOCATION:Stadhuis
STATUS:CONFIRMED
ORGANIZER;CN=TrainJeCollega:mailto:uitnodigingen@trainjecollega.example
ATTENDEE;CN=Merel Jansen;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:merel.jansen@cjib.nl
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n")

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.EMAIL_FILE_PATH = str(tmp_path)
    return tmp_path


def write(
    folder, name, *, to="Merel Jansen <merel.jansen@cjib.nl>", subject="Je doet mee", **parts
):
    message = MIMEMultipart("alternative")
    message["To"], message["Subject"] = to, subject
    message["From"] = "TrainJeCollega <uitnodigingen@trainjecollega.example>"
    message.attach(MIMEText(parts.get("text", "Hoi Merel"), "plain", "utf-8"))
    if html := parts.get("html"):
        message.attach(MIMEText(html, "html", "utf-8"))
    if ics := parts.get("ics"):
        part = MIMEText(ics, "calendar", "utf-8")
        part.set_param("method", parts.get("method", "REQUEST"))
        message.attach(part)
    path = folder / f"{name}.eml"
    path.write_bytes(message.as_bytes())
    os.utime(path, (1_790_000_000 + len(list(folder.iterdir())),) * 2)
    return path


def get(client, name, *arguments, **query):
    return client.get(reverse(f"demo:{name}", args=arguments), query)


def test_newest_mail_comes_first(client, folder):
    write(folder, "a", subject="Eerst")
    write(folder, "b", subject="Daarna")
    page = get(client, "mails").context["page_obj"]
    assert [mail.subject for mail in page] == ["Daarna", "Eerst"]


def test_filter_keeps_mails_to_that_recipient(client, folder):
    write(folder, "a")
    write(folder, "b", to="Noor van Dijk <noor.van.dijk@cjib.nl>")
    page = get(client, "mails", aan="Noor.van").context["page_obj"]
    assert [mail.key for mail in page] == ["b"]


def test_pages_hold_25_mails(client, folder):
    for number in range(27):
        write(folder, f"m{number:02d}")
    assert len(get(client, "mails").context["page_obj"].object_list) == 25
    assert len(get(client, "mails", page="2").context["page_obj"].object_list) == 2
    assert get(client, "mails", page="nonsense").context["page_obj"].number == 1


def test_an_empty_postbox_says_what_to_do(client):
    assert "Nog geen mails" in get(client, "mails").content.decode()


def test_a_folder_that_is_not_there_is_an_empty_postbox(client, settings, tmp_path):
    settings.EMAIL_FILE_PATH = str(tmp_path / "none")
    assert get(client, "mails").context["page_obj"].paginator.count == 0


def test_calendar_part_is_shown_as_facts(folder):
    write(folder, "a", ics=ICS)
    calendar = postbox.mail("a").calendar
    assert {fact.name: fact.value for fact in calendar.facts} == {
        "METHOD": "REQUEST",
        "SUMMARY": "Brief herschrijven, samen",
        "DTSTART": "dinsdag 13 oktober 2026 10:00",
        "DTEND": "dinsdag 13 oktober 2026 10:50",
        "LOCATION": "Stadhuis",
        "STATUS": "CONFIRMED",
        "ATTENDEE": "Merel Jansen <merel.jansen@cjib.nl> · NEEDS-ACTION",
        "ORGANIZER": "TrainJeCollega <uitnodigingen@trainjecollega.example>",
        "UID": "abc@trainjecollega.example",
        "SEQUENCE": "2",
        "DTSTAMP": "dinsdag 1 september 2026 10:00",
    }


def test_calendar_facts_can_be_read_by_a_test(client, folder):
    write(folder, "a", ics=ICS)
    page = get(client, "mail", "a").content.decode()
    assert '<dd data-ical="SEQUENCE">2</dd>' in " ".join(page.split()).replace("> ", ">").replace(
        " <", "<"
    )


def test_downloads_are_the_octets_that_were_sent(client, folder):
    path = write(folder, "a", ics=ICS)
    answer = get(client, "mail-file", "a")
    assert answer.content == path.read_bytes()
    assert answer["Content-Type"] == "message/rfc822"
    answer = get(client, "calendar-file", "a")
    assert answer.content == ICS.encode()
    assert answer["Content-Type"] == "text/calendar; charset=utf-8; method=REQUEST"
    assert answer["Content-Disposition"] == 'attachment; filename="uitnodiging.ics"'


def test_a_mail_without_calendar_has_no_ics(client, folder):
    write(folder, "a")
    assert get(client, "calendar-file", "a").status_code == 404


def test_method_of_a_cancellation(folder):
    write(folder, "a", ics=ICS.replace("REQUEST", "CANCEL"), method="CANCEL")
    assert postbox.mail("a").method == "CANCEL"


def test_html_cannot_run_load_or_restyle(client, folder):
    evil = (
        '<html><head><title>x</title><style>p{color:red}</style></head><body onload="x()">'
        '<p style="color:red" class="demo" id="inhoud">Hoi</p><script>alert(1)</script>'
        '<img src="https://spy.example/1.gif"><a href="javascript:x()">a</a>'
        '<a href="https://tjc.example/">b</a><iframe src="/"></iframe><form action="/"></form>'
        "</body></html>"
    )
    write(folder, "a", html=evil)
    assert postbox.mail("a").html == (
        '<p>Hoi</p><a rel="noopener nofollow">a</a>'
        '<a href="https://tjc.example/" rel="noopener nofollow">b</a>'
    )


def test_text_and_source_are_escaped(client, folder):
    write(folder, "a", subject='"><script>x</script>', text="<script>alert(1)</script>")
    assert b"<script>alert(1)" not in get(client, "mail", "a").content
    assert b"<script>x" not in get(client, "mails").content


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"\x00\xff\xfe" * 50,
        b"Subject: =?utf-8?b?!!!?=\r\nTo: =?no-such-charset?q?x?=\r\n\r\nx",
        b"Content-Type: text/plain; charset=no-such-charset\r\n\r\n\xff",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nno end",
        b'Content-Type: text/calendar; method="REQUEST"\r\n\r\nBEGIN:VCALENDAR\r\nhalf',
        b"Content-Type: text/calendar\r\nContent-Transfer-Encoding: base64\r\n\r\n%%%",
        b"Content-Type: text/calendar\r\n\r\n" + ICS.replace("20261013T1", "rubbish").encode(),
    ],
)
def test_broken_files_are_shown_all_the_same(client, folder, octets):
    (folder / "kapot.eml").write_bytes(octets)
    assert get(client, "mails").status_code == 200
    assert get(client, "mail", "kapot").status_code == 200
    assert get(client, "mail-file", "kapot").content == octets


def test_an_unreadable_calendar_part_says_so(client, folder):
    write(folder, "a", ics="rubbish")
    assert "Dit agendadeel is niet te lezen." in get(client, "mail", "a").content.decode()


@pytest.mark.parametrize("key", ["nope", "..", "..%2f..%2fetc", "%2e%2e"])
def test_other_files_cannot_be_reached(client, folder, key):
    (folder.parent / "secret.eml").write_text("secret")
    assert client.get(f"/demo/postbus/{key}/").status_code == 404


def test_reading_changes_nothing(client, folder):
    write(folder, "a")
    for name, arguments in (("mails", ()), ("mail", ("a",)), ("mail-file", ("a",))):
        url = reverse(f"demo:{name}", args=arguments)
        assert client.post(url).status_code == 405
