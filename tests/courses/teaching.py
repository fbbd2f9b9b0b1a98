# SPDX-License-Identifier: EUPL-1.2
"""What a trainer types, asks for and is told, for the tests of those pages."""

import datetime as dt
import uuid
from typing import Any

from django.urls import reverse

from base import clock


def in_days(days: int) -> str:
    return (clock.today() + dt.timedelta(days=days)).isoformat()


def typed(**changes: str) -> dict[str, str]:
    """Everything that must be filled in, and the choices that the page makes beforehand."""
    return {
        "title": "Draaitabellen in Excel",
        "promise": "Je maakt zelf een draaitabel van je eigen lijst.",
        "theme": "schrijven",
        "day": in_days(30),
        "time": "10:00",
        "minutes": "45",
        "format": "online",
        "capacity": "12",
        "level": "iedereen",
        "language": "nl",
        "licence": "cc-by-4.0",
        "publiceer": "1",
    } | changes


def edit_url(public_id: uuid.UUID) -> str:
    return reverse("courses:teach-edit", args=[public_id])


def url(name: str, row: Any) -> str:
    """The page of that name about this course, session or registration."""
    return reverse(f"courses:{name}", args=[row.public_id])


def messages(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]
