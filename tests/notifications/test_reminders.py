# SPDX-License-Identifier: EUPL-1.2
"""Reminders: at the right wall time, once, to who takes part, and not when it is too late."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from base import clock
from courses.models import Registration, Session
from notifications.domain import reminders
from notifications.models import Message, Preference
from tests.factories import PersonFactory, SessionFactory
from tests.notifications.conftest import change, leave, post, queue_up, seat
from tests.notifications.scenes_news import at

HOUR = dt.timedelta(hours=1)
KINDS = ("reminder_day", "reminder_hour")


@pytest.fixture
def session(rows):
    """13 October 2026, 10:00 to 10:50, online; somebody signed up on the first."""
    return rows


@pytest.fixture
def seated(session, learner):
    with time_machine.travel(at("2026-10-01", "12:00"), tick=False):
        row = seat(session, learner)
        post()
    return row


def queued():
    return list(
        Message.objects.filter(kind__in=KINDS).order_by("id").values_list("kind", flat=True)
    )


def run(day, time):
    with time_machine.travel(at(day, time), tick=False):
        reminders.queue_reminders()


def mails(day, time):
    with time_machine.travel(at(day, time), tick=False):
        reminders.queue_reminders()
        return [mail.subject for mail in post()]


@pytest.mark.parametrize(
    ("starts", "moment"),
    [
        # The clock goes back on Sunday 25 October 2026, and forward on Sunday 28 March 2027.
        (("2026-10-24", "10:00"), "2026-10-23T14:00"),
        (("2026-10-25", "10:00"), "2026-10-24T14:00"),
        (("2026-10-26", "10:00"), "2026-10-25T15:00"),
        (("2026-10-25", "01:30"), "2026-10-24T14:00"),
        (("2026-10-25", "23:30"), "2026-10-24T14:00"),
        (("2027-03-27", "10:00"), "2027-03-26T15:00"),
        (("2027-03-28", "10:00"), "2027-03-27T15:00"),
        (("2027-03-29", "10:00"), "2027-03-28T14:00"),
    ],
)
def test_the_day_before_is_at_four_on_the_wall_clock(rows, learner, starts, moment):
    begin = at(*starts)
    session = SessionFactory(course=rows.course, starts_at=begin)
    with time_machine.travel(begin - dt.timedelta(days=5), tick=False):
        seat(session, learner)
    expected = dt.datetime.fromisoformat(moment).replace(tzinfo=dt.UTC)

    with time_machine.travel(expected - dt.timedelta(seconds=1), tick=False):
        reminders.queue_reminders()
        assert queued() == []
    with time_machine.travel(expected, tick=False):
        reminders.queue_reminders()
        assert queued() == ["reminder_day"]
    with time_machine.travel(begin - HOUR - dt.timedelta(seconds=1), tick=False):
        reminders.queue_reminders()
        assert queued() == ["reminder_day"]
    with time_machine.travel(begin - HOUR, tick=False):
        reminders.queue_reminders()
        assert queued() == ["reminder_day", "reminder_hour"]


def test_the_time_of_day_is_a_setting(seated, settings):
    settings.REMINDER_TIME = "18:30"
    run("2026-10-12", "18:29")
    assert queued() == []
    run("2026-10-12", "18:30")
    assert queued() == ["reminder_day"]


def test_it_carries_the_link_and_no_calendar_part(seated):
    with time_machine.travel(at("2026-10-12", "16:00"), tick=False):
        reminders.queue_reminders()
        (mail,) = post()
    assert mail.subject == "Morgen: Schrijf een brief die iedereen snapt (di 13 okt, 10:00)"
    assert mail.calendar_octets is None
    assert mail["List-Unsubscribe"] is None
    assert "https://vergadering.example/abc" in mail.text
    assert "Kan je toch niet? Geef je plek weg: http" in mail.text


def test_running_it_again_and_again_adds_nothing(seated):
    for minute in range(3):
        run("2026-10-12", f"16:0{minute}")
    for minute in range(3):
        run("2026-10-13", f"09:0{minute}")
    assert queued() == ["reminder_day", "reminder_hour"]


def test_two_runs_side_by_side_that_both_saw_nothing_done_still_queue_one(seated, monkeypatch):
    """What two processes do at the same moment: neither sees the other's mark."""
    run("2026-10-12", "16:00")
    from notifications.models import Round

    Round.objects.all().delete()
    run("2026-10-12", "16:00")
    assert queued() == ["reminder_day"]


def test_a_missed_run_catches_up_until_two_hours_before_and_then_lets_go(seated):
    assert mails("2026-10-13", "07:59") == [
        "Vandaag: Schrijf een brief die iedereen snapt (di 13 okt, 10:00)"
    ]


def test_less_than_two_hours_before_only_the_last_hour_counts(seated):
    assert mails("2026-10-13", "08:01") == []
    assert mails("2026-10-13", "09:30") == [
        "Over een uur: Schrijf een brief die iedereen snapt (di 13 okt, 10:00)"
    ]


