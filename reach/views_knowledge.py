# SPDX-License-Identifier: EUPL-1.2
"""Knowledge capital: the own organisation by name, which the audit trail remembers, and the country in numbers."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts import access, rules
from accounts.domain import audit
from base import clock
from reach.access import coordinated
from reach.domain.knowledge import capital


@access.requires(rules.coordinates)
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Raises Http404 for an organisation that this reader does not have."""
    person = access.me(request)
    own = coordinated(person)
    asked = request.GET.get("organisatie", "")
    focus = next((o for o in own if not asked or o.slug == asked), None)
    if asked and focus is None:
        raise Http404
    found = capital(focus)
    if focus is not None:
        audit.record("reach.knowledge_viewed", actor=person, organisation=focus, count=found.named)
    context = {"own": own, "focus": focus, "capital": found, "updated_at": clock.now()}
    return render(request, "reach/kennis.html", context)


@access.requires(rules.coordinates)
@require_safe
def moved(request: HttpRequest) -> HttpResponse:
    """Where the page was: a director may have kept the address."""
    query = request.META.get("QUERY_STRING", "")
    where = reverse("reach:knowledge")
    return redirect(f"{where}?{query}" if query else where, permanent=True)
