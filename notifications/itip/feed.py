# SPDX-License-Identifier: EUPL-1.2
"""A calendar to subscribe to (RFC 5545, RFC 7986; calendar.md section 2, column feed).

No METHOD, ORGANIZER or ATTENDEE: it is a list, not a question. Another UID than the invitations have. The
same rows always give the same octets.
"""

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from django.conf import settings
from icalendar import Calendar, Event

from courses.models import Session
from notifications.itip import vtimezone
from notifications.itip.calendar import PRODID, text
from notifications.itip.facts import Facts
from notifications.mail import links

_ZONE = ZoneInfo(vtimezone.TZID)
_REFRESH = "PT6H"


def build(name: str, sessions: Sequence[Session], *, with_link: bool) -> bytes:
    """ICalendar octets. ``with_link``: the online address, for who takes part. Reads course and location."""
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODID)
    calendar.add("calscale", "GREGORIAN")
    calendar.add("name", text(name))
    calendar.add("x-wr-calname", text(name))
    calendar.add("x-wr-timezone", vtimezone.TZID)
    calendar.add("refresh-interval", dt.timedelta(hours=6), {"VALUE": "DURATION"})
    calendar.add("x-published-ttl", _REFRESH)
    head: bytes = calendar.to_ical(sorted=False)
    head = head.removesuffix(b"END:VCALENDAR\r\n")
    events = b"".join(_event(row, with_link=with_link) for row in sessions)
    return head + vtimezone.OCTETS + events + b"END:VCALENDAR\r\n"


def _event(session: Session, *, with_link: bool) -> bytes:
    facts = Facts.of(session)
    cancelled = session.status == Session.Status.CANCELLED
    url = links.course(session.course)
    place = facts.place or "Online"
    lines = [facts.title, session.course.promise]
    if with_link and facts.link:
        lines.append(facts.link)
        place = facts.location
    event = Event()
    event.add(
        "uid", f"bijeenkomst-{session.public_id.hex}@{settings.INVITE_FROM.rpartition('@')[2]}"
    )
    event.add("sequence", session.revision)
    event.add("dtstamp", session.updated_at.astimezone(dt.UTC).replace(microsecond=0))
    event.add("dtstart", facts.start.astimezone(_ZONE))
    event.add("dtend", facts.end.astimezone(_ZONE))
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("summary", text(facts.title))
    event.add("location", text(place))
    event.add("description", text("\n".join(part for part in (*lines, url) if part)))
    event.add("url", url)
    event.add("transp", "TRANSPARENT" if cancelled else "OPAQUE")
    octets: bytes = event.to_ical(sorted=False)
    return octets
