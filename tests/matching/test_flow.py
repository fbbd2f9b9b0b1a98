# SPDX-License-Identifier: EUPL-1.2
"""Turns that a question takes: a no that becomes a yes, a bundle that changes, a trainer who leaves, a form sent twice."""

import datetime as dt

import pytest
import time_machine

from base import clock
from courses.availability import availability
from courses.domain import sessions
from matching.domain import (
    guests,
    leaving,
    matches,
    nobody,
    planning,
    profiles,
    rankings,
    requests,
)
from matching.errors import MatchRefused, RequestRefused
from matching.models import Circle, Dismissal, KnowledgeRequest, Match, RankTask
from tests.courses.test_concurrency import at_once
from tests.factories import (
    KnowledgeRequestFactory,
    MatchFactory,
    PersonFactory,
    TrainerProfileFactory,
    coordinator,
)

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
TEXT = "Hoe voeg ik tien lijsten samen tot één overzicht?"


def ask(request, trainer):
    return matches.ask_trainer(request, trainer=trainer, by=request.asker)


# --- an offer -------------------------------------------------------------------------------------


def test_who_said_no_may_offer_help_later_and_is_asked_again():
    request, trainer = KnowledgeRequestFactory(), TrainerProfileFactory().person
    matches.say_no(ask(request, trainer), by=trainer, reason="busy")
    offer = matches.offer_help(request, trainer=trainer)
    assert (ask(request, trainer).pk, Match.objects.get(pk=offer.pk).state) == (offer.pk, "asked")


@pytest.mark.parametrize(
    "choice",
    [{"state": "paused"}, {"languages": ["en"]}, {"online": False, "provinces": ["limburg"]}],
)
def test_an_offer_counts_for_more_than_what_the_profile_says(choice):
    request, trainer = KnowledgeRequestFactory(), TrainerProfileFactory(**choice).person
    with pytest.raises(MatchRefused):
        ask(request, trainer)
    matches.offer_help(request, trainer=trainer)
    assert ask(request, trainer).state == "asked"


def test_an_offer_of_who_left_or_was_said_not_to_fit_cannot_be_taken():
    request, trainer = KnowledgeRequestFactory(), TrainerProfileFactory().person
    matches.offer_help(request, trainer=trainer)
    Dismissal.objects.create(request=request, trainer=trainer, reason="known")
    with pytest.raises(MatchRefused) as error:
        ask(request, trainer)
    assert error.value.code == "not_eligible"
    leaver = TrainerProfileFactory(person__organisation=None).person
    with pytest.raises(MatchRefused) as error:
        matches.offer_help(request, trainer=leaver)
    assert error.value.code == "organisation_missing"


def test_who_leaves_the_pool_takes_the_own_offers_back_and_the_question_is_open_again():
    profile = TrainerProfileFactory()
    request = KnowledgeRequestFactory()
    offer = matches.offer_help(request, trainer=profile.person)
    profiles.withdraw(profile, by=profile.person)
    offer.refresh_from_db()
    request.refresh_from_db()
    assert (offer.state, request.state) == ("withdrawn", "open")


# --- a form sent twice ----------------------------------------------------------------------------


def test_the_same_question_sent_twice_is_one_question():
    person = PersonFactory()
    first = requests.ask(by=person, text=TEXT)
    assert requests.ask(by=person, text=f" {TEXT} ").pk == first.pk
    assert requests.ask(by=PersonFactory(), text=TEXT).pk != first.pk
    requests.close(first, by=person)
    assert requests.ask(by=person, text=TEXT).pk != first.pk
    with time_machine.travel(clock.now() + requests.SENT_TWICE, tick=False):
        requests.ask(by=person, text=TEXT)
    assert person.knowledge_requests.count() == 3


@pytest.mark.django_db(transaction=True)
def test_a_double_click_on_ask_makes_one_question():
    person = PersonFactory()
    made = at_once([lambda: requests.ask(by=person, text=TEXT)] * 4)
    assert len({row.pk for row in made}) == 1


# --- dates ----------------------------------------------------------------------------------------


def test_for_more_people_than_there_can_be_seats_a_date_can_be_offered_all_the_same():
    match = MatchFactory(
        state="accepted", request__state="accepted", request__people=200, request__audience="team"
    )
    plan = planning.Plan("Brieven", "", "schrijven", 60, "online", planning.MOST_SEATS)
    moments = [(clock.today() + 9 * DAY, dt.time(10))]
    assert planning.offer_dates(match, by=match.trainer, plan=plan, moments=moments).options.count()


def test_there_are_seats_for_everybody_behind_a_bundle():
    request = KnowledgeRequestFactory(people=4)
    follower = KnowledgeRequestFactory(people=30, follows=request)
    KnowledgeRequestFactory(people=50, follows=request, state="closed")
    requests.support(follower, person=PersonFactory())
    match = MatchFactory(request=request, state="accepted")
    assert planning.start_for(match)["capacity"] == 4 + 31 + planning.ROOM_FOR_OTHERS


