# SPDX-License-Identifier: EUPL-1.2
"""The state machine of calendar.md, section 5: what leaves, in which order, and what does not."""

import datetime as dt

import pytest
import time_machine

from base import clock
from courses.models import Registration
from notifications import delivery
from notifications.domain.resend import NotResent, resend_for, resend_invitation
from notifications.models import Invitation, Message
from tests.factories import LocationFactory, PersonFactory, SessionFactory
from tests.notifications.conftest import (
    SUMMER,
    call_off,
    change,
    leave,
    move,
    plan,
    post,
    queue_up,
    retitle,
    seat,
    states,
    the_invitation,
)

HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def clock_in_summer():
    with time_machine.travel(SUMMER, tick=False) as traveller:
        yield traveller


def test_a_registration_brings_one_mail_with_sequence_zero(rows, learner):
    seat(rows, learner)

    mails = post()

    assert [mail.shape for mail in mails] == [("REQUEST", 0)]
    assert mails[0]["To"] == "Merel de Jong <merel@cjib.example>"
    invitation = the_invitation()
    assert (invitation.state, invitation.method_sent, invitation.sequence) == (
        "active",
        "REQUEST",
        0,
    )
    assert post() == []


def test_a_registration_costs_two_statements(rows, learner, django_assert_num_queries):
    registration = Registration.objects.create(
        session=rows, person=learner, state="registered", registered_at=clock.now()
    )
    from notifications.domain.invitations import invite_learner

    with django_assert_num_queries(2):
        invite_learner(registration)


def test_a_change_of_time_raises_sequence_and_dtstamp(rows, learner):
    seat(rows, learner)
    first = post()[0]
    change(rows, starts_at=rows.starts_at + HOUR, ends_at=rows.ends_at + HOUR)

    (update,) = post()

    assert update.shape == ("REQUEST", 1)
    assert update.event["UID"] == first.event["UID"]
    assert update.event["DTSTAMP"].dt > first.event["DTSTAMP"].dt
    assert update["Message-ID"] != first["Message-ID"]
    assert update["In-Reply-To"] == update["References"] == first["Message-ID"]
    assert update.subject == (
        "Nieuwe tijd: Schrijf een brief die iedereen snapt (di 13 okt, 11:00)"
    )


def test_only_a_new_title_keeps_the_sequence_but_not_the_dtstamp(rows, learner):
    seat(rows, learner)
    first = post()[0]
    retitle(rows, "Brieven die iedereen snapt")

    (update,) = post()

    assert update.shape == ("REQUEST", 0)
    assert update.event["DTSTAMP"].dt > first.event["DTSTAMP"].dt
    assert update.subject == "Gewijzigd: Brieven die iedereen snapt (di 13 okt, 10:00)"


def test_several_edits_in_the_window_are_one_mail_with_the_newest_state(
    rows, learner, settings, clock_in_summer
):
    settings.INVITE_DEBOUNCE_SECONDS = 300
    seat(rows, learner)
    post()
    for hours in (1, 2, 3):
        change(rows, starts_at=rows.starts_at + HOUR, ends_at=rows.ends_at + HOUR)
        clock_in_summer.shift(60)
        assert post() == [], hours
    clock_in_summer.shift(300)

    (update,) = post()

    assert update.shape == ("REQUEST", 3)
    assert update.event["DTSTART"].dt.astimezone(dt.UTC) == dt.datetime(
        2026, 10, 13, 11, 0, tzinfo=dt.UTC
    )
    clock_in_summer.shift(3600)
    assert post() == []


def test_an_edit_after_the_window_is_a_mail_of_its_own(rows, learner):
    seat(rows, learner)
    post()
    change(rows, starts_at=rows.starts_at + HOUR, ends_at=rows.ends_at + HOUR)
    first = post()
    change(rows, starts_at=rows.starts_at + HOUR, ends_at=rows.ends_at + HOUR)

    assert [mail.shape for mail in first + post()] == [("REQUEST", 1), ("REQUEST", 2)]


def test_edited_back_sends_nothing_and_a_later_edit_is_still_told(rows, learner):
    seat(rows, learner)
    post()
    before = rows.starts_at, rows.ends_at
    change(rows, starts_at=rows.starts_at + HOUR, ends_at=rows.ends_at + HOUR)
    change(rows, starts_at=before[0], ends_at=before[1])

    assert post() == []
    assert states(kind="changed") == [("changed", "skipped")]

    change(rows, starts_at=rows.starts_at + HOUR, ends_at=rows.ends_at + HOUR)
    assert [mail.shape for mail in post()] == [("REQUEST", 3)]


