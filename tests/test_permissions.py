# SPDX-License-Identifier: EUPL-1.2
"""Who gets in where: every named address of the product x role x method -> status, in one table
(permissions.txt).

A new address must be given its lines there, else ``test_every_address_is_in_the_table`` fails. POSTs are sent
empty: where a role gets in, the answer is the form with what is missing (200) or what the button does (302).
``inlog`` is a redirect to signing in. API addresses are asked with the role's own bearer token.
"""

import contextlib
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.domain.tokens import create_token
from accounts.models import AccessRequest, Person
from base import clock
from courses import tokens
from courses.domain.registration import register
from courses.models import CourseTrainer, Material, Registration, TrainerInvitation
from matching.models import Match, MatchRun, Nomination
from matching.tokens import nomination_token
from notifications import tokens as mail_tokens
from notifications.domain import feeds
from notifications.models import InboundMessage, Message, RefusedAddress
from reach.models import ExportJob, MonthlyExport
from tests import caching
from tests.factories import (
    CourseFactory,
    EditionFactory,
    MatchFactory,
    OrganisationFactory,
    PersonFactory,
    SessionFactory,
    TrainerProfileFactory,
    coordinator,
    national_coordinator,
)

ROLES = (
    "visitor",
    "colleague",  # signed in, nothing to do with this course
    "learner",  # takes part
    "trainer",  # gives the course and writes the draft
    "host",  # coordinates the organisation that gives the course
    "learners",  # coordinates the organisation of the learner
    "elsewhere",  # coordinates another organisation
    "national",
    "admin",  # superuser: opens the admin, not other people's participants
)

#: One line an address and method: the statuses in the order of ROLES.
TABLE = Path(__file__).with_name("permissions.txt")


@dataclass
class World:
    people: dict[str, Person | None]
    kwargs: dict[str, dict[str, Any]] = field(default_factory=dict)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "name" in metafunc.fixturenames:
        metafunc.parametrize("name", sorted({name for name, _method, _statuses in rows()}))


def rows() -> list[tuple[str, str, list[str]]]:
    found = []
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        name, method, *statuses = line.split()
        if name != "#":
            found.append((name, method, statuses))
    return found


def addresses() -> set[str]:
    """Every named address outside the Django admin."""

    def walk(resolver: URLResolver, prefix: str) -> Iterator[str]:
        for entry in resolver.url_patterns:
            if isinstance(entry, URLPattern):
                assert entry.name, f"address without a name: {prefix}{entry.pattern}"
                yield f"{prefix}{entry.name}"
            elif entry.namespace != "admin":
                yield from walk(entry, f"{prefix}{entry.namespace}:" if entry.namespace else prefix)

    return set(walk(get_resolver(), ""))


def test_every_address_is_in_the_table_with_its_methods() -> None:
    listed: dict[str, set[str]] = {}
    for name, method, statuses in rows():
        assert len(statuses) == len(ROLES), (name, method)
        assert method not in listed.setdefault(name, set()), (name, method)
        listed[name].add(method)
    assert set(listed) == addresses()
    for name, methods in listed.items():
        assert methods == methods_of(name), name


def methods_of(name: str) -> set[str]:
    return {"GET", "POST", "PATCH", "DELETE"} if name.startswith("api:") else {"GET", "POST"}


def at(row: Any, *names: str) -> dict[str, dict[str, Any]]:
    """Those addresses are asked about this row."""
    return {name: {"public_id": row.public_id} for name in names}


