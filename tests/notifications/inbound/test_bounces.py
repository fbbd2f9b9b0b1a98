# SPDX-License-Identifier: EUPL-1.2
"""Mail that did not arrive: which one, for good or for now, and what it stops."""

import datetime as dt

import pytest
from django.core import mail
from django.test import Client

from accounts import signals
from courses.domain import registration
from notifications import delivery
from notifications.domain import addresses
from notifications.domain.resend import resend_invitation
from notifications.mail import verp
from notifications.models import Invitation, Message, RefusedAddress
from tests.factories import PersonFactory, SessionFactory
from tests.notifications.conftest import SUMMER
from tests.notifications.inbound import shapes
from tests.notifications.inbound.conftest import UNTOUCHED, outcome

DAY = dt.timedelta(days=1)
TEMPORARY = {"status": "4.2.2", "action": "delayed", "words": "452 4.2.2 mailbox full"}


@pytest.fixture
def envelope(world):
    message = Message.objects.get(invitation=world.invitation)
    return world.envelope.but(token=verp.sender_for(message))


def states():
    invitation = Invitation.objects.get(registration__person__email="merel@cjib.example")
    refused = list(RefusedAddress.objects.values_list("address", "soft_count", "blocked_at"))
    return invitation.state, refused


def test_every_mail_has_an_envelope_sender_of_its_own_and_a_plain_from(world, settings):
    mail.outbox.clear()
    resend_invitation(world.invitation)
    delivery.drain()
    message = Message.objects.order_by("-id").first()
    sent = mail.outbox[0]
    local, _, domain = sent.from_email.partition("@")
    assert (local[:7], len(local), domain) == ("bounce+", 55, "bounces.trainjecollega.example")
    assert verp.message_id_in([sent.from_email.upper()]) == message.public_id
    assert sent.parsed["From"] == "TrainJeCollega <uitnodigingen@trainjecollega.example>"
    settings.BOUNCE_DOMAIN = ""
    assert verp.sender_for(message) == "uitnodigingen@trainjecollega.example"


def test_refused_for_good_stops_the_invitation_and_further_mail(world, envelope):
    assert outcome(shapes.report(envelope)) == ("bounced", "done")
    assert states() == ("bounced", [("merel@cjib.example", 0, SUMMER)])
    assert world.state == UNTOUCHED  # the seat stays: somebody may call her
    registration.register(SessionFactory(), person=world.merel)
    assert world.post() == []
    skipped = Message.objects.order_by("-id").first()
    assert (skipped.state, skipped.last_error) == ("skipped", "het adres weigert onze mail")


def test_asked_for_at_this_moment_it_goes_out_after_all(world, envelope, rf):
    outcome(shapes.report(envelope))
    resend_invitation(Invitation.objects.get(pk=world.invitation.pk))
    assert [to for to, _subject, _method in world.post()] == ["merel"]


def test_signing_in_proves_that_the_address_works(world, envelope):
    outcome(shapes.report(envelope))
    Client().force_login(world.merel)
    assert RefusedAddress.objects.count() == 0


@pytest.mark.parametrize(
    ("status", "words"),
    [("5.7.1", "550 5.7.1 blocked by policy"), ("5.6.1", "550 5.6.1 media not supported")],
)
def test_a_refusal_about_us_or_the_mail_does_not_block_the_address(status, words, world, envelope):
    outcome(shapes.report(envelope, status=status, words=words))
    assert states() == ("bounced", [])


def test_refused_for_now_is_counted_and_after_three_days_it_is_for_good(
    world, envelope, clock_in_summer
):
    def again(number):
        return outcome(shapes.report(envelope.but(name=f"dsn{number}"), **TEMPORARY))[0]

    assert again(1) == "bounce_later"
    clock_in_summer.shift(DAY)
    assert again(2) == "bounce_later"
    assert states() == ("active", [("merel@cjib.example", 2, None)])
    clock_in_summer.shift(2 * DAY)
    assert again(3) == "bounced"
    assert states() == ("bounced", [("merel@cjib.example", 3, SUMMER + 3 * DAY)])


def test_two_hiccups_far_apart_have_nothing_to_do_with_each_other(world, envelope, clock_in_summer):
    outcome(shapes.report(envelope, **TEMPORARY))
    clock_in_summer.shift(8 * DAY)
    assert outcome(shapes.report(envelope.but(name="dsn2"), **TEMPORARY))[0] == "bounce_later"
    assert states() == ("active", [("merel@cjib.example", 1, None)])


def test_a_report_without_our_envelope_address_is_known_by_the_mail_it_returns(world):
    returned = Invitation.objects.get(pk=world.invitation.pk).first_message_id
    raw = shapes.report(world.envelope, returned=returned)
    assert outcome(raw) == ("bounced", "done")
    assert states()[0] == "bounced"


@pytest.mark.parametrize(
    "token",
    [
        "bounce+" + "0" * 48 + "@bounces.trainjecollega.example",
        "bounce+kort@bounces.trainjecollega.example",
        "",
    ],
)
def test_an_invented_token_marks_nobody(token, world):
    assert outcome(shapes.report(world.envelope.but(token=token))) == ("bounce_unknown", "done")
    assert states() == ("active", [])


def test_a_token_with_another_signature_marks_nobody(world, envelope):
    last = "0" if envelope.token.partition("@")[0][-1] != "0" else "1"
    local, _, domain = envelope.token.partition("@")
    forged = f"{local[:-1]}{last}@{domain}"
    assert outcome(shapes.report(envelope.but(token=forged)))[0] == "bounce_unknown"


def test_delivered_reports_change_nothing(world, envelope):
    raw = shapes.report(envelope, status="2.0.0", action="delivered", words="250 ok")
    assert outcome(raw) == ("automatic", "done")
    assert states() == ("active", [])


def test_a_bounce_in_words_waits_for_a_person(world, envelope):
    assert outcome(shapes.bounce_without_report(envelope)) == ("free_text", "queued")
    assert states() == ("active", [])


def test_a_login_code_is_still_sent_and_its_bounce_blocks_nobody(world, envelope):
    outcome(shapes.report(envelope))
    signals.signin_code_requested.send(
        type(world.merel),
        person=world.merel,
        email=world.merel.email,
        code="K7F3QX",
        language="nl",
        browser="a",
    )
    assert [subject for _to, subject, _method in world.post()] == ["Je code voor TrainJeCollega"]


def test_the_desk_tries_again(world, envelope):
    outcome(shapes.report(envelope))
    addresses.try_again(RefusedAddress.objects.get(), by=PersonFactory())
    assert states() == ("active", [])


def test_addresses_of_nobody_are_forgotten(world, clock_in_summer):
    addresses.refuse("weg@elders.example", reason="x")
    addresses.refuse("merel@cjib.example", reason="x")
    addresses.refuse_for_now("wen@rijnwaarden.example", reason="x")
    clock_in_summer.shift(8 * DAY)
    assert addresses.forget_unused() == 2
    assert list(RefusedAddress.objects.values_list("address", flat=True)) == ["merel@cjib.example"]
