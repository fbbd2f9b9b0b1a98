# SPDX-License-Identifier: EUPL-1.2
"""The catalogue: what is found, counted and shown, and at what cost."""

import datetime as dt
import re

import pytest
import time_machine
from django.urls import reverse

from base import clock
from courses.domain import search
from courses.models import Course, CourseTrainer, Session
from tests.factories import (
    CourseFactory,
    EditionFactory,
    LocationFactory,
    OrganisationFactory,
    PersonFactory,
    SessionFactory,
    ThemeFactory,
)

pytestmark = pytest.mark.django_db
URL = "/cursussen/"


def titles(response):
    html = response.content.decode()
    return re.findall(r'class="kaart__titel"><a href="[^"]+">([^<]+)</a>', html)


def heading(response):
    return re.search(r'id="aantal" data-aankondiging>([^<]+)<', response.content.decode())[
        1
    ].strip()


def counts(response):
    found = re.findall(
        r'id="aantal-([^"]+)"[^>]*>([\d.]+)<', response.content.decode().replace("\n", "")
    )
    return {name: int(number) for name, number in found}


@pytest.fixture
def excel():
    theme = ThemeFactory(slug="data", name="Data", tint="data", icon="chart-column")
    course = CourseFactory(title="Draaitabellen in Excel", theme=theme)
    SessionFactory(course=course)
    return course


@pytest.fixture
def letter():
    course = CourseFactory(
        title="Schrijf een brief", description="Ook over de reünie op het provinciehuis."
    )
    SessionFactory(
        course=course,
        format="on_site",
        location=LocationFactory(),
        starts_at=clock.now() + dt.timedelta(days=9),
    )
    return course


def test_home_leads_to_the_catalogue(client):
    response = client.get("/")
    assert (response.status_code, response["Location"]) == (302, URL)


def test_a_course_is_a_card_with_its_next_date(client, excel):
    session = excel.sessions.get()
    SessionFactory(course=excel, starts_at=session.starts_at + dt.timedelta(days=1))
    response = client.get(URL)
    html = response.content.decode()
    assert heading(response) == "1 cursus"
    assert titles(response) == ["Draaitabellen in Excel"]
    assert html.count('class="kaart"') == 1
    assert html.count("20 van 20 plekken vrij") == 1
    assert html.count(excel.trainer_rows.get().person.name) == 1
    assert html.count(excel.organisation.name) == 1


@pytest.mark.parametrize(
    ("taken", "words", "kind"),
    [
        (0, "20 van 20 plekken vrij", "free"),
        (16, "4 van 20 plekken vrij", "free"),
        (17, "Nog 3 plekken", "few"),
        (19, "Nog 1 plek", "few"),
        (20, "Vol, wachtlijst open", "full"),
    ],
)
def test_the_pill_says_how_many_places_are_left(client, excel, taken, words, kind):
    Session.objects.update(taken=taken)
    html = client.get(URL).content.decode()
    assert html.count(f'<span class="status status--{kind}">{words}</span>') == 1


def test_a_course_without_a_date_comes_last_and_says_so(client, letter, excel):
    excel.sessions.all().delete()
    response = client.get(URL)
    assert titles(response) == ["Schrijf een brief", "Draaitabellen in Excel"]
    assert response.content.decode().count("Nog geen datum. Laat weten dat je interesse hebt.") == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "draft"},
        {"status": "cancelled"},
        {"status": "archived"},
    ],
)
def test_only_published_courses_are_listed(client, excel, changes):
    Course.objects.update(**changes)
    assert titles(client.get(URL)) == []


@pytest.mark.parametrize(
    "words",
    [
        "excel",
        "EXCEL draai",
        "data",
        "Samira",
        "zwolle",
        "belofte",
        "REUNIE",
        "reünie",
    ],
)
def test_words_are_found_everywhere_whatever_case_and_accents(client, words):
    organisation = OrganisationFactory(name="Gemeente Zwolle")
    trainer = PersonFactory(name="Samira El Idrissi", organisation=organisation)
    theme = ThemeFactory(slug="data", name="Data")
    CourseFactory(
        title="Draaitabellen in Excel",
        promise="Een belofte.",
        description="Voor de reünie.",
        theme=theme,
        organisation=organisation,
        trainer=trainer,
    )
    CourseFactory(title="Iets anders")
    assert titles(client.get(URL, {"q": words})) == ["Draaitabellen in Excel"]


def test_short_words_begin_a_word_and_long_ones_may_stand_inside(client, excel):
    CourseFactory(title="Je mailbox op nul", promise="")
    assert titles(client.get(URL, {"q": "ai"})) == []
    assert titles(client.get(URL, {"q": "tabellen"})) == ["Draaitabellen in Excel"]
    assert titles(client.get(URL, {"q": "op"})) == ["Je mailbox op nul"]


