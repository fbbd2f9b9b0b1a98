# SPDX-License-Identifier: EUPL-1.2
"""«Ken jij een collega die ...?», and the page behind the link in the nominee's mail."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from courses.views.personal import PersonRequest, personal, posted
from courses.views.who import person_of
from matching.domain import nominations
from matching.errors import MatchingError
from matching.forms.question import NominateForm
from matching.models import KnowledgeRequest, Nomination
from matching.tokens import nomination_to_answer


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def nominate(request: PersonRequest) -> HttpResponse:
    """For a question (``?vraag=``), a theme, or just because."""
    row = _question(request.GET.get("vraag", ""))
    theme = row.theme.slug if row is not None and row.theme else ""
    form = NominateForm(posted(request), initial={"theme": theme})
    if request.method == "POST" and form.is_valid():
        try:
            nominations.nominate(by=request.user, request=row, **form.cleaned_data)
        except MatchingError as error:
            form.refuse(error)
        else:
            messages.success(
                request, _("Dank je. We vragen je collega of die in de trainerpool wil.")
            )
            return redirect(row.get_absolute_url() if row else "matching:requests")
    return render(request, "matching/voordracht.html", {"form": form, "row": row})


def _question(public_id: str) -> KnowledgeRequest | None:
    try:
        wanted = uuid.UUID(public_id)
    except ValueError:
        return None
    return KnowledgeRequest.objects.select_related("theme").filter(public_id=wanted).first()


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Two buttons; GET changes nothing, for mail scanners open every link."""
    row = nomination_to_answer(token)
    if row is None:
        return render(request, "courses/dode_link.html", status=404)
    said = request.POST.get("antwoord")
    if request.method == "POST" and said in {"ja", "nee"}:
        try:
            row = nominations.answer(row, yes=said == "ja", person=person_of(request))
        except MatchingError as error:
            messages.error(request, error.sentence)
        else:
            if row.state == Nomination.State.ACCEPTED:
                messages.success(
                    request,
                    _("Fijn dat je wilt helpen. Vertel nu wat collega’s van je kunnen leren."),
                )
                return redirect("matching:profile")
    context = {"nomination": row, "open": row.state == Nomination.State.SENT}
    return render(request, "matching/voordracht_antwoord.html", context)
