# SPDX-License-Identifier: EUPL-1.2
"""manage.py export_reach: the files, what they may hold, and every way it can fail."""

import csv
import datetime as dt
import io
import json
import stat
import sys

import pytest
from django.core.management import CommandError, call_command

from accounts.models import AuditEvent
from base import clock
from courses.models import Registration
from matching.models import Support
from reach.exporters import as_csv, as_json, safe
from tests.factories import (
    CourseFactory,
    KnowledgeRequestFactory,
    MatchFactory,
    OrganisationFactory,
    PersonFactory,
    ThemeFactory,
)
from tests.reach import rows

pytestmark = pytest.mark.django_db


def export(tmp_path, table, **options):
    """The rows of the CSV file."""
    file = tmp_path / f"{table}.csv"
    call_command("export_reach", table=table, output=file, stdout=io.StringIO(), **options)
    text = file.read_bytes().decode("utf-8")
    assert text[0] == "\ufeff"
    return list(csv.DictReader(io.StringIO(text[1:], newline=""), strict=True))


@pytest.fixture
def two_colleagues():
    """One of Gouda and one of Delft in a session that Delft gives, half past ten in winter."""
    gouda = OrganisationFactory(name="Gemeente Gouda", tooi="tooi:gm0513")
    delft = OrganisationFactory(name="Gemeente Delft", tooi="tooi:gm0503")
    edition = rows.finished_week(name="TJC-week", slug="week")
    course = CourseFactory(title="Beter vergaderen", organisation=delft)
    session = rows.session_on(edition.starts_on, course=course, edition=edition, minutes=50)
    merel = PersonFactory(name="Merel", email="merel@gouda.nl", organisation=gouda)
    joris = PersonFactory(name="Joris", email="joris@delft.nl", organisation=delft)
    return (
        rows.place(session, merel, score=9),
        rows.place(session, joris, state="absent"),
    )


def test_registrations_have_these_columns_and_no_names(tmp_path, two_colleagues):
    merel, _joris = two_colleagues
    found = export(tmp_path, "registrations")
    start = clock.local(merel.session.starts_at)
    assert found[0] == {
        "aanmelding_id": str(merel.public_id),
        "cursus": "Beter vergaderen",
        "thema": "Schrijven",
        "editie": "TJC-week",
        "begin": start.isoformat(),
        "minuten": "50",
        "aanbieder": "Gemeente Delft",
        "aanbieder_bestuurslaag": "gemeente",
        "aanbieder_tooi": "tooi:gm0503",
        "organisatie": "Gemeente Gouda",
        "organisatie_bestuurslaag": "gemeente",
        "organisatie_tooi": "tooi:gm0513",
        "status": "geweest",
        "aanwezig": "ja",
        "aangemeld_op": clock.local(merel.registered_at).isoformat(),
        "afgemeld_op": "",
        "reden_afmelding": "",
        "andere_organisatie": "ja",
        "cijfer": "9",
    }
    assert start.utcoffset().total_seconds() in {3600, 7200}
    second = found[1]
    assert (second["status"], second["aanwezig"]) == ("afwezig", "nee")
    assert (second["andere_organisatie"], second["cijfer"]) == ("nee", "")
    assert AuditEvent.objects.count() == 0


def test_with_an_organisation_its_own_people_are_named_and_that_is_logged(tmp_path, two_colleagues):
    found = export(tmp_path, "registrations", organisation="tooi:gm0513")
    assert [(row["naam"], row["e_mail"]) for row in found] == [("Merel", "merel@gouda.nl")]
    event = AuditEvent.objects.get()
    assert (event.verb, event.organisation.name) == ("reach.exported", "Gemeente Gouda")
    assert event.detail == {"table": "registrations", "scope": "alles", "rows": 1}


def test_a_colleague_who_left_is_counted_but_no_longer_named(tmp_path, two_colleagues):
    merel = two_colleagues[0].person
    merel.organisation = OrganisationFactory()
    merel.save()
    found = export(tmp_path, "registrations", organisation="tooi:gm0513")
    assert [(row["aanwezig"], row["naam"], row["e_mail"]) for row in found] == [("ja", "", "")]


