# SPDX-License-Identifier: EUPL-1.2
"""Registering, withdrawing, moving, promoting: the rules one at a time."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from accounts.models import AuditEvent
from base import clock
from courses import signals
from courses.availability import Verdict, availability, overlapping
from courses.domain import holds, registration, sessions
from courses.errors import ChangeRefused, HoldExpired, HoldRefused, SeatRefused
from courses.models import CourseTrainer, Registration, Session
from tests.factories import (
    CourseFactory,
    EditionFactory,
    OrganisationFactory,
    PersonFactory,
    SessionFactory,
    coordinator,
)

pytestmark = pytest.mark.django_db
State = Registration.State


def fresh(session):
    return Session.objects.select_related("course", "edition").get(pk=session.pk)


def states(session):
    return list(session.registrations.order_by("pk").values_list("state", flat=True))


@pytest.fixture
def told():
    """Every signal of the room, in order: (name, registration or session)."""
    heard = []
    receivers = []
    for name in (
        "registration_confirmed",
        "registration_waiting",
        "registration_cancelled",
        "registration_moved",
        "session_cancelled",
    ):

        def listen(sender, *, name=name, signal=None, **kwargs):
            heard.append((name, kwargs))

        getattr(signals, name).connect(listen, weak=False)
        receivers.append((getattr(signals, name), listen))
    yield heard
    for signal, listen in receivers:
        signal.disconnect(listen)


def test_register_takes_a_seat_and_keeps_the_organisation_of_that_moment(told):
    session, person = SessionFactory(), PersonFactory()
    row = registration.register(session, person=person, question="Korter schrijven")
    assert (row.state, row.organisation, row.question) == (
        State.REGISTERED,
        person.organisation,
        "Korter schrijven",
    )
    assert fresh(session).taken == 1
    assert [(name, kwargs["promoted"]) for name, kwargs in told] == [
        ("registration_confirmed", False)
    ]


def test_register_twice_gives_the_same_registration_and_one_seat(told):
    session, person = SessionFactory(), PersonFactory()
    first = registration.register(session, person=person)
    assert registration.register(session, person=person) == first
    assert fresh(session).taken == 1
    assert len(told) == 1


def test_register_full_session_joins_waiting_list_with_position(told):
    session = SessionFactory(capacity=1)
    registration.register(session, person=PersonFactory())
    people = PersonFactory.create_batch(2)
    for person in people:
        registration.register(session, person=person)
    assert states(session) == [State.REGISTERED, State.WAITING, State.WAITING]
    assert availability(fresh(session), people[1]).position == 2
    assert [name for name, _ in told] == [
        "registration_confirmed",
        "registration_waiting",
        "registration_waiting",
    ]


def test_register_full_session_without_waiting_is_refused():
    session = SessionFactory(capacity=1)
    registration.register(session, person=PersonFactory())
    with pytest.raises(SeatRefused) as refusal:
        registration.register(session, person=PersonFactory(), waiting_ok=False)
    assert refusal.value.sentence == (
        "Net te laat: de laatste plek is weg. Zet je op de wachtlijst of kies een ander moment."
    )
    assert states(session) == [State.REGISTERED]


def test_cancel_promotes_the_first_in_line_in_the_same_transaction(told):
    session = SessionFactory(capacity=1)
    first = registration.register(session, person=PersonFactory())
    second = registration.register(session, person=PersonFactory())
    third = registration.register(session, person=PersonFactory())
    registration.cancel(first, by=first.person)
    assert states(session) == [State.CANCELLED, State.REGISTERED, State.WAITING]
    assert fresh(session).taken == 1
    assert [(name, kwargs["registration"]) for name, kwargs in told[3:]] == [
        ("registration_cancelled", first),
        ("registration_confirmed", second),
    ]
    assert told[4][1]["promoted"] is True
    assert availability(fresh(session), third.person).position == 1


def test_cancel_rolls_back_promotion_and_all_when_a_receiver_fails():
    session = SessionFactory(capacity=1)
    first = registration.register(session, person=PersonFactory())
    registration.register(session, person=PersonFactory())

    def fail(sender, **kwargs):
        raise RuntimeError("outbox full")

    signals.registration_confirmed.connect(fail)
    try:
        with pytest.raises(RuntimeError):
            registration.cancel(first, by=first.person)
    finally:
        signals.registration_confirmed.disconnect(fail)
    assert states(session) == [State.REGISTERED, State.WAITING]
    assert fresh(session).taken == 1


def test_cancel_twice_gives_back_one_seat(told):
    session = SessionFactory()
    row = registration.register(session, person=PersonFactory())
    registration.cancel(row, by=row.person)
    registration.cancel(row, by=row.person)
    assert fresh(session).taken == 0
    assert [name for name, _ in told] == ["registration_confirmed", "registration_cancelled"]


def test_cancel_keeps_who_and_why():
    boss = coordinator()
    row = registration.register(SessionFactory(), person=PersonFactory(), by=boss)
    registration.cancel(row, by=boss, reason=Registration.CancelReason.COORDINATOR)
    row.refresh_from_db()
    assert (row.registered_by, row.cancelled_by, row.cancel_reason) == (boss, boss, "coordinator")
    assert list(AuditEvent.objects.order_by("pk").values_list("verb", "actor")) == [
        ("registration.registered", boss.pk),
        ("registration.cancelled", boss.pk),
    ]


def test_cancel_after_the_start_is_refused():
    session = SessionFactory()
    row = registration.register(session, person=PersonFactory())
    after = time_machine.travel(session.starts_at + dt.timedelta(minutes=1))
    with after, pytest.raises(ChangeRefused) as refusal:
        registration.cancel(row, by=row.person)
    assert refusal.value.code == "started"
    assert fresh(session).taken == 1


def test_registering_again_after_withdrawing_makes_a_new_row():
    session, person = SessionFactory(), PersonFactory()
    first = registration.register(session, person=person)
    registration.cancel(first, by=person)
    second = registration.register(session, person=person)
    assert first.pk != second.pk
    assert states(session) == [State.CANCELLED, State.REGISTERED]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"status": "cancelled"}, "cancelled"),
        ({"status": "draft"}, "not_published"),
        ({"starts_at": -1, "ends_at": 1}, "started"),
        ({"registration_closes_at": -1}, "closed"),
    ],
)
def test_register_is_refused_with_the_reason(change, code):
    session = SessionFactory()
    for name, value in change.items():
        setattr(
            session,
            name,
            value if isinstance(value, str) else clock.now() + dt.timedelta(minutes=value),
        )
    session.save()
    with pytest.raises(SeatRefused) as refusal:
        registration.register(fresh(session), person=PersonFactory())
    assert refusal.value.code == code
    assert states(session) == []


@pytest.mark.parametrize(
    ("field", "code"), [("registration_closes_at", "closed"), ("starts_at", "started")]
)
def test_the_last_moment_is_just_before_it(field, code):
    at = clock.now() + dt.timedelta(days=1)
    session = SessionFactory(starts_at=at + dt.timedelta(days=field != "starts_at"))
    Session.objects.filter(pk=session.pk).update(**{field: at})
    session = fresh(session)
    before = at - dt.timedelta(microseconds=1)
    assert availability(session, PersonFactory(), at=before).code == "free"
    assert availability(session, PersonFactory(), at=at).code == code


def test_register_with_a_stale_object_of_a_cancelled_session_is_refused():
    session = fresh(SessionFactory())
    sessions.cancel_session(session, by=PersonFactory())
    with pytest.raises(SeatRefused) as refusal:
        registration.register(session, person=PersonFactory())
    assert refusal.value.code == "cancelled"
    assert fresh(session).taken == 0


def test_register_outside_the_editions_window_is_refused():
    opens = clock.now() + dt.timedelta(days=1)
    later = SessionFactory(edition=EditionFactory(registration_opens_at=opens))
    over = SessionFactory(edition=EditionFactory(registration_closes_at=clock.now()))
    for session, code in ((later, "not_open_yet"), (over, "closed")):
        with pytest.raises(SeatRefused) as refusal:
            registration.register(session, person=PersonFactory())
        assert refusal.value.code == code


def test_trainer_cannot_register_for_the_own_course():
    trainer = PersonFactory()
    session = SessionFactory(course=CourseFactory(trainer=trainer))
    co_trainer = PersonFactory()
    CourseTrainer.objects.create(course=session.course, person=co_trainer, part="co")
    for person in (trainer, co_trainer):
        with pytest.raises(SeatRefused) as refusal:
            registration.register(session, person=person)
        assert refusal.value.code == "own_course"


def test_session_with_capacity_zero_only_has_a_waiting_list():
    session = SessionFactory(capacity=0)
    assert registration.register(session, person=PersonFactory()).state == State.WAITING


def test_overlapping_session_warns_and_does_not_block():
    person = PersonFactory()
    first = SessionFactory()
    row = registration.register(first, person=person)
    second = SessionFactory(starts_at=first.starts_at + dt.timedelta(minutes=30))
    touching = SessionFactory(starts_at=first.ends_at)
    assert overlapping(person, second) == [row]
    assert overlapping(person, touching) == []
    assert registration.register(second, person=person).state == State.REGISTERED


def test_unconfirmed_organisation_takes_part_until_a_day_before():
    person = PersonFactory(organisation_confirmed=False)
    row = registration.register(SessionFactory(), person=person)
    assert row.state == State.REGISTERED
    tomorrow = SessionFactory(starts_at=clock.now() + dt.timedelta(hours=23))
    with pytest.raises(SeatRefused) as refusal:
        registration.register(tomorrow, person=person)
    assert refusal.value.code == "unconfirmed"


def test_unconfirmed_seats_are_released_24_hours_before_and_promote():
    session = SessionFactory(capacity=1)
    stranger = PersonFactory(organisation_confirmed=False)
    row = registration.register(session, person=stranger)
    waiting = registration.register(session, person=PersonFactory())
    assert registration.release_unconfirmed(session.starts_at - dt.timedelta(hours=25)) == 0
    with time_machine.travel(session.starts_at - dt.timedelta(hours=23, minutes=59)):
        assert registration.release_unconfirmed() == 1
    row.refresh_from_db()
    waiting.refresh_from_db()
    assert (row.cancel_reason, waiting.state) == ("unconfirmed", State.REGISTERED)


# --- kept seats ---------------------------------------------------------------------------------


@pytest.fixture
def kept():
    """Three seats, two of them kept for other organisations for a day."""
    return SessionFactory(
        capacity=3, reserved_seats=2, reserved_until=clock.now() + dt.timedelta(days=1)
    )


def test_kept_seats_go_to_other_organisations_only(kept):
    home = kept.course.organisation
    assert (
        registration.register(kept, person=PersonFactory(organisation=home)).state == "registered"
    )
    colleague = PersonFactory(organisation=home)
    assert availability(fresh(kept), colleague).code == "reserved"
    assert registration.register(kept, person=colleague).state == State.WAITING
    assert registration.register(kept, person=PersonFactory()).state == State.REGISTERED
    assert (fresh(kept).taken, fresh(kept).taken_home) == (2, 1)


def test_kept_seats_that_are_not_taken_go_to_the_line_after_the_date(kept):
    home = kept.course.organisation
    registration.register(kept, person=PersonFactory(organisation=home))
    waiting = registration.register(kept, person=PersonFactory(organisation=home))
    assert registration.release_expired_holds() == 0
    waiting.refresh_from_db()
    assert waiting.state == State.WAITING
    with time_machine.travel(kept.reserved_until + dt.timedelta(minutes=1)):
        registration.release_expired_holds()
    waiting.refresh_from_db()
    assert waiting.state == State.REGISTERED


def test_after_the_date_a_newcomer_does_not_overtake_the_line(kept):
    home = kept.course.organisation
    registration.register(kept, person=PersonFactory(organisation=home))
    line = [registration.register(kept, person=PersonFactory(organisation=home)) for _ in range(2)]
    with time_machine.travel(kept.reserved_until + dt.timedelta(minutes=1)):
        newcomer = registration.register(fresh(kept), person=PersonFactory())
    for row in line:
        row.refresh_from_db()
    assert [row.state for row in (*line, newcomer)] == ["registered", "registered", "waiting"]


def test_a_free_kept_seat_skips_home_colleagues_in_line():
    session = SessionFactory(
        capacity=2, reserved_seats=1, reserved_until=clock.now() + dt.timedelta(days=1)
    )
    home = session.course.organisation
    registration.register(session, person=PersonFactory(organisation=home))
    guest = registration.register(session, person=PersonFactory())
    at_home = registration.register(session, person=PersonFactory(organisation=home))
    outside = registration.register(session, person=PersonFactory())
    registration.cancel(guest, by=guest.person)
    at_home.refresh_from_db()
    outside.refresh_from_db()
    assert (at_home.state, outside.state) == (State.WAITING, State.REGISTERED)


# --- moving -------------------------------------------------------------------------------------


def test_move_takes_the_new_seat_and_gives_up_the_old(told):
    old_session = SessionFactory(capacity=1)
    new_session = SessionFactory(course=old_session.course)
    person = PersonFactory()
    old = registration.register(old_session, person=person, question="?")
    waiting = registration.register(old_session, person=PersonFactory())
    new = registration.move(old, to=new_session, by=person)
    old.refresh_from_db()
    waiting.refresh_from_db()
    assert (old.state, old.cancel_reason) == (State.CANCELLED, "moved")
    assert (new.state, new.moved_from, new.question) == (State.REGISTERED, old, "?")
    assert waiting.state == State.REGISTERED
    assert (fresh(old_session).taken, fresh(new_session).taken) == (1, 1)
    assert [name for name, _ in told[2:]] == ["registration_moved", "registration_confirmed"]


def test_move_to_a_full_date_keeps_the_old_seat():
    old_session = SessionFactory()
    full = SessionFactory(course=old_session.course, capacity=1)
    registration.register(full, person=PersonFactory())
    old = registration.register(old_session, person=PersonFactory())
    with pytest.raises(SeatRefused):
        registration.move(old, to=full, by=old.person)
    old.refresh_from_db()
    assert old.state == State.REGISTERED
    assert (fresh(old_session).taken, fresh(full).taken) == (1, 1)


def test_move_again_by_a_double_click_changes_nothing():
    old_session = SessionFactory()
    new_session = SessionFactory(course=old_session.course)
    old = registration.register(old_session, person=PersonFactory())
    first = registration.move(old, to=new_session, by=old.person)
    assert registration.move(old, to=new_session, by=old.person) == first
    assert (fresh(old_session).taken, fresh(new_session).taken) == (0, 1)


def test_move_to_a_date_at_which_a_seat_is_held_for_oneself_takes_that_seat():
    """Began to sign up as somebody new, then found the link in the mail: the last seat is one's own."""
    one = SessionFactory(capacity=1)
    two = SessionFactory(course=one.course, capacity=1)
    person = PersonFactory()
    old = registration.register(one, person=person)
    holds.hold(two, person=person, organisation=person.organisation, name="M")
    waiting = registration.register(two, person=PersonFactory())
    new = registration.move(old, to=two, by=person)
    assert (new.session_id, new.state, waiting.state) == (two.pk, "registered", "waiting")
    assert states(one) == ["cancelled"]
    assert sorted(states(two)) == ["cancelled", "registered", "waiting"]
    assert (fresh(one).taken, fresh(two).taken) == (0, 1)


