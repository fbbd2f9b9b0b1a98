# SPDX-License-Identifier: EUPL-1.2
"""Notes: who may write to whom, who reads what, and what leaves by mail."""

import datetime as dt
import uuid

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEvent
from base import clock
from courses.domain import registration
from courses.models import CourseTrainer, Registration, Session
from notifications import tasks
from notifications.domain import notes
from notifications.domain.notes import NoteRefused
from notifications.models import Message, Note
from tests.factories import PersonFactory, coordinator, national_coordinator
from tests.notifications.conftest import SUMMER, leave, post, queue_up, seat


@pytest.fixture(autouse=True)
def clock_in_summer():
    with time_machine.travel(SUMMER, tick=False) as traveller:
        yield traveller


@pytest.fixture
def trainer(rows):
    return rows.course.trainers.get()


def fresh(session):
    return Session.objects.select_related("course__organisation").get(pk=session.pk)


def to_of(mails):
    return sorted(mail["To"].addresses[0].addr_spec for mail in mails)


def refused(function, *args, **kwargs) -> str:
    with pytest.raises(NoteRefused) as caught:
        function(*args, **kwargs)
    return caught.value.code


# --- from the trainer to everyone -----------------------------------------------------------------


@pytest.fixture
def full_house(rows, learner):
    """Two with a seat, one on the waiting list, one who left."""
    seat(rows, learner)
    seat(rows, PersonFactory(name="Wen Li", email="wen@cjib.example"))
    queue_up(rows, PersonFactory(name="Bas Bos", email="bas@cjib.example"))
    leave(seat(rows, PersonFactory(name="Weg Gegaan", email="weg@cjib.example")))
    post()


@pytest.mark.parametrize(
    ("to_waiting", "receivers"),
    [
        (False, ["merel@cjib.example", "wen@cjib.example"]),
        (True, ["bas@cjib.example", "merel@cjib.example", "wen@cjib.example"]),
    ],
)
def test_everyone_gets_a_mail_of_the_own(rows, trainer, full_house, to_waiting, receivers):
    note = notes.write_to_all(fresh(rows), by=trainer, text="Neem mee!", to_waiting=to_waiting)
    mails = post()
    assert to_of(mails) == receivers
    assert note.receivers == len(receivers)
    for mail in mails:
        own = mail["To"].addresses[0].addr_spec
        everything = str(mail.parsed) + mail.text + mail.html
        others = [address for address in receivers if address != own]
        assert not any(address in everything for address in [*others, trainer.email])
        assert mail["From"].addresses[0].addr_spec == "uitnodigingen@trainjecollega.example"
        assert mail["Reply-To"] is None
        assert mail.calendar is None
    event = AuditEvent.objects.get(verb="note.sent")
    assert (event.actor, event.detail) == (trainer, {"receivers": len(receivers)})


def test_the_outbox_holds_no_text(rows, trainer, full_house):
    notes.write_to_all(fresh(rows), by=trainer, text="Zeer geheim")
    rows_ = Message.objects.filter(kind="note")
    assert {key for row in rows_ for key in row.payload} == {"note", "registration"}


def test_the_text_is_shown_as_it_is(rows, learner, trainer):
    seat(rows, learner)
    post()
    text = (
        "<b>Hoi</b>\n\n=> Klik: https://kwaad.example\n| Wanneer: nu\n> ja\n-> x: https://y.example"
    )
    notes.write_to_all(fresh(rows), by=trainer, text=text)
    (mail,) = post()
    assert "&lt;b&gt;Hoi&lt;/b&gt;" in mail.html
    assert "kwaad.example" not in str(mail.html).split("<blockquote")[0]
    assert 'href="https://kwaad' not in mail.html
    assert mail.html.count("background:#00665c") == 1
    assert (
        "  <b>Hoi</b>\n\n  => Klik: https://kwaad.example\n  | Wanneer: nu\n  > ja\n"
        "  -> x: https://y.example\n" in mail.text
    )


