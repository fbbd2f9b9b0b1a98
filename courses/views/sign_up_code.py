# SPDX-License-Identifier: EUPL-1.2
"""The code, and what came of it."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts.domain import signin
from accounts.errors import AccountsError, CodeExpired, TooManyRequests, WrongCode
from accounts.forms import CodeForm
from accounts.models import Person
from courses import cards
from courses.availability import waiting_position
from courses.domain import queries, registration
from courses.errors import HoldExpired, SeatRefused
from courses.models import Registration, Session
from courses.tokens import withdraw_token
from courses.views.pending import PendingSignUp
from courses.views.sign_up import get_session
from courses.views.who import person_of

State = Registration.State


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    session = get_session(public_id)
    pending = PendingSignUp.of(request, public_id)
    if pending is None or person_of(request) or signin.pending_email(request) != pending.email:
        return redirect("courses:register", public_id)
    if request.POST.get("adres"):
        return _other_address(request, session, pending)
    if request.POST.get("opnieuw"):
        return _again(request, session, _("We hebben je een nieuwe code gestuurd."))
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            person = signin.confirm_code(request, form.cleaned_data["code"])
        except WrongCode as refused:
            form.add_error("code", refused.sentence)
        except CodeExpired as refused:
            return _again(request, session, refused.sentence)
        else:
            return _finish(request, session, pending, person)
    context = {
        "form": form,
        "session": session,
        "course": session.course,
        "where": cards.where_short(session),
        "where_icon": cards.where_icon(session),
        "pending": pending,
    }
    return render(request, "courses/code.html", context)


def _again(request: HttpRequest, session: Session, sentence: str) -> HttpResponse:
    try:
        signin.resend_code(request)
    except (TooManyRequests, CodeExpired) as refused:
        messages.error(request, refused.sentence)
    else:
        messages.info(request, sentence)
    return redirect("courses:register-code", session.public_id)


def _other_address(request: HttpRequest, session: Session, pending: PendingSignUp) -> HttpResponse:
    """Back to the form with all that was typed; the seat held for the wrong address comes free, unless its owner
    asked for it since."""
    signin.cancel_code(request)
    if pending.hold_until:
        held = Registration.objects.filter(
            public_id=pending.registration, state=State.HELD, hold_expires_at=pending.hold_until
        ).first()
        if held is not None:
            registration.cancel(held, by=None, reason=Registration.CancelReason.HOLD_EXPIRED)
    return redirect("courses:register", session.public_id)


def _finish(
    request: HttpRequest, session: Session, pending: PendingSignUp, person: Person
) -> HttpResponseRedirect:
    """The code was right: from here on the person may know everything about the own seat."""
    PendingSignUp.forget(request)
    try:
        pending.tell_who(person)
    except AccountsError as refused:
        messages.error(request, refused.sentence)
    person.refresh_from_db()
    before = Registration.objects.filter(session=session, person=person).exclude(
        state__in=(State.CANCELLED, State.HELD)
    )
    if (there := before.first()) is not None:
        messages.info(request, _("Je deed al mee. Wil je de uitnodiging nog een keer?"))
        return redirect("courses:registered", there.public_id)
    try:
        made = _take(session, pending, person)
    except (HoldExpired, SeatRefused) as refused:
        messages.error(request, refused.sentence)
        return redirect("courses:register", session.public_id)
    return redirect("courses:registered", made.public_id)


def _take(session: Session, pending: PendingSignUp, person: Person) -> Registration:
    """Raises HoldExpired, SeatRefused."""
    if pending.registration:
        rows = Registration.objects.select_related("session__course", "session__edition")
        row = rows.filter(public_id=pending.registration, person=person).first()
        if row is not None:
            return registration.confirm_hold(row, person=person, question=pending.question)
    return registration.register(
        session, person=person, question=pending.question, waiting_ok=pending.waiting
    )


@never_cache
@login_required
@require_safe
def done(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    person = person_of(request)
    assert person is not None
    mine = queries.registration_of(person, public_id)
    if mine is None:
        raise Http404
    session = mine.session
    if mine.state in {State.CANCELLED, State.HELD}:
        return redirect(session.course)
    context = {
        "mine": mine,
        "session": session,
        "course": session.course,
        "where": cards.where_short(session),
        "where_icon": cards.where_icon(session),
        "position": waiting_position(mine) if mine.state == State.WAITING else None,
        "token": withdraw_token(mine),
        "here": request.build_absolute_uri(session.course.get_absolute_url()),
        "person": person,
    }
    return render(request, "courses/gelukt.html", context)
