# SPDX-License-Identifier: EUPL-1.2
"""How much to make, whether that can be, and whether this database is the place for it."""

import dataclasses
import uuid
from random import Random

from accounts.models import AuditEvent, Person
from courses.models import Course

#: Every address of seed ends in it; RFC 2606 keeps ``.example`` free of real servers.
DOMAIN = "zaad.example"
LOADED = "seed.loaded"
SEED = 20110


class SeedRefused(Exception):
    """The text is the sentence for whoever asked."""


@dataclasses.dataclass(frozen=True)
class Volume:
    people: int
    organisations: int
    courses: int
    sessions: int
    registrations: int
    trainers: int
    requests: int = 0

    def check(self) -> None:
        """Raises SeedRefused when these numbers cannot go together."""
        for name, number in dataclasses.asdict(self).items():
            if number < 0:
                raise SeedRefused(f"--{name} {number} kan niet: geef nul of meer.")
        if self.trainers > self.people:
            raise SeedRefused(
                f"--trainers {self.trainers} kan niet: er zijn maar {self.people} mensen."
            )
        for what, needs in (
            ("people", "organisations"),
            ("courses", "trainers"),
            ("trainers", "courses"),
            ("sessions", "courses"),
            ("registrations", "sessions"),
            ("requests", "people"),
        ):
            if getattr(self, what) and not getattr(self, needs):
                raise SeedRefused(
                    f"--{what} {getattr(self, what)} kan niet zonder --{needs}: geef minstens 1."
                )
        # Nobody goes to the own course, nor twice to the same session.
        most = self.sessions * max(0, self.people - self.most_trainers_of_a_course)
        if self.registrations > most:
            raise SeedRefused(
                f"--registrations {self.registrations} kan niet: {self.people} mensen passen hooguit "
                f"{most} keer in {self.sessions} bijeenkomsten."
            )

    @property
    def most_trainers_of_a_course(self) -> int:
        """The lead, who co-teaches because every course has a lead, or one who helps out."""
        if not self.courses:
            return 0
        return -(-self.trainers // self.courses) + int(1 < self.trainers <= self.courses)


def is_foreign() -> bool:
    """Whether the database holds people or courses that seed did not make."""
    others = Person.objects.exclude(email__endswith=f".{DOMAIN}")
    return others.exists() or Course.objects.exclude(slug__startswith="zaad-").exists()


def next_run() -> int:
    """1 for the first time in this database; it is part of every slug and address."""
    return AuditEvent.objects.filter(verb=LOADED).count() + 1


class Dice(Random):
    """Chance that falls the same way every time."""

    def public_id(self) -> uuid.UUID:
        return uuid.UUID(int=self.getrandbits(128), version=4)

    def chance(self, share: float) -> bool:
        return self.random() < share
