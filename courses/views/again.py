# SPDX-License-Identifier: EUPL-1.2
"""Giving a course once more."""

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from courses import access, rules
from courses.domain import teaching
from courses.errors import ChangeRefused
from courses.forms.trainer import TeachForm, text_of
from courses.models import Course
from courses.views.personal import PersonRequest, personal


@personal
@require_POST
def copy_course(request: PersonRequest, public_id: uuid.UUID) -> HttpResponse:
    """A draft with the same text; the page chose its id, so pressing twice makes one."""
    course = access.get_course_for_manager(request.user, public_id)
    if not rules.is_trainer_of.test(request.user, course):
        raise PermissionDenied
    if course.status == Course.Status.DRAFT:
        return redirect("courses:teach-edit", public_id)
    try:
        copy = teaching.copy_course(
            course, _id(request.POST.get("kopie", "")), by=request.user, typed=_typed(course)
        )
    except ChangeRefused as refused:
        messages.error(request, refused.sentence)
        return redirect("courses:manage", public_id)
    messages.success(request, _("Dit is je kopie. Kies een nieuwe dag en publiceer hem."))
    return redirect("courses:teach-edit", copy.public_id)


def _typed(course: Course) -> dict[str, str]:
    """The course as its trainer would type it in «Geef een cursus»; the day and the place are new."""
    values = text_of(course) | {
        "minutes": course.minutes,
        "format": course.format,
        "capacity": course.max_participants,
    }
    return {name: str(values.get(name, "")) for name in TeachForm.base_fields}


def _id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.uuid4()
