# SPDX-License-Identifier: EUPL-1.2
"""The whole suite, tier by tier; ``make test`` calls it. Ends with a table and one line that sums all tiers.

``run_tiers.py`` runs every tier, ``run_tiers.py lint unit-sqlite`` only those. Exit code 0 when nothing
failed. A tier that cannot run here is skipped and says why; nothing is skipped silently.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
RESULTS = ROOT / "var" / "tests"
DATABASE_URL = os.environ.get("TEST_DATABASE_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
REDIS_URL = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/15")
NOTHING_COLLECTED = 5
WORKERS = os.environ.get("TEST_WORKERS", "2")


class SkipTier(Exception):
    """This tier cannot run here; the text says why."""


@dataclass
class Result:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    remarks: list[str] = field(default_factory=list)


def environment(**extra: str) -> dict[str, str]:
    """Ours plus extra; a folder of the tests' own, so that a running demo is left alone."""
    own = {"TJC_VAR": os.environ.get("TJC_VAR", str(RESULTS / "var"))}
    own["PATH"] = f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"
    return os.environ | own | extra


# Lint: every check counts as one


def production(**extra: str) -> dict[str, str]:
    """The environment of a well-configured production site, for ``check --deploy``."""
    return environment(
        DJANGO_SETTINGS_MODULE="tjc.settings.production",
        SECRET_KEY="0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_",
        BASE_URL="https://trainjecollega.example",
        ALLOWED_HOSTS="trainjecollega.example",
        DATABASE_URL="postgresql://tjc:secret@db.example:5432/tjc",  # not connected to
        CACHE_URL="redis://redis.example:6379/1",
        CELERY_BROKER_URL="redis://redis.example:6379/0",
        EMAIL_URL="smtp+tls://tjc:secret@mail.example:587",
        INVITE_FROM="uitnodigingen@trainjecollega.test",
        **extra,
    )


def checks() -> list[tuple[str, list[str], dict[str, str]]]:
    here = environment()
    testing = environment(DJANGO_SETTINGS_MODULE="tjc.settings.test")
    manage = [sys.executable, "manage.py"]
    templates = sorted(
        str(path.relative_to(ROOT))
        for path in (*ROOT.glob("*/templates"), *ROOT.glob("tjc/*/templates"))
        if any(path.rglob("*.html"))
    )
    found = [
        ("ruff check", ["ruff", "check", "--quiet", "--output-format=concise", "."], here),
        ("ruff format", ["ruff", "format", "--quiet", "--check", "."], here),
        ("import contracts", ["lint-imports"], here),
        ("mypy", ["mypy"], testing),
        (
            "migrations complete",
            [*manage, "makemigrations", "--check", "--dry-run"],
            testing,
        ),
        (
            "check --deploy",
            [*manage, "check", "--deploy", "--fail-level", "WARNING"],
            production(),
        ),
    ]
    if templates:
        found += [
            ("djlint format", ["djlint", "--check", *templates], here),
            ("djlint lint", ["djlint", "--lint", *templates], here),
        ]
    if (ROOT / "locale" / "en").is_dir():
        complete = [*manage, "compile_translations", "--check"]
        found.append(("translations complete", complete, testing))
    return found


def lint() -> Result:
    result = Result()
    for name, command, env in checks():
        done = subprocess.run(
            command, cwd=ROOT, env=env, capture_output=True, text=True, check=False
        )
        if done.returncode == 0:
            result.passed += 1
            print(f"  ok    {name}", flush=True)
        else:
            result.failed += 1
            result.remarks.append(name)
            print(f"  FOUT  {name}\n{done.stdout}{done.stderr}", flush=True)
    return result


# Tests


