# SPDX-License-Identifier: EUPL-1.2
"""Questions and trainers for programs."""

import pytest

from accounts.domain.tokens import create_token
from matching.models import KnowledgeRequest
from tests.factories import (
    KnowledgeRequestFactory,
    PersonFactory,
    ThemeFactory,
    TrainerProfileFactory,
)

pytestmark = pytest.mark.django_db
URL = "/api/v1/kennisvragen"


def bearer(person):
    return {"Authorization": f"Bearer {create_token(person)}"}


def test_without_a_token_titles_and_themes_with_one_text_and_asker(client):
    row = KnowledgeRequestFactory(text="Een eigen verhaal")
    (found,) = client.get(URL).json()["resultaten"]
    assert (found["titel"], found["thema"], found["status"]) == (row.title, "schrijven", "open")
    assert (found["tekst"], found["naam"], found["organisatie"]) == (None, None, None)
    one = client.get(f"{URL}/{row.public_id}", headers=bearer(PersonFactory())).json()
    assert (one["tekst"], one["naam"]) == ("Een eigen verhaal", row.asker.name)
    assert row.asker.email not in str(one)
    unverified = client.get(
        f"{URL}/{row.public_id}", headers=bearer(PersonFactory(verified_at=None))
    )
    assert unverified.json()["tekst"] is None


def test_asking_needs_a_token_and_answers_with_the_question(client):
    ThemeFactory()
    body = {"tekst": "Hoe schrijf ik korter?", "thema": "schrijven", "aantal": 4, "waar": "beide"}
    assert client.post(URL, body, content_type="application/json").status_code == 401
    person = PersonFactory()
    answer = client.post(URL, body, content_type="application/json", headers=bearer(person))
    assert answer.status_code == 201
    made = KnowledgeRequest.objects.get()
    assert answer.json()["id"] == str(made.public_id)
    assert (made.asker, made.people, made.audience, made.where) == (person, 4, "team", "either")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "tekst"),
        ({"tekst": "🙂🙂🙂"}, "tekst"),
        ({"tekst": "woord " * 2000}, "tekst"),
        ({"tekst": "Hoe dan?", "aantal": 0}, "aantal"),
        ({"tekst": "Hoe dan?", "waar": "maan"}, "waar"),
        ({"tekst": "Hoe dan?", "thema": "bestaat-niet"}, "thema"),
    ],
)
def test_what_is_wrong_is_said_per_field(client, body, field):
    answer = client.post(
        URL, body, content_type="application/json", headers=bearer(PersonFactory())
    )
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert not KnowledgeRequest.objects.exists()


def test_search_and_states(client):
    KnowledgeRequestFactory(state="planned", title="Al gepland")
    assert client.get(URL).json()["aantal"] == 0
    assert client.get(URL, {"toon": "gepland"}).json()["aantal"] == 1
    assert client.get(URL, {"zoek": "\0xyzzy", "toon": "alle"}).json()["aantal"] == 0


def test_trainers_in_the_pool_without_address(client):
    theme = ThemeFactory()
    profile = TrainerProfileFactory(themes=[theme], person__slug="ruben")
    TrainerProfileFactory(state="withdrawn", person__slug="weg")
    answer = client.get("/api/v1/trainers", {"thema": theme.slug})
    (found,) = answer.json()["resultaten"]
    assert (found["kop"], found["themas"], found["talen"]) == (
        profile.headline,
        ["schrijven"],
        ["nl"],
    )
    assert profile.person.email not in answer.content.decode()
    assert client.get(f"/api/v1/trainers/{profile.public_id}").json() == found


@pytest.mark.parametrize("number", [1, 3])
def test_lists_cost_a_fixed_number_of_queries(client, number, django_assert_num_queries):
    KnowledgeRequestFactory.create_batch(number)
    for n in range(number):
        TrainerProfileFactory(person__slug=f"trainer-{n}", themes=[ThemeFactory()])
    with django_assert_num_queries(2):
        client.get(URL)
    with django_assert_num_queries(3):
        client.get("/api/v1/trainers")
