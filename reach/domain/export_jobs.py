# SPDX-License-Identifier: EUPL-1.2
"""Tables that are too big to wait for.

A worker leases a job, writes the file and says so by mail, in that order; the lease is lengthened while it
writes. Whatever kills it, the lease runs out and the next one begins again: a file that is not whole is never
offered. Asking twice for the same gives one job.
"""

import datetime as dt
import logging
import tempfile
import uuid
from functools import partial
from typing import Any

from django.core.files import File
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import translation
from django.utils.text import slugify

from accounts import rules
from accounts.domain import audit
from accounts.models import Organisation, Person
from base import clock
from notifications import outbox
from notifications.models.message import Kind
from reach import exporters
from reach.domain import offered
from reach.domain.scopes import Scope, choose
from reach.models import ExportJob

logger = logging.getLogger(__name__)

State = ExportJob.State
#: More rows than this are made by a worker; fewer come at once.
AT_ONCE = 5000
LEASE = dt.timedelta(seconds=120)
#: A queued job that no nudge came for.
OVERDUE = dt.timedelta(seconds=10)
VALID = dt.timedelta(days=1)
#: Within this time a second click for the same gets the first one's file.
SAME_CLICK = dt.timedelta(minutes=1)
MOST_ATTEMPTS = 3
#: Rows of jobs are kept this long, so that who comes late reads that it was there.
KEEP_ROWS = dt.timedelta(days=30)


class _LostLease(Exception):
    """Another worker has it now."""


def ask(
    *,
    by: Person,
    table: str,
    kind: str,
    delimiter: str,
    scope: Scope,
    organisation: Organisation | None,
    language: str,
    rows: int,
) -> ExportJob:
    """One job for the same choice, however often it is asked. The file with names is logged here and at each download."""
    choice = ":".join([table, kind, delimiter, scope.key, str(organisation and organisation.pk)])
    same = ExportJob.objects.filter(person=by, choice=choice)
    recent = clock.now() - SAME_CLICK
    live = Q(state__in=ExportJob.LIVE) | Q(state=State.READY, created_at__gte=recent)
    if found := same.filter(live).first():
        return found
    try:
        with transaction.atomic():
            job = ExportJob.objects.create(
                person=by,
                organisation=organisation,
                table=table,
                format=kind,
                delimiter=delimiter,
                scope=scope.key,
                language=language,
                choice=choice,
                rows_expected=rows,
            )
            audit.record(
                "reach.export_asked",
                actor=by,
                subject=job,
                organisation=organisation,
                table=table,
                scope=scope.key,
            )
            transaction.on_commit(partial(_nudge, job.pk), robust=True)
    except IntegrityError:  # the other half of a double click was first
        return same.filter(state__in=ExportJob.LIVE).get()
    return job


def _nudge(pk: int) -> None:
    """Wake a worker. Never raises: beat finds what no nudge came for."""
    from reach import tasks

    try:
        tasks.make_export.apply_async([pk], retry=False, expires=600)
    except Exception as error:  # noqa: BLE001 - whatever the broker throws, the row is safe
        logger.warning("no nudge for an export: %s", error)


def due() -> list[int]:
    """Jobs that wait for too long, or of which the worker died."""
    now = clock.now()
    return list(
        ExportJob.objects.filter(
            Q(state=State.WAITING, created_at__lt=now - OVERDUE)
            | Q(state=State.RUNNING, lease_until__lt=now)
        )
        .order_by("created_at")
        .values_list("pk", flat=True)
    )


