# SPDX-License-Identifier: EUPL-1.2
"""Bearer tokens, and the people nobody's code confirmed."""

import datetime as dt
import hashlib
import io

import pytest
import time_machine
from django.core.management import CommandError, call_command
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.test import APIRequestFactory

from accounts.api_auth import BearerAuthentication
from accounts.domain.forgetting import forget_unverified_people
from accounts.domain.organisations import propose_organisation
from accounts.domain.tokens import create_token
from accounts.models import ApiToken, Organisation, Person
from accounts.tasks import forget_unverified_people as task
from base import clock
from courses.models import CourseTrainer, Registration
from tests.accounts.conftest import data_queries
from tests.factories import (
    CourseFactory,
    OrganisationFactory,
    PersonFactory,
    SessionFactory,
    coordinator,
)

pytestmark = pytest.mark.django_db


def authenticate(header: str | None):
    headers = {} if header is None else {"Authorization": header}
    return BearerAuthentication().authenticate(APIRequestFactory().get("/", headers=headers))


def test_command_prints_the_token_and_nothing_else() -> None:
    person = PersonFactory(email="merel@utrecht.nl")
    out, err = io.StringIO(), io.StringIO()
    call_command("api_token", "Merel@Utrecht.nl", stdout=out, stderr=err)
    token = out.getvalue().removesuffix("\n")
    assert (token.split(), err.getvalue()) == ([token], "")
    assert ApiToken.objects.get().key_hash == hashlib.sha256(token.encode()).hexdigest()
    assert token not in str(ApiToken.objects.values())
    assert authenticate(f"Bearer {token}") == (person, None)


@pytest.mark.parametrize("email", ["niemand@utrecht.nl", "geen adres", "weg@utrecht.nl"])
def test_command_for_nobody_makes_no_token(email) -> None:
    PersonFactory(email="weg@utrecht.nl", is_active=False)
    with pytest.raises(CommandError) as error:
        call_command("api_token", email)
    assert str(error.value) == f"There is no active person with the address {email}."
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize("header", [None, "", "Basic bWVyZWw6eA==", "Token abc"])
def test_other_schemes_are_anonymous(header) -> None:
    assert authenticate(header) is None


@pytest.mark.parametrize(
    "header",
    ["Bearer", "Bearer ", "Bearer onzin", "bearer " + "a" * 10_000, "Bearer é", "Bearer a b"],
)
def test_unknown_token_is_refused(header) -> None:
    create_token(PersonFactory())
    with pytest.raises(AuthenticationFailed):
        authenticate(header)


def test_revoked_token_and_blocked_person_are_refused() -> None:
    one, two = create_token(PersonFactory()), create_token(PersonFactory())
    first, second = ApiToken.objects.order_by("pk")
    first.revoked_at = clock.now()
    first.save()
    Person.objects.filter(pk=second.person_id).update(is_active=False)
    for token in (one, two):
        with pytest.raises(AuthenticationFailed):
            authenticate(f"Bearer {token}")


def test_use_is_written_once_a_day() -> None:
    token = create_token(PersonFactory())
    with time_machine.travel(dt.datetime(2026, 10, 13, 10, 0, tzinfo=dt.UTC), tick=False) as moment:
        assert data_queries(lambda: authenticate(f"Bearer {token}")) == 2
        assert data_queries(lambda: authenticate(f"Bearer {token}")) == 1
        assert ApiToken.objects.get().last_used_on == dt.date(2026, 10, 13)
        moment.shift(dt.timedelta(days=1))
        assert data_queries(lambda: authenticate(f"Bearer {token}")) == 2
        assert ApiToken.objects.get().last_used_on == dt.date(2026, 10, 14)


# Forgetting


def _old(person: Person, hours: int = 25) -> Person:
    Person.objects.filter(pk=person.pk).update(created_at=clock.now() - dt.timedelta(hours=hours))
    return person


def _registration(person: Person, state: str) -> None:
    Registration.objects.create(
        session=SessionFactory(),
        person=person,
        state=state,
        cancelled_at=clock.now() if state == "cancelled" else None,
        hold_expires_at=clock.now() if state == "held" else None,
        queued_at=clock.now() if state == "waiting" else None,
    )


def test_unverified_people_are_forgotten_after_a_day_unless_something_needs_them() -> None:
    fields = {"verified_at": None}
    course = CourseFactory()
    organisation = OrganisationFactory()
    gone = [_old(PersonFactory(**fields)), _old(PersonFactory(**fields))]
    _registration(gone[1], "cancelled")
    stays = [
        PersonFactory(**fields),
        _old(PersonFactory(**fields), hours=23),
        _old(PersonFactory()),
        _old(coordinator(organisation, **fields)),
        _old(PersonFactory(is_staff=True, **fields)),
    ]
    for state in ("held", "registered", "waiting", "attended", "absent"):
        person = _old(PersonFactory(**fields))
        _registration(person, state)
        stays.append(person)
    co_trainer = _old(PersonFactory(**fields))
    CourseTrainer.objects.create(course=course, person=co_trainer, part="co")
    stays.append(co_trainer)
    assert forget_unverified_people() == 2
    assert not Person.objects.filter(pk__in=[p.pk for p in gone]).exists()
    assert Person.objects.filter(pk__in=[p.pk for p in stays]).count() == len(stays)
    assert Registration.objects.filter(state="cancelled", person=None).count() == 1
    assert task() == 0


def test_organisation_that_only_they_named_goes_with_them() -> None:
    person = _old(PersonFactory(verified_at=None))
    named = propose_organisation("Nieuw Werk", email=person.email)
    kept = propose_organisation("Ander Werk", email=person.email)
    Organisation.objects.update(created_at=clock.now() - dt.timedelta(days=2))
    Person.objects.filter(pk=person.pk).update(organisation=named)
    PersonFactory(organisation=kept, organisation_confirmed=False)
    assert forget_unverified_people() == 1
    assert list(Organisation.objects.filter(confirmed=False)) == [kept]


def test_forgetting_takes_as_many_queries_for_one_as_for_many() -> None:
    _old(PersonFactory(verified_at=None))
    one = data_queries(forget_unverified_people)
    for _ in range(20):
        _old(PersonFactory(verified_at=None))
    assert data_queries(forget_unverified_people) == one
