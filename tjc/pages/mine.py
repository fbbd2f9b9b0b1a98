# SPDX-License-Identifier: EUPL-1.2
"""'Mijn TJC': what somebody goes to, waits for and went to."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Person
from courses import cards, tokens
from courses.domain import queries
from courses.domain.certificates import certificates
from courses.models import Registration
from courses.views.who import person_of
from notifications.domain import feeds
from notifications.domain.resend import NotResent, resend_for

PAST_SHOWN = 20


@never_cache
@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    assert person is not None
    found = queries.mine(person)
    coming = [_row(registration) for registration in found.coming]
    context = {
        "person": person,
        "next": coming[0] if coming else None,
        "coming": coming[1:],
        "waiting": [_row(registration) for registration in found.waiting],
        "past": [_row(registration) for registration in found.past[:PAST_SHOWN]],
        "subjects": found.subjects,
        "certificates": certificates(found),
        **_feed(person),
    }
    return render(request, "pages/mijn.html", context)


def _feed(person: Person) -> dict[str, str]:
    """The person's calendar address, when there is one."""
    token = feeds.token_of(person)
    if token is None:
        return {}
    url = f"{settings.BASE_URL}{reverse('feeds:person', args=[token])}"
    return {"feed_url": url, "webcal_url": f"webcal://{url.partition('://')[2]}"}


def _row(registration: Registration) -> dict[str, Any]:
    session = registration.session
    attended = registration.state == Registration.State.ATTENDED
    return {
        "registration": registration,
        "session": session,
        "course": session.course,
        "where": cards.where_short(session),
        "where_icon": cards.where_icon(session),
        "token": tokens.withdraw_token(registration),
        "evaluate": (
            tokens.evaluate_token(registration)
            if attended and not hasattr(registration, "evaluation")
            else ""
        ),
    }


@login_required
@require_POST
def resend(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """'Stuur de uitnodiging opnieuw': one's own."""
    person = person_of(request)
    assert person is not None
    registration = queries.registration_of(person, public_id)
    if registration is None:
        raise Http404
    try:
        resend_for(registration)
    except NotResent as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("De uitnodiging is onderweg naar je werkmail."))
    return redirect("courses:registered", public_id)
