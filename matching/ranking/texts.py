# SPDX-License-Identifier: EUPL-1.2
"""What is compared: a question, and of a trainer the whole and the parts.

The whole says who somebody is; the best part (one course, one example, one piece of the expertise) says whether
this question is answered there. Who gives eight courses is not drowned in their mean.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from courses.domain import words

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
    """With the full names of the abbreviations in it at the end, for a model that never saw them."""
    full = [shown for short, names in concepts_in(text) if short for shown in names]
    return f"{text} ({', '.join(dict.fromkeys(full))})" if full else text


def concepts_in(text: str) -> Iterator[tuple[bool, Sequence[str]]]:
    """Of every name of a known thing: is it a short one, and the other names."""
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
        yield len(name) <= _SHORT and " " not in name, concept.others(name)


def _joined(*parts: str) -> str:
    """Sentences after each other, each ended."""
    kept = [part.strip() for part in parts if part and part.strip()]
    return " ".join(part if part[-1] in ".!?:;" else f"{part}." for part in kept)
