# SPDX-License-Identifier: EUPL-1.2
"""The download page: small files at once, big ones by a worker, for a day and for who asked alone."""

import csv
import datetime as dt
import io
import threading

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.db import connection
from django.urls import reverse

from accounts.models import AuditEvent, Role
from base import clock
from notifications.models import Message
from reach import tasks
from reach.domain import export_jobs, offered
from reach.domain.scopes import EVERYTHING, choose
from reach.models import ExportJob
from tests.factories import (
    CourseFactory,
    KnowledgeRequestFactory,
    OrganisationFactory,
    PersonFactory,
    coordinator,
    national_coordinator,
)
from tests.notifications.conftest import post as mails
from tests.reach import rows
from tests.reach.sheets import read_ods, read_xlsx

pytestmark = pytest.mark.django_db

PAGE = "/coordinatie/bereik/downloads/"
State = ExportJob.State
DAY = dt.timedelta(days=1)


@pytest.fixture
def gouda():
    return OrganisationFactory(name="Gemeente Gouda", slug="gouda")


@pytest.fixture
def me(gouda):
    return coordinator(gouda, name="Coördinator", email="coordinator@gouda.nl")


@pytest.fixture
def week(gouda):
    """Twelve colleagues of Gouda and three of Delft learned something."""
    edition = rows.finished_week(slug="week", name="TJC-week")
    delft = OrganisationFactory(name="Gemeente Delft", slug="delft")
    session = rows.session_on(
        edition.starts_on, course=CourseFactory(organisation=delft), edition=edition
    )
    for number, organisation in enumerate([gouda] * 12 + [delft] * 3):
        person = PersonFactory(
            organisation=organisation, name=f"{organisation.slug} {number}", email=f"{number}@x.nl"
        )
        rows.place(session, person)
    return edition


def choice(**changes):
    return {"tabel": "registrations", "formaat": "csv", "editie": "week"} | changes


def content(answer) -> bytes:
    return b"".join(answer.streaming_content)


@pytest.fixture
def big(monkeypatch):
    """Everything is too big to wait for."""
    monkeypatch.setattr(export_jobs, "AT_ONCE", 3)


def ask(client, **changes):
    """The job that a click on the button makes."""
    answer = client.post(PAGE, choice(**changes))
    assert answer.status_code == 302
    return ExportJob.objects.get(public_id=answer["Location"].rstrip("/").rpartition("/")[2])


def files() -> set[str]:
    return (
        set(default_storage.listdir("uitvoer")[1]) if default_storage.exists("uitvoer") else set()
    )


def made(job) -> ExportJob:
    assert export_jobs.make(job.pk) == State.READY
    job.refresh_from_db()
    return job


# --- small ones -----------------------------------------------------------------------------------


def test_a_small_table_comes_at_once_and_is_logged(client, me, gouda, week):
    client.force_login(me)
    answer = client.post(PAGE, choice())
    assert answer["Content-Disposition"] == (
        'attachment; filename="aanmeldingen-gemeente-gouda-week.csv"'
    )
    assert "no-store" in answer["Cache-Control"]
    text = content(answer).decode("utf-8-sig")
    found = list(csv.DictReader(io.StringIO(text, newline="")))
    assert sorted(row["naam"] for row in found) == sorted(f"gouda {n}" for n in range(12))
    event = AuditEvent.objects.get(verb="reach.exported")
    assert (event.actor, event.organisation) == (me, gouda)
    assert event.detail == {"table": "registrations", "scope": "week", "rows": 12}
    assert not ExportJob.objects.exists()


@pytest.mark.parametrize(("kind", "read"), [("ods", read_ods), ("xlsx", read_xlsx)])
def test_a_small_spreadsheet_comes_at_once(client, me, week, kind, read):
    client.force_login(me)
    found = read(content(client.post(PAGE, choice(formaat=kind))))
    assert len(found["aanmeldingen"]) == 13
    assert ["Periode", "TJC-week"] in [[text for _k, text in row] for row in found["Toelichting"]]


