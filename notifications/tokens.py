# SPDX-License-Identifier: EUPL-1.2
"""Signed links in mails that need no signing in: stop the news, answer the question. No personal data."""

from django.core import signing

from accounts.models import Person
from courses.models import Registration

_UNSUBSCRIBE = "notifications.unsubscribe"
_APPLIED = "notifications.applied"
_MONTHLY = "notifications.monthly"


def unsubscribe_token(person: Person) -> str:
    """Stops digest and programme mails of this person, and nothing else."""
    return _sign(person.public_id.hex, _UNSUBSCRIBE)


def applied_token(registration: Registration) -> str:
    return _sign(registration.public_id.hex, _APPLIED)


def monthly_token(public_id: str) -> str:
    """Stops the monthly mail about the figures that has this id, and nothing else."""
    return _sign(public_id, _MONTHLY)


def monthly_to_stop(token: str) -> str | None:
    """The id; None for a token that is not ours."""
    return _read(token, _MONTHLY)


def person_to_unsubscribe(token: str) -> Person | None:
    """None for a token that is not ours, and for who is gone."""
    public_id = _read(token, _UNSUBSCRIBE)
    return Person.objects.filter(public_id=public_id).first() if public_id else None


def registration_to_answer(token: str) -> Registration | None:
    public_id = _read(token, _APPLIED)
    if public_id is None:
        return None
    rows = Registration.objects.select_related("person", "session__course")
    return rows.filter(public_id=public_id).first()


def _sign(public_id: str, salt: str) -> str:
    return signing.Signer(salt=salt).sign(public_id).replace(":", ".", 1)


def _read(token: str, salt: str) -> str | None:
    try:
        return str(signing.Signer(salt=salt).unsign(token.replace(".", ":", 1)))
    except signing.BadSignature:
        return None
