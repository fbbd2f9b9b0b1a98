# SPDX-License-Identifier: EUPL-1.2
"""The pools of this process: everything in memory once, and from then on only what is new.

In the matching worker alone; 100,000 profiles take 0.3 GB. Threads share it.
"""

import datetime as dt
import functools
import threading
import time

from base import clock
from matching.models import LearnedWeights, Vector
from matching.ranking import store
from matching.ranking.encoding import encoder
from matching.ranking.ranker import Pool, Query, Ranked, Ranker, RankWeights

#: How often to look for vectors that were deleted: what is gone is filtered out of every answer anyway.
_CHECK_SECONDS = 30.0


class Index:
    """Trainers or courses, by primary key."""

    def __init__(self, ranker: Ranker, kind: str) -> None:
        self.ranker, self.kind = ranker, kind
        self._lock = threading.RLock()
        self._pool = Pool(ranker)
        self._revised: dict[int, float] = {}
        self._seen: dt.datetime | None = None
        self._checked = 0.0
        self._not_behind = -_CHECK_SECONDS

    def rank(self, query: Query, depth: int) -> list[Ranked]:
        with self._lock:
            return self._pool.rank(query, depth)

    def __len__(self) -> int:
        return len(self._pool)

    def refresh(self) -> None:
        """What was made since the last time; everything the first time."""
        with self._lock:
            at = clock.now()
            if self._seen is None:
                rows = Vector.objects.filter(kind=self.kind, version=self.ranker.version)
                self._pool = Pool(self.ranker)
                store.reserve(self._pool, rows)
                found = store.read(self.ranker, self.kind)
            else:
                found = store.read_these(self.ranker, self.kind, self._unseen(self._seen))
            for key, revised, encoded in found:
                self._pool.put(key, encoded)
                self._revised[key] = revised.timestamp()
            self._seen = at
            if time.monotonic() - self._checked > _CHECK_SECONDS:
                self._drop_gone()
                self._checked = time.monotonic()

    def is_behind(self) -> bool:
        """As store.is_behind; that it is not is believed for half a minute, for it counts the whole pool."""
        with self._lock:
            if time.monotonic() - self._not_behind < _CHECK_SECONDS:
                return False
            if store.is_behind(self.ranker):
                return True
            self._not_behind = time.monotonic()
            return False

    def _unseen(self, since: dt.datetime) -> list[int]:
        return [
            key
            for key, revised in store.revised_since(self.ranker, self.kind, since)
            if self._revised.get(key) != revised.timestamp()
        ]

    def _drop_gone(self) -> None:
        rows = Vector.objects.filter(kind=self.kind, version=self.ranker.version).order_by()
        if rows.count() == len(self._pool):
            return
        there = set(rows.values_list("object_id", flat=True).iterator(chunk_size=5000))
        for key in set(self._pool.trainers) - there:
            self._pool.drop(key)
            self._revised.pop(key, None)


def ranker() -> Ranker:
    """Of this process, with the weights learned last: asked at every call (one small query), so that a worker
    that runs for weeks uses them from the next question or round on. The same one as long as they stay."""
    model = encoder()
    learned = (
        LearnedWeights.objects.filter(encoder_version=model.version).first() if model else None
    )
    return _ranker(RankWeights(learned.part, learned.letters) if learned else RankWeights())


@functools.lru_cache(maxsize=1)
def _ranker(weights: RankWeights) -> Ranker:
    return Ranker(encoder(), weights)


#: Not by functools.cache: "trainer" and Kind.TRAINER are equal and would each get an index.
_indexes: dict[str, Index] = {}
_making = threading.Lock()


def index_of(kind: str) -> Index:
    """Weights are mixed into its rows: with others it is read anew."""
    now = ranker()
    with _making:
        found = _indexes.get(str(kind))
        if found is None or found.ranker is not now:
            found = _indexes[str(kind)] = Index(now, kind)
        return found


def forget_indexes() -> None:
    """As a process that has read nothing yet."""
    with _making:
        _indexes.clear()
