# SPDX-License-Identifier: EUPL-1.2
"""The report on paper: what the page shows, as PDF."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import access, rules
from reach import documents
from reach.documents.content import content
from reach.domain.report import report
from reach.reader import read


@never_cache
@access.requires(rules.coordinates)
@require_safe
def report_pdf(request: HttpRequest) -> HttpResponse:
    """``?soort=volledig`` is all of it, else one page. Only figures, no names: a GET is enough."""
    reader = read(request)
    if reader.notices:  # a period that is not there: paper has no place to say so
        raise Http404
    short = request.GET.get("soort") != "volledig"
    shown = report(reader.scope, own=reader.own, focus=reader.focus, shelf=reader.shelf)
    name = reader.focus.name if reader.focus else ""
    try:
        made = documents.pdf(content(shown, short=short, organisation=name))
    except documents.DocumentsMissing:
        return render(request, "reach/geen_pdf.html", {"reader": reader}, status=503)
    response = HttpResponse(made, content_type="application/pdf")
    file = slugify(f"bereik {name} {reader.scope.key} {'' if short else 'volledig'}")
    response["Content-Disposition"] = f'attachment; filename="{file}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