def test_semicolons_are_for_csv(client, me, week):
    client.force_login(me)
    assert content(client.post(PAGE, choice(puntkomma="on"))).decode("utf-8-sig")[:21] == (
        "aanmelding_id;cursus;"
    )


def test_sessions_and_questions_are_those_of_the_own_organisation(client, me, gouda, week):
    KnowledgeRequestFactory(organisation=gouda, title="Van ons")
    KnowledgeRequestFactory(title="Van een ander")
    rows.session_on(
        week.starts_on, course=CourseFactory(organisation=gouda, title="Ook van ons"), edition=week
    )
    client.force_login(me)
    asked = content(client.post(PAGE, choice(tabel="requests", editie=EVERYTHING))).decode()
    assert ("Van ons" in asked, "Van een ander" in asked) == (True, False)
    given = content(client.post(PAGE, choice(tabel="sessions"))).decode("utf-8-sig")
    titles = [row["cursus"] for row in csv.DictReader(io.StringIO(given, newline=""))]
    assert titles == ["Ook van ons"]
    # How many people of others came would tell small groups apart (docs/privacy-figures.md).
    columns = csv.DictReader(io.StringIO(given, newline="")).fieldnames
    assert "bezet" in columns
    assert not {"geweest", "afwezig", "van_andere_organisatie"} & set(columns)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"tabel": "nee"}, "tabel"),
        ({"tabel": ""}, "tabel"),
        ({"formaat": "exe"}, "formaat"),
        ({"editie": "bestaat-niet"}, "editie"),
    ],
)
def test_a_wrong_choice_is_told_at_its_field(client, me, week, changes, field):
    client.force_login(me)
    answer = client.post(PAGE, choice(**changes))
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [field]


def test_another_organisation_cannot_be_chosen(client, me, gouda, week):
    Role.objects.create(
        person=me, kind="coordinator", organisation=OrganisationFactory(slug="tweede")
    )
    client.force_login(me)
    answer = client.post(PAGE, choice(organisatie="delft"))
    assert list(answer.context["form"].errors) == ["organisatie"]
    assert content(client.post(PAGE, choice(organisatie="gouda")))


def test_the_national_coordinator_is_offered_no_names(client, week):
    client.force_login(national_coordinator())
    answer = client.get(PAGE)
    assert "registrations" not in [offer.key for offer in answer.context["offers"]]
    assert list(client.post(PAGE, choice()).context["form"].errors) == ["tabel"]


def test_the_address_of_the_monthly_mail_has_the_choice_made(client, me, week):
    client.force_login(me)
    form = client.get(PAGE, {"tabel": "sessions", "formaat": "xlsx"}).context["form"]
    assert (form["tabel"].value(), form["formaat"].value()) == ("sessions", "xlsx")
    assert client.get(PAGE, {"tabel": "<b>", "editie": "nee"}).status_code == 200


# --- big ones -------------------------------------------------------------------------------------


def test_a_big_table_is_made_by_a_worker_and_mailed(client, me, gouda, week, big):
    client.force_login(me)
    job = ask(client)
    page = client.get(job.get_absolute_url()).content.decode()
    assert "We maken je bestand" in page
    assert "van ongeveer 12 rijen" in page
    assert client.get(f"{job.get_absolute_url()}bestand/").status_code == 404
    made(job)
    page = client.get(job.get_absolute_url()).content.decode()
    assert "Je bestand staat klaar" in page
    assert "12 rijen. Alleen jij kunt het ophalen" in page
    answer = client.get(f"{job.get_absolute_url()}bestand/")
    assert len(content(answer).splitlines()) == 13
    assert answer["Content-Disposition"].endswith('filename="aanmeldingen-gemeente-gouda-week.csv"')
    verbs = AuditEvent.objects.order_by("pk").values_list("verb", flat=True)
    assert [verb for verb in verbs if verb.startswith("reach.")] == [
        "reach.export_asked",
        "reach.exported",
    ]
    (mail,) = mails()
    assert mail["To"].addresses[0].addr_spec == me.email
    assert mail.subject == "Je download staat klaar"
    text = mail.text
    assert job.get_absolute_url() in text
    assert "gouda 1" not in text


