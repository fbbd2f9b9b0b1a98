# SPDX-License-Identifier: EUPL-1.2
"""The lines about exports; tests.bench.files does the work in a process of its own."""

import json
import os
import subprocess
import sys
from typing import Any

from tests.bench.board import Board
from tests.processes import ROOT, Site


def measure(site: Site, engine: str, rows: int, board: Board) -> None:
    """Every format of the largest table; last ten times as many rows, made by copying."""
    for kind, seconds, megabytes in (
        ("csv", 3, 20),
        ("json", 3, 20),
        ("xlsx", 25, 60),
        ("ods", 25, 60),
    ):
        exported(site, board, kind, seconds=seconds, megabytes=megabytes, at_least=rows // 2)
    if engine == "postgresql":
        in_a_process(site, "tests.bench.files", do="grow", to=rows * 10)
        exported(site, board, "csv", seconds=30, megabytes=20, at_least=rows * 5)


def exported(
    site: Site, board: Board, kind: str, *, seconds: int, megabytes: int, at_least: int
) -> None:
    got = in_a_process(site, "tests.bench.files", do="export", kind=kind)
    what = f"{got['rows']} registrations as {kind}"
    board.hard(f"{what}: queries", "<= 5", got["queries"], ok=got["queries"] <= 5)
    board.hard("  and all of them", f">= {at_least}", got["rows"], ok=got["rows"] >= at_least)
    cpu, growth = got["cpu_s"], got["growth_mb"]
    board.timing("  processor time", f"<= {seconds} s", f"{cpu:.1f} s", ok=cpu <= seconds)
    bar = f"<= {megabytes} MB"
    board.timing("  growth of memory", bar, f"{growth:.1f} MB", ok=growth <= megabytes)


def in_a_process(site: Site, module: str, **arguments: Any) -> Any:
    """What a module of this folder answers, with the environment of the site."""
    made = subprocess.run(
        [sys.executable, "-m", module, json.dumps(arguments)],
        cwd=ROOT,
        env=os.environ | site.env,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(made.stdout)
