# SPDX-License-Identifier: EUPL-1.2
"""The envelope sender tells which mail bounced (VERP): bounce+<token>@BOUNCE_DOMAIN.

The token is a message's public id and sixteen hex digits that only we can make: a mail to an invented
token marks nobody's address. Hex, because some servers change the case of a local part; 55 of the 64
octets that RFC 5321 gives a local part.
"""

import re
import uuid
from collections.abc import Iterable

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from notifications.models import Message

_TOKEN = re.compile(r"bounce\+([0-9a-f]{32})([0-9a-f]{16})@", re.IGNORECASE)
#: RFC 3463: X.7.x is policy (about us), X.6.x the content, X.3.4 the size: not about this address.
_NOT_THE_ADDRESS = re.compile(r"\b5\.(?:7\.\d+|6\.\d+|3\.4)\b")


def sender_for(message: Message) -> str:
    """INVITE_FROM as long as nobody reads the bounces."""
    if not settings.BOUNCE_DOMAIN:
        return settings.INVITE_FROM
    public_id = message.public_id.hex
    return f"bounce+{public_id}{_signature(public_id)}@{settings.BOUNCE_DOMAIN}"


def message_id_in(headers: Iterable[str]) -> uuid.UUID | None:
    """The public id of the message that bounced, from the headers that name our envelope sender."""
    for text in headers:
        for public_id, signature in _TOKEN.findall(text):
            if constant_time_compare(_signature(public_id.lower()), signature.lower()):
                return uuid.UUID(public_id)
    return None


def is_about_address(reason: str) -> bool:
    """Whether a refusal for good says something about the receiver, rather than about us or this mail."""
    return _NOT_THE_ADDRESS.search(reason) is None


def _signature(public_id: str) -> str:
    return salted_hmac("notifications.verp", public_id, algorithm="sha256").hexdigest()[:16]