def test_move_to_another_course_is_refused():
    old = registration.register(SessionFactory(), person=PersonFactory())
    with pytest.raises(ChangeRefused):
        registration.move(old, to=SessionFactory(), by=old.person)


# --- holds --------------------------------------------------------------------------------------


def newcomer():
    return PersonFactory(verified_at=None, name="")


def hold(session, person=None, **fields):
    person = person or newcomer()
    return holds.hold(
        fresh(session), person=person, organisation=person.organisation, name="Merel", **fields
    )


def test_hold_takes_the_seat_for_thirty_minutes(told):
    session = SessionFactory()
    before = clock.now()
    row = hold(session)
    assert row.state == State.HELD
    assert dt.timedelta(minutes=29) < row.hold_expires_at - before < dt.timedelta(minutes=31)
    assert fresh(session).taken == 1
    assert told == []


def test_confirmed_hold_becomes_a_registration_of_one_seat(told):
    session = SessionFactory()
    row = hold(session, question="Alles")
    row.person.verified_at = clock.now()
    row.person.save()
    confirmed = registration.confirm_hold(row, person=row.person)
    assert (confirmed.pk, confirmed.state, confirmed.question) == (row.pk, "registered", "Alles")
    assert fresh(session).taken == 1
    assert [name for name, _ in told] == ["registration_confirmed"]


