# SPDX-License-Identifier: EUPL-1.2
"""«Wat levert het op?»: for a coordinator, about the own organisation alone."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import access, rules
from accounts.models import Organisation
from reach.domain import savings
from reach.forms_savings import SavingsForm
from reach.reader import Reader, read


@access.requires(rules.is_coordinator)
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """GET shows the sum and the amounts; POST keeps the amounts, or with ``wis`` forgets them."""
    reader = read(request)
    focus = reader.focus
    if focus is None:
        raise Http404
    row = savings.parameters_of(focus)
    if request.method == "POST":
        if "wis" in request.POST:
            savings.forget_parameters(focus, by=access.me(request))
            messages.success(
                request, _("De bedragen zijn gewist. We laten geen besparing meer zien.")
            )
            return redirect(_address(reader, focus))
        form = SavingsForm.of(row, request.POST)
        if form.is_valid():
            savings.set_parameters(focus, by=access.me(request), **form.cleaned_data)
            messages.success(request, _("De bedragen zijn bewaard."))
            return redirect(_address(reader, focus))
    else:
        form = SavingsForm.of(row)
    found = reader.shelf.read(reader.scope, tables=(), organisation=focus)
    context = {
        "reader": reader,
        "form": form,
        "parameters": row,
        "saved": savings.saved(found.own if found else {}, row),
        "updated_at": found.computed_at if found else None,
    }
    return render(request, "reach/besparing.html", context)


def _address(reader: Reader, focus: Organisation) -> str:
    query = urlencode({"editie": reader.scope.key, "organisatie": focus.slug})
    return f"{reverse('reach:savings')}?{query}"
