# SPDX-License-Identifier: EUPL-1.2
"""Bringing the organisations up to date with the register: the traps of standards.md section 3, and the
real extract where it is there."""

import csv
import datetime as dt
import io
import time
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.domain import organisations
from accounts.domain.importing import import_organisations
from accounts.domain.organisations import match_email
from accounts.models import AuditEvent, EmailDomain, Organisation, Person
from accounts.roo.records import read
from base import clock
from tests.factories import OrganisationFactory, PersonFactory

pytestmark = pytest.mark.django_db

XML = Path(__file__).parent / "data" / "exportOO.xml"
TOOI = "https://identifier.overheid.nl/tooi/id"


def run(path: Path, *, dry_run: bool = False):
    return import_organisations(read(path, today=clock.today()), dry_run=dry_run)


def command(path: Path, *options: str) -> str:
    out = io.StringIO()
    call_command("import_organisations", str(path), *options, stdout=out)
    return out.getvalue()


def state() -> list[tuple]:
    rows = Organisation.objects.order_by("pk").values_list()
    domains = EmailDomain.objects.order_by("pk").values_list()
    return [*rows, *domains, AuditEvent.objects.count()]


# The official XML


def test_xml_gives_the_organisations_and_no_people() -> None:
    report = run(XML)
    assert [(o.name, o.kind, o.layer, o.province, o.tooi, o.roo_id) for o in Organisation.objects.order_by("name")] == [
        ("Gemeente Cuijk", "gemeente", "gemeente", "noord-brabant", f"{TOOI}/gemeente/gm1684", "22104"),
        ("Gemeente Utrecht", "gemeente", "gemeente", "utrecht", f"{TOOI}/gemeente/gm0344", "27000"),
        ("Ministerie van Binnenlandse Zaken en Koninkrijksrelaties", "ministerie", "rijk", "zuid-holland", f"{TOOI}/ministerie/mnre1034", "9632"),
        ("Omgevingsdienst Utrecht", "omgevingsdienst", "gemeenschappelijke_regeling", "", f"{TOOI}/so/so0901", "30001"),
        ("Openbaar Lichaam Bonaire", "caribisch", "caribisch", "caribisch", f"{TOOI}/caribisch_openbaar_lichaam/c1", "30002"),
        ("Provincie Utrecht", "provincie", "provincie", "utrecht", f"{TOOI}/provincie/pv26", "17000"),
        ("Veiligheidsregio Utrecht", "veiligheidsregio", "veiligheidsregio", "utrecht", f"{TOOI}/so/so0847", "28156"),
        ("Waterschap Aa en Maas", "waterschap", "waterschap", "", f"{TOOI}/waterschap/ws0654", "21099"),
        ("Zonder TOOI", "adviescollege", "rijk", "", None, "30413"),
    ]  # fmt: skip
    assert Person.objects.count() == 0
    names = {str(value) for row in Organisation.objects.values_list() for value in row}
    assert not any("Janssen" in name for name in names)
    assert len(report.created) == 9


def test_xml_traps() -> None:
    report = run(XML)
    # An end date inside a classification or a function is not that of the organisation; one of a
    # province is not believed; one of a municipality is.
    ends = dict(Organisation.objects.values_list("name", "valid_until"))
    assert {name: end for name, end in ends.items() if end} == {
        "Gemeente Cuijk": dt.date(2021, 12, 31)
    }
    assert report.doubtful == [
        "Provincie Utrecht (pv26): end date 2024-02-04 of a province is not taken over"
    ]
    assert sorted((note.label, note.why) for note in report.skipped) == [
        ("DG Digitalisering", "unit inside an organisation"),
        ("Directie Digitale Overheid", "unit inside an organisation"),
        (
            "Gemeenschappelijke regeling Veiligheidsregio Utrecht (24961)",
            "text of a joint arrangement, not an organisation",
        ),
        ("Los onderdeel (30413999)", "unit inside an organisation"),
    ]
    assert sorted((note.label, note.why) for note in report.broken) == [
        ("? (40001)", "no name"),
        ("Dubbel (gm0344)", "stands in the file twice"),
        ("Kapotte datum (40002)", "startDatum is not a date: 'gisteren'"),
        ("Omgekeerd (40004)", "ends 2019-12-31, before it begins 2020-01-01"),
        (f"{'x' * 251} (40003)", "name longer than 250 characters"),
    ]


