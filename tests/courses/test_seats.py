# SPDX-License-Identifier: EUPL-1.2
"""The one statement that takes a seat keeps the rules itself, whatever was judged a moment before."""

import datetime as dt

import pytest

from base import clock
from courses.domain import seats
from courses.models import Session
from tests.factories import SessionFactory

pytestmark = pytest.mark.django_db


def taken(session):
    return Session.objects.values_list("taken", "taken_home").get(pk=session.pk)


def test_a_seat_is_taken_and_counted():
    session = SessionFactory(capacity=1)
    assert seats.take(session, is_home=True, at=clock.now()) is True
    assert taken(session) == (1, 1)


def test_no_seat_in_a_session_that_started_since_it_was_judged():
    session = SessionFactory(capacity=5)
    assert seats.take(session, is_home=False, at=session.starts_at) is False
    assert seats.take(session, is_home=False, at=session.starts_at - dt.timedelta(seconds=1))
    assert taken(session) == (1, 0)


def test_no_seat_in_a_session_that_was_cancelled_since_it_was_judged():
    session = SessionFactory(capacity=5)
    Session.objects.filter(pk=session.pk).update(status=Session.Status.CANCELLED)
    assert seats.take(session, is_home=False, at=clock.now()) is False
    assert taken(session) == (0, 0)


def test_no_seat_beyond_capacity():
    session = SessionFactory(capacity=1)
    assert [seats.take(session, is_home=False, at=clock.now()) for _ in range(2)] == [True, False]
    assert taken(session) == (1, 0)


def test_kept_seats_are_for_others_until_their_date():
    until = clock.now() + dt.timedelta(days=1)
    session = SessionFactory(capacity=2, reserved_seats=1, reserved_until=until)
    home = [seats.take(session, is_home=True, at=clock.now()) for _ in range(2)]
    assert home == [True, False]
    assert seats.take(session, is_home=True, at=until) is True
    assert taken(session) == (2, 2)
