# SPDX-License-Identifier: EUPL-1.2
"""A ranker whose scores a test writes down, and rows to match."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from base import clock
from matching.models import KnowledgeRequest, TrainerProfile
from tests.factories import OrganisationFactory, PersonFactory


def profile(**fields: Any) -> TrainerProfile:
    person = fields.pop("person", None) or PersonFactory()
    return TrainerProfile.objects.create(
        person=person, **{"headline": "Excel", "languages": ["nl"], **fields}
    )


def question(**fields: Any) -> KnowledgeRequest:
    fields.setdefault("organisation", OrganisationFactory())
    fields.setdefault("asker", PersonFactory(organisation=fields["organisation"]))
    return KnowledgeRequest.objects.create(
        **{
            "title": "Excel?",
            "text": "Hoe werkt Excel?",
            "state_changed_at": clock.now(),
            "closes_at": clock.now() + dt.timedelta(days=60),
            **fields,
        }
    )


class Table:
    """Scores by (question, trainer's profile); what is not there is 0. Questions without an angle mean
    something of their own."""

    version = "table-1"
    fits = 0.3

    def __init__(
        self,
        scores: Mapping[tuple[KnowledgeRequest, TrainerProfile], float],
        angles: Mapping[KnowledgeRequest, float] | None = None,
    ) -> None:
        self.scores = {(r.pk, p.person_id): value for (r, p), value in scores.items()}
        self.angles = {r.pk: angle for r, angle in (angles or {}).items()}
        self.persons: list[int] = []

    def __call__(self, persons: list[int]) -> "Table":
        self.persons = persons
        return self

    def vectors(self, requests: Sequence[KnowledgeRequest]):
        found = np.zeros((len(requests), 2 + len(requests)), dtype=np.float32)
        for at, request in enumerate(requests):
            if request.pk in self.angles:
                angle = np.radians(self.angles[request.pk])
                found[at, :2] = np.cos(angle), np.sin(angle)
            else:
                found[at, 2 + at] = 1
        return found

    def nearest(self, requests, allowed, k, report):
        found = np.full((len(requests), k), -1, dtype=np.int64)
        values = np.full((len(requests), k), -np.inf)
        free = allowed(0, len(requests))
        for at, request in enumerate(requests):
            score = np.array([self.scores.get((request.pk, p), 0.0) for p in self.persons])
            best = [t for t in np.argsort(-score, kind="stable") if free[at][t]][:k]
            found[at, : len(best)], values[at, : len(best)] = best, score[best]
            report(at + 1, len(requests))
        return found, values

    def prepare(self, persons):
        pass

    def explain(self, request, person):
        return [{"kind": "theme", "data": {}}], []
