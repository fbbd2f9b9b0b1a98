# SPDX-License-Identifier: EUPL-1.2
"""What the asker, the trainer and colleagues see of each step after the question was asked."""

import datetime as dt

import pytest
import time_machine

from base import clock
from courses.domain import search
from courses.domain.registration import register
from matching.domain import alike, company, matches, nobody, planning, rankings, requests
from matching.errors import RequestRefused
from matching.models import KnowledgeRequest, Match, RankTask
from tests.factories import (
    CourseFactory,
    KnowledgeRequestFactory,
    MatchFactory,
    PersonFactory,
    SessionFactory,
    TrainerProfileFactory,
)
from tests.matching.test_pages_questions import signed_in, text_of, typed
from tests.notifications.conftest import post

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def page_of(request, person=None):
    return text_of(signed_in(person or request.asker).get(request.get_absolute_url()))


def offer(match, *, days=14):
    plan = planning.Plan("Brieven", "Korter.", "schrijven", 60, "online", 12)
    moments = [(clock.today() + days * DAY, dt.time(10))]
    return planning.offer_dates(match, by=match.trainer, plan=plan, moments=moments)


@pytest.fixture
def accepted():
    request, trainer = KnowledgeRequestFactory(), TrainerProfileFactory().person
    match = matches.ask_trainer(request, trainer=trainer, by=request.asker)
    return matches.say_yes(match, by=trainer)


@pytest.fixture
def came_along():
    """A question whose bundle got a session that its asker did not choose."""
    session = SessionFactory(guests_only=True, guests_until=clock.now() + 2 * DAY)
    lead = KnowledgeRequestFactory(state="planned", session=session, course=session.course)
    return KnowledgeRequestFactory(
        state="planned", session=session, course=session.course, follows=lead
    )


# --- a session that somebody else chose -------------------------------------------------------------


def test_who_came_along_is_offered_a_seat_and_not_told_to_have_one(came_along):
    page = page_of(came_along)
    assert "Er is een bijeenkomst voor je vraag" in page
    assert "Ik doe mee" in page
    assert "Dit past mij niet, zoek verder" in page
    assert "Het staat in de agenda" not in page
    register(came_along.session, person=came_along.asker)
    page = page_of(came_along)
    assert "Het staat in de agenda" in page
    assert "Ik doe mee" not in page


def test_seeking_on_opens_the_question_for_the_next_round(came_along):
    client = signed_in(came_along.asker)
    for _twice in range(2):
        client.post(f"{came_along.get_absolute_url()}verder-zoeken/")
    came_along.refresh_from_db()
    assert (came_along.state, came_along.session, came_along.course, came_along.follows) == (
        "open",
        None,
        None,
        None,
    )
    assert "Een collega helpt je" not in page_of(came_along)


def test_who_has_a_seat_or_picked_the_date_does_not_seek_on(came_along, accepted):
    register(came_along.session, person=came_along.asker)
    planning.pick_date(offer(accepted).options.get(), by=accepted.request.asker)
    for request, code in ((came_along, "has_seat"), (accepted.request, "picked")):
        with pytest.raises(RequestRefused) as error:
            company.seek_on(request, by=request.asker)
        assert error.value.code == code
        request.refresh_from_db()
        assert request.state == "planned"
    assert "zoek verder" not in page_of(accepted.request)


def test_the_host_of_a_circle_has_it_in_the_agenda():
    request = KnowledgeRequestFactory()
    first = nobody.FirstDate(clock.today() + 20 * DAY, dt.time(14, 0))
    nobody.start_circle(request, host=request.asker, theme=request.theme, first=first)
    page = page_of(request)
    assert "Jij bent de gastheer of gastvrouw." in page
    assert "Ik doe mee" not in page


def test_only_the_asker_seeks_on(came_along):
    url = f"{came_along.get_absolute_url()}verder-zoeken/"
    assert signed_in(PersonFactory()).post(url).status_code == 403
    came_along.refresh_from_db()
    assert came_along.state == "planned"


# --- after a yes ------------------------------------------------------------------------------------


def test_dates_that_passed_are_not_offered_any_more(accepted):
    offer(accepted)
    assert "Kies dit moment" in page_of(accepted.request)
    with time_machine.travel(clock.now() + 15 * DAY, tick=False):
        page = page_of(accepted.request)
    assert "Kies dit moment" not in page
    assert "zijn voorbij" in page


def test_after_a_yes_the_asker_may_still_want_another_colleague(accepted):
    offer(accepted)
    post()
    signed_in(accepted.request.asker).post(f"/mijn/vragen/{accepted.public_id}/terug/")
    accepted.refresh_from_db()
    accepted.request.refresh_from_db()
    assert (accepted.state, accepted.options.count()) == ("withdrawn", 0)
    assert accepted.request.state == "open"
    (mail,) = post()
    assert mail.subject.startswith("Je hoeft niet meer te helpen")
    assert accepted.trainer.email not in page_of(accepted.request)
    page = text_of(signed_in(accepted.trainer).get(f"/mijn/vragen/{accepted.public_id}/"))
    assert accepted.request.asker.email not in page


