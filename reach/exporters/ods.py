# SPDX-License-Identifier: EUPL-1.2
"""OpenDocument spreadsheets, streamed into the zip (docs/decisions/0001-structure.md says why by hand).

A text is a text and never a formula: in ODF only ``table:formula`` is one, and it is never written here.
"""

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any, BinaryIO
from xml.sax.saxutils import escape

from django.utils.translation import gettext as _

from reach.exporters import sheets

MIMETYPE = "application/vnd.oasis.opendocument.spreadsheet"
_SPACES = "urn:oasis:names:tc:opendocument:xmlns:"
_DOCUMENT = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    "<office:document-{part} "
    + " ".join(
        f'xmlns:{name}="{_SPACES}{where}:1.0"'
        for name, where in (
            ("office", "office"),
            ("table", "table"),
            ("text", "text"),
            ("style", "style"),
            ("number", "datastyle"),
            ("config", "config"),
        )
    )
    + ' xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" office:version="1.3">'
)
_STYLES = (
    "<office:automatic-styles>"
    '<number:date-style style:name="t"><number:year number:style="long"/><number:text>-</number:text>'
    '<number:month number:style="long"/><number:text>-</number:text><number:day number:style="long"/>'
    '<number:text> </number:text><number:hours number:style="long"/><number:text>:</number:text>'
    '<number:minutes number:style="long"/></number:date-style>'
    '<style:style style:name="moment" style:family="table-cell" style:data-style-name="t"/>'
    '<style:style style:name="kop" style:family="table-cell"><style:text-properties fo:font-weight="bold"/>'
    "</style:style>"
    '<style:style style:name="breed" style:family="table-column">'
    '<style:table-column-properties style:column-width="4cm"/></style:style>'
    "</office:automatic-styles><office:body><office:spreadsheet>"
)
_EMPTY = "<table:table-cell/>"
_TEXT = '<table:table-cell office:value-type="string"><text:p>'
_HEAD = '<table:table-cell table:style-name="kop" office:value-type="string"><text:p>'
_END = "</text:p></table:table-cell>"
_NUMBER = '<table:table-cell office:value-type="float" office:value="{0}"><text:p>{0}</text:p></table:table-cell>'
_MOMENT = (
    '<table:table-cell table:style-name="moment" office:value-type="date" office:date-value="{}"/>'
)
#: White space that a reader of XML would fold away.
_FOLDED = re.compile(r"[\n\r\t]|^ | $|  ")


def write(
    file: BinaryIO,
    header: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    title: str,
    about: Sequence[tuple[str, str]],
    limit: int | None = None,
) -> None:
    """Level 1: the text is so repetitive that more costs time and wins little."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("mimetype", MIMETYPE, zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", _manifest())
        with archive.open("content.xml", "w", force_zip64=True) as content:
            names = _content(content, header, iter(rows), title=title, about=about, limit=limit)
        archive.writestr("settings.xml", _settings(names))


def _content(
    content: IO[bytes],
    header: Sequence[str],
    rows: Iterator[Sequence[Any]],
    *,
    title: str,
    about: Sequence[tuple[str, str]],
    limit: int | None,
) -> list[str]:
    """The names of the sheets, the explanation apart."""
    names, total, moments = [], 0, sheets.instants(header)
    content.write((_DOCUMENT.format(part="content") + _STYLES).encode())
    for name, part in sheets.sheets(rows, title, limit=limit):
        names.append(name)
        content.write(_opening(name, len(header)).encode())
        heads = "".join(f"{_HEAD}{_text(cell)}{_END}" for cell in header)
        content.write(
            f"<table:table-header-rows><table:table-row>{heads}</table:table-row>"
            "</table:table-header-rows>".encode()
        )
        for row in part:
            total += 1
            content.write(_row(row, moments).encode())
        content.write(b"</table:table>")
    content.write(_opening(_("Toelichting"), 2).encode())
    for term, text in sheets.explanation(about, names=names, rows=total):
        content.write(_row((term, text), frozenset()).encode())
    content.write(b"</table:table></office:spreadsheet></office:body></office:document-content>")
    return names


def _row(row: Sequence[Any], moments: frozenset[int]) -> str:
    cells = []
    for number, cell in enumerate(row):
        if type(cell) is str:
            if not cell:
                cells.append(_EMPTY)
            elif number in moments:
                cells.append(_MOMENT.format(cell[:19]))
            else:
                cells.append(f"{_TEXT}{_text(cell)}{_END}")
        else:
            cells.append(_EMPTY if cell is None else _NUMBER.format(cell))
    return f"<table:table-row>{''.join(cells)}</table:table-row>"


def _text(cell: str) -> str:
    if cell.isalnum():
        return cell
    text = escape(sheets.cleaned(cell))
    if not _FOLDED.search(text):
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "<text:tab/>")
    text = re.sub(" +", lambda spaces: f'<text:s text:c="{len(spaces[0])}"/>', text)
    return text.replace("\n", "</text:p><text:p>")


def _opening(name: str, columns: int) -> str:
    return (
        f'<table:table table:name="{escape(name)}">'
        f'<table:table-column table:style-name="breed" table:number-columns-repeated="{columns}"/>'
    )


def _manifest() -> str:
    entry = '<manifest:file-entry manifest:full-path="{}" manifest:media-type="{}"/>'
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<manifest:manifest xmlns:manifest="{_SPACES}manifest:1.0" manifest:version="1.3">'
        + entry.format("/", MIMETYPE)
        + entry.format("content.xml", "text/xml")
        + entry.format("settings.xml", "text/xml")
        + "</manifest:manifest>"
    )


def _settings(names: Sequence[str]) -> str:
    """Headers stay in sight; where rows go on on a second sheet, the explanation opens first."""
    item = '<config:config-item config:name="{}" config:type="{}">{}</config:config-item>'
    frozen = "".join(
        f'<config:config-item-map-entry config:name="{escape(name)}">'
        + item.format("VerticalSplitMode", "short", 2)
        + item.format("VerticalSplitPosition", "int", 1)
        + item.format("PositionBottom", "int", 1)
        + "</config:config-item-map-entry>"
        for name in names
    )
    active = names[0] if len(names) == 1 else _("Toelichting")
    return (
        _DOCUMENT.format(part="settings")
        + '<office:settings><config:config-item-set config:name="ooo:view-settings">'
        '<config:config-item-map-indexed config:name="Views"><config:config-item-map-entry>'
        + item.format("ActiveTable", "string", escape(active))
        + f'<config:config-item-map-named config:name="Tables">{frozen}</config:config-item-map-named>'
        "</config:config-item-map-entry></config:config-item-map-indexed></config:config-item-set>"
        "</office:settings></office:document-settings>"
    )
