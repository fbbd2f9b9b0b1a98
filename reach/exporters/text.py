# SPDX-License-Identifier: EUPL-1.2
"""CSV and JSON, a line at a time.

CSV is UTF-8 with a byte order mark (Excel needs it) and escapes cells that a spreadsheet would run as a
formula (OWASP, CSV injection). A spreadsheet that expects another separator than the file has, as a Dutch
Excel does with commas, finds cells inside a text: those are escaped too.
"""

import csv
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

Cells = Sequence[Any]

_RISKY = frozenset("=+-@\t\r\n")
#: By the file's separator: where another reading of the same line begins a cell that is a formula.
_READ_OTHERWISE = {
    ",": re.compile(r'[;\t\r\n](?="*[=+\-@])'),
    ";": re.compile(r'[,\t\r\n](?="*[=+\-@])'),
}
BOM = "\ufeff"


class _Line:
    """A file that hands back what the csv writer would have written."""

    def write(self, text: str) -> str:
        return text


def as_csv(header: Sequence[str], rows: Iterable[Cells], *, delimiter: str = ",") -> Iterator[str]:
    """The lines of a CSV file; the first one starts with the byte order mark."""
    write = csv.writer(_Line(), delimiter=delimiter).writerow
    otherwise = _READ_OTHERWISE[delimiter]
    yield BOM + write(header)
    for row in rows:
        # The rule of `safe`, written out: a call for every cell doubles the time of a large file.
        cells = [f"'{cell}" if type(cell) is str and cell[:1] in _RISKY else cell for cell in row]
        line = write(cells)
        if otherwise.search(line):
            line = write(
                [otherwise.sub(r"\g<0>'", cell) if type(cell) is str else cell for cell in cells]
            )
        yield line


def safe(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in _RISKY else text


def as_json(header: Sequence[str], rows: Iterable[Cells]) -> Iterator[str]:
    """An array of objects, one a line. What is not known is null."""
    separator = "[\n"
    for row in rows:
        values = {
            name: None if cell == "" else cell for name, cell in zip(header, row, strict=True)
        }
        yield separator + json.dumps(values, ensure_ascii=False)
        separator = ",\n"
    yield "[]\n" if separator == "[\n" else "\n]\n"
