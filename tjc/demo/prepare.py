# SPDX-License-Identifier: EUPL-1.2
"""Brings database, demo data and static files up to date; each step is skipped when nothing changed.

A database file that this run began is removed when the run fails, so nothing half-done is left.
"""

import hashlib
import time
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.migrations.executor import MigrationExecutor

from matching.domain import vectors
from tjc.demo import loading
from tjc.demo.loading import rounds
from tjc.demo.preflight import DemoRefusedError

#: Browsable API and other htmx versions: 7 MB that no page asks for, and that take seconds to compress.
NEVER_SERVED = ["rest_framework", "htmx-4*", "htmax-*", "ext"]


def prepare() -> Iterator[str]:
    """Yields a line to show for every step that does something. Raises DemoRefusedError."""
    began_file = _new_database_file()
    try:
        if _migrations_wait():
            yield "Database klaarzetten …"
            call_command("migrate", interactive=False, verbosity=0)
        yield from _data()
        yield from _static()
    except BaseException:
        if began_file is not None:
            connection.close()
            for suffix in ("", "-wal", "-shm", "-journal"):
                began_file.with_name(began_file.name + suffix).unlink(missing_ok=True)
        raise


def _new_database_file() -> Path | None:
    """The SQLite file, when it is not there yet."""
    config = settings.DATABASES[DEFAULT_DB_ALIAS]
    if not config["ENGINE"].endswith("sqlite3") or config["NAME"] == ":memory:":
        return None
    path = Path(config["NAME"])
    return None if path.exists() else path


def _migrations_wait() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _data() -> Iterator[str]:
    state = loading.state()
    if state is loading.State.FOREIGN:
        yield "In deze database staan al andere gegevens; daar blijft de demo van af."
    if state in {loading.State.EMPTY, loading.State.STALE}:
        yield (
            "Demogegevens laden …"
            if state is loading.State.EMPTY
            else "De demogegevens zijn verouderd en worden opnieuw geladen …"
        )
        began = time.monotonic()
        counts = loading.load(replace=state is loading.State.STALE)
        vectors.nudge()  # rows written in bulk tell nobody
        rounds.tonight()
        yield (
            f"{counts['people']} collega’s, {counts['courses']} cursussen en {counts['sessions']} "
            f"bijeenkomsten geladen in {time.monotonic() - began:.1f} s."
        )


def _static() -> Iterator[str]:
    dist = settings.ROOT / "base" / "frontend" / "dist"
    if not (dist / "tjc.css").is_file():
        raise DemoRefusedError("De voorkant is nog niet gebouwd: start met make demo.")
    stamp = Path(settings.STATIC_ROOT) / "demo.stamp"
    now = _fingerprint()
    if stamp.is_file() and stamp.read_text() == now:
        return
    yield "Stijl en lettertypes klaarzetten …"
    call_command(
        "collectstatic", interactive=False, verbosity=0, clear=True, ignore_patterns=NEVER_SERVED
    )
    stamp.write_text(now)


def _fingerprint() -> str:
    """Changes with every static file (name, size, time) and with the installed apps."""
    digest = hashlib.sha256(",".join(config.name for config in apps.get_app_configs()).encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            status = Path(storage.path(name)).stat()
            digest.update(f"{name} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()
