# SPDX-License-Identifier: EUPL-1.2
"""Rounds of matching: what came out, and the national coordinator's buttons."""

import logging
import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import access
from accounts.domain import audit
from base import clock
from courses.models import Edition
from matching import round_wording as wording
from matching import rules, tasks
from matching.domain import round_reading as reading
from matching.domain import rounds
from matching.errors import RoundRefused
from matching.models import MatchRun

logger = logging.getLogger(__name__)

PER_PAGE = 25


@access.requires(rules.coordinates)
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The latest round in short, and those before."""
    reader = reading.Reader.of(access.me(request))
    found = rounds.recent()
    finished = [run for run in found if run.figures]
    context = {
        "reader": reader,
        "running": next((run for run in found if run.is_running), None),
        "latest": finished[0] if finished else None,
        "headline": wording.headline(finished[0]) if finished else _("Koppelrondes"),
        "rounds": [(run, wording.left(run.figures), wording.share(run.figures)) for run in found],
        "editions": Edition.objects.filter(ends_on__gte=clock.today()) if reader.sees_all else [],
    }
    return render(request, "matching/rondes.html", context)


@access.requires(rules.coordinates)
@require_safe
def detail(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    reader = reading.Reader.of(access.me(request))
    run = _run(public_id)
    if run.is_running or request.GET.get("deel") == "voortgang":
        return _progress(request, run)
    before = rounds.before(run)
    page = _page(request, reading.matched(run, reader), "pagina")
    left = _page(request, reading.unmatched(run, reader), "zonder")
    shown = reading.rows(page.object_list, reader)
    audit.record(
        "round.viewed",
        actor=reader.person,
        subject=run,
        count=sum(row.trainer is not None for row in shown),
    )
    figures: dict[str, Any] = run.figures
    context = {
        "reader": reader,
        "run": run,
        "before": before,
        "headline": wording.headline(run),
        "tiles": wording.tiles(figures, before.figures if before else None),
        "bars": wording.load_bars(figures),
        "load_headline": wording.load_headline(figures),
        "loads": reading.loads(run, reader),
        "bundled": "" if run.by_words else wording.bundled(figures),
        "dropped": wording.dropped(figures),
        "organisations": reading.per_organisation(run, reader),
        "page": page,
        "rows": shown,
        "left_page": left,
        "left": [(row, wording.why(row)) for row in left.object_list],
    }
    return render(request, "matching/ronde.html", context)


def _progress(request: HttpRequest, run: MatchRun) -> HttpResponse:
    """The bar of a round that runs; htmx asks for it alone, and loads the whole page when it is over."""
    only_bar = request.GET.get("deel") == "voortgang" and getattr(request, "htmx", False)
    if only_bar and not run.is_running:
        answer = HttpResponse(status=204)
        answer["HX-Refresh"] = "true"
    else:
        template = "matching/ronde_bezig.html" + ("#voortgang" if only_bar else "")
        answer = render(request, template, {"run": run})
    patch_vary_headers(answer, ["HX-Request"])
    return answer


def _run(public_id: uuid.UUID) -> MatchRun:
    return get_object_or_404(
        MatchRun.objects.select_related("edition", "started_by", "released_by"),
        public_id=public_id,
    )


def _page(request: HttpRequest, rows: Any, name: str) -> Any:
    return Paginator(rows, PER_PAGE).get_page(request.GET.get(name))


@access.requires(rules.runs_rounds)
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    slug = request.POST.get("editie", "")
    edition = get_object_or_404(Edition, slug=slug, ends_on__gte=clock.today()) if slug else None
    try:
        run = rounds.start(kind=MatchRun.Kind.BUTTON, edition=edition, by=access.me(request))
    except RoundRefused as refused:
        messages.error(request, refused.sentence)
        return redirect("rounds:overview")
    if not _queue(tasks.carry_out_round, run):
        rounds.fail(run, "no broker")
        messages.error(request, _("De koppelronde kon niet beginnen. Probeer het zo nog eens."))
        return redirect("rounds:overview")
    return redirect("rounds:round", run.public_id)


@access.requires(rules.runs_rounds)
@require_POST
def release(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    try:
        run = rounds.release(_run(public_id), by=access.me(request))
    except RoundRefused as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, _("De trainers krijgen nu hun vraag."))
        _queue(tasks.ask_released_round, run)
    return redirect("rounds:round", public_id)


@access.requires(rules.runs_rounds)
@require_POST
def discard(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    try:
        rounds.discard(_run(public_id), by=access.me(request))
    except RoundRefused as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, _("De voorstellen zijn weg. Er is niemand gevraagd."))
    return redirect("rounds:round", public_id)


def _queue(task: Any, run: MatchRun) -> bool:
    """No transaction is open here. Without a broker, beat's sweep goes on with a release."""
    try:
        task.apply_async((run.pk,), retry=False)
    except Exception as error:  # noqa: BLE001 - whatever the broker throws, the row is safe
        logger.warning("no nudge for round %s: %s", run.public_id, error)
        return False
    return True
