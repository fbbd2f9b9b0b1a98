# SPDX-License-Identifier: EUPL-1.2
"""What the database itself holds."""

import pytest
from django.db import IntegrityError, transaction

from matching.models import Match, Nomination
from tests.factories import KnowledgeRequestFactory, MatchFactory, PersonFactory

pytestmark = pytest.mark.django_db
State = Match.State


def refused(make):
    with pytest.raises(IntegrityError), transaction.atomic():
        make()


def test_one_live_match_per_question_and_trainer_and_old_ones_stay():
    old = MatchFactory(state=State.DECLINED)
    MatchFactory(request=old.request, trainer=old.trainer, state=State.PROPOSED)
    refused(lambda: MatchFactory(request=old.request, trainer=old.trainer, state=State.ASKED))


def test_one_trainer_is_asked_at_a_time_and_one_says_yes():
    request = KnowledgeRequestFactory()
    for state in (State.ASKED, State.ACCEPTED):
        MatchFactory(request=request, state=state)
        refused(lambda state=state: MatchFactory(request=request, state=state))


def test_question_without_words_or_people_is_refused():
    refused(lambda: KnowledgeRequestFactory(text=""))
    refused(lambda: KnowledgeRequestFactory(title=""))
    refused(lambda: KnowledgeRequestFactory(people=0))


def test_erased_nomination_holds_nothing_of_the_nominee():
    by = PersonFactory()
    refused(lambda: Nomination.objects.create(nominator=by, state="sent", email=""))
    row = Nomination.objects.create(nominator=by, email="karim@voorbeeld.nl", name="Karim")
    row.state, row.erased_at = "expired", row.created_at
    refused(row.save)
    row.email = row.name = ""
    row.save()
