# SPDX-License-Identifier: EUPL-1.2
"""Calendars to subscribe to: what they hold, who may read them, and that polling them is cheap."""

import datetime as dt
import gzip
import time

import icalendar
import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from base import clock
from courses.models import CourseTrainer, Registration, Session
from notifications.domain import feeds
from notifications.itip import feed as builder
from notifications.models import Feed
from tests.factories import (
    CourseFactory,
    EditionFactory,
    LocationFactory,
    PersonFactory,
    SessionFactory,
)
from tests.notifications.conftest import SUMMER, call_off, change, leave, queue_up, seat

DAY = dt.timedelta(days=1)
LINK = "https://vergadering.example/abc"


@pytest.fixture(autouse=True)
def clock_in_summer():
    with time_machine.travel(SUMMER, tick=False) as traveller:
        yield traveller


def mine(person):
    return f"/agenda/{feeds.token_of(person) or feeds.renew(person)}.ics"


def events(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return icalendar.Calendar.from_ical(response.content).walk("VEVENT")


def shown(client, address):
    return [(str(event["SUMMARY"]), str(event["STATUS"])) for event in events(client, address)]


# --- what it holds ----------------------------------------------------------------------------------


def test_a_personal_feed_lists_what_somebody_takes_part_in_or_teaches(client, rows, learner):
    seat(rows, learner)
    queue_up(SessionFactory(course=CourseFactory(title="Wachtlijst")), learner)
    leave(seat(SessionFactory(course=CourseFactory(title="Afgemeld")), learner))
    SessionFactory(course=CourseFactory(title="Van een ander"))
    taught = CourseFactory(title="Geef ik zelf", trainer=learner)
    SessionFactory(course=taught, starts_at=rows.starts_at + DAY)

    assert shown(client, mine(learner)) == [
        ("Schrijf een brief die iedereen snapt", "CONFIRMED"),
        ("Geef ik zelf", "CONFIRMED"),
    ]


def test_a_cancelled_session_stays_cancelled_until_its_day_is_over(
    client, rows, learner, clock_in_summer
):
    seat(rows, learner)
    call_off(rows)
    assert shown(client, mine(learner)) == [("Schrijf een brief die iedereen snapt", "CANCELLED")]
    clock_in_summer.move_to(clock.from_wall_time(dt.date(2026, 10, 13), dt.time(23, 59)))
    assert len(shown(client, mine(learner))) == 1
    clock_in_summer.shift(120)
    assert shown(client, mine(learner)) == []


def test_a_feed_is_a_list_and_not_a_question(client, rows, learner):
    seat(rows, learner)
    text = client.get(mine(learner)).content.decode()
    unfolded = text.replace("\r\n ", "")
    lines = unfolded.split("\r\n")

    for absent in ("METHOD", "ORGANIZER", "ATTENDEE", "BEGIN:VALARM", learner.email):
        assert absent not in unfolded
    for line in (
        "NAME:Mijn TJC",
        "X-WR-CALNAME:Mijn TJC",
        "X-WR-TIMEZONE:Europe/Amsterdam",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
        "X-PUBLISHED-TTL:PT6H",
        "DTSTART;TZID=Europe/Amsterdam:20261013T100000",
        "DTEND;TZID=Europe/Amsterdam:20261013T105000",
        f"SEQUENCE:{rows.revision}",
        f"DTSTAMP:{rows.updated_at:%Y%m%dT%H%M%SZ}",
    ):
        assert line in lines
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    assert all(line == "" or not line.endswith("\n") for line in text.split("\r\n"))


def test_its_uid_is_another_than_the_invitations_and_stays(client, rows, learner):
    registration = seat(rows, learner)
    (first,) = events(client, mine(learner))
    change(rows, starts_at=rows.starts_at + DAY, ends_at=rows.ends_at + DAY)
    (second,) = events(client, mine(learner))
    assert first["UID"] == second["UID"] != registration.invitations.get().uid
    assert int(second["SEQUENCE"]) == rows.revision == int(first["SEQUENCE"]) + 1


def test_the_online_link_is_in_ones_own_feed_and_in_no_public_one(client, rows, learner):
    edition = EditionFactory(slug="week", starts_on=dt.date(2026, 10, 12))
    Session.objects.update(edition=edition, format="hybrid", location=LocationFactory())
    seat(rows, learner)
    own = client.get(mine(learner)).content.decode().replace("\r\n ", "")
    assert LINK in own
    for address in ("/edities/week/programma.ics", "/organisaties/utrecht/agenda.ics"):
        text = client.get(address).content.decode().replace("\r\n ", "")
        assert "Schrijf een brief die iedereen snapt" in text
        assert (LINK in text, "vergadering" in text) == (False, False)
        assert "LOCATION:Stadhuis\\, Zaal 3\\, Utrecht" in text.split("\r\n")


def test_a_programme_that_is_not_public_is_in_no_feed(client, rows):
    edition = EditionFactory(slug="week", programme_published_at=None)
    Session.objects.update(edition=edition)
    assert client.get("/edities/week/programma.ics").status_code == 404
    assert shown(client, "/organisaties/utrecht/agenda.ics") == []


def test_drafts_are_in_no_feed(client, rows):
    edition = EditionFactory(slug="week")
    trainer = rows.course.trainers.get()
    concept = CourseFactory(
        status="draft", published_at=None, organisation=rows.course.organisation, trainer=trainer
    )
    SessionFactory(course=concept, edition=edition)
    SessionFactory(course=rows.course, edition=edition, status="draft")
    for address in (
        "/edities/week/programma.ics",
        "/organisaties/utrecht/agenda.ics",
        mine(trainer),
    ):
        assert len(events(client, address)) == (0 if "week" in address else 1)


@pytest.mark.parametrize(
    ("day", "utc"),
    [
        ("2026-10-24", "08:00"),
        ("2026-10-26", "09:00"),
        ("2027-03-27", "09:00"),
        ("2027-03-28", "08:00"),
    ],
)
def test_wall_time_on_both_sides_of_the_change(client, rows, day, utc):
    begin = clock.from_wall_time(dt.date.fromisoformat(day), dt.time(10))
    Session.objects.update(starts_at=begin, ends_at=begin + dt.timedelta(minutes=50))
    (event,) = events(client, "/organisaties/utrecht/agenda.ics")
    assert event["DTSTART"].dt.strftime("%H:%M") == "10:00"
    assert event["DTSTART"].dt.astimezone(dt.UTC).strftime("%H:%M") == utc


# --- who may read -------------------------------------------------------------------------------------


def test_a_renewed_or_stopped_feed_no_longer_opens(client, learner):
    old = mine(learner)
    assert client.get(old).status_code == 200
    feeds.renew(learner)
    assert client.get(old).status_code == 404
    new = mine(learner)
    assert client.get(new).status_code == 200
    feeds.revoke(learner)
    assert client.get(new).status_code == 404


def test_the_token_stands_nowhere_readable(learner):
    token = feeds.renew(learner)
    row = Feed.objects.get()
    assert token not in row.digest
    assert token.encode() not in bytes(row.sealed)
    assert feeds.token_of(learner) == token
    assert len(token) >= 43  # 256 bits


def test_somebody_who_left_has_no_feed(client, learner):
    address = mine(learner)
    learner.is_active = False
    learner.save()
    assert client.get(address).status_code == 404


def test_guessing_is_slowed_down_and_real_feeds_go_on(client, learner):
    address = mine(learner)
    found = [client.get(f"/agenda/{number}.ics").status_code for number in range(61)]
    assert found == [404] * 60 + [429]
    assert client.get(address).status_code == 200


def test_my_page_makes_renews_and_stops_the_link_by_button_only(client, learner):
    client.force_login(learner)
    for _ in range(2):
        assert "webcal://" not in client.get("/mijn/").text
    assert client.get(reverse("mail:feed")).status_code == 405
    client.post(reverse("mail:feed"))
    first = feeds.token_of(learner)
    assert f"webcal://localhost:8000/agenda/{first}.ics" in client.get("/mijn/").text
    client.post(reverse("mail:feed"))
    assert feeds.token_of(learner) not in {None, first}
    client.post(reverse("mail:feed"), {"stop": "1"})
    assert Feed.objects.count() == 0


# --- polling is cheap -----------------------------------------------------------------------------------


def test_nothing_changed_is_304_with_nothing_in_it(client, rows, learner):
    seat(rows, learner)
    address = mine(learner)
    first = client.get(address)
    for header in ({"If-None-Match": first["ETag"]}, {"If-Modified-Since": first["Last-Modified"]}):
        again = client.get(address, headers=header)
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    change(rows, starts_at=rows.starts_at + DAY, ends_at=rows.ends_at + DAY)
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 200


@pytest.mark.parametrize("what", ["title", "place", "cancelled", "joined", "left"])
def test_whatever_is_shown_is_news_for_a_program(client, rows, learner, what, clock_in_summer):
    """Also for one that keeps no ETag and only asks what is new since then."""
    place = LocationFactory()
    Session.objects.update(location=place, format="hybrid")
    other = SessionFactory(course=CourseFactory())
    registration = seat(rows, learner)
    address = mine(learner)
    before = client.get(address)
    clock_in_summer.shift(60)
    rows.refresh_from_db()
    if what == "title":
        rows.course.title = "Anders"
        rows.course.save()
    elif what == "place":
        place.room = "Zaal 9"
        place.save()
    elif what == "cancelled":
        call_off(rows)
    elif what == "joined":
        seat(other, learner)
    else:
        leave(registration)
    after = client.get(address, headers={"If-Modified-Since": before["Last-Modified"]})
    assert (after.status_code, after["ETag"] != before["ETag"]) == (200, True)


def test_a_seat_that_is_taken_is_no_news_for_a_public_feed(client, rows, clock_in_summer):
    address = "/organisaties/utrecht/agenda.ics"
    before = client.get(address)["ETag"]
    rows.taken = 1
    rows.save()
    clock_in_summer.shift(61)
    assert client.get(address)["ETag"] == before


@pytest.mark.parametrize(
    "address", ["/organisaties/utrecht/agenda.ics", "/edities/de-week/programma.ics"]
)
def test_a_public_feed_is_looked_at_once_a_minute(client, rows, clock_in_summer, address):
    rows.edition = EditionFactory(slug="de-week")
    rows.save()
    before = client.get(address)["ETag"]
    change(rows, starts_at=rows.starts_at + DAY, ends_at=rows.ends_at + DAY)
    clock_in_summer.shift(59)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address, headers={"If-None-Match": before}).status_code == 304
    assert len(queries) == 1  # whose calendar it is, and whether it is public
    clock_in_summer.shift(2)
    after = client.get(address, headers={"If-None-Match": before})
    assert after.status_code == 200
    (event,) = icalendar.Calendar.from_ical(after.content).walk("VEVENT")
    assert event["DTSTART"].dt == rows.starts_at