def test_a_course_follows_the_names_it_is_found_by(client, excel):
    trainer = excel.trainer_rows.get().person
    trainer.slug = "trainer"
    trainer.name = "Fatma Yıldız"
    trainer.save()
    excel.organisation.name = "Provincie Gelderland"
    excel.organisation.save()
    excel.theme.name = "Cijfers"
    excel.theme.save()
    assert titles(client.get(URL, {"q": "fatma gelderland cijfers"})) == ["Draaitabellen in Excel"]
    CourseTrainer.objects.all().delete()
    assert titles(client.get(URL, {"q": "fatma"})) == []


def test_refresh_repairs_what_was_written_in_bulk(excel):
    Course.objects.update(search_text="")
    assert search.refresh() == 1
    assert search.refresh() == 0
    assert Course.objects.get().search_text.startswith(" draaitabellen in excel ")


def test_filters_leave_what_was_asked(client, excel, letter):
    assert titles(client.get(URL, {"thema": "data"})) == ["Draaitabellen in Excel"]
    both = client.get(f"{URL}?thema=data&thema=schrijven")
    assert titles(both) == ["Draaitabellen in Excel", "Schrijf een brief"]
    assert titles(client.get(URL, {"waar": "op-locatie"})) == ["Schrijf een brief"]
    assert titles(client.get(URL, {"waar": "online"})) == ["Draaitabellen in Excel"]
    Session.objects.filter(course=letter).update(taken=20)
    assert titles(client.get(URL, {"vrij": "1"})) == ["Draaitabellen in Excel"]


def test_place_and_moment_must_be_of_the_same_date(client, excel):
    """An online date in the week and a date on site outside it do not make 'on site in the week'."""
    week = EditionFactory()
    excel.sessions.update(edition=week)
    SessionFactory(course=excel, format="on_site", location=LocationFactory())
    assert len(titles(client.get(URL, {"wanneer": "tjc-week", "waar": "online"}))) == 1
    assert len(titles(client.get(URL, {"waar": "op-locatie"}))) == 1
    assert titles(client.get(URL, {"wanneer": "tjc-week", "waar": "op-locatie"})) == []


def test_the_card_shows_the_date_that_was_asked_for(client, excel):
    SessionFactory(
        course=excel,
        format="on_site",
        location=LocationFactory(name="Malieveld", city="Den Haag"),
        starts_at=clock.now() + dt.timedelta(days=20),
    )
    assert (
        client.get(URL, {"waar": "op-locatie"}).content.decode().count("Malieveld, Den Haag") == 1
    )
    assert client.get(URL).content.decode().count("Malieveld, Den Haag") == 0


@time_machine.travel("2026-10-05 08:00 +0200", tick=False)
def test_moments(client):
    week = EditionFactory(starts_on=dt.date(2026, 10, 12), ends_on=dt.date(2026, 10, 16))
    later = EditionFactory(starts_on=dt.date(2027, 3, 1), ends_on=dt.date(2027, 3, 5))
    for title, day, edition in (
        ("Week", dt.date(2026, 10, 13), week),
        ("Later", dt.date(2027, 3, 2), later),
        ("Deze maand", dt.date(2026, 10, 31), None),
        ("Volgende maand", dt.date(2026, 11, 1), None),
    ):
        SessionFactory(
            course=CourseFactory(title=title),
            edition=edition,
            starts_at=clock.from_wall_time(day, dt.time(0, 30)),
        )
    assert titles(client.get(URL, {"wanneer": "tjc-week"})) == ["Week"]
    assert titles(client.get(URL, {"wanneer": "deze-maand"})) == ["Week", "Deze maand"]
    assert titles(client.get(URL, {"wanneer": "doorlopend"})) == ["Deze maand", "Volgende maand"]


def test_counts_say_what_each_choice_would_leave(client, excel, letter):
    CourseFactory(title="Zonder datum")
    expected = {
        "thema-data": 1,
        "thema-schrijven": 2,
        "waar-online": 1,
        "waar-op-locatie": 1,
        "wanneer-tjc-week": 0,
        "wanneer-doorlopend": 2,
        "vrij-1": 2,
    }
    found = counts(client.get(URL))
    found.pop("wanneer-deze-maand")  # depends on today
    assert found == expected
    online = counts(client.get(URL, {"waar": "online"}))
    assert (online["thema-data"], online["thema-schrijven"], online["waar-op-locatie"]) == (1, 0, 1)


def test_sorting_by_choice_of_colleagues(client, excel, letter):
    Session.objects.filter(course=letter).update(taken=5)
    assert titles(client.get(URL))[0] == "Draaitabellen in Excel"
    assert titles(client.get(URL, {"sorteer": "meest-gekozen"}))[0] == "Schrijf een brief"


