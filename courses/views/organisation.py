# SPDX-License-Identifier: EUPL-1.2
"""The public page of an organisation: what its people teach."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.models import Organisation
from courses.cards import card
from courses.domain import hosts
from courses.views.who import person_of


@require_safe
def organisation(request: HttpRequest, slug: str) -> HttpResponse:
    found = (
        Organisation.objects.select_related("successor").filter(slug=slug, confirmed=True).first()
    )
    if found is None:
        raise Http404
    if found.successor is not None:
        return redirect("courses:organisation", found.successor.slug)
    person = person_of(request)
    works_here = (
        person is not None and person.organisation_id == found.pk and person.organisation_confirmed
    )
    courses = hosts.courses_of(found)
    context = {
        "organisation": found,
        "cards": [
            card(course, course.next_session, trainer=course.trainer_name or "")  # type: ignore[attr-defined]
            for course in courses.coming
        ],
        "without_date": courses.without_date,
        "more": courses.more,
        "trainers": hosts.trainers_of(found),
        "works_here": works_here,
        "coordinators": hosts.coordinators_of(found) if works_here else [],
    }
    return render(request, "courses/organisatie.html", context)
