# SPDX-License-Identifier: EUPL-1.2
"""Two people for one seat, really at the same time: threads with connections of their own.

Each guarantee stands beside a control that takes the guard away and shows the breach; without it the
first test would prove nothing.
"""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from base import clock
from courses.domain import registration, seats, sessions
from courses.errors import ChangeRefused, SeatRefused
from courses.models import Registration, Session
from tests.factories import OrganisationFactory, PersonFactory, SessionFactory

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
    jobs.append(lambda: sessions.change_capacity(session, by=by, capacity=3))
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


def test_counter_alone_is_also_guarded():
    """The conditional UPDATE by itself, without any lock around it."""
    session = fresh(SessionFactory(capacity=7))
    results = at_once([lambda: seats.take(session, is_home=False, at=clock.now())] * 20)
    assert Counter(results) == {True: 7, False: 13}
