# SPDX-License-Identifier: EUPL-1.2
"""From organisation to organisation, and per day and hour: as counted by hand, and no further than the method goes."""

import datetime as dt
import re
from collections import Counter

import pytest
import time_machine

from base import clock
from reach import charts
from reach.domain.aggregate import aggregate
from reach.domain.published import Labels, shelf
from reach.domain.streams import streams, week
from reach.models import ReachTable
from tests.factories import CourseFactory, OrganisationFactory, coordinator
from tests.reach import rows
from tests.reach import test_documents as paper

pytestmark = pytest.mark.django_db


def read(key, **kwargs):
    found = shelf()
    return found.read(next(scope for scope in found.offered if scope.key == key), **kwargs)


def text_of(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


@pytest.fixture
def places():
    gouda, delft = (
        OrganisationFactory(name=name, slug=name.lower()) for name in ("Gouda", "Delft")
    )
    return {
        "gouda": gouda,
        "delft": delft,
        "bzk": OrganisationFactory(name="Ministerie", layer="rijk"),
        "rijnland": OrganisationFactory(name="Rijnland", layer="waterschap"),
    }


@pytest.fixture
def edition(places):
    """Thirty of each town learned from the ministry, twenty from Rijnland; eight of Gouda also in Delft, and eight of
    Delft in Gouda."""
    made = rows.finished_week(slug="week", name="De week")
    sessions = {
        host: rows.session_on(
            made.starts_on + dt.timedelta(days=number % 2),
            course=CourseFactory(organisation=places[host]),
            edition=made,
            hour=9 + 4 * (number // 2),
        )
        for number, host in enumerate(places)
    }
    for town, other in (("gouda", "delft"), ("delft", "gouda")):
        people = rows.colleagues(places[town], 50)
        for host, who in (("bzk", people[:30]), ("rijnland", people[30:]), (other, people[:8])):
            for person in who:
                rows.place(sessions[host], person, score=8)
    return made


def by_hand(edition):
    there = rows.all_rows(edition).filter(state="attended")
    return Counter(f"{r.session.course.organisation_id}>{r.organisation_id}" for r in there)


def test_pairs_are_those_of_the_raw_rows_and_the_rest_is_together(edition, places):
    aggregate()
    found = {row["key"]: row for row in read("week", tables=["pairs"]).rows("pairs")}
    raw = by_hand(edition)
    told = {key: row["times"] for key, row in found.items() if "*" not in key}
    assert told == {key: raw[key] for key in told}
    # Eight would follow from what is left: Rijnland, the smallest, went along.
    bzk = places["bzk"].pk
    assert sorted(told) == sorted(f"{bzk}>{places[town].pk}" for town in ("gouda", "delft"))
    for town in ("gouda", "delft"):
        pk = places[town].pk
        assert found[f"*>{pk}"]["times"] == 28
        assert found[f"{bzk}>{pk}"] | {"key": ""} == {
            "key": "",
            "people": 30,
            "times": 30,
            "hours": 30,
            "partial": False,
        }
    widest = read("week").rows("largest_pairs")
    assert [row["key"] for row in widest] == sorted(told)


def test_a_coordinator_sees_whom_the_own_trainers_taught_as_everybody_may(edition, places):
    coordinator(places["bzk"])
    aggregate()
    own = read("week", organisation=places["bzk"]).own
    assert {row["key"]: row["times"] for row in own["learners"]} == {
        str(places[town].pk): 30 for town in ("gouda", "delft")
    }
    assert (own["taught"], own["taught_elsewhere"]) == (60, 60)


def test_what_trainers_did_for_fewer_than_ten_of_others_is_not_counted_out(edition, places):
    coordinator(places["delft"])
    aggregate()
    own = read("week", organisation=places["delft"]).own
    assert own["taught_elsewhere"] == 0
    assert own["learners"] == []


def test_pages_tell_streams_and_one_organisation_apart(client, edition, places):
    client.force_login(coordinator(places["bzk"]))
    aggregate()
    pk = places["gouda"].pk
    text = text_of(client.get("/coordinatie/bereik/"))
    assert "Deze organisaties leerden van jullie trainers" in text
    assert "Jullie trainers leerden minstens 60 keer een collega iets." in text
    assert "Ministerie Gouda 30 30" in text
    alone = text_of(client.get("/bereik/", {"groep": f"organisations:{pk}"}))
    assert "Van wie leerden ze, en wie leerde van hen?" in alone
    assert "Ministerie Gouda 30 30 Andere organisaties, samen Gouda 28 28" in alone
    assert "De grootste stromen" not in alone
    assert "De grootste stromen" in text_of(client.get("/bereik/", {"groep": "organisations:0"}))


def test_a_stream_in_a_part_that_tells_less_is_at_least(edition, places):
    """In the second week Gouda learned from nobody often enough: the quarter holds at least thirty."""
    second = rows.finished_week(slug="tweede")
    session = rows.session_on(
        second.starts_on, course=CourseFactory(organisation=places["delft"]), edition=second
    )
    for person in rows.colleagues(places["gouda"], 12) + rows.colleagues(places["bzk"], 20):
        rows.place(session, person)
    third = rows.session_on(
        second.starts_on, course=CourseFactory(organisation=places["rijnland"]), edition=second
    )
    for person in rows.colleagues(places["gouda"], 3):
        rows.place(third, person)
    aggregate()
    assert [
        row["key"]
        for row in read("tweede", tables=["pairs"]).rows("pairs")
        if row["key"].endswith(f">{places['gouda'].pk}")
    ] == []
    year = next(s.key for s in shelf().offered if s.key.startswith("jaar:") and read(s.key))
    found = {row["key"]: row for row in read(year, tables=["pairs"]).rows("pairs")}
    key = f"{places['bzk'].pk}>{places['gouda'].pk}"
    assert (found[key]["people"], found[key]["partial"]) == (30, True)
    assert streams([found[key]], Labels([found[key]]))[0].people == "minstens 30"


def test_moments_that_are_too_small_are_not_told(edition):
    """Two sessions of eight stand at nine o'clock: days are told whole."""
    aggregate()
    found = read("week")
    assert found.rows("moments") == []
    assert sum(row["times"] for row in found.rows("days")) == found.headline["times"] == 116


def test_a_week_of_large_sessions_is_told_by_the_hour(client):
    made = rows.finished_week(slug="vol")
    wanted = {(0, 9): 20, (0, 13): 31, (1, 9): 24, (1, 15): 27}
    for (day, hour), people in wanted.items():
        session = rows.session_on(
            made.starts_on + dt.timedelta(days=day), course=CourseFactory(), edition=made, hour=hour
        )
        for person in rows.colleagues(OrganisationFactory(), people):
            rows.place(session, person)
    aggregate()
    found = {row["key"]: row["people"] for row in read("vol").rows("moments")}
    assert found == {
        f"{made.starts_on + dt.timedelta(days=day)}>{hour}": people
        for (day, hour), people in wanted.items()
    }
    text = text_of(client.get("/bereik/"))
    assert "Maandag om 13 uur was het drukst" in text
    assert "maandag 20 0 0 0 31 0 0 dinsdag 24 0 0 0 0 0 27" in text


def test_a_moment_that_is_told_with_others_is_a_dash():
    keys = {"2026-03-02>9": 30, "2026-03-02>*": 12, "2026-03-03>9": 15, "2026-03-03>11": 40}
    found = week([{"key": key, "people": people} for key, people in keys.items()])
    assert found.columns == ["9", "10", "11", "*"]
    assert [[moment.text for moment in day.moments] for day in found.days] == [
        ["30", "–", "–", "12"],
        ["15", "0", "40", "0"],
    ]
    day, column = found.busiest
    assert (day.label, column) == ("dinsdag", "11")
    drawn = charts.grid(found)
    assert drawn.count("<rect") == 8
    assert 'class="p5"' in drawn
    assert "style=" not in drawn


def test_days_of_a_long_period_are_not_told_by_the_hour(edition):
    aggregate()
    with time_machine.travel(clock.now() + dt.timedelta(days=1), tick=False):
        aggregate()
        assert read("alles").rows("moments") == []


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_full_report_on_paper_tells_the_same_streams_and_the_same_week(
    client, edition, places, tmp_path, language
):
    """As tables that a screen reader can walk, and the week as a picture with words too."""
    client.force_login(coordinator(places["bzk"]))
    aggregate()
    monday, tuesday = (edition.starts_on + dt.timedelta(days=n) for n in (0, 1))
    told = {f"{monday}>9": 41, f"{monday}>13": 23, f"{tuesday}>9": 12, f"{tuesday}>*": 37}
    ReachTable.objects.filter(name="moments").update(
        rows=[{"key": key, "people": people} for key, people in told.items()]
    )
    prefix = "" if language == "nl" else "/en"
    page = client.get(f"{prefix}/coordinatie/bereik/", {"editie": "week"})
    made = client.get(
        f"{prefix}/coordinatie/bereik/rapport.pdf", {"editie": "week", "soort": "volledig"}
    ).content
    text = paper.text_of(made, tmp_path)
    report = page.context["report"]
    assert len(report.streams) == 2
    for stream in report.streams:
        assert f"{stream.teacher} {stream.learner} {stream.people} {stream.times}" in text
    assert page.context["streams_headline"] in text
    assert report.week is not None
    assert page.context["week_headline"] in text
    for day in report.week.days:
        assert " ".join([day.label, *(moment.text for moment in day.moments)]) in text
    assert [moment.text for moment in report.week.days[1].moments][-2:] == ["–", "37"]
    inside = paper.objects(made)
    # Of the four tables with a head three more than bars: flows, streams, themes, the week.
    assert inside.count("/S/Table") + inside.count("/S /Table") >= 4
    # What is hidden on the page is hidden on paper: eight of Gouda learned in Delft.
    delft, gouda = (places[name].name for name in ("delft", "gouda"))
    assert f"{delft} {gouda}" not in text


def test_no_page_of_a_report_draws_a_week_that_is_not_told(client, edition, places, tmp_path):
    client.force_login(coordinator(places["bzk"]))
    aggregate()
    ReachTable.objects.filter(name__in=("moments", "largest_pairs")).update(rows=[])
    made = client.get(
        "/coordinatie/bereik/rapport.pdf", {"editie": "week", "soort": "volledig"}
    ).content
    text = paper.text_of(made, tmp_path)
    assert "Dit zijn de grootste." not in text
    assert "Hoe donkerder, hoe meer" not in text
