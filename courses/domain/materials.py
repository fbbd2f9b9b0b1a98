# SPDX-License-Identifier: EUPL-1.2
"""Links and files that go with a course. A file is what its name says, or it is refused."""

import lzma
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable
from pathlib import PurePosixPath
from typing import BinaryIO
from urllib.parse import urlsplit

import puremagic
from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.models import Person
from base.text import one_line
from courses.errors import ChangeRefused
from courses.models import Course, Material

MAX_PER_COURSE = 20
#: Of the part inside a document that tells its type; real ones are a few kB.
MAX_PART_BYTES = 1024 * 1024
MAX_PARTS = 10_000
_HEAD = 8192
#: What zipfile raises on damaged, encrypted (RuntimeError) or exotic archives.
_BROKEN_ARCHIVE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    KeyError,
    ValueError,
    RuntimeError,
    OSError,
    EOFError,
)
_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
_TEXT = {".txt": "text/plain", ".md": "text/markdown", ".csv": "text/csv"}
#: Suffix -> (content type, what puremagic must find).
_SIGNATURES = {
    ".pdf": ("application/pdf", ".pdf"),
    ".png": ("image/png", ".png"),
    ".jpg": ("image/jpeg", ".jpg"),
    ".jpeg": ("image/jpeg", ".jpg"),
}
#: Suffix -> (content type, part that must exist).
_OFFICE = {
    ".docx": (f"{_OOXML}wordprocessingml.document", "word/document.xml"),
    ".xlsx": (f"{_OOXML}spreadsheetml.sheet", "xl/workbook.xml"),
    ".pptx": (f"{_OOXML}presentationml.presentation", "ppt/presentation.xml"),
}
_OPEN = {
    ".odt": f"{_ODF}text",
    ".ods": f"{_ODF}spreadsheet",
    ".odp": f"{_ODF}presentation",
}
_WITH_MACROS = frozenset(
    {".docm", ".dotm", ".xlsm", ".xlsb", ".xltm", ".xlam", ".pptm", ".potm", ".ppsm", ".ppam"}
)
SUFFIXES = (*_SIGNATURES, *_OFFICE, *_OPEN, *_TEXT)


def add_link(course: Course, *, by: Person, title: str, url: str) -> Material:
    """Raises ChangeRefused."""
    url = url.strip()
    title = _title(title)
    if urlsplit(url).scheme not in {"http", "https"}:
        raise ChangeRefused(
            _("Dit is geen goede link. Voorbeeld: https://www.gemeente.nl/uitleg"),
            code="url",
            field="url",
        )
    return _add(course, Material(course=course, title=title, url=url), by=by)


def add_file(course: Course, *, by: Person, title: str, file: File) -> Material:  # type: ignore[type-arg]
    """Keep a file after looking what it really is. Raises ChangeRefused."""
    title = _title(title)
    content_type = sniff(file, name=str(file.name))
    material = Material(course=course, title=title, content_type=content_type, size=file.size or 0)
    # A random folder, so that an address is never guessed and names never collide.
    material.file.save(
        f"{material.public_id.hex}/{clean_file_name(str(file.name))}", file, save=False
    )
    try:
        return _add(course, material, by=by)
    except Exception:
        _erase(material)
        raise


def remove(material: Material, *, by: Person) -> None:
    """Take a link or file away; the file leaves the disk once the change is certain."""
    with transaction.atomic():
        audit.record(
            "material.removed",
            actor=by,
            subject=material,
            organisation=material.course.organisation,
        )
        erase_files([material])
        material.delete()


def erase_files(materials: Iterable[Material]) -> None:
    """The files of rows that the caller deletes leave the disk once that is certain. One that cannot be
    erased stops nobody; the log tells of it."""
    for material in materials:
        if material.file:
            transaction.on_commit(_eraser(material), robust=True)


def _eraser(material: Material) -> Callable[[], None]:
    # No partial: Django asks a robust hook that failed for its name, and a partial has none.
    return lambda: _erase(material)


def _erase(material: Material) -> None:
    """The file and the random folder that was made for it."""
    storage, name = material.file.storage, PurePosixPath(str(material.file.name))
    storage.delete(str(name))
    if name.parent.name == material.public_id.hex:
        storage.delete(str(name.parent))


def _add(course: Course, material: Material, *, by: Person) -> Material:
    with transaction.atomic():
        locked = Course.objects.select_for_update(no_key=True, of=("self",)).get(pk=course.pk)
        if locked.materials.count() >= MAX_PER_COURSE:
            raise ChangeRefused(
                _("Je hebt al %(count)d materialen. Haal er eerst een weg.")
                % {"count": MAX_PER_COURSE},
                code="too_many",
            )
        material.save()
        audit.record("material.added", actor=by, subject=material, organisation=course.organisation)
    return material


def _title(text: str) -> str:
    title = one_line(text, limit=120)
    if not title:
        raise ChangeRefused(_("Geef je materiaal een naam."), code="title_missing", field="title")
    return title


