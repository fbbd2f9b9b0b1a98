# SPDX-License-Identifier: EUPL-1.2
"""What people are told: the outbox, the invitations in their calendars, and what they write to each other."""

from notifications.models.inbound import InboundMessage, Lease, Outcome, RefusedAddress
from notifications.models.invitation import Invitation
from notifications.models.message import Message
from notifications.models.note import Note
from notifications.models.pause import BulkPause
from notifications.models.preference import Feed, Preference, ProgrammeInterest, Round

__all__ = [
    "BulkPause",
    "Feed",
    "InboundMessage",
    "Invitation",
    "Lease",
    "Message",
    "Note",
    "Outcome",
    "Preference",
    "ProgrammeInterest",
    "RefusedAddress",
    "Round",
]
