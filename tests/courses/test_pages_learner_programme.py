# SPDX-License-Identifier: EUPL-1.2
"""The programme: a table of days and times, a list per day, own choices marked."""

import datetime as dt
import re

import pytest
import time_machine

from base import clock
from courses.domain import registration
from tests.factories import (
    CourseFactory,
    EditionFactory,
    LocationFactory,
    PersonFactory,
    SessionFactory,
    ThemeFactory,
)

pytestmark = pytest.mark.django_db
MONDAY = dt.date(2026, 10, 12)
TUESDAY = dt.date(2026, 10, 13)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel("2026-10-05 08:00 +0200", tick=False):
        yield


@pytest.fixture
def week():
    return EditionFactory(
        slug="tjc-week-2026", name="TJC-week 2026", starts_on=MONDAY, ends_on=dt.date(2026, 10, 16)
    )


def lesson(week, title, day=TUESDAY, time=dt.time(10), **fields):
    theme = fields.pop("theme", None) or ThemeFactory()
    starts_at = clock.from_wall_time(day, time)
    course = CourseFactory(title=title, theme=theme)
    return SessionFactory(course=course, edition=week, starts_at=starts_at, **fields)


def html(client, url="/tjc-week/", **query):
    return client.get(url, query).content.decode()


def grid(page):
    """Rows of the table: the time, then the titles (and the link to the others) of each day."""
    table = page.partition('<table class="rooster">')[2].partition("</table>")[0]
    rows = []
    for row in re.findall(r"<tr>(.*?)</tr>", table.partition("<tbody>")[2], re.DOTALL):
        time = re.search(r'<th scope="row">([^<]+)</th>', row)[1]
        cells = re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)
        rows.append(
            [
                time,
                *(
                    re.findall(
                        r'<strong>([^<]+)</strong>|class="meer[^>]*>([^<]+)<|<span>([^<]+)<', cell
                    )
                    for cell in cells
                ),
            ]
        )
    return [[row[0], *(["".join(hit) for hit in cell] for cell in row[1:])] for row in rows]


def listed(page):
    part = page.partition('<div class="dag-lijst">')[2]
    return re.findall(r"<strong>([^<]+)</strong>", part)


def test_a_week_is_a_real_table_with_a_break(client, week):
    lesson(week, "Brief")
    lesson(week, "Woo", day=MONDAY, time=dt.time(13, 30))
    page = html(client)
    assert re.search(r"<h1[^>]*>(.*?)</h1>", page)[1] == "TJC-week: 12 tot en met 16 oktober"
    assert page.count("2 cursussen van hooguit een uur.") == 1
    assert grid(page) == [
        ["09:00", [], [], [], [], []],
        ["10:00", [], ["Brief"], [], [], []],
        ["11:00", [], [], [], [], []],
        ["12:00", ["Pauze. Ga even naar buiten."]],
        ["13:30", ["Woo"], [], [], [], []],
        ["15:00", [], [], [], [], []],
    ]
    assert re.findall(r'<th scope="col">(\w+)<small>([^<]+)</small>', page)[:2] == [
        ("Maandag", "12 oktober, 1 cursus"),
        ("Dinsdag", "13 oktober, 1 cursus"),
    ]


def test_a_busy_slot_shows_three_and_leads_to_the_rest(client, week):
    for letter in "abcde":
        lesson(week, f"Cursus {letter}")
    page = html(client)
    assert grid(page)[1][2] == ["Cursus a", "Cursus b", "Cursus c", "Nog 2 om 10:00"]
    assert page.count('href="/tjc-week/2026-10-13/#t1000"') == 2
    assert listed(html(client, "/tjc-week/2026-10-13/")) == [
        f"Cursus {letter}" for letter in "abcde"
    ]


def on_paper(page):
    part = page.partition('<table class="rooster">')[2].partition("</table>")[0]
    lists = re.findall(r'<ul class="alleen-papier ook">(.*?)</ul>', part, re.DOTALL)
    return [re.findall(r"<li[^>]*>([^<]+)</li>", text) for text in lists]


def test_on_paper_there_is_the_whole_slot_and_no_link(client, week):
    for number in range(5):
        lesson(week, f"Cursus {number}")
    page = html(client)
    assert on_paper(page) == [["Cursus 3 (Online)", "Cursus 4 (Online)"]]
    assert page.count('<a class="meer niet-op-papier"') == 1


def test_a_programme_too_large_for_paper_keeps_its_link_there(client, week, monkeypatch):
    monkeypatch.setattr("courses.domain.programme.PRINTED", 4)
    for number in range(5):
        lesson(week, f"Cursus {number}")
    page = html(client)
    assert (on_paper(page), page.count("niet-op-papier")) == ([], 0)


