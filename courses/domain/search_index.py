# SPDX-License-Identifier: EUPL-1.2
"""The words of all published courses in memory: which word stands in which course, and how prominently.

Held per process, for some thousands of courses. Whoever searches says which courses there are and when each
was last changed; only then is anything read again, and only of the courses that differ.
"""

import bisect
import dataclasses
import datetime as dt
import threading
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from courses.domain import words
from courses.models import Course

#: How much a word says about the course by where it stands.
TITLE, PROMISE, REST = 6.0, 3.0, 1.0
_EXACT, _SAME_STEM, _BEGINS, _INSIDE, _TYPO = 1.0, 0.9, 0.7, 0.5, 0.4
#: Shortest part of a word that is worth looking for inside other words.
_PART = 4
_CANDIDATES = 25
_LOOKS_LIKE = 0.35

#: A course, told from every other version of it.
Version = tuple[dt.datetime | None, str]


@dataclasses.dataclass(frozen=True)
class Near:
    """Words of the courses that a typed word stands for, and how surely (0 to 1)."""

    words: Mapping[str, float]
    #: Only words that differ by a typo.
    is_guess: bool = False


class Index:
    """Built once and never changed: threads share it."""

    def __init__(self, words_of: Mapping[int, Mapping[str, float]]) -> None:
        postings: dict[str, dict[int, float]] = defaultdict(dict)
        for pk, weights in words_of.items():
            for word, weight in weights.items():
                postings[word][pk] = weight
        self._postings = dict(postings)
        self._sorted = sorted(word for word in postings if not word.startswith("="))
        self._by_stem: dict[str, list[str]] = defaultdict(list)
        self._by_trigram: dict[str, list[str]] = defaultdict(list)
        for word in self._sorted:
            if len(word) > words.SHORT_WORD:
                self._by_stem[words.stem(word)].append(word)
            for part in words.trigrams(word):
                self._by_trigram[part].append(word)
        self._near: dict[str, Near] = {}

    def courses_with(self, word: str) -> Mapping[int, float]:
        return self._postings.get(word, {})

    def number_with(self, word: str) -> int:
        return len(self.courses_with(word))

    def near(self, word: str) -> Near:
        """What to look for when somebody types this. Remembered, as the same things are asked often."""
        found = self._near.get(word)
        if found is None:
            found = self._look(word)
            if len(self._near) < 5000:  # noqa: PLR2004 - room for all that people ask, not for all that robots do
                self._near[word] = found
        return found

    def _look(self, word: str) -> Near:
        found: dict[str, float] = {}
        stem = words.stem(word)
        if len(word) > words.SHORT_WORD:
            # Dutch glues words together: 'tabellen' is asked, 'draaitabellen' is offered.
            for part in {word, stem} if len(stem) >= _PART else {word}:
                found |= dict.fromkeys((other for other in self._sorted if part in other), _INSIDE)
        found |= dict.fromkeys(self._beginning_with(word), _BEGINS)
        if len(word) > words.SHORT_WORD:
            found |= dict.fromkeys(self._by_stem.get(stem, ()), _SAME_STEM)
        if word in self._postings:
            found[word] = _EXACT
        if found:
            return Near(found)
        typos = words.typos_allowed(word)
        near = {}
        for other in self._like(word):
            away = min(words.distance(word, other, typos), self._apart(stem, other, typos))
            if away <= typos:
                near[other] = _TYPO / away
        return Near(near, is_guess=True)

    @staticmethod
    def _apart(stem: str, other: str, typos: int) -> int:
        """Between stems, but never nothing: then the words themselves would have been found."""
        return max(1, words.distance(stem, words.stem(other), typos))

    def _beginning_with(self, word: str) -> list[str]:
        first = bisect.bisect_left(self._sorted, word)
        last = bisect.bisect_left(self._sorted, word + "\U0010ffff")
        return self._sorted[first:last]

    def _like(self, word: str) -> list[str]:
        """Words that share the most of their letters in threes, the likest first."""
        shared = Counter[str]()
        for part in words.trigrams(word):
            shared.update(self._by_trigram.get(part, ()))
        return [other for other, _number in shared.most_common(_CANDIDATES)]

    def looks_like(self, word: str) -> str:
        """The one word that resembles it most, however far off; "" when none does."""
        own = words.trigrams(word)
        resembling = []
        for other in self._like(word):
            theirs = words.trigrams(other)
            alike = len(own & theirs) / len(own | theirs)
            if alike >= _LOOKS_LIKE:
                resembling.append((alike, self.number_with(other), other))
        return max(resembling)[2] if resembling else ""

    def parts_of(self, word: str) -> list[str]:
        """Two words of ours that make up this one: 'brievenschrijven' is 'brieven' and 'schrijven'."""
        for at in range(len(word) - _PART, _PART - 1, -1):
            left, right = word[:at], word[at:]
            for first in (left, left.removesuffix("s")):
                if len(first) >= _PART and self._knows(first) and self._knows(right):
                    return [first, right]
        return []

    def _knows(self, word: str) -> bool:
        return word in self._postings or words.stem(word) in self._by_stem


def weights_of(title: str, promise: str, search_text: str) -> dict[str, float]:
    """Words and concepts of one course."""
    weights: dict[str, float] = {}
    for text, weight in ((search_text, REST), (promise, PROMISE), (title, TITLE)):
        tokens = words.normalise(text).split() if weight > REST else text.split()
        weights |= dict.fromkeys(tokens, weight)
        weights |= {concept.key: weight for _from, _to, concept in words.concepts_in(tokens)}
    return weights


class _Memory:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._versions: dict[int, Version] = {}
        self._weights: dict[int, dict[str, float]] = {}
        self._index = Index({})

    def index(self, versions: Mapping[int, Version]) -> Index:
        with self._lock:
            if versions != self._versions:
                stale = [pk for pk, seen in versions.items() if self._versions.get(pk) != seen]
                fresh = {pk: self._weights[pk] for pk in versions if pk in self._weights}
                fresh |= _read(stale)
                self._index = Index(fresh)
                self._weights, self._versions = fresh, dict(versions)
            return self._index


def _read(pks: Iterable[int]) -> dict[int, dict[str, float]]:
    rows = Course.objects.filter(pk__in=list(pks)).order_by()
    return {
        pk: weights_of(title, promise, text)
        for pk, title, promise, text in rows.values_list("pk", "title", "promise", "search_text")
    }


_memory = _Memory()


def index_of(versions: Mapping[int, Version]) -> Index:
    """The index of exactly these courses: their keys and versions. One query when something changed."""
    return _memory.index(versions)
