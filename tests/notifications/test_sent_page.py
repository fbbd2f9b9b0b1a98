# SPDX-License-Identifier: EUPL-1.2
"""«Post uit»: who sees which mail and whose name, sending again, and holding back bulk mail."""

import ast
import datetime as dt
import re
import smtplib
from pathlib import Path

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

import notifications
from accounts import signals
from accounts.models import AuditEvent, Person
from base import clock
from notifications import delivery, outbox, reasons
from notifications.domain import addresses, pausing
from notifications.domain.resend import NotResent, resend_for, resend_message
from notifications.models import BulkPause, Invitation, Message, RefusedAddress
from notifications.models.message import Kind
from tests.factories import (
    EditionFactory,
    OrganisationFactory,
    PersonFactory,
    SessionFactory,
    coordinator,
    national_coordinator,
)
from tests.notifications.conftest import Mail, call_off, change, leave, post, seat, states
from tests.notifications.scripted import ScriptedBackend

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
PAGE = "/coordinatie/post-uit/"


@pytest.fixture
def cjib():
    return OrganisationFactory(name="CJIB", slug="cjib")


@pytest.fixture
def merel(cjib):
    return PersonFactory(name="Merel de Jong", email="merel@cjib.example", organisation=cjib)


@pytest.fixture
def session(db):
    return SessionFactory(edition=EditionFactory(slug="een-week"))


@pytest.fixture
def server(settings):
    ScriptedBackend.reset()
    settings.EMAIL_BACKEND = "tests.notifications.scripted.ScriptedBackend"
    return ScriptedBackend


@pytest.fixture
def sign_in(client):
    def become(person):
        client.force_login(person)
        return client

    return become


def shown(answer):
    """The lines of the list, as a person reads them."""
    assert answer.status_code == 200
    page = answer.content.decode()
    part = page[page.index('id="berichten"') :]
    items = re.findall(r"<li>\s*<span>(.*?)</span>\s*(?:<form|</li>)", part, re.DOTALL)
    return [" ".join(re.sub("<[^>]+>", " ", item).split()) for item in items]


def fail(message, reason="550 5.1.1 <merel@cjib.example>: no such user"):
    Message.objects.filter(pk=message.pk).update(state="dead", last_error=reason)


def announce(edition, people):
    outbox.put_all(
        [
            outbox.new(
                Kind.PROGRAMME,
                key=f"programme:{edition.pk}:{person.public_id.hex}",
                person=person,
                edition=edition.pk,
            )
            for person in people
        ]
    )


def test_coordinator_of_the_learner_sees_the_name_and_the_reason(sign_in, session, cjib, merel):
    seat(session, merel)
    fail(Message.objects.get())
    (line,) = shown(sign_in(coordinator(cjib)).get(PAGE))
    assert line.startswith(f"Je doet mee Aan: Merel de Jong {session.course.title}")
    assert line.endswith("Mislukt. 550 5.1.1 &lt;merel@cjib.example&gt;: no such user")


@pytest.mark.parametrize("who", ["host", "national"])
def test_who_may_not_know_the_name_sees_neither_name_nor_address(sign_in, session, merel, who):
    seat(session, merel)
    fail(Message.objects.get())
    reader = coordinator(session.course.organisation) if who == "host" else national_coordinator()
    answer = sign_in(reader).get(PAGE)
    (line,) = shown(answer)
    assert line.startswith(f"Je doet mee Aan: een collega {session.course.title}")
    assert line.endswith("Mislukt. De mailserver zei nee (550).")
    page = answer.content.decode()
    assert [word for word in ("Merel", "merel@", "cjib.example") if word in page] == []


def test_why_a_mail_was_not_needed_is_told_in_the_readers_language(sign_in, session, cjib, merel):
    """Not in the receiver's, which is what the worker writes in."""
    Person.objects.filter(pk=merel.pk).update(language="en")
    leave(seat(session, merel))
    assert post() == []
    client = sign_in(coordinator(cjib))
    page = f"{PAGE}?staat=niet-nodig"
    (dutch,), (english,) = shown(client.get(page)), shown(client.get(f"/en{page}"))
    assert dutch.endswith("Niet meer nodig: de uitnodiging is ingetrokken.")
    assert english.endswith("Not needed any more: the invitation was withdrawn.")