@pytest.mark.parametrize(("where", "form"), [("either", "online"), ("on_site", "on_site")])
def test_who_comes_along_is_reckoned_with_when_the_place_is_chosen(where, form):
    request = KnowledgeRequestFactory(where="either")
    KnowledgeRequestFactory(follows=request, where=where)
    match = MatchFactory(request=request, state="accepted")
    assert planning.start_for(match)["format"] == form


# --- peer circles ---------------------------------------------------------------------------------


def start(request, host, days=20):
    first = nobody.FirstDate(clock.today() + days * DAY, dt.time(14, 0))
    return nobody.start_circle(request, host=host, theme=request.theme, first=first)


def test_a_circle_is_for_who_asked_first_and_signs_nobody_up():
    request, host, supporter = KnowledgeRequestFactory(), PersonFactory(), PersonFactory()
    for person in (host, supporter):
        requests.support(request, person=person)
    session = start(request, host)
    assert not session.registrations.exists()
    for person in (request.asker, supporter):
        assert availability(session, person).code == "free"
    assert availability(session, PersonFactory()).code == "guests_only"
    later = clock.now() + guests.HEAD_START
    assert availability(session, PersonFactory(), at=later).code == "free"


def test_a_circle_that_was_called_off_can_be_started_again():
    request = KnowledgeRequestFactory()
    session = start(request, request.asker)
    sessions.cancel_session(session, by=request.asker)
    request.refresh_from_db()
    assert (request.state, request.session) == ("open", None)
    again = start(request, request.asker, days=30)
    assert again != session
    assert Circle.objects.get().course == again.course


def test_who_comes_too_late_with_a_circle_is_told_so():
    """Not sent to somebody else's session as if it were the own."""
    request, other = KnowledgeRequestFactory(), PersonFactory()
    requests.support(request, person=other)
    start(request, request.asker)
    with pytest.raises(RequestRefused) as error:
        start(request, other)
    assert error.value.code == "wrong_state"


# --- calls ----------------------------------------------------------------------------------------


def called(request, kind="trainers"):
    return [person.pk for person in nobody._receivers(request, kind)]


def test_a_call_keeps_the_hard_rules():
    request = KnowledgeRequestFactory()
    may = {"may_be_called": True, "themes": [request.theme]}
    fits = TrainerProfileFactory(**may)
    TrainerProfileFactory(**may, languages=["en"])
    TrainerProfileFactory(**may, state="paused")
    full = TrainerProfileFactory(**may, requests_per_year=1)
    MatchFactory(trainer=full.person)
    asks_too = TrainerProfileFactory(**may)
    requests.support(request, person=asks_too.person)
    said_no = TrainerProfileFactory(**may)
    MatchFactory(request=request, trainer=said_no.person, state="declined")
    assert called(request) == [fits.person_id]


def test_without_a_theme_a_call_goes_to_the_nearest_in_meaning_only():
    request = KnowledgeRequestFactory(theme=None)
    TrainerProfileFactory(may_be_called=True)
    assert called(request) == []
    near = TrainerProfileFactory(may_be_called=True)
    shy = TrainerProfileFactory()
    RankTask.objects.filter(request=request).update(
        state="ready",
        answered_at=clock.now(),
        result={"candidates": [{"person_id": p.person_id} for p in (shy, near)]},
    )
    assert rankings.answer_for(request).candidates
    assert called(request) == [near.person_id]


def test_calls_do_not_always_go_to_the_same_people():
    one = KnowledgeRequestFactory()
    other = KnowledgeRequestFactory(theme=one.theme)
    for _number in range(12):
        TrainerProfileFactory(may_be_called=True, themes=[one.theme])
    assert called(one) == called(one)
    assert called(one) != called(other)
    assert set(called(one)) == set(called(other))


def test_the_own_coordinator_is_asked_before_those_of_other_organisations(monkeypatch):
    monkeypatch.setattr(nobody, "MOST_CALLED", 3)
    request = KnowledgeRequestFactory()
    for _number in range(6):
        elsewhere = coordinator()
        TrainerProfileFactory(person=elsewhere, themes=[request.theme])
    own = coordinator(request.organisation)
    found = called(request, "coordinators")
    assert (found[0], len(found)) == (own.pk, 3)


# --- what is left -----------------------------------------------------------------------------------


@pytest.mark.parametrize("forget", ["a year", "an account"])
def test_a_note_about_a_trainer_goes_with_the_question(forget):
    request = KnowledgeRequestFactory(state="closed")
    row = Dismissal.objects.create(
        request=request, trainer=PersonFactory(), reason="known", note="Mijn kamergenoot"
    )
    if forget == "a year":
        with time_machine.travel(clock.now() + 366 * DAY, tick=False):
            assert requests.forget_texts() == 1
    else:
        leaving.forget(request.asker)
    row.refresh_from_db()
    assert (row.note, row.reason) == ("", "known")
    assert not KnowledgeRequest.objects.exclude(text="").exists()
