# SPDX-License-Identifier: EUPL-1.2
"""Tokens for the API: shown once, kept as SHA-256."""

import hashlib
import secrets

from django.db import transaction

from accounts.domain import audit
from accounts.models import ApiToken, Person
from base import clock

PREFIX = "tjc_"  # so that secret scanners recognise one in a repository


def _hash(token: str) -> str:
    # 256 random bits: a plain hash suffices, nothing can be guessed from it.
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def create_token(person: Person, *, by: Person | None = None) -> str:
    """A new token. This is the only moment at which it can be read."""
    token = PREFIX + secrets.token_urlsafe(32)
    ApiToken.objects.create(person=person, key_hash=_hash(token))
    audit.record("api_token.created", actor=by, subject=person)
    return token


def person_for_token(token: str) -> Person | None:
    """Whose token this is; None when it is unknown, revoked, or its person is no longer active.

    Remembers the day of use, with at most one write a day.
    """
    row = (
        ApiToken.objects.select_related("person__organisation")
        .filter(key_hash=_hash(token), revoked_at__isnull=True, person__is_active=True)
        .first()
    )
    if row is None:
        return None
    today = clock.today()
    if row.last_used_on != today:
        ApiToken.objects.filter(pk=row.pk).update(last_used_on=today)
    return row.person
