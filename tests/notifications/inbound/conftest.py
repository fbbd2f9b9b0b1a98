# SPDX-License-Identifier: EUPL-1.2
"""One seat, Merel has it and got her invitation, Wen waits for it."""

import datetime as dt
from dataclasses import dataclass, field

import pytest
import time_machine

from accounts.models import Person
from courses.domain import registration, sessions
from courses.models import Registration, Session
from notifications.inbound.receiving import receive
from notifications.models import InboundMessage, Invitation
from tests.factories import PersonFactory
from tests.notifications.conftest import SUMMER, learner, post, rows
from tests.notifications.inbound.shapes import Envelope

__all__ = ["learner", "rows"]

#: What stays when a mail changes nothing: Merel's state, Wen's, taken seats, PARTSTAT.
UNTOUCHED = ("registered", "waiting", 1, "NEEDS-ACTION")
GONE = ("cancelled", "registered", 1, "DECLINED")


@dataclass
class World:
    session: Session
    merel: Person
    wen: Person
    registration: Registration
    invitation: Invitation
    letters: list = field(default_factory=list)

    @property
    def envelope(self):
        return Envelope(uid=self.invitation.uid, sequence=self.invitation.sequence)

    @property
    def state(self):
        """What an answer can change."""
        mine = Registration.objects.get(pk=self.registration.pk).state
        line = Registration.objects.get(session=self.session, person=self.wen).state
        taken = Session.objects.get(pk=self.session.pk).taken
        return mine, line, taken, Invitation.objects.get(pk=self.invitation.pk).partstat

    def post(self):
        """(to, subject up to the colon, METHOD) of what leaves now."""
        found = []
        for mail in post():
            self.letters.append(mail)
            to = mail["To"].addresses[0].username
            method = mail.shape[0] if mail.shape else None
            found.append((to, mail.subject.partition(":")[0], method))
        return found


def build(session, merel):
    wen = PersonFactory(name="Wen Li", email="wen@rijnwaarden.example")
    Session.objects.filter(pk=session.pk).update(capacity=1)
    fresh = Session.objects.select_related("course", "edition").get(pk=session.pk)
    mine = registration.register(fresh, person=merel)
    registration.register(Session.objects.get(pk=session.pk), person=wen)
    world = World(session, merel, wen, mine, Invitation.objects.get(registration=mine))
    world.post()
    world.invitation.refresh_from_db()
    return world


@pytest.fixture(autouse=True)
def clock_in_summer():
    with time_machine.travel(SUMMER, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def our_mail_exchanger(settings):
    settings.INBOUND_MX = "mx.trainjecollega.example"
    settings.BOUNCE_DOMAIN = "bounces.trainjecollega.example"


@pytest.fixture
def world(rows, learner):
    return build(rows, learner)


def outcome(raw):
    """(what was done, state) of a mail that is received now."""
    row = receive(raw).row
    return row.outcome, row.state


def only_row():
    return InboundMessage.objects.get()


def move_an_hour(world):
    """The trainer moves the session: SEQUENCE 1, and Merel gets it."""
    trainer = world.session.course.trainers.get()
    sessions.change_session(
        Session.objects.get(pk=world.session.pk), by=trainer, time=dt.time(11, 0)
    )
    world.post()
    world.invitation.refresh_from_db()
