# SPDX-License-Identifier: EUPL-1.2
"""Vectors in the database: made where they are missing or old, read into pools. In the matching worker only.

What has to be made is found, never told: no vector of this version, one that is stale
(matching.domain.vectors), or a text saved later than its vector. A worker that dies leaves it to be found again.
"""

import datetime as dt
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from django.db.models import Exists, F, Model, OuterRef, QuerySet

from base import clock
from courses.models import Course
from matching.models import KnowledgeRequest, TrainerProfile, Vector
from matching.ranking import sources
from matching.ranking.encoding import Vectors
from matching.ranking.ranker import Encoded, Pool, Ranker, asked_text
from matching.ranking.texts import TrainerText, spelled_out

Kind = Vector.Kind

#: Small, so that a task is over soon after its time on a busy machine too.
_BATCH = 10
_CHUNK = 2000
#: Clocks of machines differ, and a transaction may commit after a later one: look so far back for what is new.
OVERLAP = dt.timedelta(seconds=15)
_AT_ONCE = 500  # SQLite takes no more than some thousand parameters


#: The share of the pool that may lack a vector while questions are answered.
_MAY_WANT = 0.1

#: One thread of a worker makes vectors, the others answer.
_refreshing = threading.Lock()


# --- making ---------------------------------------------------------------------------------------


def refresh(ranker: Ranker, *, seconds: float = 20.0, limit: int | None = None) -> int:
    """Make what is missing or old, questions first; stops after so many seconds or rows. How many were made;
    none while another thread is at it."""
    if not _refreshing.acquire(blocking=False):
        return 0
    try:
        return _refresh(ranker, time.monotonic() + seconds, limit)
    finally:
        _refreshing.release()


def _refresh(ranker: Ranker, give_up: float, limit: int | None) -> int:
    made = 0
    for kind in (Kind.REQUEST, Kind.TRAINER, Kind.COURSE):
        while time.monotonic() < give_up and (limit is None or made < limit):
            keys = list(_wanting(kind, ranker.version)[:_BATCH])
            if not keys:
                break
            made += make(ranker, kind, keys)
    return made


def wanting(ranker: Ranker) -> int:
    return sum(_wanting(kind, ranker.version).count() for kind in Kind)


def is_behind(ranker: Ranker) -> bool:
    """More than one in ten trainers has no vector yet (a new pool, another model): "nobody fits" would not be
    true. Trainers who only just changed their text are not enough to wait for."""
    wanted = TrainerProfile.objects.exclude(state=TrainerProfile.State.WITHDRAWN).count()
    made = Vector.objects.filter(kind=Kind.TRAINER, version=ranker.version).count()
    return made < wanted * (1 - _MAY_WANT)


def make(ranker: Ranker, kind: str, keys: Collection[int]) -> int:
    """Vectors of these, of what they say now; those that are there no more lose theirs."""
    at = clock.now()
    # Before the texts are read: what changes afterwards counts on, and is found again.
    known = {
        key: (text_hash, changes)
        for key, text_hash, changes in Vector.objects.filter(
            kind=kind, version=ranker.version, object_id__in=keys
        ).values_list("object_id", "text_hash", "changes")
    }
    texts = _TEXTS[kind](keys)
    fresh = []
    for key, text in texts.items():
        text_hash = sources.hash_of(text)
        old_hash, changes = known.get(key, ("", 0))
        if old_hash == text_hash:
            Vector.objects.filter(
                kind=kind, version=ranker.version, object_id=key, text_hash=text_hash
            ).update(made_of=changes, revised_at=at)
        else:
            row = _row(ranker, kind, key, text)
            row.text_hash, row.made_of, row.revised_at = text_hash, changes, at
            fresh.append(row)
    Vector.objects.bulk_create(
        fresh,
        update_conflicts=True,
        unique_fields=["kind", "object_id", "version"],
        update_fields=["text_hash", "made_of", "parts", "meaning", "letters", "revised_at"],
    )
    mine = Vector.objects.filter(kind=kind)
    mine.filter(object_id__in=set(keys) - set(texts)).delete()
    mine.filter(object_id__in=texts).exclude(version=ranker.version).delete()
    return len(keys)


def _row(ranker: Ranker, kind: str, key: int, text: TrainerText | str) -> Vector:
    encoded = _of_question(ranker, text) if isinstance(text, str) else ranker.encode(text)
    meaning = b""
    parts = 0
    if encoded.whole is not None:
        rows = encoded.whole[None, :]
        if encoded.parts is not None:
            rows = np.vstack([rows, encoded.parts])
        meaning, parts = rows.astype("<f2").tobytes(), len(rows)
    return Vector(
        kind=kind,
        object_id=key,
        version=ranker.version,
        parts=parts,
        meaning=meaning,
        letters=encoded.letters.astype("<u2").tobytes(),
    )


def _of_question(ranker: Ranker, text: str) -> Encoded:
    """A question's vector as the encoder gives it; its letters are in its text."""
    whole = ranker.model.encode_query(spelled_out(text)) if ranker.model else None
    return Encoded(np.empty(0, np.uint16), whole)


