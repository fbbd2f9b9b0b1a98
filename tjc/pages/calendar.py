# SPDX-License-Identifier: EUPL-1.2
"""'Zet de cursus zelf in je agenda': a file for who missed the invitation.

It carries the UID of the invitation, so that a calendar that gets both keeps one. It has no METHOD and no
attendee: it is a note in one's own calendar, not a question from an organiser.
"""

import datetime as dt
import uuid

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from icalendar import Calendar, Event

from base import clock
from courses.domain import queries
from courses.domain.queries import TAKES_PART
from courses.models import Registration
from courses.views.who import person_of
from notifications.itip import calendar, vtimezone
from notifications.itip.facts import Facts
from notifications.models import Invitation


@never_cache
@login_required
@require_safe
def calendar_file(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    person = person_of(request)
    assert person is not None
    registration = queries.registration_of(person, public_id)
    if registration is None or registration.state not in TAKES_PART:
        raise Http404
    address = request.build_absolute_uri(registration.session.course.get_absolute_url())
    response = HttpResponse(
        _octets(registration, address), content_type="text/calendar; charset=utf-8"
    )
    response["Content-Disposition"] = 'attachment; filename="trainjecollega.ics"'
    return response


def _octets(registration: Registration, address: str) -> bytes:
    facts = Facts.of(registration.session)
    invitation = registration.invitations.filter(state=Invitation.State.ACTIVE).first()
    event = Event()
    event.add("uid", invitation.uid if invitation else f"{registration.public_id}@trainjecollega")
    event.add("sequence", invitation.sequence if invitation else 0)
    event.add("dtstamp", clock.now().astimezone(dt.UTC).replace(microsecond=0))
    event.add("dtstart", clock.local(facts.start))
    event.add("dtend", clock.local(facts.end))
    event.add("summary", facts.title)
    event.add("location", facts.location)
    event.add("description", "\n".join(part for part in (facts.title, facts.link, address) if part))
    event.add("url", address)
    event.add("transp", "OPAQUE")
    part = Calendar()
    part.add("version", "2.0")
    part.add("prodid", calendar.PRODID)
    part.add("calscale", "GREGORIAN")
    part.add_component(event)
    octets: bytes = part.to_ical(sorted=False)
    before, begin, after = octets.partition(b"BEGIN:VEVENT\r\n")
    return before + vtimezone.OCTETS + begin + after
