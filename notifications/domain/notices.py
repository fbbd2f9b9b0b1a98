# SPDX-License-Identifier: EUPL-1.2
"""What we write back when an answer came that changes nothing by itself: to the person invited, never to
whoever the mail says it is from, so that nobody can make us mail a third."""

from accounts.models import Person, Role
from base import clock
from notifications import outbox
from notifications.models import Invitation
from notifications.models.message import Kind


def tell_time_fixed(invitation: Invitation) -> None:
    """After a COUNTER; once a day per invitation, whatever a calendar program keeps proposing."""
    _tell_invited(invitation, Kind.TIME_FIXED)


def tell_delegated(invitation: Invitation) -> None:
    """After DELEGATED: a place cannot be passed on, but a colleague can sign up. Once a day."""
    _tell_invited(invitation, Kind.DELEGATED)


def tell_trainer_declined(invitation: Invitation) -> None:
    """To who coordinates the organisation of the course, once a day."""
    assert invitation.session is not None
    organisation = invitation.session.course.organisation_id
    coordinators = Person.objects.filter(
        roles__kind=Role.Kind.COORDINATOR, roles__organisation=organisation, is_active=True
    ).exclude(pk=invitation.person_id or 0)
    outbox.put_all(
        [
            outbox.new(
                Kind.TRAINER_DECLINED,
                key=_daily(f"{Kind.TRAINER_DECLINED}:{person.public_id.hex}", invitation),
                person=person,
                answered=invitation.pk,
            )
            for person in coordinators
        ]
    )


def _tell_invited(invitation: Invitation, kind: str) -> None:
    outbox.put(
        kind,
        key=_daily(kind, invitation),
        person=invitation.person,
        to=invitation.address,
        answered=invitation.pk,
    )


def _daily(kind: str, invitation: Invitation) -> str:
    return f"{kind}:{invitation.hex}:{clock.today().isoformat()}"
