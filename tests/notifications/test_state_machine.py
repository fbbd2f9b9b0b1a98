# SPDX-License-Identifier: EUPL-1.2
"""Whatever people do, and whatever mail servers and workers do, the calendars end equal to the database.

Hypothesis invents registrations, withdrawals, moves, changes, cancellations and answers, with workers that are
killed before and after the server's 250, servers that fall silent and mails that are refused for now. At the
end every mail that was delivered is applied to a model of each person's calendar, in any order and with
duplicates, by the rules of RFC 5546: per UID the higher SEQUENCE counts, then the later DTSTAMP.
"""

import datetime as dt
import os
import random
import smtplib
from contextlib import ExitStack, suppress
from dataclasses import dataclass

import pytest
import time_machine
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.test import override_settings
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from base import clock
from courses.domain import capacity as capacities
from courses.domain import registration as registrations
from courses.domain import sessions as dates
from courses.errors import CourseError
from courses.models import Registration, Session
from notifications import delivery
from notifications.inbound.receiving import receive
from notifications.itip.facts import Facts
from notifications.models import Invitation, Message
from tests.factories import (
    CourseFactory,
    LocationFactory,
    OrganisationFactory,
    PersonFactory,
    SessionFactory,
)
from tests.notifications.conftest import SUMMER, Mail

PEOPLE, SESSIONS = 4, 3


class Killed(BaseException):
    """kill -9: nothing in the product catches it."""


class FaultyServer(BaseEmailBackend):
    """Takes mails until ``faults`` says otherwise; ``taken`` is what stands in mailboxes."""

    taken: list[bytes] = []
    faults: list[str] = []

    def send_messages(self, messages):
        for message in messages:
            octets = message.message().as_bytes()
            fault = type(self).faults.pop(0) if type(self).faults else "fine"
            if fault in {"fine", "taken, then silent", "taken, then killed"}:
                type(self).taken.append(octets)
            if fault.endswith("killed"):
                raise Killed
            if fault.endswith("silent"):
                raise TimeoutError("timed out")
            if fault == "not now":
                raise smtplib.SMTPRecipientsRefused({message.to[0]: (451, b"4.7.1 not now")})
        return len(messages)


FAULTS = ["fine"] * 6 + [
    "taken, then killed",
    "killed",
    "taken, then silent",
    "silent",
    "not now",
]


@dataclass(frozen=True)
class Entry:
    """What stands in a calendar."""

    start: dt.datetime
    end: dt.datetime
    where: str
    title: str


class CalendarProgram:
    """One person's calendar, as the RFC wants it kept."""

    def __init__(self):
        self.newest: dict[str, tuple[int, dt.datetime]] = {}
        self.entries: dict[str, Entry | None] = {}
        self.declined: dict[str, int] = {}

    def apply(self, mail: Mail) -> None:
        event = mail.event
        uid, version = str(event["UID"]), (int(event["SEQUENCE"]), event["DTSTAMP"].dt)
        if version < self.newest.get(uid, version):
            return
        self.newest[uid] = version
        self.entries[uid] = (
            None
            if str(mail.calendar["METHOD"]) == "CANCEL"
            else Entry(
                event["DTSTART"].dt.astimezone(dt.UTC),
                event["DTEND"].dt.astimezone(dt.UTC),
                str(event["LOCATION"]),
                # notifications.itip.calendar.text keeps a typed backslash and N apart.
                str(event["SUMMARY"]).replace("\u2060", ""),
            )
        )

    @property
    def shown(self) -> list[Entry]:
        """Without what its owner said no to in its last version."""
        return sorted(
            (
                entry
                for uid, entry in self.entries.items()
                if entry is not None and self.declined.get(uid, -1) < self.newest[uid][0]
            ),
            key=repr,
        )


def answer(mail: Mail, partstat: str, number: int) -> bytes:
    """A calendar program's REPLY to that mail."""
    event = mail.event
    attendee = str(event["ATTENDEE"]).removeprefix("mailto:")
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Test//Agenda//NL",
        "METHOD:REPLY",
        "BEGIN:VEVENT",
        f"UID:{event['UID']}",
        f"SEQUENCE:{event['SEQUENCE']}",
        f"DTSTAMP:{clock.now():%Y%m%dT%H%M%SZ}",
        f"ORGANIZER:{event['ORGANIZER']}",
        f"ATTENDEE;PARTSTAT={partstat}:mailto:{attendee}",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]
    head = [
        f"From: <{attendee}>",
        "To: <uitnodigingen@trainjecollega.example>",
        f"Subject: {partstat}",
        f"Message-ID: <antwoord{number}@{attendee.partition('@')[2]}>",
        "MIME-Version: 1.0",
        "Content-Type: text/calendar; charset=utf-8; method=REPLY",
        "",
    ]
    return "\r\n".join(head + lines).encode()


