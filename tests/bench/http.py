# SPDX-License-Identifier: EUPL-1.2
"""A crowd of browsers: threads with a connection and a session of their own."""

import os
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Self

from tests.bench.board import Board
from tests.processes import Answer, Process, Site, Visitor, backends_of, processor_seconds

READERS = 8


class Costs:
    """Processor time that a run takes: a busy machine stretches seconds, but hardly this."""

    def __init__(self, site: Site, web: Process) -> None:
        self.database = site.database_url.rpartition("/")[2]
        self.web = web

    def __enter__(self) -> Self:
        self.before = self._now()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.spent = [
            after - before for after, before in zip(self._now(), self.before, strict=True)
        ]

    def _now(self) -> tuple[float, float, float]:
        pids = backends_of(self.database)
        own = time.process_time()
        return processor_seconds(self.web.family()), processor_seconds(pids), own

    def told(self, requests: int) -> str:
        web, database, own = (1000 * seconds / requests for seconds in self.spent)
        most = (os.cpu_count() or 1) * 1000 / (web + database + own)
        return f"web {web:.1f} + database {database:.1f} + crowd {own:.1f} ms: at most {most:.0f}/s"


def catalogue(site: Site, web: Process, times: int, board: Board) -> None:
    """p95 of the catalogue for eight people who read without pause: as served, where visitors within a second
    share a page (SHARED_PAGE_SECONDS), and with a page of the own for everybody."""
    p95, figures = _read(site, web, times, board, own=False)
    board.timing(f"catalogue, {READERS} clients: p95", "< 200 ms", figures, ok=p95 < 200)
    _, figures = _read(site, web, times, board, own=True)
    board.note("  with every page made anew", figures)


def _read(site: Site, web: Process, times: int, board: Board, *, own: bool) -> tuple[float, str]:
    """p95 in ms, and what to print."""

    def read(reader: int) -> list[Answer]:
        paths = [f"/cursussen/?bezoek={reader}-{n}" if own else "/cursussen/" for n in range(times)]
        with Visitor(site.port) as visitor:
            return [visitor.get(path) for path in paths]

    with Visitor(site.port) as visitor:
        for _ in range(20):  # both workers have read the templates
            visitor.get("/cursussen/")
    began = time.perf_counter()
    with Costs(site, web) as costs, ThreadPoolExecutor(READERS) as pool:
        answers = [answer for part in pool.map(read, range(READERS)) for answer in part]
    took = time.perf_counter() - began
    seconds = sorted(answer.seconds for answer in answers)
    p95, median = seconds[int(len(seconds) * 0.95)] * 1000, seconds[len(seconds) // 2] * 1000
    figures = f"{p95:.0f} ms (median {median:.0f}, {len(answers) / took:.0f}/s)"
    board.note("  CPU each", costs.told(len(answers)))
    statuses = dict(Counter(answer.status for answer in answers))
    expected = {200: READERS * times}
    board.hard("  answers", "all 200", statuses, ok=statuses == expected)
    return p95, figures


def rush(site: Site, web: Process, scale: Any, inside: Callable[..., Any], board: Board) -> None:
    """The opening of a TJC-week: everybody takes a seat somewhere."""
    each = scale.rush // scale.dates
    warm = inside(site, "prepare", sessions=1, capacity=20, people=20)
    _register(site, [(warm["public_ids"][0], key) for key in warm["keys"]], 4)
    ready = inside(site, "prepare", sessions=scale.dates, capacity=each, people=scale.rush)
    ids = ready["public_ids"]
    jobs = [(ids[n % len(ids)], key) for n, key in enumerate(ready["keys"])]
    with Costs(site, web) as costs:
        answers, took = _register(site, jobs, scale.clients)
    rate = sum(answer.status == 302 for answer in answers) / took
    seconds = sorted(answer.seconds for answer in answers)
    p95 = seconds[int(len(seconds) * 0.95)] * 1000
    what = f"{scale.rush} registrations, {scale.dates} sessions, {scale.clients} clients"
    figures = f"{rate:.0f}/s (p95 {p95:.0f} ms)"
    board.timing(f"{what}: rate", ">= 100/s", figures, ok=rate >= 100)
    board.note("  CPU each", costs.told(len(answers)))
    _told(site, inside, board, what, ready["sessions"], answers, {302: scale.rush})


def crowd(site: Site, scale: Any, inside: Callable[..., Any], board: Board) -> None:
    """Everybody presses the button of one popular date in the same instant."""
    ready = inside(site, "prepare", sessions=1, capacity=scale.seats, people=scale.crowd)
    jobs = [(ready["public_ids"][0], key) for key in ready["keys"]]
    answers, took = _register(site, jobs, scale.crowd)
    expected = {302: scale.seats, 200: scale.crowd - scale.seats}
    what = f"{scale.crowd} at once for {scale.seats} seats"
    _told(site, inside, board, what, ready["sessions"], answers, expected)
    longest = max(answer.seconds for answer in answers)
    board.note(f"{what}: all answered after", f"{took:.1f} s (longest {longest:.1f} s)")


def _register(site: Site, jobs: list[tuple[str, str]], clients: int) -> tuple[list[Answer], float]:
    gate = threading.Barrier(clients + 1)

    def run(part: list[tuple[str, str]]) -> list[Answer]:
        gate.wait(timeout=60)
        answers = []
        with Visitor(site.port) as visitor:
            for public_id, key in part:
                visitor.become(key)
                answers.append(visitor.post(f"/bijeenkomsten/{public_id}/aanmelden/"))
        return answers

    with ThreadPoolExecutor(clients) as pool:
        parts = [pool.submit(run, jobs[n::clients]) for n in range(clients)]
        gate.wait(timeout=60)
        began = time.perf_counter()
        answers = [answer for part in parts for answer in part.result()]
        return answers, time.perf_counter() - began


def _told(
    site: Site,
    inside: Callable[..., Any],
    board: Board,
    what: str,
    dates: list[int],
    answers: list[Answer],
    expected: dict[int, int],
) -> None:
    statuses = dict(Counter(answer.status for answer in answers))
    board.hard(f"{what}: answers", "", statuses, ok=statuses == expected)
    got, sold = inside(site, "check", sessions=dates), expected[302]
    good = {"sold": sold, "oversold": 0, "miscounted": 0, "invitations": sold, "mails": sold}
    measured = "0" if got == good else got
    board.hard(f"{what}: oversold, miscounted, untold", "0", measured, ok=got == good)
