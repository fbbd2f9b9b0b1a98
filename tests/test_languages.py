# SPDX-License-Identifier: EUPL-1.2
"""Dutch without a prefix, English under /en/: every page in both, and nothing but the address decides."""

import re
from html import unescape

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.models import Person
from courses.domain.registration import register
from tests.factories import OrganisationFactory, PersonFactory, SessionFactory
from tests.notifications.conftest import post
from tests.test_permissions import ROLES, World, path_of, rows, world

__all__ = ["world"]  # the fixture, used below

pytestmark = pytest.mark.django_db

#: For programs (tjc/pages/urls_plain.py has no namespace), calendars or the demo: in no language.
PLAIN = re.compile(r"(api|demo|feeds|open-data):|[^:]+$")

#: Words that no English sentence has.
DUTCH = re.compile(
    r"\b(het|een|van|voor|je|jij|jouw|niet|geen|naar|wordt|zijn|deze|dit|kies|kiezen|vul|bekijk|meld"
    r"|nog|uit|bij|ook|maar|wie|wat|waar|wanneer|cursus|cursussen|bijeenkomst|bijeenkomsten|plek"
    r"|plekken|uur|dag|dagen|afmelden|aanmelden|inloggen|uitloggen|zoek|bewaar|verstuur|toon)\b",
    re.IGNORECASE,
)

#: What people wrote (tests/factories.py), names, and examples of what to type.
CONTENT = re.compile(
    r"Schrijf een brief die iedereen snapt( \d+)?|Je herschrijft je eigen brief in begrijpelijke taal\."
    r"|Hoe schrijf ik een brief die iedereen snapt\?( \d+)?|Weet alles van Woo\."
    r"|Inwoners bellen omdat ze onze brieven niet snappen\. Hoe schrijf ik ze beter\?"
    r"|Begrijpelijke brieven schrijven"
    r"|Ik help collega’s om moeilijke brieven in gewone taal te schrijven\."
    r"|Gemeente Voorbeeld \d+|Besluit digitale toegankelijkheid overheid"
    r"|TrainJeCollega|Train Je Collega"
)


def get_rows() -> list[tuple[str, list[str]]]:
    """Pages with a language that somebody gets to see: name and the roles that do."""
    found = []
    for name, method, statuses in rows():
        roles = [role for role, status in zip(ROLES, statuses, strict=True) if status == "200"]
        if method == "GET" and roles and not PLAIN.match(name):
            found.append((name, roles))
    return found


def signed_in(world: World, role: str) -> Client:
    client, person = Client(), world.people[role]
    if person is not None:
        client.force_login(Person.objects.get(pk=person.pk))
    return client


def address(world: World, name: str, language: str) -> str:
    with translation.override(language):
        return path_of(world, name)


def words(html: str) -> str:
    """What is read, seen or spoken on a page; what is marked as another language is left out."""
    html = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", html, flags=re.DOTALL)
    html = re.sub(r'<(?!html)(\w+)[^>]*\slang="nl"[^>]*>.*?</\1>', " ", html, flags=re.DOTALL)
    spoken = re.findall(
        r'\s(?:aria-label|title|placeholder|alt|content|data-gekopieerd)="([^"]*)"', html
    )
    text = unescape(" ".join([re.sub(r"<[^>]+>", " ", html), *spoken]))
    text = re.sub(r"\S*/\S*", " ", text)  # an address, as on a poster, is Dutch
    return CONTENT.sub(" ", re.sub(r"\s+", " ", text))


# --- every page in both languages -------------------------------------------------------------------


def test_every_address_with_a_language_lives_under_en_and_no_other(world):
    apart = []
    for name in sorted({name for name, _method, _statuses in rows()}):
        dutch, twin = address(world, name, "nl"), address(world, name, "en")
        if twin != (dutch if PLAIN.match(name) else f"/en{dutch}"):
            apart.append((name, dutch, twin))
    assert apart == []


@pytest.mark.parametrize(("name", "roles"), get_rows(), ids=lambda value: str(value)[:40])
def test_a_page_is_english_from_head_to_foot(world, name, roles):
    """By the first and by the last role that sees it: they see most of what there is."""
    for role in dict.fromkeys([roles[0], roles[-1]]):
        dutch = signed_in(world, role).get(address(world, name, "nl"))
        page = signed_in(world, role).get(address(world, name, "en"))
        assert (dutch.status_code, page.status_code) == (200, 200)
        assert page["Content-Language"] == "en"
        if not page["Content-Type"].startswith("text/html"):
            continue
        html = page.content.decode()
        assert re.findall(r"<html lang=\"(\w+)\"", html) == ["en"]
        assert re.findall(r"<html lang=\"(\w+)\"", dutch.content.decode()) == ["nl"]
        assert sorted({match[0].lower() for match in DUTCH.finditer(words(html))}) == []


