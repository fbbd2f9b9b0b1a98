# SPDX-License-Identifier: EUPL-1.2
"""Who a session made from a question is for, and how long it is theirs first."""

import datetime as dt

from django.db.models import Q

from accounts.models import Person
from base import clock
from courses.models import Session
from matching.models import KnowledgeRequest

#: Who asked and who said "ik ook" get the first choice of seats for so long.
HEAD_START = dt.timedelta(days=3)


def is_guest(session: Session, person: Person) -> bool:
    """Asked the question, said "ik ook", or works where it was asked (``SESSION_GUESTS``)."""
    asked = Q(asker=person) | Q(supports__person=person)
    if person.organisation_id is not None and person.organisation_confirmed:
        asked |= Q(organisation=person.organisation_id)
    # A circle stays for who asked, also when the asker seeks on.
    made_for = Q(session=session) | Q(circle__course=session.course_id)
    return KnowledgeRequest.objects.filter(asked, made_for).exists()


def head_start(request: KnowledgeRequest, starts_at: dt.datetime) -> dt.datetime | None:
    """Until when the seats are theirs: for good, or for the head start; halfway when it begins sooner than that."""
    if not request.open_to_others:
        return None
    now = clock.now()
    return min(now + HEAD_START, now + (starts_at - now) / 2)