def test_a_change_before_the_first_request_left_is_told_in_that_request(rows, learner):
    seat(rows, learner)
    change(rows, starts_at=rows.starts_at + HOUR, ends_at=rows.ends_at + HOUR)

    (only,) = post()

    assert only.shape == ("REQUEST", 0)
    assert only.event["DTSTART"].dt.astimezone(dt.UTC) == rows.starts_at
    assert only.subject == "Je doet mee: Schrijf een brief die iedereen snapt (di 13 okt, 11:00)"


def test_withdrawn_before_the_first_request_left_sends_nothing_at_all(rows, learner):
    registration = seat(rows, learner)
    leave(registration)

    assert post() == []
    assert states() == [("registered", "skipped")]


def test_a_withdrawal_takes_the_invitation_back_with_the_times_of_the_last_request(
    rows, learner, settings
):
    registration = seat(rows, learner)
    first = post()[0]
    settings.INVITE_DEBOUNCE_SECONDS = 300
    change(rows, starts_at=rows.starts_at + HOUR, ends_at=rows.ends_at + HOUR)
    leave(registration)

    (cancel,) = post()

    assert cancel.shape == ("CANCEL", 2)
    for name in ("UID", "DTSTART", "DTEND", "SUMMARY", "LOCATION", "ORGANIZER"):
        assert cancel.event[name] == first.event[name], name
    assert cancel.event["DTSTAMP"].dt > first.event["DTSTAMP"].dt
    assert cancel.event["STATUS"] == "CANCELLED"
    assert cancel.subject == (
        "Je bent afgemeld: Schrijf een brief die iedereen snapt (di 13 okt, 10:00)"
    )


def test_an_update_never_follows_a_cancel(rows, learner, settings, clock_in_summer):
    registration = seat(rows, learner)
    post()
    settings.INVITE_DEBOUNCE_SECONDS = 300
    change(rows, starts_at=rows.starts_at + HOUR, ends_at=rows.ends_at + HOUR)
    leave(registration)
    assert [mail.shape for mail in post()] == [("CANCEL", 2)]

    clock_in_summer.shift(600)

    assert post() == []
    assert states(kind="changed") == [("changed", "skipped")]


def test_a_new_registration_is_a_new_invitation(rows, learner):
    first = seat(rows, learner)
    old = post()[0]
    leave(first)
    post()
    seat(rows, learner)

    (again,) = post()

    assert again.shape == ("REQUEST", 0)
    assert again.event["UID"] != old.event["UID"]
    assert again["In-Reply-To"] is None


def test_a_cancelled_session_tells_everyone_and_nobody_is_lost(rows, learner):
    seat(rows, learner)
    plan(rows)
    post()
    not_mailed_yet = PersonFactory(email="wen@cjib.example", name="Wen Li")
    waiting = PersonFactory(email="joost@cjib.example", name="Joost Vos")
    seat(rows, not_mailed_yet)
    queue_up(rows, waiting)
    call_off(rows)

    mails = {mail["To"].addresses[0].addr_spec: mail for mail in post()}

    assert {to: mail.shape for to, mail in mails.items()} == {
        "merel@cjib.example": ("CANCEL", 1),
        "samira@utrecht.example": ("CANCEL", 1),
        "wen@cjib.example": None,
        "joost@cjib.example": None,
    }
    assert {mail.subject for mail in mails.values()} == {
        "Gaat niet door: Schrijf een brief die iedereen snapt (di 13 okt, 10:00)"
    }


def test_a_hold_that_falls_with_its_session_is_not_mailed(rows, learner):
    Registration.objects.create(
        session=rows,
        person=learner,
        state="held",
        hold_expires_at=clock.now() + dt.timedelta(minutes=30),
    )
    call_off(rows)

    assert post() == []


def test_moving_gives_a_request_for_the_new_and_a_cancel_for_the_old(rows, learner):
    other = SessionFactory(
        course=rows.course,
        starts_at=rows.starts_at + dt.timedelta(days=14),
        ends_at=rows.ends_at + dt.timedelta(days=14),
    )
    registration = seat(rows, learner)
    first = post()[0]
    move(registration, other)

    cancel, request = post()

    assert (cancel.shape, request.shape) == (("CANCEL", 1), ("REQUEST", 0))
    assert cancel.event["UID"] == first.event["UID"] != request.event["UID"]
    assert cancel.subject == (
        "Verzet, dit moment vervalt: Schrijf een brief die iedereen snapt (di 13 okt, 10:00)"
    )
    assert request.text.splitlines()[2] == (
        "dinsdag 13 oktober 2026, 10:00 uur → dinsdag 27 oktober 2026, 09:00 uur"
    )


