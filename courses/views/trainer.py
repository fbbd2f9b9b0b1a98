# SPDX-License-Identifier: EUPL-1.2
"""The public page of a trainer: name, organisation, courses. Nothing else is known here."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import Person
from courses.cards import card
from courses.domain import queries


@require_safe
def trainer(request: HttpRequest, slug: str) -> HttpResponse:
    person = Person.objects.select_related("organisation").filter(slug=slug, is_active=True).first()
    courses = queries.trainer_courses(person) if person else []
    if person is None or not courses:
        # Somebody who only has drafts is not a trainer yet, as far as others can tell.
        raise Http404
    current = [course for course in courses if course.status == course.Status.PUBLISHED]
    context = {
        "trainer": person,
        "cards": [
            card(course, course.next_session, trainer=person.name)  # type: ignore[attr-defined]
            for course in current
        ],
        "earlier": [course for course in courses if course not in current],
        "times": sum(course.times_given for course in courses),  # type: ignore[attr-defined]
    }
    return render(request, "courses/trainer.html", context)
