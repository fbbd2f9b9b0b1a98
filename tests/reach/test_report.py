# SPDX-License-Identifier: EUPL-1.2
"""What of the figures a reader gets to see."""

import pytest

from reach import wording
from reach.domain.report import report
from reach.domain.scopes import Scope
from tests.factories import CourseFactory, OrganisationFactory
from tests.reach import rows

pytestmark = pytest.mark.django_db


def scope_of(edition):
    return Scope(edition.slug, edition.name, edition)


@pytest.fixture
def gouda():
    return OrganisationFactory(name="Gemeente Gouda")


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
    edition = week_with(gouda, mine=7, others=16)
    shown = report(scope_of(edition), own=[gouda], focus=gouda)
    assert (shown.total.text, shown.organisations, shown.hours, shown.sessions) == (
        "23",
        "2",
        "23",
        "1",
    )
    assert (shown.elsewhere_share, shown.attendance_share, shown.score) == ("100%", "100%", "8,0")
    assert [(bar.label, bar.text) for bar in shown.layers] == [("Gemeenten", "23")]
    assert [bar.text for bar in shown.days] == ["23", "0", "0", "0", "0"]
    assert [(f.teacher, f.learner, f.shown.text) for f in shown.flows] == [
        ("Rijk", "Gemeenten", "23")
    ]
    assert (shown.own.people.text, shown.own.hours, shown.own.teachers_count) == ("7", "7", "1")
    assert [(bar.label, bar.text) for bar in shown.own.teachers] == [("Ministerie", "7")]


def test_a_running_edition_is_rounded_to_five(gouda):
    edition = week_with(gouda, mine=8, others=15, edition=rows.running_week())
    shown = report(scope_of(edition), own=[gouda], focus=gouda)
    assert (shown.total.text, shown.hours, shown.own.people.text) == ("25", "25", "10")


def test_everything_is_hidden_when_the_others_are_fewer_than_ten(gouda):
    edition = week_with(gouda, mine=20, others=9)
    shown = report(scope_of(edition), own=[gouda], focus=gouda)
    assert (shown.too_small, shown.total.text) == (True, "verborgen")
    assert (shown.organisations, shown.elsewhere_share, shown.score, shown.hours) == ("",) * 4
    assert (shown.sessions, shown.attendance_share) == ("", "")
    assert (shown.layers, shown.days, shown.flows) == ([], [], [])
    assert shown.own.people.text == "20"


def test_fewer_than_five_of_the_own_people_are_not_counted_out(gouda):
    edition = week_with(gouda, mine=4, others=30)
    shown = report(scope_of(edition), own=[gouda], focus=gouda)
    assert (shown.total.text, shown.own.people.text, shown.own.elsewhere.text) == (
        "34",
        "minder dan 5",
        "minder dan 5",
    )
    assert (shown.own.hours, shown.own.teachers_count, shown.own.elsewhere_share) == ("", "", "")
    assert shown.own.score == ""
    assert [bar.text for bar in shown.own.teachers] == ["minder dan 5"]


def test_who_coordinates_no_organisation_gets_no_organisation(gouda):
    edition = week_with(gouda, mine=7, others=16)
    assert report(scope_of(edition)).own is None


def test_an_edition_without_figures_is_empty(gouda):
    shown = report(scope_of(rows.finished_week()), own=[gouda], focus=gouda)
    assert (shown.is_empty, shown.own.nobody, shown.layers, shown.unmarked) == (True, True, [], "")


def test_sessions_without_attendance_are_told(gouda):
    edition = rows.finished_week()
    session = rows.session_on(edition.starts_on, course=CourseFactory(), edition=edition)
    session.attendance_marked_at, session.taken = None, 3
    session.save()
    assert report(scope_of(edition)).unmarked == (
        "Bij 1 bijeenkomst is nog niet ingevuld wie er was. Die telt nog niet mee."
    )


def test_a_page_costs_three_queries_for_figures(gouda, django_assert_num_queries):
    edition = rows.busy_week()
    with django_assert_num_queries(3):
        report(scope_of(edition), own=[gouda], focus=gouda)


def test_flows_that_are_too_small_are_only_counted(gouda):
    edition = week_with(gouda, mine=7, others=16)
    court = OrganisationFactory(layer="rechtspraak")
    session = rows.session_on(
        edition.starts_on, course=CourseFactory(organisation=court), edition=edition
    )
    for person in rows.colleagues(court, 3):
        rows.place(session, person)
    shown = report(scope_of(edition), own=[gouda], focus=gouda)
    assert [flow.shown.text for flow in shown.flows] == ["23", "minder dan 10"]
    assert wording.hidden_flows(shown) == "Nog 1 stroom is te klein om te laten zien."
    # One small layer next to one large one: the total would give it back, so both hide.
    assert [(bar.label, bar.text) for bar in shown.layers] == [
        ("Gemeenten", "verborgen"),
        ("Rechtspraak", "minder dan 10"),
    ]
    assert wording.hidden_in_words(shown.layers) == [
        "Verborgen: Gemeenten.",
        "Minder dan 10: Rechtspraak.",
    ]
