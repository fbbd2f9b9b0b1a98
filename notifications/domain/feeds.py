# SPDX-License-Identifier: EUPL-1.2
"""A person's calendar address: who knows it reads it, so it can be renewed and stopped."""

import hashlib
import secrets

from cryptography.fernet import InvalidToken

from accounts.models import Person
from notifications import sealing
from notifications.models import Feed


def renew(person: Person) -> str:
    """A new address; the old one stops at once. Returns the token."""
    token = secrets.token_urlsafe(32)
    Feed.objects.update_or_create(
        person=person, defaults={"digest": _digest(token), "sealed": sealing.seal(token.encode())}
    )
    return token


def revoke(person: Person) -> None:
    Feed.objects.filter(person=person).delete()


def token_of(person: Person) -> str | None:
    """To show it again; None without a feed, or when SECRET_KEY changed since."""
    row = Feed.objects.filter(person=person).first()
    if row is None:
        return None
    try:
        return sealing.open_sealed(bytes(row.sealed)).decode()
    except InvalidToken:
        return None


def person_of(token: str) -> Person | None:
    """Looked up by digest: how long it takes says nothing about a token that is nearly right."""
    row = (
        Feed.objects.select_related("person")
        .filter(digest=_digest(token), person__is_active=True)
        .first()
    )
    return row.person if row is not None else None


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
