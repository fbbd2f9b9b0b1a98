# SPDX-License-Identifier: EUPL-1.2
"""The matching worker with 100,000 profiles: ``python -m tests.bench.ranking NAME [JSON]`` prints JSON.

Vectors are mixed out of those of some hundreds of real texts, as encoding 100,000 would take an hour; sizes and
counts are those of production: one to three courses each, letters of some hundred pieces.
"""

import json
import os
import resource
import sys
import time
from typing import Any

import django

django.setup()

import datetime as dt

import numpy as np

from accounts.models import Organisation, Person
from base import clock
from matching.models import KnowledgeRequest, TrainerProfile, Vector
from matching.ranking import bridge, index, lexical, shortlist
from matching.ranking.rounds import PoolRanker
from tests.processes import resident

QUESTIONS = [question for question, _trade in bridge.pairs()]
TRADES = [trade for _question, trade in bridge.pairs()]
_BATCH = 2000


def fill(profiles: int = 100_000, requests: int = 10_000) -> dict[str, int]:
    """Made-up people, profiles, questions and their vectors. Deterministic."""
    random = np.random.default_rng(2026)
    ranker = index.ranker()
    assert ranker.model is not None
    base = ranker.model.encode_passages(TRADES)
    asked = np.array([ranker.model.encode_query(text) for text in QUESTIONS], np.float32)
    letters = [lexical.pieces_of(text) for text in TRADES]
    homes = [
        Organisation(name=f"Meting {n}", slug=f"meting-{n}", kind="gemeente", layer="gemeente")
        for n in range(50)
    ]
    Organisation.objects.bulk_create(homes)
    now = clock.now()
    for first in range(0, profiles, _BATCH):
        people = Person.objects.bulk_create(
            Person(
                name=f"Meting {n}",
                email=f"rank{n}@meting.example",
                organisation=homes[n % 50],
                organisation_confirmed=True,
                verified_at=now,
            )
            for n in range(first, min(first + _BATCH, profiles))
        )
        TrainerProfile.objects.bulk_create(
            TrainerProfile(
                person=person,
                headline=TRADES[n % len(TRADES)][:120],
                expertise=TRADES[(n * 7) % len(TRADES)],
                languages=["nl"],
                requests_per_year=4,
            )
            for n, person in enumerate(people, start=first)
        )
        Vector.objects.bulk_create(
            _trainer(person.pk, n, base, letters, random, ranker.version)
            for n, person in enumerate(people, start=first)
        )
    asker = Person.objects.order_by("pk")[0]
    for first in range(0, requests, _BATCH):
        rows = KnowledgeRequest.objects.bulk_create(
            KnowledgeRequest(
                asker=asker,
                organisation=homes[0],
                title=f"{QUESTIONS[n % len(QUESTIONS)][:100]} {n}",
                text=QUESTIONS[n % len(QUESTIONS)],
                state_changed_at=now,
                closes_at=now + dt.timedelta(days=60),
            )
            for n in range(first, min(first + _BATCH, requests))
        )
        Vector.objects.bulk_create(
            Vector(
                kind="request",
                object_id=row.pk,
                version=ranker.version,
                parts=1,
                meaning=_near(asked[n % len(asked)], random).astype("<f2").tobytes(),
                revised_at=now - dt.timedelta(hours=1),
            )
            for n, row in enumerate(rows, start=first)
        )
    return {"profiles": profiles, "requests": requests}


def _trainer(key: int, number: int, base: Any, letters: Any, random: Any, version: str) -> Vector:
    courses = [int(at) for at in random.integers(0, len(base), 1 + number % 3)]
    rows = [_near(base[courses].mean(axis=0), random), *(_near(base[at], random) for at in courses)]
    pieces = np.sort(np.concatenate([letters[at] for at in courses]))
    return Vector(
        kind="trainer",
        object_id=key,
        version=version,
        parts=len(rows),
        meaning=np.array(rows).astype("<f2").tobytes(),
        letters=pieces.astype("<u2").tobytes(),
        revised_at=clock.now() - dt.timedelta(hours=1),
    )


def _near(vector: Any, random: Any) -> Any:
    moved = vector + random.normal(scale=0.02, size=vector.shape)
    return moved / np.linalg.norm(moved)


def one_question(times: int = 30) -> dict[str, Any]:
    """As the matching worker: the index once, then questions as pages ask them."""
    began, cpu = time.monotonic(), time.process_time()
    index.index_of("trainer").refresh()
    loaded = {"seconds": time.monotonic() - began, "cpu": time.process_time() - cpu}
    requests = list(KnowledgeRequest.objects.select_related("organisation")[:times])
    shortlist.answer(requests[0])
    spent, walls, found = [], [], []
    for request in requests:
        began, cpu = time.monotonic(), time.process_time()
        found.append(len(shortlist.answer(request)["candidates"]))
        spent.append(time.process_time() - cpu)
        walls.append(time.monotonic() - began)
    began = time.process_time()
    for request in requests:
        index.ranker().query(request.text, request.title)
    encoding = (time.process_time() - began) / len(requests)
    return {
        "rows": index.index_of("trainer")._pool._used,
        "loaded": loaded,
        "cpu_ms": float(np.median(spent)) * 1000,
        "cpu_p95_ms": float(np.quantile(spent, 0.95)) * 1000,
        "wall_ms": float(np.median(walls)) * 1000,
        "encoding_ms": encoding * 1000,
        "found": min(found),
        "resident_mb": resident(os.getpid()),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def round_retrieval(k: int = 50) -> dict[str, Any]:
    """The candidates of a round: every open question against the whole pool, under hard rules."""
    persons = list(TrainerProfile.objects.order_by("person_id").values_list("person_id", flat=True))
    requests = list(KnowledgeRequest.objects.select_related("organisation").order_by("pk"))
    began, cpu = time.monotonic(), time.process_time()
    ranker = PoolRanker(persons)
    loaded = time.process_time() - cpu
    columns = np.arange(len(persons))

    def allowed(first: int, last: int) -> Any:
        return (columns[None, :] + np.arange(first, last)[:, None]) % 10 > 0

    cpu = time.process_time()
    rows, _scores = ranker.nearest(requests, allowed, k, lambda _done, _total: None)
    return {
        "load_cpu": loaded,
        "cpu": time.process_time() - cpu,
        "seconds": time.monotonic() - began,
        "filled": float((rows >= 0).mean()),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


if __name__ == "__main__":
    arguments = json.loads(sys.argv[2]) if len(sys.argv) > 2 else {}
    print(json.dumps(globals()[sys.argv[1]](**arguments)))