def test_what_was_learned_before_a_merger_goes_to_the_successor(tmp_path, two_colleagues):
    """Two mergers, one after another: the old name stays visible, the people are of the new one."""
    gouda = two_colleagues[0].organisation
    new = OrganisationFactory(name="Gemeente Nieuw", tooi="tooi:nieuw")
    yesterday = clock.today() - dt.timedelta(days=1)
    between = OrganisationFactory(name="Gemeente Tussen", successor=new, valid_until=yesterday)
    gouda.successor = between
    gouda.save()
    assert export(tmp_path, "registrations", organisation="tooi:nieuw") == []  # it still exists
    gouda.valid_until = yesterday
    gouda.save()
    merel = two_colleagues[0].person
    merel.organisation = new
    merel.save()
    found = export(tmp_path, "registrations", organisation="tooi:nieuw")
    assert [(row["organisatie"], row["naam"]) for row in found] == [("Gemeente Gouda", "Merel")]
    KnowledgeRequestFactory(organisation=gouda, title="Van Gouda")
    rows.session_on(clock.today(), course=CourseFactory(organisation=between), edition=None)
    assert len(export(tmp_path, "requests", organisation="tooi:nieuw")) == 1
    assert len(export(tmp_path, "sessions", organisation="tooi:nieuw")) == 1


def test_an_erased_colleague_stays_as_a_row_without_a_name(tmp_path, two_colleagues):
    two_colleagues[0].person.delete()
    found = export(tmp_path, "registrations", organisation="tooi:gm0513")
    assert [(row["aanwezig"], row["naam"]) for row in found] == [("ja", "")]


def test_holds_that_a_stranger_may_have_typed_are_left_out(tmp_path, two_colleagues):
    session = two_colleagues[0].session
    held = {"state": "held", "hold_expires_at": clock.now()}
    rows.place(session, PersonFactory(), **held)
    late = {"state": "cancelled", "cancelled_at": clock.now(), "cancel_reason": "hold_expired"}
    rows.place(session, PersonFactory(), **late)
    assert len(export(tmp_path, "registrations")) == 2


def test_every_state_and_reason_has_its_word():
    from reach.domain import cells

    assert set(cells.STATES) == set(Registration.State)
    assert set(cells.REASONS) == {"", *Registration.CancelReason.values}


def test_figures_from_the_files_are_those_counted_by_hand(tmp_path):
    edition = rows.busy_week()
    expected = rows.count_by_hand(rows.all_rows(edition))
    found = export(tmp_path, "registrations", edition=edition.slug)
    there = [row for row in found if row["aanwezig"] == "ja"]
    assert len(found) == rows.all_rows(edition).count()
    assert len({row["organisatie_tooi"] for row in there}) == expected.organisations
    assert sum(int(row["minuten"]) for row in there) / 60 == expected.hours
    elsewhere = [row for row in there if row["andere_organisatie"] == "ja"]
    assert len(elsewhere) / len(there) == expected.elsewhere_share
    scores = [int(row["cijfer"]) for row in there if row["cijfer"]]
    assert sum(scores) / len(scores) == pytest.approx(expected.score)

    sessions = export(tmp_path, "sessions", edition=edition.slug)
    assert len(sessions) == 10
    assert sum(int(row["geweest"]) for row in sessions) == len(there)
    assert sum(int(row["van_andere_organisatie"]) for row in sessions) == len(elsewhere)

    organisations = export(tmp_path, "organisations", edition=edition.slug)
    assert sum(int(row["keren_geweest"]) for row in organisations) == len(there)
    assert round(sum(float(row["uren"]) for row in organisations), 1) == round(expected.hours, 1)
    assert sum(int(row["bijeenkomsten_gegeven"]) for row in organisations) == expected.sessions

    flow = export(tmp_path, "flow", edition=edition.slug)
    assert sum(int(row["keren_geweest"]) for row in flow) == len(there)
    away = [row for row in flow if row["aanbieder"] != row["organisatie"]]
    assert sum(int(row["keren_geweest"]) for row in away) == len(elsewhere)

    themes = export(tmp_path, "themes", edition=edition.slug)
    assert [int(row["collegas"]) for row in themes] == [expected.people]
    waiting = rows.all_rows(edition).filter(state="waiting").count()
    assert [int(row["op_wachtlijst"]) for row in themes] == [waiting]


