# SPDX-License-Identifier: EUPL-1.2
"""``API-Version`` on every answer under /api/ (design rule /core/version-header)."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from base.api import API_VERSION
from base.api.problem import problem


class ApiMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith("/api/"):
            if response.status_code >= 500 and "json" not in response.get("Content-Type", ""):  # noqa: PLR2004
                response = problem(request, 500, "Er ging iets mis, dat ligt aan ons.")
            response["API-Version"] = API_VERSION
        return response