def test_ones_own_feed_is_looked_at_every_time(client, rows, learner):
    registration = seat(rows, learner)
    address = mine(learner)
    assert len(events(client, address)) == 1
    leave(registration)
    assert events(client, address) == []
    feeds.revoke(learner)
    assert client.get(address).status_code == 404


def test_a_programme_that_is_taken_back_is_gone_at_once(client, db):
    edition = EditionFactory(slug="de-week")
    address = "/edities/de-week/programma.ics"
    assert client.get(address).status_code == 200
    edition.programme_published_at = None
    edition.save()
    assert client.get(address).status_code == 404


def test_two_feeds_that_are_alike_are_not_mixed_up(client, db):
    editions = [EditionFactory(slug=f"week-{n}", name="TJC-week") for n in range(2)]
    answers = [client.get(f"/edities/{row.slug}/programma.ics")["ETag"] for row in editions]
    assert answers[0] != answers[1]


def test_head_and_gzip(client, rows):
    address = "/organisaties/utrecht/agenda.ics"
    plain = client.get(address)
    packed = client.get(address, headers={"Accept-Encoding": "gzip, br"})
    head = client.head(address)

    assert plain["Content-Type"] == "text/calendar; charset=utf-8"
    assert gzip.decompress(packed.content) == plain.content
    assert (packed["Content-Encoding"], packed["Vary"]) == ("gzip", "Accept-Encoding")
    assert (head.status_code, head.content) == (200, b"")
    assert head["Content-Length"] == str(len(plain.content))
    assert client.post(address).status_code == 405


