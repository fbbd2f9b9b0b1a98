# SPDX-License-Identifier: EUPL-1.2
"""Organisations: which one a mail address belongs to, which one exists now, and naming a new one.

The mail domain decides (design.md, Identity): the longest suffix that belongs to an existing organisation.
One organisation: known. Several, as for rijksoverheid.nl: shared, the person says which. None: unknown, a
coordinator looks along. A provider for consumers: private, a friendly no.
"""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

from django.db import transaction
from django.db.models import ProtectedError, Q
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.domain import audit, names
from accounts.errors import InvalidEmail, InvalidName
from accounts.models import EmailDomain, Organisation, Person, Role
from base import clock

MAX_EMAIL = 254
_LOCAL = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_PRIVATE_LIST = Path(__file__).resolve().parent.parent / "data" / "private_mail_domains.txt"
#: Successors that are fetched along in one query; longer lines cost a query a step.
_LINE = "organisation__successor__successor__successor"

Kind = Literal["known", "shared", "unknown", "private"]


@dataclass(frozen=True)
class EmailMatch:
    kind: Kind
    organisation: Organisation | None = None
    choices: list[Organisation] = field(default_factory=list)

    def covers(self, organisation: Organisation) -> bool:
        """The mail domain proves that its user works there."""
        return organisation == self.organisation or organisation in self.choices


@cache
def private_domains() -> frozenset[str]:
    lines = _PRIVATE_LIST.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def normalise_domain(text: str) -> str:
    """Lower case, an international name as its ``xn--`` form. Raises InvalidEmail."""
    try:
        domain = text.strip(" \t").lower().encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise InvalidEmail from None
    labels = domain.split(".")
    if len(domain) > 253 or len(labels) < 2 or labels[-1].isdigit():  # noqa: PLR2004 - RFC 1035
        raise InvalidEmail
    if not all(_LABEL.fullmatch(label) for label in labels):
        raise InvalidEmail
    return domain


def normalise_email(text: str) -> str:
    """The address as we keep it: lower case, domain in ASCII, a ``+tag`` stays. Raises InvalidEmail.

    Narrower than RFC 5322 on purpose: no quoted local parts, no comments, no address literals, and no
    character that could end a mail header.
    """
    if len(text) > MAX_EMAIL + 20:
        raise InvalidEmail(_("Dit e-mailadres is te lang."), code="too_long")
    text = text.strip(" \t\u00a0")
    local, at, domain = text.rpartition("@")
    local = local.lower()
    if not at or len(local) > 64 or not _LOCAL.fullmatch(local):  # noqa: PLR2004 - RFC 5321
        raise InvalidEmail
    email = f"{local}@{normalise_domain(domain)}"
    if len(email) > MAX_EMAIL:
        raise InvalidEmail(_("Dit e-mailadres is te lang."), code="too_long")
    return email


def _suffixes(domain: str) -> list[str]:
    """a.b.nl -> a.b.nl, b.nl; longest first, never a bare top-level domain."""
    labels = domain.split(".")
    return [".".join(labels[i:]) for i in range(len(labels) - 1)]


def is_private(domain: str) -> bool:
    return not private_domains().isdisjoint(_suffixes(domain))


def exists_on(organisation: Organisation, on: dt.date) -> bool:
    return organisation.valid_until is None or organisation.valid_until >= on


def current(organisation: Organisation, *, on: dt.date | None = None) -> Organisation | None:
    """The organisation that exists on that date (today): itself, or the first of its successors that does.

    None when the line ends, or runs in a circle.
    """
    on = on or clock.today()
    seen: set[int] = set()
    step: Organisation | None = organisation
    while step is not None and step.pk not in seen:
        if exists_on(step, on):
            return step
        seen.add(step.pk)
        step = step.successor
    return None


def match_email(email: str) -> EmailMatch:
    """Where the owner of this (normalised) address works, as far as the domain tells. One query."""
    suffixes = _suffixes(email.rpartition("@")[2])
    if not private_domains().isdisjoint(suffixes):
        return EmailMatch("private")
    rows = EmailDomain.objects.filter(domain__in=suffixes).select_related(_LINE)
    by_domain: dict[str, dict[int, Organisation]] = {}
    for row in rows:
        organisation = current(row.organisation)
        if organisation is not None and organisation.confirmed:
            by_domain.setdefault(row.domain, {})[organisation.pk] = organisation
    for suffix in suffixes:
        found = sorted(by_domain.get(suffix, {}).values(), key=lambda o: o.name)
        if len(found) == 1:
            return EmailMatch("known", organisation=found[0])
        if found:
            return EmailMatch("shared", choices=found)
    return EmailMatch("unknown")


