# SPDX-License-Identifier: EUPL-1.2
"""The .po files: reading them, bringing them up to date with the source, compiling them."""

import os
from pathlib import Path

import polib

from base.translations.strings import Key, Text

_WIDTH = 100
_METADATA = {
    "Project-Id-Version": "TrainJeCollega",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
}


class UnreadableCatalogue(Exception):
    """This .po file is broken; the text says where."""


def catalogues(root: Path) -> list[Path]:
    return sorted((root / "locale").glob("*/LC_MESSAGES/django.po"))


def read(path: Path) -> polib.POFile:
    """Raises UnreadableCatalogue."""
    try:
        return polib.pofile(str(path), encoding="utf-8", wrapwidth=_WIDTH)
    except (OSError, ValueError) as error:
        raise UnreadableCatalogue(f"{path}: cannot be read: {error}") from error


def key_of(entry: polib.POEntry) -> Key:
    return entry.msgctxt, entry.msgid, entry.msgid_plural or ""


def compile_catalogue(path: Path) -> bool:
    """Writes the .mo next to the .po; False when it was newer already. Raises UnreadableCatalogue."""
    target = path.with_suffix(".mo")
    if target.exists() and target.stat().st_mtime_ns > path.stat().st_mtime_ns:
        return False
    # Beside it and then in its place: whoever reads it meanwhile sees the old one or the new one, whole.
    beside = target.with_name(f"{target.name}.{os.getpid()}")
    beside.write_bytes(read(path).to_binary())
    beside.replace(target)
    return True


def update(path: Path, texts: dict[Key, Text]) -> tuple[int, int]:
    """Adds what is missing (empty, for a translator), sets aside what nobody uses any more; what is
    translated stays as it is. The number of strings added, and of those set aside."""
    old = read(path) if path.exists() else polib.POFile(wrapwidth=_WIDTH)
    known = {key_of(entry): entry for entry in old}
    fresh = polib.POFile(wrapwidth=_WIDTH)
    fresh.header = old.header.strip() or "SPDX-License-Identifier: EUPL-1.2"
    fresh.metadata = _METADATA | {"Language": path.parent.parent.name} | old.metadata
    added = 0
    for key, text in texts.items():
        entry = known.pop(key, None)
        if entry is None or entry.obsolete:
            added += 1
        if entry is None:
            entry = polib.POEntry(msgctxt=text.context, msgid=text.text, msgid_plural=text.plural)
            entry.msgstr_plural = {0: "", 1: ""} if text.plural else {}
        entry.obsolete = False
        entry.occurrences = [(name, "") for name in text.files]
        fresh.append(entry)
    for entry in known.values():
        entry.obsolete = True
        entry.occurrences = []
        if entry.msgstr or any(entry.msgstr_plural.values()):
            fresh.append(entry)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh.save(str(path))
    return added, len(known)
