# SPDX-License-Identifier: EUPL-1.2
"""Somebody deletes their account: what they asked, offered and wrote here goes, the counts stay."""

from django.db import transaction

from accounts.models import Person
from base import clock
from matching import signals
from matching.domain import requests, states
from matching.models import KnowledgeRequest, Match, Nomination, Support, TrainerProfile

State = KnowledgeRequest.State


@transaction.atomic
def forget(person: Person) -> None:
    """In the transaction of the erasure. Whoever waits for this person is told and can go on."""
    TrainerProfile.objects.filter(person=person).delete()
    Support.objects.filter(person=person).delete()
    _forget_matches(person)
    for key in list(person.knowledge_requests.order_by("pk").values_list("pk", flat=True)):
        _forget_question(states.lock(key))
    open_ones = Nomination.objects.filter(nominator=person, state=Nomination.State.SENT)
    ids = list(open_ones.values_list("pk", flat=True))
    now = clock.now()
    open_ones.update(
        state=Nomination.State.EXPIRED, email="", name="", why="", erased_at=now, updated_at=now
    )
    signals.nominations_erased.send(Nomination, ids=ids)


def _forget_matches(person: Person) -> None:
    """As its trainer. A session that is planned was called off or handed over before (courses)."""
    for match in person.matches.filter(state__in=Match.LIVE).order_by("pk"):
        request = states.lock(match.request_id)
        match.request = request
        before = states.move_match(match, Match.State.WITHDRAWN, by=None)
        if before == Match.State.ASKED:
            signals.match_unanswered.send(Match, match=match)
        if request.state in {State.PROPOSED, State.ASKED, State.ACCEPTED}:
            states.settle(request, by=None)
    Match.objects.filter(trainer=person, origin=Match.Origin.OFFER).update(message="")
    Match.objects.filter(trainer=person).update(answer_text="", plan={})


def _forget_question(request: KnowledgeRequest) -> None:
    if request.is_live and request.state != State.PLANNED:
        requests.end(request, State.CLOSED, by=None)
    ended = request.state in {State.DONE, State.CLOSED, State.EXPIRED}
    request.text = "" if ended else request.title
    request.asker = None
    request.when_text = request.search_more = ""
    request.save()
    request.matches.exclude(origin=Match.Origin.OFFER).update(message="")
    request.dismissals.update(note="")
