# SPDX-License-Identifier: EUPL-1.2
"""What pages ask of the matching worker: a row that waits, an answer that is polled.

No numpy here: the web asks and reads, the worker (matching.ranking) answers. The rows are technical: they are
made on a GET too, tell nothing that the database does not know, and are gone after a day. Without a worker or
broker a page says so after a while, and everything else on it works.
"""

import datetime as dt
import hashlib
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import F

from base import clock
from courses.domain import words
from matching.errors import PoolNotRead
from matching.models import KnowledgeRequest, RankTask

logger = logging.getLogger(__name__)

State = RankTask.State
Kind = RankTask.Kind

#: An answer is good for so long: profiles and free capacity change.
GOOD_FOR = dt.timedelta(hours=1)
#: Nobody at all may mean that the vectors of a new pool are still being made.
EMPTY_GOOD_FOR = dt.timedelta(minutes=1)
#: A search for courses that long ago is done again, and answered with the old result meanwhile.
SEARCH_GOOD_FOR = dt.timedelta(minutes=30)
#: After so long a page says that it takes longer, and then that it does not work.
LATE_AFTER = dt.timedelta(seconds=10)
FAILED_AFTER = dt.timedelta(minutes=2)
KEEP = dt.timedelta(days=1)
MAX_ATTEMPTS = 3
#: Searches that may wait at once: robots must not fill the table.
MOST_SEARCHES = 100
_POLL_SECONDS = 0.04
_EXPIRES = 120


class Progress(StrEnum):
    WAITING = "waiting"
    LATE = "late"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True)
class Answer:
    """``candidates`` as matching.ranking.shortlist.Candidate, as JSON: best first."""

    progress: Progress
    candidates: list[dict[str, Any]]
    #: Nobody is near enough to say that they can help.
    nobody: bool = False
    #: Somebody is near enough, but not so near that it can be promised.
    unsure: bool = False
    #: Ranked by words alone: the language model is away.
    by_words: bool = False

    @property
    def waits(self) -> bool:
        """The page asks again."""
        return self.progress in {Progress.WAITING, Progress.LATE}


# --- trainers for a question ----------------------------------------------------------------------


def ask(request: KnowledgeRequest) -> RankTask:
    """Have the shortlist of this question made anew; an older one is forgotten."""
    with transaction.atomic():
        RankTask.objects.filter(request=request).delete()
        task = RankTask.objects.create(kind=Kind.TRAINERS, request=request, created_at=clock.now())
        transaction.on_commit(partial(_nudge, task.pk), robust=True)
    return task


def answer_for(request: KnowledgeRequest) -> Answer:
    """What is known now; asks when nobody did, or when the answer has grown old. One query, mostly."""
    task = RankTask.objects.filter(request=request, kind=Kind.TRAINERS).order_by("-pk").first()
    if task is None or _is_old(task, GOOD_FOR if task.result.get("candidates") else EMPTY_GOOD_FOR):
        task = ask(request)
    progress = _progress(task)
    return Answer(
        progress,
        list(task.result.get("candidates", [])),
        nobody=bool(task.result.get("nobody")),
        unsure=bool(task.result.get("unsure")),
        by_words=bool(task.result.get("by_words")),
    )


def _is_old(task: RankTask, good_for: dt.timedelta) -> bool:
    return task.answered_at is not None and clock.now() - task.answered_at > good_for


def _progress(task: RankTask) -> Progress:
    if task.state == State.READY:
        return Progress.READY
    waited = clock.now() - task.created_at
    if task.state == State.FAILED or waited > FAILED_AFTER:
        return Progress.FAILED
    return Progress.LATE if waited > LATE_AFTER else Progress.WAITING


# --- courses for a search -------------------------------------------------------------------------


