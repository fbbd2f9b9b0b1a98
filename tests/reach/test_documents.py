# SPDX-License-Identifier: EUPL-1.2
"""The report on paper: it is made, it is accessible, and it says what the page says."""

import html
import re
import shutil
import subprocess
import sys
import zlib

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reach import charts, charts_flow, documents
from reach.documents.content import SHORT_TILES, embedded
from reach.domain.aggregate import aggregate
from reach.domain.figures import EXPLANATIONS
from reach.domain.report import Bar, Flow
from reach.domain.suppression import Shown
from tests.factories import OrganisationFactory, coordinator, national_coordinator
from tests.reach import rows

pytestmark = pytest.mark.django_db

PAGE, PDF = "/coordinatie/bereik/", "/coordinatie/bereik/rapport.pdf"
PDFTOTEXT = shutil.which("pdftotext")
BOTH = pytest.mark.parametrize("kind", ["kort", "volledig"])


@pytest.fixture
def gouda():
    return OrganisationFactory(name="Gemeente Gouda", slug="gouda")


@pytest.fixture
def me(client, gouda):
    person = coordinator(gouda)
    client.force_login(person)
    return person


@pytest.fixture
def week(gouda, me):
    edition = rows.busy_week()
    session = edition.sessions.first()
    for person in rows.colleagues(gouda, 25):
        rows.place(session, person, score=8)
    aggregate()
    return edition


def objects(pdf: bytes) -> str:
    """All of the PDF with its compressed objects opened, as text."""
    found = [pdf.decode("latin-1")]
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            found.append(zlib.decompress(stream).decode("latin-1"))
        except zlib.error:
            continue
    return "\n".join(found)


def text_of(pdf: bytes, tmp_path) -> str:
    if PDFTOTEXT is None:
        pytest.skip("pdftotext (poppler-utils) is not installed")
    file = tmp_path / "rapport.pdf"
    file.write_bytes(pdf)
    command = [PDFTOTEXT, "-raw", str(file), "-"]
    made = subprocess.run(command, check=True, capture_output=True, timeout=60)
    return " ".join(made.stdout.decode().split())


@BOTH
def test_it_is_a_pdf_for_everyone(client, week, me, kind):
    answer = client.get(PDF, {"editie": week.slug, "soort": kind})
    assert answer["Content-Type"] == "application/pdf"
    name = f"bereik-gemeente-gouda-{week.slug}{'' if kind == 'kort' else '-volledig'}.pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert "no-store" in answer["Cache-Control"]
    assert answer.content.startswith(b"%PDF-")
    inside = objects(answer.content)
    assert re.search(r"/MarkInfo\s*<<\s*/Marked true", inside)
    assert "/StructTreeRoot" in inside
    assert re.search(r"/Lang\s*\(nl\)", inside)
    assert re.search(r"/DisplayDocTitle true", inside)
    assert "<pdfuaid:part>1</pdfuaid:part>" in inside
    title = client.get(PAGE, {"editie": week.slug}).context["title"]
    assert title in inside.encode("latin-1").decode("utf-8", "ignore")
    assert re.search(r"/S\s*/H1\b", inside)
    assert kind == "kort" or re.search(r"/S\s*/TH\b", inside)
    assert re.search(r"/Figure\b", inside)
    assert "/Alt" in inside


@BOTH
def test_paper_has_the_letters_of_the_pages(client, week, me, kind):
    inside = objects(client.get(PDF, {"editie": week.slug, "soort": kind}).content)
    fonts = set(re.findall(r"/BaseFont\s*/[A-Z]{6}\+(\w+)-", inside))
    assert fonts == {"Figtree", "BricolageGrotesque"}


def test_the_one_page_says_what_the_figures_mean(client, week, me, tmp_path):
    text = text_of(client.get(PDF, {"editie": week.slug}).content, tmp_path)
    for figure in ("people", "elsewhere", "hours"):
        assert str(EXPLANATIONS[figure])[:40] in text


def test_the_director_gets_one_page(client, week, me):
    short = objects(client.get(PDF, {"editie": week.slug}).content)
    full = objects(client.get(PDF, {"editie": week.slug, "soort": "volledig"}).content)
    assert len(re.findall(r"/Type\s*/Page\b", short)) == 1
    assert len(re.findall(r"/Type\s*/Page\b", full)) > 1


