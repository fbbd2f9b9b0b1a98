# SPDX-License-Identifier: EUPL-1.2
"""The figures of a night, and the page that reads them; tests.bench.nights does the work.

``python -m tests.bench.reach`` measures at full size (PostgreSQL, a database of its own that is dropped afterwards):
1,000,000 registrations of 300,000 people over a year, 1,500 organisations that all have a coordinator. With ``--files``
also the largest files.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from tests.bench import exports
from tests.bench.board import Board
from tests.bench.exports import in_a_process
from tests.processes import Site

NIGHTS = "tests.bench.nights"


def measure(site: Site, engine: str, board: Board) -> None:
    """The seed's registrations all count as attended."""
    in_a_process(site, NIGHTS, do="attend")
    _night(site, engine, board, "first night")
    changed = in_a_process(site, NIGHTS, do="a_day_later")
    _night(site, engine, board, f"a night later, {changed} changed")
    page = in_a_process(site, NIGHTS, do="page")
    board.hard("reach page: queries", "<= 8", page["queries"], ok=page["queries"] <= 8)
    spent = page["cpu_ms"]
    board.timing("  processor time", "< 100 ms", f"{spent:.1f} ms", ok=spent < 100)


def _night(site: Site, engine: str, board: Board, which: str) -> None:
    got = in_a_process(site, NIGHTS, do="aggregate")
    bar = 60 * max(got["rows"] / 1_000_000, 0.1)
    ok = engine != "postgresql" or got["seconds"] <= bar
    what = f"figures of {got['rows']} registrations, {which}"
    board.timing(f"{what}: by the clock", f"<= {bar:.0f} s", f"{got['seconds']:.1f} s", ok=ok)
    figures = f"{got['cpu_s']:.1f} + {got['database_cpu_s']:.1f} s, {got['mb']:.0f} MB"
    board.note("  processor time of it and of the database, memory", figures)


def main() -> int:
    from tests.bench.__main__ import SECRET, database, pace

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--people", type=int, default=300_000)
    parser.add_argument("--files", action="store_true", help="also all rows as CSV, XLSX and ODS")
    chosen = parser.parse_args()
    board = Board()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, pace {pace():.1f} ms")
    with (
        tempfile.TemporaryDirectory(prefix="tjc-bench-") as name,
        database("postgresql", Path(name)) as url,
    ):
        if not url:
            print("PostgreSQL does not answer at TEST_DATABASE_URL: nothing measured.")
            return 2
        with Site(Path(name), url, SECRET) as site:
            site.redis()
            _fill(site, rows=chosen.rows, people=chosen.people)
            board.section(f"figures of a night, {chosen.people} people")
            measure(site, "postgresql", board)
            if chosen.files:
                board.section("figures as a file")
                for kind, seconds, megabytes in (
                    ("csv", 30, 20),
                    ("xlsx", 250, 60),
                    ("ods", 250, 60),
                ):
                    exports.exported(
                        site,
                        board,
                        kind,
                        seconds=seconds,
                        megabytes=megabytes,
                        at_least=chosen.rows // 2,
                    )
    return board.close()


def _fill(site: Site, *, rows: int, people: int) -> None:
    """Courses and organisations by ``manage.py seed``, the crowd by the database itself."""
    site.manage("migrate", "-v0")
    site.manage("collectstatic", "--noinput", "-v0")
    sessions = max(100, rows * 3 // 100)
    numbers = {
        "people": max(200, people // 100),
        "organisations": max(20, people // 200),
        "courses": max(50, sessions // 10),
        "sessions": sessions,
        "registrations": 1000,
    }
    site.manage("seed", "-v0", *(f"--{name}={number}" for name, number in numbers.items()))
    made = in_a_process(site, NIGHTS, do="volume", rows=rows, people=people)
    print(f"{made} registrations made", flush=True)


if __name__ == "__main__":
    sys.exit(main())
