# SPDX-License-Identifier: EUPL-1.2
"""Planning, changing and cancelling sessions; publishing courses; marking attendance."""

import datetime as dt

import pytest
import time_machine

from accounts.domain import people
from base import clock
from courses import signals
from courses.domain import attendance, capacity, courses, registration, sessions
from courses.errors import ChangeRefused
from courses.models import Course, Evaluation, Registration, Session
from tests.factories import (
    CourseFactory,
    EditionFactory,
    LocationFactory,
    OrganisationFactory,
    PersonFactory,
    SessionFactory,
    ThemeFactory,
)

pytestmark = pytest.mark.django_db
State = Registration.State
SEPTEMBER = dt.datetime(2026, 9, 1, 9, 0, tzinfo=dt.UTC)


def fresh(session):
    return Session.objects.select_related("course", "edition", "location").get(pk=session.pk)


def plan(course=None, *, day, time="10:00", minutes=60, capacity=10, **fields):
    course = course or CourseFactory()
    return sessions.plan_session(
        course,
        by=PersonFactory(),
        day=dt.date.fromisoformat(day),
        time=dt.time.fromisoformat(time),
        minutes=minutes,
        capacity=capacity,
        format=fields.pop("format", "online"),
        **fields,
    )


@pytest.fixture
def october():
    """A week across the change of the clock: 19 to 30 October 2026."""
    with time_machine.travel(SEPTEMBER, tick=False):
        yield EditionFactory(
            kind="series",
            max_minutes=240,
            starts_on=dt.date(2026, 10, 19),
            ends_on=dt.date(2026, 10, 30),
        )


@pytest.mark.parametrize(
    ("day", "time", "utc"),
    [
        ("2026-10-24", "10:00", "2026-10-24T08:00:00+00:00"),
        ("2026-10-26", "10:00", "2026-10-26T09:00:00+00:00"),
        ("2026-10-24", "23:30", "2026-10-24T21:30:00+00:00"),
        ("2026-10-25", "01:30", "2026-10-24T23:30:00+00:00"),
        ("2026-10-25", "03:00", "2026-10-25T02:00:00+00:00"),
        ("2027-03-28", "01:30", "2027-03-28T00:30:00+00:00"),
        ("2027-03-28", "03:00", "2027-03-28T01:00:00+00:00"),
        ("2027-03-29", "10:00", "2027-03-29T08:00:00+00:00"),
    ],
)
def test_wall_time_is_kept_on_both_sides_of_the_clock_change(october, day, time, utc):
    assert plan(day=day, time=time).starts_at.isoformat() == utc


@pytest.mark.parametrize(
    ("day", "time"),
    [("2026-10-25", "02:30"), ("2026-10-25", "02:00"), ("2027-03-28", "02:30")],
)
def test_skipped_and_doubled_hours_are_refused(october, day, time):
    with pytest.raises(ChangeRefused) as refusal:
        plan(day=day, time=time)
    assert (refusal.value.code, refusal.value.field) == ("impossible_time", "time")
    assert Session.objects.count() == 0


@pytest.mark.parametrize(
    ("kind", "limit", "minutes", "code"),
    [
        ("week", 60, 60, None),
        ("week", 60, 61, "too_long"),
        ("week", 45, 60, "too_long"),
        ("series", 240, 240, None),
        ("series", 90, 120, "too_long"),
        (None, None, 240, None),
        (None, None, 241, "too_long"),
        (None, None, 4, "too_short"),
    ],
)
def test_limits_of_week_series_and_year_round(kind, limit, minutes, code):
    day = clock.today() + dt.timedelta(days=20)
    edition = None
    if kind:
        edition = EditionFactory(kind=kind, max_minutes=limit, starts_on=day, ends_on=day)
    if code is None:
        session = plan(day=day.isoformat(), minutes=minutes, edition=edition)
        assert (session.minutes, session.max_minutes) == (minutes, limit or 240)
        return
    with pytest.raises(ChangeRefused) as refusal:
        plan(day=day.isoformat(), minutes=minutes, edition=edition)
    assert (refusal.value.code, refusal.value.field) == (code, "minutes")


