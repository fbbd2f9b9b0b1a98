# SPDX-License-Identifier: EUPL-1.2
"""Carrying a round out: the driver that task and command share. Imported in the matching worker only."""

import logging
import time
from collections.abc import Callable
from typing import Any

from courses.models import Edition
from matching.domain import outcome, pairing, rounds
from matching.domain.outcome import Outcome
from matching.domain.round_ranker import Report
from matching.errors import RoundRefused
from matching.models import MatchRun, Vector
from matching.ranking import index, store
from matching.ranking.rounds import PoolRanker

logger = logging.getLogger(__name__)

#: Seconds between two signs of life; each is one small UPDATE.
REPORT_EVERY = 0.5
#: Vectors made between two signs of life.
_AT_A_TIME = 10


def work_out(edition: Edition | None, report: Report) -> Outcome:
    """With the product's own ranker. Writes nothing; a dry run ends here."""
    _make_what_is_missing(report)
    return pairing.work_out(edition=edition, make_ranker=PoolRanker, report=report)


def _make_what_is_missing(report: Report) -> None:
    """Vectors are made when a text changes; here those of questions and trainers that nobody came to yet."""
    ranker = index.ranker()
    for kind in (Vector.Kind.REQUEST, Vector.Kind.TRAINER):
        missing = made = store._wanting(kind, ranker.version).count()
        while keys := list(store._wanting(kind, ranker.version)[:_AT_A_TIME]):
            report(max(0, missing - made), missing)
            store.make(ranker, kind, keys)
            made -= len(keys)
            if made < -missing:
                return  # texts change faster than we make them; beat goes on with it


def carry_out(
    run: MatchRun,
    *,
    also: Report | None = None,
    work: Callable[[Edition | None, Report], Outcome] = work_out,
) -> MatchRun:
    """A claimed round, to its end. ``also`` hears of the progress too.

    Raises RoundRefused when the round was taken away in the meantime; any other error makes it fail and goes on.
    """
    try:
        found = work(run.edition, _Reporter(run, also))
        done = outcome.keep(run, found)
    except RoundRefused:
        raise
    except Exception as error:
        rounds.fail(run, f"{type(error).__name__}: {error}")
        raise
    if rounds.auto_release():
        done = rounds.release(done, by=None)
    return done


class _Reporter:
    """Progress as it is told: to the row every half second, to whoever watches at once."""

    def __init__(self, run: MatchRun, also: Report | None) -> None:
        self._run, self._also, self._last = run, also, 0.0

    def __call__(self, done: int, total: int) -> Any:
        if self._also is not None:
            self._also(done, total)
        now = time.monotonic()
        if now - self._last >= REPORT_EVERY:
            self._last = now
            rounds.report(self._run, done=done, total=total)
