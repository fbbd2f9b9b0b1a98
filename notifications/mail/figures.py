# SPDX-License-Identifier: EUPL-1.2
"""Mails about the figures: a link to where they are. Never a figure, a file or a name in the mail itself."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_noop as marked

from base import clock
from notifications.mail import letters, links, wording
from notifications.mail.desk import Desk
from notifications.mail.headers import one_line
from notifications.models import Message
from notifications.models.message import Kind


def _export_ready(message: Message, desk: Desk, language: str) -> letters.Values:
    until = dt.datetime.fromisoformat(str(message.payload["until"]))
    if clock.now() >= until:
        raise letters.NothingToTell(marked("het bestand is al verwijderd"))
    return {
        "export_url": links.download(uuid.UUID(str(message.payload["export"]))),
        "until": wording.moment(until, language),
    }


def _monthly(message: Message, desk: Desk, language: str) -> letters.Values:
    organisation = desk.organisation(message)
    month = dt.date.fromisoformat(str(message.payload["month"]))
    if month != clock.today().replace(day=1):
        raise letters.NothingToTell(marked("die maand is voorbij"))
    choice = {"tabel": message.payload["table"], "formaat": message.payload["format"]}
    if organisation is not None:
        choice["organisatie"] = organisation.slug
    return {
        "organisation": one_line(organisation.name) if organisation is not None else "",
        "downloads_url": links.downloads(**choice),
        "monthly_url": stop_url(message) or links.monthly(),
    }


def stop_url(message: Message) -> str:
    """Where one button switches the monthly mail off, without signing in."""
    export = message.payload.get("export")
    return links.stop_monthly(str(export)) if export else ""


WRITERS: dict[str, Callable[[Message, Desk, str], dict[str, Any]]] = {
    Kind.EXPORT_READY: _export_ready,
    Kind.REACH_MONTHLY: _monthly,
}
