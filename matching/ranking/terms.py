# SPDX-License-Identifier: EUPL-1.2
"""The words that a question and a trainer share, as the trainer wrote them, and the sentence they stand in.

A person must be able to check them: whole words, never a piece of one, and none that everybody uses.
"""

import functools
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from courses.domain import words
from matching.domain import words as asked_words
from matching.ranking import bridge, lexical
from matching.ranking.texts import concepts_in, sentences_of

MOST = 3
QUOTE = 140
#: A stem shorter than this may be of two words ('les' of 'les' and of 'lezen').
_SURE_STEM = 4
#: A word counts inside a compound from so many letters on, when at least so many others are left.
_INSIDE, _REST = 5, 4
_AROUND = ".,:;!?()[]{}<>'\"‘’“”«»…*_"
_EVERYDAY = Path(__file__).resolve().parent.parent / "data" / "alledaags.txt"


@dataclass(frozen=True)
class Shared:
    """``words`` as the trainer wrote them; ``sentence`` is the one with the most of them, at most QUOTE long."""

    words: tuple[str, ...] = ()
    sentence: str = ""


@functools.cache
def everyday() -> frozenset[str]:
    """Stems that say nothing about a trade: of the list, and of what questions have and no trade."""
    lines = _EVERYDAY.read_text(encoding="utf-8").splitlines()
    listed = words.normalise(" ".join(line for line in lines if not line.startswith("#"))).split()
    asked, said = Counter[str](), Counter[str]()
    for question, trade in bridge.pairs():
        asked.update(set(asked_words.stems(question)))
        said.update(set(asked_words.stems(trade)))
    found = {stem for stem, times in asked.items() if times > 3 * (1 + said[stem])}
    return frozenset(found.union(map(words.stem, [*listed, *lexical.STOP_WORDS])))


def shared(question: str, profile: str) -> Shared:
    """The same word in any form, a word of the other inside a compound, or another name of the same thing."""
    asked = _asked(question)
    found: dict[str, str] = {}
    for said in _whole_words(profile):
        for word in words.normalise(said).split():
            stem = words.stem(word)
            if stem not in everyday() and _is_asked(word, stem, asked):
                found.setdefault(stem, said)
    names = {name for _short, names in concepts_in(question) for name in names if " " in name}
    for name in sorted(names):
        there = re.search(rf"\b{re.escape(name)}\b", profile, re.IGNORECASE)
        if there:
            found.setdefault(name, there[0])
    # The same word in two forms, or with and without a capital, is one.
    kept = list({said.casefold(): said for said in reversed(list(found.values()))}.values())
    terms = tuple(reversed(kept))[:MOST]
    return Shared(terms, _sentence(profile, terms))


def _asked(question: str) -> dict[str, set[str]]:
    """Stem -> the forms in which the question has it; the short names of what it spells out, and back."""
    found: dict[str, set[str]] = {}
    names = [name for _short, names in concepts_in(question) for name in names if " " not in name]
    for word in words.normalise(" ".join([question, *names])).split():
        stem = words.stem(word)
        if len(word) >= words.SHORT_WORD and stem not in everyday() and not word.isdigit():
            found.setdefault(stem, set()).add(word)
    return found


def _whole_words(profile: str) -> Iterable[str]:
    """As they stand there. What a hyphen leaves open ('plak-' of 'plak- en knipwerk') is no word."""
    for raw in profile.replace("/", " ").split():
        said = raw.strip(_AROUND)
        if said and not said.startswith(("-", "–")) and not said.endswith(("-", "–")):
            yield said


def _is_asked(word: str, stem: str, asked: dict[str, set[str]]) -> bool:
    if stem in asked:
        return (
            len(stem) >= _SURE_STEM
            or word in asked[stem]
            or (len(word) >= _SURE_STEM and any(len(form) >= _SURE_STEM for form in asked[stem]))
        )
    return any(_joined(stem, other) or _joined(other, stem) for other in asked)


def _joined(short: str, long: str) -> bool:
    """Is ``long`` a compound that begins or ends with ``short``?"""
    return (
        len(short) >= _INSIDE
        and len(long) - len(short) >= _REST
        and (long.startswith(short) or long.endswith(short))
    )


def _sentence(profile: str, terms: tuple[str, ...]) -> str:
    if not terms:
        return ""
    best = max(sentences_of(profile), key=lambda one: len(_there(one, terms)), default="")
    return quoted(best, next(iter(_there(best, terms)), ""))


def _there(sentence: str, terms: tuple[str, ...]) -> list[str]:
    have = set(_whole_words(sentence))
    return [term for term in terms if term in have or (" " in term and term in sentence)]


def quoted(text: str, around: str = "") -> str:
    """At most QUOTE characters of whole words, with ``around`` among them."""
    text = " ".join(text.split())
    start = text.find(around) if around else 0
    if start + len(around) > QUOTE - 1:
        text = f"…{text[start:]}"
    if len(text) <= QUOTE:
        return text
    return f"{text[: QUOTE - 1].rsplit(' ', 1)[0].rstrip(' ,;:')}…"
