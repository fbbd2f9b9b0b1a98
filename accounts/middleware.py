# SPDX-License-Identifier: EUPL-1.2
"""Keeps the promise of short sessions for a role that was granted while somebody was signed in."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from accounts.domain import signin
from accounts.models import Person
from accounts.rules import has_short_session


class ShortSessionMiddleware:
    """Looks only at roles that the page has read already, so it costs no query."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        user = getattr(request, "_cached_user", None)  # django.contrib.auth sets it when asked for
        if (
            isinstance(user, Person)
            and "role_keys" in vars(user)
            and "_session_expiry" not in request.session
            and has_short_session(user)
        ):
            signin.limit_session(request, user)
        return response
