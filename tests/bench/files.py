# SPDX-License-Identifier: EUPL-1.2
"""What exports cost: ``python -m tests.bench.files JSON`` prints JSON, in a process of its own.

Processor time and growth are of one ``manage.py export_reach``, after a small one that loads what every
process loads once.
"""

import io
import json
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import django

django.setup()

from django.core.management import call_command
from django.db import connection

from courses.models import Registration
from tests.bench.inside import Statements

COPIED = (
    "created_at, updated_at, is_home, state, question, typed_name, hold_expires_at, queued_at, registered_at, "
    "cancelled_at, cancel_reason, marked_at, cancelled_by_id, marked_by_id, organisation_id, registered_by_id, "
    "session_id"
)


def export(kind: str, table: str = "registrations") -> dict[str, Any]:
    """The whole table, all periods, exact, without names."""
    with tempfile.TemporaryDirectory() as folder:
        _run(kind, "themes", Path(folder) / "klein")
        before, began = _peak(), time.process_time()
        file = Path(folder) / "groot"
        with Statements() as statements:
            rows = _run(kind, table, file)
        return {
            "rows": rows,
            "cpu_s": time.process_time() - began,
            "growth_mb": _peak() - before,
            "queries": statements.count,
            "megabytes": file.stat().st_size / 1e6,
        }


def _run(kind: str, table: str, file: Path) -> int:
    said = io.StringIO()
    call_command("export_reach", table=table, format=kind, output=file, stdout=said)
    return int(said.getvalue().split()[0])


def _peak() -> float:
    """Megabytes; Linux gives kilobytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def grow(to: int) -> int:
    """So many registrations, by copies of those that are there. Without a person: nobody takes part twice."""
    there = Registration.objects.count()
    # A random id without asking which engine it is.
    new_id = (
        "gen_random_uuid()" if connection.vendor == "postgresql" else "lower(hex(randomblob(16)))"
    )
    with connection.cursor() as cursor:
        while there < to:
            number = min(there, to - there)
            cursor.execute(
                f"INSERT INTO courses_registration (public_id, {COPIED}) "
                f"SELECT {new_id}, {COPIED} FROM courses_registration ORDER BY id LIMIT %s",
                [number],
            )
            there += number
    return Registration.objects.count()


if __name__ == "__main__":
    asked = json.loads(sys.argv[1])
    print(json.dumps(globals()[asked.pop("do")](**asked)))
