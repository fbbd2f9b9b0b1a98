# SPDX-License-Identifier: EUPL-1.2
"""A date that was made from a question, and is for who asked it, stands in no list for everybody."""

import datetime as dt
import json
import re

import pytest
from django.test import Client
from django.urls import reverse

from base import clock
from courses.domain.programme import programme
from courses.domain.registration import register
from courses.models import Course, Session
from tests.accounts.conftest import data_queries
from tests.factories import (
    CourseFactory,
    EditionFactory,
    KnowledgeRequestFactory,
    OrganisationFactory,
    PersonFactory,
    SessionFactory,
)

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


@pytest.fixture
def host():
    return OrganisationFactory(name="Gemeente Utrecht", slug="utrecht")


@pytest.fixture
def trainer(host):
    return PersonFactory(name="Samira", organisation=host, slug="samira")


@pytest.fixture
def edition():
    return EditionFactory(
        slug="tjc-week-gasten",
        starts_on=clock.today() + 10 * DAY,
        ends_on=clock.today() + 14 * DAY,
        programme_published_at=clock.now() - DAY,
    )


def date_of(course: Course, edition, *, n: int = 0, **fields) -> Session:
    begin = clock.from_wall_time(edition.starts_on, dt.time(10)) + n * dt.timedelta(hours=1)
    return SessionFactory(course=course, edition=edition, starts_at=begin, **fields)


def lists() -> list[str]:
    return [
        reverse("courses:catalogue"),
        reverse("courses:edition", args=["tjc-week-gasten"]),
        reverse("courses:organisation", args=["utrecht"]),
        reverse("courses:trainer", args=["samira"]),
        reverse("feeds:edition", args=["tjc-week-gasten"]),
        reverse("feeds:organisation", args=["utrecht"]),
        "/sitemap.xml",
        "/api/v1/cursussen",
        "/api/v1/bijeenkomsten",
    ]


def read(address: str) -> str:
    response = Client().get(address)
    assert response.status_code == 200, address
    octets = response.getvalue() if response.streaming else response.content
    return octets.decode().replace("\r\n ", "")


@pytest.fixture
def world(host, trainer, edition):
    """A course for everybody, one for who asked for it alone, and one that is both."""
    own = {"organisation": host, "trainer": trainer}
    everyone = CourseFactory(title="Voor iedereen", slug="voor-iedereen", **own)
    guests = CourseFactory(title="Alleen gasten", slug="alleen-gasten", **own)
    both = CourseFactory(title="Voor beide", slug="voor-beide", **own)
    date_of(everyone, edition)
    return {
        "guests": date_of(guests, edition, n=1, guests_only=True),
        "both_guests": date_of(both, edition, n=2, guests_only=True),
        "both": date_of(both, edition, n=3),
    }


def test_no_list_shows_a_course_or_date_that_a_visitor_cannot_take(world):
    for address in lists():
        text = read(address)
        assert "Alleen gasten" not in text and "alleen-gasten" not in text, address
        assert str(world["guests"].public_id) not in text, address
        assert str(world["both_guests"].public_id) not in text, address
        assert "oor iedereen" in text or "voor-iedereen" in text, address
        assert "oor beide" in text or "voor-beide" in text, address


def test_from_guests_until_every_list_shows_it(world):
    Session.objects.filter(guests_only=True).update(guests_until=clock.now() - DAY)
    for address in lists():
        text = read(address)
        assert "Alleen gasten" in text or "alleen-gasten" in text, address


def test_a_course_without_any_date_is_still_listed(host, trainer, world):
    CourseFactory(title="Nog geen datum", organisation=host, trainer=trainer)
    assert "Nog geen datum" in read(lists()[0])


def test_a_date_for_guests_that_was_does_not_bring_the_course_into_the_list(world):
    moment = clock.now() - 3 * DAY
    Session.objects.filter(pk=world["guests"].pk).update(
        starts_at=moment, ends_at=moment + dt.timedelta(hours=1), edition=None
    )
    assert "Alleen gasten" not in read(lists()[0])


def structured(course: Course) -> dict | None:
    html = read(course.get_absolute_url())
    found = re.findall(r"<script[^>]*ld\+json[^>]*>(.*?)</script>", html, re.DOTALL)
    data = [json.loads(one) for one in found]
    return next((one for one in data if one.get("@type") == "Course"), None)


def test_search_engines_hear_of_open_dates_alone(world):
    assert structured(world["guests"].course) is None
    data = structured(world["both"].course)
    assert data is not None
    (instance,) = data["hasCourseInstance"]
    assert instance["url"].endswith(str(world["both"].public_id))


def test_the_page_of_the_course_offers_the_open_date_first(world):
    html = read(world["both"].course.get_absolute_url())
    assert str(world["both"].public_id) in html
    assert str(world["both_guests"].public_id) not in html


def test_who_takes_part_sees_the_own_date_in_the_programme(world, edition):
    request = KnowledgeRequestFactory(
        course=world["guests"].course, session=world["guests"], state="planned"
    )
    register(world["guests"], person=request.asker)
    found = programme(edition, request.asker)
    assert [session.pk for session in found.mine] == [world["guests"].pk]
    assert found.number_of_courses == 2


@pytest.mark.parametrize("number", [1, 3])
def test_query_counts_do_not_grow(host, trainer, edition, number):
    for n in range(number):
        own = {"organisation": host, "trainer": trainer}
        date_of(CourseFactory(title=f"Open {n}", **own), edition, n=n)
        date_of(CourseFactory(title=f"Gast {n}", **own), edition, n=n, guests_only=True)
    counts = [data_queries(lambda address=address: read(address)) for address in lists()]
    assert counts == [5, 4, 4, 4, 3, 3, 4, 3, 2]
