# SPDX-License-Identifier: EUPL-1.2
"""What an invitation says about a session: the part that makes a new mail necessary when it changes."""

import datetime as dt
import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any, Self

from base import clock
from courses.models import Edition, Session
from notifications.mail.headers import one_line


@dataclass(frozen=True, slots=True)
class Facts:
    """Instants are aware UTC. ``place`` is the building and room, empty for online only."""

    start: dt.datetime
    end: dt.datetime
    place: str
    link: str
    title: str
    #: A TJC-dag as a whole: start is its midnight on the Dutch clock, end that of its last day.
    all_day: bool = False

    @classmethod
    def of(cls, session: Session) -> Self:
        """Reads session.course and session.location."""
        place = str(session.location) if session.is_on_site and session.location else ""
        return cls(
            start=session.starts_at.astimezone(dt.UTC),
            end=session.ends_at.astimezone(dt.UTC),
            place=one_line(place),
            link=one_line(session.online_url) if session.is_online else "",
            title=one_line(session.course.title),
        )

    @classmethod
    def of_day(cls, edition: Edition) -> Self:
        first, last = (
            clock.from_wall_time(day, dt.time(0)) for day in (edition.starts_on, edition.ends_on)
        )
        return cls(
            start=first, end=last, place="", link="", title=one_line(edition.name), all_day=True
        )

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        return cls(
            start=dt.datetime.fromisoformat(stored["start"]),
            end=dt.datetime.fromisoformat(stored["end"]),
            place=stored["place"],
            link=stored["link"],
            title=stored["title"],
            all_day=stored.get("all_day", False),
        )

    def to_json(self) -> dict[str, Any]:
        stored = asdict(self) | {"start": self.start.isoformat(), "end": self.end.isoformat()}
        if not self.all_day:
            del stored["all_day"]
        return stored

    @property
    def hash(self) -> str:
        canonical = json.dumps(self.to_json(), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()

    @property
    def location(self) -> str:
        """LOCATION; empty for a whole day. Else: 'zaal / https://…', so that the link shows in the calendar's own list."""
        if self.all_day:
            return ""
        parts = (self.place, "" if self.place else "Online", self.link)
        return " / ".join(part for part in parts if part) if self.place or self.link else "Online"
