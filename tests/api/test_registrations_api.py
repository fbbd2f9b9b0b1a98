# SPDX-License-Identifier: EUPL-1.2
"""POST /api/v1/bijeenkomsten/{id}/aanmeldingen and what belongs to it."""

import uuid

import pytest
from django.core.management import call_command

from accounts.models import AuditEvent
from courses.domain import registration
from courses.models import Registration, Session
from tests.factories import (
    CourseFactory,
    OrganisationFactory,
    PersonFactory,
    SessionFactory,
    coordinator,
    national_coordinator,
)

pytestmark = pytest.mark.django_db


def token_of(person, capsys):
    call_command("api_token", person.email)
    return capsys.readouterr().out.strip()


@pytest.fixture
def organisation():
    return OrganisationFactory(name="Gemeente Utrecht", domain="utrecht.nl")


@pytest.fixture
def boss(organisation):
    return coordinator(organisation, email="baas@utrecht.nl")


@pytest.fixture
def call(client, capsys):
    """call(person, method, path, body): the answer, with the person's bearer token."""

    def send(person, method, path, body=None):
        headers = {"Authorization": f"Bearer {token_of(person, capsys)}"} if person else {}
        return client.generic(
            method,
            f"/api/v1/{path}",
            body if isinstance(body, bytes) else __import__("json").dumps(body or {}),
            content_type="application/json",
            headers=headers,
        )

    return send


def sign_up(session):
    return f"bijeenkomsten/{session.public_id}/aanmeldingen"


MEREL = {"naam": "Merel de Jong", "email": "merel@utrecht.nl"}


def test_coordinator_registers_a_colleague(call, boss, organisation):
    session = SessionFactory()
    answer = call(boss, "POST", sign_up(session), MEREL)
    row = Registration.objects.get()
    assert (answer.status_code, answer.json()) == (
        201,
        {
            "id": str(row.public_id),
            "bijeenkomst": str(session.public_id),
            "naam": "Merel de Jong",
            "organisatie": "Gemeente Utrecht",
            "status": "aangemeld",
            "positie": None,
        },
    )
    assert (row.person.email, row.organisation, row.registered_by) == (
        "merel@utrecht.nl",
        organisation,
        boss,
    )
    assert Session.objects.get().taken == 1


def test_colleague_for_a_full_session_waits(call, boss):
    session = SessionFactory(capacity=1)
    registration.register(session, person=PersonFactory())
    answer = call(boss, "POST", sign_up(session), MEREL)
    assert (answer.status_code, answer.json()["status"], answer.json()["positie"]) == (
        201,
        "wachtlijst",
        1,
    )


def test_replayed_request_is_harmless(call, boss):
    session = SessionFactory()
    first = call(boss, "POST", sign_up(session), MEREL)
    second = call(boss, "POST", sign_up(session), MEREL)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert (Registration.objects.count(), Session.objects.get().taken) == (1, 1)


def test_refused_is_409_with_the_sentence_of_the_page(call, boss):
    session = SessionFactory(status="cancelled")
    answer = call(boss, "POST", sign_up(session), MEREL)
    assert (answer.status_code, answer["Content-Type"]) == (409, "application/problem+json")
    assert answer.json() == {
        "status": 409,
        "title": "Conflict",
        "detail": "Deze bijeenkomst gaat niet door.",
        "code": "cancelled",
    }


def test_colleague_of_another_organisation_is_refused(call, boss):
    OrganisationFactory(domain="zwolle.nl")
    session = SessionFactory()
    answer = call(boss, "POST", sign_up(session), {"naam": "Bas", "email": "bas@zwolle.nl"})
    assert (answer.status_code, answer.json()["code"]) == (409, "other_organisation")
    assert Registration.objects.count() == 0


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["naam", "email"]),
        ({"naam": "", "email": ""}, ["naam", "email"]),
        ({"naam": "Merel", "email": "merel@"}, ["email"]),
        ({"naam": "x" * 10_000, "email": "merel@utrecht.nl"}, ["naam"]),
        ({"naam": "Merel", "email": "merel@utrecht.nl\r\nBcc: x@y.nl"}, ["email"]),
        ({"naam": "Merel", "email": "merel@gmail.com"}, ["email"]),
    ],
)
def test_bad_input_is_400_with_every_field_at_once(call, boss, body, fields):
    answer = call(boss, "POST", sign_up(SessionFactory()), body)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert [error["field"] for error in answer.json()["errors"]] == fields
    assert Registration.objects.count() == 0


