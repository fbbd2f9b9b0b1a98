# SPDX-License-Identifier: EUPL-1.2
"""What is left of somebody in this room after erasure: a row without a name until the last mails have left,
then nothing but the record that it was done. notifications.domain.erasing leads; it knows of the mails.
"""

from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts import signals
from accounts.domain import audit, roles
from accounts.models import DeletionRecord, Person
from base import clock


@transaction.atomic
def close(person: Person, *, counts: dict[str, int]) -> DeletionRecord:
    """Nobody can sign in as this person any more, and the address is free for who comes next."""
    row = Person.objects.select_for_update(no_key=True, of=("self",)).get(pk=person.pk)
    for role in row.roles.select_related("person", "organisation"):
        roles.revoke(role, by=row)
    row.access_requests.all().delete()
    row.api_tokens.all().delete()
    row.email = f"weg-{row.public_id.hex}@verwijderd.invalid"
    row.name, row.slug, row.function, row.province = "", None, "", ""
    row.password = make_password(None)
    row.organisation, row.organisation_confirmed, row.is_active = None, False, False
    row.save()
    audit.record("person.erased", actor=row, subject=row)
    record, _made = DeletionRecord.objects.get_or_create(
        person_key=row.public_id, defaults={"asked_at": clock.now(), "counts": counts}
    )
    signals.person_erased.send(Person, person=row)
    return record


@transaction.atomic
def finish(record: DeletionRecord) -> None:
    """The row itself goes; registrations and other rows that count stay without it."""
    Person.objects.filter(public_id=record.person_key, is_active=False).delete()
    record.done_at = clock.now()
    record.save(update_fields=["done_at"])
