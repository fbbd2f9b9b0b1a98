# SPDX-License-Identifier: EUPL-1.2
"""Rows, mails and calendars as the tests of this room need them."""

import datetime as dt
import email
from dataclasses import dataclass
from email.policy import default as modern

import icalendar
import pytest
from django.core import mail
from django.db import transaction

from base import clock
from courses import signals
from courses.models import Registration, Session
from notifications import delivery
from notifications.models import Invitation, Message
from tests.factories import CourseFactory, OrganisationFactory, PersonFactory, SessionFactory

#: A Saturday in the summer before the clock goes back, so that both sides of it are near.
SUMMER = dt.datetime(2026, 10, 10, 8, 0, tzinfo=dt.UTC)


@dataclass
class Mail:
    """One mail that was handed over, opened."""

    octets: bytes

    def __post_init__(self):
        self.parsed = email.message_from_bytes(self.octets, policy=modern)

    def __getitem__(self, header):
        return self.parsed[header]

    @property
    def subject(self):
        return self.parsed["Subject"]

    @property
    def text(self):
        return self.parsed.get_body(("plain",)).get_content().replace("\r\n", "\n")

    @property
    def html(self):
        return self.parsed.get_body(("html",)).get_content().replace("\r\n", "\n")

    @property
    def calendar_octets(self):
        for part in self.parsed.walk():
            if part.get_content_type() == "text/calendar":
                return part.get_payload(decode=True)
        return None

    @property
    def calendar(self):
        octets = self.calendar_octets
        return None if octets is None else icalendar.Calendar.from_ical(octets)

    @property
    def event(self):
        return self.calendar.walk("VEVENT")[0]

    @property
    def shape(self):
        """What matters for the order of things: (METHOD, SEQUENCE), or None without calendar."""
        if self.calendar_octets is None:
            return None
        return str(self.calendar["METHOD"]), int(self.event["SEQUENCE"])


@pytest.fixture
def rows(db):
    """A trainer, a learner and a session with a place for everything that can be told."""
    host = OrganisationFactory(name="Gemeente Utrecht", slug="utrecht")
    trainer = PersonFactory(name="Samira Bakker", email="samira@utrecht.example", organisation=host)
    course = CourseFactory(
        title="Schrijf een brief die iedereen snapt",
        slug="schrijf-een-brief",
        bring="een brief waar je mee worstelt",
        organisation=host,
        trainer=trainer,
    )
    return SessionFactory(
        course=course,
        starts_at=dt.datetime(2026, 10, 13, 8, 0, tzinfo=dt.UTC),
        ends_at=dt.datetime(2026, 10, 13, 8, 50, tzinfo=dt.UTC),
    )


@pytest.fixture
def learner(db):
    cjib = OrganisationFactory(name="CJIB", slug="cjib")
    return PersonFactory(name="Merel de Jong", email="merel@cjib.example", organisation=cjib)


def seat(session, person, **fields):
    """A registration as the courses room makes it, with its signal."""
    with transaction.atomic():
        row = Registration.objects.create(
            session=session,
            person=person,
            organisation=person.organisation,
            state=Registration.State.REGISTERED,
            registered_at=clock.now(),
            **fields,
        )
        signals.registration_confirmed.send(Registration, registration=row, promoted=False)
    return row


def queue_up(session, person):
    with transaction.atomic():
        row = Registration.objects.create(
            session=session,
            person=person,
            organisation=person.organisation,
            state=Registration.State.WAITING,
            queued_at=clock.now(),
        )
        signals.registration_waiting.send(Registration, registration=row)
    return row


def leave(registration, reason=Registration.CancelReason.SELF):
    with transaction.atomic():
        previous = registration.state
        registration.state = Registration.State.CANCELLED
        registration.cancelled_at = clock.now()
        registration.cancel_reason = reason
        registration.save()
        signals.registration_cancelled.send(
            Registration, registration=registration, previous_state=previous
        )


def move(registration, to):
    with transaction.atomic():
        new = Registration.objects.create(
            session=to,
            person=registration.person,
            organisation=registration.organisation,
            state=Registration.State.REGISTERED,
            registered_at=clock.now(),
            moved_from=registration,
        )
        registration.state = Registration.State.CANCELLED
        registration.cancelled_at = clock.now()
        registration.cancel_reason = Registration.CancelReason.MOVED
        registration.save()
        signals.registration_moved.send(Registration, registration=new, previous=registration)
    return new


def change(session, **changes):
    """Edit a session the way the domain does: under its lock, with old and new in the signal."""
    with transaction.atomic():
        current = Session.objects.select_for_update().get(pk=session.pk)
        told = {name: (getattr(current, name), value) for name, value in changes.items()}
        for name, value in changes.items():
            setattr(current, name, value)
        current.revision += 1
        current.save()
        signals.session_changed.send(Session, session=current, changes=told, by=None)
    session.refresh_from_db()


def retitle(session, title):
    with transaction.atomic():
        old, session.course.title = session.course.title, title
        session.course.save()
        signals.session_changed.send(
            Session, session=session, changes={"title": (old, title)}, by=None
        )


def call_off(session, reason=""):
    with transaction.atomic():
        live = list(
            session.registrations.exclude(state=Registration.State.CANCELLED).select_related(
                "person"
            )
        )
        for row in live:
            row.previous_state = row.state
            row.state = Registration.State.CANCELLED
            row.cancelled_at = clock.now()
            row.cancel_reason = Registration.CancelReason.SESSION
            row.save()
        session.status = Session.Status.CANCELLED
        session.cancelled_at, session.cancel_reason = clock.now(), reason
        session.save()
        signals.session_cancelled.send(Session, session=session, registrations=live, by=None)


def plan(session):
    with transaction.atomic():
        signals.session_planned.send(Session, session=session, by=None)


def post() -> list[Mail]:
    """Drain the outbox; the mails that left through it, in order."""
    mail.outbox.clear()
    delivery.drain()
    return [Mail(message.message().as_bytes()) for message in mail.outbox]


def states(**filters):
    return list(Message.objects.filter(**filters).order_by("id").values_list("kind", "state"))


def the_invitation(**filters) -> Invitation:
    return Invitation.objects.get(**filters)
