# SPDX-License-Identifier: EUPL-1.2
"""Whatever the octets are: the receiver answers with a row and never raises."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notifications.inbound import deciding
from notifications.inbound.receiving import receive
from notifications.models import InboundMessage, Invitation
from tests.notifications.inbound import shapes
from tests.notifications.inbound.test_shapes import SHAPES

SMALL = [
    row[0](shapes.Envelope(token="bounce+" + "0" * 48 + "@bounces.trainjecollega.example"))
    for row in SHAPES
    if len(row[0](shapes.Envelope())) < 20_000
] + [shapes.report(shapes.Envelope())]
FEW = settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
pytestmark = pytest.mark.django_db


def check(raw):
    receipt = receive(raw)
    row = InboundMessage.objects.get(pk=receipt.row.pk)
    assert (row.state == "queued") == (row.outcome in deciding.WAITS)
    assert receive(raw).again
    assert str(receipt)


@given(raw=st.binary(max_size=2000))
@FEW
def test_any_octets(raw):
    check(raw)


LINES = st.sampled_from(
    [
        b"From: a@b.nl",
        b"From: =?utf-8?b?////?= <a@b>, \xff",
        b"Subject: =?x?q?=00?=",
        b"Message-ID: <\x00\xff>",
        b"Content-Type: multipart/mixed; boundary=a",
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=a",
        b"Content-Type: text/calendar; method=REPLY; charset=utf-7",
        b"Content-Type: message/rfc822",
        b"Content-Type: message/delivery-status",
        b"Content-Transfer-Encoding: base64",
        b"Content-Transfer-Encoding: x-uuencode",
        b"Content-Disposition: attachment; filename*=utf-8''%ff.ics",
        b"Status: 5.1.1",
        b"To: bounce+00@bounces.trainjecollega.example",
        b"",
        b"",
        b"--a",
        b"--a--",
        b"BEGIN:VCALENDAR",
        b"BEGIN:VEVENT",
        b"END:VEVENT",
        b"END:VCALENDAR",
        b"METHOD:REPLY",
        b"UID:x",
        b"UID:\xff\x00",
        b"SEQUENCE:99999999999",
        b"DTSTAMP:99999999T999999Z",
        b"ATTENDEE;PARTSTAT=DECLINED:mailto:a@b.nl",
        b'ATTENDEE;CN="\x00:',
        b"\tgevouwen",
        b"\xff\xfe\x00\xd8",
    ]
)


@given(lines=st.lists(LINES, max_size=30), newline=st.sampled_from([b"\n", b"\r\n", b"\r"]))
@FEW
def test_lines_of_mails_in_any_order(lines, newline):
    check(newline.join(lines))


@given(data=st.data())
@FEW
def test_real_answers_with_damage(data):
    raw = bytearray(data.draw(st.sampled_from(SMALL)))
    for _ in range(data.draw(st.integers(1, 5))):
        place = data.draw(st.integers(0, len(raw) - 1))
        raw[place : place + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=8))
        if not raw:
            return
    check(bytes(raw))


@given(cut=st.integers(0, 3000), shape=st.sampled_from(SMALL))
@FEW
def test_real_answers_cut_off(cut, shape):
    check(shape[:cut])


@given(sequence=st.text(max_size=12), stamp=st.text(max_size=20), partstat=st.text(max_size=20))
@FEW
def test_any_values_in_a_known_invitation(sequence, stamp, partstat, world):
    before = world.state
    e = world.envelope.but(sequence=sequence, stamp=stamp)
    raw = shapes.single(e, shapes.ics(e, partstat)).replace(b"Message-ID", b"X-Nothing")
    check(raw)
    if partstat.upper() not in {"ACCEPTED", "TENTATIVE", "DECLINED"}:
        assert world.state == before
    assert Invitation.objects.get(pk=world.invitation.pk).state == "active"
