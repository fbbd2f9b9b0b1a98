# SPDX-License-Identifier: EUPL-1.2
"""Bringing the organisations up to date with the register.

Matches on TOOI, then systeemId, then name and kind. Never deletes: an organisation that ended gets its end
date and successor. What the register leaves empty stays as it is, mail domains are only added, and a
domain that a coordinator removed stays removed.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from django.db import DatabaseError, transaction
from django.utils.text import slugify

from accounts.domain import audit, organisations
from accounts.models import AuditEvent, EmailDomain, Organisation
from accounts.roo.records import Note, OrganisationRecord
from base import clock

BATCH = 400
_FIELDS = [
    "name",
    "abbreviation",
    "kind",
    "layer",
    "province",
    "tooi",
    "roo_id",
    "oin",
    "valid_from",
    "valid_until",
    "confirmed",
]


@dataclass
class Report:
    created: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    unchanged: int = 0
    skipped: list[Note] = field(default_factory=list)
    broken: list[Note] = field(default_factory=list)
    doubtful: list[str] = field(default_factory=list)
    domains: list[str] = field(default_factory=list)
    handed_over: int = 0

    @property
    def read(self) -> int:
        return len(self.created) + len(self.changed) + len(self.closed) + self.unchanged


@dataclass
class _Row:
    """A record with the organisation it belongs to (unsaved when new) and what changed."""

    record: OrganisationRecord
    organisation: Organisation
    is_new: bool
    changes: list[str]
    closes: bool = False


class _Existing:
    def __init__(self, rows: Iterable[Organisation]) -> None:
        self.by_tooi: dict[str, Organisation] = {}
        self.by_roo: dict[str, Organisation] = {}
        self.by_name: dict[tuple[str, str], Organisation] = {}
        self.proposed: dict[str, Organisation] = {}
        self.slugs: set[str] = set()
        self.taken: set[int] = set()
        for row in rows:
            self.slugs.add(row.slug)
            if row.tooi:
                self.by_tooi[row.tooi] = row
            if row.roo_id:
                self.by_roo[row.roo_id] = row
            if row.confirmed:
                self.by_name.setdefault((row.name.casefold(), row.kind), row)
            else:
                self.proposed.setdefault(row.name.casefold(), row)

    def match(self, record: OrganisationRecord) -> Organisation | None:
        found = self.by_tooi.get(record.tooi or "") or self.by_roo.get(record.roo_id or "")
        if found is not None and not (found.tooi and record.tooi and found.tooi != record.tooi):
            return found
        name = record.name.casefold()
        found = self.by_name.get((name, record.kind)) or self.proposed.get(name)
        if found is None or found.pk in self.taken:
            return None
        if (found.tooi and record.tooi) or (found.roo_id and record.roo_id):
            return None  # both have that key and it differs: another organisation of that name
        return found


def import_organisations(
    items: Iterable[OrganisationRecord | Note], *, dry_run: bool = False
) -> Report:
    """Applies what a reader of accounts.roo yields. A dry run does everything and rolls it back."""
    report = Report()
    records: list[OrganisationRecord] = []
    for item in items:
        if isinstance(item, OrganisationRecord):
            records.append(item)
        else:
            (report.broken if item.kind == "broken" else report.skipped).append(item)
    # Who exists now picks its slug first; the name without a number belongs to the living.
    records.sort(key=lambda r: r.ended or r.valid_until is not None)
    with transaction.atomic():
        today = clock.today()
        existing = _Existing(Organisation.objects.all())
        rows = _plan(records, existing, report, today=today)
        rows = _save(rows, report)
        _link_successors(rows, report)
        _add_domains(rows, report)
        _count(rows, report)
        if report.created or report.changed or report.closed:
            _hand_over(report, today=today)
            audit.record(
                "organisations.imported",
                actor=None,
                created=len(report.created),
                changed=len(report.changed),
                closed=len(report.closed),
            )
        if dry_run:
            transaction.set_rollback(True)
    return report


def _plan(
    records: Sequence[OrganisationRecord], existing: _Existing, report: Report, *, today: dt.date
) -> list[_Row]:
    rows: list[_Row] = []
    keys: set[str] = set()
    for record in records:
        own = {key for key in (record.tooi, record.roo_id) if key}
        if own & keys:
            report.broken.append(Note("broken", record.label, "stands in the file twice"))
            continue
        keys |= own
        found = existing.match(record)
        if found is not None and found.pk in existing.taken:
            report.broken.append(
                Note("broken", record.label, "same organisation as another record")
            )
            continue
        if found is not None:
            existing.taken.add(found.pk)
        other = existing.by_roo.get(record.roo_id or "")
        if other is not None and other is not found:
            why = f"systeemId {record.roo_id} belongs to {other.name}"
            report.broken.append(Note("broken", record.label, why))
            continue
        organisation = found or Organisation(slug="", confirmed=True)
        changes, closes = _apply(organisation, record, today=today)
        if found is None:
            organisation.slug = organisations.free_slug(record.name, existing.slugs)
            existing.slugs.add(organisation.slug)
        rows.append(_Row(record, organisation, found is None, changes, closes))
        report.doubtful += [f"{record.label}: {doubt}" for doubt in record.doubts]
    return rows


def _apply(
    organisation: Organisation, record: OrganisationRecord, *, today: dt.date
) -> tuple[list[str], bool]:
    """Sets what the record says; returns the names of the changed fields, and whether it ends now."""
    existed = organisations.exists_on(organisation, today)
    until = record.valid_until
    if record.ended and until is None:  # ended, date unknown: the day before we heard of it
        until = organisation.valid_until or today - dt.timedelta(days=1)
    wanted = {
        "name": record.name,
        "kind": record.kind.value,
        "layer": record.layer.value,
        "valid_until": until,
        "confirmed": True,
    }
    for name in ("abbreviation", "province", "tooi", "roo_id", "oin", "valid_from"):
        if value := getattr(record, name):
            wanted[name] = value
    start = wanted.get("valid_from", organisation.valid_from)
    if until is not None and isinstance(start, dt.date) and start > until:
        wanted["valid_from"] = None
    changes = [name for name, value in wanted.items() if getattr(organisation, name) != value]
    for name in changes:
        setattr(organisation, name, wanted[name])
    closes = existed and not organisations.exists_on(organisation, today)
    return changes, closes


def _save(rows: list[_Row], report: Report) -> list[_Row]:
    """Writes new and changed organisations; returns the rows that are in the database."""
    now = clock.now()
    new = [row for row in rows if row.is_new]
    changed = [row for row in rows if not row.is_new and row.changes]
    for row in changed:
        row.organisation.updated_at = now
    lost = _in_batches(
        new,
        lambda part: Organisation.objects.bulk_create([row.organisation for row in part]),
        report,
    )
    lost += _in_batches(
        changed,
        lambda part: Organisation.objects.bulk_update(
            [row.organisation for row in part], [*_FIELDS, "updated_at"]
        ),
        report,
    )
    gone = {id(row) for row in lost}
    return [row for row in rows if id(row) not in gone]


def _in_batches(
    rows: list[_Row], write: Callable[[list[_Row]], object], report: Report
) -> list[_Row]:
    """Writes batch by batch in a savepoint; a batch that the database refuses is done one by one, so that
    one broken record costs only itself."""
    lost: list[_Row] = []
    for start in range(0, len(rows), BATCH):
        part = rows[start : start + BATCH]
        try:
            with transaction.atomic():
                write(part)
            continue
        except (DatabaseError, ValueError):
            for row in part:
                row.organisation.pk = None if row.is_new else row.organisation.pk
        for row in part:
            try:
                with transaction.atomic():
                    write([row])
            except (DatabaseError, ValueError) as error:
                lost.append(row)
                why = str(error).splitlines()[0]
                report.broken.append(
                    Note("broken", row.record.label, f"the database refused: {why}")
                )
    return lost


def _link_successors(rows: list[_Row], report: Report) -> None:
    targets: dict[str, Organisation] = {}
    for row in rows:
        names = (row.record.tooi, row.record.roo_id, *row.record.aliases)
        for key in filter(None, names):
            targets.setdefault(key, row.organisation)  # rows of the living come first
    by_pk = {row.organisation.pk: row.organisation for row in rows}
    linked: list[Organisation] = []
    for row in rows:
        wanted = row.record.successor
        if not wanted:
            continue
        target = targets.get(wanted) or targets.get(re.sub(r"-\d{4}$", "", wanted))
        target = target or targets.get(f"org:{slugify(wanted)}")
        if target is None:
            report.doubtful.append(f"{row.record.label}: successor {wanted} is not in the file")
        elif _reaches(target, row.organisation, by_pk):
            report.doubtful.append(f"{row.record.label}: successor {wanted} leads back to itself")
        elif row.organisation.successor_id != target.pk:
            row.organisation.successor_id = target.pk
            row.changes.append("successor")
            linked.append(row.organisation)
    Organisation.objects.bulk_update(linked, ["successor"], batch_size=BATCH)


def _reaches(start: Organisation, goal: Organisation, by_pk: dict[int, Organisation]) -> bool:
    seen: set[int] = set()
    step: int | None = start.pk
    while step is not None and step not in seen:
        if step == goal.pk:
            return True
        seen.add(step)
        organisation = by_pk.get(step)
        step = organisation.successor_id if organisation is not None else None
    return False


def _add_domains(rows: list[_Row], report: Report) -> None:
    present: dict[int, set[str]] = {}
    for pk, domain in EmailDomain.objects.values_list("organisation", "domain"):
        present.setdefault(pk, set()).add(domain)
    removed: set[tuple[int | None, str]] = {
        (pk, str(detail.get("domain", "")))
        for pk, detail in AuditEvent.objects.filter(verb="email_domain.removed").values_list(
            "organisation", "detail"
        )
    }
    mailers: dict[str, list[_Row]] = {}
    for row in rows:
        if organisations.exists_on(row.organisation, clock.today()):
            for domain in row.record.mail_domains:
                mailers.setdefault(domain, []).append(row)
    fresh: list[EmailDomain] = []
    for row in rows:
        record, organisation = row.record, row.organisation
        hosts = [host for host in record.web_domains if _mails_from(host, row, mailers)]
        for domain in sorted({*record.mail_domains, *hosts} - present.get(organisation.pk, set())):
            if (organisation.pk, domain) not in removed:
                fresh.append(EmailDomain(organisation=organisation, domain=domain))
                report.domains.append(f"{record.label}: {domain}")
                row.changes.append("mail domains")
    EmailDomain.objects.bulk_create(fresh, batch_size=BATCH, ignore_conflicts=True)


def _mails_from(host: str, row: _Row, mailers: dict[str, list[_Row]]) -> bool:
    """A web address counts as mail domain, unless exactly one other organisation mails from it: a
    committee with a page at cbs.nl would make everybody of the CBS choose. Its own name in it decides."""
    others = [other for other in mailers.get(host, []) if other is not row]
    if len(others) != 1:
        return True
    own = {slugify(row.record.abbreviation), slugify(row.record.name)}
    return host.split(".", maxsplit=1)[0] in own


def _hand_over(report: Report, *, today: dt.date) -> None:
    ended = Organisation.objects.filter(valid_until__lt=today, successor__isnull=False)
    for organisation in ended.filter(people__isnull=False).distinct():
        report.handed_over += organisations.hand_over(organisation)


def _count(rows: list[_Row], report: Report) -> None:
    for row in rows:
        if row.is_new:
            report.created.append(row.record.label)
        elif row.closes:
            report.closed.append(f"{row.record.label} on {row.organisation.valid_until}")
        elif row.changes:
            report.changed.append(f"{row.record.label}: {', '.join(sorted(set(row.changes)))}")
        else:
            report.unchanged += 1
