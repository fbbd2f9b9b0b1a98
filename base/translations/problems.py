# SPDX-License-Identifier: EUPL-1.2
"""What is wrong with a catalogue: one line for each problem."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import polib

from base.translations import catalogue
from base.translations.strings import Key, Text

_PLACEHOLDER = re.compile(r"%(?:\((\w+)\))?[#0+-]*\d*(?:\.\d+)?[a-zA-Z]")
_MARKUP = re.compile(r"</?[a-zA-Z][^>]*>")
_SHOWN = 60


def problems(path: Path, texts: dict[Key, Text]) -> list[str]:
    """Of this .po file against the strings that the source uses. Raises UnreadableCatalogue."""
    po = catalogue.read(path)
    found = [f"{path}: {line}" for line in _doubles(po)]
    entries = {catalogue.key_of(entry): entry for entry in po if not entry.obsolete}
    set_aside = {catalogue.key_of(entry) for entry in po if entry.obsolete}
    forms = _number_of_forms(po)
    for key, text in texts.items():
        entry = entries.get(key)
        if entry is not None:
            found += [f"{path}:{entry.linenum}: {line}" for line in _faults(entry, forms)]
        elif key in set_aside:
            found.append(f"{path}: obsolete but used: {_quote(text.text)} in {text.files[0]}")
        else:
            found.append(f"{path}: missing: {_quote(text.text)} in {text.files[0]}")
    return found


def _doubles(po: polib.POFile) -> Iterator[str]:
    # gettext finds a string by context and text alone: the same text with and without a plural clashes.
    counts = Counter((entry.msgctxt, entry.msgid) for entry in po if not entry.obsolete)
    for (_context, text), number in counts.items():
        if number > 1:
            yield f"{number} times in the catalogue: {_quote(text)}"


def _number_of_forms(po: polib.POFile) -> int:
    match = re.search(r"nplurals\s*=\s*(\d+)", po.metadata.get("Plural-Forms", ""))
    return int(match[1]) if match else 0


def _faults(entry: polib.POEntry, forms: int) -> Iterator[str]:
    shown = _quote(entry.msgid)
    if entry.fuzzy:
        yield f"fuzzy: {shown}"
    if entry.msgid_plural:
        # The first form speaks of one, as the source's singular does; the others of many.
        given = [entry.msgstr_plural[number] for number in sorted(entry.msgstr_plural)]
        sources = [entry.msgid] + [entry.msgid_plural] * (len(given) - 1)
        if len(given) != forms:
            yield f"{len(given)} plural forms instead of {forms}: {shown}"
            return
    else:
        given, sources = [entry.msgstr], [entry.msgid]
    if not all(text.strip() for text in given):
        yield f"not translated: {shown}"
        return
    for source, text in zip(sources, given, strict=True):
        if _placeholders(source) != _placeholders(text):
            yield f"other placeholders ({_difference(_placeholders, source, text)}): {shown}"
        if _markup(source) != _markup(text):
            yield f"other markup ({_difference(_markup, source, text)}): {shown}"
        if _edges(source) != _edges(text):
            yield f"other white space at the ends: {shown}"


def _placeholders(text: str) -> list[str]:
    """Which are there, not how often: a translation may name something twice."""
    return sorted({match[0] for match in _PLACEHOLDER.finditer(text.replace("%%", ""))})


def _markup(text: str) -> list[str]:
    return sorted(_MARKUP.findall(text))


def _edges(text: str) -> tuple[str, str]:
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]


def _difference(pick: Callable[[str], list[str]], source: str, text: str) -> str:
    return f"{' '.join(pick(source)) or 'none'} became {' '.join(pick(text)) or 'none'}"


def _quote(text: str) -> str:
    line = " ".join(text.split())
    return f"«{line if len(line) <= _SHOWN else line[: _SHOWN - 1] + '…'}»"
