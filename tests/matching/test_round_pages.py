# SPDX-License-Identifier: EUPL-1.2
"""The coordinator's pages about rounds: who sees which name, and what the buttons do."""

import re

import pytest

pytest.importorskip("numpy")
pytest.importorskip("ortools")

from accounts.models import AuditEvent
from matching import tasks
from matching.domain import rounds
from matching.models import Match, MatchRun
from tests.factories import (
    EditionFactory,
    OrganisationFactory,
    PersonFactory,
    coordinator,
    national_coordinator,
)
from tests.matching.table import Table, profile, question
from tests.matching.test_rounds import a_round

pytestmark = pytest.mark.django_db

OVERVIEW = "/coordinatie/matching/"


def text_of(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


@pytest.fixture
def queued(monkeypatch):
    """The broker is the edge of the world: what would go there."""
    from tjc.celery import app  # noqa: F401 - registers the tasks

    sent = []
    for task in (tasks.carry_out_round, tasks.ask_released_round):
        monkeypatch.setattr(
            task, "apply_async", lambda args, _name=task.__name__, **_: sent.append((_name, *args))
        )
    return sent


@pytest.fixture
def gouda():
    return OrganisationFactory(name="Gemeente Gouda", slug="gouda")


@pytest.fixture
def delft():
    return OrganisationFactory(name="Gemeente Delft", slug="delft")


@pytest.fixture
def a_ready_round(gouda, delft):
    """Gouda asks Delft's Dirk, Delft asks Gouda's Gerda, and one question of Delft finds nobody."""
    dirk = profile(person=PersonFactory(name="Dirk Trainer", organisation=delft))
    gerda = profile(person=PersonFactory(name="Gerda Trainer", organisation=gouda))
    asker = {"name": "Anna Vrager"}
    of_gouda = question(
        title="Vraag van Gouda",
        organisation=gouda,
        asker=PersonFactory(organisation=gouda, **asker),
    )
    of_delft = question(
        title="Vraag van Delft",
        organisation=delft,
        asker=PersonFactory(organisation=delft, **asker),
    )
    question(title="Niemand weet dit", organisation=delft)
    return a_round(Table({(of_gouda, dirk): 0.8, (of_delft, gerda): 0.8}))


def page_of(run: MatchRun) -> str:
    return f"{OVERVIEW}{run.public_id}/"


def test_national_coordinator_sees_trainers_by_name_and_no_asker(client, a_ready_round) -> None:
    client.force_login(national_coordinator())
    shown = text_of(client.get(page_of(a_ready_round)))
    for text in (
        "2 van 3 kennisvragen hebben een trainer",
        "Er is nog niemand gevraagd",
        "Dirk Trainer",
        "Gerda Trainer",
        "Niemand in de trainerpool past bij deze vraag.",
        "Iedereen krijgt hooguit één vraag",
        "100%",
    ):
        assert text in shown, text
    assert "Anna Vrager" not in shown
    viewed = AuditEvent.objects.get(verb="round.viewed")
    assert viewed.detail == {"count": 2}


def test_coordinator_sees_the_own_questions_and_the_own_trainers(
    client, gouda, a_ready_round
) -> None:
    client.force_login(coordinator(gouda))
    shown = text_of(client.get(page_of(a_ready_round)))
    assert "Vraag van Gouda" in shown  # asked here
    assert "Gerda Trainer" in shown  # teaches elsewhere
    for hidden in ("Dirk Trainer", "Anna Vrager", "Niemand weet dit", "Geef deze ronde vrij"):
        assert hidden not in shown, hidden


def test_coordinator_of_another_organisation_sees_figures_only(client, a_ready_round) -> None:
    client.force_login(coordinator(OrganisationFactory()))
    shown = text_of(client.get(page_of(a_ready_round)))
    assert "2 van 3 kennisvragen hebben een trainer" in shown
    for hidden in ("Vraag van", "Dirk", "Gerda", "Gemeente Gouda", "Niemand weet dit"):
        assert hidden not in shown, hidden


@pytest.mark.parametrize("what", ["start/", "{run}/vrijgeven/", "{run}/weggooien/"])
def test_only_the_national_coordinator_has_the_buttons(
    client, gouda, a_ready_round, queued, what
) -> None:
    address = OVERVIEW + what.format(run=a_ready_round.public_id)
    for person in (coordinator(gouda), PersonFactory()):
        client.force_login(person)
        assert client.post(address).status_code == 403
    client.force_login(national_coordinator())
    assert client.get(address).status_code == 405
    assert client.post(address).status_code == 302


def test_start_queues_one_round_and_says_that_it_runs(client, queued) -> None:
    edition = EditionFactory()
    by = national_coordinator()
    client.force_login(by)
    answer = client.post(f"{OVERVIEW}start/", {"editie": edition.slug})
    run = MatchRun.objects.get()
    assert (answer["Location"], queued) == (page_of(run), [("carry_out_round", run.pk)])
    assert (run.kind, run.edition, run.started_by) == ("button", edition, by)
    again = client.post(f"{OVERVIEW}start/", follow=True)
    assert "Er loopt al een koppelronde. Wacht tot die klaar is." in text_of(again)
    assert len(queued) == 1
    assert client.post(f"{OVERVIEW}start/", {"editie": "bestaat-niet"}).status_code == 404


def test_a_running_round_shows_how_far_it_is(client) -> None:
    run = rounds.claim(rounds.start(kind="button").pk)
    rounds.report(run, done=3, total=8)
    client.force_login(national_coordinator())
    whole = client.get(page_of(run))
    assert '<progress class="voortgang" max="8" value="3"' in " ".join(
        whole.content.decode().split()
    )
    assert "Ververs deze pagina" in text_of(whole)
    part = client.get(f"{page_of(run)}?deel=voortgang", headers={"hx-request": "true"})
    assert "<html" not in part.content.decode()
    assert "3 van 8 stappen klaar." in text_of(part)
    MatchRun.objects.update(state="failed")
    over = client.get(f"{page_of(run)}?deel=voortgang", headers={"hx-request": "true"})
    assert (over.status_code, over["HX-Refresh"]) == (204, "true")
    assert "Deze ronde is niet afgemaakt" in text_of(client.get(page_of(run)))


def test_release_twice_asks_once(client, a_ready_round, queued) -> None:
    client.force_login(national_coordinator())
    for _ in range(2):
        answer = client.post(f"{page_of(a_ready_round)}vrijgeven/", follow=True)
        assert "De trainers krijgen nu hun vraag." in text_of(answer)
    for _name, run in queued:
        tasks.ask_released_round(run)
    assert list(Match.objects.values_list("state", flat=True)) == ["asked", "asked"]


def test_discard_leaves_the_figures(client, a_ready_round) -> None:
    client.force_login(national_coordinator())
    shown = text_of(client.post(f"{page_of(a_ready_round)}weggooien/", follow=True))
    assert "2 van 3 kennisvragen hebben een trainer" in shown
    assert "Dirk Trainer" not in shown
    again = client.post(f"{page_of(a_ready_round)}vrijgeven/", follow=True)
    assert "Deze koppelronde kun je niet vrijgeven." in text_of(again)


def test_a_round_is_compared_with_the_one_before(client, gouda, delft, a_ready_round) -> None:
    table = Table({})
    second = a_round(table)
    client.force_login(national_coordinator())
    shown = text_of(client.get(page_of(second)))
    assert "0 van 3 kennisvragen hebben een trainer" in shown
    assert "0 vragen gekoppeld was 2" in shown
    assert "3 vragen zonder trainer was 1" in shown


@pytest.mark.parametrize("size", [1, 3])
def test_queries_do_not_grow(client, size, django_assert_num_queries) -> None:
    scores = {}
    for _ in range(size):
        scores[question(), profile()] = 0.8
        question()
    run = a_round(Table(scores))
    client.force_login(national_coordinator())
    client.get(page_of(run))
    with django_assert_num_queries(15):
        client.get(page_of(run))
    with django_assert_num_queries(5):
        client.get(OVERVIEW)
