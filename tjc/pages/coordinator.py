# SPDX-License-Identifier: EUPL-1.2
"""A coordinator's colleagues and courses: the own organisations, and nothing of another one."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts import access, rules
from accounts.domain import audit
from base import clock
from reach.access import coordinated
from tjc.pages import coordinator_rows as rows

PER_PAGE = 25
LONGEST_QUERY = 100


@access.requires(rules.coordinates)
@require_safe
def front(request: HttpRequest) -> HttpResponse:
    return redirect("reach:coordinator")


def words_of(request: HttpRequest) -> str:
    """Without NUL, which PostgreSQL does not take."""
    return " ".join(request.GET.get("q", "")[:LONGEST_QUERY].replace("\0", "").split())


@access.requires(rules.is_coordinator)
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Colleagues by name, which the audit trail remembers: who looked, at how many."""
    person = access.me(request)
    own = coordinated(person)
    sort = request.GET.get("sorteer", "naam")
    sort = sort if sort in rows.SORTS else "naam"
    words = words_of(request)
    found = rows.people([row.pk for row in own], words=words, sort=sort)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    shown = rows.colleagues(page.object_list, at=clock.now())
    audit.record(
        "people.viewed",
        actor=person,
        organisation=own[0] if len(own) == 1 else None,
        count=len(shown),
    )
    context = {
        "own": own,
        "page_obj": page,
        "colleagues": shown,
        "total": page.paginator.count,
        "words": words,
        "sort": sort,
        "sorts": [(key, label) for key, (label, _order) in rows.SORTS.items()],
    }
    return render(request, "pages/coordinatie/collegas.html", context)


@access.requires(rules.is_coordinator)
@require_safe
def courses(request: HttpRequest) -> HttpResponse:
    """What the own organisations teach. Participants are counts here, of whatever organisation."""
    own = coordinated(access.me(request))
    words = words_of(request)
    found = rows.hosted_courses([row.pk for row in own], words=words)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "own": own,
        "page_obj": page,
        "courses": rows.hosted(page.object_list, at=clock.now()),
        "total": page.paginator.count,
        "words": words,
    }
    return render(request, "pages/coordinatie/cursussen.html", context)