@pytest.fixture
def world(db: None) -> World:
    host, home, other = (OrganisationFactory() for _ in range(3))
    trainer = PersonFactory(name="Samira Trainer", organisation=host, slug="samira-trainer")
    learner = PersonFactory(name="Merel Learner", organisation=home)
    people: dict[str, Person | None] = {
        "visitor": None,
        "colleague": PersonFactory(organisation=other),
        "learner": learner,
        "trainer": trainer,
        "host": coordinator(host),
        "learners": coordinator(home),
        "elsewhere": coordinator(other),
        "national": national_coordinator(),
        "admin": PersonFactory(is_staff=True, is_superuser=True),
    }
    edition = EditionFactory(slug="tjc-week-test")
    course = CourseFactory(organisation=host, trainer=trainer, slug="cursus")
    draft = CourseFactory(
        organisation=host, trainer=trainer, status="draft", published_at=None, slug="concept"
    )
    session = SessionFactory(course=course)
    SessionFactory(course=course, starts_at=session.starts_at + dt.timedelta(days=7))
    registration = register(session, person=learner)
    past = SessionFactory(course=course, starts_at=clock.now() - dt.timedelta(days=1))
    attended = Registration.objects.create(
        session=past, person=learner, organisation=home, state="attended"
    )
    invited_along = TrainerInvitation.objects.create(
        course=course, person=people["learners"], asked_by=trainer
    )
    co_trainer = CourseTrainer.objects.create(course=course, person=PersonFactory(), part="co")
    past.taken = 1
    past.save()
    material = Material.objects.create(course=course, title="Gids", url="https://example.nl/")
    invited = Message.objects.get(invitation__registration=registration)
    invited.state, invited.sent_at = "sent", clock.now()
    invited.save()
    inbound = InboundMessage.objects.create(
        message_id="<a@b>", received_at=clock.now(), outcome="free_text", state="queued"
    )
    refused = RefusedAddress.objects.create(address=learner.email, blocked_at=clock.now())
    download = ExportJob.objects.create(
        person=people["host"],
        organisation=host,
        table="registrations",
        format="csv",
        choice="",
        state="ready",
        file=default_storage.save("uitvoer/a.csv", ContentFile(b"a")),
        expires_at=clock.now() + dt.timedelta(days=1),
    )
    monthly = MonthlyExport.objects.create(
        person=people["host"], organisation=host, table="registrations", format="ods"
    )
    a_round = MatchRun.objects.create(kind="nightly", started_at=clock.now(), state="ready")
    newcomer = PersonFactory(organisation=host, organisation_confirmed=False)
    request = AccessRequest.objects.create(person=newcomer, organisation=host)
    day = {"day": edition.starts_on.isoformat()}
    one_day = clock.today() + dt.timedelta(days=60)
    EditionFactory(slug="tjc-dag-test", kind="day", starts_on=one_day, ends_on=one_day)
    found = World(people)
    asked, nomination = a_question(learner, trainer)
    found.kwargs = {
        **at(asked.request, "matching:request", "matching:edit", "matching:support"),
        **at(asked.request, "matching:close", "matching:keep-open", "matching:offer-help"),
        **at(
            asked.request,
            "matching:call",
            "matching:circle",
            "matching:pick-date",
            "matching:seek-on",
        ),
        **at(asked, "matching:answer", "matching:dates", "matching:stop-asking"),
        **at(course, "teach-published", "manage", "manage-text", "add-session", "add-co-trainer"),
        **at(invited_along, "trainer-invitation"),
        **at(course, "copy-course", "remove-co-trainer"),
        **at(course, "add-link", "add-file", "cancel-course", "archive-course"),
        **at(draft, "teach-edit", "teach-save", "teach-discard"),
        **at(session, "register", "register-code", "session-manage", "session-change"),
        **at(session, "session-seats", "session-cancel", "coordinator-cancel-session"),
        **at(session, "coordinator-register-session", "participant-list", "write-to-all"),
        **at(registration, "deregister", "registered", "coordinator-withdraw", "conversation"),
        **at(registration, "resend-invitation", "pages:calendar-file"),
        **at(past, "attendance"),
        **at(attended, "certificate"),
        **at(material, "material", "remove-material"),
        **at(request, "decide-access"),
        **at(newcomer, "confirm-person"),
        **at(invited, "sent-resend"),
        **at(inbound, "desk-decide"),
        **at(download, "reach:export", "export-file"),
        **at(a_round, "rounds:round", "rounds:release", "rounds:discard"),
        **at(refused, "try-address"),
    }
    pair = {"public_id": asked.request.public_id, "trainer_id": trainer.public_id}
    found.kwargs |= {
        "hand-over": {"public_id": course.public_id, "trainer_id": co_trainer.person.public_id},
        "matching:ask-trainer": pair,
        "matching:dismiss": pair,
        "matching:nomination": {"token": nomination_token(nomination)},
        "withdraw": {"token": tokens.withdraw_token(registration)},
        "move": {"token": tokens.withdraw_token(registration)},
        "evaluate": {"token": tokens.evaluate_token(attended)},
        "evaluate-thanks": {"token": tokens.evaluate_token(attended)},
        "feeds:edition": {"slug": edition.slug},
        "feeds:organisation": {"slug": host.slug},
        "feeds:person": {"token": feeds.renew(learner)},
        "mail:applied": {"token": mail_tokens.applied_token(attended)},
        "mail:unsubscribe": {"token": mail_tokens.unsubscribe_token(learner)},
        "mail:programme": {"slug": edition.slug},
        "reach:monthly-stop": {"token": mail_tokens.monthly_token(monthly.public_id.hex)},
        "open-data:table": {"slug": "themas", "kind": "csv"},
        "mail:day": {"slug": "tjc-dag-test"},
        "course": {"slug": "cursus"},
        "interest": {"slug": "cursus"},
        "poster": {"slug": "cursus"},
        "courses:organisation": {"slug": host.slug},
        "edition": {"slug": edition.slug},
        "edition-edit": {"slug": edition.slug},
        "edition-clone": {"slug": edition.slug},
        "trainer": {"slug": trainer.slug},
        "tjc-week": day,
        "tjc-day": {"day": one_day.isoformat()},
        "demo:mail": {"key": "bestaat-niet"},
        "demo:mail-file": {"key": "bestaat-niet"},
        "demo:calendar-file": {"key": "bestaat-niet"},
        "api:cursus": {"id": course.public_id},
        "api:kennisvraag": {"id": asked.request.public_id},
        "api:trainer": {"id": trainer.trainer_profile.public_id},
        "api:cursus-bijeenkomsten": {"id": course.public_id},
        "api:bijeenkomst": {"id": session.public_id},
        "api:annulering": {"id": session.public_id},
        "api:aanmeldingen": {"id": session.public_id},
        "api:aanmelding": {"id": session.public_id, "aanmelding": registration.public_id},
    }
    return found