def test_the_stop_words_find_dutch_on_a_dutch_page(client):
    """Control: without it the test above proves nothing."""
    found = {
        match[0].lower()
        for match in DUTCH.finditer(words(client.get("/privacy/").content.decode()))
    }
    assert found >= {"het", "een", "van", "je", "wat", "deze"}


def test_links_on_an_english_page_stay_english(client):
    html = client.get("/en/zo-werkt-het/").content.decode()
    local = set(re.findall(r'<a[^>]*\shref="(/[^"#]*)', html))
    assert {path for path in local if not path.startswith("/en/")} == {
        "/zo-werkt-het/",  # Nederlands
        "/demo/postbus/",
    }


def test_error_pages_speak_the_language_of_the_address(client):
    assert "This page does not exist (any more)." in client.get("/en/weg/").content.decode()
    assert "Deze pagina bestaat niet (meer)." in client.get("/weg/").content.decode()
    unknown = client.get("/de/cursussen/")
    assert (unknown.status_code, unknown["Content-Language"]) == (404, "nl")
    assert client.get("/nl/cursussen/").status_code == 404  # Dutch has one address


def test_what_is_missing_in_a_form_is_said_in_english(client):
    session = SessionFactory()
    with translation.override("en"):
        address = reverse("courses:register", args=[session.public_id])
    html = client.post(address, {}).content.decode()
    assert "<title>Error: " in html
    assert "2 things left to complete" in html
    assert "Fill in your name." in html
    assert "Fill in your work email." in html


@pytest.mark.parametrize(
    ("taken", "shown"),
    [
        (3, "Full, waiting list open"),
        (2, "1 place left"),
        (1, "2 places left"),
    ],
)
def test_places_are_counted_in_english(client, taken, shown):
    session = SessionFactory(capacity=3)
    session.taken = taken
    session.save()
    assert shown in words(client.get("/en/cursussen/").content.decode())


# --- only the address decides -----------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/zo-werkt-het/", "/en/zo-werkt-het/"])
@pytest.mark.parametrize("accepts", ["en", "nl", "de, fr;q=0.5", ""])
def test_neither_browser_nor_cookie_chooses_the_language(client, path, accepts):
    client.cookies["django_language"] = "en" if path == "/zo-werkt-het/" else "nl"
    page = client.get(path, headers={"Accept-Language": accepts} if accepts else {})
    assert page.status_code == 200
    assert page["Content-Language"] == ("en" if path.startswith("/en/") else "nl")
    assert "accept-language" not in page.get("Vary", "").lower()
    assert page.cookies.get("django_language") is None


def test_a_page_of_an_english_speaker_is_dutch_at_the_dutch_address(client):
    client.force_login(PersonFactory(language="en"))
    assert client.get("/mijn/")["Content-Language"] == "nl"
    assert client.get("/en/mijn/")["Content-Language"] == "en"


@pytest.mark.parametrize("accepts", ["nl", "en"])
def test_the_api_answers_in_the_language_that_is_accepted_at_one_address(client, accepts):
    answer = client.get("/api/v1/cursussen/bestaat-niet", headers={"Accept-Language": accepts})
    assert (answer.status_code, answer["Content-Language"]) == (404, accepts)
    assert "Accept-Language" in answer["Vary"]
    assert client.get("/en/api/v1/cursussen").status_code == 404
    assert client.get("/api/v1/cursussen").status_code == 200


# --- the switch ---------------------------------------------------------------------------------


def switch(html: str) -> list[tuple[str, str, str]]:
    """Language, address and label of the links in the footer."""
    found = re.findall(
        r'<a href="([^"]*)"\s+lang="(\w+)"\s+hreflang="(\w+)"\s+data-taal>([^<]*)</a>', html
    )
    assert all(lang == hreflang for _url, lang, hreflang, _label in found)
    return [(lang, unescape(url), label) for url, lang, _hreflang, label in found]


@pytest.mark.parametrize(
    ("path", "link"),
    [
        ("/cursussen/", ("en", "/en/cursussen/", "English")),
        ("/en/cursussen/", ("nl", "/cursussen/", "Nederlands")),
        (
            "/cursussen/?q=brief%20%26%20mail&vrij=1",
            ("en", "/en/cursussen/?q=brief%20%26%20mail&vrij=1", "English"),
        ),
        ("/en/cursussen/?q=a&q=b", ("nl", "/cursussen/?q=a&q=b", "Nederlands")),
        ("/weg/", ("en", "/en/weg/", "English")),
        ("/en/weg/?x=1", ("nl", "/weg/?x=1", "Nederlands")),
    ],
)
def test_the_switch_leads_to_the_same_page_with_the_same_question(client, path, link):
    assert switch(client.get(path).content.decode()) == [link]


