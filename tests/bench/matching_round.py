# SPDX-License-Identifier: EUPL-1.2
"""The lines about a matching round; measured in a process of its own (tests.bench.rounds)."""

import json
import os
import subprocess
import sys

from tests.bench.board import Board
from tests.processes import ROOT

SECONDS, PEAK_MB = 90, 1200


def measure(board: Board, *, small: bool) -> None:
    board.section("A matching round (hard rules, retrieval, letters, flow; vectors made up)")
    command = [sys.executable, "-m", "tests.bench.rounds", *(["--small"] if small else [])]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tjc.settings.test"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        board.hard("a matching round", "", done.stderr.strip().splitlines()[-1:], ok=False)
        return
    found = json.loads(done.stdout.splitlines()[-1])
    size = f"{found['questions']:,} questions x {found['trainers']:,} profiles"
    board.timing(
        f"{size}: seconds", f"<= {SECONDS}", found["seconds"], ok=found["seconds"] <= SECONDS
    )
    board.note("... of which retrieval, seconds", found["retrieval"])
    board.note("... processor seconds", found["cpu"])
    board.hard(
        "... peak memory, MB", f"<= {PEAK_MB}", found["peak_mb"], ok=found["peak_mb"] <= PEAK_MB
    )
    board.note(
        "... pairs, matched, most per trainer",
        f"{found['pairs']}, {found['matched']}, {found['most']}",
    )
    board.hard(
        "assignment, % of the optimum of the linear program",
        "100",
        found["percent_of_optimum"],
        ok=found["percent_of_optimum"] >= 99.9999,
    )
