# SPDX-License-Identifier: EUPL-1.2
"""Getting a conversation or session that somebody may write in.

Http404 for who should not even know that people talk to each other, a coordinator and an administrator included.
"""

import uuid

from django.core.exceptions import PermissionDenied
from django.http import Http404

from accounts.models import Person
from courses import access, rules
from courses.models import Registration, Session


def get_conversation(person: Person, public_id: uuid.UUID) -> Registration:
    """For its participant, and for the trainers as long as they see the participant's name."""
    registration = (
        Registration.objects.select_related(
            "person",
            "organisation",
            "session__course__organisation",
            "session__edition",
            "session__location",
        )
        .prefetch_related("session__course__trainer_rows__person__organisation")
        .filter(public_id=public_id, person__isnull=False)
        .exclude(state=Registration.State.HELD)
        .first()
    )
    if registration is None:
        raise Http404
    if registration.person_id != person.pk and not rules.sees_participants.test(
        person, registration
    ):
        raise Http404
    return registration


def get_session_for_trainer(person: Person, public_id: uuid.UUID) -> Session:
    """A session whose participants the person may address: as its trainer, until 30 days after."""
    session = access.get_session_for_manager(person, public_id)
    if not rules.sees_participants.test(person, session):
        raise PermissionDenied
    return session