def test_a_day_in_a_tjc_week_belongs_to_that_week():
    edition = EditionFactory()
    assert plan(day=edition.starts_on.isoformat()).edition == edition
    assert plan(day=(edition.ends_on + dt.timedelta(days=1)).isoformat()).edition is None


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"capacity": 0}, "capacity"),
        ({"capacity": -1}, "capacity"),
        ({"capacity": 5001}, "capacity"),
        ({"reserved_seats": 11}, "reserved_seats"),
        ({"format": "on_site"}, "place"),
        ({"day": "2020-01-01"}, "day"),
    ],
)
def test_impossible_plans_name_the_field(fields, field):
    day = (clock.today() + dt.timedelta(days=3)).isoformat()
    with pytest.raises(ChangeRefused) as refusal:
        plan(**{"day": day, **fields})
    assert refusal.value.field == field
    assert Session.objects.count() == 0


@pytest.fixture
def changes():
    heard = []

    def listen(sender, *, session, changes, by, **_):
        heard.append(changes)

    signals.session_changed.connect(listen)
    yield heard
    signals.session_changed.disconnect(listen)


def test_changing_time_keeps_seats_raises_revision_and_tells(changes):
    session = SessionFactory()
    registration.register(session, person=PersonFactory())
    start = clock.local(session.starts_at)
    later = (start + dt.timedelta(days=1)).date()
    changed = sessions.change_session(session, by=PersonFactory(), day=later)
    assert clock.local(changed.starts_at) == clock.from_wall_time(later, start.time())
    assert (changed.revision, changed.taken) == (1, 1)
    assert changes == [
        {
            "starts_at": (session.starts_at, changed.starts_at),
            "ends_at": (session.ends_at, changed.ends_at),
        }
    ]


def test_a_date_moved_into_a_tjc_week_belongs_to_it_and_keeps_its_limit():
    week = EditionFactory()
    outside = (week.ends_on + dt.timedelta(days=3)).isoformat()
    short, long = plan(day=outside, minutes=60), plan(day=outside, minutes=120)
    moved = sessions.change_session(short, by=PersonFactory(), day=week.starts_on)
    assert (moved.edition, moved.max_minutes, fresh(moved).edition) == (week, 60, week)
    with pytest.raises(ChangeRefused) as refusal:
        sessions.change_session(long, by=PersonFactory(), day=week.starts_on)
    assert (refusal.value.code, refusal.value.field) == ("too_long", "minutes")
    assert fresh(long).starts_at == long.starts_at


def test_a_week_that_was_made_around_a_date_leaves_its_link_free_to_change():
    day = clock.today() + dt.timedelta(days=20)
    session = plan(day=day.isoformat(), minutes=120)
    EditionFactory(starts_on=day, ends_on=day)
    changed = sessions.change_session(session, by=PersonFactory(), online_url="https://x.example/")
    assert (changed.online_url, changed.edition) == ("https://x.example/", None)


def test_changing_nothing_tells_nobody(changes):
    session = SessionFactory()
    sessions.change_session(session, by=PersonFactory(), minutes=60, online_url=session.online_url)
    assert (changes, fresh(session).revision) == ([], 0)


def test_changing_place_and_link_is_told_with_old_and_new(changes):
    session = SessionFactory()
    place = LocationFactory()
    sessions.change_session(session, by=PersonFactory(), format="on_site", location=place)
    assert changes == [
        {
            "format": ("online", "on_site"),
            "location": ("", "Stadhuis, Zaal 3, Utrecht"),
            "online_url": ("https://vergadering.example/abc", ""),
        }
    ]


def test_changing_a_started_or_cancelled_session_is_refused(changes):
    started = SessionFactory(starts_at=clock.now() - dt.timedelta(minutes=5))
    cancelled = SessionFactory(status="cancelled")
    for session, code in ((started, "started"), (cancelled, "cancelled")):
        with pytest.raises(ChangeRefused) as refusal:
            sessions.change_session(session, by=PersonFactory(), minutes=30)
        assert refusal.value.code == code
    assert changes == []


def test_new_title_of_a_published_course_is_told_per_session(changes):
    course = CourseFactory(title="Oud")
    sessions_of = [SessionFactory(course=course) for _ in range(2)]
    SessionFactory(course=course, starts_at=clock.now() - dt.timedelta(days=9))
    courses.change_course(course, by=PersonFactory(), title="Nieuw")
    assert changes == [{"title": ("Oud", "Nieuw")}] * 2
    assert [fresh(session).revision for session in sessions_of] == [1, 1]


def test_capacity_below_taken_is_refused_with_a_clear_choice():
    session = SessionFactory(capacity=3)
    for person in PersonFactory.create_batch(2):
        registration.register(session, person=person)
    with pytest.raises(ChangeRefused) as refusal:
        capacity.change_seats(session, by=PersonFactory(), capacity=1)
    assert refusal.value.sentence == (
        "Er doen al 2 collega’s mee. Kies 2 plekken of meer, of meld eerst iemand af."
    )
    assert fresh(session).capacity == 3


