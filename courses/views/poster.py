# SPDX-License-Identifier: EUPL-1.2
"""A poster of one course for the wall of the canteen: one A4, with a QR code to the course's page."""

import segno
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from base import clock
from courses import cards
from courses.domain import queries
from courses.models import Course

DATES_SHOWN = 3
#: Letters from which a title gets smaller, so that the poster stays one A4.
LONG_TITLE = 60


@require_safe
def poster(request: HttpRequest, slug: str) -> HttpResponse:
    course = queries.course_for(slug, None)
    if course is None or course.status != Course.Status.PUBLISHED:
        raise Http404
    sessions = list(
        course.sessions.upcoming(clock.now())
        .for_everyone(clock.now())
        .select_related("location")
        .order_by("starts_at", "pk")[: DATES_SHOWN + 1]
    )
    long = len(course.title) > LONG_TITLE
    shown = DATES_SHOWN - long
    address = f"{settings.BASE_URL}{course.get_absolute_url()}"
    context = {
        "course": course,
        "theme_icon": cards.known_icon(course.theme.icon) if course.theme else "",
        "dates": [
            {
                "session": session,
                "where": cards.where_short(session),
                "icon": cards.where_icon(session),
            }
            for session in sessions[:shown]
        ],
        "more": len(sessions) > shown,
        "trainers": course.trainer_rows.all(),
        "long": long,
        "qr": _qr(address),
        "address": address.partition("://")[2].rstrip("/"),
    }
    return render(request, "courses/poster.html", context)


def _qr(address: str) -> SafeString:
    """Inline SVG without styles, in the colour of the text; quiet zone as the standard asks (4 modules)."""
    code = segno.make(address, error="m", micro=False)
    svg = code.svg_inline(border=4, dark="#06332f", light="#fff", omitsize=True, svgclass="qr")
    return mark_safe(svg)  # noqa: S308 - made by segno from our own address
