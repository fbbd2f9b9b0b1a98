# SPDX-License-Identifier: EUPL-1.2
"""Two people for one seat, really at the same time: threads with connections of their own.

Each guarantee stands beside a control that takes the guard away and shows the breach; without it the
first test would prove nothing.
"""

import datetime as dt
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections, transaction

from accounts.models import AuditEvent
from base import clock
from courses.domain import capacity, courses, holds, registration, seats, sessions
from courses.errors import ChangeRefused, HoldExpired, SeatRefused
from courses.models import Course, Registration, Session
from notifications.models import Invitation
from tests.factories import OrganisationFactory, PersonFactory, SessionFactory, ThemeFactory

pytestmark = pytest.mark.django_db(transaction=True)
State = Registration.State


def at_once(jobs):
    """Run the jobs in parallel, released together; their results or exceptions, in order."""
    gate = threading.Barrier(len(jobs))

    def run(job):
        try:
            connection.ensure_connection()
            gate.wait(timeout=30)
            return job()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def fresh(session):
    return Session.objects.select_related("course", "edition").get(pk=session.pk)


def outcome(result):
    if isinstance(result, SeatRefused):
        return result.code
    if isinstance(result, Exception):
        return repr(result)
    return result.state


def people(count):
    organisation = OrganisationFactory()
    return PersonFactory.create_batch(count, organisation=organisation)


def test_two_people_for_the_last_seat_one_gets_it_one_waits():
    session = fresh(SessionFactory(capacity=1))
    results = at_once(
        [lambda p=person: registration.register(session, person=p) for person in people(2)]
    )
    assert Counter(map(outcome, results)) == {"registered": 1, "waiting": 1}
    assert fresh(session).taken == 1


def test_twenty_at_once_for_five_seats_sells_exactly_five():
    session = fresh(SessionFactory(capacity=5))
    results = at_once(
        [
            lambda p=person: registration.register(session, person=p, waiting_ok=False)
            for person in people(20)
        ]
    )
    assert Counter(map(outcome, results)) == {"registered": 5, "full": 15}
    assert fresh(session).taken == 5
    assert session.registrations.filter(state=State.REGISTERED).count() == 5


def test_control_without_the_guard_the_same_crowd_oversells():
    """Count first, insert after: what the conditional UPDATE prevents."""
    session = fresh(SessionFactory(capacity=5))
    counted = threading.Barrier(20)

    def naive(person):
        seats_in_use = session.registrations.filter(state=State.REGISTERED).count()
        counted.wait(timeout=30)
        if seats_in_use < session.capacity:
            Registration.objects.create(session=session, person=person, state=State.REGISTERED)

    at_once([lambda p=person: naive(p) for person in people(20)])
    assert session.registrations.filter(state=State.REGISTERED).count() == 20


def test_double_click_makes_one_registration_and_takes_one_seat():
    session = fresh(SessionFactory())
    person = people(1)[0]
    results = at_once([lambda: registration.register(session, person=person)] * 4)
    assert {row.pk for row in results} == {session.registrations.get().pk}
    assert fresh(session).taken == 1


def test_double_click_on_a_held_seat_confirms_it_once():
    """Both read a held seat; the second gets the lock when it is a registration already.

    Two guards: the state is read again under the lock, and a registration has one active invitation.
    """
    session = fresh(SessionFactory())
    person = people(1)[0]
    row = holds.hold(session, person=person, organisation=person.organisation, name="M")

    def keep_them_waiting():
        with transaction.atomic():
            seats.lock_one(session.pk)
            time.sleep(0.5)
        return row

    results = at_once(
        [keep_them_waiting, *[lambda: registration.register(session, person=person)] * 4]
    )
    assert Counter(map(outcome, results[1:])) == {"registered": 4}
    assert AuditEvent.objects.filter(verb="registration.registered").count() == 1
    assert Invitation.objects.filter(person=person).count() == 1


def test_double_click_on_a_full_session_gives_one_place_in_line():
    session = fresh(SessionFactory(capacity=0))
    person = people(1)[0]
    results = at_once([lambda: registration.register(session, person=person)] * 4)
    assert Counter(map(outcome, results)) == {"waiting": 4}
    assert session.registrations.count() == 1


def test_withdrawing_while_others_join_the_line_leaves_no_seat_empty():
    """Nobody may wait while a seat is free: joining the line and freeing a seat share a lock."""
    session = fresh(SessionFactory(capacity=3))
    crowd = people(9)
    seated = [registration.register(session, person=person) for person in crowd[:3]]
    jobs = [lambda r=row: registration.cancel(r, by=r.person) for row in seated]
    jobs += [lambda p=person: registration.register(session, person=p) for person in crowd[3:]]
    results = at_once(jobs)
    assert [r for r in results if isinstance(r, Exception)] == []
    counts = Counter(session.registrations.values_list("state", flat=True))
    assert counts == {"cancelled": 3, "registered": 3, "waiting": 3}
    assert fresh(session).taken == 3


def test_two_cancels_of_one_seat_promote_one_person():
    session = fresh(SessionFactory(capacity=1))
    crowd = people(3)
    rows = [registration.register(session, person=person) for person in crowd]
    at_once([lambda: registration.cancel(rows[0], by=crowd[0])] * 3)
    counts = Counter(session.registrations.values_list("state", flat=True))
    assert counts == {"cancelled": 1, "registered": 1, "waiting": 1}
    assert fresh(session).taken == 1


