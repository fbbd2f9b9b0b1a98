# SPDX-License-Identifier: EUPL-1.2
"""Open data: the published tables at addresses that stay, with a description that catalogues harvest.

Everyone may read this, from any origin; an answer is the same for everybody and may be kept an hour.
"""

from functools import wraps
from typing import Any, cast

from django.db.models import Count, Max
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import condition, require_safe

from reach import dcat, exporters
from reach.domain import open_tables, published
from reach.models import ReachSnapshot

AN_HOUR = 3600
#: Raise it when columns or words change, so that caches notice.
EDITION = 1
KINDS = ("csv", "json")


def _state(request: HttpRequest, *args: Any, **kwargs: Any) -> str:
    """Changes when figures were computed anew. One query."""
    found = ReachSnapshot.objects.aggregate(at=Max("computed_at"), number=Count("pk"))
    at = found["at"].timestamp() if found["at"] else 0
    return f'"{EDITION}-{found["number"]}-{at:.0f}"'


def public_data(view: Any) -> Any:
    """GET only, with ETag, an hour in caches, readable from any origin."""

    @wraps(view)
    def shared(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = cast("HttpResponse", view(request, *args, **kwargs))
        response["Access-Control-Allow-Origin"] = "*"
        response["X-Content-Type-Options"] = "nosniff"
        patch_cache_control(response, public=True, max_age=AN_HOUR)
        return response

    return require_safe(condition(etag_func=_state)(shared))


@public_data
def table(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """One table of all periods. Raises Http404 for a table or kind of file that is not there."""
    found = open_tables.TABLES.get(slug)
    if found is None or kind not in KINDS:
        raise Http404
    content = open_tables.of_all_periods(found, published.shelf())
    lines = (
        exporters.as_csv(content.header, content.rows)
        if kind == "csv"
        else exporters.as_json(content.header, content.rows)
    )
    response = StreamingHttpResponse(lines, content_type=exporters.FORMATS[kind].content_type)
    response["Content-Disposition"] = f'inline; filename="bereik-{slug}.{kind}"'
    return cast("HttpResponse", response)  # Django serves a stream in the same way


@public_data
def catalogue(request: HttpRequest) -> HttpResponse:
    """DCAT-AP-NL 3.0 as JSON-LD."""
    latest = ReachSnapshot.objects.aggregate(at=Max("computed_at"))["at"]
    return JsonResponse(
        dcat.catalogue(modified=latest),
        content_type="application/ld+json",
        json_dumps_params={"ensure_ascii": False, "indent": 2},
    )


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """For people: what there is, how it was counted and what may be done with it."""
    context = {
        "tables": open_tables.TABLES.values(),
        "kinds": KINDS,
        "updated_at": ReachSnapshot.objects.aggregate(at=Max("computed_at"))["at"],
        "licence": dcat.LICENCE,
    }
    return render(request, "reach/open_data.html", context)