def test_after_the_start_nobody_is_reminded(seated):
    assert mails("2026-10-13", "10:00") == []
    assert queued() == []


def test_a_reminder_that_waited_too_long_in_the_outbox_is_not_sent(seated):
    run("2026-10-12", "16:00")
    with time_machine.travel(at("2026-10-13", "08:30"), tick=False):
        assert post() == []
    assert Message.objects.get(kind="reminder_day").state == "skipped"


def test_who_signed_up_after_the_moment_gets_only_the_later_one(session, learner):
    with time_machine.travel(at("2026-10-12", "16:01"), tick=False):
        seat(session, learner)
        reminders.queue_reminders()
    assert queued() == []
    run("2026-10-13", "09:00")
    assert queued() == ["reminder_hour"]


def test_who_waits_holds_or_left_is_not_reminded(session, seated):
    with time_machine.travel(at("2026-10-01", "12:00"), tick=False):
        queue_up(session, PersonFactory())
        Registration.objects.create(
            session=session,
            person=PersonFactory(),
            state=Registration.State.HELD,
            hold_expires_at=clock.now() + dt.timedelta(days=30),
        )
        leave(seat(session, PersonFactory()))
    run("2026-10-12", "16:00")
    run("2026-10-13", "09:00")
    assert queued() == ["reminder_day", "reminder_hour"]


def test_who_leaves_after_it_was_queued_gets_no_reminder(seated):
    run("2026-10-12", "16:00")
    with time_machine.travel(at("2026-10-12", "16:01"), tick=False):
        leave(seated)
        assert [mail.subject.split(":")[0] for mail in post()] == ["Je bent afgemeld"]


def test_who_turned_reminders_off_gets_none(seated, learner):
    Preference.objects.create(person=learner, reminders=False)
    run("2026-10-12", "16:00")
    run("2026-10-13", "09:00")
    assert queued() == []


def test_an_hour_before_only_what_is_online(session, seated):
    Session.objects.update(format="on_site", online_url="")
    run("2026-10-13", "09:00")
    assert queued() == []


def test_a_session_that_moved_to_another_day_is_reminded_of_again(session, seated):
    assert len(mails("2026-10-12", "16:00")) == 1
    with time_machine.travel(at("2026-10-12", "17:00"), tick=False):
        week = dt.timedelta(days=7)
        change(session, starts_at=session.starts_at + week, ends_at=session.ends_at + week)
        post()
    assert mails("2026-10-13", "09:00") == []
    assert mails("2026-10-19", "16:00") == [
        "Morgen: Schrijf een brief die iedereen snapt (di 20 okt, 10:00)"
    ]


def moved(session, start, when):
    with time_machine.travel(at(*when), tick=False):
        change(session, starts_at=at(*start), ends_at=at(*start) + HOUR)
        return [mail.subject for mail in post()]


@pytest.mark.parametrize("later", [("2026-10-13", "15:00"), ("2026-10-13", "08:30")])
def test_moved_within_its_day_it_is_not_reminded_of_again(session, seated, later):
    """The mail about the move says the new time."""
    assert len(mails("2026-10-12", "16:00")) == 1
    assert [subject[:11] for subject in moved(session, later, ("2026-10-12", "16:30"))] == [
        "Nieuwe tijd"
    ]
    assert mails("2026-10-12", "17:00") == []
    assert queued() == ["reminder_day"]


def test_moved_within_its_day_after_the_last_hour_it_is_not_reminded_of_again(session, seated):
    run("2026-10-12", "16:00")
    assert len(mails("2026-10-13", "09:00")) == 1
    assert len(moved(session, ("2026-10-13", "10:15"), ("2026-10-13", "09:20"))) == 1
    assert mails("2026-10-13", "09:30") == []
    assert queued() == ["reminder_day", "reminder_hour"]


@pytest.mark.parametrize(
    ("then", "again"), [("10:59", None), ("11:00", "10:00"), ("15:00", "14:00"), ("09:45", None)]
)
def test_the_link_comes_again_when_it_moved_by_an_hour_or_more(session, seated, then, again):
    """Moved at 09:20, after the last hour before 10:00 had begun; from then on looked at every quarter."""
    run("2026-10-12", "16:00")
    assert len(mails("2026-10-13", "09:00")) == 1
    moved(session, ("2026-10-13", then), ("2026-10-13", "09:20"))
    quarters = [f"{hour:02}:{minute:02}" for hour in range(9, 16) for minute in (0, 15, 30, 45)]
    sent = {time: mails("2026-10-13", time) for time in quarters if time > "09:20"}
    found = {time: subjects for time, subjects in sent.items() if subjects}
    assert list(found) == ([again] if again else [])
    assert all(then in subjects[0] for subjects in found.values())


