# SPDX-License-Identifier: EUPL-1.2
"""The calendar part, read back by two parsers that nobody here wrote: icalendar and ical.js (Thunderbird)."""

import datetime as dt
import itertools
import json
import shutil
import subprocess
from pathlib import Path
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from base import clock
from notifications.itip import calendar, vtimezone
from notifications.itip.calendar import Invite

ROOT = Path(__file__).resolve().parents[2]
READER = ROOT / "tests" / "notifications" / "ical_js" / "read.mjs"
AMSTERDAM = ZoneInfo("Europe/Amsterdam")

NAMES = [
    'Zoë "Zus" d\'Àrc, jr.; \\o/',
    "é" * 120,
    "Merel 🐦 de Jong",
    "مريم الأمير",
    "Merel\r\nATTENDEE:mailto:kwaad@elders.example",
    "\u202eMerel",
]


def invite(**values):
    fields = {
        "method": "REQUEST",
        "uid": "0123456789abcdef0123456789abcdef@tjc.example",
        "sequence": 0,
        "dtstamp": dt.datetime(2026, 10, 1, 12, 0, 0, 999, tzinfo=dt.UTC),
        "start": dt.datetime(2026, 10, 26, 9, 0, tzinfo=dt.UTC),
        "end": dt.datetime(2026, 10, 26, 10, 0, tzinfo=dt.UTC),
        "title": "Schrijf een brief die iedereen snapt",
        "location": "Stadhuis, Zaal 3 / https://vergadering.example/abc",
        "description": "Wanneer: maandag 26 oktober 2026, 10:00 uur\nLink: https://x.example/a;b",
        "url": "https://tjc.example/cursussen/brief/",
        "organizer": "uitnodigingen@tjc.example",
        "attendee": "merel@cjib.example",
        "attendee_name": "Merel de Jong",
    }
    return Invite(**(fields | values))


def lines(octets):
    """Unfolded content lines."""
    return octets.decode().replace("\r\n ", "").split("\r\n")


def ical_js(*texts):
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    if not (ROOT / "node_modules" / "ical.js").is_dir():
        pytest.skip("node_modules/ical.js is not there: run npm ci")
    done = subprocess.run(
        ["node", str(READER)],
        input=json.dumps([text.decode() for text in texts]),
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
        timeout=60,
    )
    return json.loads(done.stdout)


def test_a_request_holds_these_lines_and_no_others():
    assert lines(calendar.build(invite())) == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//TrainJeCollega//TJC 1.0//NL",
        "CALSCALE:GREGORIAN",
        "METHOD:REQUEST",
        *vtimezone.VTIMEZONE.removesuffix("\r\n").split("\r\n"),
        "BEGIN:VEVENT",
        "UID:0123456789abcdef0123456789abcdef@tjc.example",
        "SEQUENCE:0",
        "DTSTAMP:20261001T120000Z",
        "DTSTART;TZID=Europe/Amsterdam:20261026T100000",
        "DTEND;TZID=Europe/Amsterdam:20261026T110000",
        "STATUS:CONFIRMED",
        "ORGANIZER;CN=TrainJeCollega:mailto:uitnodigingen@tjc.example",
        (
            'ATTENDEE;CN="Merel de Jong";CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;'
            "PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:merel@cjib.example"
        ),
        "SUMMARY:Schrijf een brief die iedereen snapt",
        "LOCATION:Stadhuis\\, Zaal 3 / https://vergadering.example/abc",
        (
            "DESCRIPTION:Wanneer: maandag 26 oktober 2026\\, 10:00 uur\\n"
            "Link: https://x.example/a\\;b"
        ),
        "URL:https://tjc.example/cursussen/brief/",
        "TRANSP:OPAQUE",
        "X-MICROSOFT-CDO-BUSYSTATUS:BUSY",
        "X-MICROSOFT-DISALLOW-COUNTER:TRUE",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        "TRIGGER:-PT15M",
        "DESCRIPTION:Schrijf een brief die iedereen snapt",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


