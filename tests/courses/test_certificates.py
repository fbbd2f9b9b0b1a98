# SPDX-License-Identifier: EUPL-1.2
"""Proof of taking part: for who was there, their own, and gone when the trainer corrects the list."""

import datetime as dt
import re

import pytest
import time_machine
from django.urls import reverse

from base import clock
from courses.domain import attendance, registration
from tests.factories import CourseFactory, PersonFactory, SessionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def me(client):
    person = PersonFactory(name="Merel Jansen")
    client.force_login(person)
    return person


def took_part(
    person, title="Brieven die iedereen snapt", *, days_ago=3, marked=True, absent=False, **course
):
    with time_machine.travel(clock.now() - dt.timedelta(days=days_ago + 1)):
        session = SessionFactory(
            course=CourseFactory(title=title, **course),
            starts_at=clock.now() + dt.timedelta(days=1),
        )
        row = registration.register(session, person=person)
    if marked:
        trainer = session.course.trainer_rows.get().person
        left_out = {row.public_id} if absent else set()
        attendance.mark_attendance(session, by=trainer, absent=left_out)
    row.refresh_from_db()
    return row


def address(row):
    return reverse("courses:certificate", args=[row.public_id])


def words(html):
    main = html.partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def test_the_proof_says_who_what_when_and_from_whom(client, me):
    row = took_part(me, goals=["Je schrijft korter"], promise="Van drie kantjes naar één.")
    text = words(client.get(address(row)).content.decode())
    day = clock.local(row.session.starts_at)
    for part in (
        "Bewijs van deelname Merel Jansen",
        me.organisation.name,
        "deed mee aan de cursus Brieven die iedereen snapt Van drie kantjes naar één.",
        "Dit kwam aan bod: Je schrijft korter",
        f" {day.year}, ",
        row.session.course.trainer_rows.get().person.name,
        row.session.course.organisation.name,
    ):
        assert text.count(part) >= 1, (part, text)


def test_only_who_was_there_has_one(client, me):
    absent = took_part(me, "Gemist", absent=True)
    unmarked = took_part(me, "Nog niet ingevuld", marked=False)
    coming = registration.register(SessionFactory(), person=me)
    of_another = took_part(PersonFactory(name="Ander Mens"))
    for row in (absent, unmarked, coming, of_another):
        assert client.get(address(row)).status_code == 404


def test_a_correction_by_the_trainer_takes_it_back(client, me):
    row = took_part(me)
    assert client.get(address(row)).status_code == 200
    trainer = row.session.course.trainer_rows.get().person
    attendance.mark_attendance(row.session, by=trainer, absent={row.public_id})
    assert client.get(address(row)).status_code == 404
    assert address(row) not in client.get("/mijn/").content.decode()


def test_my_page_lists_what_is_there_and_what_is_to_come(client, me):
    earned = took_part(me, "Gedaan")
    took_part(me, "Gemist", absent=True)
    took_part(me, "Wacht op de trainer", marked=False)
    registration.register(SessionFactory(), person=me)
    html = client.get("/mijn/").content.decode()
    part = html.partition('id="bewijzen"')[2].partition("</section>")[0]
    assert re.findall(r'href="([^"]+)"', part) == [address(earned)]
    text = words(f"<main>{part}")
    assert text.count("Gedaan") == 1
    assert "Gemist" not in text
    assert text.count("Wacht op de trainer : je bewijs komt") == 1
    assert text.count("Na afloop van de cursus die nog komt, staat je bewijs hier ook.") == 1


def test_without_courses_my_page_says_nothing_about_it(client, me):
    assert 'id="bewijzen"' not in client.get("/mijn/").content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_my_page_costs_the_same_whatever_was_done(client, me, django_assert_num_queries, number):
    for days in range(number):
        took_part(me, f"Gedaan {days}", days_ago=days + 2)
        took_part(me, f"Wacht {days}", days_ago=days + 2, marked=False)
    # session, person, registrations, subjects, feed, organisation, roles, teaches
    with django_assert_num_queries(8):
        client.get("/mijn/")


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_the_same_whatever_it_shows(client, me, django_assert_num_queries, number):
    row = took_part(me, goals=["Iets"] * number)
    for _ in range(number - 1):
        row.session.course.trainer_rows.create(person=PersonFactory(), part="co")
    # session, person; registration, trainers, people; roles, teaches
    with django_assert_num_queries(7):
        client.get(address(row))
