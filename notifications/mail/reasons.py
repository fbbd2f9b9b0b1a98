# SPDX-License-Identifier: EUPL-1.2
"""Why somebody gets a mail: the last line of each. What cannot be switched off says so here."""

from notifications.models.message import BULK_KINDS, Kind

_TEACH = frozenset({Kind.TEACH, Kind.TEACH_CHANGED, Kind.TEACH_CANCELLED})
_ACCESS = frozenset({Kind.ACCESS_GRANTED, Kind.ACCESS_REFUSED})
_DAY = frozenset({Kind.DAY, Kind.DAY_CHANGED, Kind.DAY_CANCELLED})
_REMINDERS = frozenset({Kind.REMINDER_DAY, Kind.REMINDER_HOUR})
_ORGANISATION = frozenset({Kind.ORGANISATION_CONFIRMED, Kind.ORGANISATION_REJECTED})
_COORDINATOR = frozenset({Kind.ACCESS_REQUESTED, Kind.TRAINER_DECLINED})

_WORDS: tuple[tuple[frozenset[str], str, str], ...] = (
    (frozenset({Kind.LOGIN_CODE}), "", ""),
    (frozenset({Kind.READDRESSED}), "omdat je een nieuw adres hebt", "because your address is new"),
    (_TEACH, "omdat je deze cursus geeft", "because you teach this course"),
    (frozenset({Kind.TEACH_REMOVED}), "omdat je deze cursus gaf", "because you taught this course"),
    (_ACCESS, "omdat je toegang vroeg", "because you asked for access"),
    (_DAY, "omdat je deze dag in je agenda zette", "because you put this day in your calendar"),
    (
        _REMINDERS,
        "omdat je meedoet. Herinneringen zet je uit bij Mijn gegevens",
        "because you take part. Turn reminders off under My details",
    ),
    (_ORGANISATION, "omdat je een organisatie koos", "because you chose an organisation"),
    (_COORDINATOR, "omdat je coördinator bent", "because you are a coordinator"),
    (
        frozenset({Kind.EVALUATE, Kind.APPLIED}),
        "omdat je erbij was",
        "because you were there",
    ),
    (
        frozenset({Kind.NEW_DATE}),
        "omdat je op dit onderwerp wachtte",
        "because you waited for this subject",
    ),
    (BULK_KINDS, "omdat je erom vroeg", "because you asked for it"),
    (
        frozenset({Kind.NOTE}),
        "omdat je bij deze cursus hoort",
        "because you are part of this course",
    ),
)
_OTHERWISE = ("omdat je je aanmeldde", "because you signed up")


def why(kind: str, language: str) -> str:
    """A sentence, or nothing where the mail says so itself."""
    dutch, english = next(
        ((nl, en) for kinds, nl, en in _WORDS if kind in kinds),
        _OTHERWISE,
    )
    words = dutch if language == "nl" else english
    if not words:
        return ""
    return f"Je krijgt deze mail {words}." if language == "nl" else f"You get this mail {words}."
