# SPDX-License-Identifier: EUPL-1.2
"""One date of a course for who manages it: participants, changes, cancelling."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from base import clock
from base.templatetags.dates import day_time, period
from courses import access, rules
from courses.domain import capacity, registration, sessions, teaching
from courses.domain.overview import counts_of, names_seen, participants_of
from courses.errors import ChangeRefused
from courses.forms.manage import ReasonForm
from courses.forms.trainer import MomentForm, SeatsForm, moment_of
from courses.models import Registration, Session
from courses.models.course import Format
from courses.views.personal import PersonRequest, personal, posted


@personal
@require_safe
def session_manage(request: PersonRequest, public_id: uuid.UUID) -> HttpResponse:
    return _page(request, access.get_session_for_manager(request.user, public_id))


def _page(
    request: PersonRequest, session: Session, *, seats_form: SeatsForm | None = None
) -> HttpResponse:
    """Names only for the trainers, until 30 days after; that somebody looked is written down."""
    sees_names = rules.sees_participants.test(request.user, session)
    participants = participants_of(session) if sees_names else []
    names_seen(session, by=request.user, count=len(participants))
    context = {
        "session": session,
        "course": session.course,
        "where": where_of(session),
        "counts": counts_of(session),
        "participants": participants,
        "sees_names": sees_names,
        "is_trainer": rules.is_trainer_of.test(request.user, session),
        "is_planned": session.status == Session.Status.PLANNED,
        "kept": _kept(session),
        "seats_form": seats_form or SeatsForm.of(session),
        "has_errors": seats_form is not None,
    }
    return render(request, "courses/bijeenkomst.html", context)


def _kept(session: Session) -> str:
    """For how many seats other organisations come first, and until when; empty when for none."""
    kept, until = session.reserved_now(), session.reserved_until
    if not kept or until is None:
        return ""
    return _("%(n)d vrij voor andere organisaties tot %(day)s") % {
        "n": kept,
        "day": date_format(clock.local(until), "j F"),
    }


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def session_change(request: PersonRequest, public_id: uuid.UUID) -> HttpResponse:
    session = access.get_session_for_manager(request.user, public_id)
    form = MomentForm(posted(request), initial=moment_of(session))
    form.offer_minutes([session.minutes])
    if request.method == "POST" and form.is_valid():
        try:
            changed = teaching.change(
                session, by=request.user, place=form.place_typed(), **form.moment()
            )
        except ChangeRefused as error:
            form.refuse(error)
        else:
            messages.success(request, _what_changed(session, changed))
            return redirect("courses:session-manage", public_id)
    context = {
        "session": session,
        "course": session.course,
        "form": form,
        "where": where_of(session),
        "told": counts_of(session)["participating"],
    }
    return render(request, "courses/bijeenkomst_wijzigen.html", context)


def _what_changed(old: Session, new: Session) -> str:
    """Old -> new, in words. A link is not repeated: it says nothing to a reader."""
    pairs = [
        [period(old), period(new)],
        [where_of(old), where_of(new)],
    ]
    changed = [
        _("Eerst %(old)s, nu %(new)s.") % {"old": before, "new": after}
        for before, after in pairs
        if before != after
    ]
    if old.online_url != new.online_url:
        changed.append(_("De link is aangepast."))
    if not changed:
        return _("Er is niets veranderd.")
    return " ".join([*changed, _("Iedereen die meedoet, krijgt een nieuwe uitnodiging.")])


def where_of(session: Session) -> str:
    if session.format == Format.ONLINE:
        return _("Online")
    if session.format == Format.HYBRID:
        return _("%(location)s en online") % {"location": session.location}
    return str(session.location)


@personal
@require_POST
def session_seats(request: PersonRequest, public_id: uuid.UUID) -> HttpResponse:
    session = access.get_session_for_manager(request.user, public_id)
    form = SeatsForm.of(session, request.POST)
    if form.is_valid():
        try:
            changed = capacity.change_seats(session, by=request.user, **form.seats())
        except ChangeRefused as error:
            form.refuse(error)
        else:
            text = ngettext("Er is nu %(n)d plek.", "Er zijn nu %(n)d plekken.", changed.capacity)
            messages.success(
                request,
                text % {"n": changed.capacity}
                if changed.capacity != session.capacity
                else _("Opgeslagen."),
            )
            return redirect("courses:session-manage", public_id)
    return _page(request, session, seats_form=form)


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def session_cancel(request: PersonRequest, public_id: uuid.UUID) -> HttpResponse:
    session = access.get_session_for_manager(request.user, public_id)
    if session.status == Session.Status.CANCELLED:
        return redirect("courses:session-manage", public_id)
    form = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            sessions.cancel_session(session, by=request.user, reason=form.cleaned_data["reason"])
        except ChangeRefused as error:
            form.refuse(error)
        else:
            messages.success(
                request, _("De bijeenkomst is afgezegd. Iedereen die meedeed, krijgt een mail.")
            )
            return redirect("courses:session-manage", public_id)
    counts = counts_of(session)
    told = counts["participating"] + counts["waiting"]
    lead = ngettext(
        "“%(title)s” op %(when)s gaat dan niet door. %(count)d collega krijgt een mail.",
        "“%(title)s” op %(when)s gaat dan niet door. %(count)d collega’s krijgen een mail.",
        told,
    )
    context: dict[str, Any] = {
        "title": _("Zeg deze bijeenkomst af"),
        "lead": lead
        % {"title": session.course.title, "when": day_time(session.starts_at), "count": told},
        "form": form,
        "button": _("Zeg af"),
        "back": reverse("courses:session-manage", args=[public_id]),
    }
    return render(request, "courses/bevestig.html", context)


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def deregister(request: PersonRequest, public_id: uuid.UUID) -> HttpResponse:
    """The trainer deregisters a participant; the seat goes to the first in line."""
    row = access.get_registration_for_trainer(request.user, public_id)
    back = reverse("courses:session-manage", args=[row.session.public_id])
    if row.state == Registration.State.CANCELLED:
        return redirect(back)
    name = (row.person.name if row.person else "") or _("Oud-collega")
    if request.method == "POST":
        try:
            registration.cancel(row, by=request.user, reason=Registration.CancelReason.TRAINER)
        except ChangeRefused as error:
            messages.error(request, error.sentence)
        else:
            messages.success(request, _("%(name)s is afgemeld.") % {"name": name})
        return redirect(back)
    context = {
        "title": _("Meld %(name)s af") % {"name": name},
        "lead": _("%(name)s krijgt hierover een mail. De plek gaat naar wie het eerst wacht.")
        % {"name": name},
        "button": _("Meld af"),
        "back": back,
    }
    return render(request, "courses/bevestig.html", context)