def test_only_the_part_that_changes_is_sent_again(client, me, week, big):
    client.force_login(me)
    answer = client.get(f"{ask(client).get_absolute_url()}?deel=voortgang").content.decode()
    assert answer.strip().startswith('<section class="stack"')
    assert "<html" not in answer


def test_another_coordinator_of_the_same_organisation_gets_404(client, me, gouda, week, big):
    client.force_login(me)
    job = made(ask(client))
    for someone in (coordinator(gouda), national_coordinator()):
        client.force_login(someone)
        assert client.get(job.get_absolute_url()).status_code == 404
        assert client.get(f"{job.get_absolute_url()}bestand/").status_code == 404
    client.force_login(me)
    assert client.get(f"{job.get_absolute_url()}bestand/").status_code == 200


def test_who_lost_the_role_gets_nothing_any_more(client, me, gouda, week, big):
    Role.objects.create(person=me, kind="coordinator", organisation=OrganisationFactory())
    client.force_login(me)
    job = made(ask(client, organisatie="gouda"))
    waiting = ask(client, organisatie="gouda", formaat="json")
    Role.objects.filter(person=me, organisation=gouda).delete()
    assert client.get(f"{job.get_absolute_url()}bestand/").status_code == 404
    assert export_jobs.make(waiting.pk) == State.FAILED


@pytest.mark.django_db(transaction=True)
def test_a_file_that_cannot_be_deleted_stops_nobody(client, me, week, big, monkeypatch, caplog):
    client.force_login(me)
    job = made(ask(client))

    def refuse(name):
        raise PermissionError(name)

    monkeypatch.setattr(default_storage, "delete", refuse)
    job.delete()
    assert not ExportJob.objects.exists()
    assert [row.levelname for row in caplog.records if row.name == "django.db.backends.base"] == [
        "ERROR"
    ]


def test_the_link_works_for_a_day_and_then_the_file_is_deleted(client, me, week, big):
    client.force_login(me)
    job = made(ask(client))
    name = job.file.name
    assert default_storage.exists(name)
    with time_machine.travel(clock.now() + DAY - dt.timedelta(minutes=5), tick=False):
        assert tasks.clear_exports() == 0
        client.force_login(me)
        assert client.get(f"{job.get_absolute_url()}bestand/").status_code == 200
    with time_machine.travel(clock.now() + DAY + dt.timedelta(seconds=5), tick=False):
        client.force_login(me)
        assert client.get(f"{job.get_absolute_url()}bestand/").status_code == 404
        assert tasks.clear_exports() == 1
        assert not default_storage.exists(name)
        assert "Je bestand is verwijderd" in client.get(job.get_absolute_url()).content.decode()
    job.refresh_from_db()
    assert (job.state, job.file.name) == (State.GONE, "")


def test_a_double_click_is_one_job(client, me, week, big):
    client.force_login(me)
    first = ask(client)
    assert ask(client) == first
    made(first)
    assert ask(client) == first
    assert ask(client, formaat="json") != first
    with time_machine.travel(clock.now() + dt.timedelta(minutes=2)):
        client.force_login(me)
        assert ask(client) != first


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_the_same_moment_are_one_job():
    gouda = OrganisationFactory()
    me = coordinator(gouda)
    scope = choose(offered.periods(), EVERYTHING)
    gate = threading.Barrier(2)

    def click():
        try:
            gate.wait(timeout=20)
            export_jobs.ask(
                by=me,
                table="registrations",
                kind="csv",
                delimiter=",",
                scope=scope,
                organisation=gouda,
                language="nl",
                rows=10,
            )
        finally:
            connection.close()

    clicks = [threading.Thread(target=click) for _ in range(2)]
    for thread in clicks:
        thread.start()
    for thread in clicks:
        thread.join(timeout=60)
    assert ExportJob.objects.count() == 1