who, which = st.integers(0, PEOPLE - 1), st.integers(0, SESSIONS - 1)


class Product(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.stack = ExitStack()
        self.clock = self.stack.enter_context(time_machine.travel(SUMMER, tick=False))
        self.stack.enter_context(
            override_settings(EMAIL_BACKEND=f"{__name__}.FaultyServer", INVITE_DEBOUNCE_SECONDS=300)
        )
        self.stack.enter_context(transaction.atomic())
        FaultyServer.taken, FaultyServer.faults = [], []
        self.answers: list[tuple[str, str, int]] = []

    @initialize()
    def rows(self):
        host = OrganisationFactory(name="Gemeente Utrecht")
        self.trainer = PersonFactory(email="samira@utrecht.example", organisation=host)
        self.rooms = [LocationFactory(organisation=host, room=f"Zaal {n}") for n in range(3)]
        self.people = [
            PersonFactory(name=f"Collega {n}", email=f"collega{n}@cjib.example")
            for n in range(PEOPLE)
        ]
        start = SUMMER.replace(hour=8) + dt.timedelta(days=13)  # on both sides of the clock change
        self.sessions = [
            SessionFactory(
                course=CourseFactory(trainer=self.trainer, organisation=host, title=f"Cursus {n}"),
                starts_at=start + dt.timedelta(days=n),
                capacity=2,
            )
            for n in range(SESSIONS)
        ]
        for session in self.sessions:
            dates.announce(session, by=self.trainer)

    def teardown(self):
        try:
            if hasattr(self, "sessions"):
                self.settle()
                self.calendars_equal_the_database()
        finally:
            with suppress(Exception):
                transaction.set_rollback(True)
            self.stack.close()

    # --- what people do ---

    def session(self, number) -> Session:
        return Session.objects.with_card().get(pk=self.sessions[number].pk)

    def live(self, person) -> list[Registration]:
        return list(
            Registration.objects.filter(
                person=person, state__in=["registered", "waiting"]
            ).order_by("pk")
        )

    @rule(person=who, session=which)
    def register(self, person, session):
        with suppress(CourseError):
            registrations.register(self.session(session), person=self.people[person])

    @rule(person=who)
    def withdraw(self, person):
        for row in self.live(self.people[person])[:1]:
            registrations.cancel(row, by=self.people[person])

    @rule(person=who, to=which)
    def move(self, person, to):
        for row in self.live(self.people[person])[:1]:
            with suppress(CourseError):
                registrations.move(row, to=self.session(to), by=self.people[person])

    @rule(session=which, hour=st.integers(9, 16), days=st.integers(0, 4))
    def change_time(self, session, hour, days):
        row = self.session(session)
        day = clock.local(self.sessions[session].starts_at).date() + dt.timedelta(days=days)
        with suppress(CourseError):
            dates.change_session(row, by=self.trainer, day=day, time=dt.time(hour))

    @rule(session=which, room=st.integers(0, 2), link=st.sampled_from("abc"))
    def change_place(self, session, room, link):
        with suppress(CourseError):
            dates.change_session(
                self.session(session),
                by=self.trainer,
                format="hybrid" if link == "c" else "on_site",
                location=self.rooms[room],
                online_url=f"https://vergadering.example/{link}",
            )

    @rule(session=which, title=st.sampled_from(["Brief; kort, en goed", "Één\\Naam", "Data 🐦"]))
    def rename(self, session, title):
        row = self.session(session)
        old, row.course.title = row.course.title, title
        row.course.save()
        dates.title_changed(row.course, by=self.trainer, old=old)

    @rule(session=which, capacity=st.integers(1, 4))
    def resize(self, session, capacity):
        with suppress(CourseError):
            capacities.change_seats(self.session(session), by=self.trainer, capacity=capacity)

    @rule(session=which)
    def call_off(self, session):
        with suppress(CourseError):
            dates.cancel_session(self.session(session), by=self.trainer)

    @rule(
        number=st.integers(0, 30), partstat=st.sampled_from(["ACCEPTED", "TENTATIVE", "DECLINED"])
    )
    def reply(self, number, partstat):
        """To any REQUEST a learner ever got, the first ones too; an answer sees what stands there by then."""
        mails = [mail for mail in self.delivered() if mail.shape and mail.shape[0] == "REQUEST"]
        mails = [mail for mail in mails if self.trainer.email not in str(mail.event["ATTENDEE"])]
        if not mails:
            return
        mail = mails[number % len(mails)]
        calendar = CalendarProgram()
        for other in self.delivered():
            if other.shape and other.event["UID"] == mail.event["UID"]:
                calendar.apply(other)
        uid = str(mail.event["UID"])
        if partstat == "DECLINED" and (
            calendar.entries[uid] is None or uid in {known for known, _, _ in self.answers}
        ):
            return  # nobody says no to what is not in the calendar any more
        if partstat == "DECLINED":
            self.answers.append((str(mail["To"]), uid, mail.shape[1]))
        self.clock.shift(1)
        receive(answer(mail, partstat, len(self.answers) * 1000 + number))
        self.clock.shift(1)

    # --- what machines do ---

    @rule(minutes=st.sampled_from([1, 4, 6, 20, 70]))
    def time_passes(self, minutes):
        self.clock.shift(minutes * 60)

    @rule(faults=st.lists(st.sampled_from(FAULTS), max_size=6), limit=st.integers(1, 10))
    def work(self, faults, limit):
        FaultyServer.faults = faults
        with suppress(Killed):
            delivery.drain(limit=limit)
        FaultyServer.faults = []

    def settle(self):
        """Everything works again for a day."""
        FaultyServer.faults = []
        for _ in range(26):
            if not Message.objects.filter(state__in=["pending", "leased"]).exists():
                return
            self.clock.shift(3600)
            delivery.drain()
        raise AssertionError("the outbox does not come to rest")

    # --- what must be true ---

    def delivered(self) -> list[Mail]:
        return [Mail(octets) for octets in FaultyServer.taken]

    def calendars_equal_the_database(self):
        mails = self.delivered()
        with_calendar = [mail for mail in mails if mail.shape]
        for mail in with_calendar:
            attendee = str(mail.event["ATTENDEE"]).removeprefix("mailto:")
            assert attendee in str(mail["To"])
        ids: dict[str, bytes] = {}
        for mail in mails:
            assert ids.setdefault(mail["Message-ID"], mail.octets) == mail.octets
        chance = random.Random(len(mails))
        for _ in range(3):
            arrived = with_calendar + chance.sample(with_calendar, len(with_calendar) // 2)
            chance.shuffle(arrived)
            assert self.calendars(arrived) == self.database()

    def calendars(self, mails: list[Mail]) -> dict[str, list[Entry]]:
        programs = {p.email: CalendarProgram() for p in [*self.people, self.trainer]}
        for mail in mails:
            programs[str(mail.event["ATTENDEE"]).removeprefix("mailto:")].apply(mail)
        for to, uid, sequence in self.answers:
            email = next(address for address in programs if address in to)
            programs[email].declined[uid] = sequence
        return {email: program.shown for email, program in programs.items()}

    def database(self) -> dict[str, list[Entry]]:
        found: dict[str, list[Entry]] = {p.email: [] for p in [*self.people, self.trainer]}
        for row in Registration.objects.filter(state="registered").select_related(
            "person", "session__course", "session__location"
        ):
            found[row.person.email].append(_entry(row.session))
        for session in Session.objects.filter(status="planned").select_related(
            "course", "location"
        ):
            found[self.trainer.email].append(_entry(session))
        return {email: sorted(entries, key=repr) for email, entries in found.items()}


def _entry(session: Session) -> Entry:
    facts = Facts.of(session)
    return Entry(facts.start, facts.end, facts.location, facts.title)


@pytest.mark.django_db
def test_calendars_end_equal_to_the_database():
    run_state_machine_as_test(
        Product,
        settings=settings(
            max_examples=int(os.environ.get("STATEFUL_EXAMPLES", "12")),
            stateful_step_count=25,
            phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking takes minutes
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
    assert Invitation.objects.count() == 0
