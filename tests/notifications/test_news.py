# SPDX-License-Identifier: EUPL-1.2
"""Digest, programme, 'Heb je het toegepast?', and stopping them: RFC 8058 and the page."""

import datetime as dt
from urllib.parse import urlsplit

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from base import clock
from courses.models import AppliedAnswer, Course, Registration, Session
from notifications import tokens
from notifications.domain import bulk, follow_up, preferences
from notifications.models import Message, Preference, ProgrammeInterest
from tests.factories import CourseFactory, PersonFactory, SessionFactory
from tests.notifications.conftest import SUMMER, post, seat
from tests.notifications.scenes_news import a_week, at, wants_digest

MONDAY = ("2026-10-12", "08:00")
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def clock_in_summer():
    """Saturday 10 October 2026."""
    with time_machine.travel(SUMMER, tick=False) as traveller:
        yield traveller


@pytest.fixture
def old_news(rows):
    """What is in the fixtures is weeks old."""
    Course.objects.update(published_at=clock.now() - 30 * DAY)
    Session.objects.update(created_at=clock.now() - 30 * DAY)
    return rows


def new_course(title="Draaitabellen", theme="data", **fields):
    slug = f"{title.lower()}-{Course.objects.count()}"
    course = CourseFactory(title=title, slug=slug, theme__slug=theme, **fields)
    SessionFactory(course=course, starts_at=at("2026-10-20", "10:00"))
    return course


def digests(*moment):
    with time_machine.travel(at(*moment), tick=False):
        bulk.queue_digests()
        return post()


# --- the digest -------------------------------------------------------------------------------------


def test_the_digest_comes_on_monday_at_eight_with_what_is_new(old_news, learner):
    wants_digest(learner, "data")
    new_course()
    new_course("Debatteren", "gesprek")

    assert digests("2026-10-12", "07:59") == []
    (mail,) = digests(*MONDAY)

    assert mail.subject == "Nieuw in jouw thema’s: Draaitabellen"
    assert "Debatteren" not in mail.text
    assert digests("2026-10-12", "08:05") == []
    assert digests("2026-10-19", "08:00") == []  # nothing new since


@pytest.mark.parametrize(
    ("monday", "instant"),
    [
        ("2026-10-19", "2026-10-19T06:00"),
        ("2026-10-26", "2026-10-26T07:00"),
        ("2027-03-22", "2027-03-22T07:00"),
        ("2027-03-29", "2027-03-29T06:00"),
    ],
)
def test_eight_o_clock_is_wall_time_on_both_sides_of_the_change(monday, instant):
    day, moment = dt.date.fromisoformat(monday), dt.datetime.fromisoformat(instant + "+00:00")
    assert bulk.digest_moment(day) == moment
    assert bulk.digest_monday(moment) == day
    assert bulk.digest_monday(moment - dt.timedelta(seconds=1)) == day - bulk.WEEK


def test_nothing_new_is_no_mail(old_news, learner):
    wants_digest(learner, "schrijven", "data")
    assert digests(*MONDAY) == []
    assert list(Message.objects.filter(kind="digest")) == []


def test_who_did_not_ask_gets_no_digest(old_news, learner):
    new_course()
    row = wants_digest(learner, "data")
    row.digest = False
    row.save()
    assert digests(*MONDAY) == []


def test_own_courses_and_full_ones_are_no_news(old_news, learner):
    wants_digest(learner, "data")
    new_course("Mijn eigen", trainer=learner)
    full = new_course("Vol")
    Session.objects.filter(course=full).update(taken=20)
    joined = new_course("Doe ik al")
    seat(joined.sessions.get(), learner)
    post()
    assert digests(*MONDAY) == []


def test_a_new_date_of_an_old_course_is_news(old_news, learner):
    wants_digest(learner, "schrijven")
    SessionFactory(course=old_news.course, starts_at=at("2026-10-21", "10:00"))
    assert [mail.subject for mail in digests(*MONDAY)] == [
        "Nieuw in jouw thema’s: Schrijf een brief die iedereen snapt"
    ]


