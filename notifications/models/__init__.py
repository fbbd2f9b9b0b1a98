# SPDX-License-Identifier: EUPL-1.2
"""What people are told: the outbox and the invitations in their calendars."""

from notifications.models.inbound import InboundMessage, Lease, Outcome, RefusedAddress
from notifications.models.invitation import Invitation
from notifications.models.message import Message

__all__ = ["InboundMessage", "Invitation", "Lease", "Message", "Outcome", "RefusedAddress"]
