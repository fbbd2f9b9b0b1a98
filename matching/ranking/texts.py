# SPDX-License-Identifier: EUPL-1.2
"""What is compared: a question, and of a trainer the whole and the parts.

The whole says who somebody is; the best part (one course, one example, one piece of the expertise) says whether
this question is answered there. Who gives eight courses is not drowned in their mean.
"""

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from courses.domain import words

PLAIN_WORDS = Path(__file__).resolve().parent.parent / "data" / "vaktaal.txt"
MAX_WHOLE = 1500
MAX_PART = 700
MAX_PARTS = 24
#: Expertise shorter than this is the title of a job; it counts in the whole, not as a part.
_JOB_TITLE = 120
_PIECE = 320

#: Short names that are also words; they count when written in capitals.
_CAPITALS = "ai bag bio bop boa div duo fg ind is it ki mt or po pop pps ro rpa ux"
_ALSO_WORDS = frozenset(_CAPITALS.split())
_SHORT = 6
#: So many letters in capitals are no abbreviation.
_LOUD = 20
_TOKEN = re.compile(r"\w+(?:&\w+)*")
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+")
_MARKS = re.compile(r"[#*_>`|\[\]]+|\(https?://[^)]*\)|https?://\S+")


class Part(StrEnum):
    WHOLE = "whole"
    COURSE = "course"
    EXAMPLE = "example"
    EXPERTISE = "expertise"


@dataclass(frozen=True)
class CourseText:
    title: str
    description: str = ""

    @property
    def text(self) -> str:
        return _joined(self.title, self.description)[:MAX_PART]


@dataclass(frozen=True)
class TrainerText:
    """``expertise``: headline and expertise; ``examples``: questions this trainer says to answer."""

    expertise: str = ""
    courses: tuple[CourseText, ...] = ()
    examples: tuple[str, ...] = ()

    @property
    def whole(self) -> str:
        courses = [course.text for course in self.courses]
        return _joined(self.expertise[:MAX_WHOLE], *courses, *self.examples)[:MAX_WHOLE]

    def parts(self) -> list[tuple[Part, int, str]]:
        """(sort, number within the sort, text); never empty unless there is no text at all."""
        found = [(Part.COURSE, at, course.text) for at, course in enumerate(self.courses)]
        found += [(Part.EXAMPLE, at, text) for at, text in enumerate(self.examples)]
        pieces = list(pieces_of(self.expertise))
        if not found or len(self.expertise) > _JOB_TITLE:
            found += [(Part.EXPERTISE, at, text) for at, text in enumerate(pieces)]
        return [part for part in found if part[2].strip()][:MAX_PARTS]


def pieces_of(text: str) -> Iterator[str]:
    """Some sentences at a time, each piece long enough to say something."""
    piece = ""
    for sentence in sentences_of(text):
        if piece and len(piece) + len(sentence) > _PIECE:
            yield piece
            piece = ""
        piece = f"{piece} {sentence}".strip()
    if piece:
        yield piece


def sentences_of(text: str) -> list[str]:
    return [part.strip() for part in _SENTENCE.split(plain(text)) if part and part.strip()]


def plain(text: str) -> str:
    """Without the marks of Markdown and without addresses of pages."""
    return _MARKS.sub(" ", text)


def spelled_out(text: str) -> str:
    """With the full names of the abbreviations in it at the end, and what they are about: a model that read the web
    knows neither «Woo» nor what a «Wet open overheid» is to who gets the request."""
    text = _calm(text)
    more: list[str] = []
    for name, concept in _concepts_in(text):
        if _is_short(name):
            more += concept.others(name)
        more += [meaning for key in concept.names if (meaning := plain_words().get(key))]
    return f"{text} ({', '.join(dict.fromkeys(more))})" if more else text


def _calm(text: str) -> str:
    """What somebody typed in capitals in small letters: the model reads capitals as names."""
    letters = [letter for letter in text if letter.isalpha()]
    shouted = len(letters) >= _LOUD and sum(map(str.isupper, letters)) > 0.8 * len(letters)
    return text.lower() if shouted else text


@functools.cache
def plain_words() -> dict[str, str]:
    """Normalised short name -> what it is, as anybody would say it."""
    lines = PLAIN_WORDS.read_text(encoding="utf-8").splitlines()
    found = [line.split(": ", 1) for line in lines if line and not line.startswith("#")]
    return {words.normalise(name): meaning.strip() for name, meaning in found}


def concepts_in(text: str) -> Iterator[tuple[bool, Sequence[str]]]:
    """Of every name of a known thing: is it a short one, and the other names."""
    for name, concept in _concepts_in(text):
        yield _is_short(name), concept.others(name)


def _is_short(name: str) -> bool:
    return len(name) <= _SHORT and " " not in name


def _concepts_in(text: str) -> Iterator[tuple[str, words.Concept]]:
    """Every name of a known thing, normalised, with the thing."""
    raw = _TOKEN.findall(text)
    tokens, written = [], []
    for token in raw:
        for word in words.normalise(token).split():
            tokens.append(word)
            written.append(token)
    for first, last, concept in words.concepts_in(tokens):
        name = " ".join(tokens[first:last])
        if name in _ALSO_WORDS and not written[first].isupper():
            continue
        yield name, concept


def _joined(*parts: str) -> str:
    """Sentences after each other, each ended."""
    kept = [part.strip() for part in parts if part and part.strip()]
    return " ".join(part if part[-1] in ".!?:;" else f"{part}." for part in kept)