def test_a_feed_of_2000_sessions_is_built_once_and_304_takes_under_5_ms(client, rows, monkeypatch):
    edition = EditionFactory(slug="groot")
    Session.objects.bulk_create(
        [
            Session(
                course=rows.course,
                edition=edition,
                starts_at=rows.starts_at + dt.timedelta(minutes=number),
                ends_at=rows.ends_at + dt.timedelta(minutes=number),
                capacity=20,
            )
            for number in range(2000)
        ]
    )
    built = []
    build = builder.build

    def counted(*args, **kwargs):
        built.append(1)
        return build(*args, **kwargs)

    monkeypatch.setattr(builder, "build", counted)
    address = "/edities/groot/programma.ics"
    began = time.perf_counter()
    first = client.get(address)
    building = time.perf_counter() - began
    assert first.content.count(b"BEGIN:VEVENT") == 2000

    packed = client.get(address, headers={"Accept-Encoding": "gzip"})
    laps = []
    for _ in range(50):
        began, working = time.perf_counter(), time.process_time()
        answer = client.get(address, headers={"If-None-Match": first["ETag"]})
        laps.append((time.process_time() - working, time.perf_counter() - began))
        assert answer.status_code == 304
    with CaptureQueriesContext(connection) as queries:
        client.get(address, headers={"If-None-Match": first["ETag"]})

    # Processor time counts: what else runs on the machine must not turn this red.
    fastest, waited = (min(column) * 1000 for column in zip(*laps, strict=True))
    print(  # noqa: T201 - pytest -s shows the figure
        f"\nfeed of 2,000: built in {building:.2f} s, {len(first.content) // 1000} kB, "
        f"{len(packed.content) // 1000} kB gzip; 304 in {fastest:.1f} ms of processor, {waited:.1f} ms by the clock"
    )
    assert len(built) == 1
    assert len(queries) == 1
    assert fastest < 5


def test_a_feed_costs_the_same_queries_for_one_and_for_three(client, rows, learner):
    def count():
        with CaptureQueriesContext(connection) as queries:
            client.get(mine(learner))
        return len(queries)

    seat(rows, learner)
    feeds.renew(learner)
    one = count()
    for _ in range(2):
        course = CourseFactory()
        CourseTrainer.objects.create(course=course, person=learner, part="co")
        Registration.objects.create(
            session=SessionFactory(course=course), person=PersonFactory(), state="registered"
        )
    assert count() == one
