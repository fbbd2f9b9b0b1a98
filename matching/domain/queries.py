# SPDX-License-Identifier: EUPL-1.2
"""Reads that pages and API share. Each costs a fixed number of queries."""

import dataclasses
from functools import reduce
from operator import and_

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Person
from matching.domain import words
from matching.models import KnowledgeRequest, Match, Support, TrainerProfile

PER_PAGE = 20
OPEN, PLANNED, ALL = "open", "gepland", "alle"
SHOWN = (OPEN, PLANNED, ALL)
_STATES = {
    OPEN: ("open", "proposed", "asked", "accepted"),
    PLANNED: ("planned", "done"),
    ALL: tuple(KnowledgeRequest.State.values),
}
_MAX_WORDS = 8


@dataclasses.dataclass(frozen=True)
class Filters:
    query: str = ""
    theme: str = ""
    shown: str = OPEN
    most_asked: bool = False


def requests_list(asked: Filters, *, person: Person | None) -> QuerySet[KnowledgeRequest]:
    """For the public list. Who may read questions also finds them by their text."""
    rows = KnowledgeRequest.objects.filter(state__in=_STATES[asked.shown]).with_row()
    if asked.theme:
        rows = rows.filter(theme__slug=asked.theme)
    if stems := words.stems(asked.query[:200])[:_MAX_WORDS]:
        field = "search_more" if person is not None and person.is_verified else "search_text"
        rows = rows.filter(
            reduce(and_, (Q(**{f"{field}__contains": f" {stem}"}) for stem in stems))
        )
    elif asked.query.strip():
        rows = rows.filter(title__icontains=asked.query[:200].replace("\0", "").strip())
    if person is not None:
        rows = rows.annotate(
            mine=Exists(Support.objects.filter(request=OuterRef("pk"), person=person))
        )
    first = "-supporters" if asked.most_asked else "-created_at"
    return rows.order_by(first, "-created_at", "-pk")


def is_seeking(request: KnowledgeRequest) -> bool:
    """Nobody said yes yet."""
    return request.state in {
        KnowledgeRequest.State.OPEN,
        KnowledgeRequest.State.PROPOSED,
        KnowledgeRequest.State.ASKED,
    }


def asked_by(person: Person) -> QuerySet[KnowledgeRequest]:
    """Everything this person asked, what still moves first."""
    return (
        KnowledgeRequest.objects.filter(asker=person)
        .with_row()
        .order_by("-state_changed_at", "-pk")
    )


def supported_by(person: Person) -> QuerySet[KnowledgeRequest]:
    return (
        KnowledgeRequest.objects.filter(supports__person=person)
        .select_related("theme", "organisation", "asker", "course")
        .order_by("-state_changed_at", "-pk")
    )


def asked_of(person: Person) -> QuerySet[Match]:
    """Questions that came to this trainer, unanswered first."""
    return (
        Match.objects.filter(trainer=person, asked_at__isnull=False)
        .select_related(
            "request__theme", "request__organisation", "request__asker", "request__course"
        )
        .order_by("-asked_at", "-pk")
    )


def waiting_for(person: Person) -> int:
    """How many questions wait for an answer of this trainer, or for dates after a yes."""
    return Match.objects.filter(trainer=person, state=Match.State.ASKED).count()


def in_pool() -> QuerySet[TrainerProfile]:
    """Profiles that may be shown to everyone: not withdrawn, of somebody who is there."""
    return (
        TrainerProfile.objects.exclude(state=TrainerProfile.State.WITHDRAWN)
        .filter(
            person__is_active=True,
            person__verified_at__isnull=False,
            person__organisation__isnull=False,
            person__slug__isnull=False,
        )
        .select_related("person__organisation")
        .prefetch_related("themes")
        .order_by("person__name", "pk")
    )
