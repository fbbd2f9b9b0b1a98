# SPDX-License-Identifier: EUPL-1.2
"""What somebody wants to be told. What must be told (a place, a change, a code) is not a choice."""

from collections.abc import Iterable

from django.db import transaction

from accounts.domain import people
from accounts.models import Person
from courses.models import Edition, Theme
from notifications.domain import bulk
from notifications.models import Preference, ProgrammeInterest


def of(person: Person) -> Preference:
    """The person's choices; an unsaved row with the defaults when they never chose."""
    return Preference.objects.filter(person=person).first() or Preference(person=person)


@transaction.atomic
def change(
    person: Person, *, language: str, reminders: bool, digest: bool, themes: Iterable[Theme]
) -> Preference:
    """The first digest comes next Monday, whenever this week it was asked for."""
    people.change_language(person, language)
    row, _made = Preference.objects.get_or_create(person=person)
    if digest and not row.digest:
        row.digest_on = bulk.digest_monday()
    row.reminders, row.digest = reminders, digest
    row.save()
    row.themes.set(themes)
    return row


@transaction.atomic
def unsubscribe(person: Person) -> None:
    """No digest and no programmes any more; the same however often it is asked."""
    Preference.objects.filter(person=person, digest=True).update(digest=False)
    ProgrammeInterest.objects.filter(person=person).delete()


def wants_programme(edition: Edition, person: Person) -> bool:
    return ProgrammeInterest.objects.filter(edition=edition, person=person).exists()


def ask_programme(edition: Edition, *, person: Person) -> None:
    ProgrammeInterest.objects.get_or_create(edition=edition, person=person)
