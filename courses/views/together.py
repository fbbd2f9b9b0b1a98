# SPDX-License-Identifier: EUPL-1.2
"""Giving a course together: asking a colleague, the answer, stepping down, handing over."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.errors import InvalidEmail
from base.refusal import told
from courses import access
from courses.domain import co_trainers, courses
from courses.errors import ChangeRefused
from courses.forms.manage import CoTrainerForm
from courses.models import Course, CourseTrainer
from courses.views.manage import manage_page
from courses.views.personal import PersonRequest, personal


@personal
@require_POST
def add_co_trainer(request: PersonRequest, public_id: uuid.UUID) -> HttpResponse:
    """Asks, or takes the question back. The same answer for known and unknown addresses; no name before the yes."""
    course = access.get_course_for_manager(request.user, public_id)
    form = CoTrainerForm(request.POST, prefix="medetrainer")
    if form.is_valid():
        email = form.cleaned_data["email"]
        try:
            if request.POST.get("intrekken"):
                co_trainers.withdraw(course, email=email, by=request.user)
                said = _("Je vraag aan dit adres geldt niet meer.")
            else:
                co_trainers.invite(course, email=email, by=request.user)
                said = _("We vragen het je collega. Zegt je collega ja, dan staat die erbij.")
        except InvalidEmail as error:
            form.refuse(ChangeRefused(error.sentence, code="email", field="email"))
        else:
            messages.success(request, said)
            return redirect("courses:manage", public_id)
    return manage_page(request, course, co_trainer_form=form)


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: PersonRequest, public_id: uuid.UUID) -> HttpResponse:
    """Somebody is asked to give a course too: yes, or no thanks."""
    row = access.get_trainer_invitation(request.user, public_id)
    answer = request.POST.get("antwoord")
    if answer not in {"ja", "nee"}:
        return render(request, "courses/medetrainer.html", {"invitation": row})
    if answer == "nee":
        co_trainers.decline(row, by=request.user)
        messages.success(request, _("Dank je. Je staat niet bij deze cursus."))
        return redirect("courses:my-courses")
    try:
        course = co_trainers.accept(row, by=request.user)
    except ChangeRefused as refused:
        messages.error(request, refused.sentence)
        return redirect("courses:my-courses")
    messages.success(request, _("Leuk! Je geeft deze cursus mee."))
    return redirect("courses:manage", course.public_id)


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: PersonRequest, public_id: uuid.UUID, trainer_id: uuid.UUID) -> HttpResponse:
    """The lead makes a co-trainer the lead."""
    course = access.get_course_for_lead(request.user, public_id)
    colleague = _trainer(course, trainer_id).person
    if request.method == "POST":
        done = _("%(name)s is nu de trainer. Jij bent medetrainer.") % {"name": colleague.name}
        with told(request, done):
            co_trainers.hand_over(course, to=colleague, by=request.user)
        return redirect("courses:manage", public_id)
    context = {
        "title": _("Draag de cursus over"),
        "lead": _(
            "%(name)s wordt de trainer van “%(title)s”. Jij wordt medetrainer en kunt dan stoppen."
        )
        % {"name": colleague.name, "title": course.title},
        "button": _("Draag over"),
        "back": reverse("courses:manage", args=[public_id]),
    }
    return render(request, "courses/bevestig.html", context)


@personal
@require_POST
def remove_co_trainer(request: PersonRequest, public_id: uuid.UUID) -> HttpResponse:
    course = access.get_course_for_manager(request.user, public_id)
    row = _trainer(course, request.POST.get("trainer", ""))
    try:
        courses.remove_co_trainer(course, person=row.person, by=request.user)
    except ChangeRefused as refused:
        messages.error(request, refused.sentence)
        return redirect("courses:manage", public_id)
    if row.person == request.user:
        messages.success(request, _("Je geeft deze cursus niet meer mee."))
        return redirect("courses:my-courses")
    messages.success(
        request, _("%(name)s geeft de cursus niet meer mee.") % {"name": row.person.name}
    )
    return redirect("courses:manage", public_id)


def _trainer(course: Course, asked: uuid.UUID | str) -> CourseTrainer:
    """Who gives this course and has that public id. Raises Http404."""
    for row in course.trainer_rows.all():
        if str(row.person.public_id) == str(asked):
            return row
    raise Http404
