# SPDX-License-Identifier: EUPL-1.2
"""Proof of taking part ('bewijs van deelname'), for what the trainer said somebody was there.

Nothing is stored for it: the registration says it all, and who corrects the attendance takes the proof back.
"""

import dataclasses
import uuid
from collections.abc import Sequence

from accounts.models import Person
from courses.domain.queries import Mine
from courses.models import Registration

State = Registration.State


@dataclasses.dataclass(frozen=True)
class Certificates:
    """Those of one person; the last course first."""

    earned: Sequence[Registration]
    #: The course was, and the trainer has yet to say who came.
    unmarked: Sequence[Registration]
    #: How many courses somebody still goes to.
    coming: int

    def __bool__(self) -> bool:
        return bool(self.earned or self.unmarked or self.coming)


def certificates(mine: Mine) -> Certificates:
    """Of what the own page read already: no query."""
    return Certificates(
        earned=[row for row in mine.past if row.state == State.ATTENDED],
        unmarked=[row for row in mine.past if row.state == State.REGISTERED],
        coming=len(mine.coming),
    )


def certificate_of(person: Person, public_id: uuid.UUID) -> Registration | None:
    """The own registration that the proof is about, with course and trainers; None before it is earned.

    Three queries.
    """
    return (
        Registration.objects.filter(person=person, public_id=public_id, state=State.ATTENDED)
        .select_related("session__course__organisation", "session__location", "organisation")
        .prefetch_related("session__course__trainer_rows__person")
        .first()
    )