def test_a_cancel_asks_no_reply_frees_the_time_and_rings_no_bell():
    request = lines(calendar.build(invite()))
    cancel = lines(calendar.build(invite(method="CANCEL", sequence=1)))

    assert [line for line in cancel if line not in request] == [
        "METHOD:CANCEL",
        "SEQUENCE:1",
        "STATUS:CANCELLED",
        (
            'ATTENDEE;CN="Merel de Jong";CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;'
            "PARTSTAT=NEEDS-ACTION:mailto:merel@cjib.example"
        ),
        "TRANSP:TRANSPARENT",
        "X-MICROSOFT-CDO-BUSYSTATUS:FREE",
    ]
    assert not [line for line in cancel if "VALARM" in line or "DISALLOW" in line]


def test_a_whole_day_has_dates_no_zone_and_leaves_the_time_free():
    day = dt.date(2026, 10, 13)
    octets = calendar.build(invite(start=day, end=day))

    assert "DTSTART;VALUE=DATE:20261013" in lines(octets)
    assert "DTEND;VALUE=DATE:20261014" in lines(octets)
    assert "TRANSP:TRANSPARENT" in lines(octets)
    assert b"VTIMEZONE" not in octets
    (read,) = ical_js(octets)
    assert (read["start"], read["end"]) == ("2026-10-13", "2026-10-14")


def test_the_same_values_give_the_same_octets():
    assert calendar.build(invite()) == calendar.build(invite())


@pytest.mark.parametrize("name", ["", "\r\n", '"'])
def test_without_a_name_there_is_no_cn(name):
    octets = calendar.build(invite(attendee_name=name))
    assert "ATTENDEE;CUTYPE=INDIVIDUAL" in octets.decode().replace("\r\n ", "")


@pytest.mark.parametrize("name", NAMES)
def test_odd_names_and_titles_survive_both_parsers(name):
    octets = calendar.build(invite(attendee_name=name, title=name.replace("\r\n", " ")))
    expected = " ".join(name.replace("\u202e", "").replace('"', "").split())

    event = icalendar.Calendar.from_ical(octets).walk("VEVENT")[0]
    (read,) = ical_js(octets)

    assert str(event["ATTENDEE"]) == "mailto:merel@cjib.example"
    assert event["ATTENDEE"].params["CN"] == expected
    assert read["attendees"] == [["mailto:merel@cjib.example", expected]]
    assert read["summary"] == str(event["SUMMARY"]) == name.replace("\r\n", " ")


@pytest.mark.parametrize(
    "title", ["a\nb", "a;b", "a,b", "a\\nb", 'a "b"', "a:b", "BEGIN:VEVENT", "a\r\nATTENDEE:x"]
)
def test_marks_in_a_title_stay_text(title):
    octets = calendar.build(invite(title=title))
    (read,) = ical_js(octets)
    assert read["summary"] == title.replace("\r\n", "\n")
    assert len(read["attendees"]) == 1


#: Local wall time on both sides of the changes of the clock, and the UTC instant it is.
INSTANTS = [
    ((2026, 10, 19, 9, 0), "2026-10-19T07:00:00.000Z"),
    ((2026, 10, 23, 10, 0), "2026-10-23T08:00:00.000Z"),
    ((2026, 10, 24, 23, 30), "2026-10-24T21:30:00.000Z"),
    ((2026, 10, 25, 1, 30), "2026-10-24T23:30:00.000Z"),
    ((2026, 10, 25, 3, 0), "2026-10-25T02:00:00.000Z"),
    ((2026, 10, 25, 10, 0), "2026-10-25T09:00:00.000Z"),
    ((2026, 10, 26, 10, 0), "2026-10-26T09:00:00.000Z"),
    ((2027, 3, 27, 10, 0), "2027-03-27T09:00:00.000Z"),
    ((2027, 3, 28, 1, 30), "2027-03-28T00:30:00.000Z"),
    ((2027, 3, 28, 3, 0), "2027-03-28T01:00:00.000Z"),
    ((2027, 3, 28, 10, 0), "2027-03-28T08:00:00.000Z"),
    ((2027, 3, 29, 10, 0), "2027-03-29T08:00:00.000Z"),
]


