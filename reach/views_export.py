# SPDX-License-Identifier: EUPL-1.2
"""Figures to take along: what is small comes at once, what is big is made by a worker and kept for a day."""

import tempfile
import uuid
from typing import IO, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.core.files import File
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from accounts import access, rules
from accounts.domain import audit
from accounts.models import Organisation
from courses.views.personal import posted
from notifications import tokens
from reach import documents, exporters
from reach.access import coordinated, export_job
from reach.domain import export_jobs, monthly, offered
from reach.domain.scopes import Scope, choose
from reach.forms_export import ExportForm, MonthlyForm
from reach.models import ExportJob

#: Of one person on the page.
RECENT = 10


@never_cache
@access.requires(rules.coordinates)
@require_http_methods(["GET", "HEAD", "POST"])
def exports(request: HttpRequest) -> HttpResponse:
    """Choose a table; the answer to the POST is the file, or the page of the job that makes it."""
    person = access.me(request)
    own, periods = coordinated(person), offered.periods()
    offers, initial = offered.offers(national=not own), _initial(request, periods, own)
    form = ExportForm(
        posted(request),
        offered=offers,
        periods=periods,
        own=own,
        initial=initial,
    )
    if request.method == "POST" and form.is_valid():
        rows = offered.size(form.cleaned_data["tabel"], form.scope, form.organisation)
        if rows <= export_jobs.AT_ONCE:
            return _at_once(request, form)
        job = export_jobs.ask(
            by=person,
            table=form.cleaned_data["tabel"],
            kind=form.cleaned_data["formaat"],
            delimiter=form.delimiter,
            scope=form.scope,
            organisation=form.organisation,
            language=(get_language() or "nl")[:2],
            rows=rows,
        )
        return redirect(job)
    recent = ExportJob.objects.filter(person=person).select_related("organisation")[:RECENT]
    jobs = [described(job) for job in recent]
    context = {
        "form": form,
        "offers": offers,
        "jobs": jobs,
        "has_pdf": documents.is_available(),
        "pdf_query": urlencode(
            {name: initial[name] for name in ("editie", "organisatie") if initial[name]}
        ),
    }
    return render(request, "reach/downloads.html", context)


def _initial(request: HttpRequest, periods: list[Scope], own: list[Organisation]) -> dict[str, str]:
    """What the address asks for, as the monthly mail does; a wrong value is simply not chosen."""
    found = {name: request.GET.get(name, "") for name in ("tabel", "formaat", "organisatie")}
    found["formaat"] = found["formaat"] or "ods"
    keys = {scope.key for scope in periods}
    asked = request.GET.get("editie", "")
    # An organisation that is not theirs stays out of links too.
    if found["organisatie"] not in {organisation.slug for organisation in own}:
        found["organisatie"] = ""
    return found | {"editie": asked if asked in keys else choose(periods, "").key}


def _at_once(request: HttpRequest, form: ExportForm) -> HttpResponse:
    name, kind, scope = form.cleaned_data["tabel"], form.cleaned_data["formaat"], form.scope
    organisation = form.organisation
    content = offered.table(name, scope, organisation)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    rows = exporters.write(
        kind,
        file,
        content.header,
        content.rows,
        title=offered.title(name),
        about=offered.explained(name, scope, organisation),
        delimiter=form.delimiter,
    )
    audit.record(
        "reach.exported",
        actor=access.me(request),
        organisation=organisation,
        table=name,
        scope=scope.key,
        rows=rows,
    )
    file.seek(0)
    return _file(file, export_jobs.file_name(name, scope.key, kind, organisation), kind)


def _file(file: "IO[bytes] | File[bytes]", name: str, kind: str) -> HttpResponse:
    response = FileResponse(
        file,
        as_attachment=True,
        filename=name,
        content_type=exporters.FORMATS[kind].content_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    return cast("HttpResponse", response)  # Django serves a stream in the same way


def described(job: ExportJob) -> dict[str, object]:
    """A job with the words of the page."""
    offer = offered.OFFERS.get(job.table)
    found = exporters.FORMATS.get(job.format)
    return {
        "job": job,
        "what": offer.label if offer else job.table,
        "format": found.label if found else job.format,
    }


@never_cache
@access.requires(rules.coordinates)
@require_safe
def export(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """How far it is, and the file when it is there. With ``?deel=voortgang`` only that part."""
    context = described(export_job(request, public_id))
    template = "reach/download.html"
    if request.GET.get("deel") == "voortgang":
        template += "#voortgang"
    return render(request, template, context)


@never_cache
@access.requires(rules.coordinates)
@require_safe
def export_file(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    job = export_job(request, public_id)
    if not job.is_here:
        raise Http404
    try:
        file = job.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    audit.record(
        "reach.exported",
        actor=access.me(request),
        subject=job,
        organisation=job.organisation,
        table=job.table,
        scope=job.scope,
        rows=job.rows_done,
    )
    name = export_jobs.file_name(job.table, job.scope, job.format, job.organisation)
    return _file(file, name, job.format)


@never_cache
@access.requires(rules.coordinates)
@require_http_methods(["GET", "HEAD", "POST"])
def monthly_mail(request: HttpRequest) -> HttpResponse:
    """Switch the monthly mail on or off, for each organisation that this person coordinates."""
    person = access.me(request)
    own = coordinated(person)
    asked = request.GET.get("organisatie", "")
    organisation = next((row for row in own if row.slug == asked), own[0] if own else None)
    if asked and (organisation is None or organisation.slug != asked):
        raise Http404
    offers = offered.offers(national=not own)
    row = monthly.chosen(person, organisation)
    initial = {
        "aan": row is not None,
        "tabel": row.table if row else next((offer.key for offer in offers), ""),
        "formaat": row.format if row else "ods",
    }
    form = MonthlyForm(posted(request), offered=offers, initial=initial)
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["aan"]:
            monthly.switch_on(
                by=person,
                organisation=organisation,
                table=form.cleaned_data["tabel"],
                kind=form.cleaned_data["formaat"],
            )
            messages.success(request, _("De maandelijkse mail staat aan."))
        else:
            monthly.switch_off(by=person, organisation=organisation)
            messages.success(request, _("De maandelijkse mail staat uit."))
        return redirect(request.get_full_path())
    context = {"form": form, "own": own, "organisation": organisation}
    return render(request, "reach/maandelijks.html", context)


@csrf_exempt  # RFC 8058: a mail program sends this POST, without cookies; the token is the key
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop_monthly(request: HttpRequest, token: str) -> HttpResponse:
    """The link in the mail shows a button; the button, or the mail program's own, switches the mail off."""
    public_id = tokens.monthly_to_stop(token)
    if public_id is None:
        return render(request, "courses/dode_link.html", status=404)
    row = monthly.told_of(public_id)
    if row is not None and request.method == "POST":
        monthly.stop(row)
        row = None
    return render(request, "reach/maandmail_uit.html", {"row": row})
