# SPDX-License-Identifier: EUPL-1.2
"""Search and filter: one address for the page and for its results alone (htmx)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from django.views.decorators.http import require_safe

from base.shared_page import shared_page
from base.templatetags.taal import in_taal
from courses.cards import card
from courses.domain import catalogue as domain
from courses.forms.learner import filters_from, shown_unknown, sorts_for
from courses.structured import organisation_data

_SORTS = {
    domain.BEST: later("Past het best"),
    domain.SOONEST: later("Eerst aan de beurt"),
    domain.POPULAR: later("Meest gekozen"),
}


@shared_page
@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    found = domain.catalogue(filters_from(request.GET), request.GET.get("page", 1))
    context = {
        "filters": found.filters,
        "groups": _groups(found),
        "unknown": shown_unknown(found.filters.unknown),
        "page_obj": found.page,
        "total": found.total,
        "cards": [
            card(course, course.next_session, trainer=course.trainer_name or "")  # type: ignore[attr-defined]
            for course in found.page.object_list
        ],
        "found": found.found,
        "sorts": [
            {"value": value, "label": _SORTS[value]} for value in sorts_for(found.filters.query)
        ],
        "usual_sort": sorts_for(found.filters.query)[0],
        "organisation_data": organisation_data(),
        "fragment": bool(request.htmx),  # type: ignore[attr-defined]
    }
    part = "#resultaten" if context["fragment"] else ""
    response = render(request, f"courses/catalogus.html{part}", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _groups(found: domain.Catalogue) -> list[dict[str, Any]]:
    """The filters as the panel shows them."""
    asked, counts = found.filters, found.counts

    def option(value: str, label: str, chosen: tuple[str, ...]) -> dict[str, Any]:
        return {
            "value": value,
            "label": label,
            "count": counts["vrij" if value == "1" else value],
            "checked": value in chosen,
        }

    return [
        {
            "legend": _("Onderwerp"),
            "name": "thema",
            "options": [
                {
                    "value": theme.slug,
                    "label": in_taal(theme.name, "nl"),
                    "count": theme.number,  # type: ignore[attr-defined]
                    "checked": theme.slug in asked.themes,
                }
                for theme in found.themes
            ],
        },
        {
            "legend": _("Waar"),
            "name": "waar",
            "options": [
                option(domain.ONLINE, _("Online"), asked.where),
                option(domain.ON_SITE, _("Op locatie"), asked.where),
            ],
        },
        {
            "legend": _("Wanneer"),
            "name": "wanneer",
            "options": [
                option(domain.WEEK, _("In de TJC-week"), asked.when),
                option(domain.MONTH, _("Deze maand"), asked.when),
                option(domain.ALL_YEAR, _("Doorlopend"), asked.when),
            ],
        },
        {
            "legend": _("Plek"),
            "name": "vrij",
            "options": [
                option("1", _("Alleen met vrije plek"), ("1",) if asked.free else ()),
            ],
        },
    ]
