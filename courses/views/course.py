# SPDX-License-Identifier: EUPL-1.2
"""One course: everything you want to know before you say yes."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Person
from base.templatetags.dates import when, when_long
from courses import cards
from courses.availability import Verdict
from courses.domain import courses as domain
from courses.domain import queries
from courses.models import Registration, Session
from courses.structured import course_data
from courses.tokens import withdraw_token
from courses.views.who import person_of

GIVEN_SHOWN = 5


@require_safe
def course(request: HttpRequest, slug: str) -> HttpResponse:
    person = person_of(request)
    found = queries.course_for(slug, person)
    if found is None:
        raise Http404
    page = queries.course_page(found, person, moment=_moment(request))
    context = {
        "page": page,
        "course": found,
        "theme_icon": cards.known_icon(found.theme.icon) if found.theme else "",
        "session": page.chosen,
        "facts": facts(page.chosen) if page.chosen else [],
        "others": [_date(session, page.mine.get(session.pk)) for session in page.others],
        "given": page.given[:GIVEN_SHOWN],
        "course_data": course_data(page),
        "here": request.build_absolute_uri(found.get_absolute_url()),
        "signin": f"{reverse('accounts:signin')}?{urlencode({'next': request.path})}",
        **_what_to_do(page, person),
    }
    return render(request, "courses/cursus.html", context)


@require_POST
def interest(request: HttpRequest, slug: str) -> HttpResponse:
    """Wait for the subject instead of for a date, or stop waiting. Only who is signed in."""
    person = person_of(request)
    found = queries.course_for(slug, person)
    if found is None:
        raise Http404
    address = found.get_absolute_url()
    if person is None:
        return redirect(f"{reverse('accounts:signin')}?{urlencode({'next': address})}")
    if request.POST.get("stop"):
        domain.stop_waiting_for_subject(found, person=person)
        messages.success(request, _("Je krijgt geen bericht meer over deze cursus."))
    else:
        domain.wait_for_subject(found, person=person)
        messages.success(request, _("We mailen je zodra er een nieuwe datum is."))
    return redirect(address)


def facts(session: Session) -> list[dict[str, str]]:
    """When, where, seats, cost: always in this order."""
    return [
        {"icon": "calendar-days", "term": _("Wanneer"), "value": when_long(session)},
        {
            "icon": cards.where_icon(session),
            "term": _("Waar"),
            "value": cards.where_long(session),
        },
        {"icon": "users", "term": _("Plek"), "value": cards.places(session)[1]},
        {"icon": "gift", "term": _("Kosten"), "value": _("Gratis")},
    ]


def _moment(request: HttpRequest) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.GET.get("moment", ""))
    except ValueError:
        return None


def _what_to_do(page: queries.CoursePage, person: Person | None) -> dict[str, Any]:
    """``state`` names the part of the template that says what this person can do here."""
    registration = page.registration
    if registration is not None and registration.state == Registration.State.HELD:
        registration = None
    context: dict[str, Any] = {"state": _state(page, person, registration), "mine": registration}
    if registration is not None:
        context["token"] = withdraw_token(registration)
    return context


def _state(
    page: queries.CoursePage, person: Person | None, registration: Registration | None
) -> str:
    if page.is_trainer:
        return "own"
    if page.answer is None:
        return "no_date"
    if registration is not None and registration.state == Registration.State.WAITING:
        return "waiting"
    if registration is not None:
        return "takes_part" if page.chosen and not page.chosen.is_over else "was_there"
    if page.answer.verdict is Verdict.SEAT or page.answer.code == "organisation_missing":
        return "seat"
    return "waiting_list" if page.answer.verdict is Verdict.WAITING else "refused"


def _date(session: Session, registration: Registration | None) -> dict[str, Any]:
    kind, text = cards.places(session)
    goes = registration is not None and registration.state != Registration.State.HELD
    return {
        "session": session,
        "when": when(session),
        "where": cards.where_short(session),
        "status_kind": kind,
        "status_text": text,
        "full": session.free == 0,
        "mine": registration if goes else None,
    }
