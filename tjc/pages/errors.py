# SPDX-License-Identifier: EUPL-1.2
"""Friendly error pages. They use no database, so that they work when it does not."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "pages/fout/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "pages/fout/403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "pages/fout/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Without the request: context processors would ask the database who is signed in."""
    return HttpResponse(render_to_string("pages/fout/500.html"), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was open too long, or cookies are off. Nothing is lost by going back."""
    return render(request, "pages/fout/csrf.html", status=403)
