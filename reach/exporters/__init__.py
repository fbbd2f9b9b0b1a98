# SPDX-License-Identifier: EUPL-1.2
"""Figures as a file: CSV, JSON, XLSX and ODS. One row of the result is in memory at a time, never a model instance.

Column names are Dutch, stable and part of the interface. Spreadsheets get real numbers and times, a bold header
that stays in sight, and a last sheet that says what it is, of when, and what was left out.
"""

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, BinaryIO

from reach.exporters import ods, xlsx
from reach.exporters.text import as_csv, as_json, safe
from reach.exporters.xlsx import DocumentsMissing

__all__ = ["FORMATS", "DocumentsMissing", "Format", "as_csv", "as_json", "safe", "write"]

Cells = Sequence[Any]


@dataclasses.dataclass(frozen=True)
class Format:
    key: str
    label: str
    content_type: str


FORMATS = {
    found.key: found
    for found in (
        Format("csv", "CSV", "text/csv; charset=utf-8"),
        Format(
            "xlsx",
            "Excel (XLSX)",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        Format("ods", "OpenDocument (ODS)", "application/vnd.oasis.opendocument.spreadsheet"),
        Format("json", "JSON", "application/json"),
    )
}

#: Rows between two words about how far it is.
STEP = 5000


class Counted:
    """Rows on their way, counted; ``tell`` hears the count now and then and may raise to stop."""

    def __init__(self, rows: Iterable[Cells], tell: Callable[[int], None] | None = None) -> None:
        self.rows, self.tell = rows, tell
        self.number = 0

    def __iter__(self) -> Iterator[Cells]:
        for row in self.rows:
            self.number += 1
            if self.tell is not None and not self.number % STEP:
                self.tell(self.number)
            yield row


def write(
    kind: str,
    file: BinaryIO,
    header: Sequence[str],
    rows: Iterable[Cells],
    *,
    title: str = "cijfers",
    about: Sequence[tuple[str, str]] = (),
    delimiter: str = ",",
    tell: Callable[[int], None] | None = None,
) -> int:
    """The whole table in ``file``; the number of rows. ``about`` is for the last sheet of a spreadsheet.

    Raises DocumentsMissing where XLSX needs a package that is not installed.
    """
    counted = Counted(rows, tell)
    match kind:
        case "csv":
            file.writelines(line.encode() for line in as_csv(header, counted, delimiter=delimiter))
        case "json":
            file.writelines(line.encode() for line in as_json(header, counted))
        case "ods":
            ods.write(file, header, counted, title=title, about=about)
        case "xlsx":
            xlsx.write(file, header, counted, title=title, about=about)
        case _:
            raise ValueError(kind)
    return counted.number
