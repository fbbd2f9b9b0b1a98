# SPDX-License-Identifier: EUPL-1.2
"""Leases, retries by class of error, and what may never happen in between."""

import datetime as dt
import smtplib
import uuid
from contextlib import suppress
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from accounts import signals as accounts
from accounts.models import Person
from base import clock
from courses.models import Registration
from notifications import ahead, delivery, outbox, preparing, sealing, tasks
from notifications.domain.resend import NotResent, resend_message
from notifications.mail.desk import Desk
from notifications.models import Invitation, Message
from notifications.throttle import Throttle
from tests.factories import PersonFactory
from tests.notifications.conftest import (
    SUMMER,
    Mail,
    change,
    leave,
    post,
    queue_up,
    retitle,
    seat,
    states,
    the_invitation,
)
from tests.notifications.scripted import ScriptedBackend

HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def clock_in_summer():
    with time_machine.travel(SUMMER, tick=False) as traveller:
        yield traveller


@pytest.fixture
def server(settings):
    ScriptedBackend.reset()
    settings.EMAIL_BACKEND = "tests.notifications.scripted.ScriptedBackend"
    return ScriptedBackend


def refused(code, text=b"no"):
    return smtplib.SMTPRecipientsRefused({"merel@cjib.example": (code, text)})


# --- what servers say ---------------------------------------------------------------------------


def test_greylisting_is_tried_again_with_the_same_octets(rows, learner, server, clock_in_summer):
    seat(rows, learner)
    server.script = [refused(451, b"4.7.1 Greylisted")]
    assert str(delivery.drain()) == ("0 verstuurd, 0 niet meer nodig, 1 later opnieuw, 0 mislukt")
    row = Message.objects.get()
    assert (row.state, row.attempts, row.last_error) == ("pending", 1, "451 4.7.1 Greylisted")
    assert 48 <= (row.not_before - clock.now()).total_seconds() <= 72
    assert delivery.drain().handled == 0

    clock_in_summer.shift(75)
    assert delivery.drain().sent == 1

    assert server.seen == [server.taken[0]] * 2
    assert states() == [("registered", "sent")]


def test_the_waits_grow_and_end_after_a_day(rows, learner, server, clock_in_summer):
    seat(rows, learner)
    server.script = [refused(450) for _ in range(100)]
    waits = []
    for _ in range(100):
        delivery.drain()
        row = Message.objects.get()
        if row.state != "pending":
            break
        waits.append((row.not_before - clock.now()).total_seconds())
        clock_in_summer.move_to(row.not_before)

    for found, expected in zip(waits, [60, 300, 900, 3600, 3600], strict=False):
        assert expected * 0.8 <= found <= expected * 1.2
    assert (row.state, row.last_error) == ("dead", "Een dag lang geprobeerd. 450 no")
    assert 22 <= len(waits) <= 34
    assert server.taken == []


def test_an_unknown_mailbox_is_given_up_at_once_and_shown(rows, learner, server):
    seat(rows, learner)
    server.script = [refused(550, b"5.1.1 no such user")]

    assert delivery.drain().dead == 1

    assert Message.objects.get().last_error == "550 5.1.1 no such user"
    assert the_invitation().state == "bounced"
    change(rows, starts_at=rows.starts_at + HOUR, ends_at=rows.ends_at + HOUR)
    assert delivery.drain().handled == 0


def test_a_message_refused_after_data_is_dead_and_the_next_one_leaves(rows, learner, server):
    seat(rows, learner)
    seat(rows, PersonFactory(email="wen@cjib.example"))
    server.script = [smtplib.SMTPDataError(554, b"5.7.1 looks like spam")]

    tally = delivery.drain()

    assert (tally.dead, tally.sent, server.opened) == (1, 1, 1)


def test_silence_of_the_server_leaves_the_outcome_open(rows, learner, server, clock_in_summer):
    seat(rows, learner)
    server.script = [TimeoutError("timed out")]
    delivery.drain()
    assert the_invitation().may_have_left
    assert the_invitation().method_sent == ""

    clock_in_summer.shift(75)
    assert delivery.drain().sent == 1

    assert server.seen[0] == server.seen[1]
    assert server.opened == 2


