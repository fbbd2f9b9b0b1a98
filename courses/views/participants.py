# SPDX-License-Identifier: EUPL-1.2
"""The list of participants on paper: names and boxes to tick."""

import uuid

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from courses import access, cards, rules
from courses.domain.overview import names_seen, participants_of
from courses.views.personal import PersonRequest, personal


@personal
@require_safe
def participant_list(request: PersonRequest, public_id: uuid.UUID) -> HttpResponse:
    """Only for the trainers, until 30 days after; that somebody looked is written down."""
    session = access.get_session_for_manager(request.user, public_id)
    if not rules.sees_participants.test(request.user, session):
        raise PermissionDenied
    participants = participants_of(session)
    names_seen(session, by=request.user, count=len(participants), on_paper=True)
    context = {
        "session": session,
        "course": session.course,
        "where": cards.where_short(session),
        "participants": participants,
    }
    return render(request, "courses/deelnemerslijst.html", context)
