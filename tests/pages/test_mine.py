# SPDX-License-Identifier: EUPL-1.2
"""'Mijn TJC', the calendar file and the error pages."""

import datetime as dt
import re

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from base import clock
from courses.domain import attendance, registration
from courses.domain.courses import wait_for_subject
from courses.models import Session
from courses.tokens import evaluate_token, withdraw_token
from notifications.models import Invitation, Message
from tests.factories import CourseFactory, PersonFactory, SessionFactory
from tjc.pages.errors import server_error

pytestmark = pytest.mark.django_db


@pytest.fixture
def me(client):
    person = PersonFactory(name="Merel Jansen")
    client.force_login(person)
    return person


def course_on(days, title, **fields):
    return SessionFactory(
        course=CourseFactory(title=title), starts_at=clock.now() + dt.timedelta(days=days), **fields
    )


def html(client):
    return client.get("/mijn/").content.decode()


def headings(page):
    found = re.findall(r"<h([1-3])[^>]*>(.*?)</h\1>", page.partition("<main")[2], re.DOTALL)
    return [re.sub(r"<[^>]+>", "", text).strip() for _level, text in found if "voet" not in text]


def test_signing_in_comes_first(client):
    assert client.get("/mijn/")["Location"] == "/inloggen/?next=/mijn/"


def test_nothing_planned(client, me):
    page = html(client)
    assert page.count("Nog niets gepland. Zin in iets nieuws?") == 1
    assert page.count('href="/cursussen/">Bekijk de cursussen</a>') == 1
    assert page.count(f'action="{reverse("accounts:signout")}"') == 1
    assert page.count('href="/mijn/gegevens/">Mijn gegevens</a>') == 1


def test_next_coming_waiting_subjects_and_past(client, me):
    later, soon = course_on(9, "Later"), course_on(2, "Straks")
    full = course_on(5, "Vol", capacity=1)
    registration.register(full, person=PersonFactory())
    rows = [registration.register(session, person=me) for session in (later, soon, full)]
    wait_for_subject(CourseFactory(title="Ooit"), person=me)
    with time_machine.travel(clock.now() - dt.timedelta(days=10)):
        past = course_on(1, "Toen")
        went = registration.register(past, person=me)
    attendance.mark_attendance(past, by=past.course.trainer_rows.get().person, absent=set())
    page = html(client)
    assert headings(page)[:10] == [
        "Hoi Merel",
        "Straks",
        "Daarna",
        "Later",
        "Op de wachtlijst",
        "Vol",
        "Je wacht op een nieuwe datum",
        "Bewijs van deelname",
        "Geweest",
        "Toen",
    ]
    assert page.count("Je staat op plek 1.") == 1
    for row in rows:
        assert page.count(reverse("courses:withdraw", args=[withdraw_token(row)])) == 1
    address = reverse("courses:evaluate", args=[evaluate_token(went)])
    assert page.count(f'href="{address}">Hoe was het?') == 1
    went.refresh_from_db()
    attendance.evaluate(went, person=me, score=8)
    assert "Hoe was het?" not in html(client)


def test_of_others_there_is_nothing(client, me):
    other = registration.register(course_on(3, "Van een ander"), person=PersonFactory())
    registration.cancel(registration.register(course_on(4, "Afgemeld"), person=me), by=me)
    page = html(client)
    assert "Van een ander" not in page
    assert "Afgemeld" not in page
    for url in ("calendar-file", "resend-invitation"):
        address = reverse(f"pages:{url}", args=[other.public_id])
        answer = client.get(address) if url == "calendar-file" else client.post(address)
        assert answer.status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_costs_the_same_whatever_there_is(client, me, django_assert_num_queries, number):
    for days in range(number):
        registration.register(course_on(days + 2, "Straks"), person=me)
        full = course_on(days + 2, "Vol", capacity=1)
        registration.register(full, person=PersonFactory())
        registration.register(full, person=me)
        wait_for_subject(CourseFactory(), person=me)
    # session, person, registrations, subjects, organisation, roles, teaches
    with django_assert_num_queries(8):
        client.get("/mijn/")


def test_the_calendar_file_is_the_own_copy_of_the_invitation(client, me):
    session = course_on(3, "Brief, met komma")
    mine = registration.register(session, person=me)
    response = client.get(reverse("pages:calendar-file", args=[mine.public_id]))
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    part = Calendar.from_ical(response.content)
    (event,) = part.walk("VEVENT")
    assert "METHOD" not in part
    assert "ATTENDEE" not in event
    assert str(event["UID"]) == Invitation.objects.get().uid
    assert str(event["SUMMARY"]) == "Brief, met komma"
    assert event["DTSTART"].dt == session.starts_at.replace(microsecond=0)
    assert event["DTEND"].dt == session.ends_at.replace(microsecond=0)
    assert str(event["LOCATION"]) == "Online / https://vergadering.example/abc"


def test_who_waits_has_no_calendar_file(client, me):
    full = course_on(3, "Vol", capacity=1)
    registration.register(full, person=PersonFactory())
    waiting = registration.register(full, person=me)
    address = reverse("pages:calendar-file", args=[waiting.public_id])
    assert client.get(address).status_code == 404


def test_the_invitation_once_more(client, me):
    mine = registration.register(course_on(3, "Brief"), person=me)
    Message.objects.update(state=Message.State.SENT, sent_at=clock.now())
    address = reverse("pages:resend-invitation", args=[mine.public_id])
    assert client.get(address).status_code == 405
    page = client.post(address, follow=True).content.decode()
    assert page.count("De uitnodiging is onderweg naar je werkmail.") == 1
    assert Message.objects.filter(key__contains="resend").count() == 1


# --- errors ---------------------------------------------------------------------------------------


def test_not_found_helps_searching(client):
    response = client.get("/bestaat-niet/")
    page = response.content.decode()
    assert response.status_code == 404
    assert page.count("Deze pagina bestaat niet (meer).") == 1
    assert page.count('action="/cursussen/"') == 1


def test_our_own_mistake_needs_no_database(rf):
    def refuse(execute, sql, params, many, context):
        raise AssertionError(sql)

    with connection.execute_wrapper(refuse):
        response = server_error(rf.get("/"))
    assert response.status_code == 500
    assert response.content.decode().count("Er ging iets mis, dat ligt aan ons.") == 1


def test_a_form_without_its_token_is_told_how_to_go_on():
    client = Client(enforce_csrf_checks=True)
    session = SessionFactory()
    response = client.post(f"/bijeenkomsten/{session.public_id}/aanmelden/")
    assert response.status_code == 403
    assert response.content.decode().count("Probeer het nog eens.") == 1
    assert Session.objects.get().taken == 0
