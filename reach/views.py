# SPDX-License-Identifier: EUPL-1.2
"""What it brought about, for coordinators. The national coordinator sees the whole and no organisation."""

import dataclasses
from typing import cast

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from accounts import access, rules
from accounts.domain import audit
from accounts.models import Organisation, Person
from base import clock
from courses.models import Edition
from reach import charts, exporters, wording
from reach.domain.figures import EXPLANATIONS
from reach.domain.report import report
from reach.domain.scopes import Scope, UnknownScope, choose, scopes
from reach.domain.tables import table


@dataclasses.dataclass(frozen=True)
class Reader:
    """Who looks, at which period, and through the eyes of which of the own organisations."""

    offered: list[Scope]
    scope: Scope
    own: list[Organisation]
    focus: Organisation | None


@access.requires(rules.coordinates)
@require_safe
def coordinator(request: HttpRequest) -> HttpResponse:
    reader = _reader(request)
    shown = report(reader.scope, own=reader.own, focus=reader.focus)
    context = {
        "reader": reader,
        "report": shown,
        "tiles": wording.tiles(shown),
        "more_tiles": wording.more_tiles(shown),
        "definitions": wording.definitions(),
        "layers_headline": wording.layers_headline(shown),
        "hidden_layers": wording.hidden_in_words(shown.layers),
        "hidden_flows": wording.hidden_flows(shown),
        "days_headline": wording.days_headline(shown),
        "days_in_words": wording.days_in_words(shown),
        "days_chart": charts.columns(shown.days),
        "explain": EXPLANATIONS,
        "updated_at": clock.now(),
    }
    if shown.own is not None:
        context["own_headline"] = wording.own_headline(shown.own)
        context["own_facts"] = wording.own_facts(shown.own)
        context["hidden_teachers"] = wording.hidden_in_words(shown.own.teachers)
    return render(request, "reach/coordinator.html", context)


@access.requires(rules.is_coordinator)
@require_safe
def download(request: HttpRequest) -> HttpResponse:
    """The registrations of the own organisation, by name. Who took them along is in the audit trail."""
    person, reader = access.me(request), _reader(request)
    if reader.focus is None:
        raise Http404
    audit.record(
        "reach.exported",
        actor=person,
        organisation=reader.focus,
        table="registrations",
        scope=reader.scope.key,
    )
    content = table("registrations", scope=reader.scope, organisation=reader.focus)
    delimiter = ";" if request.GET.get("teken") == ";" else ","
    response = StreamingHttpResponse(
        exporters.as_csv(content.header, content.rows, delimiter=delimiter),
        content_type="text/csv; charset=utf-8",
    )
    name = slugify(f"aanmeldingen {reader.focus.name} {reader.scope.key}")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response["Cache-Control"] = "no-store"
    return cast("HttpResponse", response)  # Django serves a stream in the same way


def _reader(request: HttpRequest) -> Reader:
    """Raises Http404 for a period or organisation that this reader does not have."""
    offered = scopes(Edition.objects.all())
    try:
        scope = choose(offered, request.GET.get("editie", ""))
    except UnknownScope:
        raise Http404 from None
    own = own_organisations(access.me(request))
    asked = request.GET.get("organisatie", "")
    if not asked:
        return Reader(offered, scope, own, own[0] if own else None)
    for organisation in own:
        if organisation.slug == asked:
            return Reader(offered, scope, own, organisation)
    raise Http404


def own_organisations(person: Person) -> list[Organisation]:
    """Those this person coordinates, by name. No query for who coordinates none."""
    ids = rules.coordinated_organisation_ids(person)
    return list(Organisation.objects.filter(pk__in=ids).order_by("name")) if ids else []
