# SPDX-License-Identifier: EUPL-1.2
"""A session that was made from a question is first, or only, for who asked it."""

import datetime as dt

import pytest

from base import clock
from courses.availability import availability
from courses.domain.catalogue import Filters, catalogue
from courses.domain.registration import register
from courses.errors import SeatRefused
from matching.models import Support
from tests.factories import KnowledgeRequestFactory, PersonFactory, SessionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked():
    session = SessionFactory(guests_only=True)
    return KnowledgeRequestFactory(course=session.course, session=session, state="planned")


def test_asker_supporter_and_their_colleagues_get_a_seat_others_do_not(asked):
    supporter, stranger = PersonFactory(), PersonFactory()
    colleague = PersonFactory(organisation=asked.organisation)
    Support.objects.create(request=asked, person=supporter)
    for person in (asked.asker, supporter, colleague):
        assert register(asked.session, person=person).state == "registered"
    with pytest.raises(SeatRefused) as refused:
        register(asked.session, person=stranger)
    assert refused.value.code == "guests_only"


def test_who_only_says_to_work_there_and_who_is_unknown_are_no_guests(asked):
    says_so = PersonFactory(organisation=asked.organisation, organisation_confirmed=False)
    assert availability(asked.session, says_so).code == "guests_only"
    assert availability(asked.session, organisation=asked.organisation).code == "guests_only"


def test_from_guests_until_everyone_may_come(asked):
    asked.session.guests_until = clock.now() + dt.timedelta(days=2)
    stranger = PersonFactory()
    assert availability(asked.session, stranger).code == "guests_only"
    later = asked.session.guests_until
    assert availability(asked.session, stranger, at=later).code == "free"


def test_the_catalogue_offers_no_seat_that_is_for_guests(asked):
    assert not catalogue(Filters()).page.object_list
    asked.session.guests_until = clock.now() - dt.timedelta(minutes=1)
    asked.session.save()
    (course,) = catalogue(Filters()).page.object_list
    assert course.next_session == asked.session
