# SPDX-License-Identifier: EUPL-1.2
"""Signed links in mails to who was pointed out: opens a page with two buttons, holds no personal data."""

from django.core import signing

from matching.models import Nomination

_NOMINATION = "matching.nomination"


def nomination_token(nomination: Nomination) -> str:
    signer = signing.Signer(salt=_NOMINATION)
    return signer.sign(nomination.public_id.hex).replace(":", ".", 1)


def nomination_to_answer(token: str) -> Nomination | None:
    """None for a token that is not ours."""
    try:
        public_id = signing.Signer(salt=_NOMINATION).unsign(token.replace(".", ":", 1))
    except signing.BadSignature:
        return None
    return (
        Nomination.objects.select_related("nominator__organisation", "theme", "request")
        .filter(public_id=public_id)
        .first()
    )
