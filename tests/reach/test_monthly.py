# SPDX-License-Identifier: EUPL-1.2
"""The monthly mail about the figures: on and off, and once a month whatever happens."""

import datetime as dt
import threading
from urllib.parse import urlsplit

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test import Client

from accounts.models import AuditEvent, Role
from base import clock
from notifications import tokens
from notifications.models import Message
from reach import tasks
from reach.domain import monthly
from reach.models import MonthlyExport, MonthlyNotice
from tests.factories import OrganisationFactory, PersonFactory, coordinator
from tests.notifications.conftest import post as mails

pytestmark = pytest.mark.django_db

PAGE = "/coordinatie/bereik/maandelijks/"
CHOICE = {"aan": "on", "tabel": "registrations", "formaat": "ods"}


def at(text: str) -> time_machine.travel:
    """The clock in Amsterdam."""
    moment = dt.datetime.fromisoformat(text).replace(tzinfo=clock.AMSTERDAM)
    return time_machine.travel(moment, tick=False)


@pytest.fixture
def me():
    return coordinator(OrganisationFactory(name="Gemeente Gouda", slug="gouda"))


def switched_on(person, when="2026-10-20T12:00") -> MonthlyExport:
    with at(when):
        return monthly.switch_on(
            by=person, organisation=person.organisation, table="registrations", kind="ods"
        )


def told() -> int:
    return Message.objects.filter(kind="reach_monthly").count()


def test_it_is_off_until_it_is_switched_on(client, me):
    client.force_login(me)
    assert client.get(PAGE).context["form"]["aan"].value() is False
    with at("2026-11-01T08:00"):
        assert tasks.tell_monthly() == 0
    assert client.post(PAGE, CHOICE)["Location"] == PAGE
    row = MonthlyExport.objects.get()
    assert (row.person, row.organisation, row.table, row.format) == (
        me,
        me.organisation,
        "registrations",
        "ods",
    )
    assert client.get(PAGE).context["form"]["aan"].value() is True
    client.post(PAGE, CHOICE | {"aan": ""})
    assert not MonthlyExport.objects.exists()
    verbs = AuditEvent.objects.order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["reach.monthly_on", "reach.monthly_off"]


def test_the_first_mail_comes_on_the_first_of_the_next_month(me):
    switched_on(me)
    for moment, sent in (
        ("2026-10-31T12:00", 0),
        ("2026-11-01T06:59", 0),
        ("2026-11-01T07:00", 1),
        ("2026-11-01T08:00", 0),
        ("2026-11-30T08:00", 0),
        ("2026-12-02T08:00", 1),  # beat was away on the first
    ):
        with at(moment):
            assert (moment, tasks.tell_monthly()) == (moment, sent)


def test_the_mail_has_a_link_and_no_figure(me):
    switched_on(me)
    with at("2026-11-01T08:00"):
        tasks.tell_monthly()
        (mail,) = mails()
    assert mail.subject == "De cijfers van deze maand: Gemeente Gouda"
    assert (
        "/coordinatie/bereik/downloads/?tabel=registrations&formaat=ods&organisatie=gouda"
        in mail.text
    )
    assert [part.get_content_type() for part in mail.parsed.walk() if part.get_filename()] == []


def test_a_mail_of_a_month_that_is_over_is_not_sent(me):
    switched_on(me)
    with at("2026-11-30T08:00"):
        tasks.tell_monthly()
    with at("2026-12-01T01:00"):
        assert mails() == []
        assert Message.objects.get(kind="reach_monthly").state == "skipped"


def test_who_is_no_coordinator_any_more_gets_none(me):
    switched_on(me)
    Role.objects.filter(person=me).delete()
    with at("2026-11-01T08:00"):
        assert tasks.tell_monthly() == 0
    assert told() == 0


def test_the_row_of_the_month_keeps_a_second_mail_away(me):
    row = switched_on(me)
    with at("2026-11-01T08:00"):
        MonthlyNotice.objects.create(export=row, month=dt.date(2026, 11, 1))
        assert tasks.tell_monthly() == 0
    assert told() == 0
    with pytest.raises(IntegrityError), transaction.atomic():
        MonthlyNotice.objects.create(export=row, month=dt.date(2026, 11, 1))


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_the_same_moment_send_one_mail():
    me = coordinator(OrganisationFactory())
    row = switched_on(me)
    MonthlyNotice.objects.filter(export=row).delete()
    gate = threading.Barrier(2)

    def tell():
        try:
            gate.wait(timeout=20)
            monthly.tell()
        finally:
            connection.close()

    with at("2026-11-01T08:00"):
        beats = [threading.Thread(target=tell) for _ in range(2)]
        for thread in beats:
            thread.start()
        for thread in beats:
            thread.join(timeout=60)
    assert (told(), MonthlyNotice.objects.count()) == (1, 1)


def test_only_for_organisations_of_ones_own(client, me):
    client.force_login(me)
    OrganisationFactory(slug="delft")
    assert client.get(PAGE, {"organisatie": "delft"}).status_code == 404
    assert client.get(PAGE, {"organisatie": "gouda"}).status_code == 200
    client.force_login(PersonFactory())
    assert client.post(PAGE, CHOICE).status_code == 403


def test_the_button_of_the_mail_program_switches_it_off_without_signing_in(me):
    """RFC 8058: one POST, without cookies or a page before it."""
    other = switched_on(coordinator(OrganisationFactory()))
    switched_on(me)
    with at("2026-11-01T08:00"):
        tasks.tell_monthly()
        mail = next(mail for mail in mails() if mail.parsed["To"].endswith(f"<{me.email}>"))
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = mail["List-Unsubscribe"].strip("<>")
    assert address in mail.text
    path = urlsplit(address).path
    program = Client(enforce_csrf_checks=True)
    # Who opens the link, or has it opened by a scanner, only sees a button.
    assert "Zet deze mail uit" in program.get(path).content.decode()
    assert MonthlyExport.objects.count() == 2
    answer = program.post(path, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert MonthlyExport.objects.get() == other
    event = AuditEvent.objects.get(verb="reach.monthly_off")
    assert (event.actor, event.detail) == (me, {"by": "mail"})
    # Again is no error, and says that it is off.
    assert "staat uit" in program.post(path).content.decode()
    assert AuditEvent.objects.filter(verb="reach.monthly_off").count() == 1


@pytest.mark.parametrize("wrong", ["x", "kapot", ""])
def test_an_address_that_is_not_ours_stops_nothing(client, me, wrong):
    row = switched_on(me)
    token = tokens.monthly_token(row.public_id.hex)[: -len(wrong) or None] + wrong
    if not wrong:
        token = tokens.unsubscribe_token(me)
    assert client.post(f"/bereik/maandmail-uit/{token}/").status_code == 404
    assert MonthlyExport.objects.get() == row
