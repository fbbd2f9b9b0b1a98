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


def _nobody() -> QuerySet[Person]:
    """Rows that nobody proved to be, and that nothing needs."""
    found = Person.objects.filter(verified_at__isnull=True, is_staff=False, is_superuser=False)
    for relation in Person._meta.related_objects:
        rows = _reason(relation)
        if rows is not None:
            found = found.exclude(Exists(rows))
    return found


def forget_nobody(email: str) -> None:
    """The row of an address that was typed once and never proven makes room for who can prove it."""
    Person.objects.filter(
        pk__in=_nobody().filter(email=email).values_list("pk", flat=True)
    ).delete()


def forget_unverified_people() -> int:
    """Deletes people who never typed a code within a day, and organisations that only they named.

    Stays: who has a live registration (a coordinator signed them up), a role, or anything else that would
    go with them. Returns how many people were deleted.
    """
    before = clock.now() - KEEP_UNVERIFIED
    stale = _nobody().filter(created_at__lt=before)
    forgotten = 0
    while keys := list(stale.values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            Person.objects.filter(pk__in=keys).delete()
        forgotten += len(keys)
    organisations.forget_unused_proposals(before=before)
    return forgotten
