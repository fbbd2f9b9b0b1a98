# SPDX-License-Identifier: EUPL-1.2
"""Texts by their letters: pieces of three to five letters of every word, rare ones weighing more (TF-IDF).

Finds the rare word that a model of meaning does not know (a law, a programme), and ranks alone where there is
no model. Abbreviations of Dutch government count as their full names (courses.domain.words).

How rare a piece is comes from texts of our own, never from the pool: a score means the same among three
trainers and among a hundred thousand.
"""

import functools
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from courses.domain import words
from matching.ranking import bridge
from matching.ranking.texts import concepts_in

#: Buckets that pieces fall into, so that a text is a row of two-byte numbers.
BUCKETS = 1 << 16
_SHORTEST, _LONGEST = 3, 5
_PER_TURN = 4096
#: A profile of the longest allowed text has no more pieces than this.
MAX_PIECES = 6000

Pieces = npt.NDArray[np.uint16]
Weights = npt.NDArray[np.float32]

#: Words of questions and profiles that say nothing about the subject.
_COMMON = """
wij ons onze hij zij ze u uw was heb hebt heeft had hebben moet moeten mag mogen kunnen wordt werd dan er
zich mij wie welke welk geen wel al iemand mensen i my we our is are do does what can alle alles ben dus
daar hier veel weet zonder steeds mijn een collega collegas
"""
STOP_WORDS = words.STOP_WORDS | frozenset(_COMMON.split())


def pieces_of(text: str) -> Pieces:
    """The sorted buckets of a text, one for every time a piece is there (at most MAX_PIECES)."""
    found = np.fromiter(_buckets(text), dtype=np.uint16)[:MAX_PIECES]
    found.sort()
    return found


def _buckets(text: str) -> Iterable[int]:
    for word in _words(text):
        yield from _of_word(word)


def _words(text: str) -> list[str]:
    """Without stop words, and with the other names of what has several."""
    named = [name for _short, names in concepts_in(text) for name in names]
    tokens = words.normalise(" ".join([text, *named])).split()
    return [token for token in tokens if token not in STOP_WORDS]


@functools.lru_cache(maxsize=20_000)
def _of_word(word: str) -> tuple[int, ...]:
    padded = f" {word[:40]} "
    return tuple(
        zlib.crc32(padded[at : at + size].encode()) % BUCKETS
        for size in range(_SHORTEST, _LONGEST + 1)
        for at in range(max(1, len(padded) - size + 1))
    )


@functools.cache
def rarity() -> Weights:
    """float32[BUCKETS]: how much a piece says, from the texts that ``bridge.pairs`` holds."""
    number = Counter[int]()
    texts = [text for pair in bridge.pairs() for text in pair]
    for text in texts:
        number.update(set(_buckets(text)))
    found = np.full(BUCKETS, np.log(1.0 + len(texts)) + 1.0, np.float32)
    for bucket, times in number.items():
        found[bucket] = np.log((1 + len(texts)) / (1 + times)) + 1
    return found


def weights_of(text: str) -> Weights:
    """float32[BUCKETS]: the question, of length 1; nothing when it has no words."""
    found = np.zeros(BUCKETS, np.float32)
    buckets, times = np.unique(pieces_of(text), return_counts=True)
    found[buckets] = (1.0 + np.log(times)) * rarity()[buckets] if len(buckets) else 0.0
    length = float(np.linalg.norm(found))
    return found / np.float32(length) if length else found


def likeness(query: Weights, rows: Sequence[Pieces], lengths: Weights | None = None) -> Weights:
    """float32[len(rows)]: the cosine of the question and each text, 0 to 1. ``lengths`` as ``lengths_of``."""
    found = np.zeros(len(rows), np.float32)
    for first in range(0, len(rows), _PER_TURN):
        part = rows[first : first + _PER_TURN]
        last = first + len(part)
        size = lengths_of(part) if lengths is None else lengths[first:last]
        found[first:last] = _dots(query, part) / np.maximum(size, np.float32(1e-9))
    return found


def lengths_of(rows: Sequence[Pieces]) -> Weights:
    """float32[len(rows)]: how long each text is, which no question changes."""
    whose, buckets, times = _counted(rows)
    weight = (1.0 + np.log(times)) * rarity()[buckets]
    found = np.bincount(whose, weights=weight * weight, minlength=len(rows))
    return np.sqrt(found).astype(np.float32)


def _dots(query: Weights, rows: Sequence[Pieces]) -> Weights:
    """Only the pieces that the question has too are looked at."""
    whose, buckets, times = _counted(rows, query)
    weight = (1.0 + np.log(times)) * rarity()[buckets] * query[buckets]
    return np.bincount(whose, weights=weight, minlength=len(rows)).astype(np.float32)


def _counted(
    rows: Sequence[Pieces], query: Weights | None = None
) -> tuple[npt.NDArray[np.int64], Pieces, npt.NDArray[np.int64]]:
    """(row, piece, how often it is there) of every piece; of those of ``query`` alone when it is given."""
    sizes = np.fromiter((len(row) for row in rows), np.int64, len(rows))
    flat = np.concatenate(rows) if len(rows) else np.empty(0, np.uint16)
    ends = np.cumsum(sizes)
    at = np.arange(len(flat)) if query is None else np.flatnonzero(query[flat])
    pieces = flat[at]
    whose = np.searchsorted(ends, at, side="right")
    if not len(pieces):
        return whose, pieces, whose
    # Equal pieces stand together: every run is one piece, its length how often it is there.
    starts = np.flatnonzero(
        np.concatenate(([True], (pieces[1:] != pieces[:-1]) | (whose[1:] != whose[:-1])))
    )
    return whose[starts], pieces[starts], np.diff(np.append(starts, len(pieces)))