def test_xml_mail_domains_are_those_of_the_organisation_itself() -> None:
    run(XML)
    domains = EmailDomain.objects.order_by("domain").values_list("domain", "organisation__name")
    assert list(domains) == [
        ("aaenmaas.nl", "Waterschap Aa en Maas"),
        ("cuijk.nl", "Gemeente Cuijk"),
        ("minbzk.nl", "Ministerie van Binnenlandse Zaken en Koninkrijksrelaties"),
        ("provincie-utrecht.nl", "Provincie Utrecht"),
        ("rijksoverheid.nl", "Ministerie van Binnenlandse Zaken en Koninkrijksrelaties"),
        ("utrecht.nl", "Gemeente Utrecht"),
        ("xn--vru-dma.nl", "Veiligheidsregio Utrecht"),
    ]


@pytest.mark.parametrize("version", ["2.4.0", "2.6.9", "9.0.0"])
def test_version_of_the_namespace_does_not_matter(tmp_path, version) -> None:
    other = tmp_path / "exportOO.xml"
    other.write_text(XML.read_text().replace("2.6.9", version))
    assert len(run(other).created) == 9


def test_second_xml_import_changes_nothing() -> None:
    run(XML)
    before = state()
    report = run(XML)
    assert (report.created, report.changed, report.closed, report.unchanged) == ([], [], [], 9)
    assert state() == before


def test_dry_run_reports_the_same_and_writes_nothing() -> None:
    PersonFactory()
    before = state()
    dry = run(XML, dry_run=True)
    assert state() == before
    wet = run(XML)
    assert (dry.created, dry.domains, dry.skipped, dry.broken) == (
        wet.created,
        wet.domains,
        wet.skipped,
        wet.broken,
    )


def test_xml_closes_an_organisation_and_keeps_what_hangs_on_it() -> None:
    cuijk = OrganisationFactory(name="Gemeente Cuijk", tooi=f"{TOOI}/gemeente/gm1684")
    person = PersonFactory(organisation=cuijk)
    report = run(XML)
    cuijk.refresh_from_db()
    person.refresh_from_db()
    assert report.closed == ["Gemeente Cuijk (gm1684) on 2021-12-31"]
    assert (cuijk.valid_until, person.organisation) == (dt.date(2021, 12, 31), cuijk)


BILLION = """<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;">]>
<overheidsorganisaties><organisaties><organisatie systeemId="1"><naam>&d;</naam></organisatie>
</organisaties></overheidsorganisaties>"""
EXTERNAL = """<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>
<overheidsorganisaties><organisatie systeemId="1"><naam>&a;</naam></organisatie></overheidsorganisaties>"""
EMPTY_DTD = '<!DOCTYPE x SYSTEM "http://evil.example/x.dtd"><overheidsorganisaties/>'


@pytest.mark.parametrize("bomb", [BILLION, EXTERNAL, EMPTY_DTD])
def test_xml_with_a_dtd_or_entities_is_refused_in_one_sentence(tmp_path, bomb) -> None:
    path = tmp_path / "bomb.xml"
    path.write_text(bomb)
    with pytest.raises(CommandError) as error:
        command(path)
    assert str(error.value) == (
        f"{path} holds a DTD or entities; the register's export has none, so it is refused."
    )
    assert not Organisation.objects.exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "{path} is empty."),
        (b"<overheidsorganisaties", "{path} is not the XML of the register: unclosed token: line 1, column 0."),
        (b"<html><body>404</body></html>", "No organisation could be read from {path}."),
        (b"a,b\n1,2\n", "{path} has no column tooi, roo_id, type, soort, naam, tot, status."),
        (b"PK\x03\x04\0\0\0", "{path} is neither XML nor CSV."),
        (b"tooi,roo_id,type,soort,naam,tot,status\n", "No organisation could be read from {path}."),
    ],
)  # fmt: skip
def test_file_of_which_nothing_can_be_read_ends_with_one_sentence(
    tmp_path, content, sentence
) -> None:
    path = tmp_path / "bestand"
    path.write_bytes(content)
    with pytest.raises(CommandError) as error:
        command(path)
    assert str(error.value) == sentence.format(path=path)


def test_missing_file_ends_with_one_sentence(tmp_path) -> None:
    with pytest.raises(CommandError) as error:
        command(tmp_path / "nergens.xml")
    assert str(error.value) == f"Cannot read {tmp_path}/nergens.xml: No such file or directory."


def test_xml_that_breaks_off_keeps_what_was_read(tmp_path) -> None:
    path = tmp_path / "half.xml"
    path.write_text(XML.read_text()[:-1000])
    out = command(path)
    assert "the XML breaks off" in out
    assert Organisation.objects.filter(name="Gemeente Utrecht").exists()


# CSV

