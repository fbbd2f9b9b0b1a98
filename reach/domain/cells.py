# SPDX-License-Identifier: EUPL-1.2
"""How a value is written in an export: words and forms that stay the same, whatever the language of the page."""

import datetime as dt
from typing import Any

from accounts.models import Organisation
from base import clock
from courses.models import Registration, Session
from courses.models.course import Format

State = Registration.State

STATES: dict[str, str] = {
    State.HELD: "vastgehouden",
    State.REGISTERED: "aangemeld",
    State.WAITING: "wachtlijst",
    State.ATTENDED: "geweest",
    State.ABSENT: "afwezig",
    State.CANCELLED: "afgemeld",
}
PRESENT: dict[str, str] = {State.ATTENDED: "ja", State.ABSENT: "nee"}
REASONS = {
    "": "",
    "self": "zelf",
    "declined": "uitnodiging_afgewezen",
    "trainer": "trainer",
    "coordinator": "coordinator",
    "moved": "verzet",
    "session": "bijeenkomst_afgezegd",
    "hold_expired": "code_te_laat",
    "unconfirmed": "organisatie_niet_bevestigd",
    "erased": "account_verwijderd",
    "started": "geen_plek_vrijgekomen",
}
SESSION_STATES: dict[str, str] = {
    Session.Status.PLANNED: "gepland",
    Session.Status.CANCELLED: "afgezegd",
}
FORMATS: dict[str, str] = {
    Format.ON_SITE: "op_locatie",
    Format.ONLINE: "online",
    Format.HYBRID: "hybride",
}


def iso(instant: dt.datetime | None) -> str:
    """ISO 8601 on the clock of Europe/Amsterdam, with its offset."""
    return "" if instant is None else clock.local(instant).isoformat(timespec="seconds")


def hours(minutes: Any) -> float:
    return round(int(minutes) / 60, 2)


def mark(score: Any) -> float | str:
    return "" if score is None else round(float(score), 2)


def places_by_key() -> dict[int, tuple[str, str, str]]:
    """Name, layer and TOOI of every organisation: some 1,500 rows, instead of six joined columns a row."""
    return {
        pk: (name, layer, tooi or "")
        for pk, name, layer, tooi in Organisation.objects.values_list("pk", "name", "layer", "tooi")
    }