def test_what_a_killed_worker_left_is_made_again(client, me, week, big, monkeypatch):
    """Killed while it writes: nothing can be had until a whole file is there."""
    client.force_login(me)
    job = ask(client)

    def killed(*args, **kwargs):
        raise SystemExit

    with monkeypatch.context() as patch, pytest.raises(SystemExit):
        patch.setattr(export_jobs.exporters, "write", killed)
        export_jobs.make(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts) == (State.RUNNING, 1)
    assert client.get(f"{job.get_absolute_url()}bestand/").status_code == 404
    assert export_jobs.make(job.pk) == ""  # somebody may still be at it
    assert tasks.make_due_exports() == 0
    with time_machine.travel(clock.now() + export_jobs.LEASE + dt.timedelta(seconds=1)):
        assert tasks.make_due_exports() == 1
        job.refresh_from_db()
        assert (job.state, job.attempts, job.rows_done) == (State.READY, 2, 12)
    assert Message.objects.filter(kind="export_ready").count() == 1


def test_a_worker_that_lost_its_lease_publishes_nothing(client, me, week, big, monkeypatch):
    client.force_login(me)
    job, before = ask(client), files()
    write = export_jobs.exporters.write

    def slow(*args, **kwargs):
        rows_written = write(*args, **kwargs)
        ExportJob.objects.filter(pk=job.pk).update(lease_token=None, state=State.WAITING)
        return rows_written

    with monkeypatch.context() as patch:
        patch.setattr(export_jobs.exporters, "write", slow)
        assert export_jobs.make(job.pk) == ""
    assert not Message.objects.filter(kind="export_ready").exists()
    assert files() == before
    made(job)
    assert len(files() - before) == 1


def test_what_keeps_failing_is_told_after_three_times(client, me, week, big, monkeypatch):
    client.force_login(me)
    job = ask(client)

    def broken(*args, **kwargs):
        raise OSError("disk full")

    monkeypatch.setattr(export_jobs.exporters, "write", broken)
    assert [export_jobs.make(job.pk) for _ in range(3)] == ["waiting", "waiting", "failed"]
    page = client.get(job.get_absolute_url()).content.decode()
    assert "We konden dit bestand niet maken." in page


def test_without_a_broker_beat_finds_it(client, me, week, big):
    client.force_login(me)
    job = ask(client)
    with time_machine.travel(clock.now() + dt.timedelta(seconds=11)):
        assert tasks.make_due_exports() == 1
    job.refresh_from_db()
    assert job.state == State.READY


def test_the_file_goes_with_its_person(client, me, week, big, django_capture_on_commit_callbacks):
    client.force_login(me)
    job = made(ask(client))
    with django_capture_on_commit_callbacks(execute=True):
        AuditEvent.objects.filter(actor=me).update(actor=None)
        me.delete()
    assert not default_storage.exists(job.file.name)


def test_progress_is_never_a_hundred_before_it_is_ready():
    job = ExportJob(rows_done=50, rows_expected=40, state=State.RUNNING)
    assert job.percent == 99
    assert ExportJob(rows_done=0, rows_expected=0).percent == 0
    assert ExportJob(rows_done=10, rows_expected=40).percent == 25


# --- who, and what it costs -----------------------------------------------------------------------


@pytest.mark.parametrize("address", [PAGE, "/coordinatie/bereik/maandelijks/"])
def test_visitors_sign_in_first(client, address):
    assert client.get(address)["Location"] == f"/inloggen/?next={address}"
    client.force_login(PersonFactory())
    assert client.get(address).status_code == 403


@pytest.mark.parametrize("jobs", [1, 3])
def test_the_page_costs_the_same_queries_for_any_number_of_jobs(
    client, me, gouda, django_assert_num_queries, jobs
):
    for number in range(jobs):
        ExportJob.objects.create(
            person=me, organisation=gouda, table="sessions", format="csv", choice=str(number)
        )
        rows.finished_week()
    client.force_login(me)
    client.get(PAGE)
    with django_assert_num_queries(7):
        client.get(PAGE)


def test_addresses():
    assert reverse("reach:exports") == PAGE
    assert reverse("reach:monthly") == "/coordinatie/bereik/maandelijks/"
