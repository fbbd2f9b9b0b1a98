# SPDX-License-Identifier: EUPL-1.2
"""A worker that is killed while it writes a big file: the next one makes it whole, and one mail tells so."""

import datetime as dt

import pytest

from base import clock
from courses.models import Registration
from notifications.models import Message
from reach.models import ExportJob
from tests.factories import CourseFactory, OrganisationFactory, coordinator
from tests.processes import wait_until
from tests.reach import rows
from tests.reach.sheets import read_xlsx

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True), pytest.mark.slow]
State = ExportJob.State

ROWS = 30_000


def big_job() -> ExportJob:
    """Nobody's registrations of one organisation: enough for some seconds of writing."""
    gouda = OrganisationFactory(name="Gouda", slug="gouda")
    edition = rows.finished_week(slug="week")
    course = CourseFactory(organisation=gouda)
    sessions = [
        rows.session_on(edition.starts_on, course=course, edition=edition, hour=hour)
        for hour in (9, 10, 11)
    ]
    Registration.objects.bulk_create(
        (
            Registration(
                session=sessions[n % 3], organisation=gouda, is_home=True, state="attended"
            )
            for n in range(ROWS)
        ),
        batch_size=2000,
    )
    return ExportJob.objects.create(
        person=coordinator(gouda),
        organisation=gouda,
        table="registrations",
        format="xlsx",
        scope="week",
        choice="week",
        rows_expected=ROWS,
    )


def test_a_worker_killed_while_it_writes_leaves_no_half_file(site, tmp_path):
    # A broker of files: nothing but worker and database takes part.
    site.extra["CELERY_BROKER_URL"] = f"filesystem://{tmp_path / 'broker'}"
    site.extra["CACHE_URL"] = "locmem://"
    job = big_job()
    there = ExportJob.objects.filter(pk=job.pk)
    folder = site.folder / "media" / "uitvoer"
    worker = site.worker().said(" ready.")
    ExportJob.objects.update(created_at=clock.now() - dt.timedelta(minutes=1))
    site.call_task("reach.tasks.make_due_exports")
    wait_until(lambda: there.filter(rows_done__gt=0).exists(), what="the first rows")
    worker.kill()
    worker.popen.wait()
    job.refresh_from_db()
    assert (job.state, job.attempts, job.file.name) == (State.RUNNING, 1, "")
    assert list(folder.glob("*")) == []
    assert not Message.objects.exists()

    there.update(lease_until=clock.now())  # two minutes later
    site.worker().said(" ready.")
    site.call_task("reach.tasks.make_due_exports")
    wait_until(lambda: there.filter(state=State.READY).exists(), what="the whole file", seconds=90)
    job.refresh_from_db()
    assert (job.attempts, job.rows_done) == (2, ROWS)
    (file,) = folder.glob("*.xlsx")
    assert len(read_xlsx(file.read_bytes())["aanmeldingen"]) == ROWS + 1
    assert Message.objects.filter(kind="export_ready").count() == 1
