# SPDX-License-Identifier: EUPL-1.2
"""Pages on which trainer and participants write to each other."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from courses.domain.overview import counts_of, names_seen
from courses.views.personal import PersonRequest, personal, posted
from notifications import access
from notifications.domain import notes
from notifications.domain.notes import NoteRefused
from notifications.forms import NoteForm, ToAllForm


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def write_to_all(request: PersonRequest, public_id: uuid.UUID) -> HttpResponse:
    """«Stuur een bericht»: from a trainer to everyone who takes part; and what was written so far."""
    session = access.get_session_for_trainer(request.user, public_id)
    form = ToAllForm(posted(request), initial={"note": uuid.uuid4()})
    if request.method == "POST" and form.is_valid():
        try:
            note = notes.write_to_all(
                session,
                by=request.user,
                text=form.cleaned_data["text"],
                to_waiting=form.cleaned_data["to_waiting"],
                public_id=form.cleaned_data["note"],
            )
        except NoteRefused as refused:
            form.refuse(refused)
        else:
            sentence = ngettext(
                "Je bericht is onderweg naar %(n)d collega.",
                "Je bericht is onderweg naar %(n)d collega’s.",
                note.receivers,
            )
            messages.success(request, sentence % {"n": note.receivers})
            return redirect("notifications:write-to-all", public_id)
    counts = counts_of(session)
    if not counts["waiting"]:
        del form.fields["to_waiting"]
    conversations = notes.conversations_of(session)
    names_seen(session, by=request.user, count=len(conversations))
    context = {
        "session": session,
        "course": session.course,
        "form": form,
        "counts": counts,
        "sent": notes.sent_to_all(session),
        "conversations": conversations,
    }
    return render(request, "notifications/bericht_sturen.html", context)


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def conversation(request: PersonRequest, public_id: uuid.UUID) -> HttpResponse:
    """One participant and the trainers; both sides read and answer here."""
    registration = access.get_conversation(request.user, public_id)
    form = NoteForm(posted(request), initial={"note": uuid.uuid4()})
    if request.method == "POST" and form.is_valid():
        try:
            notes.write(
                registration,
                by=request.user,
                text=form.cleaned_data["text"],
                public_id=form.cleaned_data["note"],
            )
        except NoteRefused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("Je bericht is onderweg."))
            return redirect("notifications:conversation", public_id)
    is_participant = registration.person_id == request.user.pk
    session = registration.session
    if not is_participant:
        names_seen(session, by=request.user, count=1)
    context: dict[str, Any] = {
        "registration": registration,
        "session": session,
        "course": session.course,
        "trainers": session.course.trainer_rows.all(),
        "is_participant": is_participant,
        "notes": notes.conversation(registration),
        "open": registration.state in notes.MAY_ASK and not notes.is_closed(session),
        "form": form,
    }
    return render(request, "notifications/gesprek.html", context)
