# SPDX-License-Identifier: EUPL-1.2
"""What is measured inside one Django process: ``python -m tests.bench.inside NAME [JSON]`` prints JSON.

The environment says which database; settings are those of production.
"""

import datetime as dt
import json
import statistics
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any, Self

import django

django.setup()

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session as LoginSession
from django.db import connection, connections
from django.db.models import Count, F, Q
from django.test import Client

from accounts.models import Organisation, Person
from base import clock
from courses.domain import registration
from courses.errors import SeatRefused
from courses.models import Course, Registration, Session
from notifications import delivery
from notifications.domain.people import send_code
from notifications.itip import calendar, pattern
from notifications.itip.facts import Facts
from notifications.models import Invitation, Message
from notifications.outbox import new, nudge, put_all
from tests.processes import CSRF_TOKEN

HOST = "localhost"


def batched(rows: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """itertools.batched of Python 3.12."""
    source = iter(rows)
    while batch := list(islice(source, size)):
        yield batch


_TRANSACTION = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


class Statements:
    """Counts data statements: no BEGIN, COMMIT or SAVEPOINT (design.md, Figures)."""

    def __init__(self) -> None:
        self.count = 0

    def __enter__(self) -> Self:
        self._wrapper = connection.execute_wrapper(self._count)
        self._wrapper.__enter__()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._wrapper.__exit__(*exc_info)

    def _count(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.count += not sql.lstrip().upper().startswith(_TRANSACTION)
        return execute(sql, params, many, context)


# --- pages ----------------------------------------------------------------------------------------


def pages(times: int = 80) -> dict[str, Any]:
    """Queries and processor time of pages, as the web process spends it on one that it makes."""
    settings.SHARED_PAGE_SECONDS = 0
    someone = Person.objects.filter(slug=None).order_by("pk").first()
    assert someone is not None
    me = Client(HTTP_HOST=HOST)
    me.cookies["sessionid"] = _log_in([someone])[0]
    free = _coming().filter(taken__lt=F("capacity")).select_related("course")[0]
    full = _coming().filter(taken=F("capacity")).select_related("course")[0]
    course = free.course.get_absolute_url()
    anyone = Client(HTTP_HOST=HOST)
    asked = {
        "catalogue": (anyone, "/cursussen/"),
        "catalogue, filtered": (anyone, "/cursussen/?vrij=1&waar=online&wanneer=tjc-week"),
        "catalogue, searched": (anyone, "/cursussen/?q=brieven"),
        "course": (anyone, course),
        "course, full date": (anyone, f"{full.course.get_absolute_url()}?moment={full.public_id}"),
        "course, signed in": (me, course),
        "mijn, signed in": (me, "/mijn/"),
    }
    return {name: _page(client, path, times) for name, (client, path) in asked.items()}


def _page(client: Client, path: str, times: int) -> dict[str, Any]:
    for _ in range(3):
        answer = client.get(path)
    with Statements() as statements:
        answer = client.get(path)
    spent = []
    for _ in range(times):
        began = time.process_time()
        client.get(path)
        spent.append(time.process_time() - began)
    return {
        "path": path,
        "status": answer.status_code,
        "queries": statements.count,
        "cpu_ms": statistics.median(spent) * 1000,
    }


def _coming() -> Any:
    return Session.objects.upcoming(clock.now()).filter(reserved_seats=0).order_by("pk")


# --- people and dates to register ----------------------------------------------------------------


def _log_in(people: list[Person]) -> list[str]:
    """Session keys, as signing in makes them."""
    store = SessionStore()
    rows = [
        LoginSession(
            session_key=store._get_new_session_key(),
            session_data=store.encode(
                {
                    SESSION_KEY: str(person.pk),
                    BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[1],
                    HASH_SESSION_KEY: person.get_session_auth_hash(),
                }
            ),
            expire_date=clock.now() + dt.timedelta(days=1),
        )
        for person in people
    ]
    LoginSession.objects.bulk_create(rows)
    return [row.session_key for row in rows]


def prepare(sessions: int, capacity: int, people: int) -> dict[str, Any]:
    """New empty dates and new people who are signed in; everything that was prepared before is kept."""
    courses = list(Course.objects.filter(status="published").order_by("pk")[:sessions])
    start = clock.now().replace(minute=0, second=0, microsecond=0) + dt.timedelta(days=50)
    dates = Session.objects.bulk_create(
        Session(
            course=courses[n % len(courses)],
            starts_at=start + dt.timedelta(hours=n // len(courses)),
            ends_at=start + dt.timedelta(hours=n // len(courses) + 1),
            online_url="https://vergadering.example/bench",
            capacity=capacity,
        )
        for n in range(sessions)
    )
    first = Person.objects.order_by("-pk").values_list("pk", flat=True)[0]
    homes = list(Organisation.objects.order_by("pk")[:50])
    crowd = Person.objects.bulk_create(
        Person(
            email=f"meting.{first + n}@org1.r1.zaad.example",
            name=f"Meting {first + n}",
            organisation=homes[n % len(homes)],
            organisation_confirmed=True,
            verified_at=clock.now(),
            password="!bench",
        )
        for n in range(people)
    )
    return {
        "sessions": [row.pk for row in dates],
        "public_ids": [str(row.public_id) for row in dates],
        "people": [person.pk for person in crowd],
        "keys": _log_in(crowd),
    }


# --- registering ----------------------------------------------------------------------------------


def statements_of_a_registration() -> dict[str, Any]:
    """One through the domain, one through the page, both with audit, invitation and outbox."""
    ready = prepare(sessions=2, capacity=20, people=4)
    session, other = (_with_course(pk) for pk in ready["sessions"])
    person = Person.objects.select_related("organisation").get(pk=ready["people"][0])
    registration.register(other, person=Person.objects.get(pk=ready["people"][1]))
    with Statements() as through_domain:
        made = registration.register(session, person=person)
    client = Client(HTTP_HOST=HOST)
    client.cookies["csrftoken"] = CSRF_TOKEN
    client.cookies["sessionid"] = ready["keys"][2]
    path = f"/bijeenkomsten/{session.public_id}/aanmelden/"
    with Statements() as through_page:
        answer = client.post(path, {"csrfmiddlewaretoken": CSRF_TOKEN})
    return {
        "domain": through_domain.count,
        "page": through_page.count,
        "status": answer.status_code,
        "written": [
            Invitation.objects.filter(registration=made).count(),
            Message.objects.filter(invitation__registration=made).count(),
        ],
    }


def transactions(times: int = 400) -> dict[str, Any]:
    """How long one registration takes when nobody else registers."""
    ready = prepare(sessions=times, capacity=5, people=times)
    rows = Session.objects.with_card().in_bulk(ready["sessions"])
    people = Person.objects.select_related("organisation").in_bulk(ready["people"])
    wall, spent = [], []
    for session_id, person_id in zip(ready["sessions"], ready["people"], strict=True):
        began, cpu = time.perf_counter(), time.process_time()
        registration.register(rows[session_id], person=people[person_id])
        wall.append(time.perf_counter() - began)
        spent.append(time.process_time() - cpu)
    wall.sort()
    return {
        "median_ms": statistics.median(wall) * 1000,
        "p95_ms": wall[int(len(wall) * 0.95)] * 1000,
        "cpu_ms": statistics.median(spent) * 1000,
    }


def _with_course(pk: int) -> Session:
    return Session.objects.with_card().get(pk=pk)


def register_many(jobs: list[list[int]], threads: int, start_at: float) -> dict[str, Any]:
    """Register (session, person) pairs from threads with connections of their own, all from ``start_at``."""
    sessions = Session.objects.with_card().in_bulk({session for session, _ in jobs})
    people = Person.objects.select_related("organisation").in_bulk({person for _, person in jobs})
    gate = threading.Barrier(threads)

    def run(part: list[list[int]]) -> Counter[str]:
        connection.ensure_connection()
        gate.wait(timeout=60)
        time.sleep(max(0.0, start_at - time.time()))
        outcomes = Counter(
            _outcome(
                lambda s=s, p=p: registration.register(
                    sessions[s], person=people[p], waiting_ok=False
                )
            )
            for s, p in part
        )
        connections.close_all()
        return outcomes

    total: Counter[str] = Counter()
    with ThreadPoolExecutor(threads) as pool:
        for part in pool.map(run, [jobs[n::threads] for n in range(threads)]):
            total += part
    return {"outcomes": dict(total), "ended_at": time.time()}


def _outcome(job: Callable[[], Registration]) -> str:
    try:
        return job().state
    except SeatRefused as refused:
        return refused.code
    except Exception as error:  # noqa: BLE001 - it is counted and shown
        return repr(error)[:200]


def check(sessions: list[int]) -> dict[str, int]:
    """Is every seat of these dates sold once, counted right and told?"""
    seated = Q(registrations__state__in=Registration.SEATED)
    rows = Session.objects.filter(pk__in=sessions).annotate(
        seats=Count("registrations", filter=seated)
    )
    made = Registration.objects.filter(session__in=sessions, state="registered")
    return {
        "sold": made.count(),
        "oversold": sum(max(0, row.seats - row.capacity) for row in rows),
        "miscounted": sum(row.seats != row.taken for row in rows),
        "invitations": Invitation.objects.filter(registration__in=made).count(),
        "mails": Message.objects.filter(invitation__registration__in=made).count(),
    }


# --- mail -----------------------------------------------------------------------------------------


def drain(limit: int) -> dict[str, Any]:
    """What one worker does, without its start."""
    delivery.drain(
        limit=20
    )  # templates and time zones read once, as in a worker that has been running
    began, cpu = time.perf_counter(), time.process_time()
    tally = delivery.drain(limit=limit)
    return {
        "sent": tally.sent,
        "handled": tally.handled,
        "seconds": time.perf_counter() - began,
        "cpu_ms": (time.process_time() - cpu) * 1000 / max(1, tally.sent),
    }


def builders(times: int = 300) -> dict[str, float]:
    """Milliseconds of processor time per calendar: the plain builder, and the one that remembers sessions."""
    row = Invitation.objects.select_related("person", "session__course", "session__location")[0]
    facts = Facts.of(row.session)
    invites = [
        calendar.Invite(
            method="REQUEST",
            uid=f"{n:032x}@bench.example",
            sequence=0,
            dtstamp=clock.now(),
            start=facts.start,
            end=facts.end,
            title=facts.title,
            location=facts.location,
            description=f"Link: https://vergadering.example/{n}" * 4,
            url="https://bench.example/cursussen/x/",
            organizer="uitnodigingen@bench.example",
            attendee=f"meting.{n}@zaad.example",
            attendee_name=f"Meting {n}",
        )
        for n in range(times)
    ]
    spent = {}
    for name, build in (("plain", calendar.build), ("pattern", pattern.build)):
        build(invites[0])
        began = time.process_time()
        for invite in invites:
            build(invite)
        spent[name] = (time.process_time() - began) * 1000 / times
    return spent


def queue(number: int) -> int:
    """So many invitations wait: for registrations of the seed that have none, and then news of dates."""
    waiting = Message.objects.filter(state="pending").count()
    seats = Registration.objects.filter(
        state="registered", session__starts_at__gt=clock.now(), invitations__isnull=True
    ).select_related("person")
    for rows in batched(seats.order_by("pk")[: number - waiting].iterator(2000), 2000):
        made = Invitation.objects.bulk_create(
            Invitation(person=row.person, session_id=row.session_id, registration=row)
            for row in rows
        )
        put_all(
            [
                new("registered", key=f"inv:{row.hex}:request", person=row.person, invitation=row)
                for row in made
            ]
        )
    short = number - Message.objects.filter(state="pending").count()
    course = Course.objects.order_by("pk")[0].pk
    people = list(Person.objects.order_by("pk")[:5000])
    for part in batched(range(max(0, short)), 2000):
        put_all(
            [
                new("new_date", key=f"bench:{n}", person=people[n % len(people)], course=course)
                for n in part
            ]
        )
    return Message.objects.filter(state="pending").count()


def hurry(number: int, every: float) -> dict[str, float]:
    """Codes and late cancellations while a bulk run goes on: seconds from the row to the server's 250, p95."""
    asked = list(Person.objects.order_by("-pk")[:number])
    told = (
        Invitation.objects.filter(method_sent="REQUEST", state="active", in_flight=None)
        .filter(registration__state="registered")
        .select_related("registration__session__course", "registration__person")
        .order_by("pk")[:number]
    )
    before = clock.now()
    for person, invitation in zip(asked, told, strict=True):
        send_code(person, email=person.email, code="123456", language="nl", browser="bench")
        registration.cancel(invitation.registration, by=invitation.registration.person)
        # As for a session that starts within two hours.
        mine = Message.objects.filter(invitation=invitation, kind="withdrawn")
        mine.update(queue=Message.Queue.URGENT)
        nudge(Message.Queue.URGENT)
        time.sleep(every)
    rows = Message.objects.filter(created_at__gte=before)
    found = {}
    for name, kind in (("code", "login_code"), ("cancel", "withdrawn")):
        give_up = time.monotonic() + 90
        while rows.filter(kind=kind).exclude(state="sent").exists():
            if time.monotonic() > give_up:
                break
            time.sleep(0.5)
        waits = sorted(
            ((row.sent_at or clock.now()) - row.created_at).total_seconds()
            for row in rows.filter(kind=kind)
        )
        found[name] = waits[int(len(waits) * 0.95)]
    return found


def outbox() -> dict[str, int]:
    return dict(Message.objects.values_list("state").annotate(n=Count("pk")).order_by())


if __name__ == "__main__":
    arguments = (
        json.loads(sys.argv[2]) if len(sys.argv) > 2 else json.loads(sys.stdin.read() or "{}")
    )
    print(json.dumps(globals()[sys.argv[1]](**arguments)))