def test_moving_before_anything_left_sends_only_the_new(rows, learner):
    other = SessionFactory(
        course=rows.course,
        starts_at=rows.starts_at + dt.timedelta(days=14),
        ends_at=rows.ends_at + dt.timedelta(days=14),
    )
    move(seat(rows, learner), other)

    (only,) = post()

    assert only.shape == ("REQUEST", 0)
    assert only.event["DTSTART"].dt.astimezone(dt.UTC) == other.starts_at


def test_the_waiting_list_has_no_calendar_part_until_a_seat_is_given(rows, learner):
    registration = queue_up(rows, learner)
    (waiting,) = post()
    assert waiting.shape is None

    from courses import signals

    registration.state = Registration.State.REGISTERED
    registration.save()
    signals.registration_confirmed.send(Registration, registration=registration, promoted=True)

    (promoted,) = post()
    assert promoted.shape == ("REQUEST", 0)
    assert promoted.subject == (
        "Er kwam een plek vrij, je doet mee: Schrijf een brief die iedereen snapt"
        " (di 13 okt, 10:00)"
    )


def test_leaving_the_waiting_list_says_so_without_calendar(rows, learner):
    registration = queue_up(rows, learner)
    post()
    leave(registration)

    (farewell,) = post()

    assert farewell.shape is None
    assert "Je staat niet meer op de wachtlijst" in farewell.text


def test_a_declined_invitation_gets_words_but_no_cancel(rows, learner):
    registration = seat(rows, learner)
    post()
    leave(registration, Registration.CancelReason.DECLINED)

    (farewell,) = post()

    assert farewell.shape is None
    assert "Je wees de uitnodiging af." in farewell.text
    assert the_invitation().state == "cancelled"


def test_nothing_is_mailed_about_a_session_that_is_over(rows, learner, clock_in_summer):
    registration = seat(rows, learner)
    post()
    change(rows, starts_at=rows.starts_at + HOUR, ends_at=rows.ends_at + HOUR)
    clock_in_summer.move_to(rows.ends_at)

    assert post() == []
    leave(registration)
    assert post() == []


def test_a_resend_has_the_same_uid_and_sequence_and_a_later_dtstamp(rows, learner):
    registration = seat(rows, learner)
    first = post()[0]
    resend_for(registration)
    resend_for(registration)  # asking twice before it left is asking once

    (again,) = post()

    assert again.shape == ("REQUEST", 0)
    assert again.event["UID"] == first.event["UID"]
    assert again.event["DTSTAMP"].dt > first.event["DTSTAMP"].dt
    local = the_invitation().hex
    domain = the_invitation().uid.partition("@")[2]
    assert first["Message-ID"] == f"<inv.{local}.0.request@{domain}>"
    assert again["Message-ID"] == f"<inv.{local}.0.resend1@{domain}>"

    resend_for(registration)
    assert post()[0]["Message-ID"] == f"<inv.{local}.0.resend2@{domain}>"


def test_a_withdrawn_invitation_resends_its_cancel(rows, learner):
    registration = seat(rows, learner)
    post()
    leave(registration)
    cancel = post()[0]

    resend_invitation(the_invitation())

    (again,) = post()
    assert again.shape == cancel.shape == ("CANCEL", 1)
    assert again.event["DTSTAMP"].dt > cancel.event["DTSTAMP"].dt
    with pytest.raises(NotResent):
        resend_for(registration)


def test_three_sessions_are_three_invitations_for_the_trainer(rows):
    for week in (1, 2):
        SessionFactory(
            course=rows.course,
            starts_at=rows.starts_at + dt.timedelta(weeks=week),
            ends_at=rows.ends_at + dt.timedelta(weeks=week),
        )
    for session in rows.course.sessions.all():
        plan(session)
        plan(session)  # telling it twice invites once

    mails = post()

    assert [mail.shape for mail in mails] == [("REQUEST", 0)] * 3
    assert len({mail.event["UID"] for mail in mails}) == 3
    assert {mail["To"] for mail in mails} == {"Samira Bakker <samira@utrecht.example>"}


def test_a_trainer_who_is_a_learner_too_has_two_invitations(rows):
    trainer = rows.course.trainers.get()
    plan(rows)
    seat(rows, trainer)

    mails = post()

    assert sorted(mail.shape for mail in mails) == [("REQUEST", 0), ("REQUEST", 0)]
    assert len({mail.event["UID"] for mail in mails}) == 2


