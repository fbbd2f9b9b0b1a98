# SPDX-License-Identifier: EUPL-1.2
"""Over real HTTP: the same bytes twice, a crowd at the door, a database that somebody else holds."""

import socket
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.db import connection

from accounts.models import AuditEvent
from courses.models import Registration, Session
from notifications.models import Invitation, Message
from tests.factories import OrganisationFactory, PersonFactory, SessionFactory
from tests.processes import (
    CSRF_TOKEN,
    Process,
    Visitor,
    database_url_of,
    session_key_of,
    sign_up,
)

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

#: Holds a lock for so many seconds, in a program of its own.
HOLDER = """
import sys, time
seconds, address, session = float(sys.argv[1]), sys.argv[2], int(sys.argv[3])
if address.startswith("sqlite:///"):
    import sqlite3
    database = sqlite3.connect(address.removeprefix("sqlite:///"), isolation_level=None)
    database.execute("BEGIN IMMEDIATE")
else:
    import psycopg
    database = psycopg.connect(address)
    database.execute("SELECT 1 FROM courses_session WHERE id = %s FOR UPDATE", [session])
print("held", flush=True)
time.sleep(seconds)
database.rollback()
print("let go", flush=True)
"""


@contextmanager
def locked(site, session, *, seconds):
    """Another program holds what the registration needs: the whole file (SQLite) or the row (PostgreSQL)."""
    arguments = [str(seconds), database_url_of(connection), str(session.pk)]
    command = [sys.executable, "-c", HOLDER, *arguments]
    log = site.folder / "holder.log"
    with Process(command, env={}, log=log) as holder:
        holder.said("held")
        yield holder


def counts(session):
    return {
        "registrations": session.registrations.count(),
        "taken": Session.objects.get(pk=session.pk).taken,
        "audit": AuditEvent.objects.filter(verb="registration.registered").count(),
        "invitations": Invitation.objects.count(),
        "mails": Message.objects.count(),
    }


def all_of(number):
    return dict.fromkeys(["registrations", "taken", "audit", "invitations", "mails"], number)


def raw_post(site, session, person):
    """The octets of one POST, as a network might deliver them again."""
    body = f"csrfmiddlewaretoken={CSRF_TOKEN}"
    return (
        f"POST /bijeenkomsten/{session.public_id}/aanmelden/ HTTP/1.1\r\n"
        f"Host: 127.0.0.1:{site.port}\r\n"
        f"Cookie: csrftoken={CSRF_TOKEN}; sessionid={session_key_of(person)}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n"
        "Connection: close\r\n"
        f"\r\n{body}"
    ).encode()


def deliver(site, octets):
    """Status line and where it sends the browser."""
    with socket.create_connection(("127.0.0.1", site.port), timeout=30) as line:
        line.sendall(octets)
        answer = b""
        while part := line.recv(65536):
            answer += part
    head = answer.partition(b"\r\n\r\n")[0].decode()
    found = [row.partition(": ")[2] for row in head.splitlines() if row.startswith("Location:")]
    return head.splitlines()[0], found


def sign_up_while_held(site, session, key):
    """The session was made before: making it needs the database too."""
    with Visitor(site.port, session_key=key) as visitor:
        return visitor.post(f"/bijeenkomsten/{session.public_id}/aanmelden/")


def test_the_same_octets_again_make_one_registration_and_one_mail(site):
    site.web(workers=1)
    session = SessionFactory()
    octets = raw_post(site, session, PersonFactory())
    answers = [deliver(site, octets) for _ in range(3)]
    done = f"/aanmelden/gelukt/{session.registrations.get().public_id}/"
    assert answers == [("HTTP/1.1 302 Found", [done])] * 3
    assert counts(session) == all_of(1)


def test_the_same_octets_six_times_at_once_make_one_registration(site):
    site.web(workers=2)
    session = SessionFactory()
    octets = raw_post(site, session, PersonFactory())
    gate = threading.Barrier(6)

    def go(_):
        gate.wait(timeout=30)
        return deliver(site, octets)

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(go, range(6)))
    done = f"/aanmelden/gelukt/{session.registrations.get().public_id}/"
    assert answers == [("HTTP/1.1 302 Found", [done])] * 6
    assert counts(session) == all_of(1)


def test_sixty_at_once_for_seven_seats_sells_seven_without_an_error(site):
    site.web(workers=2)
    session = SessionFactory(capacity=7)
    crowd = PersonFactory.create_batch(60, organisation=OrganisationFactory())
    octets = [raw_post(site, session, person) for person in crowd]
    gate = threading.Barrier(60)

    def go(one):
        gate.wait(timeout=30)
        return deliver(site, one)[0]

    with ThreadPoolExecutor(60) as pool:
        statuses = Counter(pool.map(go, octets))
    assert statuses == {"HTTP/1.1 302 Found": 7, "HTTP/1.1 200 OK": 53}
    assert counts(session) == all_of(7)
    assert session.registrations.exclude(state=Registration.State.REGISTERED).count() == 0


def test_a_database_locked_for_three_seconds_makes_somebody_wait_and_no_more(site):
    site.web(workers=1)
    session = SessionFactory()
    key = session_key_of(PersonFactory())
    with locked(site, session, seconds=3) as holder:
        answer = sign_up_while_held(site, session, key)
        assert "let go" in holder.output()
    assert (answer.status, counts(session)) == (302, all_of(1))


def test_a_database_that_stays_locked_gives_the_friendly_page_and_changes_nothing(site):
    site.web(workers=1, LOCK_SECONDS="1")
    session = SessionFactory()
    person = PersonFactory()
    key = session_key_of(person)
    with locked(site, session, seconds=30) as holder:
        answer = sign_up_while_held(site, session, key)
        assert "let go" not in holder.output()
    assert (answer.status, b"Er ging iets mis" in answer.body) == (503, True)
    assert counts(session) == all_of(0)
    again = sign_up(site, session, person)
    assert (again.status, counts(session)) == (302, all_of(1))
