# SPDX-License-Identifier: EUPL-1.2
"""The pages of trainers: profile, public page, answering, dates; nominations; my questions; when nobody fits."""

import datetime as dt
import html
import re

import pytest
from django.test import Client

from base import clock
from courses.models import Session
from matching.domain import matches, profiles, requests
from matching.models import Nomination, TrainerProfile
from tests.factories import (
    CourseFactory,
    KnowledgeRequestFactory,
    OrganisationFactory,
    PersonFactory,
    ThemeFactory,
    TrainerProfileFactory,
    coordinator,
)

pytestmark = pytest.mark.django_db
PROFILE, MINE, NOMINATE = "/mijn/trainer/", "/mijn/vragen/", "/kennisvragen/ken-jij-een-collega/"


def text_of(response):
    plain = re.sub(r"<[^>]+>", " ", response.content.decode())
    return html.unescape(" ".join(plain.split()))


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def typed(**changes):
    return {
        "headline": "Spreadsheets simpel maken",
        "expertise": "Ik voeg al jaren lijsten samen.",
        "example_1": "Hoe maak ik één overzicht?",
        "themes": ["schrijven"],
        "languages": ["nl"],
        "provinces": ["utrecht"],
        "online": "on",
        "requests_per_year": "3",
    } | changes


@pytest.fixture
def theme():
    return ThemeFactory()


def test_the_form_is_filled_with_what_the_courses_tell(theme):
    person = PersonFactory()
    CourseFactory(title="Draaitabellen in Excel", theme=theme, trainer=person)
    page = signed_in(person).get(PROFILE)
    assert "We hebben alvast ingevuld" in text_of(page)
    assert 'value="Draaitabellen in Excel"' in page.content.decode()


def test_joining_pausing_and_leaving(theme):
    person = PersonFactory()
    client = signed_in(person)
    assert client.post(PROFILE, typed()).status_code == 302
    profile = TrainerProfile.objects.get()
    assert (profile.headline, profile.provinces, list(profile.themes.all())) == (
        "Spreadsheets simpel maken",
        ["utrecht"],
        [theme],
    )
    client.post(PROFILE + "pauze/", {"until": (clock.today() + dt.timedelta(days=9)).isoformat()})
    assert "Je hebt pauze tot" in text_of(client.get(PROFILE))
    client.post(PROFILE + "pauze/", {"verder": "1"})
    assert "Je hebt pauze" not in text_of(client.get(PROFILE))
    assert client.get(PROFILE + "stop/").status_code == 200
    client.post(PROFILE + "stop/")
    assert "Je staat niet in de trainerpool" in text_of(client.get(PROFILE))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"headline": ""}, "Vertel in een paar woorden wat je goed kunt."),
        ({"headline": "🙂🙂"}, "Vertel in een paar woorden wat je goed kunt."),
        ({"expertise": "x" * 20000}, "Maak dit korter: hooguit 2.000 tekens."),
        ({"example_2": "x" * 201}, "Maak elke vraag hooguit 200 tekens lang."),
        ({"languages": []}, "Kies minstens één taal."),
        ({"languages": ["kl"]}, "Kies minstens één taal."),
        ({"themes": ["bestaat-niet"]}, "Kies onderwerpen uit de lijst."),
        ({"online": "", "provinces": []}, "Kies online, of minstens één provincie"),
        ({"requests_per_year": "0"}, "Kies een aantal van 1 tot en met 52."),
        ({"requests_per_year": "veel"}, "Vul een heel getal in"),
    ],
)
def test_what_is_wrong_in_a_profile_is_said_and_nothing_typed_is_lost(theme, changes, sentence):
    response = signed_in(PersonFactory()).post(PROFILE, typed(**changes))
    assert sentence in text_of(response)
    assert "Hoe maak ik één overzicht?" in html.unescape(response.content.decode())
    assert not TrainerProfile.objects.exists()


def test_a_pause_that_cannot_be_is_said(theme):
    client = signed_in(TrainerProfileFactory().person)
    yesterday = (clock.today() - dt.timedelta(days=1)).isoformat()
    assert "Kies een dag na vandaag." in text_of(
        client.post(PROFILE + "pauze/", {"until": yesterday})
    )


def test_the_public_page_shows_the_profile_also_without_courses(client, theme):
    person = PersonFactory(name="Ruben Slagter")
    profile = profiles.save_profile(
        person=person, headline="Spreadsheets", expertise="<b>Lijsten</b>", themes=[theme]
    )
    page = client.get(f"/trainers/{person.slug}/")
    assert "Spreadsheets" in text_of(page)
    assert "<b>Lijsten" not in page.content.decode()
    assert person.email not in page.content.decode()
    profiles.withdraw(profile, by=person)
    assert client.get(f"/trainers/{person.slug}/").status_code == 404