def test_a_prank_leaves_no_question_behind():
    """Who types somebody's address may hold a seat, but the owner's words count."""
    session = SessionFactory()
    row = hold(session, question="Een grap")
    confirmed = registration.confirm_hold(row, person=row.person, question="")
    assert (confirmed.state, confirmed.question) == (State.REGISTERED, "")
    other = hold(SessionFactory(), question="Een grap")
    assert registration.register(other.session, person=other.person).question == ""


def test_second_attempt_replaces_the_hold():
    session, person = SessionFactory(), newcomer()
    first = hold(session, person)
    with time_machine.travel(clock.now() + dt.timedelta(minutes=10)):
        second = holds.hold(
            fresh(session), person=person, organisation=person.organisation, name="Merel de Jong"
        )
    assert second.pk == first.pk
    assert second.hold_expires_at - first.hold_expires_at >= dt.timedelta(minutes=9)
    assert (second.typed_name, fresh(session).taken) == ("Merel de Jong", 1)


def test_hold_for_somebody_who_takes_part_changes_nothing(told):
    session, person = SessionFactory(), PersonFactory()
    row = registration.register(session, person=person)
    assert hold(session, person) == row
    row.refresh_from_db()
    assert (row.state, fresh(session).taken) == (State.REGISTERED, 1)


