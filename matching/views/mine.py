# SPDX-License-Identifier: EUPL-1.2
"""«Mijn vragen»: what I asked, what I ask along with, and what was asked of me."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from courses.views.personal import PersonRequest, personal
from matching import wording
from matching.domain import queries
from matching.models import Match

#: Of each kind; older ones are in the list of questions.
_MOST = 50


@personal
@require_safe
def mine(request: PersonRequest) -> HttpResponse:
    person = request.user
    asked = list(queries.asked_by(person)[:_MOST])
    supported = list(queries.supported_by(person)[:_MOST])
    for row in (*asked, *supported):
        row.pill = wording.PILL[row.state]  # type: ignore[attr-defined]
    came = list(queries.asked_of(person)[:_MOST])
    context = {
        "asked": asked,
        "supported": supported,
        "waiting": [match for match in came if match.state == Match.State.ASKED],
        "helping": [match for match in came if match.state == Match.State.ACCEPTED],
        "earlier": [
            match for match in came if match.state not in {Match.State.ASKED, Match.State.ACCEPTED}
        ],
    }
    return render(request, "matching/mijn_vragen.html", context)