def clean_file_name(name: str) -> str:
    """Letters, digits, dots and dashes; at most 40 of them before the suffix. No path survives."""
    path = PurePosixPath(one_line(name).replace("\\", "/"))
    plain = unicodedata.normalize("NFKD", path.stem).encode("ascii", "ignore").decode()
    stem = re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-")[:40].strip("-")
    return f"{stem or 'materiaal'}{path.suffix.lower()}"


def sniff(file: File, *, name: str) -> str:  # type: ignore[type-arg]
    """The content type of a file whose content is what its name says. Raises ChangeRefused."""
    suffix = PurePosixPath(one_line(name)).suffix.lower()
    if suffix in _WITH_MACROS:
        raise _macros()
    if suffix not in SUFFIXES:
        raise _refused(
            "suffix", _("Dit soort bestand kan niet. Kies bijvoorbeeld een pdf, docx of pptx.")
        )
    size = file.size or 0
    if size > settings.MATERIAL_MAX_BYTES:
        most = filesizeformat(settings.MATERIAL_MAX_BYTES)
        raise _refused(
            "too_big",
            _("Dit bestand is te groot. Kies een bestand van hooguit %(size)s.") % {"size": most},
        )
    if size == 0:
        raise _refused("empty", _("Dit bestand is leeg. Kies een ander bestand."))
    file.seek(0)
    try:
        return _content_type(file, suffix)
    finally:
        file.seek(0)


def _content_type(file: BinaryIO | File, suffix: str) -> str:  # type: ignore[type-arg]
    if suffix in _SIGNATURES:
        content_type, found = _SIGNATURES[suffix]
        if found not in _kinds(file.read(_HEAD)):
            raise _not_what_it_says(suffix)
        return content_type
    if suffix in _TEXT:
        _check_text(file, suffix)
        return _TEXT[suffix]
    try:
        with zipfile.ZipFile(file) as archive:
            return _document(archive, suffix)
    except _BROKEN_ARCHIVE as error:
        raise _not_what_it_says(suffix) from error


def _kinds(head: bytes) -> set[str]:
    try:
        return {match.extension for match in puremagic.magic_string(head)}
    except (puremagic.PureError, ValueError):  # nothing known looks like this
        return set()


def _document(archive: zipfile.ZipFile, suffix: str) -> str:
    parts = archive.namelist()
    if len(parts) > MAX_PARTS:
        raise _not_what_it_says(suffix)
    names = {part.lower() for part in parts}
    if suffix in _OFFICE:
        content_type, main = _OFFICE[suffix]
        types = _part(archive, "[Content_Types].xml", suffix)
        if main not in names or content_type.encode() not in types:
            if b"macroenabled" in types.lower():
                raise _macros()
            raise _not_what_it_says(suffix)
        if b"macroenabled" in types.lower() or any("vbaproject" in name for name in names):
            raise _macros()
        return content_type
    content_type = _OPEN[suffix]
    if _part(archive, "mimetype", suffix).strip() != content_type.encode():
        raise _not_what_it_says(suffix)
    if any(name.startswith(("basic/", "scripts/")) for name in names):
        raise _macros()
    return content_type


def _part(archive: zipfile.ZipFile, name: str, suffix: str) -> bytes:
    """One small part; a bomb is never unpacked further than MAX_PART_BYTES."""
    with archive.open(name) as part:
        content = part.read(MAX_PART_BYTES + 1)
    if len(content) > MAX_PART_BYTES:
        raise _not_what_it_says(suffix)
    return content


def _check_text(file: BinaryIO | File, suffix: str) -> None:  # type: ignore[type-arg]
    """UTF-8 or Windows text without control characters, and not a program in disguise."""
    content = file.read()
    if any(byte < 32 and byte not in b"\t\n\r\f" for byte in set(content)):  # noqa: PLR2004 - ASCII space
        raise _not_what_it_says(suffix)


def _not_what_it_says(suffix: str) -> ChangeRefused:
    sentences = {
        ".pdf": _("Dit bestand is geen PDF."),
        ".docx": _("Dit bestand is geen Word-document (docx)."),
        ".xlsx": _("Dit bestand is geen Excel-bestand (xlsx)."),
        ".pptx": _("Dit bestand is geen presentatie (pptx)."),
        ".odt": _("Dit bestand is geen tekstdocument (odt)."),
        ".ods": _("Dit bestand is geen rekenblad (ods)."),
        ".odp": _("Dit bestand is geen presentatie (odp)."),
        ".png": _("Dit bestand is geen afbeelding (png)."),
        ".jpg": _("Dit bestand is geen afbeelding (jpg)."),
        ".jpeg": _("Dit bestand is geen afbeelding (jpg)."),
    }
    return _refused("content", sentences.get(suffix, _("Dit bestand bevat geen gewone tekst.")))


def _macros() -> ChangeRefused:
    return _refused(
        "macros",
        _("Dit bestand bevat macro’s. Sla het op zonder macro’s en probeer het opnieuw."),
    )


def _refused(code: str, sentence: str) -> ChangeRefused:
    return ChangeRefused(sentence, code=code, field="file")