def test_thunderbird_understands_every_instant_around_the_clock_change():
    texts = []
    for wall, _utc in INSTANTS:
        local = dt.datetime(*wall, tzinfo=AMSTERDAM)
        start = clock.from_wall_time(local.date(), local.time())
        texts.append(calendar.build(invite(start=start, end=start + dt.timedelta(minutes=50))))

    assert [read["start"] for read in ical_js(*texts)] == [utc for _wall, utc in INSTANTS]
    assert [
        f"{icalendar.Calendar.from_ical(text).walk('VEVENT')[0]['DTSTART'].dt.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%S.000Z}"
        for text in texts
    ] == [utc for _wall, utc in INSTANTS]


def test_a_generated_timezone_would_be_wrong_by_an_hour():
    """The control: why the constant is there (calendar.md, 1.4)."""
    wrong = icalendar.Calendar.from_ical(
        calendar.build(invite(start=dt.datetime(2026, 10, 19, 7, tzinfo=dt.UTC)))
    )
    wrong.subcomponents = [part for part in wrong.subcomponents if part.name != "VTIMEZONE"]
    wrong.add_missing_timezones()
    (read,) = ical_js(wrong.to_ical())
    assert read["start"] == "2026-10-19T08:00:00.000Z"


def _last_sunday(year, month):
    day = dt.date(year, month, 31)
    return day - dt.timedelta(days=(day.weekday() + 1) % 7)


def test_the_timezone_agrees_with_zoneinfo_for_ten_years():
    """Each change of the clock, to the second: a new law must turn this red."""
    component = icalendar.Timezone.from_ical(vtimezone.VTIMEZONE)
    rules = {part.name: part for part in component.subcomponents}
    assert {
        name: (str(part["RRULE"].to_ical(), "ascii"), part["TZNAME"])
        for name, part in rules.items()
    } == {
        "DAYLIGHT": ("FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3", "CEST"),
        "STANDARD": ("FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10", "CET"),
    }
    this_year = dt.datetime.now(tz=dt.UTC).year
    second = dt.timedelta(seconds=1)
    for year in range(this_year, this_year + 11):
        changes = []
        for name, month in (("DAYLIGHT", 3), ("STANDARD", 10)):
            rule = rules[name]
            local = dt.datetime.combine(_last_sunday(year, month), rule["DTSTART"].dt.time())
            instant = (local - rule["TZOFFSETFROM"].td).replace(tzinfo=dt.UTC)
            changes.append(instant)
            before = (instant - second).astimezone(AMSTERDAM)
            after = instant.astimezone(AMSTERDAM)
            assert before.utcoffset() == rule["TZOFFSETFROM"].td, instant
            assert after.utcoffset() == rule["TZOFFSETTO"].td, instant
            assert after.tzname() == rule["TZNAME"]
        # No other change in the year.
        days = (dt.datetime(year, 1, 1, tzinfo=dt.UTC) + dt.timedelta(days=n) for n in range(365))
        seen = [day.astimezone(AMSTERDAM).utcoffset() for day in days]
        assert sum(a != b for a, b in itertools.pairwise(seen)) == len(changes) == 2


def test_a_typed_path_does_not_become_a_new_line():
    octets = calendar.build(invite(title=r"Zoek op G:\Notulen"))
    assert b"SUMMARY:Zoek op G:\\\\\xe2\x81\xa0Notulen\r\n" in octets


text = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=200)


@settings(max_examples=150, deadline=None)
@given(title=text, location=text, name=text)
def test_lines_are_short_whole_and_end_in_crlf(title, location, name):
    octets = calendar.build(invite(title=title, location=location, attendee_name=name))

    assert octets.replace(b"\r\n", b"").count(b"\n") == 0
    assert octets.replace(b"\r\n", b"").count(b"\r") == 0
    assert octets.endswith(b"END:VCALENDAR\r\n")
    for line in octets.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()  # no character is cut in two
    event = icalendar.Calendar.from_ical(octets).walk("VEVENT")[0]
    assert str(event["SUMMARY"]) == title.replace("\\N", "\\\u2060N")
    assert str(event["LOCATION"]) == location.replace("\\N", "\\\u2060N")
