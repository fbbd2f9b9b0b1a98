# SPDX-License-Identifier: EUPL-1.2
"""Who was there: everyone is, except who gets a tick."""

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from courses import access, rules
from courses.domain.attendance import mark_attendance
from courses.domain.overview import names_seen, participants_of
from courses.errors import ChangeRefused
from courses.models import Session
from courses.views.personal import PersonRequest, personal


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def attendance(request: PersonRequest, public_id: uuid.UUID) -> HttpResponse:
    session = access.get_session_for_manager(request.user, public_id)
    if not rules.is_trainer_of.test(request.user, session):
        raise PermissionDenied
    if not rules.sees_participants.test(request.user, session):
        return _page(request, session, status=403)
    if request.method == "POST":
        try:
            mark_attendance(session, by=request.user, absent=_ids(request.POST.getlist("afwezig")))
        except ChangeRefused as error:
            messages.error(request, error.sentence)
            return redirect("courses:attendance", public_id)
        messages.success(request, _("Bewaard. Je kunt het later nog aanpassen."))
        return redirect("courses:session-manage", public_id)
    return _page(request, session)


def _page(request: PersonRequest, session: Session, *, status: int = 200) -> HttpResponse:
    may_mark = session.status == Session.Status.PLANNED and session.has_started and status == 200  # noqa: PLR2004
    participants = participants_of(session) if may_mark else []
    names_seen(session, by=request.user, count=len(participants))
    context = {
        "session": session,
        "course": session.course,
        "participants": participants,
        "may_mark": may_mark,
        "names_gone": status == 403,  # noqa: PLR2004
    }
    return render(request, "courses/aanwezigheid.html", context, status=status)


def _ids(values: list[str]) -> set[uuid.UUID]:
    """Only what is an id: a tick that is no participant's changes nothing."""
    found = set()
    for value in values:
        try:
            found.add(uuid.UUID(value))
        except ValueError:
            continue
    return found
