# SPDX-License-Identifier: EUPL-1.2
"""What an invitation says about a session: the part that makes a new mail necessary when it changes."""

import datetime as dt
import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any, Self

from courses.models import Session
from notifications.mail.headers import one_line


@dataclass(frozen=True, slots=True)
class Facts:
    """Instants are aware UTC. ``place`` is the building and room, empty for online only."""

    start: dt.datetime
    end: dt.datetime
    place: str
    link: str
    title: str

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
    def from_json(cls, stored: dict[str, Any]) -> Self:
        return cls(
            start=dt.datetime.fromisoformat(stored["start"]),
            end=dt.datetime.fromisoformat(stored["end"]),
            place=stored["place"],
            link=stored["link"],
            title=stored["title"],
        )

    def to_json(self) -> dict[str, str]:
        return asdict(self) | {"start": self.start.isoformat(), "end": self.end.isoformat()}

    @property
    def hash(self) -> str:
        canonical = json.dumps(self.to_json(), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()

    @property
    def location(self) -> str:
        """LOCATION: 'zaal / https://…', so that the link shows in the calendar's own list."""
        parts = (self.place, "" if self.place else "Online", self.link)
        return " / ".join(part for part in parts if part) if self.place or self.link else "Online"