def _trainer_texts(keys: Collection[int]) -> dict[int, TrainerText]:
    return {person: source.text for person, source in sources.trainers(keys).items()}


_TEXTS: Mapping[str, Callable[[Collection[int]], Mapping[int, TrainerText | str]]] = {
    Kind.TRAINER: _trainer_texts,
    Kind.COURSE: sources.courses,
    Kind.REQUEST: sources.requests,
}


def _wanting(kind: str, version: str) -> "QuerySet[Any, int]":
    rows: QuerySet[Any]
    key = "pk"
    if kind == Kind.TRAINER:
        rows = TrainerProfile.objects.exclude(state=TrainerProfile.State.WITHDRAWN)
        key = "person_id"
    elif kind == Kind.COURSE:
        rows = Course.objects.filter(status=Course.Status.PUBLISHED)
    else:
        rows = KnowledgeRequest.objects.live()
    return _without(rows, kind, key, version)


def _without(rows: "QuerySet[Model]", kind: str, key: str, version: str) -> "QuerySet[Any, int]":
    good = Vector.objects.filter(
        kind=kind,
        version=version,
        changes=F("made_of"),
        object_id=OuterRef(key),
        revised_at__gte=OuterRef("updated_at"),
    )
    return rows.filter(~Exists(good)).order_by(F("pk")).values_list(key, flat=True)


def sweep_orphans() -> int:
    """Vectors whose text is gone although nobody said so (rows deleted past the ORM). How many."""
    gone = 0
    for kind, rows, key in (
        (Kind.TRAINER, TrainerProfile.objects.exclude(state="withdrawn"), "person_id"),
        (Kind.COURSE, Course.objects.filter(status=Course.Status.PUBLISHED), "pk"),
        (Kind.REQUEST, KnowledgeRequest.objects.live(), "pk"),
    ):
        there = rows.filter(**{key: OuterRef("object_id")})
        gone += Vector.objects.filter(~Exists(there), kind=kind).delete()[0]
    return gone


# --- reading --------------------------------------------------------------------------------------


def read(ranker: Ranker, kind: str) -> Iterator[tuple[int, dt.datetime, Encoded]]:
    """(key, when revised, encoded) of all there is, some thousands of rows at a time."""
    yield from _read(ranker, Vector.objects.filter(kind=kind, version=ranker.version))


def read_these(
    ranker: Ranker, kind: str, keys: Sequence[int]
) -> Iterator[tuple[int, dt.datetime, Encoded]]:
    rows = Vector.objects.filter(kind=kind, version=ranker.version)
    for first in range(0, len(keys), _AT_ONCE):
        yield from _read(ranker, rows.filter(object_id__in=keys[first : first + _AT_ONCE]))


def revised_since(ranker: Ranker, kind: str, since: dt.datetime) -> list[tuple[int, dt.datetime]]:
    """Keys that may have been made since then, and when they were."""
    rows = Vector.objects.filter(kind=kind, version=ranker.version, revised_at__gte=since - OVERLAP)
    return list(rows.order_by().values_list("object_id", "revised_at"))


def _read(ranker: Ranker, rows: "QuerySet[Vector]") -> Iterator[tuple[int, dt.datetime, Encoded]]:
    for key, revised, parts, meaning, letters in (
        rows.order_by()
        .values_list("object_id", "revised_at", "parts", "meaning", "letters")
        .iterator(chunk_size=_CHUNK)
    ):
        yield key, revised, _encoded(ranker, parts, bytes(meaning), bytes(letters))


def _encoded(ranker: Ranker, parts: int, meaning: bytes, letters: bytes) -> Encoded:
    pieces = np.frombuffer(letters, "<u2")
    if not parts or ranker.model is None:
        return Encoded(pieces)
    rows = np.frombuffer(meaning, "<f2").reshape(parts, -1).astype(np.float32)
    return Encoded(pieces, rows[0], rows[1:] if parts > 1 else rows[:1])


def reserve(pool: Pool, rows: "QuerySet[Vector]") -> None:
    """Memory for all of these, asked for once."""
    total = sum(max(1, parts - 1) for parts in rows.order_by().values_list("parts", flat=True))
    pool.reserve(int(total * 1.06) + 64)


def question_vectors(ranker: Ranker, requests: Collection[KnowledgeRequest]) -> Vectors:
    """float32[requests, dimensions] after the bridge, in order; zero for one without words."""
    assert ranker.model is not None
    stored = {
        key: encoded.whole
        for key, _revised, encoded in read_these(
            ranker, Kind.REQUEST, [request.pk for request in requests]
        )
    }
    found = np.zeros((len(requests), ranker.model.dimensions), np.float32)
    for at, request in enumerate(requests):
        whole = stored.get(request.pk)
        if whole is None:
            text = asked_text(request.text, request.title)
            whole = ranker.model.encode_query(spelled_out(text))
        found[at] = whole
    if ranker.bridge is not None and len(found):
        found = ranker.bridge.queries(found)
    return found
