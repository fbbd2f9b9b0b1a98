# SPDX-License-Identifier: EUPL-1.2
"""MB resident (RSS), of the biggest process of each sort; for the demo also how soon it stands."""

import sys
import time
from pathlib import Path

from tests.bench.board import Board
from tests.processes import Process, Site, Visitor, resident, wait_until

WEB_MB = 130
WORKER_MB = 150
MATCHING_MB = 700
#: Seconds by the clock, set-up done: with an empty folder (demo data within 20), and once more.
FIRST_START, SECOND_START = 30, 6
DEMO_PAGES = [
    "/cursussen/",
    "/cursussen/?q=brief&vrij=1",
    "/tjc-week/",
    "/inloggen/",
    "/geef-een-cursus/",
    "/demo/postbus/",
    "/privacy/",
    "/toegankelijkheid/",
    "/api/v1/cursussen",
    "/api/v1/openapi.json",
]


def _biggest(process: Process) -> float:
    return max(process.resident().values())


def web(process: Process, board: Board) -> None:
    got = _biggest(process)
    board.timing("web worker after all this", f"< {WEB_MB} MB", f"{got:.0f} MB", ok=got < WEB_MB)


def worker(process: Process, folder: Path, before: int, board: Board, queued: int) -> None:
    wait_until(lambda: len(list(folder.glob("*.eml"))) > before + 50, what="fifty mails")
    got = _biggest(process)
    board.timing(
        f"mail worker at work, {queued} queued",
        f"< {WORKER_MB} MB",
        f"{got:.0f} MB",
        ok=got < WORKER_MB,
    )


def demo(folder: Path, collected: Path, board: Board) -> None:
    with Site(folder, f"sqlite:///{folder / 'demo.sqlite3'}", "") as site:
        env = {"DJANGO_SETTINGS_MODULE": "tjc.settings.demo", "PORT": str(site.port)}
        env |= {"CELERY_BROKER_URL": f"filesystem://{folder / 'broker'}", "CACHE_URL": "locmem://"}
        env |= {"SECRET_KEY": "bench-only-" + "x" * 50, "EMAIL_URL": f"file://{folder / 'mail'}"}
        command = [sys.executable, "manage.py", "demo"]
        began = time.monotonic()
        process = site.start("demo", command, **env).said("draait op")
        _stands(board, "first start of the demo", began, FIRST_START)
        with Visitor(site.port) as visitor:
            statuses = {
                path: [visitor.get(path).status for _ in range(5)][-1] for path in DEMO_PAGES
            }
        wait_until(lambda: any(site.mails()), what="the demo's first mail")
        time.sleep(6)  # beat has swept once more
        wrong = {path: status for path, status in statuses.items() if status >= 400}
        board.hard("pages answer", "< 400", wrong or "all", ok=not wrong)
        lines = {pid: Path(f"/proc/{pid}/cmdline").read_text() for pid in process.family()}
        for what, word, bar in (
            ("web", "gunicorn", WEB_MB),
            ("worker and beat", "urgent,default", WORKER_MB),
            ("matching worker", "matching", MATCHING_MB),
        ):
            got = max(resident(pid) for pid, line in lines.items() if word in line)
            board.timing(f"{what} process", f"< {bar} MB", f"{got:.0f} MB", ok=got < bar)
        process.stop()
        began = time.monotonic()
        site.start("demo again", command, **env).said("draait op")
        _stands(board, "second start of the demo", began, SECOND_START)


def _stands(board: Board, what: str, began: float, bar: float) -> None:
    got = time.monotonic() - began
    board.timing(what, f"< {bar} s", f"{got:.1f} s", ok=got < bar)
