# SPDX-License-Identifier: EUPL-1.2
"""After a session: who was there, and what they thought of it."""

import datetime as dt
import uuid

import pytest
import time_machine
from django.urls import reverse

from courses import tokens
from courses.domain.attendance import mark_attendance
from courses.domain.registration import register
from courses.models import Evaluation, Session
from tests.courses.teaching import messages, url
from tests.factories import PersonFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_june")]


# --- attendance ----------------------------------------------------------------------------------


def test_attendance_waits_for_the_start(page, session):
    html = page.get(url("attendance", session)).content.decode()
    assert "Deze bijeenkomst is nog niet begonnen." in html
    response = page.post(url("attendance", session), follow=True)
    assert messages(response) == ["Deze bijeenkomst is nog niet begonnen."]


def test_everyone_was_there_except_who_gets_a_tick_and_it_can_be_corrected(page, session, trainer):
    rows = [register(session, person=PersonFactory()) for _ in range(3)]
    with time_machine.travel(session.starts_at + dt.timedelta(hours=1)):
        page.force_login(trainer)
        assert page.get(url("attendance", session)).content.decode().count(" checked") == 0
        page.post(
            url("attendance", session),
            {"afwezig": [str(rows[0].public_id), str(uuid.uuid4()), "geen id"]},
        )
        first = list(session.registrations.order_by("pk").values_list("state", flat=True))
        assert page.get(url("attendance", session)).content.decode().count(" checked") == 1
        page.post(url("attendance", session), {"afwezig": [str(rows[1].public_id)]})
    second = list(session.registrations.order_by("pk").values_list("state", flat=True))
    assert first == ["absent", "attended", "attended"]
    assert second == ["attended", "absent", "attended"]


# --- evaluation ----------------------------------------------------------------------------------


@pytest.fixture
def attended(session, trainer):
    row = register(session, person=PersonFactory())
    with time_machine.travel(session.ends_at):
        mark_attendance(session, by=trainer, absent=set())
    row.refresh_from_db()
    return row


def evaluate_url(row) -> str:
    return reverse("courses:evaluate", args=[tokens.evaluate_token(row)])


def test_opening_the_link_saves_nothing(client, attended):
    assert client.get(evaluate_url(attended)).status_code == 200
    assert Evaluation.objects.count() == 0


def test_second_answer_replaces_the_first(client, attended):
    path = evaluate_url(attended)
    assert client.post(path, {"score": "6", "sentence": "Aardig"}).url == f"{path}bedankt/"
    client.post(path, {"score": "9", "sentence": "Bij nader inzien\r\ntop"})
    evaluation = Evaluation.objects.get()
    assert (evaluation.score, evaluation.sentence) == (9, "Bij nader inzien top")
    form = client.get(path).context["form"]
    assert (form["score"].value(), form["sentence"].value()) == (9, "Bij nader inzien top")
    assert client.get(f"{path}bedankt/").status_code == 200


def test_use_and_recommendation_are_kept_and_may_be_left_out(client, attended):
    path = evaluate_url(attended)
    client.post(path, {"score": "7", "would_apply": "partly", "recommend": "0"})
    evaluation = Evaluation.objects.get()
    assert (evaluation.would_apply, evaluation.recommend) == ("partly", 0)
    form = client.get(path).context["form"]
    assert (form["would_apply"].value(), form["recommend"].value()) == ("partly", 0)
    client.post(path, {"score": "7"})
    evaluation.refresh_from_db()
    assert (evaluation.would_apply, evaluation.recommend) == ("", None)
    refused = client.post(path, {"score": "7", "would_apply": "misschien", "recommend": "11"})
    assert set(refused.context["form"].errors) == {"would_apply", "recommend"}


@pytest.mark.parametrize("score", ["", "0", "11", "acht"])
def test_score_is_one_to_ten_and_the_sentence_is_kept(client, attended, score):
    response = client.post(evaluate_url(attended), {"score": score, "sentence": "Leuk"})
    form = response.context["form"]
    assert dict(form.errors) == {"score": ["Kies een cijfer van 1 tot en met 10."]}
    assert form["sentence"].value() == "Leuk"
    assert Evaluation.objects.count() == 0


def test_only_who_was_there_evaluates(client, session):
    row = register(session, person=PersonFactory())
    html = client.get(evaluate_url(row)).content.decode()
    assert "Je kunt een cursus beoordelen als je erbij was." in html
    client.post(evaluate_url(row), {"score": "9"})
    assert Evaluation.objects.count() == 0


def test_link_that_is_not_ours_or_for_something_else_opens_nothing(client, attended):
    good = tokens.evaluate_token(attended)
    for token in ("x", good[:-1], tokens.withdraw_token(attended)):
        for name in ("evaluate", "evaluate-thanks"):
            response = client.get(reverse(f"courses:{name}", args=[token]))
            assert response.status_code == 404
            assert "Deze link werkt niet meer." in response.content.decode()
    assert Session.objects.count() == 1
