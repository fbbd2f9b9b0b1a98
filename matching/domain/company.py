# SPDX-License-Identifier: EUPL-1.2
"""Questions that one session answers: a bundle of a round, and those who came along with it."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Person
from base import clock
from courses.models import Registration
from matching import signals
from matching.domain import requests, states
from matching.errors import RequestRefused
from matching.models import KnowledgeRequest, Match

State = KnowledgeRequest.State


def together(request: KnowledgeRequest) -> list[KnowledgeRequest]:
    """The question and those that a round bundled with it and that still wait for the same trainer."""
    rows = request.followers.filter(state__in=(State.OPEN, State.PROPOSED))
    return [request, *rows.select_related("organisation").order_by("pk")]


def seat_of(request: KnowledgeRequest) -> Registration | None:
    """The asker's place in the session that answers the question."""
    if request.session is None or request.asker_id is None:
        return None
    return (
        request.session.registrations.filter(person=request.asker_id)
        .exclude(state=Registration.State.CANCELLED)
        .first()
    )


def hosts(request: KnowledgeRequest) -> bool:
    """The asker started a circle with the question, and opens it."""
    circle = getattr(request, "circle", None)
    return circle is not None and circle.host_id == request.asker_id


def chose_the_date(request: KnowledgeRequest) -> bool:
    """The asker picked it, or hosts the circle: not somebody else for them."""
    return request.matches.filter(state=Match.State.ACCEPTED).exists() or hosts(request)


def seek_on(request: KnowledgeRequest, *, by: Person) -> KnowledgeRequest:
    """'Dit moment past mij niet': a question that came along with another is open again, for three months.

    Repeating it changes nothing. Raises RequestRefused for who chose the date or has a seat.
    """
    with transaction.atomic():
        current = states.lock(request)
        if current.state in {State.OPEN, State.PROPOSED}:
            return current
        if current.state != State.PLANNED or chose_the_date(current):
            raise RequestRefused(
                _("Je koos dit moment zelf. Meld je af bij de bijeenkomst als je niet kunt."),
                code="picked",
            )
        if seat_of(current) is not None:
            raise RequestRefused(
                _("Je doet al mee. Meld je eerst af bij de bijeenkomst."), code="has_seat"
            )
        current.session = current.course = current.follows = None
        current.closes_at, current.nudged_at = clock.now() + requests.OPEN_FOR, None
        states.settle(current, by=by)
        signals.request_changed.send(KnowledgeRequest, request=current)
    return current
