# SPDX-License-Identifier: EUPL-1.2
"""XLSX and ODS: the right rows, real types, no formula; opened by LibreOffice where it is installed."""

import csv
import io
import shutil
import subprocess
from pathlib import Path

import pytest
from django.core.management import call_command

from accounts.models import AuditEvent
from base import clock
from reach import exporters
from reach.exporters import ods, sheets, xlsx
from tests.factories import CourseFactory, OrganisationFactory
from tests.reach import rows
from tests.reach.sheets import read_ods, read_xlsx

READ = {"ods": read_ods, "xlsx": read_xlsx}
BOTH = pytest.mark.parametrize("kind", ["ods", "xlsx"])
HEADER = ("titel", "begin", "aantal", "cijfer")
NASTY = [
    '=HYPERLINK("https://kwaad.example";"klik")',
    "=cmd|' /C calc'!A0",
    "+31 6 12345678",
    "-1",
    "@SUM(A1)",
    "https://trainjecollega.example/a?b=1&c=<2>",
    "mailto:iemand@gouda.nl",
    "007",
    " ruimte  ervoor en erna ",
    "tab\tregel 1\nregel 2",
    "stuur\x0bteken\x00weg",
    "😀 ]]> &amp; <b>",
]


def made(kind, header, found, **more):
    file = io.BytesIO()
    assert exporters.write(kind, file, header, found, title="cijfers", **more) == len(found)
    return file.getvalue()


@BOTH
def test_numbers_and_times_are_real_and_text_is_text(kind):
    found = READ[kind](
        made(
            kind,
            HEADER,
            [("Beter vergaderen", "2026-10-13T10:00:00+02:00", 12, 8.5), ("", "", 0, "")],
        )
    )
    assert list(found) == ["cijfers", "Toelichting"]
    assert found["cijfers"] == [
        [("string", name) for name in HEADER],
        [
            ("string", "Beter vergaderen"),
            ("date", "2026-10-13T10:00:00"),
            ("float", "12"),
            ("float", "8.5"),
        ],
        [("", ""), ("", ""), ("float", "0")],
    ]


@BOTH
def test_no_text_becomes_a_formula_a_link_or_a_number(kind):
    found = READ[kind](made(kind, ("titel", "aantal"), [(text, 1) for text in NASTY]))["cijfers"]
    expected = [text.replace("\x0b", "").replace("\x00", "") for text in NASTY]
    assert [row[0] for row in found[1:]] == [("string", text) for text in expected]


@BOTH
def test_a_table_without_rows_has_its_header(kind):
    assert READ[kind](made(kind, HEADER, []))["cijfers"] == [[("string", name) for name in HEADER]]


@BOTH
def test_the_last_sheet_says_what_it_is(kind):
    found = READ[kind](made(kind, HEADER, [("a", "", 1, "")], about=[("Periode", "TJC-week")]))
    lines = [[text for _kind, text in row] for row in found["Toelichting"]]
    assert lines == [["Periode", "TJC-week"], ["Aantal rijen", "1"]]


@pytest.mark.parametrize("writer", [ods, xlsx])
@pytest.mark.parametrize(("number", "names"), [(3, ["cijfers"]), (4, ["cijfers", "cijfers (2)"])])
def test_more_rows_than_a_sheet_takes_go_on_on_the_next(writer, number, names):
    file = io.BytesIO()
    content = [(f"rij {n}", n) for n in range(number)]
    writer.write(file, ("titel", "aantal"), content, title="cijfers", about=[], limit=3)
    found = {ods: read_ods, xlsx: read_xlsx}[writer](file.getvalue())
    assert list(found) == [*names, "Toelichting"]
    assert all(found[name][0] == [("string", "titel"), ("string", "aantal")] for name in names)
    assert [row[0][1] for name in names for row in found[name][1:]] == [row[0] for row in content]
    notice = [row[1][1] for row in found["Toelichting"] if row[0][1] == "Let op"]
    assert notice == (
        ["Dit zijn meer rijen dan op één blad passen. Ze staan op 2 bladen: cijfers, cijfers (2)."]
        if len(names) > 1
        else []
    )


def test_a_sheet_holds_a_million_rows():
    """Excel stops at 1,048,576; the header takes one."""
    assert sheets.ROWS_PER_SHEET + 1 <= 1_048_576
    many = ((number,) for number in range(1_000_001))
    found = [(name, sum(1 for _row in part)) for name, part in sheets.sheets(many, "cijfers")]
    assert found == [("cijfers", 1_000_000), ("cijfers (2)", 1)]


