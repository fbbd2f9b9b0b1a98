# SPDX-License-Identifier: EUPL-1.2
"""The monthly mail about the figures: on, off, and once a month."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from accounts import rules
from accounts.domain import audit
from accounts.models import Organisation, Person
from base import clock
from notifications import outbox
from notifications.models.message import Kind
from reach.models import MonthlyExport, MonthlyNotice

#: Not at midnight: the figures of the last day are in the aggregates by then.
FROM_HOUR = 7


def switch_on(
    *, by: Person, organisation: Organisation | None, table: str, kind: str
) -> MonthlyExport:
    """From next month on. Again: another table or format."""
    row, made = MonthlyExport.objects.update_or_create(
        person=by, organisation=organisation, defaults={"table": table, "format": kind}
    )
    if made:
        # This month is nearly told already: the first mail comes on the first of the next.
        MonthlyNotice.objects.get_or_create(export=row, month=_month())
    audit.record("reach.monthly_on", actor=by, organisation=organisation, table=table, format=kind)
    return row


def switch_off(*, by: Person, organisation: Organisation | None) -> None:
    gone, _rows = MonthlyExport.objects.filter(person=by, organisation=organisation).delete()
    if gone:
        audit.record("reach.monthly_off", actor=by, organisation=organisation)


def stop(row: MonthlyExport) -> None:
    """By the link in the mail, which needs no signing in."""
    gone, _rows = MonthlyExport.objects.filter(pk=row.pk).delete()
    if gone:
        audit.record(
            "reach.monthly_off", actor=row.person, organisation=row.organisation, by="mail"
        )


def chosen(person: Person, organisation: Organisation | None) -> MonthlyExport | None:
    return MonthlyExport.objects.filter(person=person, organisation=organisation).first()


def told_of(public_id: str) -> MonthlyExport | None:
    """What a mail was about; None when it is off already."""
    rows = MonthlyExport.objects.select_related("person", "organisation")
    return rows.filter(public_id=public_id).first()


def tell() -> int:
    """Owe this month's mail to who has none yet. However often and by how many at once it is called: one each."""
    now = clock.local(clock.now())
    if (now.day, now.hour) < (1, FROM_HOUR):
        return 0
    month = _month()
    told = 0
    waiting = MonthlyExport.objects.filter(
        ~Exists(MonthlyNotice.objects.filter(export=OuterRef("pk"), month=month))
    ).select_related("person", "organisation")
    for row in waiting.iterator(chunk_size=500):
        if not _may_have(row):
            continue
        try:
            with transaction.atomic():
                MonthlyNotice.objects.create(export=row, month=month)
                outbox.put(
                    Kind.REACH_MONTHLY,
                    key=f"{Kind.REACH_MONTHLY}:{row.public_id.hex}:{month:%Y-%m}",
                    person=row.person,
                    organisation=row.organisation_id or 0,
                    table=row.table,
                    format=row.format,
                    month=month.isoformat(),
                    export=row.public_id.hex,
                )
        except IntegrityError:
            continue
        told += 1
    return told


def _may_have(row: MonthlyExport) -> bool:
    if row.organisation is None:
        return bool(rules.is_national(row.person))
    return bool(rules.is_coordinator_of(row.person, row.organisation))


def _month() -> dt.date:
    return clock.today().replace(day=1)