def test_the_last_seat_is_free_for_whom_it_is_held():
    session = SessionFactory(capacity=1)
    row = hold(session)
    registration.register(session, person=PersonFactory())
    answer = availability(fresh(session), row.person)
    assert (answer.verdict, answer.code) == (Verdict.SEAT, "held")
    assert availability(fresh(session), PersonFactory()).code == "full"
    assert registration.register(fresh(session), person=row.person).state == State.REGISTERED


def test_expired_hold_is_released_by_beat_and_promotes():
    session = SessionFactory(capacity=1)
    row = hold(session)
    waiting = registration.register(session, person=PersonFactory())
    assert waiting.state == State.WAITING
    with time_machine.travel(row.hold_expires_at):
        assert registration.release_expired_holds() == 1
    row.refresh_from_db()
    waiting.refresh_from_db()
    assert (row.cancel_reason, waiting.state) == ("hold_expired", State.REGISTERED)
    assert fresh(session).taken == 1


def test_expired_hold_is_released_at_once_when_someone_needs_the_seat():
    session = SessionFactory(capacity=1)
    row = hold(session)
    with time_machine.travel(row.hold_expires_at + dt.timedelta(seconds=1)):
        assert registration.register(session, person=PersonFactory()).state == State.REGISTERED
    assert fresh(session).taken == 1


