# SPDX-License-Identifier: EUPL-1.2
"""Friendly hints for who writes a course text: long sentences, office words, passive voice. Never a refusal.

The words are our own list (courses/data/plain_language.json); "Direct Duidelijk" of the Dutch government is
the idea behind it: language level B1, short, active, about «je».
"""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from django.utils.translation import gettext as _

#: More words than this and a reader starts again.
LONG_SENTENCE = 20
#: Hints a field: the first ones help, ten would scold.
MOST_HINTS = 3
#: Which fields are read; the rest is names and dates.
FIELDS = ("title", "promise", "goals", "description")

_WORDS = Path(__file__).resolve().parent.parent / "data" / "plain_language.json"
_SENTENCE_END = re.compile(r"(?<=[.!?:])\s+|\n+")
_WORD = re.compile(r"[\w’'-]+")
_ADDRESS = re.compile(r"https?://\S+|\S+@\S+")
_START = 4  # words of a long sentence that are repeated, so that one finds it
_BECOMES = frozenset({"wordt", "worden", "werd", "werden"})
_PARTICIPLE = re.compile(r"(?:(?:be|ver|ont|her)\w{3,}|(?:\w{2,6})?ge\w{2,})(?:t|d|en)")
#: «wordt ... uitgelegd»: so many words after it at most.
_REACH = 7
#: Look like a past participle and are none.
_NO_PARTICIPLE = frozenset(
    [
        "gesprekken",
        "gemeenten",
        "geld",
        "gebied",
        "gewoonten",
        "gedachten",
        "gezond",
        "goed",
        "gevoelens",
        "bestand",
        "bedrijven",
        "bedragen",
        "begrippen",
        "berichten",
        "besluiten",
        "besloten",
        "beelden",
        "verband",
        "verslagen",
        "verschillen",
        "verhalen",
        "vergaderingen",
        "verbeteringen",
        "ontwerpen",
        "gebouwen",
        "gebeurtenissen",
        "vergunningen",
        "gegevens",
        "geheugen",
    ]
)


def hints(typed: Mapping[str, str]) -> dict[str, list[str]]:
    """Sentences to show, by field, for what is typed in «Geef een cursus». Fields without hints are absent.

    Nothing for a course in another language than Dutch.
    """
    if typed.get("language", "nl") not in {"nl", ""}:
        return {}
    found = {name: list(_hints_for(typed.get(name) or ""))[:MOST_HINTS] for name in FIELDS}
    return {name: sentences for name, sentences in found.items() if sentences}


def _hints_for(text: str) -> Iterator[str]:
    text = _ADDRESS.sub(" ", text)
    yield from _office_words(text)
    sentences = _SENTENCE_END.split(text)
    for sentence in sentences:
        words = _WORD.findall(sentence)
        if len(words) > LONG_SENTENCE:
            yield _("Deze zin heeft %(number)d woorden: “%(start)s …”. Maak er twee van.") % {
                "number": len(words),
                "start": " ".join(words[:_START]),
            }
    for sentence in sentences:
        for part in _passives(sentence):
            yield _("Wie doet dit? Schrijf liever actief: “%(part)s”.") % {"part": part}


def _passives(sentence: str) -> Iterator[str]:
    """«worden rustig uitgelegd»: a form of 'worden' up to the past participle that belongs to it."""
    words = list(_WORD.finditer(sentence))
    for number, first in enumerate(words):
        if first[0].casefold() not in _BECOMES:
            continue
        for word in words[number + 1 : number + 1 + _REACH]:
            plain = word[0].casefold()
            if plain in _BECOMES:
                break
            if plain not in _NO_PARTICIPLE and _PARTICIPLE.fullmatch(plain):
                yield sentence[first.start() : word.end()]
                break


def _office_words(text: str) -> Iterator[str]:
    better, pattern = _list()
    seen = set()
    for match in pattern.finditer(text):
        word = match[0].casefold()
        if word not in seen:
            seen.add(word)
            yield _("In plaats van “%(word)s” kun je ook schrijven: “%(better)s”.") % {
                "word": match[0],
                "better": better[word],
            }


@cache
def _list() -> tuple[dict[str, str], re.Pattern[str]]:
    """The words with what is better, and one pattern for all of them; the longest is tried first."""
    better: dict[str, str] = json.loads(_WORDS.read_text(encoding="utf-8"))
    longest_first = sorted(better, key=len, reverse=True)
    words = "|".join(re.escape(word) for word in longest_first)
    return better, re.compile(rf"(?<![\w-])(?:{words})(?![\w-])", re.IGNORECASE)