COLUMNS = [
    "tooi",
    "roo_id",
    "oin",
    "kvk",
    "rsin",
    "owms",
    "type",
    "bestuurslaag",
    "soort",
    "naam",
    "afkorting",
    "domein",
    "email_domein",
    "opvolger",
    "tot",
    "status",
]


def write(path: Path, *rows: dict[str, str]) -> Path:
    base = dict.fromkeys(COLUMNS, "") | {
        "type": "gemeente",
        "soort": "organisatie",
        "status": "actief",
    }
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.DictWriter(file, COLUMNS)
        out.writeheader()
        out.writerows(base | row for row in rows)
    return path


def test_matching_is_by_tooi_then_systeemid_then_name_and_kind(tmp_path) -> None:
    by_tooi = OrganisationFactory(name="Oude naam", tooi="t/1")
    by_roo = OrganisationFactory(name="Ook oud", roo_id="2")
    by_name = OrganisationFactory(name="Gemeente Zeist")
    other_kind = OrganisationFactory(name="Gemeente Bunnik", kind="overig")
    report = run(
        write(
            tmp_path / "x.csv",
            {"tooi": "t/1", "roo_id": "1", "naam": "Gemeente Utrecht"},
            {"tooi": "t/2", "roo_id": "2", "naam": "Gemeente Houten"},
            {"tooi": "t/3", "roo_id": "3", "naam": "gemeente zeist"},
            {"tooi": "t/4", "roo_id": "4", "naam": "Gemeente Bunnik"},
        )
    )
    for row in (by_tooi, by_roo, by_name, other_kind):
        row.refresh_from_db()
    assert (by_tooi.name, by_tooi.roo_id) == ("Gemeente Utrecht", "1")
    assert (by_roo.name, by_roo.tooi) == ("Gemeente Houten", "t/2")
    assert (by_name.tooi, other_kind.tooi) == ("t/3", None)
    assert (len(report.created), len(report.changed)) == (1, 3)


def test_slug_stays_when_the_name_changes_and_the_living_choose_first(tmp_path) -> None:
    run(
        write(
            tmp_path / "x.csv",
            {"roo_id": "1", "naam": "Utrecht", "status": "beeindigd", "tot": "2000-01-01"},
            {"roo_id": "2", "naam": "Utrecht"},
        )
    )
    assert dict(Organisation.objects.values_list("roo_id", "slug")) == {
        "2": "gemeente-utrecht",
        "1": "gemeente-utrecht-2",
    }
    run(write(tmp_path / "x.csv", {"roo_id": "2", "naam": "Utrecht aan de Vecht"}))
    assert Organisation.objects.get(roo_id="2").slug == "gemeente-utrecht"


def test_merged_organisation_gets_successor_and_its_people_move(tmp_path) -> None:
    old = OrganisationFactory(name="Gemeente Cuijk", roo_id="1", domain="cuijk.nl")
    person = PersonFactory(organisation=old)
    report = run(
        write(
            tmp_path / "x.csv",
            {
                "roo_id": "1",
                "naam": "Cuijk",
                "opvolger": "org:gemeente-land-van-cuijk",
                "tot": "2021-12-31",
                "status": "beeindigd",
            },
            {"roo_id": "2", "naam": "Land van Cuijk"},
        )
    )
    new = Organisation.objects.get(roo_id="2")
    person.refresh_from_db()
    old.refresh_from_db()
    assert (old.successor, person.organisation, report.handed_over) == (new, new, 1)
    assert match_email("merel@cuijk.nl").organisation == new


def test_circle_of_successors_is_not_taken_over(tmp_path) -> None:
    rows = [
        {"roo_id": str(n), "naam": name, "opvolger": f"org:gemeente-{to}", "tot": "2000-01-01", "status": "beeindigd"}
        for n, name, to in [(1, "Een", "twee"), (2, "Twee", "drie"), (3, "Drie", "een")]
    ]  # fmt: skip
    report = run(write(tmp_path / "x.csv", *rows, {"roo_id": "4", "naam": "Zelf", "opvolger": "4"}))
    assert report.doubtful == [
        "Gemeente Zelf (4): successor 4 leads back to itself",
        "Gemeente Drie (3): successor org:gemeente-een leads back to itself",
    ]
    for organisation in Organisation.objects.all():
        organisations.current(organisation)  # ends
    assert Organisation.objects.get(name="Gemeente Drie").successor is None


def test_unknown_successor_is_reported(tmp_path) -> None:
    report = run(write(tmp_path / "x.csv", {"roo_id": "1", "naam": "Een", "opvolger": "org:weg"}))
    assert report.doubtful == ["Gemeente Een (1): successor org:weg is not in the file"]


