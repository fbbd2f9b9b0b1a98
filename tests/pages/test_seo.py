# SPDX-License-Identifier: EUPL-1.2
"""What machines read: structured data, sitemap, robots, manifest. Only what is public stands in it."""

import datetime as dt
import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest
import time_machine
from django.utils import translation

from base import clock
from base.templatetags.seo import json_ld
from courses.models import Course
from tests.factories import (
    CourseFactory,
    EditionFactory,
    LocationFactory,
    OrganisationFactory,
    PersonFactory,
    SessionFactory,
    ThemeFactory,
)
from tests.processes import ROOT

pytestmark = pytest.mark.django_db
SITE = "https://tjc.utrecht.nl"
NS = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


@pytest.fixture(autouse=True)
def _site(settings):
    settings.BASE_URL = SITE
    with translation.override("nl"):  # an English page leaves its language behind in the thread
        yield


def data_in(html):
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    return [json.loads(text) for text in found]


@time_machine.travel("2026-10-05 08:00 +0200", tick=False)
def test_a_course_is_described_in_the_words_of_schema_org(client):
    organisation = OrganisationFactory(name="Gemeente Utrecht")
    course = CourseFactory(
        title="Schrijf </script> een brief",
        slug="brief",
        promise="Je herschrijft je eigen brief.",
        goals=["Korte zinnen"],
        organisation=organisation,
        trainer=PersonFactory(name="Samira El Idrissi"),
        theme=ThemeFactory(name="Schrijven"),
    )
    online = SessionFactory(
        course=course,
        starts_at=clock.from_wall_time(dt.date(2026, 10, 13), dt.time(10)),
        ends_at=clock.from_wall_time(dt.date(2026, 10, 13), dt.time(10, 50)),
        taken=3,
    )
    on_site = SessionFactory(
        course=course,
        starts_at=clock.from_wall_time(dt.date(2026, 10, 26), dt.time(10)),
        ends_at=clock.from_wall_time(dt.date(2026, 10, 26), dt.time(11)),
        format="on_site",
        online_url="",
        location=LocationFactory(name="Stadhuis", room="", city="Utrecht"),
    )
    SessionFactory(course=course, status="cancelled")
    SessionFactory(course=course, starts_at=clock.now() - dt.timedelta(days=9))
    html = client.get("/cursussen/brief/").content.decode()
    url = f"{SITE}/cursussen/brief/"
    instructor = [{"@type": "Person", "name": "Samira El Idrissi"}]
    assert data_in(html) == [
        {
            "@context": "https://schema.org",
            "@type": "Course",
            "@id": url,
            "url": url,
            "name": "Schrijf </script> een brief",
            "description": "Je herschrijft je eigen brief.",
            "inLanguage": "nl",
            "isAccessibleForFree": True,
            "offers": {"@type": "Offer", "category": "Free"},
            "provider": {"@type": "GovernmentOrganization", "name": "Gemeente Utrecht"},
            "about": "Schrijven",
            "teaches": ["Korte zinnen"],
            "license": "https://creativecommons.org/licenses/by/4.0/",
            "hasCourseInstance": [
                {
                    "@type": "CourseInstance",
                    "url": f"{url}?moment={online.public_id}",
                    "startDate": "2026-10-13T10:00:00+02:00",
                    "endDate": "2026-10-13T10:50:00+02:00",
                    "courseMode": "online",
                    "eventAttendanceMode": "https://schema.org/OnlineEventAttendanceMode",
                    "courseWorkload": "PT50M",
                    "maximumAttendeeCapacity": 20,
                    "remainingAttendeeCapacity": 17,
                    "location": [{"@type": "VirtualLocation", "url": url}],
                    "instructor": instructor,
                },
                {
                    "@type": "CourseInstance",
                    "url": f"{url}?moment={on_site.public_id}",
                    "startDate": "2026-10-26T10:00:00+01:00",
                    "endDate": "2026-10-26T11:00:00+01:00",
                    "courseMode": "onsite",
                    "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
                    "courseWorkload": "PT60M",
                    "maximumAttendeeCapacity": 20,
                    "remainingAttendeeCapacity": 20,
                    "location": [
                        {
                            "@type": "Place",
                            "name": "Stadhuis, Utrecht",
                            "address": {
                                "@type": "PostalAddress",
                                "addressLocality": "Utrecht",
                                "addressCountry": "NL",
                            },
                        }
                    ],
                    "instructor": instructor,
                },
            ],
        }
    ]
    assert "vergadering.example" not in html
    assert html.count(f'<link rel="canonical" href="{url}">') == 1
    assert html.count('<meta property="og:title" content="Schrijf &lt;/script&gt; een brief">') == 1


@pytest.mark.parametrize("status", ["archived", "cancelled"])
def test_what_is_not_on_offer_is_not_offered(client, status):
    CourseFactory(slug="brief")
    Course.objects.update(status=status)
    assert data_in(client.get("/cursussen/brief/").content.decode()) == []


def test_the_catalogue_says_who_we_are_and_which_page_is_the_real_one(client):
    html = client.get("/cursussen/", {"q": "x", "page": "2"}).content.decode()
    assert [data["@type"] for data in data_in(html)] == ["Organization"]
    assert html.count(f'<link rel="canonical" href="{SITE}/cursussen/?page=2">') == 1
    assert html.count('content="noindex, follow"') == 1
    assert "noindex" not in client.get("/cursussen/").content.decode()