def test_code_after_the_hold_ran_out_still_gives_a_free_seat():
    session = SessionFactory()
    row = hold(session)
    registration.release_expired_holds(row.hold_expires_at)
    again = registration.confirm_hold(row, person=row.person)
    assert (again.state, again.pk == row.pk) == (State.REGISTERED, False)


def test_code_after_the_seat_went_to_another_says_so():
    session = SessionFactory(capacity=1)
    row = hold(session)
    with time_machine.travel(row.hold_expires_at + dt.timedelta(minutes=1)):
        registration.register(session, person=PersonFactory())
        with pytest.raises(HoldExpired) as expired:
            registration.confirm_hold(row, person=row.person)
    assert expired.value.sentence == (
        "Je plek is weer vrijgegeven, want de code kwam niet op tijd. Probeer het opnieuw."
    )


def test_code_of_the_trainer_releases_the_seat_held_in_the_own_course():
    trainer = PersonFactory()
    session = SessionFactory(course=CourseFactory(trainer=trainer), capacity=1)
    row = hold(session, trainer)
    with pytest.raises(SeatRefused) as refusal:
        registration.confirm_hold(row, person=trainer)
    assert (refusal.value.code, fresh(session).taken) == ("own_course", 0)


def test_holds_are_capped_per_session_and_the_refused_one_takes_no_seat():
    session = SessionFactory(capacity=20)  # 20 % = 4
    for _ in range(4):
        hold(session)
    with pytest.raises(HoldRefused):
        hold(session)
    assert fresh(session).taken == 4


