# SPDX-License-Identifier: EUPL-1.2
"""The slow audits; ``make audit`` calls this: known vulnerabilities in what we install, and Lighthouse.

Needs what ``make test`` does not: pip-audit, lighthouse (npm) and registries that answer. Whatever is
missing is skipped and says so. Lighthouse looks at production settings with the demo's data. Exit code 1 when an audit that ran found something.
"""

import importlib.util
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.robotparser import RobotFileParser

from playwright.sync_api import sync_playwright

from tests.e2e.conftest import FLAGS
from tests.e2e.pages import PAGES, address, sign_in
from tests.e2e.product import ROOT, Product, chromium, running
from tests.e2e.walker import TOOLS
from tests.processes import Site

MEASURED = ("catalogus", "cursus", "aanmelden", "week", "bereik")
#: Lighthouse's scores on its slow phone.
FLOOR = {"performance": 0.95, "accessibility": 1.0, "best-practices": 1.0, "seo": 1.0}
LIGHTHOUSE = "lighthouse@13.5.0"
TRIES = 3
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
    lock = ["--requirement", "requirements/full.txt", "--require-hashes", "--disable-pip"]
    run(sys.executable, "-m", "pip_audit", *lock)
    return "geen bekende kwetsbaarheden"


def npm_packages() -> str:
    if shutil.which("npm") is None:
        raise SkipAudit("npm is er niet")
    run("npm", "audit", "--audit-level=moderate")
    return "geen bekende kwetsbaarheden"


def lighthouse_program() -> str:
    """Lighthouse, from npm: 170 MB, so only for who audits. Raises SkipAudit when it cannot be had."""
    path = f"{TOOLS}/node_modules/.bin{os.pathsep}{os.environ['PATH']}"
    if program := shutil.which("lighthouse", path=path):
        return program
    if shutil.which("npm") is None:
        raise SkipAudit("npm is er niet")
    run("npm", "install", "--no-save", "--ignore-scripts", "--prefix", str(TOOLS), LIGHTHOUSE)
    program = shutil.which("lighthouse", path=path)
    if program is None:
        raise SkipAudit("lighthouse laat zich niet installeren")
    return program


def addresses(product: Product, browser: str) -> dict[str, tuple[str, str]]:
    """Of each page its address and the cookies of who looks at it."""
    found = {}
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=browser, args=FLAGS)
        for shown in (shown for shown in PAGES if shown.name in MEASURED):
            page = opened.new_context().new_page()
            sign_in(page, product.url, shown.role)
            url = address(page, product.url, shown)
            cookies = page.context.cookies() if shown.role else []
            found[shown.name] = (url, "; ".join(f"{one['name']}={one['value']}" for one in cookies))
        opened.close()
    return found


@contextmanager
def in_production(folder: Path, browser: str) -> Iterator[tuple[str, dict[str, tuple[str, str]]]]:
    """The demo's data under production settings, with gunicorn: where it is, and the addresses of its pages.

    The demo itself asks robots to stay out, shows a banner, and would be measured with both.
    """
    secret = secrets.token_urlsafe(50)
    with running(folder, SECRET_KEY=secret) as product:
        found = {
            name: (url.removeprefix(product.url), cookies)
            for name, (url, cookies) in addresses(product, browser).items()
        }
    with Site(folder, f"sqlite:///{folder / 'tjc.sqlite3'}", secret) as site:
        site.extra = {
            "CACHE_URL": "locmem://",
            "CELERY_BROKER_URL": f"filesystem://{folder / 'queue'}",
        }
        site.web(workers=1)
        url = f"http://127.0.0.1:{site.port}"
        yield url, found


def listed_nowhere(url: str, path: str) -> bool:
    """robots.txt keeps search engines out of it, as it should out of forms and of personal pages."""
    robots = RobotFileParser(f"{url}/robots.txt")
    robots.read()
    return not robots.can_fetch("*", f"{url}{path}")


def report_of(program: str, *arguments: str) -> dict[str, Any]:
    """Lighthouse's report. On a busy machine it misses the start of a page now and then: then it looks again."""
    for _ in range(TRIES):
        done = subprocess.run(
            (program, *arguments), cwd=ROOT, capture_output=True, text=True, check=False
        )
        if done.returncode == 0:
            report: dict[str, Any] = json.loads(done.stdout)
            return report
    raise AssertionError(f"{arguments[0]}: {done.stderr.strip()[-300:]}")


def lighthouse() -> str:
    browser = chromium()
    if browser is None:
        raise SkipAudit("Chromium is er niet")
    program = lighthouse_program()
    os.environ["CHROME_PATH"] = browser
    arguments = ["--quiet", "--output=json", f"--only-categories={','.join(FLOOR)}"]
    arguments.append("--chrome-flags=--headless=new --no-sandbox --disable-gpu")
    poor = []
    with (
        tempfile.TemporaryDirectory() as folder,
        in_production(Path(folder), browser) as (site, found),
    ):
        for name, (path, cookies) in found.items():
            more = [f"--extra-headers={json.dumps({'Cookie': cookies})}"] if cookies else []
            if listed_nowhere(site, path):
                more.append("--skip-audits=is-crawlable")
            report = report_of(program, f"{site}{path}", *arguments, *more)
            scores = {key: part["score"] or 0 for key, part in report["categories"].items()}
            print(f"  {name:<12}", *(f"{key} {scores[key]:.2f}" for key in FLOOR), flush=True)
            poor += [f"{name}: {key} {scores[key]}" for key in FLOOR if scores[key] < FLOOR[key]]
            poor += [
                f"{name}: {audit['id']} {audit.get('displayValue', '')}"
                for part in report["categories"].values()
                for ref in part["auditRefs"]
                if (audit := report["audits"][ref["id"]])["score"] == 0 and ref["weight"]
            ]
    assert not poor, "\n".join(poor)
    return f"{len(MEASURED)} pagina’s halen alle scores"


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
