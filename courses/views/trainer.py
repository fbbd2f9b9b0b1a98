# SPDX-License-Identifier: EUPL-1.2
"""The public page of a trainer: name, organisation, courses, and figures that are about nobody else."""

from collections.abc import Sequence

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import localize
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.models import Person
from courses.cards import card
from courses.domain import queries
from courses.domain.evaluations import learners_reached
from courses.models import Course


@require_safe
def trainer(request: HttpRequest, slug: str) -> HttpResponse:
    person = Person.objects.select_related("organisation").filter(slug=slug, is_active=True).first()
    courses = queries.trainer_courses(person) if person else []
    profile = import_string(settings.TRAINER_PROFILE)(person) if person else None
    if person is None or not (courses or profile):
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
        "figures": _figures(person, courses),
        "languages": _languages(courses),
        "profile": profile,
    }
    return render(request, "courses/trainer.html", context)


def no_profile(person: Person) -> None:
    """The default of ``TRAINER_PROFILE``: without a room that keeps a pool, a trainer has courses alone."""


def _figures(person: Person, courses: Sequence[Course]) -> list[dict[str, str]]:
    """Tiles. The number of learners is rounded, and absent while it would be about a few people."""
    times = sum(course.times_given for course in courses)  # type: ignore[attr-defined]
    figures = []
    if times:
        label = ngettext("keer een cursus gegeven", "keer een cursus gegeven", times)
        figures.append({"value": localize(times), "label": label, "tint": "gesprek"})
        if learners := learners_reached(person):
            value = _("%(number)s of meer") % {"number": localize(learners)}
            label = _("collega’s leerden er iets van")
            figures.append({"value": value, "label": label, "tint": "gezond"})
    return figures


def _languages(courses: Sequence[Course]) -> str:
    """Only said when it is more, or other, than Dutch."""
    spoken = {course.language for course in courses}
    if spoken <= {"nl"}:
        return ""
    return _("Nederlands en Engels") if len(spoken) > 1 else _("Engels")
