# SPDX-License-Identifier: EUPL-1.2
"""The table of questions: what was asked, by which organisation, and what became of it. Never who asked.

A question belongs to the edition of the session it became; one that is no session yet is year-round.
"""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Min, Q, QuerySet

from accounts.models import Organisation
from matching.models import KnowledgeRequest, Match
from reach.domain.cells import (
    AUDIENCES,
    CHUNK,
    REQUEST_STATES,
    WHERE,
    Table,
    iso,
    places_by_key,
    with_predecessors,
)
from reach.domain.scopes import EVERYTHING, ONGOING, Scope

HEADER = (
    "vraag_id",
    "titel",
    "thema",
    "organisatie",
    "organisatie_bestuurslaag",
    "organisatie_tooi",
    "voor",
    "personen",
    "waar",
    "taal",
    "status",
    "gevraagd_op",
    "gekoppeld_op",
    "dagen_tot_koppeling",
    "ook_gezocht_door",
)
DAY = 86_400


def _in(scope: Scope) -> QuerySet[KnowledgeRequest]:
    if scope.key == EVERYTHING:
        return KnowledgeRequest.objects.all()
    there = Q(session__in=scope.sessions())
    if scope.key == ONGOING:
        there |= Q(session__isnull=True)
    return KnowledgeRequest.objects.filter(there)


def requests(scope: Scope, organisation: Organisation | None) -> Table:
    said_yes = Q(matches__state__in=(Match.State.ACCEPTED, Match.State.DONE))
    found = _in(scope)
    if organisation is not None:
        found = found.filter(organisation__in=with_predecessors(organisation))
    rows = (
        found.annotate(
            matched_at=Min("matches__answered_at", filter=said_yes),
            others=Count("supports", distinct=True),
        )
        .order_by("created_at", "pk")
        .values_list(
            "public_id",
            "title",
            "theme__name",
            "organisation",
            "audience",
            "people",
            "where",
            "language",
            "state",
            "created_at",
            "matched_at",
            "others",
        )
    )

    def cells() -> Iterator[tuple[Any, ...]]:
        places, nowhere = places_by_key(), ("", "", "")
        for row in rows.iterator(chunk_size=CHUNK):
            asked, matched = row[9], row[10]
            days = "" if matched is None else round((matched - asked).total_seconds() / DAY, 1)
            yield (
                str(row[0]),
                row[1],
                row[2] or "",
                *(places[row[3]] if row[3] else nowhere),
                AUDIENCES[row[4]],
                row[5],
                WHERE[row[6]],
                row[7],
                REQUEST_STATES[row[8]],
                iso(asked),
                iso(matched),
                days,
                row[11],
            )

    return Table(HEADER, cells())
