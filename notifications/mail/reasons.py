# SPDX-License-Identifier: EUPL-1.2
"""Why somebody gets a mail: the last line of each. What cannot be switched off says so here."""

from notifications.models.message import BULK_KINDS, REPLY_KINDS, SECRET_KINDS, Kind

_TEACH = frozenset({Kind.TEACH, Kind.TEACH_CHANGED, Kind.TEACH_CANCELLED})
_ACCESS = frozenset({Kind.ACCESS_GRANTED, Kind.ACCESS_REFUSED})
_DAY = frozenset({Kind.DAY, Kind.DAY_CHANGED, Kind.DAY_CANCELLED})
_REMINDERS = frozenset({Kind.REMINDER_DAY, Kind.REMINDER_HOUR})
_ORGANISATION = frozenset({Kind.ORGANISATION_CONFIRMED, Kind.ORGANISATION_REJECTED})
_COORDINATOR = frozenset({Kind.ACCESS_REQUESTED, Kind.TRAINER_DECLINED})

#: Switched on, or asked for a moment ago.
_FIGURES = frozenset({Kind.EXPORT_READY, Kind.REACH_MONTHLY})

_WORDS: tuple[tuple[frozenset[str], str, str], ...] = (
    (SECRET_KINDS, "", ""),
    (
        frozenset({Kind.ADDRESS_CHANGED}),
        "omdat dit adres bij je account hoorde",
        "because this address was part of your account",
    ),
    (frozenset({Kind.READDRESSED}), "omdat je een nieuw adres hebt", "because your address is new"),
    (
        frozenset({Kind.TEACH_ASKED}),
        "omdat een collega je werkmail invulde",
        "because a colleague typed your work email",
    ),
    (
        REPLY_KINDS,
        "omdat je in je agenda antwoord gaf op onze uitnodiging",
        "because you answered our invitation in your calendar",
    ),
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
        "omdat je op dit onderwerp wacht. Stoppen kan op de pagina van de cursus",
        "because you wait for this topic. You can stop on the page of the course",
    ),
    (BULK_KINDS | _FIGURES, "omdat je erom vroeg", "because you asked for it"),
    (
        frozenset({Kind.NOTE}),
        "omdat je bij deze cursus hoort",
        "because you are part of this course",
    ),
)
_POOL = frozenset({Kind.REQUEST_ASKED, Kind.REQUEST_WITHDRAWN, Kind.DATES_AWAITED})
_ASKER = frozenset(
    {
        Kind.REQUEST_YES,
        Kind.REQUEST_NO,
        Kind.REQUEST_UNANSWERED,
        Kind.HELP_OFFERED,
        Kind.ASKED_FOR_YOU,
        Kind.DATES_OFFERED,
        Kind.REQUEST_EXPIRING,
    }
)
_MATCHING: tuple[tuple[frozenset[str], str, str], ...] = (
    (_POOL, "omdat je in de trainerpool staat", "because you are in the pool of trainers"),
    (_ASKER, "omdat je een kennisvraag stelde", "because you asked a question"),
    (
        frozenset({Kind.SEAT_FIRST}),
        "omdat je hetzelfde vroeg",
        "because you asked the same",
    ),
    (
        frozenset({Kind.REQUEST_CALL}),
        "omdat je mag worden gevraagd, of coördinator bent",
        "because you may be asked, or are a coordinator",
    ),
    (
        frozenset({Kind.NOMINATED}),
        "omdat een collega je naam en adres gaf. Antwoord je niet? Dan wissen we die na 30 dagen",
        "because a colleague named you. Without an answer we erase your details after 30 days",
    ),
    (
        frozenset({Kind.NOMINATION_ANSWERED}),
        "omdat je een collega voordroeg",
        "because you pointed out a colleague",
    ),
)
_OTHERWISE = ("omdat je je aanmeldde", "because you signed up")
_BY_ANOTHER = ("omdat je coördinator je aanmeldde", "because your coordinator signed you up")


def why(kind: str, language: str, *, by_another: bool = False) -> str:
    """A sentence, or nothing where the mail says so itself. ``by_another``: the receiver did not sign up alone."""
    dutch, english = next(
        ((nl, en) for kinds, nl, en in (*_WORDS, *_MATCHING) if kind in kinds),
        _BY_ANOTHER if by_another else _OTHERWISE,
    )
    words = dutch if language == "nl" else english
    if not words:
        return ""
    return f"Je krijgt deze mail {words}." if language == "nl" else f"You get this mail {words}."