def test_what_stands_before_a_servers_words_is_told_in_the_readers_language(
    sign_in, session, cjib, merel
):
    seat(session, merel)
    fail(Message.objects.get(), f"{reasons.TRIED_A_DAY} 450 4.2.2 mailbox full")
    client = sign_in(coordinator(cjib))
    assert shown(client.get(PAGE))[0].endswith("Een dag lang geprobeerd. 450 4.2.2 mailbox full")
    (line,) = shown(client.get(f"/en{PAGE}"))
    assert line.endswith("Tried for a day. 450 4.2.2 mailbox full")


def test_every_reason_to_send_nothing_is_marked_for_translation():
    unmarked = [
        f"{path.name}:{node.lineno}"
        for path in sorted(Path(notifications.__file__).parent.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).rpartition(".")[2] in {"NothingToTell", "AddressRefuses"}
        and not ast.unparse(node.args[0]).startswith("marked(")
    ]
    assert unmarked == []


def test_coordinator_elsewhere_sees_nothing(sign_in, session, merel):
    seat(session, merel)
    assert shown(sign_in(coordinator()).get(PAGE)) == []


def test_codes_and_notes_are_nobody_elses_business(sign_in, cjib, merel):
    outbox.put(Kind.LOGIN_CODE, key="code:1", person=merel, secret="123456", queue="urgent")
    outbox.put(Kind.NOTE, key="note:1", person=merel, note=1)
    assert shown(sign_in(coordinator(cjib)).get(PAGE)) == []
    assert shown(sign_in(national_coordinator()).get(PAGE)) == []


def test_filters_on_state_session_and_edition(sign_in, session, cjib, merel):
    other = SessionFactory()
    seat(session, merel)
    seat(other, merel)
    fail(Message.objects.get(invitation__session=session))
    client = sign_in(coordinator(cjib))

    def number(query):
        return len(shown(client.get(PAGE + query)))

    asked = ["", "?staat=mislukt", "?staat=wacht", "?staat=verstuurd", "?staat=onzin"]
    asked += [f"?bijeenkomst={other.public_id}", "?editie=een-week", "?bijeenkomst=onzin"]
    assert [number(query) for query in asked] == [2, 1, 1, 0, 2, 1, 1, 2]


def test_paging_goes_back_in_time_without_losing_or_repeating_one(sign_in, session, cjib):
    people = [PersonFactory(name=f"Collega {n:02}", organisation=cjib) for n in range(30)]
    for person in people:
        seat(session, person)
    client = sign_in(coordinator(cjib))
    first = client.get(PAGE)
    older = re.search(r'href="(\?[^"]*ouder=[^"]*)"', first.content.decode())[1]
    lines = shown(first) + shown(client.get(PAGE + older))
    assert [re.search(r"Collega \d\d", line)[0] for line in lines] == [
        f"Collega {n:02}" for n in reversed(range(30))
    ]


@pytest.mark.parametrize("reader", ["coordinator", "national"])
def test_the_page_asks_as_much_for_three_as_for_one(sign_in, session, cjib, merel, reader):
    person = coordinator(cjib) if reader == "coordinator" else national_coordinator()
    client = sign_in(person)

    def queries():
        with CaptureQueriesContext(connection) as caught:
            assert client.get(PAGE).status_code == 200
        return len([q for q in caught if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))])

    def one_more():
        someone = PersonFactory(organisation=cjib)
        seat(SessionFactory(), someone)
        announce(EditionFactory(), [someone])
        RefusedAddress.objects.create(address=someone.email, blocked_at=clock.now())
        bounce(seat(SessionFactory(), PersonFactory(organisation=cjib, email=f"x@{someone.pk}.nl")))

    one_more()
    queries()
    with_one = queries()
    one_more()
    one_more()
    assert queries() == with_one


def test_resend_sends_the_invitation_once_more(sign_in, session, cjib, merel):
    seat(session, merel)
    (first,) = post()
    row = Message.objects.get()
    boss = coordinator(cjib)
    answer = sign_in(boss).post(f"{PAGE}{row.public_id}/opnieuw/", {"terug": f"{PAGE}?staat=wacht"})
    assert (answer.status_code, answer["Location"]) == (302, f"{PAGE}?staat=wacht")
    (again,) = post()
    assert (again.shape, again.event["UID"]) == (first.shape, first.event["UID"])
    trail = AuditEvent.objects.filter(verb="message.resent")
    assert list(trail.values_list("actor", flat=True)) == [boss.pk]