def test_a_missed_monday_catches_up_until_wednesday(old_news, learner):
    wants_digest(learner, "data")
    new_course()
    assert digests("2026-10-14", "08:01") == []
    assert len(digests("2026-10-14", "07:59")) == 1


def test_asked_for_on_monday_afternoon_comes_next_week(old_news, learner):
    new_course()
    with time_machine.travel(at("2026-10-12", "14:00"), tick=False):
        wants_digest(learner, "data")
        bulk.queue_digests()
        assert post() == []


def test_a_digest_costs_the_same_queries_for_one_and_for_many(old_news):
    def count(number):
        for _ in range(number):
            wants_digest(PersonFactory(), "data")
        Preference.objects.update(digest_on=None)
        Message.objects.all().delete()
        with (
            time_machine.travel(at(*MONDAY), tick=False),
            CaptureQueriesContext(connection) as queries,
        ):
            bulk.queue_digests()
        assert Message.objects.count() == Preference.objects.count()
        return len(queries)

    new_course()
    assert count(1) == count(9)


# --- a programme ------------------------------------------------------------------------------------


def test_a_programme_is_announced_once_to_who_asked_and_to_who_reads_the_digest(rows, learner):
    reader, other = PersonFactory(email="lezer@cjib.example"), PersonFactory()
    wants_digest(reader, "data")
    edition = a_week()
    SessionFactory(course=rows.course, edition=edition, starts_at=at("2026-11-10", "10:00"))
    preferences.ask_programme(edition, person=learner)
    preferences.ask_programme(edition, person=reader)

    bulk.queue_announcements()
    bulk.queue_announcements()
    found = post()

    assert {mail["To"].addresses[0].addr_spec for mail in found} == {learner.email, reader.email}
    assert found[0].subject == "Het programma is bekend: TJC-week 2026"
    assert "staat klaar: 1 cursus van collega’s" in found[0].text
    assert other.email not in str([mail["To"] for mail in found])
    bulk.queue_announcements()
    assert post() == []


def test_the_number_of_courses_is_what_everybody_can_go_to(rows, learner):
    """Not a course whose only date is for who asked for it, nor one whose dates are over."""
    edition = a_week()
    start = at("2026-11-10", "10:00")
    guests, both = CourseFactory(), CourseFactory()
    for course, only_guests in ((rows.course, False), (guests, True), (both, True), (both, False)):
        SessionFactory(course=course, edition=edition, starts_at=start, guests_only=only_guests)
    SessionFactory(course=CourseFactory(), edition=edition, starts_at=clock.now() - DAY)
    preferences.ask_programme(edition, person=learner)
    bulk.queue_announcements()
    (mail,) = post()
    assert "staat klaar: 2 cursussen van collega’s" in mail.text


def test_a_programme_of_long_ago_or_not_yet_public_is_not_announced(learner):
    edition = a_week()
    preferences.ask_programme(edition, person=learner)
    for published in (None, clock.now() + DAY, clock.now() - bulk.PROGRAMME_LET_GO):
        edition.programme_published_at = published
        edition.save()
        assert bulk.queue_announcements() == 0


def test_a_programme_taken_back_before_the_mail_left_is_not_mailed(learner):
    edition = a_week()
    preferences.ask_programme(edition, person=learner)
    bulk.queue_announcements()
    edition.programme_published_at = None
    edition.save()
    assert post() == []


def test_ten_times_as_many_people_in_one_batch_cost_the_same_queries(rows):
    def count(number):
        edition = a_week()
        ProgrammeInterest.objects.bulk_create(
            [ProgrammeInterest(edition=edition, person=PersonFactory()) for _ in range(number)]
        )
        with CaptureQueriesContext(connection) as queries:
            assert bulk.queue_announcements() == number
        edition.delete()
        return len(queries)

    assert count(2) == count(20)


# --- stopping ---------------------------------------------------------------------------------------


