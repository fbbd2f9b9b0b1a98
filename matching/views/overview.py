# SPDX-License-Identifier: EUPL-1.2
"""«Kennisvragen»: the public list; titles and themes for everyone."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from courses.forms.learner import shown_unknown
from courses.models import Theme
from courses.views.who import person_of
from matching import wording
from matching.domain import queries
from matching.domain.queries import Filters

_MOST_ASKED = "meest"


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    themes = list(Theme.objects.all())
    filters, unknown = _filters(request, {theme.slug for theme in themes})
    person = person_of(request)
    rows = queries.requests_list(filters, person=person)
    page = Paginator(rows, queries.PER_PAGE).get_page(request.GET.get("page", 1))
    for row in page.object_list:
        row.pill = wording.PILL[row.state]  # type: ignore[attr-defined]
    context = {
        "filters": filters,
        "unknown": shown_unknown(unknown),
        "themes": themes,
        "shown": [
            {"value": queries.OPEN, "label": _("Nog niet gepland")},
            {"value": queries.PLANNED, "label": _("Gepland of geweest")},
            {"value": queries.ALL, "label": _("Alles")},
        ],
        "page_obj": page,
        "total": page.paginator.count,
        "narrowed": bool(filters.query or filters.theme or filters.shown != queries.OPEN),
    }
    part = "#resultaten" if request.htmx else ""  # type: ignore[attr-defined]
    response = render(request, f"matching/kennisvragen.html{part}", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _filters(request: HttpRequest, slugs: set[str]) -> tuple[Filters, tuple[str, ...]]:
    """What is asked for, and the values that mean nothing here: those are left out."""
    allowed = {"thema": slugs, "toon": set(queries.SHOWN), "sorteer": {_MOST_ASKED}}
    asked = {name: request.GET.get(name, "") for name in allowed}
    known = {name: text if text in allowed[name] else "" for name, text in asked.items()}
    filters = Filters(
        query=request.GET.get("q", "")[:200].replace("\0", ""),
        theme=known["thema"],
        shown=known["toon"] or queries.OPEN,
        most_asked=known["sorteer"] == _MOST_ASKED,
    )
    return filters, tuple(text for name, text in asked.items() if text and not known[name])