def test_resend_goes_back_to_our_own_pages_only(sign_in, session, cjib, merel):
    seat(session, merel)
    post()
    path = f"{PAGE}{Message.objects.get().public_id}/opnieuw/"
    answer = sign_in(coordinator(cjib)).post(path, {"terug": "//kwaad.example/"})
    assert answer["Location"] == PAGE


def test_what_still_waits_cannot_be_sent_again(sign_in, session, cjib, merel):
    seat(session, merel)
    path = f"{PAGE}{Message.objects.get().public_id}/opnieuw/"
    assert sign_in(coordinator(cjib)).post(path).status_code == 404
    assert Message.objects.count() == 1


def test_a_refused_address_is_shown_to_the_coordinator_and_mailed_again(
    sign_in, session, cjib, merel
):
    registration = seat(session, merel)
    post()
    refused = RefusedAddress.objects.create(
        address=merel.email, reason="5.1.1 onbekend", blocked_at=clock.now()
    )
    registration.invitations.update(state="bounced")
    client = sign_in(coordinator(cjib))
    page = client.get(PAGE).content.decode()
    assert ("merel@cjib.example" in page, "5.1.1 onbekend" in page) == (True, True)
    assert "merel@" not in sign_in(coordinator()).get(PAGE).content.decode()

    sign_in(coordinator(cjib)).post(f"{PAGE}adressen/{refused.public_id}/weer/")
    assert RefusedAddress.objects.count() == 0
    assert Invitation.objects.get().state == "active"
    assert [mail.shape for mail in post()] == [("REQUEST", 0)]


# --- refused by policy ------------------------------------------------------------------------------

POLICY = "554 5.7.1 <{0}> message rejected by policy"


def bounce(registration):
    """As delivery leaves it after a refusal that is not about the address."""
    row = registration.invitations.get()
    row.messages.update(state="dead", last_error=POLICY.format(row.person.email))
    Invitation.objects.filter(pk=row.pk).update(
        state="bounced", address=row.person.email, method_sent="", sent_facts=None
    )
    return row


def test_bounced_by_policy_one_click_sends_the_newest_state_of_all(
    sign_in, session, cjib, merel, server
):
    joost = PersonFactory(name="Joost", email="joost@cjib.example", organisation=cjib)
    server.script = [smtplib.SMTPDataError(554, b"5.7.1 rejected by policy")] * 2
    seats = [seat(session, merel), seat(session, joost)]
    delivery.drain()
    first = {row.uid: row.sequence for row in Invitation.objects.all()}
    assert [row.state for row in Invitation.objects.all()] == ["bounced", "bounced"]
    change(session, starts_at=session.starts_at + HOUR, ends_at=session.ends_at + HOUR)
    delivery.drain()
    assert server.taken == []  # it does not recover by itself

    client = sign_in(coordinator(cjib))
    page = client.get(PAGE).content.decode()
    assert "Deze uitnodigingen kwamen niet aan" in page
    assert "2 uitnodigingen" in page
    where = {"domein": "cjib.example", "terug": f"{PAGE}?staat=mislukt"}
    answer = client.post(f"{PAGE}opnieuw/", where)
    assert answer["Location"] == f"{PAGE}?staat=mislukt"
    client.post(f"{PAGE}opnieuw/", where)
    delivery.drain()

    mails = [Mail(octets) for octets in server.taken]
    assert sorted(mail["To"].addresses[0].addr_spec for mail in mails) == [
        "joost@cjib.example",
        "merel@cjib.example",
    ]
    assert {mail.event["UID"]: mail.event["SEQUENCE"] for mail in mails} == first
    assert {mail.event["DTSTART"].dt for mail in mails} == {session.starts_at}
    assert {row.invitations.get().state for row in seats} == {"active"}
    assert "Deze uitnodigingen kwamen niet aan" not in client.get(PAGE).content.decode()
    trail = AuditEvent.objects.get(verb="invitations.retried")
    assert trail.detail == {"domain": "cjib.example", "count": 2}


