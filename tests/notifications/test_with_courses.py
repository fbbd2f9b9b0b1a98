# SPDX-License-Identifier: EUPL-1.2
"""The courses room's own functions, and the mails that follow from them."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from base import clock
from courses.domain import attendance, registration, sessions
from courses.models import Registration, Session
from notifications.models import Invitation, Message
from tests.factories import PersonFactory, SessionFactory
from tests.notifications.conftest import SUMMER, post, seat


@pytest.fixture(autouse=True)
def clock_in_summer():
    with time_machine.travel(SUMMER, tick=False) as traveller:
        yield traveller


def fresh(session):
    return Session.objects.select_related("course", "edition").get(pk=session.pk)


def test_a_registration_with_invitation_and_message_is_at_most_eight_statements(rows, learner):
    session = fresh(rows)
    with CaptureQueriesContext(connection) as queries:
        registration.register(session, person=learner)
    data = [
        query["sql"]
        for query in queries
        if query["sql"].split()[0] in {"SELECT", "INSERT", "UPDATE", "DELETE"}
    ]
    assert len(data) <= 8, "\n".join(data)
    assert (Invitation.objects.count(), Message.objects.count()) == (1, 1)


def test_the_whole_story_of_one_learner(rows, learner):
    trainer = rows.course.trainers.get()
    other = SessionFactory(
        course=rows.course,
        starts_at=rows.starts_at + dt.timedelta(days=7),
        ends_at=rows.ends_at + dt.timedelta(days=7),
    )
    row = registration.register(fresh(rows), person=learner)
    request = post()[0]
    sessions.change_session(rows, by=trainer, time=dt.time(11, 0))
    update = post()[0]
    moved = registration.move(row, to=fresh(other), by=learner)
    old, new = post()
    registration.cancel(moved, by=learner)
    farewell = post()[0]

    assert [mail.shape for mail in (request, update, old, new, farewell)] == [
        ("REQUEST", 0),
        ("REQUEST", 1),
        ("CANCEL", 2),
        ("REQUEST", 0),
        ("CANCEL", 1),
    ]
    assert len({mail.event["UID"] for mail in (request, update, old)}) == 1
    assert len({mail.event["UID"] for mail in (new, farewell)}) == 1
    assert old.event["DTSTART"] == update.event["DTSTART"]
    assert update.text.splitlines()[2] == (
        "dinsdag 13 oktober 2026, 10:00 tot 10:50 uur → dinsdag 13 oktober 2026, 11:00 tot 11:50 uur"
    )


def test_a_withdrawal_promotes_the_first_in_line_with_a_real_invitation(rows, learner):
    Session.objects.filter(pk=rows.pk).update(capacity=1)
    second = PersonFactory(name="Wen Li", email="wen@cjib.example")
    first = registration.register(fresh(rows), person=learner)
    registration.register(fresh(rows), person=second)
    post()
    registration.cancel(first, by=learner)

    mails = {mail["To"].addresses[0].username: mail for mail in post()}

    assert mails["merel"].shape == ("CANCEL", 1)
    assert mails["wen"].shape == ("REQUEST", 0)
    assert mails["wen"].subject.startswith("Er kwam een plek vrij, je doet mee: ")


def test_cancelling_a_session_of_five_hundred_is_one_mail_each_and_few_statements(
    rows, learner, django_assert_max_num_queries
):
    Session.objects.filter(pk=rows.pk).update(capacity=500, taken=500)
    for number in range(500):
        seat(rows, PersonFactory(email=f"n{number}@cjib.example", organisation=None))
    post()
    with django_assert_max_num_queries(25):
        sessions.cancel_session(fresh(rows), by=rows.course.trainers.get())

    mails = post()

    assert [mail.shape for mail in mails] == [("CANCEL", 1)] * 500
    assert {mail["To"].addresses[0].username for mail in mails} == {f"n{n}" for n in range(500)}
    assert all(len(mail["To"].addresses) == 1 for mail in mails)


def test_a_changed_session_of_three_costs_as_many_statements_as_of_thirty(rows):
    def statements(count):
        for number in range(count):
            seat(rows, PersonFactory(email=f"n{count}x{number}@cjib.example"))
        post()
        later = clock.local(fresh(rows).starts_at) + dt.timedelta(hours=1)
        with CaptureQueriesContext(connection) as queries:
            sessions.change_session(fresh(rows), by=rows.course.trainers.get(), time=later.time())
        post()
        return len(queries)

    assert statements(3) == statements(30)


def test_attendance_asks_who_was_there_how_it_was(rows, learner, clock_in_summer):
    absent = PersonFactory(name="Wen Li", email="wen@cjib.example")
    registration.register(fresh(rows), person=learner)
    missed = registration.register(fresh(rows), person=absent)
    post()
    clock_in_summer.move_to(rows.ends_at + dt.timedelta(minutes=5))
    trainer = rows.course.trainers.get()
    attendance.mark_attendance(fresh(rows), by=trainer, absent={missed.public_id})
    attendance.mark_attendance(fresh(rows), by=trainer, absent={missed.public_id})

    assert [(mail["To"].addresses[0].username, mail.subject) for mail in post()] == [
        ("merel", "Hoe was het? Schrijf een brief die iedereen snapt")
    ]


def test_an_unconfirmed_organisation_hears_that_its_place_was_released(rows, learner):
    row = registration.register(fresh(rows), person=learner)
    post()
    registration.cancel(row, by=None, reason=Registration.CancelReason.UNCONFIRMED)
    (mail,) = post()
    assert mail.subject == (
        "Je plek is vrijgegeven: Schrijf een brief die iedereen snapt (di 13 okt, 10:00)"
    )
    assert mail.shape == ("CANCEL", 1)
