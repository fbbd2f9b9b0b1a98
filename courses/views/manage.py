# SPDX-License-Identifier: EUPL-1.2
"""A trainer's own courses: what there is, and changing one of them."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from base.refusal import told
from base.templatetags.dates import when_long
from courses import access, rules
from courses.domain import courses, teaching
from courses.domain.evaluations import opinions_of
from courses.domain.overview import asked_of, sessions_of, teaching_of
from courses.domain.plain_language import hints
from courses.errors import ChangeRefused
from courses.forms.manage import CoTrainerForm, FileForm, LinkForm, ReasonForm
from courses.forms.trainer import SessionForm, TextForm, text_of, typed_in
from courses.models import Course
from courses.views.personal import PersonRequest, personal, posted


@personal
@require_safe
def my_courses(request: PersonRequest) -> HttpResponse:
    context = {"teaching": teaching_of(request.user), "asked": asked_of(request.user)}
    return render(request, "courses/mijn_cursussen.html", context)


@personal
@require_safe
def manage(request: PersonRequest, public_id: uuid.UUID) -> HttpResponse:
    course = access.get_course_for_manager(request.user, public_id)
    if course.status == Course.Status.DRAFT:
        return redirect("courses:teach-edit", public_id)
    return manage_page(request, course)


def manage_page(request: PersonRequest, course: Course, **forms: Any) -> HttpResponse:
    """The page with all small forms; one of them may come back with what is wrong in it."""
    context: dict[str, Any] = {
        "course": course,
        "sessions": sessions_of(course),
        "materials": list(course.materials.all()),
        "co_trainer_form": CoTrainerForm(prefix="medetrainer"),
        "link_form": LinkForm(prefix="link"),
        "file_form": FileForm(prefix="bestand"),
        "has_errors": bool(forms),
        "is_lead": rules.leads_course.test(request.user, course),
        "is_trainer": rules.is_trainer_of.test(request.user, course),
        "copy_id": uuid.uuid4(),
        **forms,
    }
    if context["is_trainer"]:
        context["opinions"] = opinions_of(course)
    return render(request, "courses/beheer.html", context)


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def manage_text(request: PersonRequest, public_id: uuid.UUID) -> HttpResponse:
    course = access.get_course_for_manager(request.user, public_id)
    if course.status == Course.Status.DRAFT:
        return redirect("courses:teach-edit", public_id)
    form = TextForm(posted(request), initial=text_of(course))
    if request.method == "POST" and form.is_valid():
        try:
            courses.change_course(course, by=request.user, **form.text())
        except ChangeRefused as error:
            form.refuse(error)
        else:
            messages.success(request, _("Je cursus is aangepast."))
            return redirect("courses:manage", public_id)
    tips = hints(typed_in(TextForm, form.data if form.is_bound else form.initial))
    context = {
        "course": course,
        "form": form,
        "tips": [tip for row in tips.values() for tip in row],
    }
    return render(request, "courses/cursus_tekst.html", context)


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def add_session(request: PersonRequest, public_id: uuid.UUID) -> HttpResponse:
    course = access.get_course_for_manager(request.user, public_id)
    if course.status != Course.Status.PUBLISHED:
        return redirect("courses:manage", public_id)
    initial = {
        "minutes": course.minutes,
        "format": course.format,
        "capacity": course.max_participants,
    }
    form = SessionForm(posted(request), initial=initial)
    form.offer_minutes([course.minutes])
    if request.method == "POST" and form.is_valid():
        try:
            session = teaching.plan(
                course, by=request.user, place=form.place_typed(), **form.moment()
            )
        except ChangeRefused as error:
            form.refuse(error)
        else:
            messages.success(
                request,
                _("%(when)s staat erbij. De uitnodiging voor je agenda is onderweg.")
                % {"when": when_long(session)},
            )
            return redirect("courses:manage", public_id)
    return render(request, "courses/datum_erbij.html", {"course": course, "form": form})


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def cancel_course(request: PersonRequest, public_id: uuid.UUID) -> HttpResponse:
    course = access.get_course_for_manager(request.user, public_id)
    if course.status != Course.Status.PUBLISHED:
        return redirect("courses:manage", public_id)
    form = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        courses.cancel_course(course, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, _("Je cursus is gestopt. Iedereen die meedeed, krijgt een mail."))
        return redirect("courses:manage", public_id)
    context = {
        "title": _("Stop met deze cursus"),
        "lead": _("“%(title)s” gaat niet door. Alle data die nog komen, vervallen.")
        % {"title": course.title},
        "form": form,
        "button": _("Stop de cursus"),
        "back": reverse("courses:manage", args=[public_id]),
    }
    return render(request, "courses/bevestig.html", context)


@personal
@require_POST
def archive_course(request: PersonRequest, public_id: uuid.UUID) -> HttpResponse:
    course = access.get_course_for_manager(request.user, public_id)
    if course.status == Course.Status.DRAFT:
        return redirect("courses:teach-edit", public_id)
    with told(request, _("Je cursus staat in het archief.")):
        courses.archive(course, by=request.user)
    return redirect("courses:manage", public_id)