def courses_like(query: str, *, wait: float = 0.0) -> Mapping[int, float]:
    """Courses that mean what is searched for, by key, as far as the worker has said so within ``wait`` seconds.

    The same words ask once: whoever searches next has the answer at once.
    """
    text = words.normalise(query)[:200]
    if not text:
        return {}
    key = hashlib.sha256(text.encode()).hexdigest()
    task = RankTask.objects.filter(key=key).first()
    if task is None:
        if RankTask.objects.filter(state=State.WAITING, kind=Kind.COURSES).count() >= MOST_SEARCHES:
            return {}
        task, made = RankTask.objects.get_or_create(
            key=key,
            defaults={"kind": Kind.COURSES, "text": query[:200], "created_at": clock.now()},
        )
        if made:
            transaction.on_commit(partial(_nudge, task.pk), robust=True)
    elif _is_old(task, SEARCH_GOOD_FOR):
        _again(task, query)
    task = _wait_for(task, wait)
    return {int(pk): score for pk, score in task.result.get("courses", {}).items()}


def _again(task: RankTask, query: str) -> None:
    """Answered with what it knew, asked anew for the next."""
    claimed = RankTask.objects.filter(pk=task.pk, state__in=(State.READY, State.FAILED)).update(
        state=State.WAITING, text=query[:200], created_at=clock.now(), attempts=0, answered_at=None
    )
    if claimed:
        transaction.on_commit(partial(_nudge, task.pk), robust=True)


def _wait_for(task: RankTask, seconds: float) -> RankTask:
    """The task, answered if that comes in time. Not inside a transaction: it would see nothing new."""
    give_up = time.monotonic() + seconds
    fresh = clock.now() - task.created_at < dt.timedelta(seconds=5)
    while task.state == State.WAITING and not task.result and fresh:
        if time.monotonic() >= give_up:
            break
        time.sleep(_POLL_SECONDS)
        task.refresh_from_db(fields=["state", "result"])
    return task


# --- the worker's side ----------------------------------------------------------------------------


def _nudge(task_id: int) -> None:
    """Never raises: without broker, beat's sweep comes to it."""
    from matching import tasks

    try:
        tasks.answer_ranking.apply_async(args=[task_id], retry=False, expires=_EXPIRES)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with the broker
        logger.warning("no nudge for the matching worker: %s", type(error).__name__)


def answer(task_id: int) -> str:
    """Answer one task; nothing when that was done. Safe to run twice and to be killed in: it still waits then."""
    from matching.ranking import shortlist

    claimed = RankTask.objects.filter(pk=task_id, state=State.WAITING)
    if not claimed.update(attempts=F("attempts") + 1):
        return "over"
    task = RankTask.objects.select_related("request__organisation").get(pk=task_id)
    try:
        if task.request is not None:
            result = shortlist.answer(task.request)
        else:
            result = {"courses": shortlist.courses_for(task.text)}
    except PoolNotRead:
        # Not an attempt that failed: it waits until the vectors are there (tasks.refresh_vectors comes back to it).
        claimed.update(attempts=F("attempts") - 1)
        return "not yet"
    except Exception as error:
        # Of what, never with the text: it may hold what somebody wrote.
        logger.exception("ranking %s failed: %s", task.public_id, type(error).__name__)
        if task.attempts >= MAX_ATTEMPTS:
            claimed.update(state=State.FAILED, text="", answered_at=clock.now())
        return "failed"
    claimed.update(state=State.READY, result=result, text="", answered_at=clock.now())
    return "ready"


def sweep(*, older_than: dt.timedelta = dt.timedelta(seconds=3)) -> int:
    """What no nudge came for, and what died on the way. How many were answered."""
    now = clock.now()
    RankTask.objects.filter(created_at__lt=now - KEEP).delete()
    waiting = RankTask.objects.filter(state=State.WAITING).order_by("created_at")
    waiting.filter(attempts__gte=MAX_ATTEMPTS).update(state=State.FAILED, text="", answered_at=now)
    late = waiting.filter(created_at__lt=now - older_than)
    return sum(answer(pk) == "ready" for pk in list(late.values_list("pk", flat=True)[:50]))