def test_a_change_of_place_and_link_reaches_the_trainer_too(rows):
    plan(rows)
    post()
    change(
        rows,
        format="hybrid",
        location=LocationFactory(),
        online_url="https://vergadering.example/n",
    )

    (update,) = post()

    assert update.shape == ("REQUEST", 1)
    assert update.event["LOCATION"] == ("Stadhuis, Zaal 3, Utrecht / https://vergadering.example/n")


def test_the_same_task_twice_sends_once(rows, learner):
    seat(rows, learner)
    first, second = delivery.drain(), delivery.drain()
    assert (first.sent, second.handled) == (1, 0)


def test_late_cancellations_go_ahead_of_bulk(rows, learner, clock_in_summer):
    early = seat(rows, learner)
    post()
    seat(rows, PersonFactory(email="wen@cjib.example"))
    clock_in_summer.move_to(rows.starts_at - HOUR)
    leave(early)

    first, second = post()

    assert (first.shape, second.shape) == (("CANCEL", 1), ("REQUEST", 0))
    assert Message.objects.get(kind="withdrawn").queue == "urgent"


def test_a_deleted_person_is_skipped_and_blocks_nobody(rows, learner):
    gone = PersonFactory(email="weg@cjib.example")
    registration = seat(rows, gone)
    seat(rows, learner)
    registration.person = None
    registration.save()
    Invitation.objects.filter(person=gone).update(person=None)
    Message.objects.filter(person=gone).update(person=None)
    gone.delete()

    assert [mail["To"] for mail in post()] == ["Merel de Jong <merel@cjib.example>"]
    assert states() == [("registered", "skipped"), ("registered", "sent")]


def test_answers_are_kept_while_the_invitation_lives(rows, learner):
    seat(rows, learner)
    assert the_invitation().partstat == "NEEDS-ACTION"


# --- calendar.md, section 8 -----------------------------------------------------------------------


def test_moved_over_the_clock_change_keeps_the_wall_time(rows, learner):
    """Friday 23 October 10:00 in summer time becomes Monday 26 October 10:00 in winter time."""
    friday, monday = dt.date(2026, 10, 23), dt.date(2026, 10, 26)
    ten, eleven = dt.time(10), dt.time(11)
    change(
        rows,
        starts_at=clock.from_wall_time(friday, ten),
        ends_at=clock.from_wall_time(friday, eleven),
    )
    seat(rows, learner)
    (request,) = post()
    change(
        rows,
        starts_at=clock.from_wall_time(monday, ten),
        ends_at=clock.from_wall_time(monday, eleven),
    )
    (update,) = post()
    written = [mail.event["DTSTART"].dt for mail in (request, update)]
    assert [moment.astimezone(dt.UTC).hour for moment in written] == [8, 9]
    assert [f"{moment:%d %H:%M}" for moment in written] == ["23 10:00", "26 10:00"]
    assert [mail.shape for mail in (request, update)] == [("REQUEST", 0), ("REQUEST", 1)]


@pytest.mark.parametrize(
    "address", ["merel+tjc@cjib.example", "m.o'hara@cjib.example", "merel-anna_2@sub.cjib.example"]
)
def test_an_address_with_marks_is_the_attendee_to_the_letter(rows, learner, address):
    learner.email = address
    learner.save()
    seat(rows, learner)
    (mail,) = post()
    assert str(mail.event["ATTENDEE"]) == f"mailto:{address}"
    assert str(mail["To"]).endswith(f"<{address}>")


def test_two_people_who_read_one_mailbox_keep_their_own_invitations(rows, learner):
    """A mailbox of a team: two addresses, one reader, two UIDs; withdrawing one leaves the other."""
    colleague = PersonFactory(email="team+wen@cjib.example", organisation=learner.organisation)
    mine, theirs = seat(rows, learner), seat(rows, colleague)
    requests = post()
    leave(mine)
    (cancel,) = post()
    uids = [str(mail.event["UID"]) for mail in requests]
    assert len(set(uids)) == 2
    assert str(cancel.event["UID"]) == the_invitation(registration=mine).uid
    assert the_invitation(registration=theirs).state == "active"


def test_whoever_reads_english_gets_english_words_and_the_same_times(rows, learner):
    learner.language = "en"
    learner.save()
    seat(rows, learner)
    (mail,) = post()
    assert (mail["Content-Language"], mail.shape) == ("en", ("REQUEST", 0))
    assert "Tuesday 13 October 2026, 10:00 to 10:50" in mail.text
    assert mail.event["DTSTART"].dt == rows.starts_at
