# SPDX-License-Identifier: EUPL-1.2
"""Invitations that did not arrive although the address itself is fine: a gateway refused them by policy (5.7),
size or content.

They do not recover by themselves: whether a gateway has changed its mind only shows by trying, and a refusal
that is repeated for thousands of people makes our name worse there (calendar.md, section 7: 5xx is not
retried). So the page shows them per mail domain, and one click sends the newest state of each once more: the
same UID and SEQUENCE, a later DTSTAMP. What is refused again is shown again.
"""

from collections import defaultdict
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Lower

from accounts.domain import audit
from accounts.models import Person
from base import clock
from notifications.domain.resend import NotResent, resend_invitation
from notifications.domain.sent import Reader
from notifications.models import Invitation, Message, RefusedAddress

#: Groups are made of at most so many; the others follow when these are done.
_LIMIT = 2000


@dataclass(frozen=True)
class Group:
    """``reason`` are the words of the mail server, without an address."""

    domain: str
    number: int
    reason: str


def bounced(reader: Reader) -> QuerySet[Invitation]:
    """To come, not delivered, to an address that does take our mail; as far as this reader goes."""
    blocked = RefusedAddress.objects.filter(
        address=Lower(OuterRef("address")), blocked_at__isnull=False
    )
    rows = (
        Invitation.objects.filter(
            Q(session__ends_at__gt=clock.now()) | Q(edition__ends_on__gte=clock.today()),
            ~Exists(blocked),
            state=Invitation.State.BOUNCED,
            person__is_active=True,
        )
        .exclude(address="")
        .order_by("pk")
    )
    if reader.sees_all:
        return rows
    return rows.filter(
        Q(person__organisation__in=reader.own) | Q(session__course__organisation__in=reader.own)
    )


def groups(reader: Reader) -> list[Group]:
    """Per mail domain, biggest first. One query."""
    refusal = Message.objects.filter(invitation=OuterRef("pk"), state=Message.State.DEAD)
    rows = bounced(reader).annotate(
        words=Subquery(refusal.order_by("-id").values("last_error")[:1])
    )
    found: dict[str, list[str]] = defaultdict(list)
    for address, words in rows.values_list("address", "words")[:_LIMIT]:
        found[address.rpartition("@")[2].lower()].append(words or "")
    return sorted(
        (
            Group(domain, len(words), _without_address(next(filter(None, words), ""), domain))
            for domain, words in found.items()
        ),
        key=lambda group: (-group.number, group.domain),
    )


def _without_address(words: str, domain: str) -> str:
    """Servers repeat the address in what they say; a group is nobody in particular."""
    return " ".join(word for word in words.split() if f"@{domain}" not in word.lower())[:200]


def try_domain(reader: Reader, domain: str, *, by: Person) -> int:
    """Send the newest state of everything that bounced at this domain. Returns how many go.

    Pressed twice, or by two people, it still is one mail each: what is under way is not bounced any more.
    """
    rows = bounced(reader).filter(address__iendswith=f"@{domain}")
    number = 0
    for invitation in rows[:_LIMIT]:
        with transaction.atomic():
            try:
                resend_invitation(invitation)
            except NotResent:
                continue
            number += 1
    if number:
        audit.record("invitations.retried", actor=by, domain=domain, count=number)
    return number