def test_the_same_form_twice_is_one_note(rows, trainer, full_house):
    number = uuid.uuid4()
    first = notes.write_to_all(fresh(rows), by=trainer, text="Een", public_id=number)
    second = notes.write_to_all(fresh(rows), by=trainer, text="Een", public_id=number)
    assert (first.pk, Note.objects.count(), len(post())) == (second.pk, 1, 2)


def test_somebody_elses_number_is_no_key(rows, learner, trainer):
    row = seat(rows, learner)
    note = notes.write(row, by=learner, text="Vraag")
    code = refused(notes.write_to_all, fresh(rows), by=trainer, text="x", public_id=note.public_id)
    assert code == "taken"


def test_nobody_there_says_so(rows, trainer):
    assert refused(notes.write_to_all, fresh(rows), by=trainer, text="Hoi") == "nobody"


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "empty"), (" \n\u200b\x07 ", "empty"), ("a" * 2001, "too_long")],
)
def test_text_that_cannot_go(rows, trainer, full_house, text, code):
    assert refused(notes.write_to_all, fresh(rows), by=trainer, text=text) == code
    assert Note.objects.count() == 0


def test_two_thousand_signs_fit(rows, trainer, full_house):
    text = "é" * 2000
    assert notes.write_to_all(fresh(rows), by=trainer, text=text).text == text


def test_five_a_day_to_all_is_enough(rows, trainer, full_house, clock_in_summer):
    for number in range(5):
        notes.write_to_all(fresh(rows), by=trainer, text=f"{number}")
    assert refused(notes.write_to_all, fresh(rows), by=trainer, text="6") == "too_many"
    clock_in_summer.shift(24 * 3600)
    assert notes.write_to_all(fresh(rows), by=trainer, text="7").receivers == 2


def test_to_thirty_costs_as_many_statements_as_to_three(rows, trainer):
    def statements(count):
        for number in range(count):
            seat(rows, PersonFactory(email=f"n{count}x{number}@cjib.example"))
        with CaptureQueriesContext(connection) as queries:
            notes.write_to_all(fresh(rows), by=trainer, text="Hoi")
        return len(queries)

    assert statements(3) == statements(30)


def test_close_to_the_start_a_note_goes_ahead(rows, trainer, full_house, clock_in_summer):
    clock_in_summer.move_to(rows.starts_at - dt.timedelta(minutes=30))
    notes.write_to_all(fresh(rows), by=trainer, text="Ik sta in de file.")
    assert set(Message.objects.filter(kind="note").values_list("queue", flat=True)) == {"urgent"}


# --- in a conversation ----------------------------------------------------------------------------


def test_a_question_goes_to_every_trainer_and_the_answer_back(rows, learner, trainer):
    co = PersonFactory(name="Joost Co", email="joost@utrecht.example")
    CourseTrainer.objects.create(course=rows.course, person=co, part="co")
    row = seat(rows, learner)
    post()
    notes.write(row, by=learner, text="Is er lunch?")
    asked = post()
    notes.write(row, by=trainer, text="Ja!")
    answered = post()
    assert to_of(asked) == ["joost@utrecht.example", "samira@utrecht.example"]
    assert {mail.subject for mail in asked} == {
        "Bericht van Merel de Jong: Schrijf een brief die iedereen snapt (di 13 okt, 10:00)"
    }
    assert to_of(answered) == ["merel@cjib.example"]
    assert [(note.text, note.from_trainer) for note in notes.conversation(row)] == [
        ("Is er lunch?", False),
        ("Ja!", True),
    ]


def test_who_left_writes_no_more(rows, learner, trainer):
    row = seat(rows, learner)
    leave(row)
    assert refused(notes.write, row, by=learner, text="Toch?") == "not_in"
    assert refused(notes.write, row, by=trainer, text="Toch?") == "not_in"


def test_after_thirty_days_nobody_writes(rows, learner, clock_in_summer):
    row = seat(rows, learner)
    clock_in_summer.move_to(rows.ends_at + dt.timedelta(days=30))
    assert notes.write(row, by=learner, text="Net op tijd").text == "Net op tijd"
    clock_in_summer.shift(1)
    assert refused(notes.write, row, by=learner, text="Te laat") == "too_late"


