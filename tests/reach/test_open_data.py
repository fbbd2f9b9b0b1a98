# SPDX-License-Identifier: EUPL-1.2
"""Open data and the API: what was published and nothing else, at addresses that stay."""

import csv
import io
import json
import re

import pytest
from django.core.management import call_command
from django.urls import reverse

from accounts.domain.tokens import create_token
from base import clock
from reach.api_shapes import camel
from reach.domain import open_tables, published
from reach.domain.aggregate import aggregate
from reach.models import ReachSnapshot, ReachTable
from tests.factories import (
    CourseFactory,
    OrganisationFactory,
    PersonFactory,
    coordinator,
    national_coordinator,
)
from tests.reach import rows
from tests.reach.sheets import read_ods

pytestmark = pytest.mark.django_db

SLUGS = [
    "bestuurslagen",
    "organisaties",
    "provincies",
    "themas",
    "aanbod-en-vraag",
    "kennisstroom",
    "kennisstroom-organisaties",
    "dagen",
    "dagen-en-uren",
    "maanden",
]
API = "/api/v1/bereik"


@pytest.fixture
def week():
    """240 people of twelve organisations, 2 of a tiny one, and what was published of them. Of two more, large enough
    to be told as a pair, everybody learned from the first."""
    edition = rows.busy_week()
    tiny = OrganisationFactory(name="Gemeente Klein", tooi="tooi:klein", slug="klein")
    session = edition.sessions.first()
    for person in rows.colleagues(tiny, 2):
        rows.place(session, person)
    for name in ("Dienst Noord", "Dienst Zuid"):
        large = OrganisationFactory(name=name, layer="zbo", tooi=f"tooi:{name}")
        for person in rows.colleagues(large, 30):
            rows.place(session, person)
    aggregate()
    return edition


def content(answer) -> bytes:
    return b"".join(answer.streaming_content)


def read(client, slug):
    text = content(client.get(f"/bereik/open-data/{slug}.csv")).decode("utf-8")
    assert text[0] == "\ufeff"
    return list(csv.DictReader(io.StringIO(text[1:], newline=""), strict=True))


# --- files ----------------------------------------------------------------------------------------


def test_the_addresses_stay():
    assert list(open_tables.TABLES) == SLUGS
    assert reverse("reach:open-data") == "/bereik/open-data/"
    assert reverse("open-data:catalogue") == "/bereik/open-data/dcat.jsonld"
    assert [reverse("open-data:table", args=[slug, "csv"]) for slug in SLUGS] == [
        f"/bereik/open-data/{slug}.csv" for slug in SLUGS
    ]


@pytest.mark.parametrize("slug", SLUGS)
def test_every_table_is_there_as_csv_and_json_with_the_same_rows(client, week, slug):
    answer = client.get(f"/bereik/open-data/{slug}.json")
    assert answer["Content-Type"] == "application/json"
    found = json.loads(content(answer))
    plain = read(client, slug)
    assert found
    assert [{k: "" if v is None else str(v) for k, v in row.items()} for row in found] == plain
    assert list(found[0])[:4] == ["periode_code", "periode", "definitief", "bijgewerkt_op"]


@pytest.mark.parametrize("slug", SLUGS)
def test_the_numbers_are_those_that_were_published(client, week, slug):
    """Row by row, against what the page reads too."""
    table = open_tables.TABLES[slug]
    shelf = published.shelf()
    expected = {
        scope.key: [
            row.get("people", row.get("sessions"))
            for row in shelf.read(scope, tables=[table.name]).rows(table.name)
        ]
        for scope in shelf.offered
        if scope.stored_key in shelf.snapshots
    }
    column = "bijeenkomsten" if slug == "aanbod-en-vraag" else "collegas"
    found: dict[str, list[int]] = {key: [] for key in expected}
    for row in read(client, slug):
        found[row["periode_code"]].append(int(row[column]))
    assert found == expected


def test_a_small_organisation_is_nowhere_by_name(client, week):
    everything = b"".join(
        content(client.get(f"/bereik/open-data/{slug}.{kind}"))
        for slug in SLUGS
        for kind in ("csv", "json")
    )
    assert b"rijk 1" in everything
    assert b"Klein" not in everything
    assert b"klein" not in everything
    for row in read(client, "organisaties"):
        assert int(row["collegas"]) >= 10