def test_refused_again_it_is_shown_again(sign_in, session, cjib, merel, server):
    server.script = [smtplib.SMTPDataError(554, b"5.7.1 rejected by policy")] * 2
    seat(session, merel)
    delivery.drain()
    client = sign_in(coordinator(cjib))
    client.post(f"{PAGE}opnieuw/", {"domein": "cjib.example"})
    delivery.drain()
    assert server.taken == []
    assert "Deze uitnodigingen kwamen niet aan" in client.get(PAGE).content.decode()


def test_who_sees_no_names_sees_the_domain_and_no_address(sign_in, session, merel):
    bounce(seat(session, merel))
    page = sign_in(national_coordinator()).get(PAGE).content.decode()
    assert "<strong>cjib.example</strong>" in page
    assert "554 5.7.1 message rejected by policy" in page
    assert "merel@" not in page


def test_a_coordinator_elsewhere_neither_sees_nor_sends_it(sign_in, session, merel):
    row = bounce(seat(session, merel))
    client = sign_in(coordinator())
    assert "cjib.example" not in client.get(PAGE).content.decode()
    client.post(f"{PAGE}opnieuw/", {"domein": "cjib.example"})
    row.refresh_from_db()
    assert row.state == "bounced"


def test_another_domain_that_ends_alike_is_left_alone(sign_in, session, merel):
    other = PersonFactory(email="x@nietcjib.example")
    rows = [bounce(seat(session, merel)), bounce(seat(session, other))]
    sign_in(national_coordinator()).post(f"{PAGE}opnieuw/", {"domein": "cjib.example"})
    assert [Invitation.objects.get(pk=row.pk).state for row in rows] == ["active", "bounced"]


def test_an_address_that_is_gone_is_not_tried_by_domain(sign_in, session, cjib, merel):
    row = bounce(seat(session, merel))
    RefusedAddress.objects.create(address=merel.email, blocked_at=clock.now())
    client = sign_in(coordinator(cjib))
    assert "Deze uitnodigingen kwamen niet aan" not in client.get(PAGE).content.decode()
    client.post(f"{PAGE}opnieuw/", {"domein": "cjib.example"})
    row.refresh_from_db()
    assert row.state == "bounced"


def test_an_update_that_bounced_comes_back_with_a_higher_sequence(sign_in, session, cjib, merel):
    """The calendar has the first time; what is sent now must win from it."""
    seat(session, merel)
    (first,) = post()
    Invitation.objects.update(state="bounced")
    change(session, starts_at=session.starts_at + HOUR, ends_at=session.ends_at + HOUR)
    assert post() == []
    sign_in(coordinator(cjib)).post(f"{PAGE}opnieuw/", {"domein": "cjib.example"})
    (again,) = post()
    assert (again.shape, again.event["UID"]) == (("REQUEST", 1), first.event["UID"])
    assert again.event["DTSTART"].dt == session.starts_at


def test_who_left_meanwhile_is_not_invited_again(sign_in, session, cjib, merel):
    row = seat(session, merel)
    post()
    Invitation.objects.update(state="bounced")
    leave(row)
    assert [mail.shape for mail in post()] == [("CANCEL", 1)]
    sign_in(coordinator(cjib)).post(f"{PAGE}opnieuw/", {"domein": "cjib.example"})
    assert post() == []


def test_a_session_that_is_called_off_is_told_to_who_bounced_too(session, merel):
    seat(session, merel)
    post()
    Invitation.objects.update(state="bounced")
    call_off(session)
    assert [mail.shape for mail in post()] == [("CANCEL", 1)]
    assert Invitation.objects.get().state == "cancelled"


def test_the_learner_can_ask_for_a_bounced_invitation_again(session, merel):
    registration = seat(session, merel)
    bounce(registration)
    resend_for(registration)
    assert [mail.shape for mail in post()] == [("REQUEST", 0)]
    assert registration.invitations.get().state == "active"


def test_nothing_is_sent_to_an_address_that_refuses(session, merel):
    RefusedAddress.objects.create(address=merel.email, blocked_at=clock.now())
    seat(session, merel)
    assert post() == []
    assert states() == [("registered", "skipped")]


