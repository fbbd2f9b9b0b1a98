# SPDX-License-Identifier: EUPL-1.2
"""``API-Version`` on every answer under /api/ (design rule /core/version-header)."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from base.api import API_VERSION
from base.api.problem import problem


class ApiMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith("/api/"):
            if response.status_code >= 400 and "json" not in response.get("Content-Type", ""):  # noqa: PLR2004
                response = _as_problem(request, response)
            response["API-Version"] = API_VERSION
        return response


def _as_problem(request: HttpRequest, page: HttpResponse) -> HttpResponse:
    """A question that nobody can read (400), our own mistake, or a database that is away (503): the page about
    it is for people."""
    code = HTTPStatus(page.status_code)
    if code < HTTPStatus.INTERNAL_SERVER_ERROR:
        response = problem(request, code, _("Deze vraag kunnen we niet lezen."))
    else:
        if code != HTTPStatus.SERVICE_UNAVAILABLE:
            code = HTTPStatus.INTERNAL_SERVER_ERROR
        response = problem(request, code, _("Er ging iets mis, dat ligt aan ons."))
    for name in ("Retry-After", "Cache-Control"):
        if name in page:
            response[name] = page[name]
    return response
