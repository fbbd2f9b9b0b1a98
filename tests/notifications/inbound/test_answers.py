# SPDX-License-Identifier: EUPL-1.2
"""Which answer counts: versions, order, clocks, earlier registrations, trainers, days."""

import datetime as dt

import pytest
import time_machine

from courses.domain import registration, sessions
from courses.models import Registration, Session
from notifications.inbound.receiving import receive
from notifications.models import Invitation, Message, RefusedAddress
from tests.factories import EditionFactory, PersonFactory, coordinator
from tests.notifications.conftest import SUMMER, plan, post
from tests.notifications.inbound import shapes
from tests.notifications.inbound.conftest import (
    GONE,
    UNTOUCHED,
    move_an_hour,
    only_row,
    outcome,
)

MINUTE = dt.timedelta(minutes=1)


def say(world, partstat, *, name, stamp="20261010T090000Z", sequence=None, uid=None):
    e = world.envelope.but(name=name, stamp=stamp)
    e = e.but(sequence=e.sequence if sequence is None else sequence, uid=uid or e.uid)
    return outcome(shapes.single(e, shapes.ics(e, partstat)))[0]


def test_the_newer_answer_wins_in_whatever_order_they_arrive(world):
    assert say(world, "TENTATIVE", name="b", stamp="20261010T090500Z") == "tentative"
    assert say(world, "ACCEPTED", name="a", stamp="20261010T090000Z") == "newer_known"
    assert world.state == ("registered", "waiting", 1, "TENTATIVE")
    assert say(world, "ACCEPTED", name="c", stamp="20261010T091000Z") == "accepted"
    assert world.state == ("registered", "waiting", 1, "ACCEPTED")


def test_a_decline_that_is_older_than_a_yes_frees_no_seat(world):
    say(world, "ACCEPTED", name="b", stamp="20261010T090500Z")
    assert say(world, "DECLINED", name="a", stamp="20261010T090000Z") == "newer_known"
    assert world.state == ("registered", "waiting", 1, "ACCEPTED")


def test_a_decline_of_the_old_time_frees_no_seat_and_is_kept(world):
    move_an_hour(world)
    assert say(world, "DECLINED", name="old", sequence=0) == "old_version"
    assert world.state == UNTOUCHED
    assert (only_row().partstat, only_row().sequence, only_row().state) == ("DECLINED", 0, "done")
    assert world.post() == []


def test_a_decline_of_the_new_time_frees_the_seat(world):
    move_an_hour(world)
    assert say(world, "DECLINED", name="new") == "declined"
    assert world.state == GONE


def test_sequence_counts_before_the_clock_of_who_answers(world):
    say(world, "ACCEPTED", name="a", stamp="20261010T120000Z")
    move_an_hour(world)
    assert say(world, "TENTATIVE", name="b", stamp="20261010T080000Z") == "tentative"
    assert world.state == ("registered", "waiting", 1, "TENTATIVE")


def test_a_change_that_was_not_mailed_yet_does_not_make_the_answer_old(world):
    trainer = world.session.course.trainers.get()
    sessions.change_session(
        Session.objects.get(pk=world.session.pk), by=trainer, time=dt.time(11, 0)
    )
    assert Invitation.objects.get(pk=world.invitation.pk).sequence == 1
    assert say(world, "DECLINED", name="a", sequence=0) == "declined"
    assert world.state == GONE


def test_an_answer_to_a_version_that_we_never_sent_is_ignored(world, caplog):
    assert say(world, "DECLINED", name="a", sequence=7) == "unknown_version"
    assert world.state == UNTOUCHED
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_an_answer_to_an_invitation_that_never_left_is_ignored(rows, learner):
    registration.register(rows, person=learner)
    row = Invitation.objects.get(registration__person=learner)
    e = shapes.Envelope(uid=row.uid)
    assert outcome(shapes.declined(e)) == ("unknown_version", "done")
    assert Registration.objects.get(person=learner).state == "registered"