def test_moved_twice_in_one_day_the_link_comes_once_for_each_hour(session, seated):
    assert len(mails("2026-10-13", "09:00")) == 1
    moved(session, ("2026-10-13", "15:00"), ("2026-10-13", "09:20"))
    assert len(mails("2026-10-13", "14:00")) == 1
    moved(session, ("2026-10-13", "15:15"), ("2026-10-13", "14:10"))
    assert mails("2026-10-13", "14:20") == []


@pytest.mark.parametrize(
    ("first", "then", "reminders_sent"),
    [
        # 25 October 2026, when the clock goes back: one day of 25 hours on the wall, two days in UTC.
        (("2026-10-25", "23:30"), ("2026-10-25", "01:30"), 1),
        (("2026-10-25", "01:30"), ("2026-10-25", "23:30"), 1),
        # One day in UTC, two on the wall.
        (("2026-10-25", "23:30"), ("2026-10-26", "00:30"), 2),
        (("2026-10-25", "10:00"), ("2026-10-26", "10:00"), 2),
        # A summer day.
        (("2026-10-20", "01:30"), ("2026-10-20", "23:30"), 1),
        (("2026-10-20", "23:30"), ("2026-10-21", "01:30"), 2),
    ],
)
def test_one_reminder_for_each_day_on_the_dutch_calendar(
    rows, learner, first, then, reminders_sent
):
    """Moved right after the reminder of the day before went out; then the day goes by."""
    session = SessionFactory(course=rows.course, starts_at=at(*first), format="on_site")
    with time_machine.travel(at("2026-10-01", "12:00"), tick=False):
        seat(session, learner)
        post()
    with time_machine.travel(reminders.moment_for(clock.local(at(*first)).date()), tick=False):
        reminders.queue_reminders()
        assert [mail.subject[:6] for mail in post()] == ["Morgen"]
        change(session, starts_at=at(*then), ends_at=at(*then) + HOUR)
        assert [mail.subject[:11] for mail in post()] == ["Nieuwe tijd"]
    begin = at(*first) - 12 * HOUR
    for hours in range(48):
        with time_machine.travel(begin + hours * HOUR, tick=False):
            reminders.queue_reminders()
            post()
    sent = Message.objects.filter(kind="reminder_day", state="sent")
    assert sent.count() == reminders_sent


def test_a_reminder_under_way_when_the_time_changed_tells_the_newest_time_once(session, seated):
    run("2026-10-12", "16:00")
    assert moved(session, ("2026-10-13", "11:00"), ("2026-10-12", "16:01")) == [
        "Morgen: Schrijf een brief die iedereen snapt (di 13 okt, 11:00)",
        "Nieuwe tijd: Schrijf een brief die iedereen snapt (di 13 okt, 11:00)",
    ]
    assert mails("2026-10-12", "16:02") == []


def test_a_reminder_that_may_have_arrived_is_not_written_again_with_another_time(session, seated):
    """Its octets are stored, and what became of them is not known: newest or nothing."""
    run("2026-10-12", "16:00")
    row = Message.objects.get(kind="reminder_day")
    Message.objects.filter(pk=row.pk).update(rendered=row.pack(b"as it was written"))
    assert [
        subject[:11] for subject in moved(session, ("2026-10-13", "11:00"), ("2026-10-12", "16:01"))
    ] == ["Nieuwe tijd"]
    assert Message.objects.get(kind="reminder_day").state == "skipped"


def test_a_reminder_under_way_when_the_day_changed_is_not_sent(session, seated):
    run("2026-10-12", "16:00")
    assert [
        subject[:11] for subject in moved(session, ("2026-10-14", "10:00"), ("2026-10-12", "16:01"))
    ] == ["Nieuwe tijd"]


def test_a_last_hour_that_moved_away_is_not_announced(session, seated):
    run("2026-10-12", "16:00")
    post()
    run("2026-10-13", "09:00")
    assert [
        subject[:11] for subject in moved(session, ("2026-10-13", "14:00"), ("2026-10-13", "09:00"))
    ] == ["Nieuwe tijd"]


def test_the_number_of_queries_does_not_grow_with_people_or_sessions(rows, learner):
    def count(sessions, people):
        Message.objects.all().delete()
        with time_machine.travel(at("2026-10-01", "12:00"), tick=False):
            for _ in range(sessions):
                session = SessionFactory(course=rows.course, starts_at=at("2026-10-14", "11:00"))
                for _person in range(people):
                    Registration.objects.create(
                        session=session,
                        person=PersonFactory(organisation=learner.organisation),
                        state="registered",
                        registered_at=clock.now(),
                    )
        with (
            time_machine.travel(at("2026-10-13", "16:00"), tick=False),
            CaptureQueriesContext(connection) as queries,
        ):
            reminders.queue_reminders()
        assert len(queued()) == sessions * people
        return len([q for q in queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))])

    assert count(1, 1) == count(4, 5)
