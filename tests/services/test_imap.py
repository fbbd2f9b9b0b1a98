# SPDX-License-Identifier: EUPL-1.2
"""Answers read from a real IMAP server (dovecot): a mailbox with every shape moves seats and waiting lists
as specified, every mail is marked as seen after its work was committed, and a kill changes nothing."""

import os
import signal
import ssl
import sys
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection
from imap_tools import MailBox

from courses.domain import registration
from courses.models import Registration, Session
from notifications import delivery
from notifications.inbound import polling, reading
from notifications.models import InboundMessage, Invitation, Lease
from tests.factories import CourseFactory, OrganisationFactory, PersonFactory, SessionFactory
from tests.notifications.inbound import shapes
from tests.notifications.inbound.conftest import GONE, UNTOUCHED
from tests.notifications.inbound.test_shapes import SHAPES
from tests.processes import Process, database_url_of, wait_until
from tests.services.dovecot import Dovecot, why_not

pytestmark = [
    pytest.mark.services,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(bool(why_not()), reason=why_not() or "-"),
]

#: Reads the mailbox and is killed by itself in the middle: after the commit of mail KILL_AT, before \\Seen.
POLL = """
import os, signal, sys
import django
django.setup()
from imap_tools.mailbox import BaseMailBox
from django.conf import settings
from notifications.inbound import polling
left = int(os.environ["KILL_AT"])
flag = BaseMailBox.flag
def dying(self, *args, **kwargs):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return flag(self, *args, **kwargs)
BaseMailBox.flag = dying
print(polling.poll(settings.IMAP), flush=True)
"""


@pytest.fixture
def dovecot(monkeypatch, settings):
    # A short path: a unix socket's name has at most 107 characters.
    with tempfile.TemporaryDirectory(prefix="tjc-imap") as folder, Dovecot(Path(folder)) as server:
        monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
        settings.INBOUND_MX = "mx.trainjecollega.example"
        yield server


class Story:
    """A session of its own for one shape: one seat, one who has it, one who waits."""

    def __init__(self, number, row, course):
        shape, self.outcome, self.mail_state, self.after, _mails = row
        org = OrganisationFactory(name=f"Organisatie {number}", slug=f"organisatie-{number}")
        self.session = SessionFactory(course=course, capacity=1)
        self.holder = PersonFactory(email=f"merel{number}@cjib.example", organisation=org)
        self.waiter = PersonFactory(email=f"wen{number}@rijnwaarden.example", organisation=org)
        self.registration = registration.register(self.session, person=self.holder)
        registration.register(Session.objects.get(pk=self.session.pk), person=self.waiter)
        self.name = f"{number:03d}-{shape.__name__}"
        self.shape = shape

    @property
    def raw(self):
        uid = Invitation.objects.get(registration=self.registration).uid
        return self.shape(shapes.Envelope(uid=uid, invited=self.holder.email, name=self.name))

    @property
    def state(self):
        states = dict(self.session.registrations.values_list("person_id", "state"))
        return (
            states[self.holder.pk],
            states[self.waiter.pk],
            Session.objects.get(pk=self.session.pk).taken,
            Invitation.objects.get(registration=self.registration).partstat,
        )


@pytest.fixture
def stories():
    course = CourseFactory()
    rows = [Story(number, row, course) for number, row in enumerate(SHAPES)]
    delivery.drain()
    return rows


def flags(server):
    """How many mails have \\Seen, and how many have not."""
    with opened(server) as box:
        return len(box.uids("SEEN")), len(box.uids("UNSEEN"))


def opened(server):
    context = ssl.create_default_context(cafile=str(server.certificate))
    box = MailBox("localhost", port=server.port, ssl_context=context)
    return box.login(server.mailbox["user"], server.mailbox["password"])


def world(stories):
    return {story.name: story.state for story in stories}


def expected(stories):
    return {story.name: story.after for story in stories}


def outcomes():
    return Counter(InboundMessage.objects.values_list("outcome", "state"))


