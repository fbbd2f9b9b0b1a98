# SPDX-License-Identifier: EUPL-1.2
"""Who may answer an invitation (calendar.md, section 6)."""

import contextlib
import re
from email.message import Message

from django.conf import settings

from notifications.inbound.reading import all_of
from notifications.models import Invitation

_COMMENT = re.compile(r"\([^()]*\)")
_DMARC_FAIL = re.compile(r"\bdmarc\s*=\s*fail\b", re.IGNORECASE)


def dmarc_failed(parsed: Message) -> bool:
    """Whether our own mail exchanger says so (INBOUND_MX; RFC 8601). Anybody can write such a header into a
    mail, so those of other servers do not count; without INBOUND_MX every 'fail' counts, for a stranger
    gains nothing by it."""
    for value in all_of(parsed, "Authentication-Results"):
        text = _COMMENT.sub(" ", value)
        server, _, results = text.partition(";")
        name = (server.split() or [""])[0].lower()
        if settings.INBOUND_MX and name != settings.INBOUND_MX:
            continue
        if _DMARC_FAIL.search(results):
            return True
    return False


def may_answer(invitation: Invitation, *, sender: str, attendee: str) -> bool:
    """ATTENDEE or From is the person invited, or From has the domain we invited (an alias)."""
    invited = {one for one in recipients(invitation) if one}
    if {canonical(sender), canonical(attendee)} & invited:
        return True
    return bool(sender) and _domain(canonical(sender)) in {_domain(one) for one in invited}


def recipients(invitation: Invitation) -> list[str]:
    """Where the invitation went, and the person's address of today."""
    person = invitation.person
    return [canonical(one) for one in (invitation.address, person.email if person else "") if one]


def _domain(address: str) -> str:
    return address.rpartition("@")[2]


def canonical(address: str) -> str:
    """Lower case, the domain in ASCII (IDNA); an address that cannot be read is left as it is."""
    local, at, domain = address.strip().lower().rpartition("@")
    with contextlib.suppress(UnicodeError):
        domain = domain.encode("idna").decode("ascii")
    return f"{local}{at}{domain}"
