# SPDX-License-Identifier: EUPL-1.2
"""A co-trainer who comes or goes: the own calendar follows, nobody else's."""

import datetime as dt

import pytest
import time_machine

from courses.domain import courses, sessions
from courses.errors import ChangeRefused
from courses.models import CourseTrainer
from notifications.models import Invitation, Message
from tests.factories import PersonFactory, SessionFactory
from tests.notifications.conftest import SUMMER, plan, post


@pytest.fixture(autouse=True)
def clock_in_summer():
    with time_machine.travel(SUMMER, tick=False) as traveller:
        yield traveller


@pytest.fixture
def joost():
    return PersonFactory(name="Joost Co", email="joost@zwolle.example")


@pytest.fixture
def dates(rows):
    """One date that was, one that was called off, and two to come for which the lead has an invitation."""
    week = dt.timedelta(days=7)
    past = SessionFactory(course=rows.course, starts_at=SUMMER - week)
    off = SessionFactory(course=rows.course, starts_at=SUMMER + 3 * week, status="cancelled")
    later = SessionFactory(
        course=rows.course, starts_at=rows.starts_at + week, ends_at=rows.ends_at + week
    )
    for session in (rows, later):
        plan(session)
    post()
    return {"past": past, "off": off, "first": rows, "later": later}


def starts(mails):
    return sorted(mail.event["DTSTART"].dt for mail in mails)


def test_who_joins_later_gets_every_coming_date(rows, dates, joost):
    trainer = rows.course.trainers.get()
    courses.add_co_trainer(rows.course, person=joost, by=trainer)
    courses.add_co_trainer(rows.course, person=joost, by=trainer)
    mails = post()
    assert [mail["To"].addresses[0].addr_spec for mail in mails] == ["joost@zwolle.example"] * 2
    assert [mail.shape for mail in mails] == [("REQUEST", 0)] * 2
    assert starts(mails) == [dates["first"].starts_at, dates["later"].starts_at]


def test_who_goes_gets_a_cancel_for_every_coming_date(rows, dates, joost):
    trainer = rows.course.trainers.get()
    courses.add_co_trainer(rows.course, person=joost, by=trainer)
    uids = {str(mail.event["UID"]) for mail in post()}
    courses.remove_co_trainer(rows.course, person=joost, by=trainer)
    courses.remove_co_trainer(rows.course, person=joost, by=trainer)
    mails = post()
    assert [mail["To"].addresses[0].addr_spec for mail in mails] == ["joost@zwolle.example"] * 2
    assert [mail.shape for mail in mails] == [("CANCEL", 1)] * 2
    assert {str(mail.event["UID"]) for mail in mails} == uids
    assert starts(mails) == [dates["first"].starts_at, dates["later"].starts_at]
    assert mails[0].subject.startswith("Je geeft niet meer: Schrijf een brief")
    assert Invitation.objects.filter(person=trainer, state="active").count() == 2


def test_added_and_removed_before_anything_left_says_nothing(rows, dates, joost):
    trainer = rows.course.trainers.get()
    courses.add_co_trainer(rows.course, person=joost, by=trainer)
    courses.remove_co_trainer(rows.course, person=joost, by=trainer)
    assert post() == []
    assert set(Message.objects.filter(person=joost).values_list("state", flat=True)) == {"skipped"}


def test_who_comes_back_gets_new_invitations(rows, dates, joost):
    trainer = rows.course.trainers.get()
    courses.add_co_trainer(rows.course, person=joost, by=trainer)
    first = {str(mail.event["UID"]) for mail in post()}
    courses.remove_co_trainer(rows.course, person=joost, by=trainer)
    post()
    courses.add_co_trainer(rows.course, person=joost, by=trainer)
    mails = post()
    assert [mail.shape for mail in mails] == [("REQUEST", 0)] * 2
    assert first.isdisjoint(str(mail.event["UID"]) for mail in mails)


def test_who_went_hears_no_more_of_changes(rows, dates, joost):
    trainer = rows.course.trainers.get()
    courses.add_co_trainer(rows.course, person=joost, by=trainer)
    courses.remove_co_trainer(rows.course, person=joost, by=trainer)
    post()
    sessions.change_session(rows, by=trainer, time=dt.time(11, 0))
    post_later = [mail["To"].addresses[0].addr_spec for mail in post()]
    assert "joost@zwolle.example" not in post_later


def test_the_lead_trainer_stays(rows):
    trainer = rows.course.trainers.get()
    with pytest.raises(ChangeRefused) as refused:
        courses.remove_co_trainer(rows.course, person=trainer, by=trainer)
    assert refused.value.code == "lead_trainer"
    assert CourseTrainer.objects.count() == 1


def test_a_draft_invites_nobody_yet(rows, joost):
    rows.course.status = "draft"
    rows.course.save()
    courses.add_co_trainer(rows.course, person=joost, by=rows.course.trainers.get())
    assert post() == []