def test_more_capacity_gives_seats_to_the_line_in_order():
    session = SessionFactory(capacity=1)
    rows = [
        registration.register(session, person=person) for person in PersonFactory.create_batch(4)
    ]
    capacity.change_seats(session, by=PersonFactory(), capacity=3)
    for row in rows:
        row.refresh_from_db()
    assert [row.state for row in rows] == ["registered", "registered", "registered", "waiting"]
    assert fresh(session).taken == 3


def test_keeping_fewer_seats_for_others_lets_own_colleagues_in_at_once():
    until = clock.now() + dt.timedelta(days=1)
    session = SessionFactory(capacity=3, reserved_seats=2, reserved_until=until)
    home = PersonFactory.create_batch(3, organisation=session.course.organisation)
    rows = [registration.register(session, person=person) for person in home]
    assert reload(rows) == ["registered", "waiting", "waiting"]
    capacity.change_seats(session, by=PersonFactory(), reserved_seats=1)
    assert reload(rows) == ["registered", "registered", "waiting"]
    assert (fresh(session).taken, fresh(session).taken_home) == (2, 2)


def test_seats_of_a_started_or_cancelled_session_stay_as_they_are():
    started = SessionFactory(starts_at=clock.now() - dt.timedelta(minutes=5), capacity=3)
    cancelled = SessionFactory(status="cancelled", capacity=3)
    for session, code in ((started, "started"), (cancelled, "cancelled")):
        with pytest.raises(ChangeRefused) as refusal:
            capacity.change_seats(session, by=PersonFactory(), capacity=4)
        assert (refusal.value.code, fresh(session).capacity) == (code, 3)


def test_cancelling_a_session_loses_nobody_and_is_told_once():
    session = SessionFactory(capacity=1)
    rows = [
        registration.register(session, person=person) for person in PersonFactory.create_batch(2)
    ]
    heard = []

    def listen(sender, *, session, registrations, by, **_):
        heard.append([(row.pk, row.previous_state) for row in registrations])

    signals.session_cancelled.connect(listen)
    try:
        sessions.cancel_session(session, by=PersonFactory(), reason="Ziek")
        sessions.cancel_session(session, by=PersonFactory(), reason="Nog eens")
    finally:
        signals.session_cancelled.disconnect(listen)
    assert heard == [[(rows[0].pk, "registered"), (rows[1].pk, "waiting")]]
    assert (fresh(session).status, fresh(session).cancel_reason) == ("cancelled", "Ziek")
    assert set(session.registrations.values_list("state", "cancel_reason")) == {
        ("cancelled", "session")
    }


# --- courses ------------------------------------------------------------------------------------


def test_publishing_a_draft_plans_its_dates_and_gives_it_an_address():
    trainer = PersonFactory(name="Samira El Idrissi")
    course = courses.start_draft(by=trainer, typed={"title": "Draaitabellen in Excel"})
    assert (course.status, course.draft) == ("draft", {"title": "Draaitabellen in Excel"})
    courses.change_course(
        course, by=trainer, title="Draaitabellen in Excel", promise="Zo.", theme=ThemeFactory()
    )
    course.refresh_from_db()
    session = plan(course, day=(clock.today() + dt.timedelta(days=3)).isoformat())
    assert session.status == Session.Status.DRAFT
    published = courses.publish(course, by=trainer)
    trainer.refresh_from_db()
    assert (published.slug, published.draft, trainer.slug) == (
        "draaitabellen-in-excel",
        {},
        "samira-el-idrissi",
    )
    assert fresh(session).status == Session.Status.PLANNED


def test_second_course_with_the_same_title_gets_its_own_address():
    CourseFactory(slug="draaitabellen")
    trainer = PersonFactory()
    course = courses.start_draft(by=trainer)
    courses.change_course(
        course, by=trainer, title="Draaitabellen", promise="Zo.", theme=ThemeFactory()
    )
    assert courses.publish(course, by=trainer).slug == "draaitabellen-2"


@pytest.mark.parametrize("missing", ["promise", "theme"])
def test_publishing_an_unfinished_course_names_what_is_missing(missing):
    trainer = PersonFactory()
    course = courses.start_draft(by=trainer)
    fields = {"title": "T", "promise": "Zo.", "theme": ThemeFactory()}
    del fields[missing]
    courses.change_course(course, by=trainer, **fields)
    with pytest.raises(ChangeRefused) as refusal:
        courses.publish(course, by=trainer)
    assert refusal.value.field == missing
    course.refresh_from_db()
    assert course.status == Course.Status.DRAFT


