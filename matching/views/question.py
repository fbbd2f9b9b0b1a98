# SPDX-License-Identifier: EUPL-1.2
"""One question: title and theme for everyone, text and asker for colleagues, its next step for the asker."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Person
from base import clock
from base.refusal import told
from courses.views.personal import PersonRequest, personal
from courses.views.who import person_of
from matching import access, rules, shortlist, wording
from matching.domain import alike, company, matches, queries, requests
from matching.errors import MatchingError
from matching.models import Call, KnowledgeRequest, Match, TrainerProfile

State = KnowledgeRequest.State


@never_cache
@require_safe
def question(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    row = access.get_request(public_id)
    person = person_of(request)
    context: dict[str, Any] = {
        "row": row,
        "pill": wording.PILL[row.state],
        "support_text": wording.support_text(row.supporters) if row.supporters else "",  # type: ignore[attr-defined]
        "reads": rules.reads_request(person, row),
        "is_asker": rules.is_asker(person, row),
        "seeks": queries.is_seeking(row),
    }
    if context["is_asker"]:
        assert person is not None
        return _for_asker(request, row, context)
    if context["reads"]:
        assert person is not None
        context |= _for_colleague(row, person)
    else:
        context["sign_in"] = f"{reverse('accounts:signin')}?next={request.path}"
    return render(request, "matching/kennisvraag.html", context)


def _for_colleague(row: KnowledgeRequest, person: Person) -> dict[str, Any]:
    mine = row.matches.filter(trainer=person).exclude(state=Match.State.SUGGESTED)
    return {
        "facts": wording.facts(row),
        "supports": row.supports.filter(person=person).exists(),
        # Who said no may think better of it: then there is nothing to answer, but help to offer.
        "my_match": mine.exclude(state__in=(Match.State.DECLINED, Match.State.WITHDRAWN))
        .order_by("-updated_at")
        .first(),
        "in_pool": TrainerProfile.objects.filter(person=person)
        .exclude(state=TrainerProfile.State.WITHDRAWN)
        .exists(),
    }


def _for_asker(
    request: HttpRequest, row: KnowledgeRequest, context: dict[str, Any]
) -> HttpResponse:
    context |= {
        "facts": wording.facts(row),
        "steps": wording.steps(),
        "step": wording.STEP.get(row.state),
    }
    live = list(
        row.matches.filter(state__in=(Match.State.ASKED, Match.State.ACCEPTED))
        .select_related("trainer__organisation")
        .prefetch_related("options")
    )
    context["asked"] = next((m for m in live if m.state == Match.State.ASKED), None)
    context["accepted"] = next((m for m in live if m.state == Match.State.ACCEPTED), None)
    if context["accepted"] is None:
        context["accepted"] = (
            row.matches.filter(state=Match.State.DONE)
            .select_related("trainer__organisation")
            .first()
        )
    context["late"] = context["asked"] is not None and (
        context["asked"].answer_due_at <= clock.now()
    )
    if row.state == State.ACCEPTED and context["accepted"] is not None:
        offered = list(context["accepted"].options.all())
        context["options"] = [o for o in offered if o.starts_at > clock.now()]
        context["all_passed"] = bool(offered) and not context["options"]
    if row.state == State.PLANNED:
        context["seat"] = company.seat_of(row)
        context["hosts"] = company.hosts(row)
        context["chose"] = company.chose_the_date(row)
    if row.state in {State.OPEN, State.PROPOSED} or context["late"]:
        context["shortlist"] = shortlist.of(row)
        context["calls"] = set(row.calls.values_list("kind", flat=True))
        context["may_call"] = row.state in {State.OPEN, State.PROPOSED}
    if request.htmx and "shortlist" in context:  # type: ignore[attr-defined]
        found = context["shortlist"]
        if found.waiting or (found.late and "laat" in request.GET):
            return HttpResponse(status=204)  # nothing new: the page stays as it is and asks again
    if "shortlist" in context:
        context["alike"] = alike.alike(row.text, person=request.user, but=row.pk, wait=0.0)  # type: ignore[arg-type]
    if request.htmx and "shortlist" in context:  # type: ignore[attr-defined]
        return render(request, "matching/delen/kandidaten.html#kandidaten", context)
    return render(request, "matching/mijn_kennisvraag.html", context)


@personal
@require_POST
def support(request: PersonRequest, public_id: uuid.UUID) -> HttpResponse:
    """«Ik ook», or not any more."""
    row = access.get_request(public_id)
    if not rules.supports_request(request.user, row):
        raise PermissionDenied
    if "niet" in request.POST:
        requests.stop_supporting(row, person=request.user)
        messages.success(request, _("Je doet niet meer mee met deze vraag."))
        return redirect("matching:request", public_id)
    done = _(
        "Je vraagt hetzelfde. Komt er een bijeenkomst? Dan krijg je als eerste een plek aangeboden."
    )
    with told(request, done):
        requests.support(row, person=request.user)
    return redirect("matching:request", public_id)


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: PersonRequest, public_id: uuid.UUID) -> HttpResponse:
    row = access.get_request_for_asker(request.user, public_id)
    if request.method == "POST":
        with told(request, _("Je vraag is gesloten.")):
            requests.close(row, by=request.user)
        return redirect("matching:request", public_id)
    context = {
        "title": _("Sluit je vraag"),
        "lead": _(
            "We zoeken dan geen collega meer voor “%(title)s”. Je kunt hem later weer openen."
        )
        % {"title": row.title},
        "button": _("Sluit mijn vraag"),
        "back": row.get_absolute_url(),
    }
    return render(request, "courses/bevestig.html", context)


@personal
@require_POST
def keep_open(request: PersonRequest, public_id: uuid.UUID) -> HttpResponse:
    """«Ja, ik zoek nog»: also opens a question that closed."""
    row = access.get_request_for_asker(request.user, public_id)
    with told(request, _("Je vraag staat open. We zoeken verder.")):
        requests.keep_open(row, by=request.user)
    return redirect("matching:request", public_id)


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def offer_help(request: PersonRequest, public_id: uuid.UUID) -> HttpResponse:
    """«Dit kan ik je leren»: a colleague offers help; without a profile that comes first."""
    row = access.get_request(public_id)
    if not rules.supports_request(request.user, row):
        raise PermissionDenied
    if request.method == "POST":
        try:
            matches.offer_help(row, trainer=request.user, text=request.POST.get("text", "")[:500])
        except MatchingError as error:
            messages.error(request, error.sentence)
            if error.code == "not_in_pool":
                return redirect("matching:profile")
        else:
            messages.success(request, _("Dank je. Je collega krijgt bericht dat jij wilt helpen."))
        return redirect("matching:request", public_id)
    context = {
        "title": _("Help deze collega"),
        "lead": _("We laten weten dat jij “%(title)s” wilt beantwoorden. Je collega kiest.")
        % {"title": row.title},
        "button": _("Ik wil helpen"),
        "back": row.get_absolute_url(),
    }
    return render(request, "courses/bevestig.html", context)


@personal
@require_POST
def call(request: PersonRequest, public_id: uuid.UUID) -> HttpResponse:
    """«Doe een oproep» or «Vraag het coördinatoren», when nobody in the pool fits."""
    from matching.domain import nobody

    row = access.get_request_for_asker(request.user, public_id)
    kind = request.POST.get("soort", "")
    if kind in Call.Kind.values:
        try:
            made = nobody.call(row, kind=kind, by=request.user)
        except MatchingError as error:
            messages.error(request, error.sentence)
        else:
            messages.success(
                request,
                _("We vragen het aan %(number)d mensen. Weet iemand raad? Dan mailen we je.")
                % {"number": made.receivers},
            )
    return redirect("matching:request", public_id)
