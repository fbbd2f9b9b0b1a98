# SPDX-License-Identifier: EUPL-1.2
"""Owing, changing and withdrawing invitations, in the transaction of what happened in the courses room.

A registration costs two INSERTs. What touches a whole session holds that session's row lock already
(courses.domain), so no invitation of it appears or changes meanwhile; the invitations are locked too,
because delivery notes on them what it hands over.
"""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Case, F, Q, QuerySet, When
from django.db.models.functions import Now

from accounts.models import Person
from base import clock
from courses.models import Course, CourseTrainer, Registration, Session
from notifications import outbox
from notifications.models import Invitation, Message
from notifications.models.message import SILENT_WHEN_NEVER_SENT, Kind

Role = Invitation.Role
State = Invitation.State
#: Not taken back. What bounced may still stand in a calendar, from before.
_OPEN = (State.ACTIVE, State.BOUNCED)

#: Why somebody lost a seat -> which mail says so. Other reasons say it elsewhere or not at all.
_FAREWELL = {
    Registration.CancelReason.SELF: Kind.WITHDRAWN,
    Registration.CancelReason.DECLINED: Kind.WITHDRAWN,
    Registration.CancelReason.ERASED: Kind.WITHDRAWN,
    Registration.CancelReason.TRAINER: Kind.REMOVED,
    Registration.CancelReason.COORDINATOR: Kind.REMOVED,
    Registration.CancelReason.UNCONFIRMED: Kind.RELEASED,
}


# --- a seat -----------------------------------------------------------------------------------------


def invite_learner(registration: Registration, *, kind: str = Kind.REGISTERED) -> Invitation:
    """A new invitation (new UID, also after an earlier one was withdrawn) and the mail that brings it."""
    invitation = Invitation.objects.create(
        role=Role.LEARNER,
        person_id=registration.person_id,
        session_id=registration.session_id,
        registration=registration,
    )
    outbox.put_all([first_mail(invitation, kind, registration.person)])
    return invitation


def tell_waiting(registration: Registration) -> None:
    outbox.put(
        Kind.WAITING,
        key=f"waiting:{registration.public_id.hex}",
        person=registration.person,
        registration=registration.pk,
    )


def withdraw_learner(registration: Registration, *, was_waiting: bool) -> None:
    """Take the invitation back. Somebody who withdrew before it ever left hears nothing."""
    kind = _FAREWELL.get(Registration.CancelReason(registration.cancel_reason))
    if was_waiting:
        if kind is not None:
            _plain_farewell(registration, kind, waiting=True)
        return
    invitation = _cancel_of(registration)
    if kind is None or invitation is None:
        return
    if registration.cancel_reason == Registration.CancelReason.DECLINED:
        _plain_farewell(registration, kind)  # the calendar knows: the answer came from there
    elif invitation.may_have_left or kind not in SILENT_WHEN_NEVER_SENT:
        outbox.put_all([_last_mail(invitation, kind, registration.person, registration.session)])


def move_learner(registration: Registration, *, previous: Registration) -> Invitation:
    """'Verzet': the new date has its own invitation, the old one is taken back."""
    old = _cancel_of(previous)
    if old is not None and old.may_have_left:
        outbox.put_all([_last_mail(old, Kind.MOVED_AWAY, registration.person, previous.session)])
    return invite_learner(registration, kind=Kind.MOVED)


def _cancel_of(registration: Registration) -> Invitation | None:
    invitation = locked(Invitation.objects.filter(registration=registration, state__in=_OPEN))
    if not invitation:
        return None
    cancel_rows(invitation)
    return invitation[0]


def _plain_farewell(registration: Registration, kind: str, *, waiting: bool = False) -> None:
    outbox.put(
        kind,
        key=f"{kind}:{registration.public_id.hex}",
        person=registration.person,
        registration=registration.pk,
        waiting=waiting,
    )


# --- a session --------------------------------------------------------------------------------------


def invite_trainers(session: Session) -> list[Invitation]:
    """An invitation for every trainer of the course who has none for this date yet."""
    has_one = Invitation.objects.filter(
        session=session, role=Role.TRAINER, state=State.ACTIVE, person__isnull=False
    ).values("person_id")
    trainers = list(
        CourseTrainer.objects.filter(course_id=session.course_id)
        .exclude(person_id__in=has_one)
        .select_related("person")
    )
    invitations = [
        Invitation(role=Role.TRAINER, person=row.person, session=session) for row in trainers
    ]
    Invitation.objects.bulk_create(invitations)
    outbox.put_all([first_mail(row, Kind.TEACH, row.person) for row in invitations])
    return invitations


def invite_trainer(course: Course, person: Person) -> list[Invitation]:
    """Somebody gives the course too: an invitation for every coming date that has none yet."""
    has_one = Invitation.objects.filter(
        person=person, role=Role.TRAINER, state=State.ACTIVE, session__course=course
    ).values("session_id")
    sessions = Session.objects.upcoming(clock.now()).filter(course=course).exclude(pk__in=has_one)
    invitations = [
        Invitation(role=Role.TRAINER, person=person, session=session)
        for session in sessions.order_by("starts_at", "pk")
    ]
    Invitation.objects.bulk_create(invitations)
    outbox.put_all([first_mail(row, Kind.TEACH, person) for row in invitations])
    return invitations