def a_question(asker: Person, trainer: Person) -> tuple[Match, Nomination]:
    """The learner asks, the trainer of the course was asked; and somebody was pointed out."""
    TrainerProfileFactory(person=trainer)
    match = MatchFactory(request__asker=asker, request__state="asked", trainer=trainer)
    nomination = Nomination.objects.create(
        nominator=asker, email="karim@voorbeeld.nl", name="Karim", why="Weet alles van Woo."
    )
    return match, nomination


def path_of(world: World, name: str) -> str:
    kwargs = world.kwargs.get(name, world.kwargs.get(name.partition(":")[2], {}))
    return "/api/v1/bestaat-niet" if name == "api:not-found" else reverse(name, kwargs=kwargs)


class Undo(Exception):
    """Ends what one role did before the next one comes."""


def status_of(world: World, name: str, method: str, role: str) -> str:
    caching.empty()
    client, person = Client(), world.people[role]
    answer = ""
    with contextlib.suppress(Undo), transaction.atomic():
        headers = {}
        if person is not None and name.startswith("api:"):
            headers = {"Authorization": f"Bearer {create_token(person)}"}
        elif person is not None:
            client.force_login(Person.objects.get(pk=person.pk))
        send = getattr(client, method.lower())
        body = {"data": "{}", "content_type": "application/json"}
        extra = body if name.startswith("api:") and method != "GET" else {}
        response = send(path_of(world, name), headers=headers, **extra)
        if response.streaming:
            b"".join(response)
        answer = str(response.status_code)
        if re.match(r"/inloggen/(\?|$)", response.headers.get("Location", "")):
            answer = "inlog"
        raise Undo
    return answer


def test_status(world: World, name: str) -> None:
    for row_name, method, statuses in rows():
        if row_name == name:
            found = {role: status_of(world, name, method, role) for role in ROLES}
            assert (method, found) == (method, dict(zip(ROLES, statuses, strict=True)))
