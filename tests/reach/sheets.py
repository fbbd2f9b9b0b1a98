# SPDX-License-Identifier: EUPL-1.2
"""Reads a spreadsheet back without a library for it: (kind, value) of every cell, sheet by sheet."""

import datetime as dt
import io
import re
import zipfile
from xml.etree import ElementTree as ET

#: What a spreadsheet counts days from; it knows no time zones.
EPOCH = dt.datetime(1899, 12, 30)  # noqa: DTZ001
Cells = dict[str, list[list[tuple[str, str]]]]


def read_ods(data: bytes) -> Cells:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        assert archive.testzip() is None
        root = ET.fromstring(archive.read("content.xml"))
    found: Cells = {}
    for table in root.iter(f"{_ns('table')}table"):
        rows = found[table.attrib[f"{_ns('table')}name"]] = []
        for row in table.iter(f"{_ns('table')}table-row"):
            cells: list[tuple[str, str]] = []
            for cell in row.iter(f"{_ns('table')}table-cell"):
                again = int(cell.attrib.get(f"{_ns('table')}number-columns-repeated", 1))
                cells += [_ods_cell(cell)] * (again if again < 100 else 1)
            again = int(row.attrib.get(f"{_ns('table')}number-rows-repeated", 1))
            if any(kind for kind, _value in cells):
                rows += [_trimmed(cells)] * again
    return found


def _ns(name: str) -> str:
    return f"{{urn:oasis:names:tc:opendocument:xmlns:{name}:1.0}}"


def _trimmed(cells: list[tuple[str, str]]) -> list[tuple[str, str]]:
    while cells and not cells[-1][0]:
        cells = cells[:-1]
    return cells


def _ods_cell(cell: ET.Element) -> tuple[str, str]:
    assert f"{_ns('table')}formula" not in cell.attrib
    kind = cell.attrib.get(f"{_ns('office')}value-type", "")
    if kind == "float":
        return kind, f"{float(cell.attrib[_ns('office') + 'value']):g}"
    if kind == "date":
        value = cell.attrib[_ns("office") + "date-value"]
        return kind, dt.datetime.fromisoformat(value[:19]).isoformat()
    lines = ["".join(_text(part)) for part in cell.iter(f"{_ns('text')}p")]
    return kind, "\n".join(lines)


def _text(part: ET.Element) -> str:
    found = part.text or ""
    for child in part:
        if child.tag == f"{_ns('text')}s":
            found += " " * int(child.attrib.get(f"{_ns('text')}c", 1))
        elif child.tag == f"{_ns('text')}tab":
            found += "\t"
        else:
            found += _text(child)
        found += child.tail or ""
    return found


def read_xlsx(data: bytes) -> Cells:
    main = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    found: Cells = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        book = ET.fromstring(archive.read("xl/workbook.xml"))
        shared = _shared(archive, main)
        moments = _moment_styles(ET.fromstring(archive.read("xl/styles.xml")), main)
        names = [sheet.attrib["name"] for sheet in book.iter(f"{main}sheet")]
        for number, name in enumerate(names, start=1):
            sheet = ET.fromstring(archive.read(f"xl/worksheets/sheet{number}.xml"))
            rows = found[name] = []
            for row in sheet.iter(f"{main}row"):
                cells: list[tuple[str, str]] = []
                for cell in row:
                    assert cell.find(f"{main}f") is None
                    letters = re.sub(r"\d", "", cell.attrib["r"])
                    place = 0
                    for letter in letters:
                        place = place * 26 + ord(letter) - 64
                    cells += [("", "")] * (place - 1 - len(cells))
                    cells.append(_xlsx_cell(cell, main, moments, shared))
                rows.append(cells)
    return found


def _moment_styles(styles: ET.Element, main: str) -> set[int]:
    formats = {
        item.attrib["numFmtId"]
        for item in styles.iter(f"{main}numFmt")
        if "yyyy" in item.attrib["formatCode"]
    }
    cells = styles.find(f"{main}cellXfs")
    assert cells is not None
    return {number for number, item in enumerate(cells) if item.attrib["numFmtId"] in formats}


def _shared(archive: zipfile.ZipFile, main: str) -> list[str]:
    """Texts that cells point at; LibreOffice writes them so, XlsxWriter in constant memory does not."""
    if "xl/sharedStrings.xml" not in archive.namelist():
        return []
    root = ET.fromstring(archive.read("xl/sharedStrings.xml"))
    return ["".join(part.text or "" for part in item.iter(f"{main}t")) for item in root]


def _xlsx_cell(
    cell: ET.Element, main: str, moments: set[int], shared: list[str]
) -> tuple[str, str]:
    if cell.attrib.get("t") in {"inlineStr", "s"}:
        if cell.attrib["t"] == "s":
            text = shared[int(cell.findtext(f"{main}v") or 0)]
        else:
            text = "".join(part.text or "" for part in cell.iter(f"{main}t"))
        return "string", re.sub("_x([0-9A-F]{4})_", lambda m: chr(int(m[1], 16)), text)
    value = float(cell.findtext(f"{main}v") or 0)
    if int(cell.attrib.get("s", 0)) in moments:
        when = EPOCH + dt.timedelta(seconds=round(value * 86400))
        return "date", when.isoformat()
    return "float", f"{value:g}"
