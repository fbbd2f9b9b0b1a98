# SPDX-License-Identifier: EUPL-1.2
"""Getting a row that somebody may work with: pages and API both come in through here.

Http404 for what a person should not even know, PermissionDenied for what is public but not theirs.
"""

import uuid

from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import Http404

from accounts.models import Person
from accounts.rules import Someone
from matching import rules
from matching.models import KnowledgeRequest, Match


def get_request(public_id: uuid.UUID) -> KnowledgeRequest:
    """Any question: its title is public. What else is shown is asked of ``rules.reads_request``."""
    row = (
        KnowledgeRequest.objects.select_related(
            "theme", "organisation", "asker__organisation", "course", "session__course"
        )
        .annotate(supporters=Count("supports", distinct=True))
        .filter(public_id=public_id)
        .first()
    )
    if row is None:
        raise Http404
    return row


def get_request_for_asker(person: Someone, public_id: uuid.UUID) -> KnowledgeRequest:
    row = get_request(public_id)
    if not rules.manages_request(person, row):
        raise PermissionDenied
    return row


def get_match_for_trainer(person: Person, public_id: uuid.UUID) -> Match:
    """A question that was asked of this person. Anybody else's does not exist."""
    match = _match(public_id)
    if match is None or not rules.answers_match(person, match):
        raise Http404
    return match


def get_match_for_asker(person: Person, public_id: uuid.UUID) -> Match:
    match = _match(public_id)
    if match is None or not rules.asks_match(person, match):
        raise Http404
    return match


def _match(public_id: uuid.UUID) -> Match | None:
    return (
        Match.objects.select_related(
            "request__theme",
            "request__organisation",
            "request__asker__organisation",
            "request__course",
            "trainer__organisation",
        )
        .filter(public_id=public_id)
        .exclude(state=Match.State.SUGGESTED)
        .first()
    )
