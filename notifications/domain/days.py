# SPDX-License-Identifier: EUPL-1.2
"""A TJC-dag as a whole day in somebody's calendar: asked for on its page, taken out there too."""

from django.db import IntegrityError, transaction
from django.db.models import Case, F, Q, When
from django.db.models.functions import Now

from accounts.models import Person
from courses.models import Edition
from notifications import outbox
from notifications.domain.invitations import cancel_rows, first_mail, locked
from notifications.itip.facts import Facts
from notifications.models import Invitation
from notifications.models.message import Kind

Role = Invitation.Role
State = Invitation.State


def of(person: Person, edition: Edition) -> Invitation | None:
    """The day in this person's calendar, if it is."""
    return Invitation.objects.filter(
        person=person, edition=edition, role=Role.DAY, state=State.ACTIVE
    ).first()


def put_in_calendar(edition: Edition, *, person: Person) -> Invitation | None:
    """A new invitation for the whole day; asking twice is asking once. None when the day has been."""
    if edition.is_over:
        return None
    try:
        with transaction.atomic():
            row = Invitation.objects.create(role=Role.DAY, person=person, edition=edition)
            outbox.put_all([first_mail(row, Kind.DAY, person)])
            return row
    except IntegrityError:
        return of(person, edition)


@transaction.atomic
def take_out(edition: Edition, *, person: Person) -> None:
    rows = locked(
        Invitation.objects.filter(person=person, edition=edition, role=Role.DAY, state=State.ACTIVE)
    )
    cancel_rows(rows)
    outbox.put_all(
        [
            outbox.new(
                Kind.DAY_CANCELLED, key=f"inv:{row.hex}:cancel", person=person, invitation=row
            )
            for row in rows
            if row.may_have_left and not edition.is_over
        ]
    )


def change_edition(edition: Edition, *, name_only: bool) -> None:
    """Who has the day in the calendar gets the new date or name, in one mail after the debounce."""
    rows = locked(Invitation.objects.filter(edition=edition, role=Role.DAY, state=State.ACTIVE))
    if not rows or edition.is_over:
        return
    nothing_left = Q(in_flight__isnull=True, method_sent="")
    raised = Case(When(nothing_left, then=F("sequence")), default=F("sequence") + 1)
    Invitation.objects.filter(pk__in=[row.pk for row in rows]).update(
        revision=F("revision") + 1,
        sequence=F("sequence") if name_only else raised,
        updated_at=Now(),
    )
    _queue, not_before = outbox.debounced(Facts.of_day(edition).start)
    outbox.put_all(
        [
            outbox.new(
                Kind.DAY_CHANGED,
                key=f"inv:{row.hex}:after{row.told_revision}:changed",
                person=row.person,
                invitation=row,
                not_before=not_before,
            )
            for row in rows
            if row.told_revision >= 0
        ]
    )
