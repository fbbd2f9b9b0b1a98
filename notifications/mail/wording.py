# SPDX-License-Identifier: EUPL-1.2
"""Dates, places and names in words, in the language of the receiver and on the Dutch clock.

Own small tables instead of switching Django's language for every mail: a batch is written in two languages
and the text may not depend on who else is in it.
"""

import datetime as dt

from base import clock
from notifications.itip.facts import Facts

_DAYS = {
    "nl": ["maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"],
    "en": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
}
_MONTHS = {
    "nl": [
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ],
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
}
_SHORT_MONTHS = {
    "nl": ["jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"],
    "en": ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
}
_SHORT_DAYS = {
    "nl": ["ma", "di", "wo", "do", "vr", "za", "zo"],
    "en": ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
}


def day(instant: dt.datetime, language: str) -> str:
    """'dinsdag 13 oktober 2026'."""
    return date(clock.local(instant).date(), language)


def date(day: dt.date, language: str) -> str:
    """'dinsdag 13 oktober 2026', of a day that is nobody's instant."""
    name = _DAYS[language][day.weekday()]
    return f"{name} {day.day} {_MONTHS[language][day.month - 1]} {day.year}"


def moment(instant: dt.datetime, language: str) -> str:
    """'dinsdag 13 oktober 2026, 10:00 uur'."""
    hour = " uur" if language == "nl" else ""
    return f"{day(instant, language)}, {clock.local(instant):%H:%M}{hour}"


def short_moment(instant: dt.datetime, language: str) -> str:
    """'di 13 okt, 10:00', for subjects and lists."""
    local = clock.local(instant)
    name = _SHORT_DAYS[language][local.weekday()]
    return f"{name} {local.day} {_SHORT_MONTHS[language][local.month - 1]}, {local:%H:%M}"


def period(start: dt.datetime, end: dt.datetime, language: str) -> str:
    """'dinsdag 13 oktober 2026, 10:00 tot 10:50 uur'. A session ends on the day it starts."""
    begin, until = clock.local(start), clock.local(end)
    if language == "nl":
        return f"{day(start, 'nl')}, {begin:%H:%M} tot {until:%H:%M} uur"
    return f"{day(start, 'en')}, {begin:%H:%M} to {until:%H:%M} (Dutch time)"


def place(facts: Facts, language: str) -> str:
    """Where people go: the room, 'Online', or both."""
    if not facts.place:
        return "Online"
    if facts.link:
        return f"{facts.place}, {'of online' if language == 'nl' else 'or online'}"
    return facts.place


def listed(names: list[str], language: str) -> str:
    """'Samira, Joost en Wen'."""
    if len(names) <= 1:
        return "".join(names)
    return f"{', '.join(names[:-1])} {'en' if language == 'nl' else 'and'} {names[-1]}"
