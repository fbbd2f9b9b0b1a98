# SPDX-License-Identifier: EUPL-1.2
"""Rows that somebody's typing made and nobody's code confirmed do not stay."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import CASCADE, PROTECT, Exists, OuterRef, QuerySet
from django.db.models.fields.reverse_related import ForeignObjectRel

from accounts.domain import organisations
from accounts.models import Person
from base import clock

KEEP_UNVERIFIED = dt.timedelta(days=1)
BATCH = 500
#: Rows of higher rooms that are a reason to keep somebody, by related name, and which of them are not.
_NO_REASON: dict[str, dict[str, Any]] = {"registrations": {"state": "cancelled"}}


def _reason(relation: ForeignObjectRel) -> QuerySet[Any] | None:
    """The rows at this relation for which a person must stay: live registrations, and whatever could not
    exist without the person. Lower rooms do not know higher ones, so the relation itself is asked."""
    own = relation.related_model._meta.app_label in {"account", "admin"}
    name = relation.get_accessor_name()
    if (
        own
        or relation.many_to_many
        or (
            getattr(relation, "on_delete", None) not in {CASCADE, PROTECT}
            and name not in _NO_REASON
        )
    ):
        return None
    rows = relation.related_model._default_manager.filter(**{relation.field.name: OuterRef("pk")})
    return rows.exclude(**_NO_REASON[name]) if name in _NO_REASON else rows


def forget_unverified_people() -> int:
    """Deletes people who never typed a code within a day, and organisations that only they named.

    Stays: who has a live registration (a coordinator signed them up), a role, or anything else that would
    go with them. Returns how many people were deleted.
    """
    before = clock.now() - KEEP_UNVERIFIED
    stale = Person.objects.filter(
        verified_at__isnull=True, created_at__lt=before, is_staff=False, is_superuser=False
    )
    for relation in Person._meta.related_objects:
        rows = _reason(relation)
        if rows is not None:
            stale = stale.exclude(Exists(rows))
    forgotten = 0
    while keys := list(stale.values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            Person.objects.filter(pk__in=keys).delete()
        forgotten += len(keys)
    organisations.forget_unused_proposals(before=before)
    return forgotten