def test_broken_json_is_400(call, boss):
    answer = call(boss, "POST", sign_up(SessionFactory()), b"{naam:")
    assert (answer.status_code, answer.json()["title"]) == (400, "Bad Request")


def test_names_keep_emoji_and_lose_line_breaks(call, boss):
    body = {"naam": 'Zoë "Zus"\r\nd\'Àrc 🎉', "email": "zoe@utrecht.nl"}
    answer = call(boss, "POST", sign_up(SessionFactory()), body)
    assert answer.json()["naam"] == 'Zoë "Zus" d\'Àrc 🎉'


@pytest.mark.parametrize(
    ("who", "status"),
    [("nobody", 401), ("colleague", 403), ("national", 403), ("coordinator", 201)],
)
def test_only_a_coordinator_registers_others(call, boss, who, status):
    person = {
        "nobody": lambda: None,
        "colleague": PersonFactory,
        "national": national_coordinator,
        "coordinator": lambda: boss,
    }[who]()
    answer = call(person, "POST", sign_up(SessionFactory()), MEREL)
    assert answer.status_code == status
    assert answer["Content-Type"] == (
        "application/json" if status == 201 else "application/problem+json"
    )


def test_revoked_token_is_401(client, boss, capsys):
    token = token_of(boss, capsys)
    boss.api_tokens.update(revoked_at="2026-01-01T00:00Z")
    answer = client.get(
        f"/api/v1/{sign_up(SessionFactory())}", headers={"Authorization": f"Bearer {token}"}
    )
    assert (answer.status_code, answer["WWW-Authenticate"]) == (
        401,
        'Bearer realm="TrainJeCollega"',
    )


def test_unknown_session_is_404(call, boss):
    answer = call(boss, "POST", f"bijeenkomsten/{uuid.uuid4()}/aanmeldingen", MEREL)
    assert (answer.status_code, answer.json()["title"]) == (404, "Not Found")


def test_coordinator_sees_own_colleagues_only_and_that_is_logged(call, boss, organisation):
    session = SessionFactory()
    mine = registration.register(session, person=PersonFactory(organisation=organisation))
    registration.register(session, person=PersonFactory(name="Van een ander"))
    answer = call(boss, "GET", sign_up(session))
    assert [row["id"] for row in answer.json()["resultaten"]] == [str(mine.public_id)]
    assert AuditEvent.objects.filter(verb="participants.viewed", actor=boss).count() == 1


def test_trainer_sees_the_own_participants(call):
    trainer = PersonFactory()
    session = SessionFactory(course=CourseFactory(trainer=trainer))
    registration.register(session, person=PersonFactory(name="Bas Hofstra"))
    answer = call(trainer, "GET", sign_up(session))
    assert [row["naam"] for row in answer.json()["resultaten"]] == ["Bas Hofstra"]


def test_coordinator_withdraws_a_colleague_and_the_line_moves(call, boss, organisation):
    session = SessionFactory(capacity=1)
    mine = registration.register(session, person=PersonFactory(organisation=organisation))
    waiting = registration.register(session, person=PersonFactory())
    path = f"{sign_up(session)}/{mine.public_id}"
    assert [call(boss, "DELETE", path).status_code for _ in range(2)] == [204, 204]
    mine.refresh_from_db()
    waiting.refresh_from_db()
    assert (mine.state, mine.cancel_reason, waiting.state) == (
        "cancelled",
        "coordinator",
        "registered",
    )


def test_coordinator_cannot_withdraw_somebody_of_another_organisation(call, boss):
    session = SessionFactory()
    other = registration.register(session, person=PersonFactory())
    answer = call(boss, "DELETE", f"{sign_up(session)}/{other.public_id}")
    assert answer.status_code == 403
    other.refresh_from_db()
    assert other.state == "registered"
