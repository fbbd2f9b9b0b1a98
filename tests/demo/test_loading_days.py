# SPDX-License-Identifier: EUPL-1.2
"""Loading into an empty database, on days that are hard on a calendar."""

import pytest
import time_machine

from base import clock
from courses.models import Session
from notifications import delivery
from notifications.models import Message
from tests.factories import PersonFactory
from tjc.demo import loading
from tjc.demo.loading.programme import SLOTS

pytestmark = pytest.mark.django_db


def test_loading_leaves_another_database_alone():
    PersonFactory()
    assert loading.state() is loading.State.FOREIGN


@pytest.mark.parametrize(
    "today",
    ["2026-12-11", "2027-03-11", "2027-10-14", "2028-02-15", "2026-12-21", "2029-12-17"],
    ids=["", "around-summer-time", "around-winter-time", "leap-day", "new-year", "iso-53-weeks"],
)
def test_sessions_start_at_wall_clock_slots(today):
    with time_machine.travel(f"{today}T09:00:00Z", tick=False):
        loading.load()
        starts = {clock.local(s.starts_at) for s in Session.objects.all()}
        assert {f"{start:%H:%M}" for start in starts} <= set(SLOTS)
        assert all(start.weekday() < 5 for start in starts)


def test_state_empty_and_fresh():
    assert loading.state() is loading.State.EMPTY
    loading.load()
    assert loading.state() is loading.State.FRESH


@pytest.mark.parametrize(("day", "reminded"), [("2026-11-19", 1), ("2026-11-20", 0)])
def test_on_a_day_before_a_working_day_somebody_is_reminded(day, reminded):
    with time_machine.travel(f"{day}T12:00:00Z", tick=False):
        loading.load()
        delivery.drain()
        assert Message.objects.filter(kind="reminder_day", state="sent").count() == reminded
