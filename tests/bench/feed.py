# SPDX-License-Identifier: EUPL-1.2
"""A calendar of 2,000 sessions, asked for by programs all day: built once, then 304."""

import json
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from tests.bench.board import Board

SESSIONS = 2_000
SLUG = "meting-agenda"


def line(got: dict[str, Any], board: Board) -> None:
    what = f"feed of {got['sessions']} sessions"
    figures = f"{got['built_s']:.2f} s, {got['kb']} kB ({got['gzip_kb']} kB gzip)"
    board.hard(f"{what}: built", "once", f"{got['built']} time(s)", ok=got["built"] == 1)
    board.note("  and that takes", figures)
    cpu = f"{got['cpu_ms']:.1f} ms CPU ({got['wall_ms']:.1f} by the clock)"
    board.timing(f"{what}: 304, CPU (by the clock)", "< 5 ms", cpu, ok=got["cpu_ms"] < 5)
    board.hard(f"{what}: 304, queries", "1", got["queries"], ok=got["queries"] == 1)
    cpu = f"{got['look_cpu_ms']:.1f} ms CPU ({got['look_wall_ms']:.1f} by the clock)"
    board.note("  the first in a minute, which looks at all rows", cpu)


def feed(times: int = 100) -> dict[str, Any]:
    """Inside one Django process; an edition of its own, gone afterwards."""
    import datetime as dt

    from django.core.cache import cache
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from base import clock
    from courses.models import Course, Edition, Session
    from notifications.itip import feed as builder
    from notifications.views_feeds import key_of_this_minute

    day = clock.today() + dt.timedelta(days=30)
    edition = Edition.objects.create(
        slug=SLUG,
        name="Meting",
        kind="week",
        starts_on=day,
        ends_on=day,
        max_minutes=60,
        programme_published_at=clock.now(),
    )
    start, course = clock.from_wall_time(day, dt.time(9)), Course.objects.order_by("pk")[0]
    Session.objects.bulk_create(
        Session(
            course=course,
            edition=edition,
            starts_at=start + dt.timedelta(seconds=number),
            ends_at=start + dt.timedelta(minutes=50),
            max_minutes=60,
            capacity=20,
        )
        for number in range(SESSIONS)
    )
    built, build = [], builder.build

    def counted(*args: Any, **kwargs: Any) -> Any:
        built.append(1)
        return build(*args, **kwargs)

    builder.build = counted
    client, address = Client(HTTP_HOST="localhost"), f"/edities/{SLUG}/programma.ics"
    began = time.perf_counter()
    first = client.get(address)
    took = time.perf_counter() - began
    assert first.content.count(b"BEGIN:VEVENT") == SESSIONS, first.status_code
    packed = client.get(address, headers={"Accept-Encoding": "gzip"})

    def polled(before: Callable[[], object]) -> tuple[float, float]:
        """Milliseconds of processor and by the clock, the middle of ``times``."""
        laps = []
        for _ in range(times):
            before()
            began, cpu = time.perf_counter(), time.process_time()
            answer = client.get(address, headers={"If-None-Match": first["ETag"]})
            laps.append((time.process_time() - cpu, time.perf_counter() - began))
            assert answer.status_code == 304, answer.status_code
        cpu_ms, wall_ms = (statistics.median(column) * 1000 for column in zip(*laps, strict=True))
        return cpu_ms, wall_ms

    looked = polled(lambda: cache.delete(key_of_this_minute(f"edition:{edition.pk}")))
    cpu_ms, wall_ms = polled(lambda: None)
    with CaptureQueriesContext(connection) as queries:
        client.get(address, headers={"If-None-Match": first["ETag"]})
    edition.sessions.all().delete()
    edition.delete()
    return {
        "sessions": SESSIONS,
        "built": len(built),
        "built_s": took,
        "kb": len(first.content) // 1000,
        "gzip_kb": len(packed.content) // 1000,
        "cpu_ms": cpu_ms,
        "wall_ms": wall_ms,
        "look_cpu_ms": looked[0],
        "look_wall_ms": looked[1],
        "queries": len(queries),
    }


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(feed(**json.loads(sys.stdin.read() or "{}"))))