def test_a_text_that_is_too_long_for_a_cell_is_cut():
    found = read_xlsx(made("xlsx", ("titel",), [("é" * 40_000,)]))
    assert found["cijfers"][1] == [("string", "é" * 32_767)]


@pytest.mark.django_db
@BOTH
@pytest.mark.parametrize(
    "table", ["registrations", "sessions", "organisations", "flow", "themes", "requests"]
)
def test_every_table_says_the_same_in_every_format(tmp_path, table, kind):
    edition = rows.busy_week()
    plain, sheet = tmp_path / "uit.csv", tmp_path / f"uit.{kind}"
    for form, file in (("csv", plain), (kind, sheet)):
        call_command(
            "export_reach",
            table=table,
            format=form,
            output=file,
            edition=edition.slug,
            stdout=io.StringIO(),
        )
    expected = list(csv.reader(io.StringIO(plain.read_bytes().decode("utf-8-sig"), newline="")))
    found = next(iter(READ[kind](sheet.read_bytes()).values()))
    assert len(found) == len(expected)
    assert (len(found) > 1) == (table != "requests")
    for got, want in zip(found[1:], expected[1:], strict=True):
        cells = [*got, *[("", "")] * (len(want) - len(got))]
        for (how, value), text in zip(cells, want, strict=True):
            match how:
                case "date":
                    assert text.startswith(value)
                case "float":
                    assert float(text) == pytest.approx(float(value), rel=1e-5)
                case _:
                    assert value == text.removeprefix("'")


@pytest.mark.django_db
@BOTH
def test_names_in_a_spreadsheet_are_logged_too(tmp_path, kind):
    gouda = OrganisationFactory(name="Gouda", tooi="t:g")
    edition = rows.finished_week()
    session = rows.session_on(edition.starts_on, course=CourseFactory(), edition=edition)
    (person,) = rows.colleagues(gouda, 1)
    row = rows.place(session, person)
    file = tmp_path / f"uit.{kind}"
    call_command(
        "export_reach",
        table="registrations",
        format=kind,
        organisation="t:g",
        output=file,
        stdout=io.StringIO(),
    )
    found = READ[kind](file.read_bytes())
    header, line = found["aanmeldingen"]
    cells = {name: cell for (_kind, name), cell in zip(header, line, strict=True)}
    assert cells["naam"] == ("string", person.name)
    begin = clock.local(session.starts_at).replace(tzinfo=None).isoformat()
    assert cells["begin"] == ("date", begin)
    assert cells["minuten"] == ("float", "60")
    assert cells["aanmelding_id"] == ("string", str(row.public_id))
    assert any("Hier staan namen in" in line[1][1] for line in found["Toelichting"])
    assert AuditEvent.objects.get(verb="reach.exported").detail["rows"] == 1


SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")


@pytest.mark.slow
@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
@BOTH
def test_libreoffice_opens_it_with_the_same_rows_and_types(tmp_path, kind):
    many = [
        (text, f"2026-{1 + number % 12:02}-13T10:00:00+01:00", number, number / 4)
        for number, text in enumerate([*NASTY, *(f"Cursus {n}" for n in range(3000))])
    ]
    file = tmp_path / f"uit.{kind}"
    file.write_bytes(made(kind, HEADER, many))
    into = "xlsx" if kind == "ods" else "ods"
    found = READ[into](_converted(file, tmp_path, into))["cijfers"]
    assert len(found) == len(many) + 1
    for got, (text, when, number, part) in zip(found[1:], many, strict=True):
        kinds = [how for how, _value in got]
        assert kinds == ["string", "date", "float", "float"]
        kept = "".join(sign for sign in text if sign not in "\x00\x0b\t")
        values = [value.replace("\t", "") for _kind, value in got]  # it may drop a tab
        assert values == [kept, when[:19], f"{number:g}", f"{part:g}"]


def _converted(file: Path, folder: Path, into: str) -> bytes:
    """LibreOffice's own copy of the file, in the other format."""
    assert SOFFICE is not None
    command = [
        SOFFICE,
        f"-env:UserInstallation=file://{folder}/profile",
        "--headless",
        "--convert-to",
        into,
        "--outdir",
        str(folder / "om"),
        str(file),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return (folder / "om" / f"uit.{into}").read_bytes()
