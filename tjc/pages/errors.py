# SPDX-License-Identifier: EUPL-1.2
"""Friendly error pages. Those about our own faults use no database, so that they work when it does not."""

import sys
from collections.abc import Callable

from django.core.exceptions import SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import add_never_cache_headers
from redis.exceptions import RedisError

from accounts.errors import CannotCount, TooManyRequests

#: Seconds after which it makes sense to try again.
_AFTER_MAINTENANCE, _AFTER_HASTE = 120, 60
#: What a form may hold to be given back: more than any of ours has.
_MOST_FIELDS = 200


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    try:
        return render(request, "pages/fout/400.html", status=400)
    except (
        SuspiciousOperation
    ):  # the question itself cannot be read, and the shell of the page reads it
        return HttpResponse(render_to_string("pages/fout/400.html"), status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "pages/fout/403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "pages/fout/404.html", status=404)


def too_many_requests(request: HttpRequest) -> HttpResponse:
    response = render(request, "pages/fout/429.html", status=429)
    response["Retry-After"] = str(_AFTER_HASTE)
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 when it is the database or the cache that does not answer. Without the request: context processors
    would ask that database who is signed in."""
    if isinstance(sys.exception(), (OperationalError, InterfaceError, RedisError)):
        return unavailable()
    response = HttpResponse(render_to_string("pages/fout/500.html"), status=500)
    add_never_cache_headers(response)
    return response


def unavailable() -> HttpResponse:
    response = HttpResponse(render_to_string("pages/fout/503.html"), status=503)
    response["Retry-After"] = str(_AFTER_MAINTENANCE)
    add_never_cache_headers(response)
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was open too long, or cookies are off: give it back with what was typed and a fresh token.

    Only to our own pages. A page of somebody else could have filled this form, and one press on our button
    would then do what that page wanted; browsers do not let it forge ``Origin``.
    """
    own = request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
    typed = [
        (name, value)
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken"
        for value in values
    ]
    context = {
        "typed": typed if own and len(typed) <= _MOST_FIELDS else [],
        "had_files": bool(request.FILES),
    }
    response = render(request, "pages/fout/csrf.html", context, status=403)
    add_never_cache_headers(response)
    return response


class TooManyRequestsMiddleware:
    """A limit that a view does not speak about itself becomes the page about it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, CannotCount):
            return unavailable()
        return too_many_requests(request) if isinstance(exception, TooManyRequests) else None