def test_a_clock_that_runs_ahead_does_not_shut_out_later_answers(world, clock_in_summer):
    say(world, "ACCEPTED", name="a", stamp="20991231T235959Z")
    clock_in_summer.shift(MINUTE)
    assert say(world, "DECLINED", name="b", stamp="20261010T090000Z") == "declined"
    assert world.state == GONE


def test_an_answer_from_before_a_new_registration_leaves_the_new_seat_alone(world):
    registration.cancel(world.registration, by=world.merel)
    registration.cancel(
        Registration.objects.get(person=world.wen, session=world.session), by=world.wen
    )
    again = registration.register(Session.objects.get(pk=world.session.pk), person=world.merel)
    world.post()
    assert say(world, "DECLINED", name="late", stamp="20261010T095900Z") == "withdrawn"
    again.refresh_from_db()
    assert (again.state, Session.objects.get(pk=world.session.pk).taken) == ("registered", 1)
    assert world.post() == []


def test_a_yes_after_a_no_waits_for_a_person(world):
    say(world, "DECLINED", name="a")
    world.post()
    assert say(world, "ACCEPTED", name="b", stamp="20261010T091000Z") == "yes_again"
    assert world.state == ("cancelled", "registered", 1, "ACCEPTED")


def test_a_no_after_the_start_is_noted_and_keeps_the_seat(world):
    with time_machine.travel(world.session.starts_at + MINUTE, tick=False):
        assert say(world, "DECLINED", name="a") == "too_late"
        assert world.state[0] == "registered"


def test_the_farewell_after_a_no_has_a_link_to_sign_up_again_and_no_calendar(world):
    say(world, "DECLINED", name="a")
    world.post()
    letter = world.letters[-2]
    assert letter.calendar_octets is None
    assert (
        "Toch wel? Meld je weer aan: "
        f"http://localhost:8000/bijeenkomsten/{world.session.public_id}/aanmelden/"
    ) in letter.text.splitlines()


def test_counter_is_answered_once_a_day_and_says_that_a_machine_writes(world, clock_in_summer):
    def propose(number):
        clock_in_summer.shift(60)
        return outcome(shapes.counter(world.envelope.but(name=f"c{number}")))[0]

    assert [propose(number) for number in range(3)] == ["counter"] * 3
    assert world.post() == [("merel", "De tijd ligt vast", None)]
    assert world.letters[-1]["Auto-Submitted"] == "auto-replied"
    clock_in_summer.shift(dt.timedelta(days=1))
    propose(3)
    assert world.post() == [("merel", "De tijd ligt vast", None)]


def test_refresh_sends_the_same_version_with_a_later_stamp_and_not_ten_times(
    world, clock_in_summer
):
    first = world.letters[0]
    clock_in_summer.shift(MINUTE)
    outcome(shapes.refresh(world.envelope))
    assert world.post() == [("merel", "Je doet mee", "REQUEST")]
    again = world.letters[-1]
    assert (again.event["UID"], again.event["SEQUENCE"]) == (first.event["UID"], 0)
    assert again.event["DTSTAMP"].dt == first.event["DTSTAMP"].dt + MINUTE
    outcome(shapes.refresh(world.envelope.but(name="once-more")))
    assert world.post() == []


def test_a_trainer_who_declines_cancels_nothing_and_the_coordinator_is_told(world):
    coordinator(world.session.course.organisation, email="coord@utrecht.example")
    plan(world.session)
    post()
    row = Invitation.objects.get(session=world.session, role="trainer")
    e = shapes.Envelope(uid=row.uid, invited="samira@utrecht.example")
    assert outcome(shapes.declined(e)) == ("trainer_declined", "queued")
    row.refresh_from_db()
    assert (row.partstat, row.state) == ("DECLINED", "active")
    assert Session.objects.get(pk=world.session.pk).status == Session.Status.PLANNED
    assert world.state == UNTOUCHED
    assert world.post() == [("coord", "De trainer kan niet", None)]