def make(pk: int) -> str:
    """Make the file of one job; its state afterwards, or "" where it is somebody else's."""
    token = uuid.uuid4()
    now = clock.now()
    leased = (
        ExportJob.objects.filter(pk=pk)
        .filter(Q(state=State.WAITING) | Q(state=State.RUNNING, lease_until__lt=now))
        .update(
            state=State.RUNNING,
            lease_token=token,
            lease_until=now + LEASE,
            attempts=F("attempts") + 1,
            rows_done=0,
        )
    )
    if not leased:
        return ""
    job = ExportJob.objects.select_related("person", "organisation").get(pk=pk)
    if job.attempts > MOST_ATTEMPTS or not may_have(job.person, job):
        return _fail(job)
    try:
        with translation.override(job.language), tempfile.NamedTemporaryFile() as file:
            rows = _fill(job, file)
            return _publish(job, file, rows)
    except _LostLease:
        return ""
    except Exception:
        logger.exception("export %s failed", job.public_id)
        if job.attempts >= MOST_ATTEMPTS:
            return _fail(job)
        _held(job).update(state=State.WAITING, lease_token=None, lease_until=None)
        return State.WAITING


def may_have(person: Person, job: ExportJob) -> bool:
    """Still what they were when they asked: a role can be taken away meanwhile."""
    if job.organisation is None:
        return bool(rules.is_national(person))
    return bool(rules.is_coordinator_of(person, job.organisation))


def scope_of(job: ExportJob) -> Scope:
    """Raises UnknownScope when the edition is gone."""
    return choose(offered.periods(), job.scope)


def file_name(table: str, scope: str, kind: str, organisation: Organisation | None) -> str:
    name = slugify(f"{offered.title(table)} {organisation.name if organisation else ''} {scope}")
    return f"{name}.{kind}"


def _held(job: ExportJob) -> Any:
    return ExportJob.objects.filter(pk=job.pk, state=State.RUNNING, lease_token=job.lease_token)


def _fill(job: ExportJob, file: Any) -> int:
    scope = scope_of(job)
    content = offered.table(job.table, scope, job.organisation)

    def tell(rows: int) -> None:
        if not _held(job).update(rows_done=rows, lease_until=clock.now() + LEASE):
            raise _LostLease

    rows = exporters.write(
        job.format,
        file,
        content.header,
        content.rows,
        title=offered.title(job.table),
        about=offered.explained(job.table, scope, job.organisation),
        delimiter=job.delimiter,
        tell=tell,
    )
    file.flush()
    return rows


def _publish(job: ExportJob, file: Any, rows: int) -> str:
    """Into the storage, and only then ready; the mail is owed in the same transaction."""
    size = file.tell()
    file.seek(0)
    stored = job.file.storage.save(f"uitvoer/{uuid.uuid4().hex}.{job.format}", File(file))
    try:
        published = _mark_ready(job, stored=stored, size=size, rows=rows)
    except BaseException:
        job.file.storage.delete(stored)
        raise
    if not published:
        job.file.storage.delete(stored)
        raise _LostLease
    return State.READY


def _mark_ready(job: ExportJob, *, stored: str, size: int, rows: int) -> bool:
    now = clock.now()
    with transaction.atomic():
        ready = _held(job).update(
            state=State.READY,
            file=stored,
            size=size,
            rows_done=rows,
            ready_at=now,
            expires_at=now + VALID,
            lease_token=None,
            lease_until=None,
        )
        if ready:
            outbox.put(
                Kind.EXPORT_READY,
                key=f"{Kind.EXPORT_READY}:{job.public_id.hex}",
                person=job.person,
                export=str(job.public_id),
                until=(now + VALID).isoformat(),
            )
    return bool(ready)


def _fail(job: ExportJob) -> str:
    _held(job).update(state=State.FAILED, lease_token=None, lease_until=None)
    return State.FAILED


def clear() -> int:
    """Delete files a day after they were ready, and the rows a month later; how many files went."""
    now = clock.now()
    gone = 0
    for job in ExportJob.objects.filter(state=State.READY, expires_at__lte=now):
        # First the row: who looks at this moment is told that it is gone, not given half a file.
        name, storage = str(job.file.name), job.file.storage
        if ExportJob.objects.filter(pk=job.pk, state=State.READY).update(state=State.GONE, file=""):
            storage.delete(name)
            gone += 1
    ExportJob.objects.filter(created_at__lt=now - KEEP_ROWS).exclude(state=State.READY).delete()
    return gone