def test_one_click_of_the_mail_program_stops_it_without_cookies_or_token_of_ours(old_news, learner):
    """RFC 8058: POST to the address in List-Unsubscribe, with this body, from anywhere."""
    wants_digest(learner, "data")
    preferences.ask_programme(a_week(), person=learner)
    new_course()
    (mail,) = digests(*MONDAY)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = urlsplit(str(mail["List-Unsubscribe"]).strip("<>")).path
    stranger = Client(enforce_csrf_checks=True)

    assert stranger.get(address).status_code == 200
    assert stranger.head(address).status_code == 200
    assert Preference.objects.get().digest is True

    for _again in range(2):
        response = stranger.post(address, {"List-Unsubscribe": "One-Click"})
        assert response.status_code == 200
        assert (Preference.objects.get().digest, ProgrammeInterest.objects.count()) == (False, 0)
    assert Preference.objects.get().reminders is True


def test_stopping_also_stops_what_waits(old_news, learner):
    wants_digest(learner, "data")
    new_course()
    with time_machine.travel(at(*MONDAY), tick=False):
        bulk.queue_digests()
        preferences.unsubscribe(learner)
        assert post() == []


@pytest.mark.parametrize("kind", ["get", "post"])
def test_a_token_that_is_not_ours_or_for_something_else_stops_nothing(client, learner, rows, kind):
    wants_digest(learner, "data")
    registration = Registration.objects.create(session=rows, person=learner, state="attended")
    for token in (
        "x",
        f"{learner.public_id.hex}.abc",
        tokens.applied_token(registration),
        tokens.unsubscribe_token(learner) + "x",
    ):
        assert getattr(client, kind)(f"/uitschrijven/{token}/").status_code == 404
    assert Preference.objects.get().digest is True


def test_an_invitation_never_offers_to_unsubscribe(rows, learner):
    seat(rows, learner)
    (mail,) = post()
    assert (mail["List-Unsubscribe"], mail["Precedence"]) == (None, None)
    assert mail.text.rstrip().endswith("Je krijgt deze mail omdat je je aanmeldde.")


# --- three months later -------------------------------------------------------------------------------


@pytest.fixture
def attended(rows, learner):
    Session.objects.update(attendance_marked_at=rows.ends_at)
    return Registration.objects.create(
        session=rows, person=learner, organisation=learner.organisation, state="attended"
    )


def asked(moment):
    with time_machine.travel(moment, tick=False):
        follow_up.queue_questions()
        return [mail.subject for mail in post()]


def test_three_months_later_one_question_and_no_more(rows, attended):
    due = rows.ends_at + follow_up.AFTER
    assert asked(due - dt.timedelta(seconds=1)) == []
    assert asked(due) == ["Heb je het toegepast? Schrijf een brief die iedereen snapt"]
    assert asked(due + 7 * DAY) == []


def test_a_session_of_more_than_five_months_ago_is_let_go(rows, attended):
    assert asked(rows.ends_at + follow_up.LET_GO) == []
    assert asked(rows.ends_at + follow_up.LET_GO - DAY) == [
        "Heb je het toegepast? Schrijf een brief die iedereen snapt"
    ]


def test_who_was_absent_or_answered_already_is_not_asked(rows, attended):
    Registration.objects.create(session=rows, person=PersonFactory(), state="absent")
    follow_up.answer(attended, applied="yes")
    assert asked(rows.ends_at + follow_up.AFTER) == []


def test_the_page_shows_on_get_and_saves_on_post(client, attended):
    address = f"/toegepast/{tokens.applied_token(attended)}/"

    assert client.get(address).status_code == 200
    assert AppliedAnswer.objects.count() == 0
    assert client.post(address, {}).status_code == 200
    assert AppliedAnswer.objects.count() == 0
    for answer in ("partly", "no"):
        assert "Dank je wel!" in client.post(address, {"applied": answer}).text
        assert [row.applied for row in AppliedAnswer.objects.all()] == [answer]


def test_who_was_not_there_has_no_page(client, attended):
    attended.state = "absent"
    attended.save()
    address = f"/toegepast/{tokens.applied_token(attended)}/"
    assert client.post(address, {"applied": "yes"}).status_code == 404
    assert AppliedAnswer.objects.count() == 0