def test_holds_are_capped_per_address_of_the_visitor(settings):
    settings.HOLDS_PER_HOUR_PER_IP = 2
    for _ in range(2):
        hold(SessionFactory(), ip="192.0.2.1")
    with pytest.raises(HoldRefused):
        hold(SessionFactory(), ip="192.0.2.1")
    assert hold(SessionFactory(), ip="192.0.2.2").state == State.HELD


def test_full_session_holds_nothing():
    session = SessionFactory(capacity=1)
    registration.register(session, person=PersonFactory())
    with pytest.raises(SeatRefused) as refusal:
        hold(session)
    assert refusal.value.availability.verdict is Verdict.WAITING


def test_hold_counts_for_home_or_others_as_the_person_turns_out_to_be():
    session = SessionFactory()
    person = newcomer()
    row = holds.hold(session, person=person, organisation=session.course.organisation, name="x")
    assert fresh(session).taken_home == 1
    person.organisation = OrganisationFactory()
    person.save()
    registration.confirm_hold(row, person=person)
    assert (fresh(session).taken, fresh(session).taken_home) == (1, 0)


# --- the database itself ------------------------------------------------------------------------


def test_database_refuses_a_second_live_registration():
    row = registration.register(SessionFactory(), person=PersonFactory())
    with pytest.raises(IntegrityError), transaction.atomic():
        Registration.objects.create(
            session=row.session, person=row.person, state=State.WAITING, queued_at=clock.now()
        )


@pytest.mark.parametrize(
    "change",
    [
        {"taken": 21},
        {"taken_home": 1},
        {"ends_at": -1},
        {"max_minutes": 59},
        {"max_minutes": 241},
        {"reserved_seats": 21},
    ],
)
def test_database_refuses_an_impossible_session(change):
    session = SessionFactory()
    if change.get("ends_at"):
        change = {"ends_at": session.starts_at - dt.timedelta(minutes=1)}
    with pytest.raises(IntegrityError), transaction.atomic():
        Session.objects.filter(pk=session.pk).update(**change)


def test_register_costs_at_most_eight_data_statements(django_assert_max_num_queries):
    session = fresh(SessionFactory())
    person = PersonFactory()
    with django_assert_max_num_queries(11) as queries:  # 8 + BEGIN or SAVEPOINTs
        registration.register(session, person=person)
    control = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
    data = [q["sql"] for q in queries if not q["sql"].startswith(control)]
    assert len(data) <= 8, "\n".join(data)
    assert connection.vendor in {"sqlite", "postgresql"}
