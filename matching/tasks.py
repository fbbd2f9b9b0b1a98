# SPDX-License-Identifier: EUPL-1.2
"""What Celery asks of this room. Safe to run twice. What needs numpy or OR-Tools loads it inside the task, on
the queue "matching" (CELERY_TASK_ROUTES), so that web and the mail worker never do.
"""

import datetime as dt
import logging

from celery import shared_task

from base import clock
from matching.domain import (
    matches,
    nominations,
    planning,
    rankings,
    requests,
    round_schedule,
    rounds,
)
from matching.errors import RoundRefused
from matching.models import MatchRun

logger = logging.getLogger(__name__)

#: Trainers asked per task, so that a worker gets round to other work.
ASKED_PER_TASK = 200
#: Vectors are made for so long at a time: a question of a page goes between.
SECONDS_PER_TASK = 5.0


@shared_task(ignore_result=True)
def carry_out_round(run_id: int) -> str:
    """One round that was started; nothing when it is over or another worker is on it."""
    from matching.domain import round_work

    run = rounds.claim(run_id)
    if run is None:
        return "over"
    try:
        done = round_work.carry_out(run)
    except RoundRefused as refused:
        logger.warning("round %s: %s", run.public_id, refused.sentence)
        return "taken"
    if done.state == MatchRun.State.RELEASED:
        ask_released_round.delay(done.pk)
    return done.state


@shared_task(ignore_result=True)
def nightly_round() -> str:
    """Beat, every night. When somebody's round is running, that one is enough."""
    kind, edition = round_schedule.tonight(clock.today())
    try:
        run = rounds.start(kind=kind, edition=edition)
    except RoundRefused:
        return "running"
    return str(carry_out_round(run.pk))


@shared_task(ignore_result=True)
def ask_released_round(run_id: int) -> int:
    """The trainers of a released round get their question."""
    run = MatchRun.objects.get(pk=run_id)
    asked = rounds.ask_released(run, limit=ASKED_PER_TASK)
    if rounds.left_to_ask(run).exists():
        ask_released_round.delay(run_id)
    return asked


@shared_task(ignore_result=True)
def sweep_rounds() -> int:
    """Beat, every minute: rounds whose worker died count as failed, and releases whose nudge got lost go on."""
    rounds.fail_silent()
    asked = 0
    for run in rounds.unfinished_releases():
        asked += rounds.ask_released(run, limit=ASKED_PER_TASK)
    return asked


# --- ranking --------------------------------------------------------------------------------------


@shared_task(ignore_result=True)
def answer_ranking(task_id: int) -> str:
    """What a page asked. When the pool is not read yet it waits, and vectors are made at once."""
    told = rankings.answer(task_id)
    if told == "not yet":
        refresh_vectors.apply_async(retry=False, expires=600)
    return told


@shared_task(ignore_result=True)
def sweep_rankings() -> int:
    """Beat, every few seconds: what no nudge came for, and what a dead worker left."""
    return rankings.sweep()


@shared_task(ignore_result=True)
def refresh_vectors() -> int:
    """Vectors of texts that are new or changed; when there are more, ask for another go."""
    from matching.ranking import index, store

    made = store.refresh(index.ranker(), seconds=SECONDS_PER_TASK)
    if made:
        rankings.sweep(older_than=dt.timedelta())
    if made and store.wanting(index.ranker()):
        refresh_vectors.apply_async(retry=False, expires=600)
    return made


@shared_task(ignore_result=True)
def forget_vectors() -> int:
    """Beat, some times a day: vectors whose text went without a word."""
    from matching.ranking import store

    return store.sweep_orphans()


# --- questions, on the default queue ----------------------------------------------------------------


@shared_task(ignore_result=True)
def move_questions_on() -> int:
    """Beat, some times an hour: what time alone changes. Returns how many rows."""
    return (
        matches.expire_unanswered()
        + requests.nudge_expiring()
        + requests.expire()
        + requests.finish()
        + planning.remind_stalled()
        + nominations.remind()
    )


@shared_task(ignore_result=True)
def forget_questions() -> int:
    """Beat, some times a day: nominees who did not answer, texts of questions that ended long ago."""
    return nominations.erase_unanswered() + nominations.forget_noes() + requests.forget_texts()
