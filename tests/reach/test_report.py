# SPDX-License-Identifier: EUPL-1.2
"""What of the figures a reader gets to see, and in which words."""

import pytest

from reach import charts_flow, charts_map, wording
from reach.domain import published
from reach.domain.aggregate import aggregate
from reach.domain.report import Bar, Flow, _organisations, report
from reach.domain.scopes import Scope
from reach.domain.suppression import MERGED, Shown
from tests.factories import CourseFactory, OrganisationFactory, coordinator
from tests.reach import rows

pytestmark = pytest.mark.django_db


def scope_of(edition):
    return Scope(edition.slug, edition.name, edition)


def shown(edition, organisation=None):
    aggregate()
    return report(scope_of(edition), own=[organisation] if organisation else (), focus=organisation)


@pytest.fixture
def gouda():
    organisation = OrganisationFactory(name="Gemeente Gouda")
    coordinator(organisation)
    return organisation


def week_with(own, *, mine, others, edition=None):
    """One session of a ministry: that many colleagues of ``own`` and of one other municipality."""
    edition = edition or rows.finished_week()
    ministry = OrganisationFactory(name="Ministerie", layer="rijk")
    session = rows.session_on(
        edition.starts_on, course=CourseFactory(organisation=ministry), edition=edition
    )
    elsewhere = OrganisationFactory(name="Gemeente Delft")
    for person in rows.colleagues(own, mine) + rows.colleagues(elsewhere, others):
        rows.place(session, person, score=8)
    return edition


def test_a_closed_edition_shows_exact_figures(gouda):
    found = shown(week_with(gouda, mine=17, others=16), gouda)
    assert (found.total.text, found.organisations, found.hours, found.sessions) == (
        "33",
        "2",
        "33",
        "1",
    )
    assert (found.elsewhere_share, found.attendance_share, found.score) == ("100%", "100%", "8,0")
    assert [(bar.label, bar.text) for bar in found.layers] == [("Gemeenten", "33")]
    assert [bar.text for bar in found.days] == ["33", "0", "0", "0", "0"]
    assert [(f.teacher, f.learner, f.shown.text) for f in found.flows] == [
        ("Rijk", "Gemeenten", "33")
    ]
    assert (found.own.people.text, found.own.hours, found.own.teachers_count) == ("17", "17", "1")
    assert [(bar.label, bar.text) for bar in found.own.teachers] == [("Ministerie", "17")]
    assert wording.title(found) == "33 collega’s leerden van elkaar"
    assert wording.flow_headline(found) == (
        "Tussen soorten organisaties vooral van Rijk naar Gemeenten"
    )


def test_a_running_edition_is_rounded_to_five(gouda):
    edition = week_with(gouda, mine=18, others=15, edition=rows.running_week())
    found = shown(edition, gouda)
    assert (found.total.text, found.hours, found.own.people.text) == ("35", "35", "20")
    assert wording.title(found) == "Al ongeveer 35 collega’s leerden van elkaar"


def test_fewer_than_five_of_the_own_people_are_not_counted_out(gouda):
    edition = week_with(gouda, mine=4, others=20)
    session = edition.sessions.get()
    for person in rows.colleagues(OrganisationFactory(), 10):
        rows.place(session, person)
    found = shown(edition, gouda)
    assert (found.total.text, found.own.people.text, found.own.elsewhere.text) == (
        "34",
        "minder dan 5",
        "minder dan 5",
    )
    assert (found.own.hours, found.own.teachers_count, found.own.elsewhere_share) == ("", "", "")
    assert (found.own.score, found.own.teachers) == ("", [])


def test_who_coordinates_no_organisation_gets_no_organisation(gouda):
    assert shown(week_with(gouda, mine=17, others=16)).own is None


def test_an_edition_without_figures_is_empty(gouda):
    found = shown(rows.finished_week(), gouda)
    assert (found.is_empty, found.own.nobody, found.layers, found.unmarked) == (True, True, [], "")


def test_sessions_without_attendance_are_told():
    edition = rows.finished_week()
    session = rows.session_on(edition.starts_on, course=CourseFactory(), edition=edition)
    session.attendance_marked_at, session.taken = None, 3
    session.save()
    assert shown(edition).unmarked == (
        "Bij 1 bijeenkomst is nog niet ingevuld wie er was. Die telt nog niet mee."
    )


def test_a_page_costs_four_queries_for_figures(gouda, django_assert_num_queries):
    edition = rows.busy_week()
    aggregate()
    with django_assert_num_queries(4):
        report(scope_of(edition), own=[gouda], focus=gouda)


