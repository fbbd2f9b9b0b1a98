# SPDX-License-Identifier: EUPL-1.2
"""What this room hears from the rooms below, in the transaction of the news."""

from typing import Any

from django.dispatch import receiver

from accounts import signals as accounts
from accounts.models import Person
from courses import signals as courses
from courses.models import Session
from matching import signals
from matching.domain import leaving, planning, rounds
from matching.models import KnowledgeRequest


@receiver(courses.session_cancelled)
def session_cancelled(session: Session, **kwargs: Any) -> None:
    planning.called_off(session)


@receiver(signals.request_planned)
def request_planned(
    request: KnowledgeRequest, session: Session, *, bundled: bool = False, **kwargs: Any
) -> None:
    """One session answers the questions that a round bundled with this one."""
    if not bundled:
        rounds.follow_planned(request, session)


@receiver(accounts.person_erased)
def person_erased(person: Person, **kwargs: Any) -> None:
    leaving.forget(person)
