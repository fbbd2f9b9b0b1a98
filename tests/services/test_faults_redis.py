# SPDX-License-Identifier: EUPL-1.2
"""Redis dies, hangs and comes back: registrations go on and every mail leaves."""

import email
import re

import pytest

from courses.models import Registration
from notifications.models import Message
from tests.factories import CourseFactory, OrganisationFactory, PersonFactory, SessionFactory
from tests.processes import (
    Visitor,
    has_redis_server,
    sign_up,
    stopped,
    wait_until,
)

pytestmark = [
    pytest.mark.services,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not has_redis_server(), reason="no redis-server on this machine"),
]

#: Ordinary is far under one second; who waits for a Redis that hangs waits for minutes.
PATIENCE = 10.0


def warm(site):
    """The first request after a start reads half of the product from disk; that is not the fault here."""
    session = SessionFactory()
    assert sign_up(site, session, PersonFactory()).status == 302
    Message.objects.all().delete()


def sent():
    return Message.objects.filter(state=Message.State.SENT).count()


def went_well(answer):
    return (
        answer.status,
        re.sub("[0-9a-f-]{36}", "ID", answer.location),
        answer.seconds < PATIENCE,
    )


FINE = (302, "/aanmelden/gelukt/ID/", True)


def test_redis_restarted_registrations_go_on_and_no_mail_is_lost(site):
    redis = site.redis()
    site.web(workers=1)
    warm(site)
    worker, beat = site.start_worker_and_beat()
    session = SessionFactory(capacity=20)
    crowd = PersonFactory.create_batch(8)
    assert [went_well(sign_up(site, session, p)) for p in crowd[:3]] == [FINE] * 3
    wait_until(lambda: sent() == 3, what="three mails")

    redis.kill()
    redis.popen.wait()
    assert [went_well(sign_up(site, session, p)) for p in crowd[3:]] == [FINE] * 5
    assert session.registrations.filter(state=Registration.State.REGISTERED).count() == 8
    assert Message.objects.filter(state=Message.State.PENDING).count() == 5

    site.redis()
    wait_until(lambda: sent() == 8, what="the mails that were owed")
    ids = [email.message_from_bytes(path.read_bytes())["Message-ID"] for path in site.mails()]
    assert (len(ids), len(set(ids))) == (8, 8)
    assert (worker.popen.poll(), beat.popen.poll()) == (None, None)


def test_redis_that_hangs_does_not_hold_up_a_registration(site):
    redis = site.redis()
    site.web(workers=1)
    warm(site)
    session = SessionFactory(capacity=20)
    crowd = PersonFactory.create_batch(3)
    assert went_well(sign_up(site, session, crowd[0])) == FINE
    with stopped(redis):
        assert [went_well(sign_up(site, session, p)) for p in crowd[1:]] == [FINE] * 2
    assert session.registrations.filter(state=Registration.State.REGISTERED).count() == 3


def test_without_redis_everything_that_only_reads_is_there(site):
    site.web(workers=1)
    course = CourseFactory()
    session = SessionFactory(course=course)
    pages = ["/cursussen/", course.get_absolute_url(), "/inloggen/", "/tjc-week/"]
    pages.append(f"/bijeenkomsten/{session.public_id}/aanmelden/")
    with Visitor(site.port) as visitor:
        answers = {page: visitor.get(page).status for page in pages}
    assert answers == dict.fromkeys(pages, 200)


SORRY = "Dit lukt nu even niet, dat ligt aan ons. Probeer het over een paar minuten opnieuw."


def test_redis_away_nobody_gets_a_code_and_the_form_says_why_and_keeps_the_address(site):
    """Rate limits fail closed: no mail is owed, and what was typed is still there."""
    redis = site.redis()
    site.web(workers=1)
    warm(site)
    with Visitor(site.port) as visitor:
        assert visitor.post("/inloggen/", email="merel@voorbeeld.nl").status == 302
        Message.objects.all().delete()
        redis.kill()
        redis.popen.wait()
        answer = visitor.post("/inloggen/", email="merel@voorbeeld.nl")
    html = answer.body.decode()
    assert (answer.status, answer.seconds < PATIENCE) == (503, True)
    assert (html.count(SORRY), html.count('value="merel@voorbeeld.nl"')) == (1, 1)
    assert Message.objects.count() == 0


def test_redis_away_a_first_sign_up_keeps_what_was_typed_and_holds_nothing(site):
    site.web(workers=1)
    warm(site)
    organisation, session = OrganisationFactory(domain="voorbeeld.nl"), SessionFactory()
    typed = {
        "naam": "Merel de Jong",
        "werkmail": f"merel@{organisation.email_domains.get().domain}",
    }
    with Visitor(site.port) as visitor:
        answer = visitor.post(f"/bijeenkomsten/{session.public_id}/aanmelden/", **typed)
    html = answer.body.decode()
    assert (answer.status, html.count(SORRY), html.count('value="Merel de Jong"')) == (503, 1, 1)
    assert (session.registrations.count(), Message.objects.count()) == (0, 0)