def pytest(tier: str, *arguments: str, **extra: str) -> Result:
    """One pytest run; counts come from its JUnit file, so a run that dies counts as a failure."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    report = RESULTS / f"{tier}.xml"
    report.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", *arguments]
    code = subprocess.run(command, cwd=ROOT, env=environment(**extra), check=False).returncode
    if code == NOTHING_COLLECTED:
        raise SkipTier("geen tests in deze laag")
    result = count(report) if report.exists() else Result()
    if code and not result.failed:
        result.failed += 1
        result.remarks.append(f"pytest stopte met code {code}")
    return result


def count(report: Path) -> Result:
    result = Result()
    # Our own pytest wrote this file a moment ago: no hostile XML here.
    for suite in ET.parse(report).getroot().iter("testsuite"):
        total, skipped = int(suite.get("tests", 0)), int(suite.get("skipped", 0))
        failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        result.failed += failed
        result.skipped += skipped
        result.passed += max(0, total - failed - skipped)
    return result


def need_servers() -> dict[str, str]:
    """The environment of the production engines; SkipTier when one does not answer."""
    import psycopg
    import redis

    try:
        psycopg.connect(DATABASE_URL, connect_timeout=3).close()
    except psycopg.Error:
        raise SkipTier("PostgreSQL antwoordt niet op TEST_DATABASE_URL") from None
    try:
        redis.Redis.from_url(REDIS_URL, socket_connect_timeout=3).ping()
    except redis.RedisError:
        raise SkipTier("Redis antwoordt niet op TEST_REDIS_URL") from None
    return {
        "TJC_TEST_ENGINE": "postgresql",
        "TEST_DATABASE_URL": DATABASE_URL,
        "TEST_REDIS_URL": REDIS_URL,
    }


def find_chromium() -> str | None:
    named = os.environ.get("CHROMIUM", "")
    names = [named, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
    return next((path for name in names if name and (path := shutil.which(name))), None)


def need_chromium() -> str:
    """Path of a Chromium; installs Debian's when we are root on such a machine. SkipTier otherwise."""
    if path := find_chromium():
        return path
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("  Chromium installeren met apt-get …", flush=True)
        env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for step in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
            command = ["apt-get", "-qq", *step]
            subprocess.run(command, env=env, stdout=subprocess.DEVNULL, check=False)
        if path := find_chromium():
            return path
        raise SkipTier("geen Chromium, en apt-get kon hem niet installeren")
    raise SkipTier("geen Chromium (zet CHROMIUM=/pad/naar/chromium)")


#: File by file: what a file sets up for all its tests (the demo's data) is made once.
AT_ONCE = ["-n", WORKERS, "--dist", "loadfile"]
UNIT = ["-m", "not e2e and not services", *AT_ONCE]
SERVICES = ["-m", "services and not e2e", "-n", "0"]
#: What no engine can change was run in the tiers of SQLite.
UNIT_AGAIN = ["-m", "not e2e and not services and not once", *AT_ONCE]
SERVICES_AGAIN = ["-m", "services and not e2e and not once", "-n", "0"]
BROWSER = ["-m", "e2e", "-n", "0"]

TIERS: dict[str, Callable[[], Result]] = {
    "lint": lint,
    "unit-sqlite": lambda: pytest("unit-sqlite", *UNIT),
    "unit-postgresql": lambda: pytest("unit-postgresql", *UNIT_AGAIN, **need_servers()),
    "services-sqlite": lambda: pytest("services-sqlite", *SERVICES),
    "services-postgresql": lambda: pytest("services-postgresql", *SERVICES_AGAIN, **need_servers()),
    "e2e": lambda: pytest("e2e", *BROWSER, CHROMIUM=need_chromium()),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tiers", nargs="*", choices=[*TIERS, []], help="default: all")
    chosen = parser.parse_args().tiers or list(TIERS)
    rows: list[tuple[str, str]] = []
    total = Result()
    for name, tier in TIERS.items():
        if name not in chosen:
            rows.append((name, "overgeslagen: niet gevraagd"))
            continue
        print(f"== {name}", flush=True)
        began = time.monotonic()
        try:
            result = tier()
        except SkipTier as reason:
            print(f"  overgeslagen: {reason}", flush=True)
            rows.append((name, f"overgeslagen: {reason}"))
            continue
        total.passed += result.passed
        total.failed += result.failed
        total.skipped += result.skipped
        why = f" ({', '.join(result.remarks)})" if result.remarks else ""
        verdict = "FOUT" if result.failed else "goed"
        counts = f"{result.passed} passed, {result.failed} failed, {result.skipped} skipped"
        rows.append((name, f"{verdict}: {counts} in {time.monotonic() - began:.0f} s{why}"))
    print("\nWat er draaide:")
    for name, text in rows:
        print(f"  {name:<20} {text}")
    print(f"\n{total.passed} passed, {total.failed} failed, {total.skipped} skipped")
    return 1 if total.failed or not total.passed else 0


if __name__ == "__main__":
    sys.exit(main())