def test_a_planned_question_is_not_taken_back_from_its_trainer(accepted):
    planning.pick_date(offer(accepted).options.get(), by=accepted.request.asker)
    signed_in(accepted.request.asker).post(f"/mijn/vragen/{accepted.public_id}/terug/")
    accepted.refresh_from_db()
    assert accepted.state == "accepted"


@pytest.mark.parametrize("dates", [True, False])
def test_a_yes_without_a_date_is_brought_up_once_with_whose_turn_it_is(accepted, dates):
    if dates:
        offer(accepted)
    post()
    assert planning.remind_stalled() == 0
    with time_machine.travel(clock.now() + planning.STALLED_AFTER, tick=False):
        assert (planning.remind_stalled(), planning.remind_stalled()) == (1, 0)
        (mail,) = post()
    up = accepted.request.asker if dates else accepted.trainer
    assert mail["To"].addresses[0].addr_spec == up.email


def test_a_question_that_falls_back_has_four_weeks_and_a_new_nudge(accepted):
    soon = clock.now() + 2 * DAY
    KnowledgeRequest.objects.update(closes_at=soon, nudged_at=clock.now())
    matches.say_no(accepted, by=accepted.trainer, reason="busy")
    row = KnowledgeRequest.objects.get()
    assert (row.state, row.nudged_at) == ("open", None)
    assert row.closes_at >= soon + 25 * DAY


def test_a_question_does_not_expire_while_its_trainer_may_still_answer():
    request, trainer = KnowledgeRequestFactory(), TrainerProfileFactory().person
    match = matches.ask_trainer(request, trainer=trainer, by=request.asker)
    KnowledgeRequest.objects.update(closes_at=clock.now() - DAY)
    assert requests.expire() == 0
    assert matches.say_yes(match, by=trainer).state == "accepted"


# --- what others see ----------------------------------------------------------------------------------


def test_a_trainer_reads_which_questions_one_session_would_answer():
    lead, trainer = KnowledgeRequestFactory(), TrainerProfileFactory().person
    other = KnowledgeRequestFactory(title="Hoe begin ik met Woo?", follows=lead)
    KnowledgeRequestFactory(title="Al gesloten", follows=lead, state="closed")
    match = matches.ask_trainer(lead, trainer=trainer, by=lead.asker)
    page = text_of(signed_in(trainer).get(f"/mijn/vragen/{match.public_id}/"))
    (mail,) = post()
    for seen in (page, mail.text, mail.html):
        assert other.title in seen
        assert other.organisation.name in seen
        assert other.asker.name not in seen
        assert "Al gesloten" not in seen


def test_who_said_no_is_offered_to_help_after_all_and_not_an_answer_that_is_over():
    request, trainer = KnowledgeRequestFactory(), TrainerProfileFactory().person
    MatchFactory(request=request, trainer=trainer, state="declined")
    page = page_of(request, trainer)
    assert "Dit kan ik je leren" in page
    assert "Geef antwoord" not in page
    Match.objects.update(state="expired")
    assert "Geef antwoord" in page_of(request, trainer)


def test_names_in_the_title_are_pointed_out_too():
    page = text_of(
        signed_in(PersonFactory()).post(
            "/kennisvragen/nieuw/", typed(title="Hoe help ik mevrouw Jansen met haar brief?")
        )
    )
    assert "Noem geen namen" in page
    assert not KnowledgeRequest.objects.exists()


def test_a_course_that_means_the_same_is_pointed_out_without_a_shared_word():
    """As the matching worker says it; a course that only shares little words is not."""
    text = "Mijn verslagen worden te lang en niemand leest ze. Hoe schrijf ik minder op?"
    near = CourseFactory(title="Notuleren in de helft van de tijd", promise="Korter.")
    far = CourseFactory(title="Minder stress voor wie te lang zit", promise="Nek en schouders.")
    rankings.courses_like(text)
    RankTask.objects.update(
        state="ready",
        answered_at=clock.now(),
        result={"courses": {str(near.pk): 0.45, str(far.pk): 0.16}},
    )
    page = text_of(signed_in(PersonFactory()).post("/kennisvragen/nieuw/", typed(text=text)))
    assert near.title in page
    assert far.title not in page
    assert not KnowledgeRequest.objects.exists()


def test_without_the_worker_only_telling_words_point_to_a_course():
    for number in range(40):
        CourseFactory(title=f"Eerste stappen in onderwerp {number}", promise="Snel en leuk.")
    told = CourseFactory(title="Draaitabellen maken", promise="Van lijst naar antwoord.")
    search.refresh()
    telling = alike.alike("Hoe werken draaitabellen eigenlijk? Ik zit al een uur te klikken.")
    assert telling.courses == [told]
    assert alike.alike("Mijn eigen stappen duren te lang en ik wil vlugger").courses == []
