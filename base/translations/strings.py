# SPDX-License-Identifier: EUPL-1.2
"""Every string that the source code and the templates mark for translation.

Babel reads Python; Django's own ``templatize`` turns a template into something that Babel can read. Babel
is there where people develop and test (pyproject.toml, group dev), not on a server.
"""

import ast
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from django.utils.translation.template import templatize

#: No strings of ours in here.
_ELSEWHERE = frozenset(
    {"tests", "migrations", "node_modules", "var", "docs", "dist", "locale", "__pycache__"}
)

#: Which arguments are what: 1 is the first, "c" marks the context.
_SINGULAR, _PLURAL = (1,), (1, 2)
_IN_CONTEXT, _PLURAL_IN_CONTEXT = ((1, "c"), 2), ((1, "c"), 2, 3)
_FUNCTIONS: dict[str, tuple[Any, ...]] = {
    "gettext": _SINGULAR,
    "gettext_lazy": _SINGULAR,
    "gettext_noop": _SINGULAR,
    "ngettext": _PLURAL,
    "ngettext_lazy": _PLURAL,
    "pgettext": _IN_CONTEXT,
    "pgettext_lazy": _IN_CONTEXT,
    "npgettext": _PLURAL_IN_CONTEXT,
    "npgettext_lazy": _PLURAL_IN_CONTEXT,
}

#: Context, text, plural: what gettext looks a string up by (it ignores the plural, we do not).
Key = tuple[str | None, str, str]


class UnreadableSource(Exception):
    """This file cannot be read as Python or as a template; the text names the file and says why."""


@dataclass
class Text:
    context: str | None
    text: str
    plural: str
    #: Paths from the root, each once, in the order of the files.
    files: list[str] = field(default_factory=list)

    @property
    def key(self) -> Key:
        return self.context, self.text, self.plural


def find_strings(root: Path) -> dict[Key, Text]:
    """All strings under ``root``, in the order of files and lines. Raises UnreadableSource."""
    found: dict[Key, Text] = {}
    for path in _sources(root):
        name = path.relative_to(root).as_posix()
        for context, text, plural in _strings_of(path, name):
            entry = found.setdefault((context, text, plural), Text(context, text, plural))
            if name not in entry.files:
                entry.files.append(name)
    return found


def _sources(root: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(f for f in folders if f not in _ELSEWHERE and not f.startswith("."))
        here = Path(folder)
        is_template = "templates" in here.relative_to(root).parts
        for name in sorted(names):
            if name.endswith(".py") or (is_template and name.endswith((".html", ".txt"))):
                yield here / name


def _strings_of(path: Path, name: str) -> list[Key]:
    source = path.read_text(encoding="utf-8")
    try:
        if path.suffix == ".py":
            functions = _functions_of(source)
            code = source
        else:
            functions = _FUNCTIONS | {"_": _SINGULAR}
            # Indentation means nothing in a template and a syntax error in Python.
            code = "\n".join(line.strip() for line in templatize(source, origin=name).split("\n"))
        return list(_read(code, functions)) if functions else []
    except (SyntaxError, ValueError) as error:
        raise UnreadableSource(f"{name}: cannot be read: {error}") from error


def _functions_of(source: str) -> dict[str, tuple[Any, ...]]:
    """The names under which this module knows the functions of django.utils.translation."""
    if "django.utils.translation" not in source:
        return {}
    names = {}
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.ImportFrom):
            continue
        for alias in node.names:
            if node.module == "django.utils.translation" and alias.name in _FUNCTIONS:
                names[alias.asname or alias.name] = _FUNCTIONS[alias.name]
            elif node.module == "django.utils" and alias.name == "translation":
                # translation.gettext(...): Babel looks at the last part of a dotted name.
                names |= _FUNCTIONS
    return names


def _read(code: str, functions: dict[str, tuple[Any, ...]]) -> Iterator[Key]:
    from babel.messages.extract import extract

    file = BytesIO(code.encode())
    options = {"encoding": "utf-8"}
    for _line, message, _comments, context in extract(
        "python", file, keywords=functions, options=options
    ):
        text, plural = message if isinstance(message, tuple) else (message, "")
        if text:
            yield context, text, plural