def test_who_answers_after_a_bounce_gets_our_mail_again(world):
    Invitation.objects.filter(pk=world.invitation.pk).update(state="bounced")
    RefusedAddress.objects.create(address="merel@cjib.example", blocked_at=SUMMER)
    say(world, "ACCEPTED", name="a")
    world.invitation.refresh_from_db()
    assert (world.invitation.state, world.invitation.partstat) == ("active", "ACCEPTED")
    assert RefusedAddress.objects.count() == 0


def test_a_session_that_was_cancelled_takes_no_answers(world):
    sessions.cancel_session(
        Session.objects.get(pk=world.session.pk), by=world.session.course.trainers.get()
    )
    world.post()
    assert say(world, "ACCEPTED", name="a") == "withdrawn"


def test_two_colleagues_with_one_mailbox_answer_for_themselves(world):
    other = PersonFactory(email="team@cjib.example", organisation=world.merel.organisation)
    Invitation.objects.filter(registration__person=world.wen).update(address="team@cjib.example")
    Invitation.objects.filter(pk=world.invitation.pk).update(address="team@cjib.example")
    e = world.envelope.but(invited=other.email)
    assert outcome(shapes.tentative(e))[0] == "tentative"
    assert world.state == ("registered", "waiting", 1, "TENTATIVE")


@pytest.mark.parametrize(
    ("sender", "attendee", "expected"),
    [
        ("MEREL@CJIB.example", "boef@elders.example", "accepted"),
        ("boef@elders.example", "Merel@Cjib.Example", "accepted"),
        ("ander@cjib.example", "ander@cjib.example", "accepted"),
        ("boef@sub.cjib.example", "boef@sub.cjib.example", "stranger"),
        ("boef@cjib.example.elders.example", "boef@elders.example", "stranger"),
        ("merel@elders.example", "merel@elders.example", "stranger"),
        ("", "boef@elders.example", "stranger"),
    ],
)
def test_who_may_answer(sender, attendee, expected, world):
    raw = shapes.single(
        world.envelope, shapes.ics(world.envelope, attendee=attendee), sender=sender or "niemand"
    )
    assert outcome(raw)[0] == expected


def test_an_internationalised_domain_is_the_same_in_both_spellings(world):
    Invitation.objects.filter(pk=world.invitation.pk).update(
        address="zoe@xn--gemeente-zo-9bb.example"
    )
    e = world.envelope.but(invited="zoe@gemeente-zoë.example")
    world.merel.email = "zoe@xn--gemeente-zo-9bb.example"
    world.merel.save()
    assert outcome(shapes.plain_accept(e))[0] == "accepted"


def test_the_database_is_away_then_nothing_happened_and_the_mail_may_come_again(world, monkeypatch):
    from django.db import OperationalError

    from notifications.inbound import receiving

    def away(mail):
        raise OperationalError("away")

    raw = shapes.declined(world.envelope)
    with monkeypatch.context() as patch:
        patch.setattr(receiving, "decide", away)
        with pytest.raises(OperationalError):
            receive(raw)
    assert world.state == UNTOUCHED
    assert outcome(raw)[0] == "declined"


def test_our_own_mistake_costs_one_mail_and_a_person_sees_it(world, monkeypatch, caplog):
    from notifications.inbound import receiving

    def broken(mail):
        Message.objects.all().delete()
        raise ZeroDivisionError

    monkeypatch.setattr(receiving, "decide", broken)
    before = Message.objects.count()
    assert outcome(shapes.declined(world.envelope)) == ("broken", "queued")
    assert Message.objects.count() == before
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_an_answer_to_a_whole_day_is_noted_and_nothing_else(world):
    row = Invitation.objects.create(
        role="day",
        person=world.merel,
        edition=EditionFactory(),
        address=world.merel.email,
        method_sent="REQUEST",
    )
    e = world.envelope.but(uid=row.uid)
    assert outcome(shapes.declined(e.but(name="a"))) == ("declined", "done")
    row.refresh_from_db()
    assert (row.partstat, row.state) == ("DECLINED", "active")
    assert outcome(shapes.counter(e.but(name="b"))) == ("unclear", "queued")
    assert (world.state, world.post()) == (UNTOUCHED, [])
