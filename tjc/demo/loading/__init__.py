# SPDX-License-Identifier: EUPL-1.2
"""Fills an empty database with a believable demo: one transaction, the same for the same day."""

from random import Random

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction

from accounts.domain import audit
from accounts.models import Person
from base import clock
from courses.domain import search
from courses.models import Course, Session
from reach.domain.aggregate import aggregate
from tjc.demo.loading import (
    examples,
    invitations,
    people,
    post,
    programme,
    questions,
    rounds,
    source,
    visitors,
)
from tjc.demo.loading.seats import Filler, check_counters
from tjc.demo.loading.state import LOADED, State, marker, state

__all__ = ["State", "load", "marker", "state"]

#: The year of the first TJC-week.
SEED = 2011
#: Filled by migrate and never by people.
KEPT = {"contenttypes", "auth"}


def load(*, replace: bool = False) -> dict[str, int]:
    """Load all demo data; with ``replace`` the old demo goes first. Returns how much there is.

    Raises IntegrityError when the database holds other data.
    """
    texts = source.read()
    random = Random(SEED)  # noqa: S311 - a demo, not a secret
    with transaction.atomic():
        if replace:
            _empty()
        crowd = people.load(texts)
        plan = programme.load(texts, crowd, today=clock.today(), random=random)
        search.refresh()
        filler = Filler(texts, crowd, plan, random)
        filler.fill()
        invitations.load(crowd, plan, filler.registrations)
        examples.act(crowd, plan, is_free=filler.is_free)
        post.act(crowd, plan)
        questions.load(texts, crowd)
        rounds.load(crowd)
        visitors.load(texts, crowd, plan)
        check_counters()
        audit.record(
            LOADED,
            actor=None,
            week_starts_on=plan.week.starts_on.isoformat(),
            week_ends_on=plan.week.ends_on.isoformat(),
            roles={
                role: str(crowd[key].public_id)
                for role, key in (
                    ("learner", people.LEARNER),
                    ("trainer", people.TRAINER),
                    ("coordinator", people.COORDINATOR),
                    ("national", people.NATIONAL),
                    ("admin", people.ADMIN),
                )
            },
        )
    aggregate(backfill=True)
    return {
        "people": Person.objects.count(),
        "courses": Course.objects.count(),
        "sessions": Session.objects.count(),
    }


def _empty() -> None:
    """Remove every row of every app, in the caller's transaction."""
    tables = [
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and model._meta.app_label not in KEPT
    ]
    connection.check_constraints()  # PostgreSQL refuses TRUNCATE while foreign keys wait to be checked
    with connection.cursor() as cursor:
        for statement in connection.ops.sql_flush(no_style(), tables, allow_cascade=True):
            cursor.execute(statement)
