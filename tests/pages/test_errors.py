# SPDX-License-Identifier: EUPL-1.2
"""What people see when something goes wrong, ours or theirs, and that nothing they typed is lost."""

import os
import re
import subprocess
import sys

import pytest
from django.test import Client
from django.urls import reverse

from accounts.errors import TooManyRequests
from courses.domain.registration import register
from courses.models import Course
from tests.factories import (
    CourseFactory,
    OrganisationFactory,
    PersonFactory,
    SessionFactory,
    coordinator,
    national_coordinator,
)
from tests.processes import ROOT

DOWN = """
import django, os, sys
django.setup()
from django.core.management import call_command
from django.db import connection
from django.test import Client
call_command("migrate", verbosity=0)
client = Client(raise_request_exception=False)
print(client.get("/cursussen/").status_code)
connection.close()
path = connection.settings_dict["NAME"]
os.rename(os.path.dirname(path), os.path.dirname(path) + "-away")
client.cookies["sessionid"] = "x" * 32
for address in ("/cursussen/", "/en/cursussen/", "/mijn/", "/bestaat-niet/", "/api/v1/cursussen"):
    answer = client.get(address)
    print(address, answer.status_code, answer.get("Retry-After"), answer["Content-Type"])
page = client.get("/cursussen/").content.decode()
print("Er ging iets mis, dat ligt aan ons." in page, "Traceback" in page, "sqlite" in page)
"""


