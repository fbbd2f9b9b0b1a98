# SPDX-License-Identifier: EUPL-1.2
"""«Geef een cursus»: from an empty form to a course that people can find."""

import datetime as dt
import uuid

import pytest
from django.test import Client

from base import clock
from courses import signals
from courses.models import Course, Location, Session
from tests.courses.teaching import edit_url, in_days, typed
from tests.factories import (
    EditionFactory,
    PersonFactory,
    ThemeFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def trainer():
    return PersonFactory(name="Samira El Idrissi")


@pytest.fixture
def page(client, trainer) -> Client:
    """A browser in which the trainer is signed in."""
    client.force_login(trainer)
    ThemeFactory()
    return client


def errors(response) -> dict[str, list[str]]:
    return dict(response.context["form"].errors)


# --- the first page ------------------------------------------------------------------------------


def test_visitor_is_shown_how_to_sign_in_and_comes_back_here(client):
    response = client.get("/geef-een-cursus/")
    assert response.status_code == 200
    assert 'href="/inloggen/?next=/geef-een-cursus/"' in response.content.decode()


def test_colleague_without_organisation_is_asked_where_they_work(client):
    client.force_login(PersonFactory(organisation=None, organisation_confirmed=False))
    response = client.get("/geef-een-cursus/")
    assert 'href="/mijn/organisatie/?next=/geef-een-cursus/"' in response.content.decode()


def test_colleague_without_a_name_is_asked_for_it(client):
    client.force_login(PersonFactory(name=""))
    assert (
        client.get("/geef-een-cursus/")["Location"] == "/mijn/gegevens/?next=%2Fgeef-een-cursus%2F"
    )


def test_looking_at_the_form_creates_nothing(page):
    for _ in range(3):
        assert page.get("/geef-een-cursus/").status_code == 200
    assert Course.objects.count() == 0


def test_draft_that_was_never_saved_does_not_exist(page):
    assert page.get(edit_url(uuid.uuid4())).status_code == 404


def test_earlier_drafts_are_offered_on_the_empty_form(page):
    draft_id = uuid.uuid4()
    page.post(edit_url(draft_id), typed(title="Half af", bewaar="1"))
    html = page.get("/geef-een-cursus/").content.decode()
    assert f'href="{edit_url(draft_id)}">Half af</a>' in html


# --- publishing ----------------------------------------------------------------------------------


def test_publish_makes_course_date_and_invitation_at_once(page, trainer):
    public_id = uuid.uuid4()
    planned = []
    signals.session_planned.connect(
        receiver := lambda session, by, **_: planned.append((session.pk, by.pk)), weak=False
    )
    try:
        response = page.post(
            edit_url(public_id),
            typed(
                goals="Je maakt een draaitabel\n- Je leest hem uit\n\n",
                bring="Je laptop",
                quote="Excel is leuk.",
                description="**Kom** maar.",
                online_url="vergadering.nl/abc",
                reserved_seats="4",
                reserved_until=in_days(20),
                registration_closes=in_days(29),
            ),
        )
    finally:
        signals.session_planned.disconnect(receiver)
    course = Course.objects.get()
    session = course.sessions.get()
    assert response.url == f"/geef-een-cursus/{public_id}/gelukt/"
    assert (course.public_id, course.status, course.title) == (
        public_id,
        "published",
        "Draaitabellen in Excel",
    )
    assert course.organisation == trainer.organisation
    assert course.goals == ["Je maakt een draaitabel", "Je leest hem uit"]
    assert (course.minutes, course.max_participants, course.format) == (45, 12, "online")
    assert course.draft == {}
    assert (session.status, session.capacity, session.minutes) == ("planned", 12, 45)
    assert session.online_url == "https://vergadering.nl/abc"
    assert clock.local(session.starts_at).strftime("%H:%M") == "10:00"
    assert session.reserved_seats == 4
    assert clock.local(session.reserved_until).strftime("%Y-%m-%d %H:%M") == f"{in_days(20)} 00:00"
    assert (
        clock.local(session.registration_closes_at).strftime("%Y-%m-%d %H:%M")
        == f"{in_days(30)} 00:00"
    )
    assert list(course.trainer_rows.values_list("person", "part")) == [(trainer.pk, "lead")]
    assert planned == [(session.pk, trainer.pk)]


def test_published_page_says_what_comes_next(page):
    public_id = uuid.uuid4()
    response = page.post(edit_url(public_id), typed(), follow=True)
    html = response.content.decode()
    course = Course.objects.get()
    assert "De uitnodiging voor je agenda is onderweg naar je werkmail." in html
    assert f'data-kopieer="http://testserver/cursussen/{course.slug}/"' in html
    assert f'href="/mijn/cursussen/{public_id}/datum/"' in html


def test_publish_on_site_makes_the_location_once(page):
    for title in ("Eerste", "Tweede"):
        page.post(
            edit_url(uuid.uuid4()),
            typed(title=title, format="on_site", place="Stadhuis", room="Zaal 3", city="Zwolle"),
        )
    location = Location.objects.get()
    assert str(location) == "Stadhuis, Zaal 3, Zwolle"
    assert list(Session.objects.values_list("location", flat=True)) == [location.pk] * 2


def test_publish_twice_makes_one_course_and_one_date(page):
    public_id = uuid.uuid4()
    first = page.post(edit_url(public_id), typed())
    second = page.post(edit_url(public_id), typed())
    assert (first.url, second.url) == (f"/geef-een-cursus/{public_id}/gelukt/",) * 2
    assert (Course.objects.count(), Session.objects.count()) == (1, 1)


def test_half_day_is_fine_outside_the_week(page):
    page.post(edit_url(uuid.uuid4()), typed(minutes="240"))
    assert Session.objects.get().minutes == 240


# --- refusals ------------------------------------------------------------------------------------

PAST = "Deze datum is al geweest. Kies een datum vanaf morgen."
WEEK = "In de TJC-week duurt een cursus hooguit een uur. Maak hem korter of kies een andere datum."
HALF_DAY = "Een cursus duurt hooguit een dagdeel (vier uur)."
CLOCK = "Die nacht gaat de klok een uur vooruit of achteruit. Kies een andere tijd."
SEATS = "Kies minstens 1 en hooguit 5.000 plekken."
NUMBER = "Vul een heel getal in, bijvoorbeeld 20."

#: A number is so many days from now: the day may change between reading this and running it.
REFUSED = [
    ({"title": ""}, "title", "Geef je cursus een titel."),
    ({"title": " \u200b\r\n "}, "title", "Geef je cursus een titel."),
    (
        {"title": "x" * 10_000},
        "title",
        "Maak dit korter: hooguit 120 tekens. Nu zijn het er 10000.",
    ),
    ({"promise": ""}, "promise", "Schrijf in één zin wat je collega leert."),
    ({"theme": ""}, "theme", "Kies een onderwerp."),
    ({"theme": "bestaat-niet"}, "theme", "Kies een onderwerp."),
    ({"day": ""}, "day", "Kies een dag."),
    ({"day": "2027-02-30"}, "day", "Dit is geen goede datum. Voorbeeld: 13-10-2027"),
    ({"day": "0001-01-01"}, "day", PAST),
    ({"day": "9999-12-31"}, "day", "Kies een datum in de komende twee jaar."),
    ({"day": -1}, "day", PAST),
    ({"day": 0, "time": "00:00"}, "day", PAST),
    ({"time": ""}, "time", "Kies hoe laat je begint."),
    ({"time": "25:00"}, "time", "Dit is geen goede tijd. Voorbeeld: 10:00"),
    ({"minutes": ""}, "minutes", "Kies hoe lang je cursus duurt."),
    ({"minutes": "300"}, "minutes", HALF_DAY),
    ({"minutes": "-5"}, "minutes", "Een cursus duurt minstens vijf minuten."),
    ({"minutes": "9" * 30}, "minutes", HALF_DAY),
    ({"capacity": ""}, "capacity", "Vul in hoeveel collega’s mee kunnen doen."),
    ({"capacity": "0"}, "capacity", SEATS),
    ({"capacity": "99999"}, "capacity", SEATS),
    ({"capacity": "9" * 30}, "capacity", SEATS),
    ({"capacity": "veel"}, "capacity", NUMBER),
    ({"format": "op de maan"}, "format", "Kies waar je de cursus geeft."),
    ({"format": "on_site"}, "place", "Vul in waar je de cursus geeft."),
    (
        {"online_url": "javascript:alert(1)"},
        "online_url",
        "Dit is geen goede link. Voorbeeld: https://vergadering.nl/abc",
    ),
    (
        {"online_url": "ftp://bestanden.nl/abc"},
        "online_url",
        "Dit is geen goede link. Voorbeeld: https://vergadering.nl/abc",
    ),
    ({"goals": "a\nb\nc\nd"}, "goals", "Noem hooguit drie dingen."),
    ({"reserved_seats": "3"}, "reserved_until", "Kies tot wanneer je deze plekken vrijhoudt."),
    (
        {"reserved_seats": "13", "reserved_until": 3},
        "reserved_seats",
        "Je houdt meer plekken vrij dan er zijn. Kies een lager aantal.",
    ),
    (
        {"registration_closes": 31},
        "registration_closes",
        "Kies een datum tussen vandaag en de dag van je cursus.",
    ),
]


@pytest.mark.parametrize(("changes", "field", "sentence"), REFUSED)
def test_refusal_stands_at_its_field_and_nothing_is_lost(page, changes, field, sentence):
    public_id = uuid.uuid4()
    changes = {
        name: in_days(value) if isinstance(value, int) else value for name, value in changes.items()
    }
    response = page.post(edit_url(public_id), typed(**changes))
    html = response.content.decode()
    assert errors(response) == {field: [sentence]}
    assert html.count("<title>Fout: ") == 1
    assert "Nog 1 ding aanvullen" in html
    course = Course.objects.get()
    assert (course.status, course.sessions.count(), Location.objects.count()) == ("draft", 0, 0)
    shown = page.get(edit_url(public_id)).context["form"].initial
    kept = {name: value for name, value in typed(**changes).items() if name != "publiceer"}
    assert {name: shown[name] for name in kept} == kept


@pytest.mark.parametrize(
    ("kind", "minutes", "sentence"),
    [
        ("week", "60", None),
        ("week", "61", WEEK),
        ("week", "120", WEEK),
        ("day", "60", None),
        ("day", "61", WEEK),
        ("series", "61", None),
        ("series", "240", None),
        ("series", "241", HALF_DAY),
        (None, "240", None),
        (None, "241", HALF_DAY),
    ],
)
def test_length_limits(page, kind, minutes, sentence):
    day = clock.today() + dt.timedelta(days=30)
    if kind:
        EditionFactory(
            kind=kind,
            starts_on=day,
            ends_on=day,
            max_minutes=240 if kind == "series" else 60,
        )
    response = page.post(edit_url(uuid.uuid4()), typed(minutes=minutes))
    if sentence is None:
        assert response.status_code == 302
        assert Session.objects.get().minutes == int(minutes)
    else:
        assert errors(response) == {"minutes": [sentence]}
        assert Session.objects.count() == 0


def last_sunday(month: int) -> dt.date:
    """Next year, so that this test keeps its meaning."""
    last = dt.date(clock.today().year + 1, month, 31)
    return last - dt.timedelta(days=(last.weekday() + 1) % 7)


@pytest.mark.parametrize(
    ("month", "days", "time", "utc"),
    [
        (10, -1, "10:00", "08:00"),
        (10, 0, "01:59", "23:59"),
        (10, 0, "02:00", None),
        (10, 0, "02:30", None),
        (10, 0, "02:59", None),
        (10, 0, "03:00", "02:00"),
        (10, 0, "10:00", "09:00"),
        (3, -1, "10:00", "09:00"),
        (3, 0, "01:59", "00:59"),
        (3, 0, "02:30", None),
        (3, 0, "03:00", "01:00"),
        (3, 0, "10:00", "08:00"),
    ],
)
def test_both_sides_of_the_clock_change(page, month, days, time, utc):
    day = last_sunday(month) + dt.timedelta(days=days)
    response = page.post(edit_url(uuid.uuid4()), typed(day=day.isoformat(), time=time))
    if utc is None:
        assert errors(response) == {"time": [CLOCK]}
        assert Session.objects.count() == 0
    else:
        starts_at = Session.objects.get().starts_at
        assert f"{starts_at:%H:%M}" == utc
        assert clock.local(starts_at).replace(tzinfo=None) == dt.datetime.combine(
            day, dt.time.fromisoformat(time)
        )


def test_what_does_not_apply_to_the_place_is_not_judged(page):
    response = page.post(
        edit_url(uuid.uuid4()),
        typed(format="on_site", place="Stadhuis", online_url="geen link"),
    )
    assert response.status_code == 302
    assert Session.objects.get().online_url == ""


ODD_TITLES = [
    ('"><script>alert(1)</script>', '"><script>alert(1)</script>'),
    ("Draaitabellen 🎉👩‍💻", "Draaitabellen 🎉👩‍💻"),
    ("تعلم كتابة الرسائل", "تعلم كتابة الرسائل"),
    ("goed\u202edlarow", "goeddlarow"),
    ("Bcc: a@b.nl\r\nSubject: nee", "Bcc: a@b.nl Subject: nee"),
    ("🎉", "🎉"),
]


@pytest.mark.parametrize(("title", "kept"), ODD_TITLES)
def test_odd_titles_are_text_and_nothing_else(page, title, kept):
    public_id = uuid.uuid4()
    page.post(edit_url(public_id), typed(title=title, bewaar="1"))
    assert b"<script>alert" not in page.get(edit_url(public_id)).content
    assert b"<script>alert" not in page.get("/mijn/cursussen/").content
    response = page.post(edit_url(public_id), typed(title=title), follow=True)
    assert Course.objects.get().title == kept
    assert b"<script>alert" not in response.content
    assert b"<script>alert" not in page.get(f"/mijn/cursussen/{public_id}/").content
