# SPDX-License-Identifier: EUPL-1.2
"""'Download mijn gegevens' and 'Verwijder mijn account': what goes, what stays, what leaves first."""

import datetime as dt
import json
import re
import uuid

import pytest
from django.apps import apps
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.domain.tokens import create_token
from accounts.models import AccessRequest, DeletionRecord, Person, Role
from accounts.signals import person_erased
from base import clock
from courses.domain import co_trainers, courses, registration
from courses.domain.courses import wait_for_subject
from courses.models import Course, CourseTrainer, Evaluation, Registration, TrainerInvitation
from notifications import delivery
from notifications.domain import erasing, feeds, notes
from notifications.models import InboundMessage, Invitation, Message, Note, Preference
from tests.accounts.conftest import data_queries
from tests.factories import (
    CourseFactory,
    OrganisationFactory,
    PersonFactory,
    SessionFactory,
)
from tests.notifications.conftest import post
from tjc.pages.my_data_rows import LEFT_OUT, copy_of

pytestmark = pytest.mark.django_db

PAGE = "/mijn/gegevens/verwijderen/"
MAIL = "merel@utrecht.example"
DAY = dt.timedelta(days=1)


@pytest.fixture
def merel():
    return PersonFactory(
        name="Merel Uniek",
        email=MAIL,
        organisation=OrganisationFactory(name="Utrecht"),
        function="Adviseur",
        province="utrecht",
    )


@pytest.fixture
def client(merel):
    browser = Client()
    browser.force_login(merel)
    return browser


def session_in(days, title="Schrijf een brief", **fields):
    return SessionFactory(
        course=CourseFactory(title=title), starts_at=clock.now() + days * DAY, **fields
    )


def attended(person, days=7):
    session = session_in(-days, "Geweest")
    return Registration.objects.create(
        session=session,
        person=person,
        organisation=person.organisation,
        state="attended",
        registered_at=session.starts_at - DAY,
        question="Iets persoonlijks",
    )


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def everything_in_the_database() -> str:
    """Every value of every row, as text; binary columns by their octets."""
    found = []
    for model in apps.get_models():
        for row in model._default_manager.values_list():
            found += [
                bytes(value).decode("latin-1")
                if isinstance(value, bytes | memoryview)
                else str(value)
                for value in row
            ]
    return "\n".join(found)


# --- a copy --------------------------------------------------------------------------------------


def test_the_copy_holds_what_we_hold_and_nothing_of_others(client, merel):
    session = session_in(10, "Straks")
    session.course.trainers.all().update(name="Samira Geheim", email="samira@geheim.example")
    colleague = PersonFactory(name="Joost Geheim", email="joost@geheim.example")
    registration.register(session, person=colleague)
    row = registration.register(session, person=merel, question="Wat ik wil leren")
    Evaluation.objects.create(registration=attended(merel), score=9, sentence="Leuk")
    feeds.renew(merel)
    create_token(merel)
    with transaction.atomic():
        notes.write(row, by=merel, text="Mijn vraag", public_id=uuid.uuid4())
    response = client.get("/mijn/gegevens/download/")

    assert response["Content-Type"] == "application/json; charset=utf-8"
    assert re.fullmatch(
        r'attachment; filename="trainjecollega-mijn-gegevens-\d{4}-\d\d-\d\d\.json"',
        response["Content-Disposition"],
    )
    found = json.loads(response.content)
    assert found["collega"]["email"] == MAIL
    assert found["collega"]["organisation"] == "Utrecht"
    states = {one["state"]: one for one in found["courses.aanmeldingen"]}
    assert states["registered"]["question"] == "Wat ik wil leren"
    assert "Straks" in states["registered"]["session"]
    assert found["courses.evaluaties"][0]["sentence"] == "Leuk"
    assert [one["text"] for one in found["notifications.berichten tussen collega’s"]] == [
        "Mijn vraag"
    ]
    assert "Geheim" not in response.content.decode()
    assert "geheim.example" not in response.content.decode()
    for secret in ("password", "digest", "sealed", "hash", "rendered"):
        assert f'"{secret}"' not in response.content.decode()


def test_every_table_that_points_at_a_person_is_in_the_copy_or_left_out_on_purpose(merel):
    """A room that is added is in it by itself; here it shows that no relation is of another shape."""
    labels = {
        relation.related_model._meta.label
        for relation in Person._meta.related_objects
        if relation.many_to_many
    }
    assert labels <= LEFT_OUT