def test_publishing_needs_the_code_first():
    trainer = PersonFactory(verified_at=None)
    with pytest.raises(ChangeRefused) as refusal:
        courses.publish(courses.start_draft(by=trainer), by=trainer)
    assert refusal.value.code == "code_first"


def test_publishing_waits_until_somebody_confirmed_where_the_trainer_works():
    """Anybody with a mail domain of their own can say to work at a ministry."""
    stranger = PersonFactory(organisation_confirmed=False)
    draft = courses.start_draft(by=stranger, typed={"title": "Geef me je wachtwoord"})
    courses.change_course(
        draft, by=stranger, title="Geef me je wachtwoord", promise="Echt.", theme=ThemeFactory()
    )
    with pytest.raises(ChangeRefused) as refusal:
        courses.publish(draft, by=stranger)
    assert refusal.value.code == "unconfirmed"
    draft.refresh_from_db()
    assert draft.status == "draft"
    works_elsewhere = OrganisationFactory()
    people.set_organisation(stranger, works_elsewhere, confirmed=True)
    assert courses.publish(draft, by=stranger).organisation == works_elsewhere


def test_cancelling_a_course_cancels_its_coming_dates():
    course = CourseFactory()
    coming = SessionFactory(course=course)
    past = SessionFactory(course=course, starts_at=clock.now() - dt.timedelta(days=2))
    courses.cancel_course(course, by=PersonFactory())
    course.refresh_from_db()
    assert (course.status, fresh(coming).status, fresh(past).status) == (
        "cancelled",
        "cancelled",
        "planned",
    )


def test_archiving_waits_for_the_last_date():
    course = CourseFactory()
    session = SessionFactory(course=course)
    with pytest.raises(ChangeRefused):
        courses.archive(course, by=PersonFactory())
    sessions.cancel_session(session, by=PersonFactory())
    assert courses.archive(course, by=PersonFactory()).status == Course.Status.ARCHIVED


# --- attendance ---------------------------------------------------------------------------------


@pytest.fixture
def given():
    """A session of last week with two seats taken, one waiting."""
    session = SessionFactory(capacity=2)
    rows = [
        registration.register(session, person=person) for person in PersonFactory.create_batch(3)
    ]
    with time_machine.travel(session.ends_at + dt.timedelta(hours=1)):
        yield session, rows


def reload(rows):
    for row in rows:
        row.refresh_from_db()
    return [row.state for row in rows]


def test_everyone_was_there_except_the_ticked(given):
    session, rows = given
    attendance.mark_attendance(session, by=PersonFactory(), absent={rows[1].public_id})
    assert reload(rows) == ["attended", "absent", "cancelled"]
    assert rows[2].cancel_reason == "started"
    assert fresh(session).attendance_marked_at >= session.ends_at


def test_attendance_can_be_corrected_and_only_new_attendees_are_told(given):
    session, rows = given
    heard = []

    def listen(sender, *, session, registrations, **_):
        heard.append([row.pk for row in registrations])

    signals.attendance_marked.connect(listen)
    try:
        attendance.mark_attendance(session, by=PersonFactory(), absent={rows[1].public_id})
        attendance.mark_attendance(session, by=PersonFactory(), absent=set())
    finally:
        signals.attendance_marked.disconnect(listen)
    assert heard == [[rows[0].pk], [rows[1].pk]]
    assert reload(rows)[:2] == ["attended", "attended"]


def test_attendance_before_the_start_is_refused():
    session = SessionFactory()
    with pytest.raises(ChangeRefused) as refusal:
        attendance.mark_attendance(session, by=PersonFactory(), absent=set())
    assert refusal.value.code == "not_started"


def test_only_attendees_evaluate_and_the_last_answer_counts(given):
    session, rows = given
    attendance.mark_attendance(session, by=PersonFactory(), absent={rows[1].public_id})
    reload(rows)
    attendance.evaluate(rows[0], person=rows[0].person, score=7, sentence="Goed")
    attendance.evaluate(rows[0], person=rows[0].person, score=9, sentence="Beter")
    assert list(Evaluation.objects.values_list("score", "sentence")) == [(9, "Beter")]
    with pytest.raises(ChangeRefused):
        attendance.evaluate(rows[1], person=rows[1].person, score=8)
    for score in (0, 11):
        with pytest.raises(ChangeRefused):
            attendance.evaluate(rows[0], person=rows[0].person, score=score)
