# SPDX-License-Identifier: EUPL-1.2
"""'Verzetten': another date of the same course, without ever losing the old seat first."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from base.templatetags.dates import when
from courses import cards
from courses.domain import registration as domain
from courses.errors import ChangeRefused, SeatRefused
from courses.models import Registration, Session
from courses.tokens import registration_to_withdraw, withdraw_token
from courses.views.withdraw import about, dead_link

State = Registration.State


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, token: str) -> HttpResponse:
    registration = registration_to_withdraw(token)
    if registration is None or registration.person is None:
        return dead_link(request)
    context = about(registration, token)
    others: list[Session] = context["others"]  # type: ignore[assignment]
    if request.method == "POST":
        to = _chosen(request, others)
        if to is None:
            context["error"] = _("Kies een ander moment.")
        else:
            try:
                moved = domain.move(registration, to=to, by=registration.person)
            except SeatRefused as refused:
                context["error"] = _("%(why)s Je oude plek houd je.") % {"why": refused.sentence}
            except ChangeRefused as refused:
                context["error"] = refused.sentence
            else:
                context |= about(moved, withdraw_token(moved)) | {
                    "session": to,
                    "where": cards.where_short(to),
                    "where_icon": cards.where_icon(to),
                    "moved": True,
                }
                return render(request, "courses/verzetten.html", context)
    context["dates"] = [
        {"session": other, "when": when(other), "where": cards.where_short(other)}
        | dict(zip(("kind", "text"), cards.places(other), strict=True))
        for other in others
    ]
    context["movable"] = (
        registration.state in {State.REGISTERED, State.WAITING}
        and not registration.session.has_started
    )
    context["has_errors"] = "error" in context
    return render(request, "courses/verzetten.html", context)


def _chosen(request: HttpRequest, others: list[Session]) -> Session | None:
    try:
        wanted = uuid.UUID(request.POST.get("moment", ""))
    except ValueError:
        return None
    return next((other for other in others if other.public_id == wanted), None)
