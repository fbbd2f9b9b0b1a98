# SPDX-License-Identifier: EUPL-1.2
"""What beat and the matching worker do with rounds."""

import datetime as dt

import pytest

pytest.importorskip("numpy")
pytest.importorskip("ortools")

from base import clock
from matching import tasks
from matching.domain import round_schedule, rounds
from matching.models import Match, MatchRun
from tests.factories import EditionFactory, PersonFactory
from tests.matching.table import profile, question

pytestmark = pytest.mark.django_db


@pytest.fixture
def queued(monkeypatch):
    from tjc.celery import app  # noqa: F401 - registers the tasks

    sent = []
    monkeypatch.setattr(
        tasks.ask_released_round, "apply_async", lambda args, *_, **__: sent.append(args[0])
    )
    return sent


@pytest.fixture
def a_pair():
    trainer = profile(
        headline="Draaitabellen in Excel", expertise="Excel, draaitabellen, formules en grafieken."
    )
    return question(title="Draaitabel", text="Hoe maak ik een draaitabel in Excel?"), trainer


def test_the_night_makes_a_round_that_waits_for_release(a_pair, queued) -> None:
    _request, trainer = a_pair
    assert tasks.nightly_round() == "ready"
    run = MatchRun.objects.get()
    assert (run.kind, run.edition, run.matches.get().trainer) == ("nightly", None, trainer.person)
    assert (queued, tasks.sweep_rounds()) == ([], 0)
    assert Match.objects.get().state == "suggested"


def test_the_night_leaves_a_round_that_runs_alone() -> None:
    rounds.start(kind="button")
    assert tasks.nightly_round() == "running"
    assert MatchRun.objects.count() == 1


@pytest.mark.parametrize(("days", "kind"), [(21, "edition"), (20, "nightly"), (7, "edition")])
def test_some_weeks_before_an_edition_the_night_is_for_that_edition(days, kind) -> None:
    today = dt.date(2026, 10, 1)
    first = today + dt.timedelta(days=days)
    edition = EditionFactory(starts_on=first, ends_on=first + dt.timedelta(days=4))
    assert round_schedule.tonight(today) == (kind, edition if kind == "edition" else None)


def test_with_auto_release_the_trainers_are_asked_by_the_next_task(
    a_pair, queued, settings
) -> None:
    settings.ROUNDS_RELEASE_THEMSELVES = True
    assert tasks.nightly_round() == "released"
    run = MatchRun.objects.get()
    assert queued == [run.pk]
    assert tasks.ask_released_round(run.pk) == 1
    assert Match.objects.get().state == "asked"


def test_a_round_that_is_over_is_not_carried_out_again(a_pair) -> None:
    run = rounds.start(kind="button")
    assert tasks.carry_out_round(run.pk) == "ready"
    assert tasks.carry_out_round(run.pk) == "over"  # the broker delivered it twice


def test_the_sweep_goes_on_with_a_release_whose_nudge_got_lost(a_pair) -> None:
    run = rounds.start(kind="button")
    tasks.carry_out_round(run.pk)
    rounds.release(run, by=PersonFactory())
    assert tasks.sweep_rounds() == 1
    assert Match.objects.get().state == "asked"


def test_the_sweep_lets_silent_rounds_fail() -> None:
    waiting = rounds.start(kind="button")
    tasks.sweep_rounds()
    waiting.refresh_from_db()
    assert waiting.state == "running"
    MatchRun.objects.update(started_at=clock.now() - rounds.ROUND_WAITS * 1.1)
    tasks.sweep_rounds()
    waiting.refresh_from_db()
    assert (waiting.state, waiting.error) == ("failed", "the worker fell silent")


def test_rounds_have_the_queue_of_the_matching_worker_and_their_place_in_beat(settings) -> None:
    for name in ("carry_out_round", "nightly_round"):
        assert settings.CELERY_TASK_ROUTES[f"matching.tasks.{name}"] == {"queue": "matching"}
    tasks_of_beat = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert {"matching.tasks.nightly_round", "matching.tasks.sweep_rounds"} <= tasks_of_beat