def test_the_switch_cannot_be_made_to_leave_the_site_or_carry_a_script(client):
    html = client.get('/cursussen/?q="><script>alert(1)</script>').content.decode()
    assert "<script>alert" not in html
    for path in ("//evil.example/", "/en//evil.example/"):
        html = client.get(path).content.decode()
        assert [url for _lang, url, _label in switch(html) if url.startswith("//")] == []


def test_a_page_in_one_language_has_no_switch(client):
    assert switch(client.get("/demo/postbus/").content.decode()) == []


@pytest.mark.parametrize("path", ["/contact/?van=mail", "/en/contact/?van=mail"])
def test_robots_find_both_languages_from_either(client, path, settings):
    html = client.get(path).content.decode()
    found = re.findall(r'<link rel="alternate"\s+hreflang="(\w+)"\s+href="([^"]*)"', html)
    assert found == [
        ("nl", f"{settings.BASE_URL}/contact/?van=mail"),
        ("en", f"{settings.BASE_URL}/en/contact/?van=mail"),
    ]


def test_looking_at_a_page_in_another_language_changes_no_preference(client):
    person = PersonFactory(language="nl")
    client.force_login(person)
    client.get("/en/mijn/gegevens/")
    person.refresh_from_db()
    assert person.language == "nl"


@pytest.mark.parametrize(
    ("language", "page", "sentence"),
    [("nl", "/en/mijn/gegevens/", "Saved."), ("en", "/en/mijn/gegevens/", "Saved.")],
)
def test_who_saves_something_else_stays_on_the_page_of_this_language(
    client, language, page, sentence
):
    person = PersonFactory(language=language, name="Merel")
    client.force_login(person)
    answer = client.post(page, {"name": "Merel de Jong", "language": language}, follow=True)
    assert (answer.request["PATH_INFO"], sentence in answer.content.decode()) == (page, True)


def test_who_chooses_another_language_reads_on_in_it(client):
    client.force_login(PersonFactory(language="nl", name="Merel"))
    answer = client.post("/mijn/gegevens/", {"name": "Merel", "language": "en"}, follow=True)
    assert answer.request["PATH_INFO"] == "/en/mijn/gegevens/"
    assert "Saved." in answer.content.decode()


# --- mails ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("prefix", "language"), [("", "nl"), ("/en", "en")])
def test_who_signs_up_on_a_page_is_mailed_in_its_language(client, prefix, language):
    OrganisationFactory(domain="utrecht.nl")
    session = SessionFactory()
    client.post(
        f"{prefix}/bijeenkomsten/{session.public_id}/aanmelden/",
        {"naam": "Merel de Jong", "werkmail": "merel@utrecht.nl"},
    )
    assert Person.objects.get(email="merel@utrecht.nl").language == language


@pytest.mark.parametrize(
    ("language", "subject", "link"),
    [
        ("nl", "Je doet mee: ", "http://localhost:8000/cursussen/"),
        ("en", "You are in: ", "http://localhost:8000/en/cursussen/"),
    ],
)
def test_mails_follow_the_person_not_the_page(language, subject, link):
    person = PersonFactory(language=language)
    session = SessionFactory()
    other = "en" if language == "nl" else "nl"
    with translation.override(other), transaction.atomic():
        register(session, person=person)
    with translation.override(other):
        (sent,) = post()
    assert sent["Content-Language"] == language
    assert sent.subject.startswith(subject)
    assert f"{link}{session.course.slug}/" in sent.text
    assert f"{link}{session.course.slug}/" == str(sent.event["URL"])


# --- the language of what people wrote ------------------------------------------------------------


@pytest.mark.parametrize(
    ("prefix", "language", "attribute"),
    [("", "nl", ""), ("", "en", ' lang="en"'), ("/en", "nl", ' lang="nl"'), ("/en", "en", "")],
)
def test_a_text_in_another_language_than_the_page_says_so(client, prefix, language, attribute):
    """WCAG 3.1.2: else a screen reader speaks Dutch with an English voice."""
    course = SessionFactory(course__language=language).course
    card = client.get(f"{prefix}/cursussen/").content.decode()
    assert re.findall(r'class="kaart__titel"([^>]*)>', card) == [attribute]
    page = client.get(f"{prefix}/cursussen/{course.slug}/").content.decode()
    assert re.findall(r"<h1 [^>]*level-1\"([^>]*)>", page) == [attribute]
    assert re.findall(r'<p class="lead"([^>]*)>', page) == [attribute]
