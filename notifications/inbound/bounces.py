# SPDX-License-Identifier: EUPL-1.2
"""Delivery reports (RFC 3464): which message of ours did not arrive, and whether that is for good."""

import re
import uuid
from dataclasses import dataclass
from email.message import Message as Parsed

from django.db.models import Q

from notifications.domain import addresses
from notifications.inbound.reading import Mail, all_of, printable
from notifications.mail import verp
from notifications.mail.headers import one_line
from notifications.models import Invitation, Message, Outcome

_STATUS = re.compile(r"\b([245])\.\d{1,3}\.\d{1,3}\b")
_INVITATION_ID = re.compile(r"<inv\.([0-9a-f]{32})\.\d+\.[a-z0-9]+@", re.IGNORECASE)
_MESSAGE_ID = re.compile(r"<msg\.([0-9a-f]{32})(?:\.[a-z0-9]+)?@", re.IGNORECASE)
#: Classes of enhanced status codes (RFC 3463).
_FOR_GOOD, _FOR_NOW = 5, 4
_ENVELOPE = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To")


@dataclass(frozen=True, slots=True)
class Report:
    """``status`` is 2, 4 or 5; ``reason`` the server's words, one line."""

    status: int
    reason: str
    token: uuid.UUID | None
    returned_id: str


def report_in(mail: Mail) -> Report | None:
    """None when the mail is no delivery report. The worst status of all its recipients counts: each of our
    mails has one."""
    if mail.parsed.get_content_type() != "multipart/report":
        return None
    parts = list(_flat(mail.parsed))
    blocks = [part for part in parts if part.get_content_type() == "message/delivery-status"]
    if not blocks:
        return None
    status, reason = 0, ""
    for block in _flat_all(blocks):
        for text in all_of(block, "Status"):
            found = _STATUS.search(text)
            if found is not None and int(found[1]) > status:
                status = int(found[1])
                words = next(iter(all_of(block, "Diagnostic-Code")), "")
                reason = printable(one_line(f"{found[0]} {words}"))[:300]
    if not status:
        return None
    headers = [value for name in _ENVELOPE for value in all_of(mail.parsed, name)]
    return Report(status, reason, verp.message_id_in(headers), _returned_id(parts))


def token_in(mail: Mail) -> uuid.UUID | None:
    """For bounces in a shape of their own: only the address they came to tells what they are about."""
    return verp.message_id_in(value for name in _ENVELOPE for value in all_of(mail.parsed, name))


def note(report: Report) -> tuple[Outcome, Invitation | None]:
    """Mark what did not arrive. In the caller's transaction."""
    message = _message_of(report)
    if message is None:
        return Outcome.BOUNCE_UNKNOWN, None
    invitation = message.invitation
    address = (invitation.address if invitation else "") or message.to_address
    if not address and message.person is not None:
        address = message.person.email
    if report.status == _FOR_GOOD:
        _mark(invitation)
        if verp.is_about_address(report.reason) and address and not message.is_secret:
            addresses.refuse(address, reason=report.reason)
        return Outcome.BOUNCED, invitation
    if report.status == _FOR_NOW and address and not message.is_secret:
        if addresses.refuse_for_now(address, reason=report.reason):
            _mark(invitation)
            return Outcome.BOUNCED, invitation
        return Outcome.BOUNCE_LATER, invitation
    return Outcome.AUTOMATIC, invitation


def _mark(invitation: Invitation | None) -> None:
    if invitation is not None:
        Invitation.objects.filter(pk=invitation.pk, state=Invitation.State.ACTIVE).update(
            state=Invitation.State.BOUNCED
        )


def _message_of(report: Report) -> Message | None:
    """By the envelope sender, else by the Message-ID of the mail that was sent back: both are random, so
    who names one has seen the mail."""
    if report.token is not None:
        which = Q(public_id=report.token)
    elif found := _MESSAGE_ID.search(report.returned_id):
        which = Q(public_id=uuid.UUID(found[1]))
    elif found := _INVITATION_ID.search(report.returned_id):
        which = Q(invitation__uid__startswith=f"{found[1].lower()}@")
    else:
        return None
    rows = Message.objects.select_related("invitation", "person").filter(which)
    return rows.order_by("-id").first()


def _returned_id(parts: list[Parsed]) -> str:
    """The Message-ID of our own mail, of which a report holds a copy or only the headers."""
    for part in parts:
        if part.get_content_type() == "text/rfc822-headers":
            text = str(part.get_payload())[:65536]
            for found in (_MESSAGE_ID.search(text), _INVITATION_ID.search(text)):
                if found is not None:
                    return found[0]
        elif part.get_content_type() == "message/rfc822":
            inside = part.get_payload()
            if isinstance(inside, list) and inside and isinstance(inside[0], Parsed):
                return next(iter(all_of(inside[0], "Message-ID")), "")
    return ""


def _flat(parsed: Parsed) -> list[Parsed]:
    """The direct parts of a multipart."""
    inside = parsed.get_payload()
    return [part for part in inside if isinstance(part, Parsed)] if isinstance(inside, list) else []


def _flat_all(blocks: list[Parsed]) -> list[Parsed]:
    return [part for block in blocks for part in _flat(block)]
