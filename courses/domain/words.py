# SPDX-License-Identifier: EUPL-1.2
"""Dutch words as search compares them: without case, accents and endings; and which names mean the same.

Ours, and light: a stem need not be a word, it must be the same for 'brief' and 'brieven'. Text out, text in:
nothing here knows a course or a database, so both engines find the same.
"""

import functools
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

SHORT_WORD = 3
#: From this length on a typo of one letter is forgiven, of two from the second one.
_ONE_TYPO, _TWO_TYPOS = 4, 8
_ABBREVIATIONS = Path(__file__).resolve().parent.parent / "data" / "afkortingen.txt"

_DOUBLE_VOWEL = re.compile(r"(aa|ee|oo|uu)(?=[^aeiou]$)")
_DOUBLE_CONSONANT = re.compile(r"([bcdfghjklmnpqrstvwxz])\1$")
_VOWEL = re.compile(r"[aeiouy]")
_VOWEL_S = re.compile(r"[aeious]s$")
#: (ending, what stays in its place), the longest first. At least three letters with a vowel must be left.
_ENDINGS = (
    ("heden", "heid"),
    ("ingen", ""),
    ("ing", ""),
    ("jes", ""),
    ("ies", "ie"),
    ("en", ""),
    ("je", ""),
    ("es", ""),
    ("e", ""),
    ("s", ""),
)
#: Words that say nothing about a course; left out when the question has others.
_STOP_WORDS = """
aan als beter bij cursus cursussen dat de deze die dit doen door een en er goed het hoe iets ik in is je jouw
kan kun leer leren maar maken me meer met mijn naar niet nog of om ook op over te tot training trainingen uit
van voor waar wat we wil wilt worden workshop zijn zo a about an and course courses for how learn on the to with
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())


def normalise(text: str) -> str:
    """Lower case words without accents, one space between them."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    kept = (c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return " ".join("".join(kept).split())


@functools.lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """'brieven' and 'brief' are 'brief', 'draaitabelen' and 'draaitabellen' are 'draaitabel'."""
    if len(word) <= SHORT_WORD:
        return word
    for ending, instead in _ENDINGS:
        rest = word[: len(word) - len(ending)]
        if ending == "s" and _VOWEL_S.search(word):
            continue  # 'huis', 'cursus'
        if word.endswith(ending) and len(rest) >= SHORT_WORD and _VOWEL.search(rest):
            word = rest + instead
            break
    else:
        # 'schrijft' is 'schrijf'; not after a vowel ('budget') nor after s and h ('kunst', 'recht').
        if len(word) > SHORT_WORD + 2 and word[-1] == "t" and word[-2] not in "aeioushct":
            word = word[:-1]
    word = _DOUBLE_CONSONANT.sub(r"\1", word)
    word = _DOUBLE_VOWEL.sub(lambda match: match[1][0], word)
    return word[:-1] + {"v": "f", "z": "s"}.get(word[-1], word[-1])


def trigrams(word: str) -> set[str]:
    padded = f" {word} "
    return {padded[at : at + 3] for at in range(len(padded) - 2)}


def typos_allowed(word: str) -> int:
    return (len(word) >= _ONE_TYPO) + (len(word) >= _TWO_TYPOS)


def distance(left: str, right: str, most: int) -> int:
    """How many letters to add, leave out, change or swap with a neighbour; ``most + 1`` when it is more."""
    if abs(len(left) - len(right)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, start=1):
        before, last, row = row, before, [i]
        for j, b in enumerate(right, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and b == left[i - 2]:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


class Concept:
    """Names of the same thing. ``key`` is no word that anybody can type."""

    def __init__(self, names: Iterable[str]) -> None:
        self.shown = tuple(names)
        self.names = tuple(normalise(name) for name in self.shown)
        self.key = f"={self.names[0]}"

    def others(self, name: str) -> list[str]:
        return [shown for shown, plain in zip(self.shown, self.names, strict=True) if plain != name]


@functools.cache
def concepts() -> dict[str, Concept]:
    """Every normalised name -> what it is a name of."""
    found: dict[str, Concept] = {}
    for line in _ABBREVIATIONS.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            concept = Concept(name.strip() for name in line.split("="))
            for name in concept.names:
                if found.setdefault(name, concept) is not concept:
                    raise ValueError(f"two meanings of {name!r} in {_ABBREVIATIONS.name}")
    return found


@functools.cache
def _longest_name() -> int:
    return max(len(name.split()) for name in concepts())


def concepts_in(tokens: list[str]) -> list[tuple[int, int, Concept]]:
    """Where (from, to) which concept stands; the longest name counts, and none overlap."""
    found, at = [], 0
    known = concepts()
    while at < len(tokens):
        for size in range(min(_longest_name(), len(tokens) - at), 0, -1):
            concept = known.get(" ".join(tokens[at : at + size]))
            if concept is not None:
                found.append((at, at + size, concept))
                at += size
                break
        else:
            at += 1
    return found
