# SPDX-License-Identifier: EUPL-1.2
"""A trainer with three of everything costs as many queries as one with one of everything."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from base import clock
from courses.domain.registration import register
from courses.models import CourseTrainer
from tests.factories import (
    CourseFactory,
    LocationFactory,
    OrganisationFactory,
    PersonFactory,
    SessionFactory,
    ThemeFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def course():
    organisation = OrganisationFactory()
    return CourseFactory(
        organisation=organisation, trainer=PersonFactory(organisation=organisation)
    )


@pytest.fixture
def trainer(course):
    return course.trainers.get()


@pytest.fixture
def page(client, trainer):
    client.force_login(trainer)
    return client


def url(name: str, row) -> str:
    return reverse(f"courses:{name}", args=[row.public_id])


def queries(client, path: str) -> int:
    client.get(path)  # what is read once per process
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(path).status_code == 200
    return sum(
        not query["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))
        for query in captured.captured_queries
    )


@pytest.mark.parametrize("number", [1, 3])
def test_query_counts_do_not_grow(page, course, trainer, number):
    sessions = []
    for n in range(number):
        own = {"organisation": course.organisation, "trainer": trainer}
        CourseFactory(status="draft", published_at=None, **own)
        other = CourseFactory(theme=ThemeFactory(slug=f"thema-{n}", name=f"Thema {n}"), **own)
        place = LocationFactory(organisation=course.organisation, room=f"Zaal {n}")
        sessions += [
            SessionFactory(course=row, format="on_site", location=place) for row in (course, other)
        ]
        SessionFactory(course=other, starts_at=clock.now() - dt.timedelta(days=n + 1))
        CourseTrainer.objects.create(course=course, person=PersonFactory(), part="co")
        register(sessions[0], person=PersonFactory())
    counts = {
        "my-courses": queries(page, "/mijn/cursussen/"),
        "teach": queries(page, "/geef-een-cursus/"),
        "manage": queries(page, url("manage", course)),
        "session-manage": queries(page, url("session-manage", sessions[0])),
    }
    with time_machine.travel(sessions[0].starts_at + dt.timedelta(hours=2)):
        page.force_login(trainer)
        counts["attendance"] = queries(page, url("attendance", sessions[0]))
    assert counts == {
        "my-courses": 7,
        "teach": 9,
        "manage": 12,
        "session-manage": 11,
        "attendance": 10,
    }
