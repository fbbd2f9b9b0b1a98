# SPDX-License-Identifier: EUPL-1.2
"""The slow audits; ``make audit`` calls this: known vulnerabilities in what we install, and Lighthouse.

Needs what ``make test`` does not: pip-audit, lighthouse (npm) and registries that answer. Whatever is
missing is skipped and says so. Exit code 1 when an audit that ran found something.
"""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.e2e.product import ROOT, chromium, running

PAGES = ["/cursussen/", "/tjc-week/", "/geef-een-cursus/", "/inloggen/"]
#: Lighthouse's scores (design/frontend.md, section 5); performance is measured by make bench.
FLOOR = {"accessibility": 1.0, "best-practices": 1.0, "seo": 1.0}
NO_ANSWER = (
    "ENOTFOUND",
    "ECONN",
    "ETIMEDOUT",
    "EAI_AGAIN",
    "ConnectionError",
    "404 Not Found",
    "audit endpoint",
)


class SkipAudit(Exception):
    """This audit cannot run here; the text says why."""


def run(*command: str) -> str:
    """The output. Raises SkipAudit when the registry does not answer, AssertionError when it fails."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    output = done.stdout + done.stderr
    if done.returncode and any(sign in output for sign in NO_ANSWER):
        raise SkipAudit("het register geeft geen antwoord")
    assert done.returncode == 0, output
    return done.stdout


def python_packages() -> str:
    if importlib.util.find_spec("pip_audit") is None:
        raise SkipAudit("pip-audit is niet geïnstalleerd")
    lock = ["--requirement", "requirements/base.txt", "--require-hashes", "--disable-pip"]
    run(sys.executable, "-m", "pip_audit", *lock)
    return "geen bekende kwetsbaarheden"


def npm_packages() -> str:
    if shutil.which("npm") is None:
        raise SkipAudit("npm is er niet")
    run("npm", "audit", "--audit-level=moderate")
    return "geen bekende kwetsbaarheden"


def lighthouse() -> str:
    program = shutil.which("lighthouse", path=f"{ROOT}/node_modules/.bin:{os.environ['PATH']}")
    browser = chromium()
    if program is None or browser is None:
        raise SkipAudit("lighthouse of Chromium is er niet")
    os.environ["CHROME_PATH"] = browser
    flags = "--headless=new --no-sandbox --disable-gpu"
    poor = []
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as product:
        for page in PAGES:
            arguments = ["--quiet", "--output=json", f"--chrome-flags={flags}"]
            arguments.append(f"--only-categories={','.join(FLOOR)}")
            report = json.loads(run(program, product.url + page, *arguments))
            scores = {name: part["score"] for name, part in report["categories"].items()}
            poor += [
                f"{page} {name} {scores[name]}" for name in FLOOR if scores[name] < FLOOR[name]
            ]
    assert not poor, "\n".join(poor)
    return f"{len(PAGES)} pagina’s: alle scores 100"


AUDITS: dict[str, Callable[[], str]] = {
    "python-pakketten": python_packages,
    "npm-pakketten": npm_packages,
    "lighthouse": lighthouse,
}


def main() -> int:
    failed = False
    for name, audit in AUDITS.items():
        try:
            print(f"{name:<18} goed: {audit()}", flush=True)
        except SkipAudit as reason:
            print(f"{name:<18} overgeslagen: {reason}", flush=True)
        except AssertionError as found:
            failed = True
            print(f"{name:<18} FOUT\n{found}", flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
