# SPDX-License-Identifier: EUPL-1.2
"""What a coordinator reads of a round, and with which names.

The national coordinator sees every trainer by name and no asker's name. A coordinator of organisations sees
the questions of the own organisations and those that own colleagues are asked, and only own colleagues' names.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from accounts import rules
from accounts.models import Organisation, Person
from matching.models import KnowledgeRequest, Match, MatchRun, Unmatched


@dataclass(frozen=True)
class Reader:
    person: Person
    sees_all: bool
    own: frozenset[int]

    @classmethod
    def of(cls, person: Person) -> "Reader":
        return cls(
            person,
            bool(rules.is_national(person)),
            frozenset(rules.coordinated_organisation_ids(person)),
        )

    def sees_name(self, trainer: Person | None) -> bool:
        return trainer is not None and (self.sees_all or trainer.organisation_id in self.own)


@dataclass(frozen=True)
class Row:
    """A demand with its trainer. ``trainer`` is None when this reader may not see the name."""

    request: KnowledgeRequest
    also: list[KnowledgeRequest]
    trainer: Person | None
    home: Organisation | None
    state: str
    across: bool


@dataclass(frozen=True)
class OrganisationRow:
    """Of one asking organisation: how many questions got a trainer, and how many from elsewhere."""

    name: str
    matched: int
    across: int
    unmatched: int

    @property
    def asked(self) -> int:
        return self.matched + self.unmatched


@dataclass(frozen=True)
class LoadRow:
    trainer: Person
    questions: int


def matched(run: MatchRun, reader: Reader) -> "QuerySet[Match]":
    """The leads, for a paginator; ``rows`` makes what is shown."""
    found = (
        run.matches.filter(lead__isnull=True)
        .select_related("request__organisation", "request__theme", "trainer__organisation")
        .order_by("request__organisation__name", "request__title", "pk")
    )
    if reader.sees_all:
        return found
    mine = (
        Q(request__organisation__in=reader.own)
        | Q(trainer__organisation__in=reader.own)
        | Q(bundled__request__organisation__in=reader.own)
    )
    return found.filter(mine).distinct()


def rows(matches: Sequence[Match], reader: Reader) -> list[Row]:
    """Two queries, however many."""
    keys = [match.pk for match in matches]
    asked = [match.request_id for match in matches]
    bundled: dict[int, list[KnowledgeRequest]] = {}
    for follower in Match.objects.filter(lead__in=keys).select_related("request__organisation"):
        bundled.setdefault(follower.lead_id or 0, []).append(follower.request)
    following: dict[int, list[KnowledgeRequest]] = {}
    for request in KnowledgeRequest.objects.filter(follows__in=asked).select_related(
        "organisation"
    ):
        following.setdefault(request.follows_id or 0, []).append(request)
    return [
        Row(
            request=match.request,
            also=bundled.get(match.pk) or following.get(match.request_id, []),
            trainer=match.trainer if reader.sees_name(match.trainer) else None,
            home=match.trainer.organisation if match.trainer else None,
            state=match.get_state_display(),
            across=match.trainer is not None
            and match.trainer.organisation_id != match.request.organisation_id,
        )
        for match in matches
    ]


def unmatched(run: MatchRun, reader: Reader) -> "QuerySet[Unmatched]":
    found = run.unmatched.select_related("request__organisation", "request__theme").order_by(
        "why", "request__title", "pk"
    )
    return found if reader.sees_all else found.filter(request__organisation__in=reader.own)


def per_organisation(run: MatchRun, reader: Reader, *, limit: int = 15) -> list[OrganisationRow]:
    """Those with most questions first, out of the figures: they stay when the proposals go. One query."""
    kept = {
        int(pk or 0): numbers for pk, numbers in run.figures.get("per_organisation", {}).items()
    }
    if not reader.sees_all:
        kept = {pk: numbers for pk, numbers in kept.items() if pk in reader.own}
    most = sorted(kept, key=lambda pk: (-kept[pk][0] - kept[pk][2], pk))[:limit]
    names = dict(Organisation.objects.filter(pk__in=most).values_list("pk", "name"))
    found = [OrganisationRow(names[pk], *kept[pk]) for pk in most if pk in names]
    return sorted(found, key=lambda row: (-row.asked, row.name))


def loads(run: MatchRun, reader: Reader, *, limit: int = 10) -> list[LoadRow]:
    """Trainers by how many questions this round has for them; only those whose name the reader may see."""
    found = run.matches.filter(lead__isnull=True, trainer__isnull=False)
    if not reader.sees_all:
        found = found.filter(trainer__organisation__in=reader.own)
    counted = dict(
        found.order_by()
        .values("trainer")
        .annotate(number=Count("pk"))
        .order_by("-number", "trainer__name", "trainer")
        .values_list("trainer", "number")[:limit]
    )
    people = Person.objects.select_related("organisation").in_bulk(list(counted))
    return [LoadRow(people[pk], number) for pk, number in counted.items()]
