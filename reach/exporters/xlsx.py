# SPDX-License-Identifier: EUPL-1.2
"""Excel, with XlsxWriter in its constant-memory mode: rows go to a temporary file as they come.

A text is written as a text: neither formula nor link, whatever it begins with.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from reach.exporters import sheets

WIDTH, WIDEST = 18, 80


class DocumentsMissing(RuntimeError):
    """The optional packages for spreadsheets and PDF are not installed (pyproject.toml, ``documents``)."""


def write(
    file: BinaryIO,
    header: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    title: str,
    about: Sequence[tuple[str, str]],
    limit: int | None = None,
) -> None:
    try:
        from xlsxwriter import Workbook
    except ImportError:
        raise DocumentsMissing(
            "XLSX needs the package XlsxWriter: install the extra 'documents', or choose csv, ods or json."
        ) from None
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = Workbook(file, options)
    bold = book.add_format({"bold": True})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    moments, names, total = sheets.instants(header), [], 0
    for name, part in sheets.sheets(iter(rows), title, limit=limit):
        names.append(name)
        sheet = book.add_worksheet(name)
        sheet.set_column(0, len(header) - 1, WIDTH)
        sheet.freeze_panes(1, 0)
        for column, cell in enumerate(header):
            sheet.write_string(0, column, cell, bold)
        line = 0
        for line, row in enumerate(part, start=1):
            _row(sheet, line, row, moments, moment)
        total += line
    last = book.add_worksheet(_("Toelichting"))
    last.set_column(0, 0, WIDTH)
    last.set_column(1, 1, WIDEST)
    for line, (term, text) in enumerate(sheets.explanation(about, names=names, rows=total)):
        last.write_string(line, 0, term, bold)
        last.write_string(line, 1, sheets.cleaned(text))
    if len(names) > 1:
        last.activate()
    book.close()


def _row(sheet: Any, line: int, row: Sequence[Any], moments: frozenset[int], moment: Any) -> None:
    string, number = sheet.write_string, sheet.write_number
    for column, cell in enumerate(row):
        if type(cell) is str:
            if not cell:
                continue
            if column in moments:
                # On the clock of Amsterdam: a spreadsheet knows no time zones.
                when = dt.datetime.fromisoformat(cell[:19])
                sheet.write_datetime(line, column, when, moment)
            else:
                string(line, column, sheets.cleaned(cell))
        elif cell is not None:
            number(line, column, cell)