def search(text: str, *, limit: int = 20) -> list[Organisation]:
    """Existing organisations whose name or abbreviation holds every word; names that begin so first."""
    words = text.split()[:8]
    if not words or len(text) > 250:  # noqa: PLR2004 - longer than any name
        return []
    query = Organisation.objects.active(clock.today())
    for word in words:
        query = query.filter(Q(name__icontains=word) | Q(abbreviation__iexact=word))
    found = list(query.order_by("name")[: 5 * limit])
    start = text.strip().lower()
    found.sort(
        key=lambda o: (o.abbreviation.lower() != start, not o.name.lower().startswith(start))
    )
    return found[:limit]


def free_slug(name: str, taken: Iterable[str] | None = None) -> str:
    """A slug that no organisation has. ``taken`` saves the query for who makes many."""
    base = slugify(name)[:100].strip("-") or "organisatie"
    if taken is None:
        taken = set(
            Organisation.objects.filter(slug__startswith=base).values_list("slug", flat=True)
        )
    slug, number = base, 2
    while slug in taken:
        slug, number = f"{base}-{number}", number + 1
    return slug


@transaction.atomic
def propose_organisation(name: str, *, email: str) -> Organisation:
    """The organisation somebody names because we do not know their mail domain.

    An existing one of that name, else a new unconfirmed one without mail domains: it shows nowhere and
    matches nobody else until the national coordinator confirms it. Raises InvalidName.
    """
    name = names.one_line(name, limit=250)
    if sum(c.isalpha() for c in name) < 2:  # noqa: PLR2004 - less names nothing
        raise InvalidName(_("Vul de naam van je organisatie in."))
    today = clock.today()
    same = Organisation.objects.filter(Q(name__iexact=name) | Q(slug=slugify(name)))
    for organisation in same.select_related("successor").order_by("-confirmed", "id"):
        if organisation.name.casefold() == name.casefold() and (
            now := current(organisation, on=today)
        ):
            return now
    organisation = Organisation.objects.create(name=name, slug=free_slug(name), confirmed=False)
    audit.record(
        "organisation.proposed",
        actor=None,
        subject=organisation,
        organisation=organisation,
        domain=email.rpartition("@")[2],
    )
    return organisation


@transaction.atomic
def add_domain(organisation: Organisation, domain: str, *, by: Person | None) -> EmailDomain:
    """Raises InvalidEmail, PrivateAddress's sentence included: a provider's domain proves nothing."""
    domain = normalise_domain(domain)
    if is_private(domain):
        raise InvalidEmail(_("Dit is een maildomein voor privéadressen."), code="private_address")
    row, created = EmailDomain.objects.get_or_create(organisation=organisation, domain=domain)
    if created:
        audit.record(
            "email_domain.added",
            actor=by,
            subject=organisation,
            organisation=organisation,
            domain=domain,
        )
    return row


@transaction.atomic
def remove_domain(organisation: Organisation, domain: str, *, by: Person | None) -> None:
    """The audit line also tells the importer not to bring this domain back."""
    deleted, _rows = EmailDomain.objects.filter(organisation=organisation, domain=domain).delete()
    if deleted:
        audit.record(
            "email_domain.removed",
            actor=by,
            subject=organisation,
            organisation=organisation,
            domain=domain,
        )


@transaction.atomic
def hand_over(organisation: Organisation) -> int:
    """People and roles of an organisation that ended go to its successor; registrations stay where they
    were made. Returns how many people moved."""
    successor = current(organisation)
    if successor is None or successor == organisation:
        return 0
    moved = Person.objects.filter(organisation=organisation).update(organisation=successor)
    there = Role.objects.filter(organisation=successor).values("person")
    roles = Role.objects.filter(organisation=organisation)
    roles.exclude(person__in=there).update(organisation=successor)
    roles.delete()
    if moved:
        audit.record(
            "organisation.handed_over",
            actor=None,
            subject=organisation,
            organisation=successor,
            people=moved,
        )
    return moved


def forget_unused_proposals(*, before: dt.datetime) -> int:
    """Deletes organisations that somebody named and nobody works at any more."""
    forgotten = 0
    for organisation in Organisation.objects.filter(
        confirmed=False, people__isnull=True, created_at__lt=before
    ):
        try:
            with transaction.atomic():
                organisation.delete()
                forgotten += 1
        except ProtectedError:  # a registration or course was made there
            continue
    return forgotten
