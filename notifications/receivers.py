# SPDX-License-Identifier: EUPL-1.2
"""What this room hears from the others. Every receiver runs inside the transaction of the news and only
writes rows; the mail follows after the commit (notifications.outbox)."""

from typing import Any

from django.dispatch import receiver

from accounts import signals as accounts
from accounts.models import AccessRequest, Organisation, Person
from courses import signals as courses
from courses.models import Course, Edition, Registration, Session, TrainerInvitation
from notifications.domain import addresses, days, invitations, people, readdress
from notifications.models.message import Kind


@receiver(courses.registration_confirmed)
def registration_confirmed(registration: Registration, promoted: bool, **kwargs: Any) -> None:  # noqa: FBT001 - the signal names its arguments
    invitations.invite_learner(registration, kind=Kind.PROMOTED if promoted else Kind.REGISTERED)


@receiver(courses.registration_waiting)
def registration_waiting(registration: Registration, **kwargs: Any) -> None:
    invitations.tell_waiting(registration)


@receiver(courses.registration_cancelled)
def registration_cancelled(registration: Registration, previous_state: str, **kwargs: Any) -> None:
    """A hold is nobody's yet: the address was never proven, so nothing goes there."""
    if previous_state != Registration.State.HELD:
        invitations.withdraw_learner(
            registration, was_waiting=previous_state == Registration.State.WAITING
        )


@receiver(courses.registration_moved)
def registration_moved(registration: Registration, previous: Registration, **kwargs: Any) -> None:
    invitations.move_learner(registration, previous=previous)


@receiver(courses.session_planned)
def session_planned(session: Session, **kwargs: Any) -> None:
    invitations.invite_trainers(session)
    invitations.tell_interested(session)


@receiver(courses.session_changed)
def session_changed(session: Session, changes: dict[str, Any], **kwargs: Any) -> None:
    invitations.change_session(session, title_only=set(changes) == {"title"})


@receiver(courses.session_cancelled)
def session_cancelled(session: Session, registrations: list[Registration], **kwargs: Any) -> None:
    invitations.cancel_session(session, registrations=registrations)


@receiver(courses.trainer_invited)
def trainer_invited(invitation: TrainerInvitation, **kwargs: Any) -> None:
    people.ask_co_trainer(invitation)


@receiver(courses.trainer_added)
def trainer_added(course: Course, person: Person, **kwargs: Any) -> None:
    invitations.invite_trainer(course, person)


@receiver(courses.trainer_removed)
def trainer_removed(course: Course, person: Person, **kwargs: Any) -> None:
    invitations.withdraw_trainer(course, person)


@receiver(courses.attendance_marked)
def attendance_marked(registrations: list[Registration], **kwargs: Any) -> None:
    invitations.ask_evaluations(registrations)


@receiver(accounts.signin_code_requested)
def signin_code_requested(
    person: Person, email: str, code: str, language: str, browser: str, **kwargs: Any
) -> None:
    people.send_code(person, email=email, code=code, language=language, browser=browser)


@receiver(accounts.address_code_requested)
def address_code_requested(
    person: Person, email: str, code: str, language: str, browser: str, **kwargs: Any
) -> None:
    people.send_code(
        person,
        email=email,
        code=code,
        language=language,
        browser=browser,
        kind=Kind.ADDRESS_CODE,
    )


@receiver(accounts.organisation_confirmed)
def organisation_confirmed(person: Person, organisation: Organisation, **kwargs: Any) -> None:
    people.tell_organisation(person, organisation, kind=Kind.ORGANISATION_CONFIRMED)


@receiver(accounts.organisation_rejected)
def organisation_rejected(person: Person, organisation: Organisation, **kwargs: Any) -> None:
    people.tell_organisation(person, organisation, kind=Kind.ORGANISATION_REJECTED)


@receiver(accounts.access_granted)
def access_granted(access_request: AccessRequest, **kwargs: Any) -> None:
    people.tell_access(access_request, kind=Kind.ACCESS_GRANTED)


@receiver(accounts.access_refused)
def access_refused(access_request: AccessRequest, **kwargs: Any) -> None:
    people.tell_access(access_request, kind=Kind.ACCESS_REFUSED)


@receiver(accounts.access_requested)
def access_requested(access_request: AccessRequest, **kwargs: Any) -> None:
    people.tell_access_requested(access_request)


@receiver(accounts.email_changed)
def email_changed(person: Person, previous: str, **kwargs: Any) -> None:
    addresses.works([person.email])
    readdress.readdress(person)
    people.tell_address_changed(person, previous=previous)


@receiver(courses.edition_changed)
def edition_changed(edition: Edition, changed: list[str], **kwargs: Any) -> None:
    if {"starts_on", "ends_on", "name"} & set(changed):
        days.change_edition(edition, name_only=not {"starts_on", "ends_on"} & set(changed))
