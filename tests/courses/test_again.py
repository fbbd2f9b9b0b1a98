# SPDX-License-Identifier: EUPL-1.2
"""Giving a course once more; who gives it along; what learners thought; paper."""

import datetime as dt
import re
import uuid

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEvent
from base import clock
from courses.domain.evaluations import learners_reached, opinions_of
from courses.domain.registration import register
from courses.models import Course, CourseTrainer, Evaluation, Material, Registration
from tests.factories import (
    CourseFactory,
    OrganisationFactory,
    PersonFactory,
    SessionFactory,
    coordinator,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def course():
    organisation = OrganisationFactory(name="Gemeente Utrecht", slug="utrecht")
    trainer = PersonFactory(
        name="Samira El Idrissi", organisation=organisation, slug="samira-el-idrissi"
    )
    return CourseFactory(
        title="Draaitabellen",
        slug="draaitabellen",
        goals=["Een", "Twee"],
        bring="Een laptop",
        minutes=45,
        max_participants=12,
        organisation=organisation,
        trainer=trainer,
    )


@pytest.fixture
def trainer(course):
    return course.trainers.get()


@pytest.fixture
def page(client, trainer):
    client.force_login(trainer)
    return client


def url(name: str, row) -> str:
    return reverse(f"courses:{name}", args=[row.public_id])


def messages(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


# --- a copy ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["published", "archived", "cancelled"])
def test_a_copy_is_a_draft_with_the_same_text_and_no_date(page, course, trainer, status):
    Course.objects.filter(pk=course.pk).update(status=status)
    Material.objects.create(course=course, title="Gids", url="https://example.nl/")
    Material.objects.create(course=course, title="Blad", file="materiaal/2027/blad.pdf")
    CourseTrainer.objects.create(course=course, person=PersonFactory(), part="co")
    SessionFactory(course=course)
    number = uuid.uuid4()
    for _ in range(2):
        response = page.post(url("copy-course", course), {"kopie": str(number)}, follow=True)
    copy = Course.objects.get(public_id=number)
    assert response.request["PATH_INFO"] == f"/geef-een-cursus/{number}/"
    assert Course.objects.count() == 2
    assert (copy.status, copy.title, copy.sessions.count()) == ("draft", "Draaitabellen", 0)
    assert [row.person for row in copy.trainer_rows.all()] == [trainer]
    assert list(copy.materials.values_list("title", "url")) == [("Gids", "https://example.nl/")]
    form = response.context["form"]
    shown = {name: form[name].value() for name in ("title", "promise", "goals", "bring", "day")}
    assert shown == {
        "title": "Draaitabellen",
        "promise": course.promise,
        "goals": "Een\nTwee",
        "bring": "Een laptop",
        "day": "",
    }
    assert (form["minutes"].value(), form["capacity"].value()) == ("45", "12")


def test_a_copy_that_was_changed_is_not_overwritten_by_pressing_again(page, course):
    number = uuid.uuid4()
    page.post(url("copy-course", course), {"kopie": str(number)})
    Course.objects.filter(public_id=number).update(title="Anders", draft={"title": "Anders"})
    page.post(url("copy-course", course), {"kopie": str(number)})
    assert Course.objects.get(public_id=number).title == "Anders"


def test_a_coordinator_does_not_copy_anothers_course(client, course):
    client.force_login(coordinator(course.organisation))
    assert client.post(url("copy-course", course)).status_code == 403
    html = client.get(url("manage", course)).content.decode()
    assert "Maak een kopie" not in html


def test_a_number_of_somebody_else_copies_nothing(page, course):
    other = CourseFactory(status="draft", published_at=None)
    response = page.post(url("copy-course", course), {"kopie": str(other.public_id)}, follow=True)
    assert messages(response) == ["Deze cursus is van iemand anders."]
    assert Course.objects.count() == 2


# --- co-trainers ----------------------------------------------------------------------------------


def test_a_co_trainer_can_be_taken_off(page, course):
    bas = PersonFactory(name="Bas Hofstra")
    CourseTrainer.objects.create(course=course, person=bas, part="co")
    assert str(bas.public_id) in page.get(url("manage", course)).content.decode()
    response = page.post(
        url("remove-co-trainer", course), {"trainer": str(bas.public_id)}, follow=True
    )
    assert messages(response) == ["Bas Hofstra geeft de cursus niet meer mee."]
    assert course.trainer_rows.count() == 1
    assert AuditEvent.objects.filter(verb="course.co_trainer_removed").count() == 1


def test_a_co_trainer_can_step_down_and_then_has_no_more_access(client, course):
    bas = PersonFactory(name="Bas Hofstra")
    CourseTrainer.objects.create(course=course, person=bas, part="co")
    client.force_login(bas)
    response = client.post(url("remove-co-trainer", course), {"trainer": str(bas.public_id)})
    assert response.url == reverse("courses:my-courses")
    assert client.get(url("manage", course)).status_code == 403


def test_the_lead_trainer_is_not_taken_off(page, course, trainer):
    response = page.post(
        url("remove-co-trainer", course), {"trainer": str(trainer.public_id)}, follow=True
    )
    assert messages(response) == ["Dit is de trainer van de cursus. Die kan niet weg."]
    assert course.trainer_rows.count() == 1


# --- opinions -------------------------------------------------------------------------------------


def learnt(course, *answers: tuple[int, str] | None):
    """Somebody who was there for each answer; None did not answer."""
    session = SessionFactory(course=course, starts_at=clock.now() - dt.timedelta(days=2))
    for answer in answers:
        person = PersonFactory()
        row = Registration.objects.create(
            session=session, person=person, organisation=person.organisation, state="attended"
        )
        if answer:
            Evaluation.objects.create(registration=row, score=answer[0], sentence=answer[1])


def test_two_answers_say_nothing_yet(page, course):
    learnt(course, (9, "Geheime zin"), (7, ""), None)
    opinions = opinions_of(course)
    assert (opinions.learners, opinions.answers, opinions.score) == (3, 2, None)
    html = page.get(url("manage", course)).content.decode()
    assert "Geheime zin" not in html
    assert "8,0" not in html
    assert "3 collega’s leerden iets van je. Dank je wel!" in html


def test_three_answers_give_the_average_and_the_sentences(page, course):
    learnt(course, (9, "Top"), (7, ""))
    learnt(course, (9, "Top"), (8, " <b>Fijn</b> "))
    assert opinions_of(course).score == 8.2
    html = page.get(url("manage", course)).content.decode()
    assert "<strong>8,2</strong>" in html
    assert html.count("Top") == 1
    assert "&lt;b&gt;Fijn&lt;/b&gt;" in html
    assert "gemiddeld, uit 4 antwoorden" in html


def test_sentences_stand_in_an_order_that_says_nothing(course):
    learnt(course, *[(8, f"Zin {number}") for number in range(8)])
    sentences = opinions_of(course).sentences
    assert sentences != sorted(sentences)
    assert sorted(sentences) == [f"Zin {number}" for number in range(8)]


def test_nobody_but_the_trainers_sees_opinions(client, course):
    learnt(course, *[(8, "Geheime zin")] * 3)
    client.force_login(coordinator(course.organisation))
    html = client.get(url("manage", course)).content.decode()
    assert "Geheime zin" not in html
    assert "Wat vonden collega" not in html
    assert "Geheime zin" not in client.get(course.get_absolute_url()).content.decode()


# --- paper ----------------------------------------------------------------------------------------


def test_the_list_on_paper_has_names_and_boxes_and_no_addresses(page, course, trainer):
    session = SessionFactory(course=course)
    register(session, person=PersonFactory(name="Merel de Jong", email="merel@geheim.nl"))
    register(session, person=PersonFactory(name="Anna Bos"))
    AuditEvent.objects.all().delete()
    html = page.get(url("participant-list", session)).content.decode()
    assert re.findall(r'<th scope="row">\s*(.*?)\s*</th>', html) == ["Anna Bos", "Merel de Jong"]
    assert html.count("lijst__vak") == 2
    assert "merel@geheim.nl" not in html
    event = AuditEvent.objects.get()
    assert (event.verb, event.actor, event.detail) == (
        "participants.viewed",
        trainer,
        {"count": 2, "on_paper": True},
    )


def test_the_list_is_gone_after_thirty_days(page, course, trainer):
    session = SessionFactory(course=course)
    with time_machine.travel(session.ends_at + dt.timedelta(days=31)):
        page.force_login(trainer)
        assert page.get(url("participant-list", session)).status_code == 403


def test_the_poster_says_what_when_and_where_to_find_it(client, course, settings):
    start = clock.from_wall_time(dt.date(2027, 7, 5), dt.time(10, 0))
    with time_machine.travel("2027-06-01 08:00:00+00:00"):
        for week in range(4):
            SessionFactory(course=course, starts_at=start + dt.timedelta(days=7 * week))
        html = client.get("/cursussen/draaitabellen/poster/").content.decode()
    assert html.count("<strong>Maandag") == 3
    assert "Maandag 5 juli, 10:00 tot" in html
    assert "Er zijn nog meer momenten." in html
    assert settings.BASE_URL.partition("://")[2] + "/cursussen/draaitabellen" in html
    assert html.count('class="qr"') == 1
    assert "<strong>Samira El Idrissi</strong>" in html


def test_the_code_on_the_poster_leads_to_the_course(client, course, settings):
    """The SVG is what segno makes of exactly this address."""
    import segno

    html = client.get("/cursussen/draaitabellen/poster/").content.decode()
    code = segno.make(f"{settings.BASE_URL}/cursussen/draaitabellen/", error="m", micro=False)
    path = re.search(r' d="([^"]+)"', code.svg_inline(border=4, omitsize=True))[1]
    assert path in html
    assert "style=" not in html.split("<article")[1].split("</article>")[0]


@pytest.mark.parametrize("status", ["draft", "archived", "cancelled"])
def test_only_a_published_course_has_a_poster(client, course, status):
    Course.objects.filter(pk=course.pk).update(status=status)
    assert client.get("/cursussen/draaitabellen/poster/").status_code == 404


# --- profile and organisation ---------------------------------------------------------------------


@pytest.mark.parametrize(("learners", "shown"), [(0, 0), (4, 0), (5, 5), (9, 5), (10, 10)])
def test_learners_of_a_trainer_are_rounded_down_to_five(course, trainer, learners, shown):
    learnt(course, *[None] * learners)
    assert learners_reached(trainer) == shown


def test_the_profile_shows_rounded_figures_and_languages(client, course, trainer):
    learnt(course, *[None] * 7)
    CourseFactory(organisation=course.organisation, trainer=trainer, language="en")
    html = client.get("/trainers/samira-el-idrissi/").content.decode()
    assert "5 of meer" in html
    assert "Geeft cursussen in het Nederlands en Engels" in html
    assert 'href="/organisaties/utrecht/"' in html


def test_the_profile_keeps_small_figures_to_itself(client, course):
    learnt(course, *[None] * 4)
    html = client.get("/trainers/samira-el-idrissi/").content.decode()
    assert "collega’s leerden er iets van" not in html
    assert "keer een cursus gegeven" in html
    assert "Geeft cursussen in het" not in html


def test_the_organisation_page_shows_courses_and_trainers(client, course):
    SessionFactory(course=course)
    CourseFactory(
        title="Zonder datum", organisation=course.organisation, trainer=course.trainers.get()
    )
    CourseFactory(title="Concept", status="draft", organisation=course.organisation)
    CourseFactory(title="Van elders")
    response = client.get("/organisaties/utrecht/")
    html = response.content.decode()
    assert [values["title"] for values in response.context["cards"]] == ["Draaitabellen"]
    assert [row.title for row in response.context["without_date"]] == ["Zonder datum"]
    assert [row.name for row in response.context["trainers"]] == ["Samira El Idrissi"]
    assert "Concept" not in html
    assert "Van elders" not in html
    assert 'href="/organisaties/utrecht/"' in client.get(course.get_absolute_url()).content.decode()


def test_only_colleagues_of_the_organisation_see_who_coordinates(client, course):
    boss = coordinator(course.organisation)
    boss.name = "Coby Coördinator"
    boss.save()
    own = PersonFactory(organisation=course.organisation)
    unsure = PersonFactory(organisation=course.organisation, organisation_confirmed=False)
    seen = {}
    for who, person in {"own": own, "unsure": unsure, "other": PersonFactory()}.items():
        client.force_login(person)
        seen[who] = "Coby Coördinator" in client.get("/organisaties/utrecht/").content.decode()
    client.logout()
    seen["visitor"] = "Coby Coördinator" in client.get("/organisaties/utrecht/").content.decode()
    assert seen == {"own": True, "unsure": False, "other": False, "visitor": False}


def test_an_organisation_that_went_up_in_another_leads_there(client, course):
    OrganisationFactory(slug="oud", successor=course.organisation)
    OrganisationFactory(slug="verzonnen", confirmed=False)
    assert client.get("/organisaties/oud/").url == "/organisaties/utrecht/"
    assert client.get("/organisaties/verzonnen/").status_code == 404


@pytest.mark.parametrize("number", [1, 4])
def test_public_pages_cost_the_same_for_more(client, course, number):
    for n in range(number):
        person = PersonFactory(organisation=course.organisation, slug=f"trainer-{n}")
        SessionFactory(course=CourseFactory(organisation=course.organisation, trainer=person))
    SessionFactory(course=course)

    def queries(path):
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        return len(captured)

    assert queries("/organisaties/utrecht/") == 4
    assert queries("/trainers/samira-el-idrissi/") == 4  # one of them: the pool
    assert queries("/cursussen/draaitabellen/poster/") == 3