def test_a_mail_that_waits_is_not_sent_to_who_left(rows, learner, trainer):
    row = seat(rows, learner)
    post()
    notes.write(row, by=trainer, text="Tot morgen")
    leave(row)
    post()
    assert Message.objects.get(kind="note").state == "skipped"


def test_a_mail_that_waits_is_not_sent_to_who_no_longer_teaches(rows, learner, trainer):
    co = PersonFactory(name="Joost Co", email="joost@utrecht.example")
    part = CourseTrainer.objects.create(course=rows.course, person=co, part="co")
    row = seat(rows, learner)
    post()
    notes.write(row, by=learner, text="Vraag")
    part.delete()
    assert to_of(post()) == ["samira@utrecht.example"]


def test_one_conversation_takes_six_in_ten_minutes(rows, learner, clock_in_summer):
    row = seat(rows, learner)
    for number in range(6):
        notes.write(row, by=learner, text=f"{number}")
    assert refused(notes.write, row, by=learner, text="7") == "too_many"
    clock_in_summer.shift(600)
    assert notes.write(row, by=learner, text="8").text == "8"


# --- who reads what -------------------------------------------------------------------------------


def test_a_participant_reads_the_own_and_what_went_to_all(rows, learner, trainer, clock_in_summer):
    mine = seat(rows, learner)
    other = seat(rows, PersonFactory(name="Wen Li", email="wen@cjib.example"))
    waits = queue_up(rows, PersonFactory(email="bas@cjib.example"))
    gone = seat(rows, PersonFactory(email="weg@cjib.example"))
    notes.write_to_all(fresh(rows), by=trainer, text="Voor wie meedoet")
    clock_in_summer.shift(60)
    leave(gone)
    gone.refresh_from_db()
    clock_in_summer.shift(60)
    notes.write_to_all(fresh(rows), by=trainer, text="Ook de wachtlijst", to_waiting=True)
    notes.write(mine, by=learner, text="Van Merel")
    notes.write(other, by=other.person, text="Van Wen")

    def texts(row):
        return [note.text for note in notes.conversation(row)]

    assert texts(mine) == ["Voor wie meedoet", "Ook de wachtlijst", "Van Merel"]
    assert texts(other) == ["Voor wie meedoet", "Ook de wachtlijst", "Van Wen"]
    assert texts(waits) == ["Ook de wachtlijst"]
    assert texts(gone) == ["Voor wie meedoet"]
    assert [row.registration.pk for row in notes.conversations_of(rows)] == [other.pk, mine.pk]


def test_notes_go_when_the_names_go(rows, learner, clock_in_summer):
    row = seat(rows, learner)
    notes.write(row, by=learner, text="Vraag")
    clock_in_summer.move_to(rows.ends_at + dt.timedelta(days=30))
    tasks.forget_sent_bytes()
    assert Note.objects.count() == 1
    clock_in_summer.shift(1)
    tasks.forget_sent_bytes()
    assert Note.objects.count() == 0


def test_who_is_erased_takes_the_conversations_along(rows, learner, trainer):
    mine = seat(rows, learner)
    other = seat(rows, PersonFactory(email="wen@cjib.example"))
    notes.write(mine, by=learner, text="Van Merel")
    notes.write(mine, by=trainer, text="Aan Merel")
    notes.write(other, by=trainer, text="Aan Wen")
    notes.erase_notes(learner)
    assert list(Note.objects.values_list("text", flat=True)) == ["Aan Wen"]


