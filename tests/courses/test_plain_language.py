# SPDX-License-Identifier: EUPL-1.2
"""Hints for plain language: friendly, few, and never in the way."""

import json
import time
import uuid
from pathlib import Path

import pytest
from django.urls import reverse

from courses.domain.plain_language import hints
from courses.models import Course
from tests.courses.teaching import edit_url, typed
from tests.factories import PersonFactory, ThemeFactory

WORDS = Path(__file__).resolve().parents[2] / "courses" / "data" / "plain_language.json"

LONG = " ".join(["woord"] * 20)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Je schrijft een korte brief.", []),
        (f"{LONG}.", []),
        (
            f"Eerst kort. Je leert {LONG}.",
            ["Deze zin heeft 22 woorden: “Je leert woord woord …”. Maak er twee van."],
        ),
        (
            "Je leert Middels oefenen en middels doen.",
            ["In plaats van “Middels” kun je ook schrijven: “met”."],
        ),
        (
            "Met betrekking tot brieven",
            ["In plaats van “Met betrekking tot” kun je ook schrijven: “over”."],
        ),
        (
            "De regels worden rustig uitgelegd.",
            ["Wie doet dit? Schrijf liever actief: “worden rustig uitgelegd”."],
        ),
        (
            "Er worden twee gesprekken met gemeenten gevoerd",
            [
                "Wie doet dit? Schrijf liever actief: “worden twee gesprekken met gemeenten gevoerd”."
            ],
        ),
        ("Je wordt beter in gesprekken.", []),
        (
            "Het wordt gezellig en je wordt goed begeleid.",
            ["Wie doet dit? Schrijf liever actief: “wordt goed begeleid”."],
        ),
        ("Zie https://www.implementeren.nl/indien/middels en mail derhalve@x.nl", []),
        ("thansverkoper en re-indien", []),
        ("", []),
    ],
)
def test_a_text_gets_these_hints(text, sentences):
    assert hints({"promise": text}).get("promise", []) == sentences


def test_hints_stand_with_their_field_and_there_are_three_at_most():
    found = hints(
        {
            "title": "Implementeren",
            "description": "Indien thans derhalve tevens, middels alsmede.",
            "bring": "Indien nodig",
        }
    )
    assert {name: len(sentences) for name, sentences in found.items()} == {
        "title": 1,
        "description": 3,
    }


def test_an_english_course_gets_no_dutch_hints():
    assert hints({"title": "Implementeren", "language": "en"}) == {}


def test_the_list_is_ours_and_in_order():
    words = json.loads(WORDS.read_text())
    assert 150 <= len(words) <= 300
    assert list(words) == sorted(words)
    assert all(word == word.casefold() and better for word, better in words.items())
    assert not {better.casefold() for better in words.values()} & set(words)


def test_twenty_thousand_signs_take_no_time():
    nasty = ("worden " * 1400 + "ge" + "w" * 10_000)[:20_000]
    start = time.process_time()
    hints({"description": nasty, "goals": "wordt ge " * 2000})
    assert time.process_time() - start < 5  # a slip in a pattern costs minutes


# --- on the page ----------------------------------------------------------------------------------


@pytest.fixture
def page(client, db):
    client.force_login(PersonFactory())
    ThemeFactory()
    return client


TIP = "In plaats van “indien” kun je ook schrijven: “als”."


def test_saving_as_you_go_answers_with_hints(page):
    url = reverse("courses:teach-save", args=[uuid.uuid4()])
    answer = page.post(url, {"title": "Wat te doen indien het misgaat"}).json()
    assert answer["hints"] == {"title": [TIP]}
    assert page.post(url, {"title": "Wat doe je als het misgaat"}).json()["hints"] == {}


def test_without_script_hints_stand_there_after_saving(page):
    public_id = uuid.uuid4()
    page.post(edit_url(public_id), {"title": "Wat te doen indien het misgaat", "bewaar": "1"})
    html = page.get(edit_url(public_id)).content.decode()
    box = html.split('data-tips="title"')[1].split("</ul>")[0]
    assert f"<li>{TIP}</li>" in box
    assert " hidden" not in box.split(">")[0]
    assert 'data-tips="promise"' in html
    assert " hidden" in html.split('data-tips="promise"')[1].split(">")[0]


def test_hints_never_block(page):
    public_id = uuid.uuid4()
    page.post(edit_url(public_id), typed(title="Indien, derhalve en thans", promise=f"{LONG} x."))
    assert Course.objects.get(public_id=public_id).status == "published"


def test_the_text_page_shows_them_too(page):
    public_id = uuid.uuid4()
    page.post(edit_url(public_id), typed(title="Wat te doen indien het misgaat"))
    html = page.get(reverse("courses:manage-text", args=[public_id])).content.decode()
    assert f"<li>{TIP}</li>" in html
