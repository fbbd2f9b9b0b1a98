# SPDX-License-Identifier: EUPL-1.2
"""What went out, what waits and what failed: the reads of the page for coordinators, and who sees what of it.

A coordinator sees mail to the own people, and mail about sessions of the own courses; there the name of
somebody who works elsewhere stays hidden. The national coordinator sees all mail and no name. Codes and
what colleagues write to each other are nobody else's business, and are left out.
"""

import datetime as dt
import re
import uuid
from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from accounts import rules
from accounts.models import Person
from base import clock
from courses.models import Edition, Session
from notifications.models import Message, RefusedAddress
from notifications.models.message import BULK_KINDS, SECRET_KINDS, Kind
from notifications.reasons import in_words

State = Message.State

PRIVATE_KINDS = SECRET_KINDS | {Kind.NOTE}
#: What can be sent once more by hand.
DONE = (State.SENT, State.SKIPPED, State.DEAD)
#: As people say it -> states of the outbox.
GROUPS: dict[str, tuple[str, ...]] = {
    "mislukt": (State.DEAD,),
    "wacht": (State.PENDING, State.LEASED),
    "verstuurd": (State.SENT,),
    "niet-nodig": (State.SKIPPED,),
}
#: A round of bulk mail that began longer ago is no longer shown.
_ROUND_SHOWN = dt.timedelta(days=7)
_SERVER_CODE = re.compile(r"[45]\d\d")


@dataclass(frozen=True)
class Reader:
    """``own``: organisations whose people this person sees by name."""

    person: Person
    own: frozenset[int]
    sees_all: bool
    sees_every_name: bool

    @classmethod
    def of(cls, person: Person) -> "Reader":
        admin = bool(rules.is_admin(person))
        return cls(
            person=person,
            own=frozenset(rules.coordinated_organisation_ids(person)),
            sees_all=admin or bool(rules.is_national(person)),
            sees_every_name=admin,
        )

    def sees_name_of(self, person: Person | None) -> bool:
        return person is not None and (self.sees_every_name or person.organisation_id in self.own)


@dataclass(frozen=True)
class Filters:
    group: str = ""
    session: uuid.UUID | None = None
    edition: str = ""


@dataclass(frozen=True)
class Row:
    """One mail as this reader may see it. ``name`` is empty when it is not theirs to see."""

    message: Message
    name: str
    session: Session | None
    reason: str
    may_resend: bool


@dataclass
class Round:
    """Bulk mail of one occasion: how far it is."""

    title: str
    states: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        return self.states.total()

    @property
    def waiting(self) -> int:
        return self.states[State.PENDING] + self.states[State.LEASED]

    @property
    def done(self) -> int:
        return self.total - self.waiting

    @property
    def failed(self) -> int:
        return self.states[State.DEAD]


def visible(reader: Reader) -> QuerySet[Message]:
    """All messages this reader may see something of, newest first."""
    rows = Message.objects.exclude(kind__in=PRIVATE_KINDS).order_by("-id")
    if reader.sees_all:
        return rows
    return rows.filter(
        Q(person__organisation__in=reader.own)
        | Q(invitation__session__course__organisation__in=reader.own)
    )


def narrowed(rows: QuerySet[Message], filters: Filters) -> QuerySet[Message]:
    if filters.group:
        rows = rows.filter(state__in=GROUPS[filters.group])
    if filters.session is not None:
        rows = rows.filter(invitation__session__public_id=filters.session)
    if filters.edition:
        rows = rows.filter(invitation__session__edition__slug=filters.edition)
    return rows


def counts(rows: QuerySet[Message]) -> dict[str, int]:
    """Per group, in one query."""
    found = dict(rows.order_by().values_list("state").annotate(n=Count("pk")))
    return {group: sum(found.get(s, 0) for s in states) for group, states in GROUPS.items()}


def page_of(
    rows: QuerySet[Message], reader: Reader, *, older_than: uuid.UUID | None, size: int
) -> tuple[list[Row], bool]:
    """``size`` rows, and whether there are older ones. No count and no offset: this table gets long."""
    if older_than is not None:
        mark = Message.objects.filter(public_id=older_than).values("pk")[:1]
        rows = rows.filter(pk__lt=mark)
    joined = rows.select_related("person", "invitation__session__course").defer(
        "rendered", "secret", "facts"
    )
    found = list(joined[: size + 1])
    return [row_for(message, reader) for message in found[:size]], len(found) > size


def row_for(message: Message, reader: Reader) -> Row:
    named = reader.sees_name_of(message.person)
    invitation = message.invitation
    return Row(
        message=message,
        name=str(message.person) if named else "",
        session=invitation.session if invitation is not None else None,
        reason=_reason(message, named=named),
        may_resend=message.state in DONE
        and message.kind not in BULK_KINDS
        and message.person is not None,
    )


def _reason(message: Message, *, named: bool) -> str:
    """Servers repeat the address in what they say; only who sees the name sees their words."""
    if not message.last_error or named or message.state == State.SKIPPED:
        return in_words(message.last_error)
    code = _SERVER_CODE.match(message.last_error)
    if code is not None:
        return _("De mailserver zei nee (%(code)s).") % {"code": code[0]}
    return _("Er kwam geen duidelijk antwoord van de mailserver.")


def refused(reader: Reader) -> QuerySet[RefusedAddress]:
    """Addresses of people whose names the reader sees that take no mail of ours."""
    people = Person.objects.all()
    if not reader.sees_every_name:
        people = people.filter(organisation__in=reader.own)
    return RefusedAddress.objects.filter(
        blocked_at__isnull=False, address__in=people.annotate(lower=Lower("email")).values("lower")
    ).order_by("-blocked_at", "-id")


def rounds() -> list[Round]:
    """Announcements and digests of the last week, in two queries whatever their size."""
    found: dict[tuple[str, int], Counter[str]] = {}
    since = clock.now() - _ROUND_SHOWN
    for kind, edition, state, number in (
        Message.objects.filter(queue=Message.Queue.BULK, kind__in=BULK_KINDS)
        .filter(created_at__gte=since)
        .order_by()
        .values_list("kind", "payload__edition", "state")
        .annotate(n=Count("pk"))
    ):
        found.setdefault((kind, int(edition or 0)), Counter())[state] += number
    editions = Edition.objects.in_bulk({edition for _kind, edition in found if edition})
    return [
        Round(_title(kind, editions.get(edition)), states)
        for (kind, edition), states in sorted(found.items())
    ]


def _title(kind: str, edition: Edition | None) -> str:
    label = str(Kind(kind).label)
    return f"{label}: {edition.name}" if edition is not None else label