@pytest.mark.parametrize(
    "fields",
    [{"from_trainer": False}, {"from_trainer": True, "text": ""}],
)
def test_the_database_refuses_what_no_note_is(rows, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        Note.objects.create(session=rows, sender=None, **{"text": "x", **fields})


# --- pages ----------------------------------------------------------------------------------------


@pytest.fixture
def conversation(rows, learner, db):
    row = registration.register(fresh(rows), person=learner)
    return f"/berichten/{row.public_id}/"


def test_the_participant_asks_and_the_trainer_answers_on_the_page(
    client, rows, learner, trainer, conversation
):
    client.force_login(learner)
    assert "Vraag iets aan je trainer" in client.get(conversation).content.decode()
    response = client.post(conversation, {"text": "Is er <i>lunch</i>?\r\n\r\nGroet"}, follow=True)
    assert [str(message) for message in response.context["messages"]] == ["Je bericht is onderweg."]
    assert "<p>Is er &lt;i&gt;lunch&lt;/i&gt;?</p>" in response.content.decode()
    client.force_login(trainer)
    html = client.get(f"/mijn/bijeenkomsten/{rows.public_id}/berichten/").content.decode()
    assert f'href="{conversation}"' in html
    assert "Wacht op antwoord" in html
    html = client.post(conversation, {"text": "Ja"}, follow=True).content.decode()
    assert learner.email not in html
    assert Note.objects.latest("pk").from_trainer is True


def test_a_refusal_keeps_what_was_typed(client, learner, conversation):
    client.force_login(learner)
    response = client.post(conversation, {"text": "a" * 2001})
    assert dict(response.context["form"].errors) == {
        "text": ["Maak je bericht korter: hooguit 2.000 tekens. Nu zijn het er 2001."]
    }
    assert response.content.decode().count("a" * 2001) == 1
    assert response.content.decode().split("<title>")[1].strip().startswith("Fout:")


def test_nobody_else_finds_the_conversation(client, rows, learner, conversation):
    admin = PersonFactory(is_staff=True, is_superuser=True)
    others = [
        coordinator(rows.course.organisation),
        coordinator(learner.organisation),
        national_coordinator(),
        admin,
        PersonFactory(),
    ]
    for person in others:
        client.force_login(person)
        assert client.get(conversation).status_code == 404
        assert client.post(conversation, {"text": "x"}).status_code == 404
    assert Note.objects.count() == 0


def test_the_trainer_reads_until_thirty_days_after(
    client, rows, trainer, conversation, clock_in_summer
):
    clock_in_summer.move_to(rows.ends_at + dt.timedelta(days=30))
    client.force_login(trainer)
    assert client.get(conversation).status_code == 200
    clock_in_summer.shift(1)
    client.force_login(trainer)
    assert client.get(conversation).status_code == 404


def test_looking_at_a_conversation_is_written_down(client, trainer, learner, conversation):
    client.force_login(learner)
    client.get(conversation)
    assert AuditEvent.objects.filter(verb="participants.viewed").count() == 0
    client.force_login(trainer)
    client.get(conversation)
    event = AuditEvent.objects.get(verb="participants.viewed")
    assert (event.actor, event.detail) == (trainer, {"count": 1})


def test_the_waiting_list_is_offered_only_when_somebody_waits(client, rows, trainer, learner):
    seat(rows, learner)
    client.force_login(trainer)
    page = f"/mijn/bijeenkomsten/{rows.public_id}/berichten/"
    assert 'name="to_waiting"' not in client.get(page).content.decode()
    queue_up(rows, PersonFactory(email="bas@cjib.example"))
    assert 'name="to_waiting"' in client.get(page).content.decode()
    response = client.post(page, {"text": "Hoi", "to_waiting": "on"}, follow=True)
    assert [str(message) for message in response.context["messages"]] == [
        "Je bericht is onderweg naar 2 collega’s."
    ]


def test_a_hold_has_no_conversation(client, rows):
    person = PersonFactory(verified_at=None)
    row = Registration.objects.create(
        session=rows,
        person=person,
        state="held",
        hold_expires_at=clock.now() + dt.timedelta(minutes=30),
    )
    client.force_login(person)
    assert client.get(f"/berichten/{row.public_id}/").status_code == 404


@pytest.mark.parametrize("number", [1, 4])
def test_the_trainers_page_costs_the_same_for_more(client, rows, trainer, number):
    for n in range(number):
        row = seat(rows, PersonFactory(email=f"n{n}@cjib.example"))
        notes.write(row, by=row.person, text="Vraag")
    client.force_login(trainer)
    page = f"/mijn/bijeenkomsten/{rows.public_id}/berichten/"
    client.get(page)
    with CaptureQueriesContext(connection) as queries:
        client.get(page)
    data = [q for q in queries.captured_queries if not q["sql"].startswith(("SAVE", "RELE"))]
    assert len(data) == 12
