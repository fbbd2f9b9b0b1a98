# SPDX-License-Identifier: EUPL-1.2
"""The words of a question: what it is found by, and what makes a title of it."""

import re

from base.text import one_line
from courses.domain import words
from matching.models.request import MAX_TITLE

_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_ENGLISH = frozenset(
    [
        "the",
        "and",
        "to",
        "of",
        "is",
        "for",
        "with",
        "how",
        "do",
        "we",
        "my",
        "you",
        "are",
        "that",
        "this",
        "it",
        "in",
        "on",
        "can",
    ]
)
_DUTCH = frozenset(
    [
        "de",
        "het",
        "een",
        "en",
        "van",
        "is",
        "voor",
        "met",
        "hoe",
        "ik",
        "we",
        "mijn",
        "dat",
        "dit",
        "er",
        "op",
        "niet",
        "kan",
        "zijn",
    ]
)
#: Words that say nothing about what somebody wants to learn, beside those of the catalogue.
_SAYS_NOTHING = frozenset(
    words.normalise(
        "heb heeft hebben had ben bent was waren worden wordt word moet moeten weten weet graag iemand wie welke welk "
        "want dan dus ook heel veel steeds telkens elke iedere vaak nooit altijd collega collegas team organisatie gemeente "
        "vraag vragen help hulp helpen loop loopt lopen tegenaan zoek zoeken snap begrijp lukt slim slimmer handig beste "
        "onze ons jullie ze hun haar hem zich zelf mensen werk werken werkt anders sinds tussen door onder tegen zonder "
        "al wij eerst eerste mee krijg krijgt zien zie wel daarna nu pas na voordat nadat omdat zodat tijdens terwijl "
        "komen komt zit zitten altijd dezelfde hetzelfde iets niemand twee drie vier vijf tien twintig vijftig "
        "have has had been was were what which who when where some any our your their they them get make way good best"
    ).split()
)


def stems(text: str) -> list[str]:
    """Every stem once, in order, without words that say nothing."""
    found = dict.fromkeys(
        words.stem(word)
        for word in words.normalise(text).split()
        if word not in words.STOP_WORDS and word not in _SAYS_NOTHING
    )
    return list(found)


def searchable(*parts: str) -> str:
    """Stems with a space on both sides, for ``contains`` in the database."""
    return f" {' '.join(stems(' '.join(parts)))[:8000]} "


def has_words(text: str) -> bool:
    """Whether there is a word of at least two letters in any script; emoji and signs are none."""
    return re.search(r"[^\W\d_]{2,}", text) is not None


def title_of(text: str) -> str:
    """The first sentence, or as many whole words of it as fit."""
    first = one_line(_SENTENCE.split(text.strip(), maxsplit=1)[0])
    if len(first) <= MAX_TITLE:
        return first
    return first[: MAX_TITLE - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def language_of(text: str) -> str:
    """'en' when it reads as English, else 'nl'."""
    found = words.normalise(text).split()
    english = sum(word in _ENGLISH for word in found)
    dutch = sum(word in _DUTCH for word in found)
    return "en" if english > dutch else "nl"