def test_a_closed_period_is_final_and_a_running_one_is_rounded(client, week):
    for row in read(client, "bestuurslagen"):
        if row["definitief"] == "nee":
            assert int(row["collegas"]) % 5 == 0
    closed = [row for row in read(client, "bestuurslagen") if row["periode_code"] == week.slug]
    assert {row["definitief"] for row in closed} == {"ja"}


@pytest.mark.parametrize(
    "address",
    ["/bereik/open-data/nee.csv", "/bereik/open-data/themas.xlsx", "/bereik/open-data/themas.exe"],
)
def test_what_is_not_there_is_not_there(client, address):
    assert client.get(address).status_code == 404


def test_an_empty_site_has_empty_tables(client, db):
    assert read(client, "themas") == []
    assert json.loads(content(client.get("/bereik/open-data/themas.json"))) == []
    assert client.get("/bereik/open-data/").status_code == 200


def test_a_file_is_cached_until_figures_are_computed_again(client, week):
    address = "/bereik/open-data/themas.csv"
    first = client.get(address)
    content(first)
    assert first["Cache-Control"] == "public, max-age=3600"
    assert first["Access-Control-Allow-Origin"] == "*"
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    ReachSnapshot.objects.update(computed_at=clock.now().replace(year=2030))
    newer = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert newer.status_code == 200
    assert content(newer)


@pytest.mark.parametrize("weeks", [1, 3])
def test_a_file_costs_the_same_queries_for_any_number_of_periods(
    client, django_assert_num_queries, weeks
):
    for number in range(weeks):
        rows.busy_week(seed=number) if not number else rows.finished_week()
    aggregate()
    with django_assert_num_queries(5):
        content(client.get("/bereik/open-data/organisaties.csv"))


def test_the_page_tells_what_there_is(client, week):
    text = " ".join(client.get("/bereik/open-data/").content.decode().split())
    assert all(f'href="/bereik/open-data/{slug}.csv"' in text for slug in SLUGS)
    assert 'href="/bereik/open-data/dcat.jsonld"' in text
    assert "CC0" in text
    english = client.get("/en/bereik/open-data/").content.decode()
    assert 'href="/bereik/open-data/themas.csv"' in english


# --- the description ------------------------------------------------------------------------------


#: What DCAT-AP-NL 3.0 calls «verplicht», with what DCAT-AP 3.0 calls mandatory: the shapes of Geonovum, version 300.
MANDATORY = {
    "dcat:Catalog": {
        "dct:title",
        "dct:description",
        "dct:publisher",
        "dcat:contactPoint",
    },
    "dcat:Dataset": {
        "dct:title",
        "dct:description",
        "dct:accessRights",
        "dcat:contactPoint",
        "dct:creator",
        "dct:identifier",
        "dct:publisher",
        "dcat:theme",
    },
    "dcat:Distribution": {"dcat:accessURL", "dct:license"},
    "dcat:DataService": {
        "dct:title",
        "dct:description",
        "dct:accessRights",
        "dcat:contactPoint",
        "dcat:endpointDescription",
        "dcat:endpointURL",
        "dct:identifier",
        "dct:license",
        "dct:publisher",
        "dcat:theme",
    },
    "foaf:Agent": {"foaf:name"},
    "vcard:Kind": {"vcard:fn", "vcard:hasEmail"},
}
#: What we tell besides, because a reader of the catalogue needs it.
BESIDES = {
    "dcat:Dataset": {
        "dct:license",
        "dcat:distribution",
        "dct:modified",
        "dct:accrualPeriodicity",
        "dct:language",
        "dcat:landingPage",
    },
    "dcat:Distribution": {"dcat:downloadURL", "dct:format", "dcat:mediaType", "dct:language"},
    "dcat:DataService": {"dcat:servesDataset"},
}


def test_the_description_has_what_dcat_ap_nl_asks(client, week, settings):
    settings.OPERATOR_TOOI = "https://identifier.overheid.nl/tooi/id/ministerie/mnre1034"
    answer = client.get("/bereik/open-data/dcat.jsonld")
    assert answer["Content-Type"] == "application/ld+json"
    found = json.loads(answer.content)
    assert found["@type"] == "dcat:Catalog"
    prefixes = set(found["@context"])
    nodes = list(walk(found))
    for kind, names in {**MANDATORY, **BESIDES}.items():
        mine = [node for node in nodes if node.get("@type") == kind]
        assert mine, kind
        for node in mine:
            assert MANDATORY[kind] | names <= node.keys(), node
    for node in nodes:
        assert {k.partition(":")[0] for k in node if ":" in k} <= prefixes
    assert len(found["dcat:dataset"]) == len(SLUGS)
    datasets = [node["@id"] for node in found["dcat:dataset"]]
    assert [ref["@id"] for ref in found["dcat:service"][0]["dcat:servesDataset"]] == datasets
    licences = {node["dct:license"]["@id"] for node in nodes if "dct:license" in node}
    assert licences == {"http://creativecommons.org/publicdomain/zero/1.0/deed.nl"}
    assert found["dct:publisher"]["@id"] == settings.OPERATOR_TOOI
    titles = found["dcat:dataset"][0]["dct:title"]
    assert [title["@language"] for title in titles] == ["nl", "en"]