def test_date_that_contradicts_the_status_is_not_believed(tmp_path) -> None:
    report = run(
        write(
            tmp_path / "x.csv",
            {"roo_id": "1", "naam": "Provincie Utrecht", "type": "provincie", "tot": "2024-02-04"},
            {"roo_id": "2", "naam": "AP", "type": "zbo", "tot": "2020-08-01", "status": "twijfel"},
            {"roo_id": "3", "naam": "Tijdelijk", "tot": "2040-01-01"},
            {"roo_id": "4", "naam": "Weg", "status": "beeindigd"},
        )
    )
    assert dict(Organisation.objects.values_list("roo_id", "valid_until")) == {
        "1": None,
        "2": None,
        "3": dt.date(2040, 1, 1),
        "4": clock.today() - dt.timedelta(days=1),
    }
    assert len(report.doubtful) == 2


def test_broken_records_cost_only_themselves(tmp_path) -> None:
    path = write(
        tmp_path / "x.csv",
        {"roo_id": "1", "naam": "Goed"},
        {"roo_id": "2", "naam": ""},
        {"naam": "Geen sleutel"},
        {"roo_id": "3", "naam": "Datum", "tot": "31-12-2021"},
        {"roo_id": "4", "naam": "x" * 300},
        {"roo_id": "1", "naam": "Tweede"},
        {"roo_id": "5", "naam": "Ook goed"},
    )
    with path.open("ab") as file:
        file.write(b"te,weinig\n")
        file.write(b",6,,,,,gemeente,,organisatie,Caf\xe9,,,,,,actief\n")
        file.write(b",7,,,,,gemeente,,organisatie,Veel,,,,,,actief,teveel\n")
    out = command(path)
    assert sorted(Organisation.objects.values_list("name", flat=True)) == [
        "Gemeente Goed",
        "Gemeente Ook goed",
    ]
    assert out.splitlines()[-1] == (
        "2 created, 0 changed, 0 closed, 0 unchanged, 0 skipped, 8 broken"
    )


def test_record_that_the_database_refuses_is_reported_and_the_rest_imported(tmp_path) -> None:
    """PostgreSQL refuses a NUL, SQLite does not: the constraint on mail is the same on both."""
    path = write(tmp_path / "x.csv", *({"roo_id": str(n), "naam": f"G{n}"} for n in range(5)))
    records = list(read(path, today=clock.today()))
    records[2].roo_id = ""  # violates organisation_keys_null_not_empty
    records[2].tooi = "t" * 10
    Organisation.objects.create(name="Bezet", slug="gemeente-g3x", tooi="t" * 10, roo_id="99")
    records[3].valid_from = dt.date(2030, 1, 1)
    object.__setattr__(records[3], "kind", type("K", (), {"value": None})())  # NOT NULL
    report = import_organisations(records)
    assert len(report.created) == 3
    assert [note.label for note in report.broken] == ["Gemeente G3 (3)"]
    assert report.broken[0].why.startswith("the database refused:")
    assert Organisation.objects.filter(name="Gemeente G4").exists()


def test_what_the_register_leaves_empty_stays(tmp_path) -> None:
    OrganisationFactory(
        name="Gemeente Utrecht", roo_id="1", province="utrecht", oin="0" * 20, abbreviation="GU"
    )
    report = run(write(tmp_path / "x.csv", {"roo_id": "1", "naam": "Utrecht"}))
    assert (report.unchanged, report.changed) == (1, [])
    assert Organisation.objects.values_list("province", "oin", "abbreviation").get() == (
        "utrecht",
        "0" * 20,
        "GU",
    )


def test_domains_of_coordinators_stay_and_removed_ones_do_not_come_back(tmp_path) -> None:
    path = write(
        tmp_path / "x.csv", {"roo_id": "1", "naam": "Utrecht", "email_domein": "utrecht.nl"}
    )
    run(path)
    organisation, person = Organisation.objects.get(), PersonFactory(organisation=None)
    organisations.add_domain(organisation, "eigen.nl", by=person)
    organisations.remove_domain(organisation, "utrecht.nl", by=person)
    report = run(path)
    assert list(EmailDomain.objects.values_list("domain", flat=True)) == ["eigen.nl"]
    assert (report.unchanged, report.domains) == (1, [])
    path = write(tmp_path / "y.csv", {"roo_id": "1", "naam": "Utrecht", "email_domein": "nieuw.nl"})
    assert run(path).domains == ["Gemeente Utrecht (1): nieuw.nl"]


