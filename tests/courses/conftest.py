# SPDX-License-Identifier: EUPL-1.2
"""A trainer with a course and a session, for the tests of a trainer's pages."""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from accounts.models import Person
from base import clock
from courses.models import Course, Session
from tests.factories import CourseFactory, OrganisationFactory, PersonFactory, SessionFactory


@pytest.fixture
def course() -> Course:
    organisation = OrganisationFactory(name="Gemeente Utrecht", domain="utrecht.nl")
    trainer = PersonFactory(name="Samira El Idrissi", organisation=organisation)
    return CourseFactory(title="Draaitabellen", organisation=organisation, trainer=trainer)


@pytest.fixture
def trainer(course: Course) -> Person:
    return course.trainers.get()


@pytest.fixture
def page(client: Client, trainer: Person) -> Client:
    client.force_login(trainer)
    return client


@pytest.fixture
def session(course: Course) -> Session:
    """Monday 5 July 2027, 10:00, so that texts with dates can be compared."""
    start = clock.from_wall_time(dt.date(2027, 7, 5), dt.time(10, 0))
    return SessionFactory(
        course=course, starts_at=start, ends_at=start + dt.timedelta(hours=1), capacity=3
    )


@pytest.fixture
def in_june() -> Iterator[time_machine.Traveller]:
    with time_machine.travel("2027-06-01 08:00:00+00:00") as traveller:
        yield traveller
