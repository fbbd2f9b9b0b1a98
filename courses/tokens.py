# SPDX-License-Identifier: EUPL-1.2
"""Signed links in mails. A token opens one registration for one purpose and holds no personal data."""

from django.core import signing

from courses.models import Registration

_WITHDRAW = "courses.withdraw"
_EVALUATE = "courses.evaluate"


def withdraw_token(registration: Registration) -> str:
    """For /afmelden/<token>/ and /verzetten/<token>/: opens a page with one button, never acts on GET."""
    return _sign(registration, _WITHDRAW)


def evaluate_token(registration: Registration) -> str:
    return _sign(registration, _EVALUATE)


def registration_to_withdraw(token: str) -> Registration | None:
    return _read(token, _WITHDRAW)


def registration_to_evaluate(token: str) -> Registration | None:
    return _read(token, _EVALUATE)


def _sign(registration: Registration, salt: str) -> str:
    return signing.Signer(salt=salt).sign(registration.public_id.hex).replace(":", ".", 1)


def _read(token: str, salt: str) -> Registration | None:
    """The registration, or None for a token that is not ours."""
    try:
        public_id = signing.Signer(salt=salt).unsign(token.replace(".", ":", 1))
    except signing.BadSignature:
        return None
    return (
        Registration.objects.select_related(
            "person__organisation",
            "session__course__theme",
            "session__course__organisation",
            "session__edition",
            "session__location",
        )
        .filter(public_id=public_id)
        .first()
    )