def walk(node):
    if isinstance(node, dict):
        if node is not None and "@type" in node and "@value" not in node:
            yield node
        for value in node.values():
            yield from walk(value)
    elif isinstance(node, list):
        for value in node:
            yield from walk(value)


def test_every_address_in_the_description_answers(client, week):
    found = client.get("/bereik/open-data/dcat.jsonld").content.decode()
    own = set(re.findall(r'"http://localhost:8000(/[^"#]*)', found))
    assert len(own) > 2 * len(SLUGS)
    for address in own:
        answer = client.get(address)
        assert (address, answer.status_code) == (address, 200)
        if answer.streaming:
            content(answer)


# --- the API --------------------------------------------------------------------------------------


def ask(client, person=None, path=API, **query):
    headers = {"Authorization": f"Bearer {create_token(person)}"} if person else {}
    return client.get(path, query, headers=headers)


def test_everyone_reads_what_was_published(client, week):
    answer = ask(client, periode=week.slug)
    found = answer.json()
    shelf = published.shelf()
    scope = next(scope for scope in shelf.offered if scope.key == week.slug)
    expected = shelf.read(scope, tables=[table.name for table in open_tables.TABLES.values()])
    assert found["periode"]["code"] == week.slug
    assert found["periode"]["definitief"] is True
    assert found["kerncijfers"]["collegas"] == expected.headline["people"]
    assert found["kerncijfers"]["rapportcijfer"] == expected.headline["score"]
    for slug, table in open_tables.TABLES.items():
        counted = [row.get("collegas", row.get("bijeenkomsten")) for row in found[camel(slug)]]
        stored = [row.get("people", row.get("sessions")) for row in expected.rows(table.name)]
        assert counted == stored
    assert found["eigenOrganisatie"] is None
    assert answer["Cache-Control"] == "public, max-age=300"
    assert "Klein" not in answer.content.decode()


def test_the_api_says_the_same_as_the_open_data(client, week):
    found = ask(client, periode=week.slug).json()["organisaties"]
    mine = [row for row in read(client, "organisaties") if row["periode_code"] == week.slug]
    assert [(row["organisatie"], row["collegas"], row["uren"]) for row in found] == [
        (row["organisatie"], int(row["collegas"]), int(row["uren"])) for row in mine
    ]


def test_without_a_period_it_is_the_newest_edition(client, week):
    assert ask(client).json()["periode"]["code"] == week.slug
    codes = [row["code"] for row in ask(client, path=f"{API}/periodes").json()]
    assert codes[0] == week.slug
    assert "alles" in codes


def test_a_coordinator_gets_the_own_organisation_too(client):
    edition = rows.finished_week(slug="week")
    gouda = OrganisationFactory(name="Gouda", slug="gouda", tooi="tooi:gouda")
    delft = OrganisationFactory(name="Delft", slug="delft")
    me = coordinator(gouda)
    session = rows.session_on(
        edition.starts_on, course=CourseFactory(organisation=delft), edition=edition
    )
    for person in [*rows.colleagues(gouda, 7), *rows.colleagues(delft, 30)]:
        rows.place(session, person, score=8)
    aggregate()
    for query in ({}, {"organisatie": "gouda"}, {"organisatie": "tooi:gouda"}):
        answer = ask(client, me, periode="week", **query)
        own = answer.json()["eigenOrganisatie"]
        assert (own["organisatie"], own["collegas"], own["uren"]) == ("Gouda", 7, 7)
        assert own["aanbieders"] == [{"organisatie": "Delft", "tooi": None, "collegas": 7}]
        assert answer["Cache-Control"] == "private, no-store"
    for other in (PersonFactory(), national_coordinator()):
        assert ask(client, other, periode="week").json()["eigenOrganisatie"] is None


