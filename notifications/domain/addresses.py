# SPDX-License-Identifier: EUPL-1.2
"""Addresses that our mail does not reach: counted, blocked, and tried again when there is reason to."""

import datetime as dt
from collections.abc import Iterable
from contextlib import suppress

from django.db import transaction
from django.db.models.functions import Lower

from accounts.domain import audit
from accounts.models import Person
from base import clock
from notifications.domain.resend import NotResent, resend_invitation
from notifications.models import Invitation, RefusedAddress

#: A mailbox that refuses 'for now' this long is taken to be gone (calendar.md, section 6).
SOFT_LIMIT = dt.timedelta(days=3)
#: Temporary refusals with more time between them have nothing to do with each other.
SOFT_GAP = dt.timedelta(days=7)


def refuse(address: str, *, reason: str) -> RefusedAddress:
    """From now on nothing goes there. Repeating it changes nothing."""
    row, _made = RefusedAddress.objects.get_or_create(
        address=address.lower(), defaults={"reason": reason[:300], "blocked_at": clock.now()}
    )
    if row.blocked_at is None:
        row.blocked_at, row.reason = clock.now(), reason[:300]
        row.save(update_fields=["blocked_at", "reason", "updated_at"])
    return row


def refuse_for_now(address: str, *, reason: str) -> bool:
    """Count a temporary refusal. True when it has been refusing for three days and is blocked now."""
    now = clock.now()
    with transaction.atomic():
        RefusedAddress.objects.get_or_create(address=address.lower())
        row = RefusedAddress.objects.select_for_update().get(address=address.lower())
        if row.soft_since is None or row.soft_last is None or now - row.soft_last > SOFT_GAP:
            row.soft_since, row.soft_count = now, 0
        row.soft_last, row.reason = now, reason[:300]
        row.soft_count += 1
        if row.blocked_at is None and now - row.soft_since >= SOFT_LIMIT:
            row.blocked_at = now
        row.save()
        return row.blocked_at is not None


def works(addresses: Iterable[str]) -> None:
    """Somebody answered from there, or typed a code that we sent there: mail arrives after all."""
    RefusedAddress.objects.filter(address__in=[one.lower() for one in addresses if one]).delete()


def try_again(row: RefusedAddress, *, by: Person) -> None:
    """Somebody asked its owner and says it is fine now. Invitations that bounced there go out once more."""
    with transaction.atomic():
        audit.record("address.unblocked", actor=by, subject=row)
        bounced = list(
            Invitation.objects.filter(
                state=Invitation.State.BOUNCED, address__iexact=row.address
            ).order_by("pk")
        )
        row.delete()
        for invitation in bounced:
            with suppress(NotResent):
                resend_invitation(invitation)


def blocked(addresses: Iterable[str]) -> frozenset[str]:
    """Those of the addresses that refuse our mail, in lower case. One query."""
    wanted = {one.lower() for one in addresses if one}
    if not wanted:
        return frozenset()
    return frozenset(
        RefusedAddress.objects.filter(address__in=wanted, blocked_at__isnull=False)
        .order_by()
        .values_list("address", flat=True)
    )


def forget_unused() -> int:
    """Rows of addresses that are nobody's any more, and temporary ones that are long over."""
    known = Person.objects.annotate(lower=Lower("email")).values("lower")
    old = clock.now() - SOFT_GAP
    gone, _ = RefusedAddress.objects.exclude(address__in=known).filter(created_at__lt=old).delete()
    over, _ = RefusedAddress.objects.filter(blocked_at__isnull=True, soft_last__lt=old).delete()
    return gone + over
