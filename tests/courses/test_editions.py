# SPDX-License-Identifier: EUPL-1.2
"""Editions: what they may be, what happens to their sessions, and who may look after them."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import AuditEvent
from base import clock
from courses.domain.editions import (
    change_edition,
    clone_edition,
    create_edition,
    name_next_year,
    parse_slots,
)
from courses.errors import ChangeRefused
from courses.models import Edition
from tests.factories import (
    CourseFactory,
    EditionFactory,
    PersonFactory,
    SessionFactory,
    coordinator,
    national_coordinator,
)

pytestmark = pytest.mark.django_db

WEEK = {
    "name": "TJC-week 2027",
    "kind": "week",
    "starts_on": dt.date(2027, 10, 11),
    "ends_on": dt.date(2027, 10, 15),
    "max_minutes": 60,
    "slots": ["09:00"],
}


@pytest.fixture
def redactie():
    return national_coordinator(name="Redactie")


def session_in(edition, *, minutes=60, day=None):
    starts = clock.from_wall_time(day or edition.starts_on, dt.time(10))
    return SessionFactory(
        course=CourseFactory(),
        edition=edition,
        starts_at=starts,
        ends_at=starts + dt.timedelta(minutes=minutes),
        max_minutes=edition.max_minutes,
    )


def refusal(call, *args, **fields):
    with pytest.raises(ChangeRefused) as refused:
        call(*args, **fields)
    return refused.value.field, refused.value.sentence


def test_create_gives_an_address_and_an_audit_line(redactie):
    first = create_edition(by=redactie, **WEEK)
    second = create_edition(by=redactie, **WEEK)
    assert (first.slug, second.slug) == ("tjc-week-2027", "tjc-week-2027-2")
    events = AuditEvent.objects.filter(verb="edition.created").order_by("pk")
    assert [event.actor for event in events] == [redactie, redactie]


@pytest.mark.parametrize(("name", "slug"), [("Alles", "alles-2"), ("!!!", "editie")])
def test_an_address_never_means_something_else(redactie, name, slug):
    assert create_edition(by=redactie, **WEEK | {"name": name}).slug == slug


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": "  "}, "name"),
        ({"ends_on": dt.date(2027, 10, 10)}, "ends_on"),
        ({"ends_on": dt.date(2027, 10, 25)}, "ends_on"),
        ({"max_minutes": 61}, "max_minutes"),
        ({"max_minutes": 4}, "max_minutes"),
        ({"kind": "day", "max_minutes": 90}, "max_minutes"),
        ({"kind": "series", "max_minutes": 241}, "max_minutes"),
        (
            {
                "registration_opens_at": dt.datetime(2027, 9, 2, tzinfo=dt.UTC),
                "registration_closes_at": dt.datetime(2027, 9, 1, tzinfo=dt.UTC),
            },
            "registration_closes_at",
        ),
    ],
)
def test_what_an_edition_cannot_be(redactie, fields, field):
    assert refusal(create_edition, by=redactie, **WEEK | fields)[0] == field
    assert Edition.objects.count() == 0


def test_the_limits_are_sixty_and_two_hundred_and_forty_minutes(redactie):
    assert create_edition(by=redactie, **WEEK).max_minutes == 60
    series = WEEK | {"kind": "series", "max_minutes": 240, "ends_on": dt.date(2027, 12, 1)}
    assert create_edition(by=redactie, **series).max_minutes == 240


def test_a_day_is_one_day(redactie):
    day = create_edition(by=redactie, **WEEK | {"kind": "day"})
    assert day.ends_on == day.starts_on == dt.date(2027, 10, 11)


def test_days_that_leave_a_session_outside_are_refused(redactie):
    edition = EditionFactory()
    session_in(edition, day=edition.ends_on)
    field, sentence = refusal(
        change_edition, edition, by=redactie, ends_on=edition.ends_on - dt.timedelta(days=1)
    )
    assert field == "ends_on"
    assert sentence.startswith("Er is nog 1 bijeenkomst buiten deze dagen, op ")


def test_a_cancelled_session_does_not_hold_an_edition_back(redactie):
    edition = EditionFactory()
    session = session_in(edition, day=edition.ends_on)
    session.status = "cancelled"
    session.save()
    ends = edition.ends_on - dt.timedelta(days=1)
    assert change_edition(edition, by=redactie, ends_on=ends).ends_on == ends


def test_the_limit_reaches_the_sessions_and_never_cuts_one(redactie):
    edition = EditionFactory(kind="series", max_minutes=240)
    session = session_in(edition, minutes=120)
    assert refusal(change_edition, edition, by=redactie, max_minutes=90) == (
        "max_minutes",
        "Er is al een bijeenkomst van 120 minuten. Maak die eerst korter.",
    )
    change_edition(edition, by=redactie, max_minutes=120)
    session.refresh_from_db()
    assert session.max_minutes == 120


def test_change_keeps_the_address_and_says_what_changed(redactie):
    edition = EditionFactory(slug="week")
    change_edition(edition, by=redactie, name="Anders", slots=["10:00"])
    change_edition(edition, by=redactie, name="Anders")
    edition.refresh_from_db()
    assert (edition.slug, edition.name) == ("week", "Anders")
    assert AuditEvent.objects.get(verb="edition.changed").detail == {"fields": ["name", "slots"]}


def test_next_year_is_on_the_same_weekdays_with_an_unpublished_programme(redactie):
    closes = clock.from_wall_time(dt.date(2026, 10, 30), dt.time(12))  # winter time
    edition = EditionFactory(
        name="TJC-week 2026",
        starts_on=dt.date(2026, 11, 2),
        ends_on=dt.date(2026, 11, 6),
        registration_closes_at=closes,
    )
    session_in(edition)
    copy = clone_edition(edition, by=redactie)
    assert (copy.name, copy.slug) == ("TJC-week 2027", "tjc-week-2027")
    assert (copy.starts_on, copy.ends_on) == (dt.date(2027, 11, 1), dt.date(2027, 11, 5))
    # 29 October 2027 is still summer time: noon stays noon on the clock.
    assert copy.registration_closes_at == dt.datetime(2027, 10, 29, 10, tzinfo=dt.UTC)
    assert (copy.programme_published_at, copy.sessions.count()) == (None, 0)
    assert (copy.slots, copy.max_minutes) == (edition.slots, 60)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("TJC-week 2026", "TJC-week 2027"),
        ("2026: TJC 2030", "2026: TJC 2031"),
        ("TJC-week", "TJC-week"),
        ("Zaal 12026", "Zaal 12026"),
    ],
)
def test_the_year_in_the_name_goes_up(name, expected):
    assert name_next_year(name) == expected


def test_slots_are_read_as_people_type_them():
    assert parse_slots("13.30, 9:00;09:00\n10:15") == ["09:00", "10:15", "13:30"]
    assert parse_slots("  ") == []
    for wrong in ("25:00", "9", "9:60", "tien uur"):
        assert refusal(parse_slots, wrong)[0] == "slots"


# --- pages ------------------------------------------------------------------------------------------

LIST = "/edities-beheer/"


def form_of(**changes):
    return {
        "name": "TJC-week 2027",
        "kind": "week",
        "starts_on": "2027-10-11",
        "ends_on": "2027-10-15",
        "slots": "09:00, 13:30",
        **changes,
    }


def test_addresses():
    assert reverse("courses:editions-manage") == LIST
    assert reverse("courses:edition-new") == f"{LIST}nieuw/"
    assert reverse("courses:edition-edit", args=["week"]) == f"{LIST}week/"
    assert reverse("courses:edition-clone", args=["week"]) == f"{LIST}week/kopie/"


@pytest.mark.parametrize(
    ("method", "path", "national"),
    [
        ("get", LIST, 200),
        ("post", LIST, 405),
        ("get", f"{LIST}nieuw/", 200),
        ("post", f"{LIST}nieuw/", 200),
        ("get", f"{LIST}week/", 200),
        ("post", f"{LIST}week/", 200),
        ("get", f"{LIST}nergens/", 404),
        ("get", f"{LIST}week/kopie/", 405),
        ("post", f"{LIST}week/kopie/", 302),
    ],
)
def test_only_the_national_coordinator_looks_after_editions(client, method, path, national):
    EditionFactory(slug="week")
    answers = {}
    for role, person in {
        "visitor": None,
        "colleague": PersonFactory(),
        "coordinator": coordinator(),
        "admin": PersonFactory(is_staff=True, is_superuser=True),
        "national": national_coordinator(),
    }.items():
        client.logout()
        if person:
            client.force_login(person)
        answers[role] = getattr(client, method)(path).status_code
    assert answers == {
        "visitor": 302,
        "colleague": 403,
        "coordinator": 403,
        "admin": 403,
        "national": national,
    }


def test_a_new_edition_from_the_form(client, redactie):
    client.force_login(redactie)
    answer = client.post(f"{LIST}nieuw/", form_of(registration_opens_at="2027-09-01T09:00"))
    assert (answer.status_code, answer["Location"]) == (302, LIST)
    edition = Edition.objects.get()
    assert (edition.slots, edition.max_minutes) == (["09:00", "13:30"], 60)
    assert edition.registration_opens_at == dt.datetime(2027, 9, 1, 7, tzinfo=dt.UTC)


def test_a_refused_form_keeps_what_was_typed_and_says_why(client, redactie):
    client.force_login(redactie)
    answer = client.post(f"{LIST}nieuw/", form_of(max_minutes="90", slots="half tien"))
    assert dict(answer.context["form"].errors) == {
        "slots": ["Schrijf starttijden zoals 09:00, 10:30. Dit lukte niet: half"]
    }
    answer = client.post(f"{LIST}nieuw/", form_of(max_minutes="90"))
    assert dict(answer.context["form"].errors) == {
        "max_minutes": ["Kies een duur van 5 tot en met 60 minuten."]
    }
    text = answer.content.decode()
    assert "<title>Fout:" in text
    assert 'value="90"' in text
    assert Edition.objects.count() == 0


def test_a_moment_that_the_clock_skips_is_refused(client, redactie):
    client.force_login(redactie)
    answer = client.post(f"{LIST}nieuw/", form_of(registration_opens_at="2027-03-28T02:30"))
    assert list(answer.context["form"].errors) == ["registration_opens_at"]


def test_edit_and_copy_from_the_page(client, redactie):
    edition = EditionFactory(slug="week", name="TJC-week 2026")
    client.force_login(redactie)
    page = client.get(f"{LIST}week/")
    assert page.context["form"].initial["slots"] == "09:00, 10:00, 11:00, 13:30, 15:00"
    changed = form_of(
        name="Anders", starts_on=edition.starts_on.isoformat(), ends_on=edition.ends_on.isoformat()
    )
    assert client.post(f"{LIST}week/", changed)["Location"] == LIST
    edition.refresh_from_db()
    assert edition.name == "Anders"
    assert client.post(f"{LIST}week/kopie/")["Location"] == f"{LIST}anders/"


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_queries_and_names_no_participant(
    client, redactie, django_assert_num_queries, number
):
    for _number in range(number):
        session_in(EditionFactory())
    client.force_login(redactie)
    client.get(LIST)
    with django_assert_num_queries(4):
        answer = client.get(LIST)
    assert "Merel de Jong" not in answer.content.decode()
