# SPDX-License-Identifier: EUPL-1.2
"""Workers and mail servers that really die, and mail servers that really refuse."""

import email
import sys
import threading
import time
from collections import defaultdict
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection, connections, transaction
from django.utils import timezone

from accounts.models import Person
from courses.models import Registration
from notifications import delivery
from notifications.domain.invitations import invite_learner
from notifications.models import Invitation, Message
from tests.factories import OrganisationFactory, PersonFactory, SessionFactory
from tests.processes import (
    Process,
    Site,
    database_url_of,
    free_port,
    has_redis_server,
    wait_until,
)

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

MAILS = 2000
KILL_AT = (
    (150, "worker"),
    (400, "broker"),
    (650, "server"),
    (900, "worker"),
    (1150, "broker"),
    (1400, "server"),
    (1650, "worker"),
)


class Server:
    """The sink and what it took."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder, self.options, self.port = folder, options, free_port()
        self.process: Process | None = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *exc_info):
        self.stop()

    def start(self, *options: str):
        command = [sys.executable, "-m", "tests.services.smtp_sink", str(self.port)]
        command += [str(self.folder), *(options or self.options)]
        log = self.folder.parent / "sink.log"
        self.process = Process(command, env={}, log=log).ready(self.port)

    def stop(self):
        assert self.process is not None
        self.process.stop()

    def kill(self):
        assert self.process is not None
        self.process.kill()
        self.process.popen.wait()

    @property
    def count(self) -> int:
        return sum(1 for _ in self.folder.glob("*.eml"))

    @property
    def mails(self) -> list[bytes]:
        return [file.read_bytes() for file in sorted(self.folder.glob("*.eml"))]


@pytest.fixture
def to_port(settings):
    """Our own process sends by real SMTP to this port."""

    def use(port):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        settings.EMAIL_TIMEOUT = 1
        settings.MAIL_DOMAIN_RATE = 0

    return use


def owe(count, *, address="merel{}@cjib.example"):
    """So many registrations, each with its invitation and its row in the outbox."""
    session = SessionFactory(capacity=1000)
    employer = OrganisationFactory()
    people = Person.objects.bulk_create(
        PersonFactory.build(email=address.format(number), organisation=employer)
        for number in range(count)
    )
    with transaction.atomic():
        for person in people:
            invite_learner(
                Registration.objects.create(
                    session=session, person=person, state="registered", registered_at=timezone.now()
                )
            )
    return session


def by_message_id(mails):
    found = defaultdict(list)
    for octets in mails:
        found[email.message_from_bytes(octets)["Message-ID"]].append(octets)
    return found


def make_due():
    Message.objects.filter(state="pending").update(not_before=timezone.now())


def test_worker_mail_server_and_broker_killed_in_the_middle_lose_nothing(tmp_path):
    """kill -9 of each of them in the middle of 2,000 mails. Mails sent twice are the same octets, at most one
    for each kill."""
    owe(MAILS)
    sink = Server(tmp_path / "sink")
    site = Site(
        tmp_path / "site",
        database_url_of(connection),
        django_settings.SECRET_KEY,
        email_url=f"smtp://127.0.0.1:{sink.port}",
        extra={"OUTBOX_LEASE_SECONDS": "3", "EMAIL_TIMEOUT": "2"},
    )
    if not has_redis_server():  # then a broker of files, that cannot be killed
        site.extra["CELERY_BROKER_URL"] = f"filesystem://{tmp_path / 'broker'}"
        site.extra["CACHE_URL"] = "locmem://"
    with sink, site:
        redis = site.redis() if has_redis_server() else None
        worker, _beat = site.start_worker_and_beat()
        for number, victim in KILL_AT:
            wait_until(lambda n=number: sink.count >= n, seconds=60, what=f"{number} mails")
            if victim == "worker":
                worker.kill()
                worker.popen.wait()
                worker = site.worker()
            elif victim == "server":
                sink.kill()
                sink.start("--slow", "0")
            elif redis is not None:
                redis.kill()
                redis.popen.wait()
                redis = site.redis()
        make_due()  # what came back from a server that was away would wait half a minute
        wait_until(
            lambda: not Message.objects.exclude(state="sent").exists(), seconds=120, what="the end"
        )
        time.sleep(1)
        mails = by_message_id(sink.mails)
    doubled = sum(len(octets) > 1 for octets in mails.values())

    assert len(mails) == MAILS
    assert [octets for octets in mails.values() if len(set(octets)) != 1] == []
    assert doubled <= sum(victim != "broker" for _, victim in KILL_AT)
    assert max(map(len, mails.values())) <= 2
    assert set(Invitation.objects.values_list("method_sent", "sequence")) == {("REQUEST", 0)}


@pytest.mark.slow
def test_a_mail_server_killed_halfway_loses_nothing(tmp_path, to_port):
    owe(120)
    with Server(tmp_path / "sink", "--slow", "0.005") as sink:
        to_port(sink.port)
        drained = _drain_in_thread()
        wait_until(lambda: sink.count >= 40, what="40 mails")
        sink.kill()
        drained.join(timeout=60)
        assert Message.objects.filter(state="sent").count() < 120
        sink.start("--slow", "0")
        make_due()
        delivery.drain()
        mails = by_message_id(sink.mails)

    assert Message.objects.filter(state="sent").count() == 120
    assert len(mails) == 120
    assert [octets for octets in mails.values() if len(set(octets)) != 1] == []
    assert sum(len(octets) > 1 for octets in mails.values()) <= 1


def _drain_in_thread():
    def run():
        try:
            delivery.drain()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_the_octets_that_arrive_are_the_octets_that_are_kept(tmp_path, to_port):
    owe(3)
    with Server(tmp_path / "sink") as sink:
        to_port(sink.port)
        assert delivery.drain().sent == 3
        assert sink.mails == [row.wire_bytes for row in Message.objects.order_by("id")]


def test_a_server_that_refuses_one_address_takes_the_others(tmp_path, to_port):
    owe(1, address="weg{}@cjib.example")
    owe(2)
    with Server(tmp_path / "sink", "--refuse", "550") as sink:
        to_port(sink.port)
        tally = delivery.drain()
        assert (tally.sent, tally.dead, sink.count) == (2, 1, 2)
    assert Message.objects.get(state="dead").last_error == "550 5.1.1 no such user here"


def test_greylisting_delays_and_then_delivers_the_same_octets(tmp_path, to_port):
    owe(5)
    with Server(tmp_path / "sink", "--greylist") as sink:
        to_port(sink.port)
        assert (delivery.drain().later, sink.count) == (5, 0)
        kept = [row.wire_bytes for row in Message.objects.order_by("id")]
        make_due()
        assert delivery.drain().sent == 5
        assert sink.mails == kept


def test_a_server_that_falls_silent_after_data_gets_the_same_octets_again(tmp_path, to_port):
    """The timeout strikes after DATA: it took the mail, we never heard. The double is the same octets."""
    owe(2)
    with Server(tmp_path / "sink", "--mute-after", "1") as sink:
        to_port(sink.port)
        tally = delivery.drain()
        assert (tally.sent, tally.later, sink.count) == (1, 1, 2)
        assert Message.objects.get(state="pending").last_error == (
            "SMTPServerDisconnected: Connection unexpectedly closed: timed out"
        )
        sink.kill()
        sink.start("--slow", "0")
        make_due()
        assert delivery.drain().sent == 1
        mails = by_message_id(sink.mails)
    assert sorted(map(len, mails.values())) == [1, 2]
    assert [octets for octets in mails.values() if len(set(octets)) != 1] == []


def test_without_a_server_everything_waits(to_port):
    owe(3)
    to_port(free_port())
    tally = delivery.drain()
    assert (tally.sent, tally.later) == (0, 3)
    assert tally.server_away.startswith("ConnectionRefusedError")
    assert set(Message.objects.values_list("state", "attempts")) == {("pending", 0)}


@pytest.mark.skipif(
    django_settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"),
    reason="one claim at a time is SQLite's way",
)
def test_workers_that_claim_at_the_same_moment_share_the_work(tmp_path, to_port):
    owe(200)
    with Server(tmp_path / "sink") as sink:
        to_port(sink.port)
        threads = [_drain_in_thread() for _ in range(4)]
        for thread in threads:
            thread.join(timeout=60)
        mails = by_message_id(sink.mails)
    assert {key: len(octets) for key, octets in mails.items()} == dict.fromkeys(mails, 1)
    assert len(mails) == 200
