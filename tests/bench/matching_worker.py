# SPDX-License-Identifier: EUPL-1.2
"""The lines about the matching worker and the quality of its order; measured in processes of their own."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.bench.board import Board
from tests.processes import ROOT

CPU_MS, WALL_MS, RESIDENT_MB = 100, 1000, 700
SHARED = Path(os.environ.get("TJC_SHARED", ROOT.parent / "shared"))


def measure(board: Board, *, small: bool) -> None:
    profiles = 10_000 if small else 100_000
    board.section(f"The matching worker ({profiles:,} profiles, two rows each; vectors made up)")
    with tempfile.TemporaryDirectory(prefix="tjc-bench-ranking-") as name:
        env = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tjc.settings.demo",
            "TJC_VAR": name,
            "DATABASE_URL": f"sqlite:///{name}/ranking.sqlite3",
        }
        _run(env, "manage.py", "migrate", "-v0")
        _inside(env, "fill", profiles=profiles, requests=200)
        got = _inside(env, "one_question")
        cpu, wall, size = got["cpu_ms"], got["wall_ms"], got["resident_mb"]
        board.timing(
            "one question: CPU with encoding", f"<= {CPU_MS} ms", f"{cpu:.0f} ms", ok=cpu <= CPU_MS
        )
        board.note("... of which encoding", f"{got['encoding_ms']:.0f} ms")
        board.timing(
            "one question: answered in", f"< {WALL_MS} ms", f"{wall:.0f} ms", ok=wall < WALL_MS
        )
        board.note("index read at the start, CPU", f"{got['loaded']['cpu']:.1f} s")
        board.timing(
            "matching worker", f"< {RESIDENT_MB} MB", f"{size:.0f} MB", ok=size < RESIDENT_MB
        )
        _quality(board, env, Path(name))


def _quality(board: Board, env: dict[str, str], folder: Path) -> None:
    data, score = SHARED / "data" / "matching-dev", SHARED / "tools" / "score.py"
    if not (data.is_dir() and score.is_file()):
        board.note("quality of the order", "TJC_SHARED has no data/matching-dev")
        return
    for what, least, options in (
        ("with the model", 0.56, []),
        ("by letters", 0.29, ["--letters"]),
    ):
        run = folder / "run.txt"
        files = ["--trainers", data / "trainers.jsonl", "--requests", data / "requests.jsonl"]
        _run(env, "manage.py", "rank", *files, "--output", run, *options)
        said = _run(env, score, data, run).split(":", 1)[1].strip()
        found = float(said.split("nDCG@10=")[1].split()[0])
        board.hard(f"order of DEV {what}", f"nDCG@10 >= {least}", said, ok=found >= least)


def _inside(env: dict[str, str], name: str, **arguments: Any) -> Any:
    return json.loads(_run(env, "-m", "tests.bench.ranking", name, json.dumps(arguments)))


def _run(env: dict[str, str], *command: object) -> str:
    done = subprocess.run(
        [sys.executable, *map(str, command)],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"a measurement failed with code {done.returncode}: {command[1]}")
    return done.stdout