def test_changed_while_the_outcome_is_open_is_another_mail_with_an_id_of_its_own(
    rows, learner, server, clock_in_summer
):
    """Else a mailbox that drops what it has already would keep the old title."""
    seat(rows, learner)
    server.script = [TimeoutError("timed out")]
    delivery.drain()
    retitle(rows, "Schrijf een duidelijke brief")
    clock_in_summer.shift(75)
    delivery.drain()
    first, second = (Mail(octets) for octets in server.seen)
    assert str(second.event["SUMMARY"]) == "Schrijf een duidelijke brief"
    assert (second.shape, second.event["UID"]) == (first.shape, first.event["UID"])
    assert first["Message-ID"].replace(".request@", ".request1@") == second["Message-ID"]


def test_withdrawn_while_the_outcome_is_open_sends_the_cancel(
    rows, learner, server, clock_in_summer
):
    registration = seat(rows, learner)
    server.script = [TimeoutError("timed out")]
    delivery.drain()
    leave(registration)
    clock_in_summer.shift(75)

    delivery.drain()

    assert [Mail(octets).shape for octets in server.taken] == [("CANCEL", 1)]
    assert states() == [("registered", "skipped"), ("withdrawn", "sent")]


def test_withdrawn_after_a_clear_refusal_sends_nothing(rows, learner, server, clock_in_summer):
    registration = seat(rows, learner)
    server.script = [refused(451)]
    delivery.drain()
    leave(registration)
    clock_in_summer.shift(75)

    assert delivery.drain().sent == 0
    assert states() == [("registered", "skipped")]


def test_a_server_that_hangs_up_between_mails_is_called_again(rows, learner, server):
    for number in range(3):
        seat(rows, PersonFactory(email=f"wen{number}@cjib.example"))
    server.script = [None, smtplib.SMTPServerDisconnected("closed"), None]

    assert delivery.drain().sent == 3
    assert (server.opened, len(server.seen)) == (2, 4)
    assert server.seen[1] == server.seen[2]


def test_one_connection_carries_the_whole_drain(rows, server):
    for number in range(120):
        seat(rows, PersonFactory(email=f"wen{number}@cjib.example"))
    rows.refresh_from_db()

    assert delivery.drain().sent == 120
    assert server.opened == 1


