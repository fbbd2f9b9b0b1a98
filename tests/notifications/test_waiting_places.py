# SPDX-License-Identifier: EUPL-1.2
"""Many who come to wait at once: each hears the own place, and looking that up costs one query a session."""

import re

import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses.availability import waiting_position
from courses.models import Registration
from tests.factories import PersonFactory, SessionFactory
from tests.notifications.conftest import SUMMER, post, queue_up

#: How a place is looked up: who waits before somebody, or all who wait in their order.
LOOKED_UP = re.compile(r'"queued_at" <|^SELECT "courses_registration"."queued_at"')


def test_everyone_hears_the_own_place_for_one_query_a_session(rows):
    other = SessionFactory(starts_at=rows.starts_at, ends_at=rows.ends_at)
    with time_machine.travel(SUMMER, tick=False) as now:
        for session in (rows, other, rows, rows, other, rows):
            queue_up(session, PersonFactory())
            now.shift(1)
        with CaptureQueriesContext(connection) as asked:
            mails = post()
    told = {mail["To"].addresses[0].addr_spec: mail.text for mail in mails}
    assert len(told) == 6
    for row in Registration.objects.select_related("person"):
        assert f"Je staat op plek {waiting_position(row)}." in told[row.person.email]
    assert len([query for query in asked if LOOKED_UP.search(query["sql"])]) == 2
