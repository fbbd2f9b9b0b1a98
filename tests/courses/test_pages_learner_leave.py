# SPDX-License-Identifier: EUPL-1.2
"""The signed links: withdraw and move. GET asks, POST does, nobody signs in."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from base import clock
from base.templatetags.dates import when
from courses.domain import registration
from courses.models import Registration, Session
from courses.tokens import evaluate_token, withdraw_token
from tests.factories import CourseFactory, PersonFactory, SessionFactory

pytestmark = pytest.mark.django_db
State = Registration.State


@pytest.fixture
def session():
    return SessionFactory(course=CourseFactory(title="Schrijf een brief"), capacity=2)


@pytest.fixture
def mine(session):
    return registration.register(session, person=PersonFactory(name="Merel Jansen"))


@pytest.fixture
def later(session):
    return SessionFactory(
        course=session.course, starts_at=session.starts_at + dt.timedelta(days=1), capacity=1
    )


def leave(mine):
    return reverse("courses:withdraw", args=[withdraw_token(mine)])


def move(mine):
    return reverse("courses:move", args=[withdraw_token(mine)])


def heading(response):
    return re.search(r"<h1[^>]*>(.*?)</h1>", response.content.decode(), re.DOTALL)[1].strip()


def has_started(session):
    start = clock.now() - dt.timedelta(minutes=1)
    Session.objects.filter(pk=session.pk).update(
        starts_at=start, ends_at=start + dt.timedelta(hours=1)
    )


def test_get_asks_and_post_does(client, mine):
    for _ in range(2):
        page = client.get(leave(mine))
        assert heading(page) == "Toch niet?"
        mine.refresh_from_db()
        assert mine.state == State.REGISTERED
    assert heading(client.post(leave(mine))) == "Je bent afgemeld"
    mine.refresh_from_db()
    assert (mine.state, mine.cancel_reason) == (State.CANCELLED, "self")
    assert Session.objects.get().taken == 0


def test_again_says_that_it_was_done_already(client, mine):
    client.post(leave(mine))
    assert heading(client.get(leave(mine))) == "Je was al afgemeld"
    assert heading(client.post(leave(mine))) == "Je was al afgemeld"


def test_the_page_shows_nothing_about_the_person(client, mine):
    for url in (leave(mine), move(mine)):
        html = client.get(url).content.decode()
        assert "Merel" not in html
        assert mine.person.email not in html
        assert "vergadering.example" not in html


def test_after_the_start_it_is_too_late(client, session, mine):
    has_started(session)
    for response in (client.get(leave(mine)), client.post(leave(mine))):
        html = response.content.decode()
        assert html.count("Deze bijeenkomst is al begonnen. Afmelden kan niet meer.") == 1
    mine.refresh_from_db()
    assert mine.state == State.REGISTERED


def test_leaving_gives_the_seat_to_the_first_in_line(client, session, mine):
    registration.register(session, person=PersonFactory())
    waiting = registration.register(session, person=PersonFactory())
    client.post(leave(mine))
    waiting.refresh_from_db()
    assert waiting.state == State.REGISTERED


def test_leaving_the_waiting_list(client, session, mine):
    registration.register(session, person=PersonFactory())
    waiting = registration.register(session, person=PersonFactory())
    assert client.get(leave(waiting)).content.decode().count("Je gaat van de wachtlijst af.") == 1
    html = client.post(leave(waiting)).content.decode()
    assert html.count("Je staat niet meer op de wachtlijst.") == 1


@pytest.mark.parametrize("name", ["withdraw", "move"])
@pytest.mark.parametrize("token", ["x", "a" * 3000, "0" * 32 + ".x", "😀"])
def test_a_forged_link_says_where_to_go(client, name, token):
    response = client.post(reverse(f"courses:{name}", args=[token]))
    assert response.status_code == 404
    assert heading(response) == "Deze link werkt niet meer"


def test_a_link_for_another_purpose_does_not_withdraw(client, mine):
    response = client.post(reverse("courses:withdraw", args=[evaluate_token(mine)]))
    assert response.status_code == 404
    mine.refresh_from_db()
    assert mine.state == State.REGISTERED


def test_moving_takes_the_new_seat_and_gives_the_old_one_up(client, session, mine, later):
    page = client.get(move(mine)).content.decode()
    assert page.count(when(later)) == 1
    response = client.post(move(mine), {"moment": str(later.public_id)})
    assert heading(response) == "Je plek is verzet"
    assert response.content.decode().count(when(later)) == 1
    mine.refresh_from_db()
    assert (mine.state, mine.cancel_reason) == (State.CANCELLED, "moved")
    assert Registration.objects.get(state=State.REGISTERED).session == later
    assert heading(client.post(move(mine), {"moment": str(later.public_id)})) == "Je plek is verzet"
    assert Registration.objects.count() == 2


def test_when_the_new_date_is_full_the_old_seat_stays(client, mine, later):
    registration.register(later, person=PersonFactory())
    assert client.get(move(mine)).content.decode().count("disabled") == 1
    response = client.post(move(mine), {"moment": str(later.public_id)})
    assert response.content.decode().count("Je oude plek houd je.") == 1
    mine.refresh_from_db()
    assert mine.state == State.REGISTERED


@pytest.mark.parametrize("moment", ["", "x", "00000000-0000-0000-0000-000000000000"])
def test_only_another_date_of_the_same_course(client, mine, later, moment):
    other = SessionFactory()
    for value in (moment, str(other.public_id)):
        response = client.post(move(mine), {"moment": value})
        assert response.content.decode().count("Kies een ander moment.") == 1
    mine.refresh_from_db()
    assert mine.state == State.REGISTERED


def test_after_withdrawing_there_is_nothing_to_move(client, mine, later):
    client.post(leave(mine))
    html = client.get(move(mine)).content.decode()
    assert html.count("Je bent al afgemeld voor dit moment.") == 1
    assert "Verzet mijn plek" not in html