def test_small_flows_are_told_together(gouda):
    """Three of a court came along: they count with the smallest other kind of trainer."""
    edition = week_with(gouda, mine=17, others=26)
    court = OrganisationFactory(layer="rechtspraak")
    session = rows.session_on(
        edition.starts_on, course=CourseFactory(organisation=court), edition=edition
    )
    for person in rows.colleagues(OrganisationFactory(), 3):
        rows.place(session, person)
    found = shown(edition, gouda)
    assert [(flow.teacher, flow.shown.text) for flow in found.flows] == [
        ("Andere soorten organisaties, samen", "46")
    ]
    assert [(bar.label, bar.text) for bar in found.layers] == [("Gemeenten", "46")]


def test_a_year_is_compared_with_the_year_before():
    edition = rows.busy_week()
    aggregate()
    found = report(scope_of(edition))
    before = dict(found.headline, people=200, elsewhere_share=49)
    import dataclasses

    told = dataclasses.replace(found, before=Scope("x", "TJC-week 2024"), before_headline=before)
    people = found.headline["people"]
    tile = wording.tiles(told)[0]
    change = round(100 * (people - 200) / 200)
    assert tile["note"] == f"{change} procent meer dan TJC-week 2024"
    assert wording.tiles(told)[2]["note"] == "was 49% bij TJC-week 2024"
    # Newcomers are told once: in the first tile, or where that compares in one of their own.
    newcomers = "leerden voor het eerst bij een collega"
    assert newcomers in [tile["label"] for tile in wording.more_tiles(told)]
    assert newcomers not in [tile["label"] for tile in wording.more_tiles(found)]
    assert "voor het eerst" in wording.tiles(found)[0]["note"]


def test_the_diagram_has_a_band_for_every_flow_and_no_style():
    edition = rows.busy_week()
    aggregate()
    found = report(scope_of(edition))
    drawn = str(charts_flow.sankey(found.flows))
    assert drawn.count('class="stroom') == len(found.flows)
    assert "style=" not in drawn
    # A node for every kind of trainer and of learner, and for nobody else.
    teachers, learners = ({flow.key[side] for flow in found.flows} for side in (0, 1))
    assert drawn.count("<rect") == len(teachers) + len(learners)
    assert charts_flow.sankey([]) == ""


def test_a_long_name_goes_on_beside_its_number():
    key = ("gemeenschappelijke_regeling", "rijk")
    drawn = str(charts_flow.sankey([Flow("", "", Shown(40, "40"), 40, key)]))
    assert ">Gemeenschappelijke</text>" in drawn
    assert '<tspan font-weight="700">regelingen </tspan>40</text>' in drawn
    assert "…" not in drawn


def test_where_the_diagram_does_not_fit_bars_tell_the_widest_bands():
    def flow(teacher, learner, times):
        return Flow(
            published.layer(teacher),
            published.layer(learner),
            Shown(times, ""),
            times,
            (teacher, learner),
        )

    few = [
        flow("gemeente", "gemeente", 30),
        flow("provincie", "gemeente", 40),
        flow(MERGED, "rijk", 50),
        flow(MERGED, MERGED, 20),
        flow("rijk", "provincie", 0),
    ]
    assert [(bar["label"], bar["value"], bar["rest"]) for bar in charts_flow.bars(few)] == [
        ("Van andere soorten organisaties naar Rijk", 50, True),
        ("Van Provincies naar Gemeenten", 40, False),
        ("Gemeenten onder elkaar", 30, False),
        ("Tussen andere soorten organisaties", 20, True),
    ]
    assert len(charts_flow.bars([flow("gemeente", "provincie", n) for n in range(1, 12)])) == 8


def test_the_map_has_twelve_provinces_and_leaves_white_what_is_not_told():
    bars = [
        Bar("Utrecht", 400, "400", key="utrecht"),
        Bar("Drenthe", 10, "10", key="drenthe"),
        Bar("Niet op de kaart", 50, "50", key="*"),
    ]
    drawn = str(charts_map.provinces(bars))
    assert drawn.count("<path") == 12
    assert drawn.count('class="p0"') == 10
    assert 'class="p5"' in drawn
    assert "400" in drawn
    steps = [item["text"] for item in charts_map.legend(bars)]
    assert steps == ["< 100", "100+", "200+", "300+", "400+"]
    assert charts_map.provinces([]) == ""
    assert charts_map.legend([]) == []


def test_the_page_has_the_fifty_largest_organisations_and_the_one_that_was_asked_for():
    rows_of = [{"key": str(number)} for number in range(60)] + [{"key": "gemeente>*"}]

    class Found:
        @staticmethod
        def rows(_table):
            return rows_of

    keys = [row["key"] for row in _organisations(Found(), "organisations:55")]
    assert keys == [*(str(number) for number in range(50)), "55", "gemeente>*"]
    assert len(_organisations(Found(), "organisations:3")) == 51
    assert _organisations(None, "") == []
