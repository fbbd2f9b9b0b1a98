# SPDX-License-Identifier: EUPL-1.2
"""A TJC-dag as a whole day in somebody's calendar: asked for on its page, taken out there too."""

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from accounts.models import Person
from base import clock
from courses.models import Edition
from notifications import outbox
from notifications.domain.invitations import cancel_rows, change_rows, first_mail, locked
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


def take_out(edition: Edition, *, person: Person) -> None:
    _take_out(Invitation.objects.filter(edition=edition), person)


def take_out_all(person: Person) -> None:
    """Who goes leaves no day in the calendar."""
    _take_out(Invitation.objects.filter(edition__ends_on__gte=clock.today()), person)


@transaction.atomic
def _take_out(rows_of: QuerySet[Invitation], person: Person) -> None:
    rows = locked(
        rows_of.filter(person=person, role=Role.DAY, state=State.ACTIVE).select_related("edition")
    )
    cancel_rows(rows)
    outbox.put_all(
        [
            outbox.new(
                Kind.DAY_CANCELLED, key=f"inv:{row.hex}:cancel", person=person, invitation=row
            )
            for row in rows
            if row.may_have_left and not row.is_over
        ]
    )


def change_edition(edition: Edition, *, name_only: bool) -> None:
    """Who has the day in the calendar gets the new date or name, in one mail after the debounce."""
    rows = locked(Invitation.objects.filter(edition=edition, role=Role.DAY, state=State.ACTIVE))
    if not edition.is_over:
        change_rows(rows, title_only=name_only, start=Facts.of_day(edition).start)