def test_tables_of_one_organisation_hide_small_groups_of_others(tmp_path):
    delft, gouda = OrganisationFactory(name="Delft", tooi="t:d"), OrganisationFactory(name="Gouda")
    rijk = OrganisationFactory(name="Rijk")
    edition = rows.finished_week()
    session = rows.session_on(
        edition.starts_on, course=CourseFactory(organisation=delft), edition=edition
    )
    for person in [
        *rows.colleagues(delft, 2),
        *rows.colleagues(gouda, 9),
        *rows.colleagues(rijk, 10),
    ]:
        rows.place(session, person)
    found = export(tmp_path, "flow", organisation="t:d")
    assert [(row["organisatie"], row["collegas"], row["uren"]) for row in found] == [
        ("Delft", "2", "2.0"),
        ("Gouda", "", ""),
        ("Rijk", "10", "10.0"),
    ]
    mine = export(tmp_path, "organisations", organisation="t:d")
    assert [(row["organisatie"], row["collegas_getraind"]) for row in mine] == [("Delft", "21")]


def test_questions_are_told_without_who_asked(tmp_path, two_colleagues):
    merel, joris = (row.person for row in two_colleagues)
    asked = KnowledgeRequestFactory(
        asker=merel, organisation=merel.organisation, title="Draaitabellen"
    )
    Support.objects.create(request=asked, person=joris, organisation=joris.organisation)
    for state, days in (("declined", 1), ("accepted", 4)):
        MatchFactory(
            request=asked, state=state, answered_at=asked.created_at + dt.timedelta(days=days)
        )
    KnowledgeRequestFactory(organisation=joris.organisation, title="=1+1")
    found = export(tmp_path, "requests")
    assert [(row["titel"], row["status"], row["dagen_tot_koppeling"]) for row in found] == [
        ("Draaitabellen", "open", "4.0"),
        ("'=1+1", "open", ""),
    ]
    assert (found[0]["organisatie"], found[0]["ook_gezocht_door"]) == ("Gemeente Gouda", "1")
    text = (tmp_path / "requests.csv").read_text("utf-8")
    assert merel.name not in text
    assert merel.email not in text
    mine = export(tmp_path, "requests", organisation="tooi:gm0513")
    assert [row["titel"] for row in mine] == ["Draaitabellen"]
    assert export(tmp_path, "requests", edition="week") == []


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("+31612345678", "'+31612345678"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("\n=1", "'\n=1"),
        ("a=1", "a=1"),
        ("", ""),
    ],
)
def test_no_cell_is_a_formula(cell, written):
    assert safe(cell) == written


@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("read_with", [",", ";", "\t"])
@pytest.mark.parametrize(
    "text", ["x;=cmd", "x,=cmd", "x\t@SUM(A1)", 'x;"=cmd"', 'x,"+1"', "x\n=cmd", "x\r-1", ';"";=1']
)
def test_no_cell_is_a_formula_for_a_spreadsheet_that_expects_another_separator(
    delimiter, read_with, text
):
    written = "".join(as_csv(("a", "b"), [(text, 1), ("c", text)], delimiter=delimiter))
    read = csv.reader(io.StringIO(written, newline=""), delimiter=read_with)
    assert [cell for row in read for cell in row if cell.lstrip('"')[:1] in set("=+-@")] == []


def test_separators_that_begin_no_formula_stay_as_they_are():
    text = "Kort; krachtig, en - soms = gelijk"
    written = "".join(as_csv(("a",), [(text,)]))
    assert list(csv.reader(io.StringIO(written, newline="")))[1] == [text]


