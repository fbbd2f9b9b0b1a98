# SPDX-License-Identifier: EUPL-1.2
"""'Download mijn gegevens' and 'Verwijder mijn account'."""

import json

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import me
from accounts.domain import signin
from accounts.errors import PersonRefused
from base import clock
from notifications.domain import erasing
from tjc.pages.my_data_rows import copy_of


@never_cache
@login_required
@require_safe
def download(request: HttpRequest) -> HttpResponse:
    text = json.dumps(copy_of(me(request)), ensure_ascii=False, indent=2)
    name = f"trainjecollega-mijn-gegevens-{clock.today().isoformat()}.json"
    return HttpResponse(
        text,
        content_type="application/json; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest) -> HttpResponse:
    """GET asks, POST does."""
    person = me(request)
    if request.method == "POST":
        try:
            erasing.erase(person)
        except PersonRefused as refused:
            messages.error(request, refused.sentence)
            return redirect("pages:erase-account")
        signin.sign_out(request)
        messages.success(
            request, _("Je account is verwijderd. Dank dat je meedeed. Je bent altijd weer welkom.")
        )
        return redirect("courses:catalogue")
    context = {"person": person, "found": erasing.consequences(person)}
    return render(request, "pages/account_verwijderen.html", context)
