# SPDX-License-Identifier: EUPL-1.2
"""What a night of figures costs: ``python -m tests.bench.nights JSON`` prints JSON, in a process of its own."""

import json
import resource
import statistics
import sys
import time
from typing import Any

import django

django.setup()

from django.db import connection
from django.test import Client

from accounts.models import Role
from courses.models import Registration
from reach.domain.aggregate import aggregate as compute
from tests.bench.inside import Statements
from tests.processes import processor_seconds

HOST = "localhost"

#: Made from what ``manage.py seed`` made, the same every time, by the database itself (PostgreSQL): a year of
#: sessions, colleagues with one to six registrations, one in forty for a former employer, marks from two in five.
VOLUME = """
UPDATE courses_session SET edition_id = NULL
WHERE edition_id IN (SELECT id FROM courses_edition WHERE starts_on > current_date);

UPDATE courses_session
SET starts_at = starts_at + moved, ends_at = ends_at + moved, attendance_marked_at = now()
FROM (
    SELECT id AS moved_id,
        (current_date - 1 - (id %% 360)::int - starts_at::date) * interval '1 day' AS moved
    FROM courses_session WHERE edition_id IS NULL
) AS days
WHERE id = moved_id;

INSERT INTO accounts_person (
    public_id, created_at, updated_at, password, is_superuser, email, name, organisation_confirmed, language,
    function, province, verified_at, is_active, is_staff, organisation_id)
SELECT gen_random_uuid(), now(), now(), '!', false, 'veel' || n || '@veel.zaad.example', 'Collega ' || n, true,
    'nl', '', '', now(), true, false, places[1 + ((n + n / 7) %% cardinality(places))]
FROM generate_series(1::bigint, %(people)s) AS n,
    (SELECT array_agg(id ORDER BY id) AS places FROM accounts_organisation) AS all_places;

INSERT INTO courses_registration (
    public_id, created_at, updated_at, is_home, state, question, typed_name, queued_at, cancelled_at,
    cancel_reason, marked_at, organisation_id, person_id, session_id)
SELECT gen_random_uuid(), now(), now(), false, state, '', '',
    CASE WHEN state = 'waiting' THEN now() END, CASE WHEN state = 'cancelled' THEN now() END,
    CASE WHEN state = 'cancelled' THEN 'self' ELSE '' END, now(),
    CASE WHEN (n + j) %% 40 = 0 THEN places[1 + (n %% cardinality(places))] ELSE organisation_id END,
    CASE WHEN n %% 97 <> 0 THEN id END, dates[1 + ((n * 7 + j * 7919) %% cardinality(dates))]
FROM (
    SELECT id, organisation_id, n, j,
        CASE (n * 13 + j * 5) %% 20 WHEN 0 THEN 'waiting' WHEN 1 THEN 'cancelled' WHEN 2 THEN 'absent'
            ELSE 'attended' END AS state
    FROM (SELECT id, organisation_id, row_number() OVER (ORDER BY id) AS n FROM accounts_person) AS numbered,
        LATERAL generate_series(1, 1 + (n %% 6)) AS j
    ORDER BY (n * 7 + j * 7919) %% 1009, n
) AS wanted,
    (SELECT array_agg(id ORDER BY id) AS places FROM accounts_organisation) AS all_places,
    (SELECT array_agg(id ORDER BY id) AS dates FROM courses_session) AS all_dates
LIMIT greatest(0, %(rows)s - (SELECT count(*) FROM courses_registration))
ON CONFLICT DO NOTHING;

INSERT INTO courses_evaluation (
    public_id, created_at, updated_at, score, recommend, would_apply, sentence, registration_id)
SELECT gen_random_uuid(), now(), now(), 5 + id %% 6, id %% 11, (ARRAY['yes', 'partly', 'no'])[1 + id %% 3], '', id
FROM courses_registration WHERE state = 'attended' AND id %% 5 < 2
ON CONFLICT DO NOTHING;

INSERT INTO courses_appliedanswer (created_at, updated_at, applied, registration_id)
SELECT now(), now(), (ARRAY['yes', 'partly', 'no'])[1 + id %% 3], id
FROM courses_registration WHERE state = 'attended' AND id %% 10 = 0
ON CONFLICT DO NOTHING;

INSERT INTO accounts_role (created_at, updated_at, kind, organisation_id, person_id)
SELECT now(), now(), 'coordinator', organisation_id, min(id)
FROM accounts_person WHERE organisation_id IS NOT NULL GROUP BY organisation_id
ON CONFLICT DO NOTHING;
"""
ANALYSED = (
    "accounts_person",
    "courses_registration",
    "courses_session",
    "courses_evaluation",
    "courses_appliedanswer",
)


def volume(rows: int, people: int) -> int:
    """About so many registrations in all."""
    with connection.cursor() as cursor:
        for statement in VOLUME.split(";\n"):
            if statement.strip():
                cursor.execute(statement, {"rows": rows, "people": people})
        for table in ANALYSED:
            cursor.execute(f"ANALYZE {table}")
    return Registration.objects.count()


def attend() -> int:
    """Who has a seat was there."""
    return Registration.objects.filter(state="registered").update(state="attended")


def a_day_later() -> int:
    """One in a thousand is marked otherwise, as on a busy day."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE courses_registration SET state = CASE state WHEN 'attended' THEN 'absent' ELSE 'attended' END "
            "WHERE id % 1000 = 7 AND state IN ('attended', 'absent')"
        )
        return int(cursor.rowcount)


def aggregate() -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    before = _of_database()
    began, worked = time.monotonic(), time.process_time()
    done = compute(backfill=True)
    return {
        "rows": done.registrations,
        "seconds": time.monotonic() - began,
        "cpu_s": time.process_time() - worked,
        "database_cpu_s": _of_database() - before,
        "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _of_database() -> float:
    """Processor time of the server process that serves us, when it runs on this machine."""
    if connection.vendor != "postgresql":
        return 0.0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return processor_seconds([cursor.fetchone()[0]])


def page(times: int = 40) -> dict[str, Any]:
    """As the coordinator who sees most: the own organisation too."""
    role = Role.objects.filter(kind="coordinator").select_related("person").order_by("pk").first()
    assert role is not None
    client = Client(HTTP_HOST=HOST)
    client.force_login(role.person)
    path = "/coordinatie/bereik/"
    for _ in range(3):
        answer = client.get(path, secure=True)
    assert answer.status_code == 200, answer
    with Statements() as statements:
        client.get(path, secure=True)
    spent = []
    for _ in range(times):
        began = time.process_time()
        client.get(path, secure=True)
        spent.append(time.process_time() - began)
    return {"queries": statements.count, "cpu_ms": statistics.median(spent) * 1000}


if __name__ == "__main__":
    asked = json.loads(sys.argv[1])
    print(json.dumps(globals()[asked.pop("do")](**asked)))