def test_private_and_useless_domains_are_left_out(tmp_path) -> None:
    run(
        write(
            tmp_path / "x.csv",
            {
                "roo_id": "1",
                "naam": "A",
                "email_domein": "outlook.com",
                "domein": "wetten.overheid.nl",
            },
            {
                "roo_id": "2",
                "naam": "B",
                "email_domein": "info@b.nl",
                "domein": "https://www.B-site.nl/x",
            },
            {"roo_id": "3", "naam": "C", "email_domein": "geen domein", "domein": "localhost"},
        )
    )
    assert list(EmailDomain.objects.values_list("domain", flat=True)) == ["b-site.nl", "b.nl"]


def test_web_address_of_a_committee_does_not_make_everybody_choose(tmp_path) -> None:
    run(
        write(
            tmp_path / "x.csv",
            {"roo_id": "1", "naam": "CBS", "type": "zbo", "email_domein": "cbs.nl"},
            {"roo_id": "2", "naam": "Commissie", "type": "adviescollege", "domein": "cbs.nl"},
            {
                "roo_id": "3",
                "naam": "Landelijke commissie",
                "type": "zbo",
                "email_domein": "cibg.nl",
            },
            {"roo_id": "4", "naam": "CIBG", "type": "agentschap", "domein": "cibg.nl"},
        )
    )
    assert str(match_email("a@cbs.nl").organisation) == "CBS"
    assert [str(o) for o in match_email("a@cibg.nl").choices] == ["CIBG", "Landelijke commissie"]


def test_named_organisation_that_the_register_knows_becomes_the_real_one(tmp_path) -> None:
    named = organisations.propose_organisation("Gemeente Nieuwstad", email="a@nieuwstad.nl")
    run(write(tmp_path / "x.csv", {"tooi": "t/1", "roo_id": "1", "naam": "Nieuwstad"}))
    named.refresh_from_db()
    assert (named.confirmed, named.tooi, named.kind) == (True, "t/1", "gemeente")
    assert Organisation.objects.count() == 1


# The real extract


def test_real_extract_imports_fast_and_once(shared) -> None:
    path = shared / "data" / "organisaties.csv"
    start = time.process_time()
    report = run(path)
    assert time.process_time() - start < 10
    assert (len(report.created), len(report.skipped), report.broken) == (1475, 1254, [])
    assert Organisation.objects.active(clock.today()).count() == 1130
    before = state()
    again = run(path)
    assert (again.created, again.changed, again.closed, again.unchanged) == ([], [], [], 1475)
    assert state() == before


def test_real_extract_places_people(shared) -> None:
    run(shared / "data" / "organisaties.csv")
    where = {
        email: (match.kind, str(match.organisation or ""))
        for email in ("a@utrecht.nl", "a@minbzk.nl", "a@cbs.nl", "a@rijksoverheid.nl", "a@cuijk.nl",
                      "a@gmail.com", "a@nergens.nl", "a@franekeradeel.nl", "a@team.dji.minjus.nl", "a@prvlimburg.nl")
        for match in [match_email(email)]
    }  # fmt: skip
    assert where == {
        "a@utrecht.nl": ("known", "Gemeente Utrecht"),
        "a@minbzk.nl": ("shared", ""),
        "a@cbs.nl": ("known", "Centraal Bureau voor de Statistiek"),
        "a@rijksoverheid.nl": ("shared", ""),
        "a@cuijk.nl": ("unknown", ""),  # ended, and the extract names no successor
        "a@franekeradeel.nl": ("known", "Gemeente Waadhoeke"),
        "a@gmail.com": ("private", ""),
        "a@nergens.nl": ("unknown", ""),
        "a@team.dji.minjus.nl": ("known", "Dienst Justitiële Inrichtingen"),
        "a@prvlimburg.nl": ("known", "Provincie Limburg"),
    }
    provinces = Organisation.objects.active(clock.today()).filter(kind="provincie")
    assert provinces.count() == 12
    assert sorted(set(provinces.values_list("province", flat=True))) == sorted(
        [
            "drenthe",
            "flevoland",
            "fryslan",
            "gelderland",
            "groningen",
            "limburg",
            "noord-brabant",
            "noord-holland",
            "overijssel",
            "utrecht",
            "zeeland",
            "zuid-holland",
        ]
    )


def test_queries_do_not_grow_with_every_record(tmp_path) -> None:
    def queries(count: int) -> int:
        rows = (
            {"roo_id": f"{count}-{n}", "naam": f"G{n}", "email_domein": f"g{n}.nl"}
            for n in range(count)
        )
        path = write(tmp_path / "x.csv", *rows)
        with CaptureQueriesContext(connection) as captured:
            run(path)
        Organisation.objects.all().delete()
        return len(captured)

    # Only the batches that the engine allows in one statement (SQLite: 999 parameters).
    assert queries(300) - queries(3) < 20
