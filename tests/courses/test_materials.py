# SPDX-License-Identifier: EUPL-1.2
"""Material: what is let in, what is refused and why, and who may have it."""

import io
import struct
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse

from courses.domain import materials, teaching
from courses.domain.registration import cancel, register
from courses.errors import ChangeRefused
from courses.models import Material
from tests.factories import CourseFactory, PersonFactory, SessionFactory, coordinator

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
EXE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff" + bytes(200)
JPG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + bytes(100)
HTML = b"<!DOCTYPE html><script>alert(1)</script>"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IEND", b"")


def archive(**parts: bytes) -> bytes:
    """A zip; underscores in names of parts stand for slashes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(PARTS.get(name, name), content)
    return buffer.getvalue()


PARTS = {
    "types": "[Content_Types].xml",
    "word": "word/document.xml",
    "excel": "xl/workbook.xml",
    "powerpoint": "ppt/presentation.xml",
    "macro": "word/vbaProject.bin",
    "basic": "Basic/Standard/Module1.xml",
}


def office(kind: str, main: str, *, macros: bool = False, **parts: bytes) -> bytes:
    prefix = (
        "application/vnd.ms-word" if macros else "application/vnd.openxmlformats-officedocument"
    )
    suffix = ".macroEnabled.main+xml" if macros else ".main+xml"
    types = f'<Types><Override ContentType="{prefix}.{kind}{suffix}"/></Types>'
    return archive(types=types.encode(), **{main: b"<x/>"}, **parts)


DOCX = office("wordprocessingml.document", "word")
XLSX = office("spreadsheetml.sheet", "excel")
PPTX = office("presentationml.presentation", "powerpoint")


def odf(kind: str, **parts: bytes) -> bytes:
    mimetype = f"application/vnd.oasis.opendocument.{kind}".encode()
    return archive(mimetype=mimetype, **parts)


@pytest.fixture
def course():
    return CourseFactory()


@pytest.fixture
def trainer(course):
    return course.trainers.get()


@pytest.fixture
def page(client, trainer):
    client.force_login(trainer)
    return client


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def sentence_for(course, name: str, content: bytes) -> str:
    with pytest.raises(ChangeRefused) as refused:
        materials.add_file(
            course, by=course.trainers.get(), title="Hand-out", file=upload(name, content)
        )
    assert refused.value.field == "file"
    assert Material.objects.count() == 0
    return refused.value.sentence


@pytest.mark.parametrize(
    ("name", "content", "content_type"),
    [
        ("a.pdf", PDF, "application/pdf"),
        ("A.PDF", PDF, "application/pdf"),
        ("a.png", png(), "image/png"),
        ("a.jpg", JPG, "image/jpeg"),
        ("a.jpeg", JPG, "image/jpeg"),
        ("a.docx", DOCX, WORD),
        ("a.xlsx", XLSX, WORD.replace("wordprocessingml.document", "spreadsheetml.sheet")),
        ("a.pptx", PPTX, WORD.replace("wordprocessingml.document", "presentationml.presentation")),
        ("a.odt", odf("text"), "application/vnd.oasis.opendocument.text"),
        ("a.ods", odf("spreadsheet"), "application/vnd.oasis.opendocument.spreadsheet"),
        ("a.odp", odf("presentation"), "application/vnd.oasis.opendocument.presentation"),
        ("a.txt", "Één regel\n".encode(), "text/plain"),
        ("a.txt", "Één regel\n".encode("cp1252"), "text/plain"),
        ("a.md", b"# Kop\n", "text/markdown"),
        ("a.csv", b"a;b\r\n1;2\r\n", "text/csv"),
    ],
)
def test_file_that_is_what_it_says_is_kept(course, trainer, name, content, content_type):
    material = materials.add_file(course, by=trainer, title="Hand-out", file=upload(name, content))
    assert (material.content_type, material.size) == (content_type, len(content))
    with material.file.open() as stored:
        assert stored.read() == content


NO_PDF = "Dit bestand is geen PDF."
NO_WORD = "Dit bestand is geen Word-document (docx)."
NO_TEXT = "Dit bestand bevat geen gewone tekst."
KIND = "Dit soort bestand kan niet. Kies bijvoorbeeld een pdf, docx of pptx."
MACROS = "Dit bestand bevat macro’s. Sla het op zonder macro’s en probeer het opnieuw."


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("virus.pdf", EXE, NO_PDF),
        ("pagina.pdf", HTML, NO_PDF),
        ("brief.pdf", DOCX, NO_PDF),
        ("kort.pdf", b"%", NO_PDF),
        ("a.png", JPG, "Dit bestand is geen afbeelding (png)."),
        ("a.jpg", png(), "Dit bestand is geen afbeelding (jpg)."),
        ("a.docx", EXE, NO_WORD),
        ("a.docx", XLSX, NO_WORD),
        ("a.docx", archive(iets=b"anders"), NO_WORD),
        ("a.docx", DOCX[: len(DOCX) // 2], NO_WORD),
        ("a.docx", PDF, NO_WORD),
        ("a.xlsx", DOCX, "Dit bestand is geen Excel-bestand (xlsx)."),
        ("a.pptx", DOCX, "Dit bestand is geen presentatie (pptx)."),
        ("a.odt", odf("spreadsheet"), "Dit bestand is geen tekstdocument (odt)."),
        ("a.ods", DOCX, "Dit bestand is geen rekenblad (ods)."),
        ("a.txt", EXE, NO_TEXT),
        ("a.csv", b"a\x00b", NO_TEXT),
        ("a.docm", DOCX, MACROS),
        ("a.xlsm", XLSX, MACROS),
        ("a.docx", office("wordprocessingml.document", "word", macro=b"x"), MACROS),
        ("a.docx", office("document", "word", macros=True), MACROS),
        ("a.odt", odf("text", basic=b"x"), MACROS),
        ("a.exe", EXE, KIND),
        ("a.zip", DOCX, KIND),
        ("a.html", HTML, KIND),
        ("a.svg", b"<svg/>", KIND),
        ("a.pdf.exe", PDF, KIND),
        ("pdf", PDF, KIND),
        ("a.pdf ", b"", "Dit bestand is leeg. Kies een ander bestand."),
    ],
)
def test_file_that_is_something_else_is_refused(course, name, content, sentence):
    assert sentence_for(course, name, content) == sentence


def test_file_over_the_limit_is_refused(course, settings):
    settings.MATERIAL_MAX_BYTES = 1024 * 1024
    sentence = sentence_for(course, "groot.pdf", PDF + bytes(1024 * 1024))
    assert sentence.replace("\xa0", " ") == (
        "Dit bestand is te groot. Kies een bestand van hooguit 1,0 MB."
    )


def test_zip_bomb_is_never_unpacked(course):
    bomb = archive(types=bytes(50 * 1024 * 1024), word=b"<x/>")
    assert len(bomb) < 100_000
    tracemalloc.start()
    try:
        assert sentence_for(course, "bom.docx", bomb) == NO_WORD
        assert tracemalloc.get_traced_memory()[1] < 10 * 1024 * 1024
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("Hand-out Excel.pdf", "Hand-out-Excel.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\merel\\brief.PDF", "brief.pdf"),
        ("één & twee.pdf", "een-twee.pdf"),
        ("🎉.pdf", "materiaal.pdf"),
        ("fdp\u202eexe.pdf", "fdpexe.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "a-Set-Cookie-x.pdf"),
        ("x" * 300 + ".pdf", "x" * 40 + ".pdf"),
        ('a";filename="b.exe.pdf', "a-filename-b-exe.pdf"),
    ],
)
def test_file_names_are_cleaned(name, clean):
    assert materials.clean_file_name(name) == clean


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "ftp://x.nl/a", "//x.nl", "data:text/html,x"]
)
def test_only_web_addresses_are_links(course, trainer, url):
    with pytest.raises(ChangeRefused) as refused:
        materials.add_link(course, by=trainer, title="Uitleg", url=url)
    assert refused.value.field == "url"


def test_at_most_twenty(course, trainer):
    for n in range(20):
        materials.add_link(course, by=trainer, title=f"Link {n}", url="https://x.nl/")
    with pytest.raises(ChangeRefused) as refused:
        materials.add_file(course, by=trainer, title="Nog een", file=upload("a.pdf", PDF))
    assert refused.value.sentence == "Je hebt al 20 materialen. Haal er eerst een weg."


@pytest.mark.django_db(transaction=True)
def test_removed_file_leaves_the_disk_only_when_it_is_certain(course, trainer):
    material = materials.add_file(course, by=trainer, title="A", file=upload("a.pdf", PDF))
    name = material.file.name

    class Undone(Exception):
        pass

    with pytest.raises(Undone), transaction.atomic():
        materials.remove(Material.objects.get(), by=trainer)
        raise Undone
    assert default_storage.exists(name)
    materials.remove(Material.objects.get(), by=trainer)
    assert Material.objects.count() == 0
    assert [default_storage.exists(path) for path in (name, str(Path(name).parent))] == [False] * 2


@pytest.mark.django_db(transaction=True)
def test_file_that_cannot_be_erased_is_told_in_the_log_and_stops_nobody(
    course, trainer, monkeypatch, caplog
):
    materials.add_file(course, by=trainer, title="A", file=upload("a.pdf", PDF))

    def refuse(name):
        raise PermissionError(name)

    monkeypatch.setattr(default_storage, "delete", refuse)
    materials.remove(Material.objects.get(), by=trainer)
    assert Material.objects.count() == 0
    assert [record.levelname for record in caplog.records] == ["ERROR"]


@pytest.mark.django_db(transaction=True)
def test_files_of_a_draft_go_with_it_once_that_is_certain(trainer):
    draft = CourseFactory(status="draft", published_at=None, trainer=trainer)
    names = [
        materials.add_file(draft, by=trainer, title=title, file=upload("a.pdf", PDF)).file.name
        for title in ("Een", "Twee")
    ]
    materials.add_link(draft, by=trainer, title="Drie", url="https://x.nl/")

    class Undone(Exception):
        pass

    with pytest.raises(Undone), transaction.atomic():
        teaching.discard_draft(draft, by=trainer)
        raise Undone
    assert [default_storage.exists(name) for name in names] == [True, True]
    teaching.discard_draft(draft, by=trainer)
    gone = [*names, *(str(Path(name).parent) for name in names)]
    assert [default_storage.exists(path) for path in gone] == [False] * 4


# --- pages ---------------------------------------------------------------------------------------


def test_upload_on_the_page(page, course):
    url = reverse("courses:add-file", args=[course.public_id])
    data = {"bestand-title": "Hand-out", "bestand-file": upload("Hand out.pdf", PDF)}
    assert page.post(url, data).url == reverse("courses:manage", args=[course.public_id])
    material = course.materials.get()
    assert (material.title, material.size) == ("Hand-out", len(PDF))
    html = page.get(reverse("courses:manage", args=[course.public_id])).content.decode()
    assert f'href="/materiaal/{material.public_id}/"' in html


def test_refused_upload_stands_at_the_file_and_the_title_is_kept(page, course):
    url = reverse("courses:add-file", args=[course.public_id])
    response = page.post(url, {"bestand-title": "Gids", "bestand-file": upload("a.pdf", EXE)})
    form = response.context["file_form"]
    assert dict(form.errors) == {"file": [NO_PDF]}
    assert form["title"].value() == "Gids"
    assert response.content.decode().count("<title>Fout: ") == 1


def test_upload_without_file_or_name(page, course):
    response = page.post(reverse("courses:add-file", args=[course.public_id]), {})
    assert dict(response.context["file_form"].errors) == {
        "title": ["Geef je materiaal een naam."],
        "file": ["Kies een bestand."],
    }


def test_link_on_the_page_and_away_again(page, course):
    page.post(
        reverse("courses:add-link", args=[course.public_id]),
        {"link-title": "Uitleg", "link-url": "example.nl/uitleg"},
    )
    material = course.materials.get()
    assert material.url == "https://example.nl/uitleg"
    response = page.get(reverse("courses:material", args=[material.public_id]))
    assert (response.status_code, response.url) == (302, "https://example.nl/uitleg")
    page.post(reverse("courses:remove-material", args=[material.public_id]))
    assert course.materials.count() == 0


def test_download_is_saved_and_never_shown(client, course, trainer):
    material = materials.add_file(
        course, by=trainer, title="Gids", file=upload("Mijn gids.txt", HTML)
    )
    response = client.get(reverse("courses:material", args=[material.public_id]))
    assert response.headers["Content-Disposition"] == 'attachment; filename="Mijn-gids.txt"'
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Type"] == "text/plain"
    assert b"".join(response.streaming_content) == HTML


def test_who_may_have_a_file(client, course, trainer):
    """CC BY is for everyone once the course is public; else for who takes part or manages."""
    material = materials.add_file(course, by=trainer, title="Gids", file=upload("a.pdf", PDF))
    session = SessionFactory(course=course, capacity=1)
    learner, waiting, gone = PersonFactory(), PersonFactory(), PersonFactory()
    cancel(register(session, person=gone), by=gone)
    register(session, person=learner)
    register(session, person=waiting)
    people = {
        "visitor": None,
        "other": PersonFactory(),
        "learner": learner,
        "waiting": waiting,
        "gone": gone,
        "trainer": trainer,
        "coordinator": coordinator(course.organisation),
        "coordinator elsewhere": coordinator(),
    }
    url = reverse("courses:material", args=[material.public_id])

    def statuses() -> dict[str, int]:
        result = {}
        for name, person in people.items():
            client.logout()
            if person:
                client.force_login(person)
            response = client.get(url)
            result[name] = response.status_code
            b"".join(response)  # closes the file
        return result

    assert set(statuses().values()) == {200}
    inside = {"learner", "trainer", "coordinator"}
    course.licence = "all-rights"
    course.save()
    assert statuses() == {name: 200 if name in inside else 404 for name in people}
    course.licence, course.status = "cc-by-4.0", "draft"
    course.save()
    assert statuses() == {name: 200 if name in inside else 404 for name in people}
