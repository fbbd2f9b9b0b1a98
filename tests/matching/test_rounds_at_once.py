# SPDX-License-Identifier: EUPL-1.2
"""Rounds and releases really at the same time: threads with connections of their own, and a killed worker.

Each guarantee stands beside a control that takes the guard away and shows the breach.
"""

import os
import signal
import subprocess
import sys
import threading
from collections import Counter

import pytest

pytest.importorskip("numpy")
pytest.importorskip("ortools")

from django.db import connection

from base import clock
from matching.domain import rounds
from matching.errors import RoundRefused
from matching.models import Match, MatchRun
from notifications.models import Message
from tests.courses.test_concurrency import at_once
from tests.matching.table import Table, profile, question
from tests.matching.test_rounds import a_round

pytestmark = pytest.mark.django_db(transaction=True)


def test_eight_rounds_at_once_one_runs_and_seven_say_so() -> None:
    results = at_once([lambda: rounds.start(kind="button")] * 8)
    assert Counter(type(result) for result in results) == {MatchRun: 1, RoundRefused: 7}
    assert MatchRun.objects.filter(state="running").count() == 1


def test_control_looking_first_lets_two_rounds_run() -> None:
    """Look whether one runs, start after: what the unique constraint prevents."""
    looked = threading.Barrier(2)

    def naive() -> MatchRun:
        assert not MatchRun.objects.filter(state="running").exists()
        looked.wait(timeout=30)
        # As if the constraint were not there: another state stands for "running".
        return MatchRun.objects.create(kind="button", state="failed", started_at=clock.now())

    results = at_once([naive] * 2)
    assert [type(result) for result in results] == [MatchRun, MatchRun]
    assert MatchRun.objects.count() == 2


def test_four_workers_claim_one_round_once() -> None:
    run = rounds.start(kind="button")
    results = at_once([lambda: rounds.claim(run.pk)] * 4)
    assert sum(isinstance(result, MatchRun) for result in results) == 1


def released(number: int) -> MatchRun:
    pairs = [(question(), profile()) for _ in range(number)]
    return a_round(Table(dict.fromkeys(pairs, 0.8)))


def test_release_and_asking_at_once_ask_every_trainer_once() -> None:
    run = released(4)

    def click() -> int:
        return rounds.ask_released(rounds.release(run, by=None))

    results = at_once([click] * 4)
    assert sum(results) == 4, results
    assert Match.objects.filter(state="asked").count() == 4
    assert Message.objects.filter(kind="request_asked").count() == 4


def test_release_and_discard_at_once_one_wins() -> None:
    run = released(2)
    results = at_once([lambda: rounds.release(run, by=None), lambda: rounds.discard(run, by=None)])
    refused = [result for result in results if isinstance(result, RoundRefused)]
    assert len(refused) == 1, results
    run.refresh_from_db()
    kept = run.state == "released"
    assert Match.objects.count() == (2 if kept else 0)


WORKER = """
import sys, time, django
django.setup()
from django.db import connection
from matching.domain import outcome, round_work, rounds

def slow(edition, report):
    report(1, 3)
    time.sleep(1)
    report(2, 3)
    print("working", flush=True)
    time.sleep(60)

round_work.carry_out(rounds.claim(int(sys.argv[1])), work=slow)
"""


@pytest.mark.services
def test_a_worker_killed_in_the_middle_leaves_a_round_that_another_takes_over() -> None:
    asked, trainer = question(), profile()
    run = rounds.start(kind="nightly")
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tjc.settings.test"} | database()
    with subprocess.Popen(
        [sys.executable, "-c", WORKER, str(run.pk)],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as worker:
        try:
            assert worker.stdout.readline().strip() == "working"
        finally:
            worker.send_signal(signal.SIGKILL)
    run.refresh_from_db()
    assert (run.state, run.done, run.total, Match.objects.count()) == ("running", 2, 3, 0)
    assert rounds.claim(run.pk) is None  # a minute ago it lived
    MatchRun.objects.update(alive_at=clock.now() - rounds.ROUND_SILENT * 2)
    done = a_round_of(run, Table({(asked, trainer): 0.8}))
    assert (done.state, done.matches.get().trainer) == ("ready", trainer.person)


def a_round_of(run: MatchRun, table: Table) -> MatchRun:
    from matching.domain import pairing, round_work

    claimed = rounds.claim(run.pk)
    assert claimed is not None
    return round_work.carry_out(
        claimed,
        work=lambda edition, report: pairing.work_out(
            edition=edition, make_ranker=table, report=report
        ),
    )


def database() -> dict[str, str]:
    """Where another process finds the database of this test."""
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return {"TJC_TEST_SQLITE": f"sqlite:///{settings['NAME']}"}
    host = f"{settings['HOST']}:{settings['PORT']}"
    return {
        "TEST_DATABASE_URL": f"postgresql://{settings['USER']}:{settings['PASSWORD']}@{host}/{settings['NAME']}"
    }