def test_a_title_with_separators_and_a_formula_comes_back_as_text(tmp_path, two_colleagues):
    course = two_colleagues[0].session.course
    course.title = '=HYPERLINK("https://kwaad.example";"klik"),\nregel 2 😀'
    course.save()
    for delimiter in (",", ";"):
        file = tmp_path / "uit.csv"
        call_command(
            "export_reach",
            table="registrations",
            output=file,
            delimiter=delimiter,
            stdout=io.StringIO(),
        )
        text = file.read_bytes().decode("utf-8-sig")
        found = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))
        assert [row["cursus"] for row in found] == [f"'{course.title}"] * 2


def test_numbers_stay_numbers():
    assert list(as_csv(("a", "b"), [(-1, 2.5)])) == ["\ufeffa,b\r\n", "-1,2.5\r\n"]


def test_json_has_the_same_names_and_null_for_unknown():
    assert json.loads("".join(as_json(("a", "b"), [("x", ""), (1, 2)]))) == [
        {"a": "x", "b": None},
        {"a": 1, "b": 2},
    ]
    assert json.loads("".join(as_json(("a",), []))) == []


def test_json_export_has_as_many_rows(tmp_path, two_colleagues):
    file = tmp_path / "uit.json"
    call_command(
        "export_reach", table="registrations", format="json", output=file, stdout=io.StringIO()
    )
    assert [row["aanwezig"] for row in json.loads(file.read_text("utf-8"))] == ["ja", "nee"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"edition": "nee"}, "There is no edition 'nee'."),
        ({"organisation": "nee"}, "There is no organisation with TOOI 'nee'."),
    ],
)
def test_what_cannot_be_exported_is_one_sentence(tmp_path, options, sentence):
    file = tmp_path / "uit.csv"
    with pytest.raises(CommandError) as refused:
        call_command("export_reach", **({"table": "flow", "output": file} | options))
    assert (str(refused.value), refused.value.returncode) == (sentence, 1)
    assert list(tmp_path.iterdir()) == []


def test_without_the_extra_for_documents_excel_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setitem(
        sys.modules, "xlsxwriter", None
    )  # what an import of an absent package meets
    with pytest.raises(CommandError) as refused:
        call_command("export_reach", table="flow", format="xlsx", output=tmp_path / "uit.xlsx")
    assert str(refused.value) == (
        "XLSX needs the package XlsxWriter: install the extra 'documents', or choose csv, ods or json."
    )
    assert list(tmp_path.iterdir()) == []


def test_an_unwritable_place_is_one_sentence(tmp_path):
    file = tmp_path / "nergens" / "uit.csv"
    with pytest.raises(CommandError) as refused:
        call_command("export_reach", table="flow", output=file)
    assert str(refused.value) == f"Cannot write {file}: No such file or directory."
    with pytest.raises(CommandError) as refused:
        call_command("export_reach", table="flow", output=tmp_path)
    assert str(refused.value) == f"Cannot write {tmp_path}: is a folder."


def test_a_failure_halfway_leaves_the_old_file_and_nothing_else(tmp_path, two_colleagues):
    file = tmp_path / "registrations.csv"
    file.write_text("oud")
    Registration.objects.filter(pk=two_colleagues[1].pk).update(state="onzin")
    with pytest.raises(KeyError):
        call_command("export_reach", table="registrations", output=file)
    assert [(f.name, f.read_text()) for f in tmp_path.iterdir()] == [("registrations.csv", "oud")]


def test_only_the_owner_may_read_the_file(tmp_path, two_colleagues):
    export(tmp_path, "registrations")
    assert stat.S_IMODE((tmp_path / "registrations.csv").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("table", "queries"),
    [
        ("registrations", 4),
        ("sessions", 3),
        ("organisations", 4),
        ("flow", 3),
        ("themes", 3),
        ("requests", 3),
    ],
)
def test_a_table_costs_the_same_queries_for_any_number_of_rows(
    tmp_path, table, queries, two_colleagues, django_assert_num_queries
):
    KnowledgeRequestFactory()
    with django_assert_num_queries(queries):
        export(tmp_path, table)
    ThemeFactory(slug="data", name="Data")
    rows.busy_week()
    KnowledgeRequestFactory.create_batch(2)
    with django_assert_num_queries(queries):
        export(tmp_path, table)
