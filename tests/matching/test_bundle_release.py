# SPDX-License-Identifier: EUPL-1.2
"""What may change in a bundle between the round and its release, and after."""

import pytest

pytest.importorskip("numpy")
pytest.importorskip("ortools")

from matching.domain import requests, rounds
from matching.models import KnowledgeRequest, Match
from tests.factories import MatchFactory
from tests.matching.table import Table, profile
from tests.matching.test_rounds import a_bundle, a_round

pytestmark = pytest.mark.django_db


@pytest.fixture
def bundle():
    """A round that waits for release: (run, leading question, the other, trainer's profile)."""
    lead, other = a_bundle()
    trainer = profile()
    run = a_round(Table({(lead, trainer): 0.8, (other, trainer): 0.7}, angles={lead: 0, other: 5}))
    assert run.figures["bundled"] == 2
    return run, lead, other, trainer


def release(run):
    assert rounds.ask_released(rounds.release(run, by=None)) == 1


def follows(request):
    request.refresh_from_db()
    return request.follows


def test_a_bundle_goes_on_together(bundle):
    run, lead, other, _trainer = bundle
    release(run)
    assert follows(other) == lead


def test_past_niet_in_between_takes_the_question_out(bundle):
    run, _lead, other, trainer = bundle
    requests.dismiss(other, trainer=trainer.person, reason="known", by=other.asker)
    release(run)
    assert follows(other) is None
    assert other in rounds.questions()


@pytest.mark.parametrize("who", ["lead", "other"])
def test_who_wants_no_company_any_more_gets_none(bundle, who):
    run, lead, other, _trainer = bundle
    changed = {"lead": lead, "other": other}[who]
    requests.change(changed, by=changed.asker, open_to_others=False)
    release(run)
    assert follows(other) is None


def test_a_trainer_who_asks_the_other_question_too_is_asked_for_the_first_alone(bundle):
    run, _lead, other, trainer = bundle
    requests.support(other, person=trainer.person)
    release(run)
    assert follows(other) is None


def test_a_trainer_whose_last_question_this_is_answers_the_whole_bundle(bundle):
    """One session, one question of the year."""
    run, lead, other, trainer = bundle
    trainer.requests_per_year = 1
    trainer.save()
    release(run)
    assert follows(other) == lead


def test_a_closed_question_is_not_dragged_along(bundle):
    run, _lead, other, _trainer = bundle
    requests.close(other, by=other.asker)
    release(run)
    assert follows(other) is None
    assert Match.objects.exclude(state="asked").filter(state__in=Match.LIVE).count() == 0
    assert KnowledgeRequest.objects.get(pk=other.pk).state == "closed"


def test_who_was_asked_by_hand_in_between_is_not_asked_again(bundle):
    run, lead, _other, trainer = bundle
    MatchFactory(request=lead, trainer=profile().person)
    KnowledgeRequest.objects.filter(pk=lead.pk).update(state="asked")
    assert rounds.ask_released(rounds.release(run, by=None)) == 0
    assert not trainer.person.matches.exists()
