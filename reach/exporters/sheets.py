# SPDX-License-Identifier: EUPL-1.2
"""What XLSX and ODS share: which columns hold a time, how many rows a sheet takes, and what the last sheet says."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from reach.domain.cells import INSTANTS

#: Excel and LibreOffice take 1,048,576; a round number is easier to explain.
ROWS_PER_SHEET = 1_000_000
#: Excel's limit for one cell.
LONGEST_TEXT = 32_767
#: XML 1.0 has no place for these, whatever is done to them.
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def cleaned(text: str) -> str:
    """Without signs that no XML can hold, and no longer than a cell may be."""
    if text.isprintable() and len(text) <= LONGEST_TEXT:
        return text
    return _NO_XML.sub("", text)[:LONGEST_TEXT]


def instants(header: Sequence[str]) -> frozenset[int]:
    """Positions of the columns that hold a time as ISO 8601."""
    return frozenset(number for number, name in enumerate(header) if name in INSTANTS)


def sheets(
    rows: Iterator[Sequence[Any]], title: str, *, limit: int | None = None
) -> Iterator[tuple[str, Iterator[Sequence[Any]]]]:
    """(name, rows) of every sheet; the next sheet may only be asked for when the rows of this one are read."""
    number, first = 0, next(rows, None)
    while first is not None or not number:
        number += 1
        name = title if number == 1 else f"{title} ({number})"
        yield name, _part(first, rows, limit or ROWS_PER_SHEET)
        first = next(rows, None)


def _part(
    first: Sequence[Any] | None, rows: Iterator[Sequence[Any]], limit: int
) -> Iterator[Sequence[Any]]:
    if first is not None:
        yield first
        yield from islice(rows, limit - 1)


def explanation(
    about: Sequence[tuple[str, str]], *, names: Sequence[str], rows: int
) -> list[tuple[str, str]]:
    """The lines of the last sheet."""
    lines = [*about, (_("Aantal rijen"), str(rows))]
    if len(names) > 1:
        lines.append(
            (
                _("Let op"),
                _(
                    "Dit zijn meer rijen dan op één blad passen. Ze staan op %(count)d bladen: %(names)s."
                )
                % {"count": len(names), "names": ", ".join(names)},
            )
        )
    return lines
