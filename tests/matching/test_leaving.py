# SPDX-License-Identifier: EUPL-1.2
"""After 'Verwijder mijn account' nothing of the person is left in matching, and others can go on."""

import pytest

from matching.domain import leaving, matches, nominations, requests
from matching.models import Match, Nomination, Support, TrainerProfile
from notifications.domain import erasing
from tests.factories import (
    KnowledgeRequestFactory,
    OrganisationFactory,
    PersonFactory,
    TrainerProfileFactory,
)

pytestmark = pytest.mark.django_db


def test_what_an_asker_wrote_goes_and_the_trainer_is_free():
    request = KnowledgeRequestFactory(text="Een heel eigen verhaal", search_more=" eigen ")
    trainer = TrainerProfileFactory().person
    match = matches.ask_trainer(request, trainer=trainer, by=request.asker, message="Wil je?")
    leaving.forget(request.asker)
    request.refresh_from_db()
    match.refresh_from_db()
    assert (request.state, request.text, request.asker, request.search_more) == (
        "closed",
        "",
        None,
        "",
    )
    assert (match.state, match.message) == ("withdrawn", "")


def test_what_a_trainer_wrote_goes_and_the_question_is_open_again():
    request = KnowledgeRequestFactory()
    trainer = TrainerProfileFactory().person
    match = matches.ask_trainer(request, trainer=trainer, by=request.asker)
    matches.say_yes(match, by=trainer, text="Leuk, ik bel je")
    requests.support(KnowledgeRequestFactory(), person=trainer)
    OrganisationFactory(domain="gemeente.example")
    nominations.nominate(by=trainer, name="Karim", email="karim@gemeente.example", why="Woo")
    erasing.erase(trainer)
    request.refresh_from_db()
    assert request.state == "open"
    assert not TrainerProfile.objects.exists()
    assert not Support.objects.exists()
    assert Match.objects.get().answer_text == ""
    assert Nomination.objects.get().email == ""


def test_a_planned_question_keeps_its_title_alone():
    request = KnowledgeRequestFactory(state="planned", text="Een heel eigen verhaal")
    leaving.forget(request.asker)
    request.refresh_from_db()
    assert (request.state, request.text, request.asker) == ("planned", request.title, None)
    assert PersonFactory() is not None
