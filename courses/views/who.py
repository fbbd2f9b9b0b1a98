# SPDX-License-Identifier: EUPL-1.2
"""Who asks for the page."""

from django.http import HttpRequest

from accounts.models import Person


def person_of(request: HttpRequest) -> Person | None:
    """The colleague who is signed in, or None."""
    return request.user if request.user.is_authenticated else None