def withdraw_trainer(course: Course, person: Person) -> None:
    """Somebody gives the course no more: what stands in the own calendar for coming dates is taken back."""
    rows = locked(
        Invitation.objects.filter(
            person=person,
            role=Role.TRAINER,
            state=State.ACTIVE,
            session__course=course,
            session__starts_at__gt=clock.now(),
        ).select_related("session")
    )
    cancel_rows(rows)
    outbox.put_all(
        [
            _last_mail(row, Kind.TEACH_REMOVED, person, row.session)
            for row in rows
            if row.may_have_left
        ]
    )


def change_session(session: Session, *, title_only: bool) -> None:
    """Everyone with an invitation gets one mail with the newest state, some minutes from now."""
    rows = locked(Invitation.objects.filter(session=session, state=State.ACTIVE))
    change_rows(rows, title_only=title_only, start=session.starts_at)


def cancel_session(session: Session, *, registrations: Iterable[Registration]) -> None:
    """Tell everyone who had a seat, a place in line or the task to teach. Nobody is lost: who never got
    the invitation gets the same words without a calendar part."""
    rows = locked(Invitation.objects.filter(session=session, state__in=_OPEN))
    cancel_rows(rows)
    messages = [
        _last_mail(
            row,
            Kind.TEACH_CANCELLED if row.role == Role.TRAINER else Kind.SESSION_CANCELLED,
            row.person,
            session,
        )
        for row in rows
        if row.person is not None and (row.role == Role.LEARNER or row.may_have_left)
    ]
    invited = {row.registration_id for row in rows}
    queue = outbox.queue_for(session.starts_at)
    messages += [
        outbox.new(
            Kind.SESSION_CANCELLED,
            key=f"session_cancelled:{registration.public_id.hex}",
            person=registration.person,
            queue=queue,
            registration=registration.pk,
        )
        for registration in registrations
        if registration.pk not in invited
        and registration.person is not None
        and getattr(registration, "previous_state", "") != Registration.State.HELD
    ]
    outbox.put_all(messages)


def tell_interested(session: Session) -> None:
    """'Er is een nieuwe datum': once a day at most for who waits for the subject, whatever is planned."""
    interests = session.course.interests.select_related("person").exclude(
        person__in=session.course.trainers.all()
    )
    _queue, not_before = outbox.debounced(session.starts_at)
    day = clock.today().isoformat()
    interests.update(notified_at=clock.now())
    outbox.put_all(
        [
            outbox.new(
                Kind.NEW_DATE,
                key=f"new_date:{session.course.public_id.hex}:{row.person.public_id.hex}:{day}",
                person=row.person,
                not_before=not_before,
                course=session.course_id,
            )
            for row in interests
        ]
    )


def ask_evaluations(registrations: Iterable[Registration]) -> None:
    outbox.put_all(
        [
            outbox.new(
                Kind.EVALUATE,
                key=f"evaluate:{row.public_id.hex}",
                person=row.person,
                registration=row.pk,
            )
            for row in registrations
            if row.person is not None
        ]
    )


# --- pieces -----------------------------------------------------------------------------------------


def locked(rows: QuerySet[Invitation]) -> list[Invitation]:
    """Locked in one order, so that two transactions never wait for each other."""
    return list(
        rows.select_for_update(no_key=True, of=("self",)).select_related("person").order_by("pk")
    )


def cancel_rows(rows: list[Invitation]) -> None:
    """Final. SEQUENCE rises (RFC 5546, 2.1.4)."""
    if rows:
        Invitation.objects.filter(pk__in=[row.pk for row in rows]).update(
            state=State.CANCELLED,
            sequence=F("sequence") + 1,
            revision=F("revision") + 1,
            updated_at=Now(),
        )


#: What tells a change, by the invitation's role.
_CHANGED = {
    Role.LEARNER: Kind.CHANGED,
    Role.TRAINER: Kind.TEACH_CHANGED,
    Role.DAY: Kind.DAY_CHANGED,
}


def change_rows(rows: list[Invitation], *, title_only: bool, start: dt.datetime) -> None:
    """Of locked, active rows about what starts then.

    SEQUENCE rises with time, place and link, not with a mere title, and only when something has left:
    a first REQUEST that still waits simply tells the new state. Several changes before the mail is made
    share its key, so they are one mail.
    """
    if not rows:
        return
    nothing_left = Q(in_flight__isnull=True, method_sent="")
    raised = Case(When(nothing_left, then=F("sequence")), default=F("sequence") + 1)
    Invitation.objects.filter(pk__in=[row.pk for row in rows]).update(
        revision=F("revision") + 1,
        sequence=F("sequence") if title_only else raised,
        updated_at=Now(),
    )
    queue, not_before = outbox.debounced(start)
    outbox.put_all(
        [
            outbox.new(
                _CHANGED[Role(row.role)],
                key=f"inv:{row.hex}:after{row.told_revision}:changed",
                person=row.person,
                invitation=row,
                queue=queue,
                not_before=not_before,
            )
            for row in rows
            if row.told_revision >= 0
        ]
    )


def first_mail(invitation: Invitation, kind: str, person: Person | None) -> Message:
    return outbox.new(
        kind, key=f"inv:{invitation.hex}:request", person=person, invitation=invitation
    )


def _last_mail(
    invitation: Invitation, kind: str, person: Person | None, session: Session
) -> Message:
    return outbox.new(
        kind,
        key=f"inv:{invitation.hex}:cancel",
        person=person,
        invitation=invitation,
        queue=outbox.queue_for(session.starts_at),
    )
