# SPDX-License-Identifier: EUPL-1.2
"""How a value is written in an export: words and forms that stay the same, whatever the language of the page."""

import dataclasses
import datetime as dt
from collections.abc import Collection, Iterator
from typing import Any

from accounts.models import Organisation
from base import clock
from courses.models import Registration, Session
from courses.models.course import Format
from matching.models import KnowledgeRequest

State = Registration.State
Asked = KnowledgeRequest.State
CHUNK = 2000

#: Columns that hold a time; a spreadsheet makes real times of them.
INSTANTS = frozenset({"begin", "aangemeld_op", "afgemeld_op", "gevraagd_op", "gekoppeld_op"})

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
AUDIENCES: dict[str, str] = {
    KnowledgeRequest.Audience.ME: "alleen_vrager",
    KnowledgeRequest.Audience.TEAM: "team",
}
WHERE: dict[str, str] = {
    KnowledgeRequest.Where.ONLINE: "online",
    KnowledgeRequest.Where.ON_SITE: "op_locatie",
    KnowledgeRequest.Where.EITHER: "maakt_niet_uit",
}
REQUEST_STATES: dict[str, str] = {
    Asked.OPEN: "open",
    Asked.PROPOSED: "voorstel",
    Asked.ASKED: "trainer_gevraagd",
    Asked.ACCEPTED: "trainer_zegt_ja",
    Asked.PLANNED: "gepland",
    Asked.DONE: "geweest",
    Asked.CLOSED: "gesloten",
    Asked.EXPIRED: "verlopen",
}


@dataclasses.dataclass(frozen=True)
class Table:
    header: tuple[str, ...]
    rows: Iterator[tuple[Any, ...]]

    def without(self, columns: Collection[str]) -> "Table":
        kept = [number for number, name in enumerate(self.header) if name not in columns]
        return Table(
            tuple(self.header[number] for number in kept),
            (tuple(row[number] for number in kept) for row in self.rows),
        )


def iso(instant: dt.datetime | None) -> str:
    """ISO 8601 on the clock of Europe/Amsterdam, with its offset."""
    return "" if instant is None else clock.local(instant).isoformat(timespec="seconds")


def hours(minutes: Any) -> float:
    return round(int(minutes) / 60, 2)


def mark(score: Any) -> float | str:
    return "" if score is None else round(float(score), 2)


def with_predecessors(organisation: Organisation) -> frozenset[int]:
    """Its key and those of organisations that ended and went into it: history follows the successor. One query.

    One that has a successor and still exists keeps its people to itself.
    """
    ended = Organisation.objects.filter(successor__isnull=False, valid_until__lt=clock.today())
    merged = dict(ended.values_list("pk", "successor"))
    found, size = {organisation.pk}, 0
    while size < len(found):
        size = len(found)
        found |= {pk for pk, successor in merged.items() if successor in found}
    return frozenset(found)


def places_by_key() -> dict[int, tuple[str, str, str]]:
    """Name, layer and TOOI of every organisation: some 1,500 rows, instead of six joined columns a row."""
    return {
        pk: (name, layer, tooi or "")
        for pk, name, layer, tooi in Organisation.objects.values_list("pk", "name", "layer", "tooi")
    }