def test_a_mailbox_with_every_shape_moves_seats_and_waiting_lists_as_specified(dovecot, stories):
    dovecot.deliver(story.raw for story in stories)

    tally = polling.poll(dovecot.mailbox)

    assert str(tally) == f"{len(stories)} verwerkt, 0 al eerder"
    assert world(stories) == expected(stories)
    assert outcomes() == Counter((story.outcome, story.mail_state) for story in stories)
    assert flags(dovecot) == (len(stories), 0)
    assert {GONE, UNTOUCHED} < set(world(stories).values())


def test_a_second_poll_finds_nothing_and_the_same_mails_delivered_again_do_nothing(
    dovecot, stories
):
    few = [story for story in stories if story.after == GONE]
    dovecot.deliver(story.raw for story in few)
    polling.poll(dovecot.mailbox)
    before = world(stories)
    assert str(polling.poll(dovecot.mailbox)) == "0 verwerkt, 0 al eerder"

    with opened(dovecot) as box:
        box.flag(box.uids("ALL"), "\\Seen", value=False)
    assert str(polling.poll(dovecot.mailbox)) == f"0 verwerkt, {len(few)} al eerder"

    assert world(stories) == before
    assert flags(dovecot) == (len(few), 0)


def test_a_mail_over_ten_megabytes_is_never_fetched_whole(dovecot, monkeypatch):
    fetched = []
    receive = polling.receive

    def watch(raw, *, complete):
        fetched.append((len(raw) <= reading.MAX_HEADER_BYTES, complete))
        return receive(raw, complete=complete)

    monkeypatch.setattr(polling, "receive", watch)
    dovecot.deliver([shapes.more_than_ten_megabytes(shapes.Envelope())])
    polling.poll(dovecot.mailbox)
    row = InboundMessage.objects.get()
    assert fetched == [(True, False)]
    assert (row.outcome, row.sender, row.subject) == (
        "too_big",
        "merel@cjib.example",
        "Accepted: Schrijf een brief",
    )
    assert flags(dovecot) == (1, 0)


def test_killed_between_commit_and_seen_the_next_run_ends_the_same(dovecot, stories, tmp_path):
    chosen = [story for story in stories if story.outcome != "too_big"]
    dovecot.deliver(story.raw for story in chosen)
    connection.close()
    env = {
        "DJANGO_SETTINGS_MODULE": "tests.services.production",
        "SECRET_KEY": django_settings.SECRET_KEY,
        "DATABASE_URL": database_url_of(connection),
        "CACHE_URL": "locmem://",
        "TJC_VAR": str(tmp_path),
        "IMAP_URL": dovecot.url,
        "INBOUND_MX": "mx.trainjecollega.example",
        "SSL_CERT_FILE": os.environ["SSL_CERT_FILE"],
    }

    for kill_at in (1, 7, 15):
        run = Process(
            [sys.executable, "-c", POLL],
            env=env | {"KILL_AT": str(kill_at)},
            log=tmp_path / f"poll{kill_at}.log",
        )
        wait_until(lambda run=run: run.popen.poll() is not None, what="the end of the poll")
        assert run.popen.returncode == -signal.SIGKILL, run.output()
        # The dead one holds the lease for five minutes; nobody has to wait for that here.
        Lease.objects.all().delete()
    seen, unseen = flags(dovecot)
    assert (seen, unseen) == (20, len(chosen) - 20)
    assert InboundMessage.objects.count() == 21

    tally = polling.poll(dovecot.mailbox)

    assert str(tally) == f"{len(chosen) - 21} verwerkt, 1 al eerder"
    assert world(chosen) == expected(chosen)
    assert flags(dovecot) == (len(chosen), 0)
    assert Registration.objects.filter(state="registered").count() == len(stories)


def test_a_wrong_password_and_a_wrong_folder_are_one_line_each(dovecot, caplog):
    wrong = dovecot.mailbox | {"password": "anders"}
    assert polling.poll(wrong).trouble.startswith("IMAP: MailboxLoginError")
    assert polling.poll(dovecot.mailbox | {"folder": "Weg"}).trouble.startswith("IMAP: ")
    assert "anders" not in caplog.text


def test_a_server_with_a_certificate_that_we_do_not_trust_gets_no_password(dovecot, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    assert polling.poll(dovecot.mailbox).trouble.startswith("IMAP: SSLCertVerificationError")