def test_the_copy_takes_as_many_queries_for_three_as_for_one(merel):
    registration.register(session_in(3), person=merel)
    attended(merel)
    before = data_queries(lambda: copy_of(merel))
    for days in (4, 5):
        registration.register(session_in(days), person=merel)
        attended(merel, days)
    assert data_queries(lambda: copy_of(merel)) == before


# --- the page ------------------------------------------------------------------------------------


def test_reading_the_page_erases_nothing(client, merel):
    registration.register(session_in(3, "Straks"), person=merel)
    page = text(client.get(PAGE))
    assert "Wil je je account verwijderen?" in page
    assert "Hiervoor melden we je af" in page
    assert "Straks" in page
    assert Person.objects.filter(email=MAIL, is_active=True).exists()


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_six_queries(client, merel, count):
    for days in range(count):
        registration.register(session_in(days + 3), person=merel)
    assert data_queries(lambda: client.get(PAGE)) == 6


def test_after_the_button_nobody_is_signed_in_and_the_address_is_free(client, merel):
    other_browser = Client()
    other_browser.force_login(merel)
    token = create_token(merel)
    done = client.post(PAGE)
    assert (done.status_code, done.url) == (302, "/cursussen/")
    assert "Je account is verwijderd." in text(client.get("/cursussen/"))
    assert client.get("/mijn/").status_code == 302
    assert other_browser.get("/mijn/").status_code == 302
    answer = Client().get(
        "/api/v1/bijeenkomsten",
        headers={"authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 401
    again = PersonFactory(email=MAIL)
    assert again.pk != merel.pk


# --- what goes, what stays --------------------------------------------------------------------------


def test_name_and_address_are_nowhere_and_counts_stay(client, merel):
    wait_for_subject(CourseFactory(), person=merel)
    Preference.objects.create(person=merel)
    feeds.renew(merel)
    Role.objects.create(person=merel, kind=Role.Kind.COORDINATOR, organisation=merel.organisation)
    AccessRequest.objects.create(person=merel, organisation=OrganisationFactory())
    InboundMessage.objects.create(
        message_id="<a@b>",
        received_at=clock.now(),
        outcome="free_text",
        state="queued",
        sender=MAIL,
        subject="Van Merel Uniek",
    )
    past = attended(merel)
    Evaluation.objects.create(registration=past, score=9, sentence="Leuk")
    coming = registration.register(session_in(5), person=merel, question="Iets persoonlijks")
    with transaction.atomic():
        notes.write(coming, by=merel, text="Iets persoonlijks")
    post()
    assert "Merel Uniek" in everything_in_the_database()

    client.post(PAGE)
    post()
    erasing.finish_erasures()

    assert not Person.objects.filter(pk=merel.pk).exists()
    left = everything_in_the_database()
    for word in ("Uniek", MAIL, "Adviseur", "Iets persoonlijks", merel.public_id.hex):
        assert word not in left.replace(str(merel.public_id), ""), word
    past.refresh_from_db()
    assert (past.state, past.person, past.organisation) == ("attended", None, merel.organisation)
    assert past.evaluation.score == 9
    assert Note.objects.count() == 0
    record = DeletionRecord.objects.get()
    assert (record.person_key, record.counts) == (merel.public_id, {"withdrawn": 1, "courses": 0})
    assert record.done_at is not None


def test_the_last_mail_takes_the_seat_out_of_the_calendar_first(client, merel):
    session = session_in(5, capacity=1)
    registration.register(session, person=merel)
    waiting = registration.register(session, person=PersonFactory(email="joost@cjib.example"))
    post()
    client.post(PAGE)

    row = Person.objects.get(pk=merel.pk)
    assert (row.is_active, row.name, MAIL in row.email) == (False, "", False)
    assert erasing.finish_erasures() == 0  # a CANCEL waits
    mails = {mail["To"].addresses[0].addr_spec: mail for mail in post()}
    assert mails[MAIL].shape == ("CANCEL", 1)
    assert "Merel" not in mails[MAIL].octets.decode()
    assert mails["joost@cjib.example"].shape == ("REQUEST", 0)
    waiting.refresh_from_db()
    assert waiting.state == "registered"
    assert erasing.finish_erasures() == 1
    assert erasing.finish_erasures() == 0
    assert not Person.objects.filter(pk=merel.pk).exists()
    assert not Invitation.objects.filter(address=MAIL).exists()
    assert not Message.objects.filter(to_address=MAIL).exists()


def test_a_mail_server_that_is_away_holds_up_the_deletion_not_the_erasure(client, merel, settings):
    registration.register(session_in(5), person=merel)
    post()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    client.post(PAGE)
    assert delivery.drain().server_away
    assert erasing.finish_erasures() == 0
    assert not Person.objects.filter(email=MAIL).exists()


def test_who_has_nothing_under_way_is_gone_at_once(client, merel):
    client.post(PAGE)
    assert not Person.objects.filter(pk=merel.pk).exists()
    assert DeletionRecord.objects.get().done_at is not None


def test_asking_twice_at_once_erases_once(merel):
    registration.register(session_in(5), person=merel)
    post()
    twin = Person.objects.get(pk=merel.pk)
    first, second = erasing.erase(merel), erasing.erase(twin)
    assert first == second
    assert Message.objects.filter(kind="withdrawn").count() == 1


def test_the_other_rooms_hear_it_in_the_same_transaction(merel):
    heard = []

    def hear(sender, *, person, **kwargs):
        heard.append((person.pk, person.is_active, transaction.get_connection().in_atomic_block))

    person_erased.connect(hear)
    try:
        erasing.erase(merel)
    finally:
        person_erased.disconnect(hear)
    assert heard == [(merel.pk, False, True)]


# --- trainers ------------------------------------------------------------------------------------


def test_who_still_teaches_hands_over_first(client, merel):
    course = CourseFactory(title="Mijn cursus", trainer=merel)
    SessionFactory(course=course, starts_at=clock.now() + 5 * DAY)
    page = text(client.get(PAGE))
    assert "Je geeft nog cursussen. Zeg ze eerst af, of laat een collega ze overnemen." in page
    assert "Mijn cursus" in page
    assert "Vraag die als medetrainer. Daarna draag je de cursus over. Naar mijn cursussen" in page
    assert (
        "<button"
        not in client.get(PAGE).content.decode().partition("<main")[2].partition("</main>")[0]
    )
    assert client.post(PAGE).url == PAGE
    assert Person.objects.filter(email=MAIL, is_active=True).exists()
    assert DeletionRecord.objects.count() == 0


def test_a_course_without_dates_goes_to_the_co_trainer_or_out_of_the_catalogue(client, merel):
    alone = CourseFactory(title="Alleen", trainer=merel, quote="Mijn citaat")
    shared = CourseFactory(title="Samen", trainer=merel)
    co = PersonFactory()
    CourseTrainer.objects.create(course=shared, person=co, part="co")
    draft = CourseFactory(title="Concept", trainer=merel, status="draft", published_at=None)
    client.post(PAGE)
    alone.refresh_from_db()
    assert (alone.status, alone.quote, alone.trainers.count()) == ("archived", "", 0)
    row = CourseTrainer.objects.get(course=shared)
    assert (row.person, row.part) == (co, "lead")
    assert not Course.objects.filter(pk=draft.pk).exists()
    assert Client().get(f"/cursussen/{alone.slug}/").status_code == 200
    assert not Person.objects.filter(pk=merel.pk).exists()


def test_after_handing_over_nothing_stands_in_the_way(client, merel):
    session = session_in(5)
    course = session.course
    course.trainer_rows.update(person=merel)
    co = PersonFactory()
    courses.add_co_trainer(course, person=co, by=merel)
    client.post(reverse("courses:hand-over", args=[course.public_id, co.public_id]))
    assert "Je geeft nog cursussen" not in text(client.get(PAGE))
    client.post(PAGE)
    assert [(row.person, row.part) for row in course.trainer_rows.all()] == [(co, "lead")]


def test_what_somebody_is_asked_to_give_along_goes_too(client, merel):
    course = session_in(5).course
    co_trainers.invite(course, email=MAIL, by=course.trainers.get())
    assert TrainerInvitation.objects.count() == 1
    client.post(PAGE)
    assert TrainerInvitation.objects.count() == 0


def test_a_co_trainer_leaves_the_coming_dates(client, merel):
    session = session_in(5)
    CourseTrainer.objects.create(course=session.course, person=merel, part="co")
    client.post(PAGE)
    assert not session.course.trainer_rows.filter(person=merel).exists()
    session.refresh_from_db()
    assert session.status == "planned"


def test_an_administrator_does_not_erase_the_own_account(merel):
    merel.is_staff = True
    merel.save()
    browser = Client()
    browser.force_login(merel)
    assert "Je bent beheerder." in text(browser.get(PAGE))
    browser.post(PAGE)
    assert Person.objects.filter(email=MAIL, is_active=True).exists()