def test_from_yes_to_the_calendar_in_pages():
    row = KnowledgeRequestFactory()
    trainer = TrainerProfileFactory().person
    match = matches.ask_trainer(row, trainer=trainer, by=row.asker)
    helper, asker = signed_in(trainer), signed_in(row.asker)
    assert "Wacht op jouw antwoord" in text_of(helper.get(MINE))
    assert "1 vraag aan jou" in text_of(helper.get(MINE))
    helper.post(f"{MINE}{match.public_id}/", {"answer": "ja"})
    dates = f"{MINE}{match.public_id}/momenten/"
    assert row.title[:30] in html.unescape(helper.get(dates).content.decode())
    day = (clock.today() + dt.timedelta(days=20)).isoformat()
    form = {
        "title": "Brieven die iedereen snapt",
        "theme": row.theme.slug,
        "minutes": "60",
        "format": "online",
        "capacity": "8",
        "day_1": day,
        "time_1": "10:00",
        "time_2": "11:00",
    }
    wrong = helper.post(dates, form)
    assert "Kies een dag." in text_of(wrong)
    assert helper.post(dates, form | {"time_2": "", "day_1": "0001-01-01"}).status_code == 200
    assert helper.post(dates, form | {"time_2": ""}).status_code == 302
    page = asker.get(row.get_absolute_url()).content.decode()
    option = re.search(r'name="moment"\s+value="([^"]+)"', page)[1]
    url = f"{row.get_absolute_url()}moment/"
    for nonsense in ({}, {"moment": "x"}, {"moment": str(row.public_id)}):
        assert asker.post(url, nonsense).status_code == 302
    assert not Session.objects.exists()
    asker.post(url, {"moment": option})
    assert "Het staat in de agenda" in text_of(asker.get(row.get_absolute_url()))
    assert Session.objects.get().course.title == "Brieven die iedereen snapt"
    assert "Beheer je cursus" in text_of(helper.get(f"{MINE}{match.public_id}/"))


def test_nobody_reads_a_question_that_came_to_another():
    match = matches.ask_trainer(
        row := KnowledgeRequestFactory(), trainer=TrainerProfileFactory().person, by=row.asker
    )
    for person in (PersonFactory(), row.asker):
        assert signed_in(person).get(f"{MINE}{match.public_id}/").status_code == 404


def test_pointing_out_a_colleague_for_a_question():
    OrganisationFactory(domain="gemeente.example")
    row = KnowledgeRequestFactory()
    client = signed_in(PersonFactory())
    url = f"{NOMINATE}?vraag={row.public_id}"
    assert row.title in text_of(client.get(url))
    assert client.get(f"{NOMINATE}?vraag=nonsens").status_code == 200
    assert "Vul de naam van je collega in." in text_of(client.post(url))
    form = {"name": "Karim", "email": "karim@gemeente.example", "why": "Weet alles van Woo."}
    assert client.post(url, form).status_code == 302
    made = Nomination.objects.get()
    assert (made.request, made.email) == (row, "karim@gemeente.example")
    # The same again tells nothing about what is known.
    assert client.post(url, form).status_code == 302
    assert Nomination.objects.count() == 1


def test_when_nobody_fits_the_asker_calls_or_starts_a_circle():
    row = KnowledgeRequestFactory()
    coordinator(row.organisation)
    client = signed_in(row.asker)
    url = row.get_absolute_url()
    client.post(f"{url}oproep/", {"soort": "coordinators"})
    client.post(f"{url}oproep/", {"soort": "onzin"})
    assert [call.kind for call in row.calls.all()] == ["coordinators"]
    day = (clock.today() + dt.timedelta(days=15)).isoformat()
    assert "Kies een dag." in text_of(client.post(f"{url}leerkring/"))
    response = client.post(
        f"{url}leerkring/", {"day": day, "time": "14:00", "theme": row.theme.slug}
    )
    session = Session.objects.get()
    assert response.headers["Location"] == f"/mijn/bijeenkomsten/{session.public_id}/"
    assert session.course.title.startswith("Leerkring: ")


def test_only_who_asks_along_starts_a_circle():
    row = KnowledgeRequestFactory()
    person = PersonFactory()
    client = signed_in(person)
    assert client.get(f"{row.get_absolute_url()}leerkring/").status_code == 404
    requests.support(row, person=person)
    assert client.get(f"{row.get_absolute_url()}leerkring/").status_code == 200


@pytest.mark.parametrize("number", [1, 3])
def test_my_questions_cost_a_fixed_number_of_queries(number, django_assert_num_queries):
    person = TrainerProfileFactory().person
    for _n in range(number):
        KnowledgeRequestFactory(asker=person)
        requests.support(KnowledgeRequestFactory(), person=person)
        row = KnowledgeRequestFactory()
        matches.ask_trainer(row, trainer=person, by=row.asker)
    client = signed_in(person)
    with django_assert_num_queries(7):
        client.get(MINE)