@pytest.mark.parametrize(
    ("who", "query", "status", "field"),
    [
        (None, {"periode": "bestaat-niet"}, 400, "periode"),
        (None, {"organisatie": "delft"}, 401, None),
        ("coordinator", {"organisatie": "delft"}, 403, None),
        ("coordinator", {"organisatie": "' or 1=1"}, 403, None),
    ],
)
def test_a_wrong_question_is_a_problem(client, week, who, query, status, field):
    OrganisationFactory(slug="delft")
    answer = ask(client, coordinator() if who else None, **query)
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["status"], bool(problem["detail"])) == (status, True)
    assert [error["field"] for error in problem.get("errors", [])] == ([field] if field else [])


def test_without_figures_the_api_says_so(client, db):
    answer = ask(client)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "periode")
    assert ask(client, path=f"{API}/periodes").json() == []


@pytest.mark.parametrize("organisations", [1, 3])
def test_an_answer_costs_the_same_queries_for_any_number_of_rows(
    client, django_assert_num_queries, organisations
):
    edition = rows.finished_week(slug="week")
    for _number in range(organisations):
        session = rows.session_on(edition.starts_on, course=CourseFactory(), edition=edition)
        for person in rows.colleagues(OrganisationFactory(), 20):
            rows.place(session, person)
    aggregate()
    with django_assert_num_queries(4):
        ask(client, periode="week")


TYPES = {"integer": {int}, "number": {int, float}, "boolean": {bool}, "string": {str}}


def check(value, schema, schemas, where):
    """That an answer has exactly the fields and types of its schema."""
    schema = schema.get("allOf", [schema])[0]
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    if value is None:
        return
    if schema["type"] == "array":
        for item in value:
            check(item, schema["items"], schemas, f"{where}[]")
    elif schema["type"] == "object":
        assert set(value) == set(schema["properties"]), where
        for name, part in schema["properties"].items():
            assert value[name] is not None or "nullable" in part or "oneOf" in part, name
            check(value[name], part, schemas, f"{where}.{name}")
    else:
        assert type(value) in TYPES[schema["type"]], where


def test_the_answers_are_as_the_openapi_document_says(client, week):
    document = client.get("/api/v1/openapi.json").json()
    for path in ("/bereik", "/bereik/periodes"):
        operation = document["paths"][path]["get"]
        schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
        check(client.get(f"/api/v1{path}").json(), schema, document["components"]["schemas"], path)
        assert {"400", "404"} <= set(operation["responses"])
    names = [p["name"] for p in document["paths"]["/bereik"]["get"]["parameters"]]
    assert sorted(names) == ["organisatie", "periode"]


# --- the same in the coordinator's download -------------------------------------------------------


def test_a_coordinator_downloads_what_was_published(client, week):
    client.force_login(coordinator())
    answer = client.post(
        "/coordinatie/bereik/downloads/",
        {"tabel": "organisations", "formaat": "ods", "editie": week.slug},
    )
    found = read_ods(content(answer))
    header, *lines = found["organisaties"]
    assert [name for _kind, name in header] == list(open_tables.TABLES["organisaties"].header)
    mine = [row for row in read(client, "organisaties") if row["periode_code"] == week.slug]
    assert [(line[0][1], line[3][1]) for line in lines] == [
        (row["organisatie"], row["collegas"]) for row in mine
    ]
    assert any("minder dan 10" in line[1][1] for line in found["Toelichting"])


def test_the_national_coordinator_downloads_it_too(client, week):
    client.force_login(national_coordinator())
    keys = [offer.key for offer in client.get("/coordinatie/bereik/downloads/").context["offers"]]
    assert keys == ["organisations", "flow", "pairs", "themes", "supply", "provinces"]
    for key in keys:
        answer = client.post(
            "/coordinatie/bereik/downloads/",
            {"tabel": key, "formaat": "csv", "editie": week.slug},
        )
        text = content(answer).decode("utf-8-sig")
        assert len(text.splitlines()) > 1
        assert "Klein" not in text


def test_nothing_that_is_published_names_a_person(client, week):
    stored = json.dumps(list(ReachTable.objects.values_list("rows", flat=True)))
    assert "Merel" not in stored


def test_the_exact_tables_stay_with_who_runs_the_installation(client, week, tmp_path):
    """The command tells the exact numbers of every organisation; no page does."""
    file = tmp_path / "uit.csv"
    call_command(
        "export_reach", table="organisations", output=file, edition=week.slug, stdout=io.StringIO()
    )
    assert "Gemeente Klein" in file.read_text("utf-8")
