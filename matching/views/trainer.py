# SPDX-License-Identifier: EUPL-1.2
"""The trainer's own pages: profile, and questions that came."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from base import clock
from courses.views.personal import PersonRequest, personal, posted
from matching import access, wording
from matching.domain import company, matches, planning, profiles, queries
from matching.errors import MatchingError
from matching.forms.trainer import AnswerForm, DatesForm, PauseForm, ProfileForm, profile_of
from matching.models import KnowledgeRequest, Match, TrainerProfile


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: PersonRequest) -> HttpResponse:
    person = request.user
    mine = TrainerProfile.objects.filter(person=person).prefetch_related("themes").first()
    initial = (
        {}
        if request.method == "POST"
        else profile_of(
            person, mine, profiles.start_for(person) if mine is None else profiles.Start()
        )
    )
    form = ProfileForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            profiles.save_profile(person=person, **form.profile())
        except MatchingError as error:
            form.refuse(error)
        else:
            messages.success(
                request,
                _("Je staat in de trainerpool. Past er een vraag bij je? Dan mailen we je."),
            )
            return redirect("matching:profile")
    return _profile_page(request, form, PauseForm(), mine)


def _profile_page(
    request: PersonRequest, form: ProfileForm, pause_form: PauseForm, mine: TrainerProfile | None
) -> HttpResponse:
    context = {
        "form": form,
        "pause_form": pause_form,
        "profile": mine,
        "paused": mine is not None and mine.is_paused(clock.today()),
        "withdrawn": mine is not None and mine.state == TrainerProfile.State.WITHDRAWN,
        "prefilled": mine is None and bool(form.initial.get("headline")),
        "has_errors": form.is_bound and bool(form.errors or pause_form.errors),
    }
    return render(request, "matching/trainerprofiel.html", context)


@personal
@require_POST
def pause(request: PersonRequest) -> HttpResponse:
    """Pause until a day, or take up again."""
    mine = TrainerProfile.objects.filter(person=request.user).prefetch_related("themes").first()
    if mine is None:
        return redirect("matching:profile")
    if "verder" in request.POST:
        profiles.resume(mine, by=request.user)
        messages.success(request, _("Je bent er weer. Je krijgt weer vragen."))
        return redirect("matching:profile")
    form = PauseForm(request.POST)
    if form.is_valid():
        try:
            profiles.pause(mine, until=form.cleaned_data["until"], by=request.user)
        except MatchingError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Je hebt pauze. Je krijgt nu geen vragen."))
            return redirect("matching:profile")
    initial = profile_of(request.user, mine, profiles.Start())
    return _profile_page(request, ProfileForm(initial=initial), form, mine)


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: PersonRequest) -> HttpResponse:
    """Out of the pool."""
    mine = TrainerProfile.objects.filter(person=request.user).first()
    if mine is None:
        return redirect("matching:profile")
    if request.method == "POST":
        profiles.withdraw(mine, by=request.user)
        messages.success(
            request, _("Je staat niet meer in de trainerpool. Wat je schreef, is weg.")
        )
        return redirect("matching:profile")
    context = {
        "title": _("Stop met de trainerpool"),
        "lead": _("Je krijgt geen vragen meer en je tekst verdwijnt. Je cursussen blijven staan."),
        "button": _("Haal mij uit de trainerpool"),
        "back": reverse("matching:profile"),
    }
    return render(request, "courses/bevestig.html", context)


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: PersonRequest, public_id: uuid.UUID) -> HttpResponse:
    """A question that came: [Ik help je] or [Niet nu]; after yes, what follows."""
    match = access.get_match_for_trainer(request.user, public_id)
    form = AnswerForm(posted(request))
    if request.method == "POST" and form.is_valid():
        return _answered(request, match, form)
    return _answer_page(request, match, form)


def _answered(request: PersonRequest, match: Match, form: AnswerForm) -> HttpResponse:
    cleaned = form.cleaned_data
    try:
        if cleaned["answer"] == "ja":
            matches.say_yes(match, by=request.user, text=cleaned["text"])
            messages.success(
                request, _("Top! Noem nu één tot drie momenten. Je collega kiest er een.")
            )
            return redirect("matching:dates", match.public_id)
        matches.say_no(match, by=request.user, reason=cleaned["reason"], text=cleaned["text"])
        messages.success(request, _("Dank je voor je eerlijke antwoord. We zoeken verder."))
    except MatchingError as error:
        messages.error(request, error.sentence)
        return redirect("matching:answer", match.public_id)
    return redirect("matching:mine")


def _answer_page(request: PersonRequest, match: Match, form: AnswerForm) -> HttpResponse:
    row = match.request
    said_yes = match.state in {Match.State.ACCEPTED, Match.State.DONE}
    context: dict[str, Any] = {
        "match": match,
        "row": row,
        "form": form,
        "facts": wording.facts(row),
        "supporters": row.supports.count(),
        "also": company.together(row)[1:],
        "waits": match.state == Match.State.ASKED,
        "late": match.state == Match.State.EXPIRED and queries.is_seeking(row),
        "said_yes": said_yes,
        # Addresses go both ways on yes alone.
        "contact": row.asker if said_yes else None,
        "options": list(match.options.all()) if said_yes else [],
        "reads": match.state not in {Match.State.DECLINED, Match.State.WITHDRAWN},
    }
    return render(request, "matching/gevraagd.html", context)


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def dates(request: PersonRequest, public_id: uuid.UUID) -> HttpResponse:
    """«Prik een moment»: one to three dates for the asker to choose from."""
    match = access.get_match_for_trainer(request.user, public_id)
    if (
        match.state != Match.State.ACCEPTED
        or match.request.state != KnowledgeRequest.State.ACCEPTED
    ):
        return redirect("matching:answer", public_id)
    form = DatesForm(posted(request), initial=planning.start_for(match) | match.plan)
    if request.method == "POST" and form.is_valid():
        try:
            planning.offer_dates(match, by=request.user, plan=form.plan(), moments=form.moments())
        except MatchingError as error:
            form.refuse(error)
        else:
            messages.success(
                request,
                _("Je momenten zijn onderweg. Zodra je collega kiest, staat het in je agenda."),
            )
            return redirect("matching:answer", public_id)
    return render(
        request, "matching/momenten.html", {"match": match, "row": match.request, "form": form}
    )