@BOTH
def test_paper_says_what_the_page_says(client, week, me, kind, tmp_path):
    page = client.get(PAGE, {"editie": week.slug})
    text = text_of(client.get(PDF, {"editie": week.slug, "soort": kind}).content, tmp_path)
    more = page.context["more_tiles"]
    tiles = page.context["tiles"] + (more if kind == "volledig" else more[:SHORT_TILES])
    assert len(tiles) >= 7
    assert page.context["title"] in text
    for tile in tiles:
        assert f"{tile['value']} {tile['label']}" in text
    assert page.context["own_headline"] in text
    assert "25 collega’s van Gemeente Gouda" in text
    for bar in page.context["report"].shown_layers:
        assert f"{bar.label} {bar.text}" in text or kind == "kort"
    assert week.name in text


def test_paper_speaks_the_language_of_the_page(client, week, me, tmp_path):
    answer = client.get(f"/en{PDF}", {"editie": week.slug})
    assert re.search(r"/Lang\s*\(en\)", objects(answer.content))
    assert "all organisations" in text_of(answer.content, tmp_path)


def test_the_national_coordinator_gets_one_without_an_organisation(client, week, tmp_path):
    client.force_login(national_coordinator())
    text = text_of(client.get(PDF, {"editie": week.slug}).content, tmp_path)
    assert "collega’s leerden van elkaar" in text
    assert "Gouda" not in text


@pytest.mark.parametrize("query", [{"editie": "nee"}, {"organisatie": "delft"}])
def test_a_period_or_organisation_that_is_not_theirs_is_not_there(client, week, me, query):
    OrganisationFactory(slug="delft")
    assert client.get(PDF, query).status_code == 404


@BOTH
def test_without_figures_it_says_so(client, me, kind, tmp_path):
    edition = rows.finished_week()
    aggregate()
    answer = client.get(PDF, {"editie": edition.slug, "soort": kind})
    assert "Nog geen cijfers." in text_of(answer.content, tmp_path)


def test_without_the_extra_for_documents_the_page_says_so(client, week, me, monkeypatch):
    monkeypatch.setitem(sys.modules, "typst", None)  # what an import of an absent package meets
    answer = client.get(PDF, {"editie": week.slug})
    assert answer.status_code == 503
    assert "Een PDF kan hier nog niet" in answer.content.decode()
    assert not documents.is_available()
    with pytest.raises(documents.DocumentsMissing) as refused:
        documents.pdf({})
    assert str(refused.value) == "A PDF needs the package typst: install the extra 'documents'."


def test_a_name_with_signs_of_typst_stays_a_name(client, week, gouda, me, tmp_path):
    gouda.name = '#panic("x") $x$ *vet* <label> @bron \\'
    gouda.save()
    aggregate()
    text = text_of(client.get(PDF, {"editie": week.slug}).content, tmp_path)
    assert '#panic("x") $x$ *vet* <label> @bron \\' in text


def test_a_chart_carries_its_colours_along():
    drawn = charts.columns([Bar("Maandag", 12, "12", "ma")])
    found = embedded(drawn)
    assert found.startswith('<svg xmlns="http://www.w3.org/2000/svg" ')
    assert found.count("<style>") == 1
    classes = set(re.findall(r'class="([\w-]+)"', found))
    assert all(f".{name}" in found for name in classes)
    assert html.unescape(found).count(">12<") == 1


def test_the_costs_are_those_of_the_page(client, week, me):
    spent = {}
    for address in (PAGE, PAGE, PDF):  # the first one shortens the session of a coordinator
        with CaptureQueriesContext(connection) as queries:
            client.get(address, {"editie": week.slug})
        spent[address] = len(queries)
    assert spent[PDF] <= spent[PAGE]


def test_a_kind_of_organisation_that_gave_nothing_is_not_drawn_as_nought():
    """Its trainers may stand in a merged group: a nought would say that there were none."""
    flows = [
        Flow("Gemeenten", "Provincies", Shown(12, "12"), 12, ("gemeente", "provincie")),
        Flow("Gemeenten", "Gemeenten", Shown(15, "15"), 15, ("gemeente", "gemeente")),
    ]
    drawn = str(charts_flow.sankey(flows))
    assert drawn.count("Provincies") == 1
    assert ">0<" not in drawn