def test_own_choices_are_marked_and_come_first(client, week):
    me = PersonFactory()
    for letter in "abcde":
        session = lesson(week, f"Cursus {letter}")
    registration.register(session, person=me)
    client.force_login(me)
    page = html(client)
    assert grid(page)[1][2][:3] == ["Cursus e", "Cursus a", "Cursus b"]
    assert len(re.findall(r'class="les [^"]*les--ik"', page)) == 2  # in the table and in the list
    assert page.count("Jij gaat") == 2
    assert page.count("Mijn keuzes (1)") == 1
    assert listed(html(client, mijn="1")) == ["Cursus e"]


def test_a_waiting_place_is_no_choice_yet(client, week):
    me, session = PersonFactory(), lesson(week, "Brief", capacity=1)
    registration.register(session, person=PersonFactory())
    registration.register(session, person=me)
    client.force_login(me)
    assert "Jij gaat" not in html(client)


def test_two_at_the_same_time_gives_a_warning(client, week):
    me = PersonFactory()
    for title in ("Brief", "Woo"):
        registration.register(lesson(week, title), person=me)
    client.force_login(me)
    assert html(client).count("Let op: je gaat om 10:00 al naar “Brief”.") == 1


def test_one_theme_at_a_time(client, week):
    lesson(week, "Brief")
    lesson(week, "Excel", theme=ThemeFactory(slug="data", name="Data", tint="data"))
    assert grid(html(client, thema="data"))[1][2] == ["Excel"]
    assert html(client, thema="data").count('aria-current="true">Data<') == 1
    strange = html(client, thema='"><script>alert(1)</script>')
    assert strange.count("Nog geen cursussen over dit onderwerp.") == 1
    assert "<script>alert" not in strange


def test_place_in_the_grid_is_the_town(client, week):
    lesson(week, "Brief", format="on_site", location=LocationFactory(city="Zwolle"))
    assert html(client).count("Zwolle") == 2


def test_drafts_and_cancelled_dates_stay_out(client, week):
    lesson(week, "Brief", status="draft")
    lesson(week, "Woo", status="cancelled")
    other = lesson(week, "Excel")
    other.course.status = "draft"
    other.course.save()
    assert "les tint" not in html(client)


def test_before_publication_there_is_only_the_date(client, week):
    lesson(week, "Brief")
    week.programme_published_at = clock.from_wall_time(dt.date(2026, 10, 8), dt.time(9))
    week.save()
    page = html(client)
    assert page.count("Het programma komt op 8 oktober.") == 1
    assert "Brief" not in page
    assert "Brief" not in html(client, "/tjc-week/2026-10-13/")


def test_without_any_week(client):
    assert html(client).count("Er is nog geen TJC-week gepland.") == 1


def test_the_next_week_and_after_the_last_the_last(client, week):
    EditionFactory(slug="oud", starts_on=dt.date(2025, 10, 6), ends_on=dt.date(2025, 10, 10))
    assert "12 tot en met 16 oktober" in html(client)
    with time_machine.travel("2026-12-01 08:00 +0100"):
        assert "12 tot en met 16 oktober" in html(client)


@pytest.mark.parametrize(
    "url",
    [
        "/tjc-week/2026-10-11/",
        "/tjc-week/2026-13-45/",
        "/tjc-week/morgen/",
        "/tjc-dagen/2026-10-13/",
        "/edities/bestaat-niet/",
        "/edities/tjc-week-2026/?dag=2026-11-01",
        "/edities/tjc-week-2026/?dag=x",
    ],
)
def test_days_and_editions_that_do_not_exist(client, week, url):
    assert client.get(url).status_code == 404


def test_a_tjc_day_is_one_list(client):
    day = EditionFactory(
        slug="tjc-dag", name="TJC-dag", kind="day", starts_on=TUESDAY, ends_on=TUESDAY
    )
    for letter in "abcde":
        lesson(day, f"Cursus {letter}")
    for url in ("/tjc-dagen/2026-10-13/", "/edities/tjc-dag/"):
        page = html(client, url)
        assert listed(page) == [f"Cursus {letter}" for letter in "abcde"]
        assert '<table class="rooster">' not in page


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize("url", ["/tjc-week/", "/tjc-week/2026-10-13/"])
def test_programme_costs_four_queries(client, week, django_assert_num_queries, number, url):
    for hour in range(number):
        lesson(week, "Brief", time=dt.time(9 + hour))
    with django_assert_num_queries(4):
        client.get(url)
