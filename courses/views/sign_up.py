# SPDX-License-Identifier: EUPL-1.2
"""'Doe mee': two fields and a code for who is new, one button for who is signed in.

Until the code is typed no answer depends on who the address belongs to (design.md, Identity).
"""

import dataclasses
import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.domain import organisations, people, signin
from accounts.errors import InvalidEmail, TooManyRequests
from accounts.models import Organisation, Person
from base import clock
from courses import cards
from courses.availability import Availability, Verdict, availability, overlapping
from courses.domain import holds, queries, registration
from courses.errors import HoldRefused, SeatRefused
from courses.forms.learner import SignUpForm, WorksAtForm
from courses.models import Session
from courses.views.pending import PendingSignUp
from courses.views.who import person_of


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    person = person_of(request)
    session = get_session(public_id, bare=person is not None and request.method == "POST")
    if person is not None:
        return _signed_in(request, session, person)
    answer = availability(session)
    if answer.verdict is Verdict.REFUSED:
        return page(request, session, answer)
    return _new_here(request, session, answer)


def get_session(public_id: uuid.UUID, *, bare: bool = False) -> Session:
    session = queries.session_for_sign_up(public_id, bare=bare)
    if session is None:
        raise Http404
    return session


def page(
    request: HttpRequest,
    session: Session,
    answer: Availability,
    *,
    status: int = 200,
    **extra: Any,
) -> HttpResponse:
    """The form, the one button, or the reason why not."""
    context = {
        "session": session,
        "course": session.course,
        "where": cards.where_short(session),
        "where_icon": cards.where_icon(session),
        "answer": answer,
        "refused": answer.verdict is Verdict.REFUSED,
        "waiting": answer.verdict is Verdict.WAITING,
        "others": queries.other_dates(session) if answer.verdict is not Verdict.SEAT else [],
        **extra,
    }
    return render(request, "courses/aanmelden.html", context, status=status)


# --- signed in ------------------------------------------------------------------------------------


def _signed_in(request: HttpRequest, session: Session, person: Person) -> HttpResponse:
    if not person.name:  # the trainer would see an empty line
        return _ask_first("accounts:me", request)
    if request.method == "POST":
        try:  # it judges for itself; asking here as well would cost three queries more
            made = registration.register(
                session, person=person, waiting_ok=bool(request.POST.get("wachtlijst"))
            )
        except SeatRefused as refused:
            answer = refused.availability
        else:
            return redirect("courses:registered", made.public_id)
    else:
        answer = availability(session, person)
        if answer.registration is not None:
            messages.info(request, answer.sentence)
            return redirect("courses:registered", answer.registration.public_id)
    if answer.code == "organisation_missing":
        return _ask_first("accounts:organisation", request)
    return page(
        request,
        session,
        answer,
        person=person,
        overlap=overlapping(person, session),
        just_refused=request.method == "POST",
    )


def _ask_first(page_name: str, request: HttpRequest) -> HttpResponse:
    """What we must know of somebody, and then back to this course."""
    return redirect(f"{reverse(page_name)}?{urlencode({'next': request.path})}")


# --- new here -------------------------------------------------------------------------------------


def _new_here(request: HttpRequest, session: Session, answer: Availability) -> HttpResponse:
    before = PendingSignUp.of(request, session.public_id)
    initial = (
        {"naam": before.name, "werkmail": before.email, "vraag": before.question} if before else {}
    )
    form = SignUpForm(request.POST if request.method == "POST" else None, initial=initial)
    if not form.is_bound or not form.is_valid():
        return page(request, session, answer, form=form, before=before)
    email = form.cleaned_data["werkmail"]
    match = organisations.match_email(email)
    chosen = match.organisation
    named = chosen.name if chosen else ""
    disputed = chosen is not None and bool(request.POST.get("andere-organisatie"))
    asked = chosen is None or disputed
    if asked:
        answered = bool(request.POST.get("stap"))
        works_at = WorksAtForm(request.POST if answered else None, choices=match.choices)
        if not (answered and works_at.is_valid()):
            return page(
                request,
                session,
                answer,
                form=form,
                works_at=works_at,
                match=match,
                all_organisations=_names(works_at),
                has_errors=bool(works_at.errors),
            )
        chosen, named = works_at.organisation, works_at.organisation_name
    pending = PendingSignUp(
        session=str(session.public_id),
        email=email,
        name=form.cleaned_data["naam"],
        question=form.cleaned_data["vraag"],
        organisation=str(chosen.public_id) if chosen else "",
        organisation_name=named,
        organisation_chosen=asked,
        organisation_disputed=disputed,
        waiting=bool(request.POST.get("wachtlijst")),
    )
    try:
        _hold_and_mail(request, session, pending, chosen)
    except TooManyRequests as refused:
        form.add_error(None, refused.sentence)
        return page(request, session, answer, status=refused.status, form=form)
    except InvalidEmail as refused:
        form.add_error("werkmail", refused.sentence)
        return page(request, session, answer, form=form)
    except SeatRefused as refused:
        return page(request, session, refused.availability, just_refused=True, form=form)
    return redirect("courses:register-code", session.public_id)


def _names(works_at: WorksAtForm) -> list[str]:
    """For the list under the field, where any organisation may be named."""
    if "organisatie" in works_at.fields and not works_at.is_bound:
        return []
    active = Organisation.objects.active(clock.today())
    return list(active.order_by("name").values_list("name", flat=True))


def _hold_and_mail(
    request: HttpRequest,
    session: Session,
    pending: PendingSignUp,
    organisation: Organisation | None,
) -> None:
    """Mail the code and hold a seat. What is remembered for the next page tells nothing about the person.

    Raises TooManyRequests, InvalidEmail, SeatRefused (nobody can take a seat any more).
    """
    signin.request_code(request, email=pending.email, next_url=session.course.get_absolute_url())
    answer = availability(session, organisation=organisation)
    if answer.verdict is Verdict.REFUSED:
        raise SeatRefused(answer)
    # Looked at before the hold: somebody who has a seat already needs none, and that must not show.
    can_hold = answer.verdict is Verdict.SEAT and queries.holds_left(session)
    held, until, at = "", "", clock.now()
    if answer.verdict is Verdict.SEAT:
        try:
            row = holds.hold(
                session,
                person=people.person_for_email(pending.email),
                organisation=organisation,
                name=pending.name,
                question=pending.question,
                ip=signin.client_ip(request),
            )
            held = str(row.public_id)
            if row.created_at >= at and row.hold_expires_at:
                until = row.hold_expires_at.isoformat()
        except (HoldRefused, SeatRefused):
            can_hold = False
    dataclasses.replace(
        pending, registration=held, hold_until=until, seat_is_held=can_hold
    ).remember(request)


@require_POST
@sensitive_post_parameters()
def organisation(request: HttpRequest) -> HttpResponse:
    """Where this address works, under the field, while somebody fills the form. Knows domains, not people."""
    try:
        email = organisations.normalise_email(request.POST.get("werkmail", ""))
        match = organisations.match_email(email)
    except InvalidEmail:
        return HttpResponse()
    return render(request, "courses/delen/organisatie.html", {"match": match})