def test_no_server_costs_no_attempt_and_is_never_given_up(rows, learner, server, clock_in_summer):
    for _ in range(3):
        seat(rows, PersonFactory())
    for _ in range(20):
        server.opening = [ConnectionRefusedError(111, "Connection refused")]
        tally = delivery.drain()
        assert (tally.sent, tally.later) == (0, 3)
        clock_in_summer.shift(24 * 3600 // 10)
        if clock.now() > rows.starts_at - HOUR:
            break
    assert set(Message.objects.values_list("state", "attempts")) == {("pending", 0)}
    assert Message.objects.first().last_error == (
        "ConnectionRefusedError: [Errno 111] Connection refused"
    )

    assert delivery.drain().sent == 3


def test_a_server_that_refuses_the_sender_is_not_the_mails_fault(rows, learner, server):
    seat(rows, learner)
    seat(rows, PersonFactory())
    server.script = [smtplib.SMTPSenderRefused(530, b"auth required", "uitnodigingen@x")]

    tally = delivery.drain()

    assert (tally.server_away, len(server.seen)) == ("530 auth required", 1)
    assert [state for _, state in states()] == ["pending", "pending"]


@pytest.mark.parametrize("script", [[], [refused(450)]], ids=["untried", "greylisted before"])
def test_days_of_refusing_the_sender_are_no_day_of_trying(
    rows, learner, server, clock_in_summer, script
):
    seat(rows, learner)
    no = smtplib.SMTPSenderRefused(530, b"auth required", "uitnodigingen@x")
    server.script = [*script, *[no] * 5, refused(450)]
    for _ in range(len(script) + 5):
        delivery.drain()
        clock_in_summer.shift(HOUR)
    assert Message.objects.get().attempts == len(script)
    clock_in_summer.shift(dt.timedelta(hours=20) - len(script) * dt.timedelta(minutes=70))
    delivery.drain()
    row = Message.objects.get()
    assert (row.state, row.attempts) == ("pending", len(script) + 1)
    assert (the_invitation().in_flight, the_invitation().method_sent) == (None, "")


def test_what_may_have_left_stays_so_when_the_server_then_refuses_us(
    rows, learner, server, clock_in_summer
):
    seat(rows, learner)
    no = smtplib.SMTPSenderRefused(530, b"auth required", "uitnodigingen@x")
    server.script = [smtplib.SMTPException("silence"), no]
    delivery.drain()
    clock_in_summer.shift(HOUR)
    delivery.drain()
    assert Message.objects.get().attempts == 1
    assert the_invitation().may_have_left


@pytest.mark.parametrize(
    "answer", [b"451 4.7.1 later", b"554 5.6.0 not this"], ids=["not now", "never"]
)
@pytest.mark.parametrize("changed", [False, True], ids=["same mail", "change after it"])
@pytest.mark.parametrize("start", ["silent", "killed"])
def test_a_refusal_says_nothing_about_an_earlier_try_that_may_have_left(
    rows, learner, server, clock_in_summer, start, changed, answer
):
    """The invitation stands in the calendar, so whoever withdraws gets it taken out."""
    registration = seat(rows, learner)
    server.script = [KeyboardInterrupt() if start == "killed" else TimeoutError("timed out")]
    with suppress(KeyboardInterrupt):
        delivery.drain()
    if changed:
        Message.objects.update(state="dead", lease_token=None, lease_until=None)
        change(rows, starts_at=rows.starts_at + HOUR, ends_at=rows.ends_at + HOUR)
    clock_in_summer.shift(HOUR)
    server.script = [refused(int(answer[:3]), answer[4:])]
    delivery.drain()
    assert (len(server.seen), server.script) == (2, [])

    leave(registration)
    clock_in_summer.shift(HOUR)
    delivery.drain()

    asked, cancelled = Mail(server.seen[0]), Mail(server.taken[-1])
    assert cancelled.shape == ("CANCEL", 2 if changed else 1)
    assert cancelled.event["UID"] == asked.event["UID"]


def test_a_line_that_broke_and_then_a_refusal_leaves_the_outcome_open(rows, learner, server):
    seat(rows, learner)
    server.script = [smtplib.SMTPServerDisconnected("closed"), refused(451)]
    delivery.drain()
    assert len(server.seen) == 2
    assert the_invitation().may_have_left


def test_a_change_that_a_server_refused_us_for_leaves_the_first_mail_open(
    rows, learner, server, clock_in_summer
):
    seat(rows, learner)
    no = smtplib.SMTPSenderRefused(530, b"auth required", "uitnodigingen@x")
    server.script = [TimeoutError("timed out"), no]
    delivery.drain()
    first = Message.objects.get()
    Message.objects.update(state="dead")
    change(rows, starts_at=rows.starts_at + HOUR, ends_at=rows.ends_at + HOUR)
    clock_in_summer.shift(HOUR)
    delivery.drain()
    assert Message.objects.exclude(pk=first.pk).get().attempts == 0
    assert the_invitation().in_flight == first


def test_an_open_outcome_that_came_after_reading_is_read_again(
    rows, learner, server, clock_in_summer
):
    """Else a refusal would wipe out what another worker found open."""
    seat(rows, learner)
    server.script = [refused(451)]
    delivery.drain()
    first = Message.objects.get()
    change(rows, starts_at=rows.starts_at + HOUR, ends_at=rows.ends_at + HOUR)
    clock_in_summer.shift(HOUR)
    first.state = "dead"
    first.save()
    batch = outbox.claim(1)
    desk = Desk(batch)
    Invitation.objects.update(in_flight=first, in_flight_until=clock.now() - HOUR)
    assert preparing.prepare(batch[0], desk).open_before == first.pk


# --- order and leases -----------------------------------------------------------------------------


def test_no_transaction_is_open_while_smtp_talks(rows, learner, server, transactional_db):
    seat(rows, learner)
    found = []
    server.during = lambda: found.append(connection.in_atomic_block)
    delivery.drain()
    assert found == [False]


def test_an_edit_between_writing_and_claiming_is_told_at_once(rows, learner, server):
    """The desk was laid and the mail prepared before the edit: it is looked at once more and written anew.
    SEQUENCE rose, because at the edit it might have been under way."""
    seat(rows, PersonFactory(email="eerst@cjib.example"))
    seat(rows, learner)
    server.during = lambda: change(
        rows, starts_at=rows.starts_at + HOUR, ends_at=rows.ends_at + HOUR
    )

    delivery.drain()

    told = [
        (mail["To"].addresses[0].username, mail.event["DTSTART"].dt.hour, mail.shape)
        for mail in map(Mail, server.taken)
    ]
    assert told == [
        ("eerst", 10, ("REQUEST", 0)),
        ("merel", 11, ("REQUEST", 1)),
        ("eerst", 11, ("REQUEST", 1)),
    ]


def test_a_cancel_waits_for_the_request_that_is_being_handed_over(
    rows, learner, server, clock_in_summer
):
    """Another worker finds the CANCEL while the first still talks: it comes back later, never before."""
    registration = seat(rows, learner)
    inner = []

    def withdraw_and_drain():
        leave(registration)
        inner.append(delivery.drain())

    server.during = withdraw_and_drain
    delivery.drain()
    assert (inner[0].sent, inner[0].later) == (0, 1)

    clock_in_summer.shift(5)
    delivery.drain()

    assert [Mail(octets).shape for octets in server.taken] == [("REQUEST", 0), ("CANCEL", 1)]


def test_withdrawn_while_later_mails_of_the_batch_wait_skips_them(rows, learner, server):
    seat(rows, PersonFactory(email="eerst@cjib.example"))
    registration = seat(rows, learner)
    server.during = lambda: leave(registration)

    tally = delivery.drain()

    assert len(server.taken) == 1
    assert (tally.sent, tally.skipped) == (1, 2)  # neither the REQUEST nor a CANCEL after it


def test_what_was_prepared_and_not_handed_over_is_as_if_it_never_began(rows, server):
    for number in range(5):
        seat(rows, PersonFactory(email=f"wen{number}@cjib.example"))
    server.script = [None, smtplib.SMTPServerDisconnected("gone")]
    server.opening = []

    def close_for_good():
        server.opening = [ConnectionRefusedError("away")] * 20

    first = list(Message.objects.order_by("pk").values_list("pk", flat=True))
    server.during = close_for_good
    delivery.drain()

    untouched = Message.objects.filter(pk__in=first[2:])
    assert (
        list(untouched.values_list("state", "attempts", "first_attempt_at"))
        == [("pending", 0, None)] * 3
    )
    left = Invitation.objects.filter(messages__in=first[2:])
    assert [row.may_have_left for row in left] == [False] * 3


def test_a_slow_server_gets_one_at_a_time(rows, server, monkeypatch):
    """What is prepared and waits for more than a second is looked at anew."""
    monkeypatch.setattr(ahead, "FRESH", -1.0)
    for number in range(4):
        seat(rows, PersonFactory(email=f"wen{number}@cjib.example"))
    prepared = []
    many = ahead.prepare
    monkeypatch.setattr(ahead, "prepare", lambda *args: prepared.append(1) or many(*args))
    assert delivery.drain().sent == 4
    assert len(prepared) == 1
    assert list(Message.objects.values_list("attempts", flat=True)) == [1] * 4


def test_mails_prepared_together_are_those_prepared_alone(rows, server, monkeypatch):
    """The same rows in the database and the same octets but for what is random."""

    def sent_with(size):
        monkeypatch.setattr(ahead, "SIZE", size)
        server.taken.clear()
        Message.objects.all().delete()
        Invitation.objects.all().delete()
        Registration.objects.all().delete()
        for person in people:
            seat(rows, person)
        delivery.drain()
        fields = [
            field.name
            for field in Message._meta.fields
            if field.name not in {"id", "public_id", "key", "invitation", "rendered", "facts"}
        ]
        noted = list(
            Invitation.objects.order_by("person__email").values_list(
                "address", "dtstamp", "told_revision", "method_sent", "in_flight", "sequence"
            )
        )
        return list(Message.objects.order_by("person__email").values_list(*fields)), noted

    people = [PersonFactory(email=f"wen{number}@cjib.example") for number in range(7)]
    assert sent_with(3) == sent_with(1)


def test_one_that_changed_hands_makes_all_go_by_themselves(rows, server):
    """The two statements change every row or none."""
    for number in range(3):
        seat(rows, PersonFactory(email=f"wen{number}@cjib.example"))
    claimed = outbox.claim(3)
    desk = Desk(claimed)
    Message.objects.filter(pk=claimed[1].pk).update(lease_token=uuid.uuid4())
    assert ahead.prepare(claimed, desk) == {}
    assert Invitation.objects.filter(in_flight__isnull=False).count() == 0
    assert list(Message.objects.values_list("attempts", flat=True)) == [0] * 3


def test_two_claims_never_share_a_row(rows):
    for number in range(10):
        seat(rows, PersonFactory(email=f"wen{number}@cjib.example"))
    first, second = outbox.claim(6), outbox.claim(6)
    assert (len(first), len(second)) == (6, 4)
    assert {row.pk for row in first} & {row.pk for row in second} == set()
    assert first[0].lease_token != second[0].lease_token


def test_a_dead_workers_lease_ends_and_its_mail_is_repeated_octet_for_octet(
    rows, learner, server, clock_in_summer
):
    """The window: the server said 250, the worker died before the commit."""

    class Killed(BaseException):
        pass

    seat(rows, learner)
    server.script = [Killed()]
    with pytest.raises(Killed):
        delivery.drain()
    assert states() == [("registered", "leased")]
    assert delivery.drain().handled == 0

    clock_in_summer.shift(91)
    assert delivery.drain().sent == 1

    assert server.seen[0] == server.seen[1]


@pytest.mark.parametrize(("owe", "kind"), [(seat, "registered"), (queue_up, "waiting")])
def test_a_worker_that_lost_its_lease_sends_nothing(
    rows, learner, server, clock_in_summer, owe, kind
):
    """Of a mail without calendar part nothing but the lease tells that another sent it."""
    owe(rows, learner)
    late = outbox.claim(10)
    clock_in_summer.shift(91)
    assert delivery.drain().sent == 1

    tally = delivery.Tally()
    with delivery.Postman() as postman:
        delivery._carry(late, postman, tally, Throttle(rate=0))

    assert (tally.sent, len(server.taken)) == (0, 1)
    assert states() == [(kind, "sent")]


def test_a_mail_that_cannot_be_written_blocks_nobody(
    rows, learner, server, clock_in_summer, caplog
):
    Message.objects.create(
        key="broken",
        kind="waiting",
        person=learner,
        payload={"registration": "x"},
        not_before=clock.now(),
    )
    outbox.put("no_such_kind", key="unknown", person=learner)
    seat(rows, learner)

    tally = delivery.drain()

    assert (tally.sent, tally.later, tally.skipped) == (1, 1, 1)
    assert states(kind="registered") == [("registered", "sent")]
    unknown = Message.objects.get(key="unknown")
    assert (unknown.state, unknown.last_error) == (
        "pending",
        "Kon niet worden geschreven. KeyError: 'no_such_kind'",
    )
    for _ in range(60):
        clock_in_summer.shift(3700)
        delivery.drain()
    assert Message.objects.get(key="unknown").state == "dead"


def test_urgent_mail_overtakes_a_bulk_run_between_two_batches(rows, learner, server, monkeypatch):
    monkeypatch.setattr(delivery, "URGENT_EVERY", 3600)  # on a busy machine a batch takes longer
    for number in range(70):
        seat(rows, PersonFactory(email=f"wen{number}@cjib.example"))
    server.during = lambda: accounts.signin_code_requested.send(
        Person, person=learner, email=learner.email, code="K7F3QX", language="nl", browser="a"
    )

    delivery.drain()

    order = [Mail(octets).subject for octets in server.taken]
    assert order.index("Je code voor TrainJeCollega") == delivery.BATCH


def test_the_urgent_task_leaves_bulk_alone(rows, learner, server):
    seat(rows, learner)
    accounts.signin_code_requested.send(
        Person, person=learner, email=learner.email, code="K7F3QX", language="nl", browser="a"
    )
    assert tasks.drain_urgent() == 1
    assert states() == [("registered", "pending"), ("login_code", "sent")]
    assert tasks.sweep_outbox() == 1


# --- secrets and keeping ----------------------------------------------------------------------------


def _everything_stored():
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM notifications_message")
        return repr(
            [
                [bytes(value) if isinstance(value, memoryview) else value for value in row]
                for row in cursor.fetchall()
            ]
        )


def test_a_code_is_never_readable_in_the_database(rows, learner, server, clock_in_summer):
    accounts.signin_code_requested.send(
        Person,
        person=learner,
        email="merel@cjib.example",
        code="K7F3QX",
        language="nl",
        browser="a",
    )
    assert "K7F3QX" not in _everything_stored()
    row = Message.objects.get()
    assert sealing.open_sealed(bytes(row.secret)) == b"K7F3QX"

    server.script = [refused(451)]
    delivery.drain()
    row.refresh_from_db()
    assert row.rendered is not None
    assert "K7F3QX" not in _everything_stored()
    assert b"K7F3QX" in row.wire_bytes

    clock_in_summer.shift(15)
    delivery.drain()
    row.refresh_from_db()
    assert (row.state, row.secret, row.rendered) == ("sent", None, None)
    assert server.seen[0] == server.seen[1]
    assert b"K7F3QX" in server.taken[0]


@pytest.mark.parametrize(
    ("browsers", "arrives"), [("aa", ["BBBBBB"]), ("ab", ["AAAAAA", "BBBBBB"])]
)
def test_a_new_code_replaces_one_of_the_same_browser_that_still_waits(
    rows, learner, server, browsers, arrives
):
    """A stranger who types somebody's address must not take away the code that is on its way."""
    for browser, code in zip(browsers, ("AAAAAA", "BBBBBB"), strict=True):
        accounts.signin_code_requested.send(
            Person, person=learner, email=learner.email, code=code, language="nl", browser=browser
        )
    delivery.drain()
    found = [code for octets in server.taken for code in arrives if code.encode() in octets]
    assert (len(server.taken), found) == (len(arrives), arrives)
    with pytest.raises(NotResent):
        resend_message(Message.objects.latest("id"))


def test_sent_bytes_are_kept_thirty_days_and_then_forgotten(rows, learner, clock_in_summer):
    seat(rows, learner)
    (sent,) = post()
    row = Message.objects.get()
    assert row.wire_bytes == sent.octets

    clock_in_summer.shift(dt.timedelta(days=29))
    assert tasks.forget_sent_bytes() == 0
    clock_in_summer.shift(dt.timedelta(days=2))
    assert tasks.forget_sent_bytes() == 1

    row.refresh_from_db()
    assert (row.rendered, row.to_address, row.state) == (None, "", "sent")
    assert the_invitation().address == "merel@cjib.example"
    clock_in_summer.shift(dt.timedelta(days=5))  # thirty days after the session itself
    tasks.forget_sent_bytes()
    assert the_invitation().address == ""


# --- owing ------------------------------------------------------------------------------------------


def test_a_rolled_back_registration_owes_nothing(rows, learner):
    class Oops(Exception):
        pass

    with pytest.raises(Oops), transaction.atomic():
        seat(rows, learner)
        raise Oops
    assert (Message.objects.count(), Invitation.objects.count()) == (0, 0)


def test_the_same_key_twice_is_one_mail(rows, learner):
    row = queue_up(rows, learner)
    from notifications.domain.invitations import tell_waiting

    tell_waiting(row)
    assert Message.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_down_does_not_stop_a_registration(rows, learner, no_broker, caplog):
    seat(rows, learner)

    assert [record.message[:24] for record in caplog.records if "nudge" in record.message] == [
        "no nudge for the outbox:"
    ]
    assert [mail.shape for mail in post()] == [("REQUEST", 0)]


# --- by hand ------------------------------------------------------------------------------------------


def test_the_command_sends_up_to_its_limit_and_says_so(rows, server):
    for number in range(3):
        seat(rows, PersonFactory(email=f"wen{number}@cjib.example"))
    out = StringIO()
    call_command("drain_outbox", limit=2, stdout=out)
    assert out.getvalue() == (
        "2 verstuurd, 0 niet meer nodig, 0 later opnieuw, 0 mislukt. Nog 1 in de wachtrij.\n"
    )


def test_the_command_fails_clearly_without_mail_server(rows, learner, server):
    seat(rows, learner)
    server.opening = [ConnectionRefusedError(111, "Connection refused")]
    with pytest.raises(CommandError, match="niets is verloren"):
        call_command("drain_outbox", stdout=StringIO())


def test_a_batch_reads_the_same_number_of_times_for_two_as_for_twenty(
    rows, server, django_assert_num_queries
):
    from django.test.utils import CaptureQueriesContext

    def reads(count):
        for number in range(count):
            seat(rows, PersonFactory(email=f"n{count}x{number}@cjib.example"))
        with CaptureQueriesContext(connection) as queries:
            assert delivery.drain().sent == count
        return sum(query["sql"].startswith("SELECT") for query in queries)

    assert reads(2) == reads(20)