def test_without_its_database_the_site_says_so_and_when_to_come_back(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", DOWN],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "tjc.settings.test",
            "TJC_VAR": str(tmp_path),
            "TJC_TEST_SQLITE": f"sqlite:///{folder / 'tjc.sqlite3'}",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    html = "text/html; charset=utf-8"
    assert done.stdout.splitlines() == [
        "200",
        f"/cursussen/ 503 120 {html}",
        f"/en/cursussen/ 503 120 {html}",
        f"/mijn/ 503 120 {html}",
        f"/bestaat-niet/ 503 120 {html}",
        "/api/v1/cursussen 503 120 application/problem+json",
        "True False False",
    ]


@pytest.mark.django_db
def test_a_limit_that_no_page_speaks_about_is_a_friendly_429(client, monkeypatch):
    def refuse(*_args, **_kwargs):
        raise TooManyRequests

    monkeypatch.setattr("courses.views.catalogue.filters_from", refuse)
    response = client.get("/cursussen/")
    assert (response.status_code, response["Retry-After"]) == (429, "60")
    text = "Je probeert het vaak achter elkaar. Wacht een minuut."
    assert response.content.decode().count(f">{text}</h1>") == 1


@pytest.mark.django_db
def test_a_page_that_is_not_there_offers_to_search(client):
    html = client.get("/bestaat-niet/").content.decode()
    assert html.count("Deze pagina bestaat niet (meer).") == 1
    assert re.findall(
        r'<form class="zoek"\s+role="search"\s+method="get"\s+action="([^"]+)"', html
    ) == ["/cursussen/"]


@pytest.mark.django_db
def test_somebody_elses_course_says_how_to_teach_along(client):
    course = CourseFactory()
    client.force_login(PersonFactory())
    response = client.get(reverse("courses:manage", args=[course.public_id]))
    assert response.status_code == 403
    html = response.content.decode()
    assert html.count("Vraag je collega om je als medetrainer toe te voegen.") == 1
    assert html.count(f'href="{reverse("courses:my-courses")}">Bekijk je eigen cursussen</a>') == 1


@pytest.mark.django_db
def test_a_page_for_coordinators_tells_how_to_become_one(client):
    client.force_login(PersonFactory())
    html = client.get("/coordinatie/collegas/").content.decode()
    assert html.count("Deze pagina is voor coördinatoren.") == 1
    assert html.count('href="/toegang-vragen/">Vraag toegang aan.</a>') == 1


# --- an expired form --------------------------------------------------------------------------------


@pytest.fixture
def strict():
    return Client(enforce_csrf_checks=True)


TYPED = {"naam": 'Merel "de Jong" <b>', "werkmail": "merel@utrecht.nl", "vraag": "Regel 1\nRegel 2"}
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


@pytest.mark.django_db
def test_an_expired_form_comes_back_with_what_was_typed_and_can_be_sent(strict):
    OrganisationFactory(domain="utrecht.nl")
    address = f"/bijeenkomsten/{SessionFactory().public_id}/aanmelden/"
    refused = strict.post(address, TYPED, headers={"Origin": "http://testserver"})
    assert refused.status_code == 403
    html = refused.content.decode()
    given = dict(HIDDEN.findall(html))
    token = given.pop("csrfmiddlewaretoken")
    given.pop("taal", None)  # of the bar of the demo
    assert given == {
        "naam": "Merel &quot;de Jong&quot; &lt;b&gt;",
        "werkmail": "merel@utrecht.nl",
        "vraag": "Regel 1\nRegel 2",
    }
    assert "no-store" in refused["Cache-Control"]
    sent = strict.post(
        address,
        {**TYPED, "naam": "Merel", "csrfmiddlewaretoken": token},
        headers={"Origin": "http://testserver"},
    )
    assert (sent.status_code, sent["Location"]) == (302, f"{address}code/")


@pytest.mark.django_db
@pytest.mark.parametrize("headers", [{"Origin": "https://elders.example"}, {"Origin": "null"}, {}])
def test_what_another_site_filled_in_is_not_offered_to_be_sent(strict, headers):
    learner, session = PersonFactory(), SessionFactory()
    register(session, person=learner)
    strict.force_login(learner)
    html = strict.post("/mijn/gegevens/", {"name": "Kwaad"}, headers=headers).content.decode()
    assert "Kwaad" not in html
    assert html.count(">Laad de pagina opnieuw</a>") == 1
    assert Course.objects.count() == 1


# --- who finds what in the header --------------------------------------------------------------------


def navigation(html):
    nav = re.search(r'<nav class="nav".*?</nav>', html, re.DOTALL)[0]
    return re.findall(r'<a href="([^"]+)"', nav)


@pytest.mark.django_db
def test_the_national_coordinator_finds_requests_and_confirmations(client):
    client.force_login(national_coordinator())
    assert "/coordinatie/toegang/" in navigation(client.get("/cursussen/").content.decode())
    assert navigation(client.get("/coordinatie/toegang/").content.decode()) == [
        "/coordinatie/bereik/",
        "/coordinatie/toegang/",
        "/edities-beheer/",
        "/coordinatie/kennis/",
        "/coordinatie/post-uit/",
    ]
    access = client.get("/coordinatie/toegang/").content.decode().partition("<main")[2]
    assert 'href="/coordinatie/collegas-bevestigen/"' in access
    for prefix in ("", "/en"):
        page = client.get(f"{prefix}/coordinatie/collegas-bevestigen/").content.decode()
        nav = re.search(r'<nav class="nav".*?</nav>', page, re.DOTALL)[0]
        assert re.findall(r'<a href="([^"]+)"[^>]* aria-current="page"', nav) == [
            f"{prefix}/coordinatie/toegang/"
        ]
        assert f'href="{prefix}/coordinatie/toegang/"' in page.partition("<main")[2]


@pytest.mark.django_db
def test_a_coordinator_keeps_five_links(client):
    client.force_login(coordinator())
    assert len(navigation(client.get("/coordinatie/collegas/").content.decode())) == 5


@pytest.mark.django_db
def test_the_footer_has_contact_and_my_details_the_request(client):
    client.force_login(PersonFactory())
    html = client.get("/mijn/gegevens/").content.decode()
    assert html.count('<a href="/contact/">Contact</a>') == 1
    assert html.count('<a href="/toegang-vragen/">') == 1
