# SPDX-License-Identifier: EUPL-1.2
"""Giving a course together: nobody's name is shown before a yes, and the lead can hand the course over."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent
from base import clock
from courses import tasks
from courses.domain import co_trainers, courses
from courses.models import Course, CourseTrainer, TrainerInvitation
from notifications.models import Invitation, Message
from tests.accounts.conftest import data_queries
from tests.courses.teaching import messages, url
from tests.factories import PersonFactory, SessionFactory
from tests.notifications.conftest import post

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_june")]

ASKED = "We vragen het je collega. Zegt je collega ja, dan staat die erbij."
NAME = "Bas Hofstra-Uniek"


@pytest.fixture
def bas():
    return PersonFactory(name=NAME, email="bas@zwolle.nl")


@pytest.fixture
def asked(course, trainer, session, bas):
    co_trainers.invite(course, email=bas.email, by=trainer)
    return TrainerInvitation.objects.get()


@pytest.fixture
def as_bas(bas):
    browser = Client()
    browser.force_login(bas)
    return browser


def ask(page, course, email):
    return page.post(url("add-co-trainer", course), {"medetrainer-email": email}, follow=True)


def answer(browser, row, word):
    return browser.post(url("trainer-invitation", row), {"antwoord": word}, follow=True)


def everywhere(course, person) -> str:
    """What a visitor can read of a course and of who gives it, machines included."""
    pages = [
        reverse("courses:course", args=[course.slug]),
        reverse("courses:catalogue") + "?q=hofstra+uniek",
        reverse("courses:poster", args=[course.slug]),
        reverse("courses:organisation", args=[course.organisation.slug]),
        reverse("courses:organisation", args=[person.organisation.slug]),
        f"/api/v1/cursussen/{course.public_id}",
        "/api/v1/cursussen",
        "/sitemap.xml",
    ]
    found = []
    for address in pages:
        response = Client().get(address)
        octets = response.getvalue() if response.streaming else response.content
        found.append(octets.decode())
    return "\n".join(found)


# --- asking ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("email", "sentence"),
    [
        ("", "Vul de werkmail van je collega in."),
        ("bas@", "Dit is geen goed e-mailadres. Voorbeeld: naam@gemeente.nl"),
    ],
)
def test_an_address_that_is_none_is_explained(page, course, email, sentence):
    response = page.post(url("add-co-trainer", course), {"medetrainer-email": email})
    assert dict(response.context["co_trainer_form"].errors) == {"email": [sentence]}


@pytest.mark.parametrize(
    "email", ["bas@zwolle.nl", "onbekend@zwolle.nl", "nooit-code@zwolle.nl", "weg@zwolle.nl"]
)
def test_the_answer_is_the_same_for_known_and_unknown_addresses(page, course, bas, email):
    PersonFactory(email="nooit-code@zwolle.nl", verified_at=None)
    PersonFactory(email="weg@zwolle.nl", is_active=False)
    response = ask(page, course, email)
    assert messages(response) == [ASKED]
    assert email not in response.content.decode()
    assert NAME not in response.content.decode()
    assert course.trainer_rows.count() == 1
    assert Message.objects.count() == (email == bas.email)


def test_before_the_yes_the_name_is_nowhere_and_after_it_everywhere(course, asked, bas, as_bas):
    assert NAME not in everywhere(course, bas)
    assert not Invitation.objects.filter(person=bas).exists()
    assert not CourseTrainer.objects.filter(person=bas).exists()
    assert as_bas.get(url("manage", course)).status_code == 403
    answer(as_bas, asked, "ja")
    bas.refresh_from_db()
    found = everywhere(course, bas)
    assert found.count(NAME) >= 3
    assert f"/trainers/{bas.slug}/" in found
    assert NAME in Client().get(f"/trainers/{bas.slug}/").content.decode()


def test_a_draft_stays_between_its_trainers_until_the_yes(course, asked, as_bas):
    Course.objects.filter(pk=course.pk).update(status="draft", published_at=None)
    assert as_bas.get(url("teach-edit", course)).status_code == 404
    answer(as_bas, asked, "ja")
    assert as_bas.get(url("teach-edit", course)).status_code == 200


# --- taking the question back, and letting it lapse -----------------------------------------------

TAKEN_BACK = "Je vraag aan dit adres geldt niet meer."


def take_back(page, course, email):
    values = {"medetrainer-email": email, "intrekken": "1"}
    return page.post(url("add-co-trainer", course), values, follow=True)


def test_the_asker_takes_the_question_back(page, course, asked, bas, as_bas):
    assert messages(take_back(page, course, bas.email)) == [TAKEN_BACK]
    assert post() == []  # nor is the mail sent that still waited
    assert url("trainer-invitation", asked) not in as_bas.get("/mijn/cursussen/").content.decode()
    assert "Deze vraag geldt niet meer." in as_bas.get(url("trainer-invitation", asked)).text
    assert messages(answer(as_bas, asked, "ja")) == ["Deze vraag geldt niet meer."]
    assert course.trainer_rows.count() == 1
    assert AuditEvent.objects.filter(verb="course.co_trainer_withdrawn").count() == 1


@pytest.mark.parametrize("said", ["ja", "nee", None])
def test_taking_back_says_nothing_about_an_address_and_undoes_no_answer(
    page, course, asked, bas, as_bas, said
):
    email = bas.email if said else "onbekend@zwolle.nl"
    if said:
        answer(as_bas, asked, said)
    trainers, before = course.trainer_rows.count(), TrainerInvitation.objects.get().answer
    response = take_back(page, course, email)
    assert messages(response) == [TAKEN_BACK]
    assert email not in response.content.decode()
    assert (course.trainer_rows.count(), TrainerInvitation.objects.get().answer) == (
        trainers,
        before,
    )


def test_asked_taken_back_and_asked_again_is_one_mail_and_the_link_works(
    page, course, asked, bas, as_bas
):
    assert [mail.subject for mail in post()] == ["Samira vraagt: geef je “Draaitabellen” mee?"]
    for _ in range(2):
        take_back(page, course, bas.email)
        ask(page, course, bas.email)
    assert post() == []
    assert messages(answer(as_bas, asked, "ja")) == ["Leuk! Je geeft deze cursus mee."]


def test_taken_back_before_the_mail_left_it_goes_when_asked_again(page, course, asked, bas):
    take_back(page, course, bas.email)
    assert post() == []
    ask(page, course, bas.email)
    assert len(post()) == 1


def test_without_an_answer_the_question_lapses_after_thirty_days(
    page, course, asked, bas, as_bas, in_june
):
    post()
    in_june.shift(TrainerInvitation.OPEN_FOR - dt.timedelta(minutes=5))
    page.force_login(course.trainers.get())
    as_bas.force_login(bas)
    assert tasks.forget_unanswered_invitations() == 0
    assert url("trainer-invitation", asked) in as_bas.get("/mijn/cursussen/").content.decode()
    in_june.shift(300)
    assert url("trainer-invitation", asked) not in as_bas.get("/mijn/cursussen/").content.decode()
    assert messages(answer(as_bas, asked, "ja")) == ["Deze vraag geldt niet meer."]
    ask(page, course, bas.email)  # also before the sweep, that is a question and a mail of its own
    assert len(post()) == 1
    in_june.shift(TrainerInvitation.OPEN_FOR)
    assert tasks.forget_unanswered_invitations() == 1
    assert not TrainerInvitation.objects.exists()


def test_taken_back_and_asked_again_the_days_to_answer_begin_anew(
    page, course, asked, bas, as_bas, in_june
):
    in_june.shift(TrainerInvitation.OPEN_FOR - dt.timedelta(days=1))
    page.force_login(course.trainers.get())
    take_back(page, course, bas.email)
    ask(page, course, bas.email)
    in_june.shift(dt.timedelta(days=2))
    as_bas.force_login(bas)
    assert messages(answer(as_bas, asked, "ja")) == ["Leuk! Je geeft deze cursus mee."]


def test_who_said_no_is_remembered(page, course, asked, bas, as_bas, in_june):
    post()
    answer(as_bas, asked, "nee")
    in_june.shift(2 * TrainerInvitation.OPEN_FOR)
    page.force_login(course.trainers.get())
    assert tasks.forget_unanswered_invitations() == 0
    ask(page, course, bas.email)
    assert post() == []


# --- answering ------------------------------------------------------------------------------------


def test_get_asks_and_post_does(course, asked, bas, as_bas, session):
    html = as_bas.get(url("trainer-invitation", asked)).content.decode()
    assert "Samira El Idrissi vraagt of je “Draaitabellen” samen geeft." in html
    assert course.trainer_rows.count() == 1
    assert as_bas.post(url("trainer-invitation", asked)).status_code == 200
    assert course.trainer_rows.count() == 1
    response = answer(as_bas, asked, "ja")
    assert messages(response) == ["Leuk! Je geeft deze cursus mee."]
    assert response.redirect_chain == [(url("manage", course), 302)]
    assert list(course.trainer_rows.values_list("person", "part"))[1:] == [(bas.pk, "co")]
    assert [row.session for row in Invitation.objects.filter(person=bas)] == [session]
    answer(as_bas, asked, "ja")
    assert course.trainer_rows.count() == 2
    assert AuditEvent.objects.filter(verb="course.co_trainer").count() == 1


def test_no_thanks_tells_nobody_and_may_become_a_yes(page, course, asked, bas, as_bas):
    response = answer(as_bas, asked, "nee")
    assert messages(response) == ["Dank je. Je staat niet bij deze cursus."]
    sent = Message.objects.count()
    assert messages(ask(page, course, bas.email)) == [ASKED]
    assert Message.objects.count() == sent
    assert NAME not in page.get(url("manage", course)).content.decode()
    answer(as_bas, asked, "ja")
    assert course.trainer_rows.filter(person=bas).exists()


def test_who_was_taken_off_does_not_come_back_by_the_old_mail(page, course, asked, bas, as_bas):
    answer(as_bas, asked, "ja")
    courses.remove_co_trainer(course, person=bas, by=course.trainers.first())
    response = answer(as_bas, asked, "ja")
    assert messages(response) == ["Deze uitnodiging geldt niet meer."]
    assert not course.trainer_rows.filter(person=bas).exists()
    ask(page, course, bas.email)
    again = TrainerInvitation.objects.get(person=bas)
    assert again.pk != asked.pk
    assert Message.objects.filter(kind="teach_asked").count() == 2
    answer(as_bas, again, "ja")
    assert course.trainer_rows.filter(person=bas).exists()


@pytest.mark.parametrize("status", ["cancelled", "archived"])
def test_a_course_that_ended_has_no_new_trainers(course, asked, as_bas, status):
    Course.objects.filter(pk=course.pk).update(status=status)
    assert messages(answer(as_bas, asked, "ja")) == ["Deze cursus is gestopt."]
    assert course.trainer_rows.count() == 1


def test_my_courses_shows_what_is_asked(asked, as_bas):
    html = as_bas.get("/mijn/cursussen/").content.decode()
    assert url("trainer-invitation", asked) in html
    answer(as_bas, asked, "nee")
    assert url("trainer-invitation", asked) not in as_bas.get("/mijn/cursussen/").content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_query_counts_do_not_grow(page, course, trainer, bas, as_bas, number):
    for n in range(number):
        SessionFactory(course=course, starts_at=clock.now() + dt.timedelta(days=n + 1))
        colleague = PersonFactory(email=f"c{n}@zwolle.nl")
        courses.add_co_trainer(course, person=colleague, by=trainer)
    co_trainers.invite(course, email=bas.email, by=trainer)
    row = TrainerInvitation.objects.get()
    over = reverse("courses:hand-over", args=[course.public_id, colleague.public_id])
    counts = {
        "invitation": data_queries(lambda: as_bas.get(url("trainer-invitation", row))),
        "hand-over": data_queries(lambda: page.get(over)),
    }
    assert counts == {"invitation": 5, "hand-over": 8}


# --- handing over ---------------------------------------------------------------------------------


def hand_over_url(course, person):
    return reverse("courses:hand-over", args=[course.public_id, person.public_id])


@pytest.fixture
def together(course, trainer, bas, session):
    courses.add_co_trainer(course, person=bas, by=trainer)
    return course


def parts(course):
    return [(row.person.name, row.part) for row in course.trainer_rows.all()]


def test_the_lead_hands_the_course_over_and_can_step_down(page, together, trainer, bas):
    mails = Message.objects.count()
    assert hand_over_url(together, bas) in page.get(url("manage", together)).content.decode()
    assert page.get(hand_over_url(together, bas)).status_code == 200
    assert parts(together) == [("Samira El Idrissi", "lead"), (NAME, "co")]
    for _ in range(2):
        page.post(hand_over_url(together, bas))
    assert parts(together) == [(NAME, "lead"), ("Samira El Idrissi", "co")]
    assert Message.objects.count() == mails
    assert AuditEvent.objects.filter(verb="course.handed_over").count() == 1
    assert (
        hand_over_url(together, trainer) not in page.get(url("manage", together)).content.decode()
    )
    page.post(url("remove-co-trainer", together), {"trainer": str(trainer.public_id)})
    assert parts(together) == [(NAME, "lead")]


def test_only_to_somebody_who_said_yes(page, course, asked, bas):
    assert page.post(hand_over_url(course, bas)).status_code == 404
    assert parts(course) == [("Samira El Idrissi", "lead")]


def test_a_co_trainer_takes_nothing_over(together, bas, as_bas):
    assert hand_over_url(together, bas) not in as_bas.get(url("manage", together)).content.decode()
    assert as_bas.post(hand_over_url(together, bas)).status_code == 403
    assert parts(together) == [("Samira El Idrissi", "lead"), (NAME, "co")]
