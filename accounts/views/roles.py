# SPDX-License-Identifier: EUPL-1.2
"""Asking to coordinate an organisation, and what coordinators decide about."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import access, rules
from accounts.domain import audit, people, queries, roles
from accounts.errors import AccountsError
from accounts.forms import AccessForm, DecisionForm
from accounts.models import AccessRequest
from accounts.views.mine import found_organisations

PER_PAGE = 50


@access.requires(rules.is_verified)
@require_http_methods(["GET", "HEAD", "POST"])
def request_access(request: HttpRequest) -> HttpResponse:
    person = access.me(request)
    waiting = list(
        AccessRequest.objects.filter(person=person, status=AccessRequest.Status.OPEN)
        .select_related("organisation")
        .order_by("created_at")
    )
    asked = {row.organisation for row in waiting}
    own = person.organisation if person.organisation not in asked else None
    search, choices, _named = found_organisations(request, [own] if own else [])
    form = AccessForm(
        request.POST if request.method == "POST" else None,
        choices=choices,
        initial={"organisation": str(choices[0].public_id)} if len(choices) == 1 else None,
    )
    if form.is_bound and form.is_valid() and (chosen := form.chosen()) is not None:
        try:
            roles.request_access(
                person, organisation=chosen, motivation=form.cleaned_data["motivation"]
            )
        except AccountsError as refused:
            form.add_error(None, refused.sentence)
        else:
            messages.success(
                request, _("Je aanvraag is verstuurd. Je krijgt mail over het besluit.")
            )
            return redirect("accounts:request-access")
    context = {
        "form": form if choices else None,
        "search": search,
        "waiting": waiting,
        "has_errors": bool(search.errors),
    }
    return render(request, "accounts/request_access.html", context)


@access.requires(rules.coordinates)
@require_GET
def access_requests(request: HttpRequest) -> HttpResponse:
    person = access.me(request)
    rows = queries.open_access_requests(person)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    if page.object_list:
        audit.record("people.listed", actor=person, list="access", count=len(page.object_list))
    return render(request, "accounts/access_requests.html", {"page_obj": page})


@access.requires(rules.coordinates)
@require_POST
def decide_access(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    row = access.access_request(request, public_id)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    try:
        roles.decide_access(row, by=access.me(request), granted=form.yes())
    except AccountsError as refused:
        messages.error(request, refused.sentence)
    else:
        sentence = (
            _("%(name)s is nu coördinator van %(organisation)s.")
            if form.yes()
            else _("De aanvraag van %(name)s voor %(organisation)s is afgewezen.")
        )
        messages.success(request, sentence % {"name": row.person, "organisation": row.organisation})
    return redirect("accounts:access")


@access.requires(rules.coordinates)
@require_GET
def confirm_people(request: HttpRequest) -> HttpResponse:
    person = access.me(request)
    rows = queries.people_to_confirm(person)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    if page.object_list:
        audit.record("people.listed", actor=person, list="to_confirm", count=len(page.object_list))
    return render(request, "accounts/confirm_people.html", {"page_obj": page})


@access.requires(rules.coordinates)
@require_POST
def confirm_person(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    colleague = access.colleague_to_confirm(request, public_id)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    names = {"name": colleague, "organisation": colleague.organisation}
    try:
        if form.yes():
            people.confirm_organisation(colleague, by=access.me(request))
            messages.success(request, _("%(name)s werkt bij %(organisation)s.") % names)
        else:
            people.reject_organisation(colleague, by=access.me(request))
            messages.success(request, _("%(name)s werkt niet bij %(organisation)s.") % names)
    except AccountsError as refused:
        messages.error(request, refused.sentence)
    return redirect("accounts:confirm-people")
