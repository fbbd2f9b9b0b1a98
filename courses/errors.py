# SPDX-License-Identifier: EUPL-1.2
"""Why a change in this room did not happen, with the sentence that a person reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from base.refusal import Refusal

if TYPE_CHECKING:
    from courses.availability import Availability


class CourseError(Refusal):
    """Of courses, sessions and registrations."""


class SeatRefused(CourseError):
    """This person cannot take this seat now; ``availability`` holds the whole answer."""

    def __init__(self, availability: Availability) -> None:
        super().__init__(availability.sentence, code=availability.code)
        self.availability = availability


class HoldRefused(CourseError):
    """Too many unverified holds: the code comes first, then the seat. Nothing was held."""

    code = "code_first"


class HoldExpired(CourseError):
    """The held seat was released before the code came, and the session is full by now."""

    code = "hold_expired"


class ChangeRefused(CourseError):
    """A change of a course, session or registration that the rules do not allow."""