def test_text_cannot_end_the_data_block():
    block = json_ld({"name": "</script><!-- & \u2028"})
    assert block == (
        '<script type="application/ld+json">'
        '{"name": "\\u003c/script\\u003e\\u003c!-- \\u0026 \\u2028"}</script>'
    )
    assert json_ld(None) == ""


def test_the_sitemap_has_what_is_public_in_both_languages(client):
    theme = ThemeFactory()
    host = OrganisationFactory(slug="utrecht")
    trainer = PersonFactory(slug="samira", organisation=host)
    CourseFactory(slug="brief", organisation=host, trainer=trainer, theme=theme)
    CourseFactory(slug="tweede", organisation=host, trainer=trainer, theme=theme)
    hidden = OrganisationFactory(slug="verborgen")
    for status in ("draft", "archived", "cancelled"):
        CourseFactory(
            slug=status,
            status=status,
            organisation=hidden,
            trainer=PersonFactory(slug=f"trainer-{status}"),
            theme=theme,
        )
    EditionFactory(slug="bekend")
    EditionFactory(slug="geheim", programme_published_at=None)
    response = client.get("/sitemap.xml")
    assert response["Cache-Control"] == "public, max-age=3600"
    root = ET.fromstring(b"".join(response))
    dutch = [
        "/cursussen/",
        "/tjc-week/",
        "/kennisvragen/",
        "/bereik/",
        "/zo-werkt-het/",
        "/contact/",
        "/toegankelijkheid/",
        "/privacy/",
        "/cursussen/brief/",
        "/cursussen/tweede/",
        "/edities/bekend/",
        "/trainers/samira/",
        "/organisaties/utrecht/",
    ]
    locations = [element.text for element in root.findall("s:url/s:loc", NS)]
    assert locations == [f"{SITE}{start}{path}" for path in dutch for start in ("", "/en")]
    first = root.find("s:url", NS)
    assert [(link.get("hreflang"), link.get("href")) for link in first.findall("x:link", NS)] == [
        ("nl", f"{SITE}/cursussen/"),
        ("en", f"{SITE}/en/cursussen/"),
    ]


def test_every_page_of_the_sitemap_is_there(client):
    CourseFactory(trainer=PersonFactory(slug="samira"))
    EditionFactory()
    root = ET.fromstring(b"".join(client.get("/sitemap.xml")))
    for element in root.findall("s:url/s:loc", NS):
        assert client.get(element.text.removeprefix(SITE)).status_code == 200, element.text


@pytest.mark.parametrize("number", [1, 3])
def test_the_sitemap_costs_four_queries(client, django_assert_num_queries, number):
    for _ in range(number):
        CourseFactory(trainer=PersonFactory(slug=f"samira-{_}"))
        EditionFactory()
    with django_assert_num_queries(4):
        b"".join(client.get("/sitemap.xml"))


def test_robots_keep_out_of_what_is_personal(client, settings):
    assert client.get("/robots.txt").content == b"User-agent: *\nDisallow: /\n"
    settings.DEMO_MODE = False
    lines = client.get("/robots.txt").content.decode().splitlines()
    assert lines[0] == "User-agent: *"
    assert "Disallow: /mijn/" in lines
    assert "Disallow: /en/mijn/" in lines
    assert lines[-1] == f"Sitemap: {SITE}/sitemap.xml"
    assert not any("cursussen" in line for line in lines)


def test_the_manifest_names_the_site_and_a_picture_that_exists(client):
    response = client.get("/site.webmanifest")
    assert response["Content-Type"] == "application/manifest+json"
    assert response.json()["name"] == "TrainJeCollega"
    assert response.json()["icons"][0]["src"] == "/static/favicon.svg"


def test_the_style_page_shows_every_component_in_both_languages(client):
    for path, title in (("/stijl/", "Stijl"), ("/en/stijl/", "Style")):
        html = client.get(path).content.decode()
        assert html.count(f'<h1 class="nl-heading nl-heading--level-1">{title}</h1>') == 1
        for marker in ("kaart", "melding", "leeg", "feiten", "staven", "cijfers", "stappen"):
            assert f'class="{marker}' in html, marker


def test_production_has_no_style_page(tmp_path):
    code = (
        "import django; django.setup(); from django.urls import resolve, Resolver404\n"
        "resolve('/cursussen/')\n"
        "for path in ('/stijl/', '/en/stijl/'):\n"
        "    try: print(resolve(path))\n"
        "    except Resolver404: print('absent')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={
            "DJANGO_SETTINGS_MODULE": "tjc.settings.production",
            "SECRET_KEY": "s" * 60,
            "TJC_VAR": str(tmp_path),
            "DATABASE_URL": f"sqlite:///{tmp_path / 'none.sqlite3'}",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["absent", "absent"]


PICTURE = re.compile(r'<meta property="og:image" content="([^"]+)">')


def test_a_shared_link_has_our_picture_and_an_error_page_has_none(client):
    course, edition = CourseFactory(), EditionFactory()
    trainer = course.trainer_rows.get().person
    trainer.slug = "samira"
    trainer.save()
    for path in (
        "/cursussen/",
        course.get_absolute_url(),
        f"/edities/{edition.slug}/",
        "/trainers/samira/",
        f"/organisaties/{course.organisation.slug}/",
        "/zo-werkt-het/",
        "/en/cursussen/",
    ):
        html = client.get(path).content.decode()
        assert PICTURE.findall(html) == [f"{SITE}/static/deel.png"], path
        assert html.count('<meta property="og:title"') == 1
    assert PICTURE.findall(client.get("/bestaat-niet/").content.decode()) == []
