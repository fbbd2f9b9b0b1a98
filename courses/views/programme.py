# SPDX-License-Identifier: EUPL-1.2
"""The programme: a week as a table, a day as a list."""

import datetime as dt
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from base import clock
from courses import cards
from courses.domain import programme as domain
from courses.models import Edition, Session
from courses.views.who import person_of


@require_safe
def week(request: HttpRequest, day: str = "") -> HttpResponse:
    """The TJC-week of now or soon; with a day, that day of it."""
    on = _date(day) if day else None
    edition = domain.edition_of_week(on)
    if edition is None and on is not None:
        raise Http404
    if edition is None:
        return render(request, "courses/programma_leeg.html", {"edition": None})
    return _programme(request, edition, on)


@require_safe
def edition(request: HttpRequest, slug: str) -> HttpResponse:
    """Any edition under its own name; ``?dag=`` one day of it."""
    found = Edition.objects.filter(slug=slug).first()
    if found is None:
        raise Http404
    asked = request.GET.get("dag", "")
    on = _date(asked) if asked else None
    if on is not None and not found.starts_on <= on <= found.ends_on:
        raise Http404
    return _programme(request, found, on)


@require_safe
def day(request: HttpRequest, day: str) -> HttpResponse:
    """The TJC-dag on that date."""
    on = _date(day)
    found = Edition.objects.filter(kind=Edition.Kind.DAY, starts_on=on).first()
    if found is None:
        raise Http404
    return _programme(request, found, None)


def _date(text: str) -> dt.date:
    """Raises Http404 for anything but a date as 2026-10-13."""
    try:
        return dt.datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=dt.UTC).date()
    except ValueError:
        raise Http404 from None


def _programme(request: HttpRequest, edition: Edition, on: dt.date | None) -> HttpResponse:
    if not edition.programme_is_public:
        return render(request, "courses/programma_leeg.html", {"edition": edition})
    single = edition.starts_on == edition.ends_on
    asked: dict[str, Any] = {
        "theme": request.GET.get("thema", "")[:60].replace("\x00", ""),
        "only_mine": request.GET.get("mijn") == "1",
    }
    in_full = edition.starts_on if single else on
    found = domain.programme(edition, person_of(request), day=in_full, **asked)
    listed = in_full or _day_to_show(found)
    context = {
        "edition": edition,
        "programme": found,
        "single": single,
        "whole": on is None and not single,
        "theme": asked["theme"],
        "only_mine": asked["only_mine"],
        "days": [_day(edition, day, found, shown=listed) for day in edition.days],
        "rows": [_row(found, time) for time in found.times],
        "listed": listed,
        "list": [_cell(found, listed, time) for time, _slot in found.on(listed)],
        "grid_number": sum(slot.number for slot in found.slots.values()),
    }
    return render(request, "courses/programma.html", context)


def _day_to_show(found: domain.Programme) -> dt.date:
    """On a phone: today during the week, before it the first day with something on."""
    today = clock.today()
    if today in found.days:
        return today
    return next((day for day in found.days if found.number_on(day)), found.days[0])


def day_url(edition: Edition, day: dt.date) -> str:
    if edition.kind == Edition.Kind.WEEK:
        return reverse("courses:tjc-week", args=[day.isoformat()])
    return (
        f"{reverse('courses:edition', args=[edition.slug])}?{urlencode({'dag': day.isoformat()})}"
    )


def _day(
    edition: Edition, day: dt.date, found: domain.Programme, *, shown: dt.date
) -> dict[str, Any]:
    return {
        "date": day,
        "url": day_url(edition, day),
        "number": found.number_on(day),
        "current": day == shown,
        "today": day == clock.today(),
    }


def _row(found: domain.Programme, time: dt.time) -> dict[str, Any]:
    return {
        "time": time,
        "lunch": time == found.lunch,
        "cells": [_cell(found, day, time) for day in found.days],
    }


def _cell(found: domain.Programme, day: dt.date, time: dt.time) -> dict[str, Any]:
    slot = found.slots.get((day, time), domain.Slot())
    more = ""
    if slot.more:
        more = _("Nog %(number)d om %(time)s") % {"number": slot.more, "time": f"{time:%H:%M}"}
    return {
        "time": f"{time:%H:%M}",
        "anchor": f"t{time:%H%M}",
        "lessons": [_lesson(session) for session in slot.sessions],
        "printed": [_lesson(session) for session in slot.printed],
        "more": more,
        "more_url": f"{day_url(found.edition, day)}#t{time:%H%M}" if more else "",
    }


def _lesson(session: Session) -> dict[str, Any]:
    course, location = session.course, session.location
    moment = urlencode({"moment": str(session.public_id)})
    place = (location.city or location.name) if session.is_on_site and location else ""
    return {
        "title": course.title,
        "lang": course.language,
        "url": f"{course.get_absolute_url()}?{moment}",
        "where": place or cards.where_short(session),
        "tint": course.theme.tint if course.theme else "recht",
        "mine": session.is_mine,  # type: ignore[attr-defined]
    }
