# SPDX-License-Identifier: EUPL-1.2
"""The proof of taking part: a page to look at and to print, for who was there."""

import uuid

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from courses import cards
from courses.domain.certificates import certificate_of
from courses.views.personal import PersonRequest, personal


@personal
@require_safe
def certificate(request: PersonRequest, public_id: uuid.UUID) -> HttpResponse:
    registration = certificate_of(request.user, public_id)
    if registration is None:
        raise Http404
    session = registration.session
    context = {
        "mine": registration,
        "session": session,
        "course": session.course,
        "trainers": session.course.trainer_rows.all(),
        "where": cards.where_short(session),
        "name": request.user.name or request.user.email,
    }
    return render(request, "courses/bewijs.html", context)
