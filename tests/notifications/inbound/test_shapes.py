# SPDX-License-Identifier: EUPL-1.2
"""Every shape of calendar.md, section 6, and what it does to seats, waiting list and answer: exactly that."""

import pytest

from notifications.models import InboundMessage
from tests.notifications.inbound import shapes
from tests.notifications.inbound.conftest import GONE, UNTOUCHED, only_row, outcome

DONE, QUEUED = "done", "queued"
COMES = ("registered", "waiting", 1, "ACCEPTED")
PERHAPS = ("registered", "waiting", 1, "TENTATIVE")
UPDATE = ("wen", "Er kwam een plek vrij, je doet mee", "REQUEST")
FAREWELL = ("merel", "Je bent afgemeld", None)
NOTHING = []

#: shape, outcome, what happens to the mail, the world afterwards, the mails that leave
SHAPES = [
    (shapes.plain_accept, "accepted", DONE, COMES, NOTHING),
    (shapes.outlook_without_organizer, "accepted", DONE, COMES, NOTHING),
    (shapes.exchange_tentative, "tentative", DONE, PERHAPS, NOTHING),
    (shapes.exchange_declined, "declined", DONE, GONE, [FAREWELL, UPDATE]),
    (shapes.google, "accepted", DONE, COMES, NOTHING),
    (shapes.google_declined, "declined", DONE, GONE, [FAREWELL, UPDATE]),
    (shapes.apple, "accepted", DONE, COMES, NOTHING),
    (shapes.from_an_alias, "accepted", DONE, COMES, NOTHING),
    (shapes.attendee_is_invited_sender_is_not, "accepted", DONE, COMES, NOTHING),
    (shapes.declined, "declined", DONE, GONE, [FAREWELL, UPDATE]),
    (shapes.tentative, "tentative", DONE, PERHAPS, NOTHING),
    (shapes.nested_in_forwarded_mail, "accepted", DONE, COMES, NOTHING),
    (shapes.automatic_accept, "accepted", DONE, COMES, NOTHING),
    (shapes.latin1_headers, "accepted", DONE, COMES, NOTHING),
    (shapes.stamp_in_the_future, "accepted", DONE, COMES, NOTHING),
    (shapes.stamp_before_the_invitation, "declined", DONE, GONE, [FAREWELL, UPDATE]),
    (shapes.without_sequence_and_stamp, "declined", DONE, GONE, [FAREWELL, UPDATE]),
    (shapes.hostile_time_zone, "accepted", DONE, COMES, NOTHING),
    (shapes.nul_octets, "accepted", DONE, COMES, NOTHING),
    (shapes.counter, "counter", DONE, UNTOUCHED, [("merel", "De tijd ligt vast", None)]),
    (shapes.refresh, "refresh", DONE, UNTOUCHED, [("merel", "Je doet mee", "REQUEST")]),
    (
        shapes.delegated,
        "delegated",
        DONE,
        UNTOUCHED,
        [("merel", "Je plek staat op jouw naam", None)],
    ),
    (shapes.forged_cancel, "forged", DONE, UNTOUCHED, NOTHING),
    (shapes.forged_request, "forged", DONE, UNTOUCHED, NOTHING),
    (shapes.forged_publish, "forged", DONE, UNTOUCHED, NOTHING),
    (shapes.forged_add, "forged", DONE, UNTOUCHED, NOTHING),
    (shapes.stranger_declines, "stranger", QUEUED, UNTOUCHED, NOTHING),
    (shapes.dmarc_failed, "not_proven", QUEUED, UNTOUCHED, NOTHING),
    (shapes.dmarc_failed_says_another, "accepted", DONE, COMES, NOTHING),
    (shapes.unknown_uid, "unknown_uid", QUEUED, UNTOUCHED, NOTHING),
    (shapes.out_of_office, "automatic", DONE, UNTOUCHED, NOTHING),
    (shapes.read_receipt, "automatic", DONE, UNTOUCHED, NOTHING),
    (shapes.free_text, "free_text", QUEUED, UNTOUCHED, NOTHING),
    (shapes.question_with_our_invitation_inside, "free_text", QUEUED, UNTOUCHED, NOTHING),
    (shapes.recurring, "recurring", QUEUED, UNTOUCHED, NOTHING),
    (shapes.one_of_a_series, "recurring", QUEUED, UNTOUCHED, NOTHING),
    (shapes.two_events, "several", QUEUED, UNTOUCHED, NOTHING),
    (shapes.two_attendees, "several", QUEUED, UNTOUCHED, NOTHING),
    (shapes.two_calendars, "several", QUEUED, UNTOUCHED, NOTHING),
    (shapes.two_vcalendars_in_one_part, "several", QUEUED, UNTOUCHED, NOTHING),
    (shapes.no_event, "unclear", QUEUED, UNTOUCHED, NOTHING),
    (shapes.no_attendee, "unclear", QUEUED, UNTOUCHED, NOTHING),
    (shapes.ends_halfway, "unclear", QUEUED, UNTOUCHED, NOTHING),
    (shapes.broken_base64, "unclear", QUEUED, UNTOUCHED, NOTHING),
    (shapes.broken_parameter, "unclear", QUEUED, UNTOUCHED, NOTHING),
    (shapes.sequence_in_words, "unclear", QUEUED, UNTOUCHED, NOTHING),
    (shapes.oversized_calendar, "too_big", QUEUED, UNTOUCHED, NOTHING),
    (shapes.thousand_parts, "too_big", QUEUED, UNTOUCHED, NOTHING),
    (shapes.deeply_nested, "too_big", QUEUED, UNTOUCHED, NOTHING),
    (shapes.endless_parameters, "too_big", QUEUED, UNTOUCHED, NOTHING),
    (shapes.more_than_ten_megabytes, "too_big", QUEUED, UNTOUCHED, NOTHING),
    (shapes.zip_bomb, "free_text", QUEUED, UNTOUCHED, NOTHING),
]
every_shape = pytest.mark.parametrize(
    ("shape", "expected", "state", "after", "mails"),
    SHAPES,
    ids=[row[0].__name__ for row in SHAPES],
)


