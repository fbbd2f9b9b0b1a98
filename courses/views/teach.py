# SPDX-License-Identifier: EUPL-1.2
"""«Geef een cursus»: one form, saved as you go, published in one go.

The page chooses the id of the draft before anything exists. Looking creates nothing; the first save does, and
the same form sent twice is the same draft.
"""

import datetime as dt
import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Person
from base import clock
from base.templatetags.dates import duration, short_day, time_of
from courses import access
from courses.domain import teaching
from courses.domain.overview import teaching_of
from courses.domain.plain_language import hints
from courses.errors import ChangeRefused
from courses.forms.fields import MINUTES
from courses.forms.trainer import TeachForm, typed_in
from courses.models import Course
from courses.views.personal import PersonRequest, personal

_ELSEWHERE = "form:has([name=format]:not([value=online]):checked)"
#: Which fields the card on the right repeats while one types (base/components/card.html).
MIRROR = {
    "title": "#id_title",
    "when": "#id_day, #id_time, #id_minutes",
    "where": f"#id_format, {_ELSEWHERE} #id_place, {_ELSEWHERE} #id_city",
    "theme_label": "#id_theme",
}


@never_cache
@require_safe
def teach(request: HttpRequest) -> HttpResponse:
    """An empty form, or how to sign in first."""
    person = request.user
    if not isinstance(person, Person):
        return render(request, "courses/geef_een_cursus_start.html")
    if person.organisation is None:
        return render(request, "courses/geef_een_cursus_start.html", {"no_organisation": True})
    if not person.name:  # it stands on every card
        return redirect(reverse("accounts:me", query={"next": request.path}))
    drafts = teaching_of(person).drafts
    return _page(request, person, uuid.uuid4(), TeachForm(), typed={}, drafts=drafts)


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def teach_edit(request: PersonRequest, public_id: uuid.UUID) -> HttpResponse:
    person = request.user
    course = access.get_draft_of(person, public_id)
    if course is not None and course.status != Course.Status.DRAFT:
        if request.method == "POST" and course.status == Course.Status.PUBLISHED:
            return redirect("courses:teach-published", public_id)  # the button twice
        return redirect("courses:manage", public_id)
    if request.method != "POST":
        if course is None:
            raise Http404
        return _page(
            request, person, public_id, TeachForm(initial=course.draft), typed=course.draft
        )
    return _save(request, person, public_id)


def _save(request: PersonRequest, person: Person, public_id: uuid.UUID) -> HttpResponse:
    """Keep everything first, so that a refusal loses nothing; then publish when that was asked."""
    typed = typed_in(TeachForm, request.POST)
    form = TeachForm(request.POST)
    try:
        course = teaching.keep_draft(public_id, by=person, typed=typed)
        if "bewaar" in request.POST:
            messages.success(request, _("Bewaard. Je vindt je cursus hier terug als concept."))
            return redirect("courses:my-courses")
        if form.is_valid():
            teaching.publish_draft(
                course, by=person, text=form.text(), place=form.place_typed(), **form.moment()
            )
            return redirect("courses:teach-published", public_id)
    except ChangeRefused as error:
        if error.code == "published":
            return redirect("courses:teach-published", public_id)
        form.refuse(error)
    return _page(request, person, public_id, form, typed=typed)


@never_cache
@require_POST
def teach_save(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Save as you go: answers ``message``, the address at which the draft can be opened again, and hints
    for plain language by field."""
    person = request.user
    if not isinstance(person, Person):
        return JsonResponse(
            {"message": _("Niet bewaard: je bent uitgelogd. Log opnieuw in.")}, status=403
        )
    access.get_draft_of(person, public_id)
    typed = typed_in(TeachForm, request.POST)
    try:
        teaching.keep_draft(public_id, by=person, typed=typed)
    except ChangeRefused as error:
        return JsonResponse({"message": error.sentence}, status=409)
    return JsonResponse(
        {
            "message": _("Bewaard om %(time)s") % {"time": time_of(clock.now())},
            "url": reverse("courses:teach-edit", args=[public_id]),
            "hints": hints(typed),
        }
    )


@personal
@require_safe
def teach_published(request: PersonRequest, public_id: uuid.UUID) -> HttpResponse:
    course = access.get_draft_of(request.user, public_id)
    if course is None:
        raise Http404
    if course.status != Course.Status.PUBLISHED:
        return redirect("courses:teach-edit", public_id)
    context = {
        "course": course,
        "session": course.sessions.upcoming(clock.now()).with_card().first(),
        "share_url": request.build_absolute_uri(course.get_absolute_url()),
    }
    return render(request, "courses/cursus_gepubliceerd.html", context)


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def teach_discard(request: PersonRequest, public_id: uuid.UUID) -> HttpResponse:
    course = access.get_draft_of(request.user, public_id)
    if course is None:
        raise Http404
    if course.status != Course.Status.DRAFT:
        return redirect("courses:manage", public_id)
    if request.method == "POST":
        teaching.discard_draft(course, by=request.user)
        messages.success(request, _("Je concept is weg."))
        return redirect("courses:my-courses")
    context = {
        "title": _("Gooi je concept weg"),
        "lead": _("“%(title)s” verdwijnt. Je kunt dit niet terugdraaien.")
        % {"title": course.title or _("Zonder titel")},
        "button": _("Gooi weg"),
        "back": reverse("courses:teach-edit", args=[public_id]),
    }
    return render(request, "courses/bevestig.html", context)


def _page(
    request: HttpRequest,
    person: Person,
    public_id: uuid.UUID,
    form: TeachForm,
    *,
    typed: dict[str, str],
    drafts: list[Course] | None = None,
) -> HttpResponse:
    context = {
        "form": form,
        "public_id": public_id,
        "preview": _preview(person, form, typed),
        "details_open": form.details_open or _has_details(form, typed),
        "drafts": drafts or [],
        "tips": hints(typed),
    }
    return render(request, "courses/geef_een_cursus.html", context)


def _has_details(form: TeachForm, typed: dict[str, str]) -> bool:
    return any(
        typed.get(name) and typed[name] != form.fields[name].initial for name in form.DETAILS
    )


def _preview(person: Person, form: TeachForm, typed: dict[str, str]) -> dict[str, Any]:
    """The card as it will be, from what is typed so far."""
    themes = form.fields["theme"].queryset  # type: ignore[attr-defined]
    theme = next((row for row in themes if row.slug == typed.get("theme")), None)
    return {
        "theme_label": theme.name if theme else _("Onderwerp"),
        "theme_tint": theme.tint if theme else "gesprek",
        "theme_icon": theme.icon if theme else "sparkles",
        "status_kind": "new",
        "status_text": _("Net toegevoegd"),
        "title": typed.get("title", "")[:120] or _("De titel van je cursus"),
        "when": _when(typed) or _("Dag en tijd"),
        "where": _where(form, typed),
        "where_icon": "map-pin" if typed.get("format") == "on_site" else "monitor",
        "person_name": person.name,
        "person_org": person.organisation.name if person.organisation else "",
        "mirror": MIRROR,
    }


def _when(typed: dict[str, str]) -> str:
    try:
        day = short_day(dt.date.fromisoformat(typed.get("day", "")))
    except ValueError:
        return ""
    length = next((duration(n) for n in MINUTES if str(n) == typed.get("minutes")), "")
    return ", ".join(part for part in (day, typed.get("time", "")[:5], length) if part)


def _where(form: TeachForm, typed: dict[str, str]) -> str:
    labels = dict(form.fields["format"].choices)  # type: ignore[attr-defined]
    return str(labels.get(typed.get("format"), labels["online"]))