def test_unknown_values_are_named_and_skipped(client, excel):
    response = client.get(f"{URL}?thema=weg&waar=maan&wanneer=ooit&vrij=ja&sorteer=x&page=y")
    html = response.content.decode()
    assert titles(response) == ["Draaitabellen in Excel"]
    assert (
        html.count("Deze filters kennen we niet: “maan”, “ooit”, “ja”. We hebben ze overgeslagen.")
        == 1
    )


@pytest.mark.parametrize(
    "query",
    [
        "x" * 5000,
        "'; DROP TABLE courses_course; --",
        '"><script>alert(1)</script>',
        "\x00\r\nSet-Cookie: a=b",
        "%_%",
        "😀 \u202etxet",
        "\ud7ff",
    ],
)
def test_strange_searches_find_nothing_and_break_nothing(client, excel, query):
    response = client.get(URL, {"q": query, "thema": query, "page": query})
    html = response.content.decode()
    assert response.status_code == 200
    assert "<script>alert" not in html
    assert titles(response) in ([], ["Draaitabellen in Excel"])


def test_nothing_found_says_what_to_do(client, excel):
    empty = client.get(URL, {"q": "zzz"}).content.decode()
    assert empty.count("Nog geen cursus over “zzz”.") == 1
    assert empty.count(f'href="{reverse("courses:teach")}">Geef zelf een cursus</a>') == 1
    narrow = client.get(URL, {"waar": "op-locatie"}).content.decode()
    assert narrow.count("Niets gevonden met deze filters.") == 1
    assert narrow.count("Wis alle filters") == 1


def test_thirty_a_page_and_the_last_page_for_who_asks_too_much(client):
    theme, organisation, trainer = ThemeFactory(), OrganisationFactory(), PersonFactory()
    for number in range(31):
        CourseFactory(
            title=f"Cursus {number:02}", theme=theme, organisation=organisation, trainer=trainer
        )
    first = client.get(URL, {"q": "cursus"})
    assert (heading(first), len(titles(first))) == ("31 cursussen", 30)
    assert first.content.decode().count('href="?q=cursus&amp;page=2"') == 2
    assert titles(client.get(URL, {"page": "9999"})) == ["Cursus 30"]
    assert titles(client.get(URL, {"page": "9" * 5000}))[0] == "Cursus 00"


def test_htmx_gets_the_results_alone(client, excel):
    whole = client.get(URL)
    part = client.get(URL, headers={"HX-Request": "true"})
    html = part.content.decode()
    assert titles(part) == titles(whole)
    assert html.lstrip().startswith('<section id="resultaten"')
    assert html.count("<html") == 0
    assert re.findall(r'id="aantal-thema-data"\s+data-hx-swap-oob="true">(\d+)<', html) == ["1"]
    assert "HX-Request" in whole["Vary"]


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(
    ("query", "queries"),
    [
        ({}, 5),
        # the sixth reads the words of courses that changed since somebody searched
        ({"q": "brief", "thema": "schrijven", "sorteer": "meest-gekozen"}, 6),
        ({"q": "breif", "thema": "schrijven", "waar": "online", "vrij": "1"}, 6),
    ],
)
def test_catalogue_costs_at_most_six_queries(
    client, django_assert_num_queries, number, query, queries
):
    EditionFactory()
    for _ in range(number):
        SessionFactory(course=CourseFactory())
    with django_assert_num_queries(queries):
        response = client.get(URL, query)
    assert len(titles(response)) == number
    with django_assert_num_queries(5):
        client.get(URL, query)


@pytest.mark.parametrize("number", [1, 3])
def test_trainer_page_costs_four_queries(client, django_assert_num_queries, number):
    trainer = PersonFactory(slug="samira", name="Samira El Idrissi")
    for _ in range(number):
        SessionFactory(course=CourseFactory(trainer=trainer))
    with django_assert_num_queries(4):
        response = client.get("/trainers/samira/")
    html = response.content.decode()
    assert len(titles(response)) == number
    assert html.count(">Samira El Idrissi</h1>") == 1
    assert trainer.email not in html


def test_trainer_page_has_the_first_date_first(client):
    trainer = PersonFactory(slug="samira")
    for title, days in (("Later", 9), ("Eerst", 3)):
        SessionFactory(
            course=CourseFactory(trainer=trainer, title=title),
            starts_at=clock.now() + dt.timedelta(days=days),
        )
    CourseFactory(trainer=trainer, title="Zonder datum")
    assert titles(client.get("/trainers/samira/")) == ["Eerst", "Later", "Zonder datum"]


def test_who_only_has_drafts_has_no_trainer_page(client):
    trainer = PersonFactory(slug="samira")
    CourseFactory(trainer=trainer, status="draft")
    assert client.get("/trainers/samira/").status_code == 404