@every_shape
def test_answer_does_exactly_this(shape, expected, state, after, mails, world):
    raw = shape(world.envelope)

    assert outcome(raw) == (expected, state)
    assert world.state == after
    assert world.post() == mails


@every_shape
def test_the_same_answer_again_does_nothing(shape, expected, state, after, mails, world):
    raw = shape(world.envelope)
    outcome(raw)
    world.post()

    assert outcome(raw) == (expected, state)
    assert world.state == after
    assert world.post() == []
    assert InboundMessage.objects.count() == 1


def test_what_the_desk_sees_is_readable_and_holds_no_markup(world):
    outcome(shapes.free_text(world.envelope))

    row = only_row()
    assert (row.sender, row.subject) == ("merel@cjib.example", "Vraag én een groet")
    assert row.body == "Is er een lift?alert(1)"


def test_of_a_mail_that_is_done_no_text_is_kept(world):
    outcome(shapes.google(world.envelope))

    row = only_row()
    assert (row.body, row.partstat, row.sequence, row.attendee) == (
        "",
        "ACCEPTED",
        0,
        "merel@cjib.example",
    )
    assert row.invitation == world.invitation


def test_a_mail_that_is_too_big_still_says_who_sent_it(world):
    outcome(shapes.thousand_parts(world.envelope))

    row = only_row()
    assert (row.sender, row.subject, row.body) == (
        "merel@cjib.example",
        "Accepted: Schrijf een brief",
        "",
    )


def test_two_mails_without_message_id_are_two_and_the_same_twice_is_one(world):
    first = shapes.tentative(world.envelope).replace(b"Message-ID", b"X-Nothing")
    second = shapes.plain_accept(world.envelope).replace(b"Message-ID", b"X-Nothing")
    for raw in (first, first, second):
        outcome(raw)

    assert InboundMessage.objects.count() == 2
    assert world.state == COMES
