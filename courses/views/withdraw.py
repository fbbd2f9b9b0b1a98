# SPDX-License-Identifier: EUPL-1.2
"""'Toch niet?': the signed link from the mail. GET asks, POST does; nobody has to sign in for it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from courses import cards
from courses.domain import queries
from courses.domain.registration import cancel
from courses.errors import ChangeRefused
from courses.models import Registration
from courses.tokens import registration_to_withdraw

State = Registration.State


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, token: str) -> HttpResponse:
    registration = registration_to_withdraw(token)
    if registration is None:
        return dead_link(request)
    was = registration.state
    refused = ""
    if request.method == "POST":
        try:
            registration = cancel(registration, by=registration.person)
        except ChangeRefused as error:
            refused = error.sentence
    return render(
        request, "courses/afmelden.html", about(registration, token) | {"was": was, "no": refused}
    )


def dead_link(request: HttpRequest) -> HttpResponse:
    return render(request, "courses/dode_link.html", status=404)


def about(registration: Registration, token: str) -> dict[str, object]:
    """What the pages behind a mailed link show of a registration: nothing about its person."""
    session = registration.session
    return {
        "registration": registration,
        "token": token,
        "session": session,
        "course": session.course,
        "where": cards.where_short(session),
        "where_icon": cards.where_icon(session),
        "cancelled": registration.state == State.CANCELLED,
        "waits": registration.state == State.WAITING,
        "others": queries.other_dates(session),
    }
