# SPDX-License-Identifier: EUPL-1.2
"""A worker that is killed halfway leaves whole sessions behind, never half a one."""

import datetime as dt

import pytest
from django.db.models import Count, F, Q

from base import clock
from courses.models import Registration, Session
from tests.factories import CourseFactory, OrganisationFactory, PersonFactory, SessionFactory
from tests.processes import wait_until

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
State = Registration.State

SESSIONS = 150


def expired_holds(number):
    """Full sessions of one seat, each held by somebody who never typed the code, and one who waits."""
    home = OrganisationFactory()
    course = CourseFactory(organisation=home)
    crowd = PersonFactory.build_batch(2 * number, organisation=home)
    PersonFactory._meta.model.objects.bulk_create(crowd)
    start = clock.now() + dt.timedelta(days=9)
    sessions = SessionFactory.build_batch(
        number, course=course, capacity=1, taken=1, taken_home=1, starts_at=start
    )
    Session.objects.bulk_create(sessions)
    then = clock.now() - dt.timedelta(hours=1)
    common = {"organisation": home, "is_home": True}
    rows = []
    for n, session in enumerate(sessions):
        rows += [
            Registration(
                session=session, person=crowd[2 * n], state="held", hold_expires_at=then, **common
            ),
            Registration(
                session=session, person=crowd[2 * n + 1], state="waiting", queued_at=then, **common
            ),
        ]
    Registration.objects.bulk_create(rows)


def released():
    return Registration.objects.filter(cancel_reason="hold_expired").count()


def half_done():
    """Sessions whose counter or waiting list does not fit what happened to the hold."""
    seated = Q(registrations__state__in=Registration.SEATED)
    given = Q(registrations__state=State.REGISTERED)
    gone = Q(registrations__state=State.CANCELLED)
    sessions = Session.objects.annotate(
        seats=Count("registrations", filter=seated),
        given=Count("registrations", filter=given),
        gone=Count("registrations", filter=gone),
    )
    return sessions.exclude(taken=F("seats"), taken_home=F("seats"), given=F("gone")).count()


def test_a_worker_killed_while_it_releases_holds_leaves_no_half_session(site, tmp_path):
    # A broker of files: nothing but worker and database takes part.
    site.extra["CELERY_BROKER_URL"] = f"filesystem://{tmp_path / 'broker'}"
    site.extra["CACHE_URL"] = "locmem://"
    expired_holds(SESSIONS)
    worker = site.worker().said(" ready.")
    site.call_task("courses.tasks.release_expired_holds")
    wait_until(lambda: released() > 5, what="the first releases")
    worker.kill()
    worker.popen.wait()
    done = released()
    assert 5 < done < SESSIONS
    assert half_done() == 0

    site.worker().said(" ready.")
    site.call_task("courses.tasks.release_expired_holds")
    wait_until(lambda: released() == SESSIONS, what="the rest")
    wait_until(lambda: half_done() == 0, what="the last transaction")
    states = Registration.objects.values_list("state", flat=True).order_by()
    assert sorted(set(states)) == ["cancelled", "registered"]
