# SPDX-License-Identifier: EUPL-1.2
"""Holding back bulk mail, and letting it go again. Workers look before every batch."""

from django.db import transaction

from accounts.domain import audit
from accounts.models import Person
from notifications import outbox
from notifications.models import BulkPause


def pause_bulk(*, by: Person) -> BulkPause:
    """From now on at most the mails that a worker has in hand still go. Twice is once."""
    with transaction.atomic():
        row, made = BulkPause.objects.get_or_create(one=True, defaults={"by": by})
        if made:
            audit.record("bulk_mail.paused", actor=by)
    return row


def resume_bulk(*, by: Person) -> None:
    with transaction.atomic():
        gone, _ = BulkPause.objects.all().delete()
        if gone:
            audit.record("bulk_mail.resumed", actor=by)
            transaction.on_commit(lambda: outbox.nudge(outbox.Queue.BULK), robust=True)
