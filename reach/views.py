# SPDX-License-Identifier: EUPL-1.2
"""What it brought about: for everybody, and for coordinators. Nobody sees another organisation's people."""

from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import access, rules
from accounts.domain import audit
from reach import charts, charts_flow, charts_map, exporters, tasks, wording
from reach.domain import parts
from reach.domain.figures import EXPLANATIONS
from reach.domain.report import LARGEST_ORGANISATIONS, Report, report
from reach.domain.tables import table
from reach.reader import Reader, choices, chosen, read


@require_safe
def public(request: HttpRequest) -> HttpResponse:
    """For everybody: the same figures as coordinators have, without an organisation of one's own."""
    reader = read(request, public=True)
    shown = report(reader.scope, shelf=reader.shelf, group=reader.group)
    return render(request, "reach/bereik.html", _context(reader, shown) | {"public": True})


@access.requires(rules.coordinates)
@require_safe
def coordinator(request: HttpRequest) -> HttpResponse:
    reader = read(request)
    shown = report(
        reader.scope, own=reader.own, focus=reader.focus, shelf=reader.shelf, group=reader.group
    )
    context = _context(reader, shown)
    if shown.own is not None:
        context["own_headline"] = wording.own_headline(shown.own)
        context["own_facts"] = wording.own_facts(shown.own)
        context["hidden_teachers"] = wording.hidden_in_words(shown.own.teachers)
    return render(request, "reach/bereik.html", context)


@require_safe
def method(request: HttpRequest) -> HttpResponse:
    """How small groups are protected, in plain words; docs/privacy-figures.md is the long story."""
    return render(request, "reach/methode.html")


def _context(reader: Reader, shown: Report) -> dict[str, Any]:
    offered = choices(shown)
    choice, refused = chosen(reader, offered)
    notices = [*reader.notices, *filter(None, [refused])]
    if reader.focus is not None and shown.own is None and shown.updated_at is not None:
        tasks.ask_own_figures()
        notices.append(
            _(
                "De cijfers van %(organisation)s worden gemaakt. Kijk over een paar minuten nog eens."
            )
            % {"organisation": reader.focus.name}
        )
    return {
        "reader": reader,
        "report": shown,
        "notices": notices,
        "choices": offered,
        "choice": choice,
        "choice_flows": [
            flow
            for flow in shown.flows
            if choice is not None
            and choice.value.startswith(f"{parts.LAYERS}:")
            and choice.bar.key in flow.key
        ],
        "choice_streams": shown.streams
        if choice is not None and choice.value.startswith(f"{parts.ORGANISATIONS}:")
        else [],
        "title": wording.title(shown),
        "tiles": wording.tiles(shown),
        "more_tiles": wording.more_tiles(shown),
        "definitions": wording.definitions(),
        "layers_headline": wording.layers_headline(shown),
        "flow_headline": wording.flow_headline(shown),
        "flow_chart": charts_flow.sankey(shown.flows),
        "flow_bars": charts_flow.bars(shown.flows),
        "streams_headline": wording.streams_headline(shown),
        "map_headline": wording.map_headline(shown),
        "map_chart": charts_map.provinces(shown.provinces),
        "map_legend": charts_map.legend(shown.provinces),
        "themes_headline": wording.themes_headline(shown),
        "days_headline": wording.days_headline(shown),
        "days_in_words": wording.days_in_words(shown),
        "days_chart": charts.columns(shown.days),
        "hours_headline": wording.hours_headline(shown),
        "hours_in_words": wording.hours_in_words(shown),
        "hours_chart": charts.columns(shown.hours_of_day),
        "week_headline": wording.week_headline(shown),
        "week_chart": charts.grid(shown.week) if shown.week is not None else "",
        "waiting_facts": wording.waiting_facts(shown),
        "questions_headline": wording.questions_headline(shown),
        "questions_facts": wording.questions_facts(shown),
        "organisations": shown.top_organisations[:LARGEST_ORGANISATIONS],
        "explain": EXPLANATIONS,
    }


@access.requires(rules.is_coordinator)
@require_safe
def download(request: HttpRequest) -> HttpResponse:
    """The registrations of the own organisation, by name. Who took them along is in the audit trail."""
    person, reader = access.me(request), read(request)
    if reader.focus is None or reader.notices:
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