def test_a_code_typed_while_beat_releases_the_hold_leaves_one_of_the_two_with_the_seat():
    session = fresh(SessionFactory(capacity=1))
    late, first_in_line = people(2)
    row = holds.hold(session, person=late, organisation=late.organisation, name="M")
    line = registration.register(session, person=first_in_line)
    over = row.hold_expires_at
    confirmed, _released = at_once(
        [
            lambda: registration.confirm_hold(row, person=late),
            lambda: registration.release_expired_holds(over),
        ]
    )
    row.refresh_from_db()
    line.refresh_from_db()
    if isinstance(confirmed, HoldExpired):
        assert (row.state, row.cancel_reason, line.state) == (
            "cancelled",
            "hold_expired",
            "registered",
        )
    else:
        assert (outcome(confirmed), row.state, line.state) == (
            "registered",
            "registered",
            "waiting",
        )
    assert fresh(session).taken == 1


def test_a_seat_that_comes_free_as_the_deadline_passes_goes_to_who_waited():
    """The deadline is for who signs up, not for who stands in line; the seat is never sold twice."""
    session = fresh(SessionFactory(capacity=1))
    seated, waits, *late = people(5)
    row = registration.register(session, person=seated)
    line = registration.register(session, person=waits)
    jobs = [lambda p=person: registration.register(fresh(session), person=p) for person in late]
    jobs.append(lambda: registration.cancel(row, by=seated))
    jobs.append(
        lambda: Session.objects.filter(pk=session.pk).update(registration_closes_at=clock.now())
    )
    results = at_once(jobs)
    assert {outcome(result) for result in results[:3]} <= {"waiting", "closed"}
    line.refresh_from_db()
    assert (line.state, fresh(session).taken) == ("registered", 1)


def test_crossing_moves_do_not_deadlock():
    one = SessionFactory(capacity=10)
    two = SessionFactory(course=one.course, capacity=10)
    crowd = people(8)
    to_two = [registration.register(one, person=person) for person in crowd[:4]]
    to_one = [registration.register(two, person=person) for person in crowd[4:]]
    jobs = [lambda r=row: registration.move(r, to=two, by=r.person) for row in to_two]
    jobs += [lambda r=row: registration.move(r, to=one, by=r.person) for row in to_one]
    assert Counter(map(outcome, at_once(jobs))) == {"registered": 8}
    assert (fresh(one).taken, fresh(two).taken) == (4, 4)


def test_lowering_capacity_while_people_register_never_oversells():
    session = fresh(SessionFactory(capacity=6))
    by = PersonFactory()
    jobs = [lambda p=person: registration.register(session, person=p) for person in people(6)]
    jobs.append(lambda: capacity.change_seats(session, by=by, capacity=3))
    results = at_once(jobs)
    allowed = {"registered", "waiting"}
    assert {outcome(r) for r in results[:-1]} <= allowed
    now = fresh(session)
    if isinstance(results[-1], ChangeRefused):
        assert (results[-1].code, now.capacity) == ("below_taken", 6)
    else:
        assert now.capacity == 3
    seated = session.registrations.filter(state=State.REGISTERED).count()
    assert (now.taken, seated <= now.capacity) == (seated, True)


def test_cancelling_the_session_while_people_register_leaves_nobody_behind():
    session = fresh(SessionFactory(capacity=10))
    by = PersonFactory()
    jobs = [lambda p=person: registration.register(session, person=p) for person in people(6)]
    jobs.insert(3, lambda: sessions.cancel_session(session, by=by))
    results = at_once(jobs)
    assert [r for r in results if isinstance(r, Exception) and not isinstance(r, SeatRefused)] == []
    assert set(session.registrations.values_list("state", flat=True)) <= {State.CANCELLED}
    assert fresh(session).taken == 0


def test_a_date_that_is_planned_while_the_course_stops_is_refused():
    course = SessionFactory().course
    by = course.trainers.get()
    when = {"day": clock.today() + dt.timedelta(days=30), "time": dt.time(10), "minutes": 45}
    stopping = threading.Event()

    def stop():
        with transaction.atomic():
            courses.cancel_course(course, by=by)
            stopping.set()
            time.sleep(0.5)

    def plan():
        as_it_was = Course.objects.select_related("organisation").get(pk=course.pk)
        stopping.wait(timeout=30)
        return sessions.plan_session(as_it_was, by=by, capacity=9, format="online", **when)

    refusal = at_once([stop, plan])[1]
    assert (refusal.code, course.sessions.count()) == ("ended", 1)


def test_counter_alone_is_also_guarded():
    """The conditional UPDATE by itself, without any lock around it."""
    session = fresh(SessionFactory(capacity=7))
    results = at_once([lambda: seats.take(session, is_home=False, at=clock.now())] * 20)
    assert Counter(results) == {True: 7, False: 13}


def test_courses_with_one_title_by_namesakes_are_published_at_once():
    """Five colleagues called Jan give «Excel»: each gets an address, of the course and of the page about Jan."""
    theme = ThemeFactory()
    drafts = []
    for person in people(5):
        person.name = "Jan Jansen"
        person.save()
        draft = courses.start_draft(by=person)
        courses.change_course(draft, by=person, title="Excel", promise="Je kunt het.", theme=theme)
        drafts.append((draft, person))
    results = at_once(
        [lambda d=draft, p=person: courses.publish(d, by=p) for draft, person in drafts]
    )
    assert [row for row in results if isinstance(row, Exception)] == []
    assert {row.slug for row in results} == {"excel", *(f"excel-{n}" for n in range(2, 6))}
    assert {person.slug for _, person in drafts} == {
        "jan-jansen",
        *(f"jan-jansen-{n}" for n in range(2, 6)),
    }
