# SPDX-License-Identifier: EUPL-1.2
"""The steps of a question and of a match from state to state, for callers that hold the question's lock.

Every rearrangement locks the question first: two trainers who say yes at the same moment meet there.
"""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.models import Person
from base import clock
from matching.errors import RequestRefused
from matching.models import KnowledgeRequest, Match

State = KnowledgeRequest.State

#: A question that falls back from a trainer stays open at least so long.
SEEK_ON_FOR = dt.timedelta(days=28)
_WITH_SOMEBODY = frozenset({State.ASKED, State.ACCEPTED, State.PLANNED})
_SEEKS = frozenset({State.OPEN, State.PROPOSED})
_ENDS = frozenset({State.CLOSED, State.EXPIRED})
#: Where a question may go from where it is.
NEXT: dict[str, frozenset[str]] = {
    State.OPEN: frozenset({State.PROPOSED, State.ASKED, State.ACCEPTED, State.PLANNED}) | _ENDS,
    State.PROPOSED: frozenset({State.OPEN, State.ASKED, State.ACCEPTED, State.PLANNED}) | _ENDS,
    State.ASKED: frozenset({State.OPEN, State.PROPOSED, State.ACCEPTED}) | _ENDS,
    State.ACCEPTED: frozenset({State.OPEN, State.PROPOSED, State.PLANNED}) | _ENDS,
    State.PLANNED: frozenset({State.OPEN, State.PROPOSED, State.ACCEPTED, State.DONE}) | _ENDS,
    State.DONE: frozenset(),
    State.CLOSED: frozenset({State.OPEN}),
    State.EXPIRED: frozenset({State.OPEN}),
}


def lock(request: KnowledgeRequest | int) -> KnowledgeRequest:
    """The question, locked until the end of the transaction."""
    key = request if isinstance(request, int) else request.pk
    return KnowledgeRequest.objects.select_for_update(no_key=True, of=("self",)).get(pk=key)


def move(request: KnowledgeRequest, to: str, *, by: Person | None, **detail: Any) -> None:
    """One step of a locked question. Staying where it is changes nothing.

    Raises RequestRefused for a step that does not exist.
    """
    if request.state == to:
        return
    if to not in NEXT[request.state]:
        raise RequestRefused(
            _("Dat kan niet meer: deze vraag is al een stap verder."), code="wrong_state"
        )
    before, now = request.state, clock.now()
    if before in _WITH_SOMEBODY and to in _SEEKS:
        # There was somebody: time to find another, and a new nudge before it closes.
        if before != State.ASKED or request.closes_at < now + SEEK_ON_FOR:
            request.nudged_at = None
        request.closes_at = max(request.closes_at, now + SEEK_ON_FOR)
    request.state = to
    request.state_changed_at = now
    request.save()
    audit.record(
        f"request.{to}",
        actor=by,
        subject=request,
        organisation=request.organisation_id,
        before=before,
        **detail,
    )


def settle(request: KnowledgeRequest, *, by: Person | None) -> None:
    """Nobody is asked any more: back to the colleagues that were proposed, or to open."""
    proposed = request.matches.filter(state=Match.State.PROPOSED).exists()
    move(request, State.PROPOSED if proposed else State.OPEN, by=by)


def move_match(match: Match, to: str, *, by: Person | None) -> str:
    """One step of a match whose question is locked. Returns the state before."""
    before = match.state
    match.state = to
    match.save()
    audit.record(
        f"match.{to}",
        actor=by,
        subject=match,
        organisation=match.request.organisation_id,
        before=before,
    )
    return before