def test_what_was_not_sent_to_an_address_that_refuses_is_told_when_it_works_again(session, merel):
    seat(session, merel)
    (first,) = post()
    blocked = RefusedAddress.objects.create(address=merel.email, blocked_at=clock.now())
    change(session, starts_at=session.starts_at + HOUR, ends_at=session.ends_at + HOUR)
    Message.objects.update(not_before=clock.now())
    assert post() == []
    assert Invitation.objects.get().state == "bounced"
    change(session, starts_at=session.starts_at + HOUR, ends_at=session.ends_at + HOUR)

    addresses.try_again(blocked, by=coordinator())
    (newest,) = post()
    assert newest.event["UID"] == first.event["UID"]
    assert newest.shape[0] == "REQUEST" and newest.shape[1] > first.shape[1]
    assert newest.event["DTSTART"].dt == session.starts_at


def test_a_mail_to_a_fixed_address_goes_there_again_as_long_as_it_is_known(merel):
    """«Je werkmail is veranderd» is for the old address, whoever reads the new one."""
    with transaction.atomic():
        signals.email_changed.send(Person, person=merel, previous="oud@cjib.example")
    assert [mail["To"].addresses[0].addr_spec for mail in post()] == ["oud@cjib.example"]
    row = Message.objects.get(kind=Kind.ADDRESS_CHANGED)
    resend_message(row)
    assert [mail["To"].addresses[0].addr_spec for mail in post()] == ["oud@cjib.example"]
    row.to_address = ""
    with pytest.raises(NotResent, match="is gewist"):
        resend_message(row)


def progress_of(answer):
    found = re.search(
        r'<progress[^>]*max="(\d+)"[^>]*value="(\d+)"', answer.content.decode(), re.DOTALL
    )
    return (int(found[2]), int(found[1])) if found else None


def test_progress_of_an_announcement_and_its_fragment(sign_in, cjib):
    edition = EditionFactory(name="TJC-week najaar")
    people = PersonFactory.create_batch(4, organisation=cjib)
    announce(edition, people)
    Message.objects.filter(person=people[0]).update(state="sent", sent_at=clock.now())
    Message.objects.filter(person=people[1]).update(state="dead")
    client = sign_in(national_coordinator())
    assert progress_of(client.get(PAGE)) == (2, 4)
    fragment = client.get(f"{PAGE}?deel=voortgang", headers={"HX-Request": "true"})
    assert progress_of(fragment) == (2, 4)
    assert "<html" not in fragment.content.decode()
    assert progress_of(sign_in(coordinator(cjib)).get(PAGE)) is None


def test_pause_holds_bulk_and_lets_the_rest_go(sign_in, session, merel):
    edition = EditionFactory()
    announce(edition, [merel])
    boss = national_coordinator()
    client = sign_in(boss)
    client.post(f"{PAGE}pauze/")
    client.post(f"{PAGE}pauze/")
    seat(session, merel)
    outbox.put(Kind.LOGIN_CODE, key="code:1", person=merel, secret="123456", queue="urgent")
    assert "De bulkmail staat stil" in client.get(PAGE).content.decode()

    delivery.drain()
    assert sorted(states()) == [
        ("login_code", "sent"),
        ("programme", "pending"),
        ("registered", "sent"),
    ]

    client.post(f"{PAGE}verder/")
    delivery.drain()
    assert Message.objects.filter(kind="programme", state="pending").count() == 0
    trail = AuditEvent.objects.filter(verb__startswith="bulk_mail").order_by("pk")
    assert list(trail.values_list("verb", "actor")) == [
        ("bulk_mail.paused", boss.pk),
        ("bulk_mail.resumed", boss.pk),
    ]


def test_a_pause_holds_in_the_middle_of_a_drain(session, cjib, monkeypatch, settings):
    """Workers look before every batch: what is claimed still goes, nothing after it."""
    monkeypatch.setattr(delivery, "BATCH", 2)
    people = PersonFactory.create_batch(6, organisation=cjib)
    announce(EditionFactory(), people)
    claim = outbox.claim

    def claim_and_pause(*args, **kwargs):
        found = claim(*args, **kwargs)
        if not BulkPause.objects.exists():
            pausing.pause_bulk(by=people[0])
        return found

    monkeypatch.setattr(outbox, "claim", claim_and_pause)
    mail.outbox.clear()
    tally = delivery.drain()
    assert (tally.handled, Message.objects.filter(state="pending").count()) == (2, 4)
