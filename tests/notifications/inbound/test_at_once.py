# SPDX-License-Identifier: EUPL-1.2
"""The same mail in several hands at the same moment, and two answers that cross."""

import itertools

import pytest

from accounts.models import AuditEvent
from courses.domain import registration
from courses.models import Registration, Session
from notifications.inbound import reading, receiving
from notifications.inbound.receiving import receive
from notifications.models import InboundMessage, Invitation
from tests.courses.test_concurrency import at_once
from tests.factories import PersonFactory
from tests.notifications.conftest import post
from tests.notifications.inbound import shapes
from tests.notifications.inbound.conftest import GONE

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_same_mail_in_eight_hands_counts_once(world):
    raw = shapes.declined(world.envelope)
    receipts = at_once([lambda: receive(raw)] * 8)
    assert sorted(receipt.again for receipt in receipts) == [False] + [True] * 7
    assert world.state == GONE
    assert InboundMessage.objects.count() == 1
    assert AuditEvent.objects.filter(verb="registration.cancelled").count() == 1


def test_control_without_the_message_id_the_mail_counts_eight_times(world, monkeypatch):
    numbers = itertools.count()
    monkeypatch.setattr(reading, "message_id_of", lambda raw: f"<{next(numbers)}@x>")
    raw = shapes.declined(world.envelope)
    assert [str(one) for one in at_once([lambda: receiving.receive(raw)] * 8) if not one.again]
    assert InboundMessage.objects.count() == 8


def test_a_decline_and_a_withdrawal_on_the_page_free_one_seat(world):
    raw = shapes.declined(world.envelope)
    results = at_once(
        [
            lambda: receive(raw),
            lambda: registration.cancel(world.registration, by=world.merel),
        ]
    )
    assert [type(result).__name__ for result in results] == ["Receipt", "Registration"]
    assert world.state[:3] == ("cancelled", "registered", 1)
    assert AuditEvent.objects.filter(verb="registration.cancelled").count() == 1


def test_ten_declines_of_one_session_free_ten_seats_and_seat_ten(world):
    session = Session.objects.get(pk=world.session.pk)
    Session.objects.filter(pk=session.pk).update(capacity=10, taken=10)
    Registration.objects.filter(session=session).delete()
    Session.objects.filter(pk=session.pk).update(taken=0, taken_home=0)
    crowd = PersonFactory.create_batch(20, organisation=world.merel.organisation)
    for person in crowd:
        registration.register(Session.objects.get(pk=session.pk), person=person)
    post()
    uids = Invitation.objects.filter(registration__session=session).values_list(
        "uid", "person__email"
    )
    mails = [
        shapes.declined(shapes.Envelope(uid=uid, invited=email, name=f"m{number}"))
        for number, (uid, email) in enumerate(uids)
    ]
    assert len(mails) == 10
    results = at_once([lambda raw=raw: receive(raw) for raw in mails])
    assert [result.row.outcome for result in results] == ["declined"] * 10
    states = [Registration.objects.get(session=session, person=person).state for person in crowd]
    assert states == ["cancelled"] * 10 + ["registered"] * 10
    assert Session.objects.get(pk=session.pk).taken == 10
