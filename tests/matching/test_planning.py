# SPDX-License-Identifier: EUPL-1.2
"""From yes to a session with invitations; profiles, nominations, calls and circles."""

import datetime as dt

import pytest
import time_machine

from base import clock
from courses.domain import sessions
from courses.domain.registration import register
from courses.errors import SeatRefused
from courses.models import Course, Session
from matching.domain import guests, matches, nobody, nominations, planning, profiles, requests
from matching.errors import MatchRefused, NominationRefused, ProfileRefused, RequestRefused
from matching.models import Call, Circle, Match, Nomination, TrainerProfile
from tests.factories import (
    CourseFactory,
    KnowledgeRequestFactory,
    OrganisationFactory,
    PersonFactory,
    ThemeFactory,
    TrainerProfileFactory,
    coordinator,
)

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def refused(kind, code, act):
    with pytest.raises(kind) as error:
        act()
    assert error.value.code == code
    return error.value


@pytest.fixture
def accepted():
    """A trainer said yes."""
    request = KnowledgeRequestFactory()
    trainer = TrainerProfileFactory().person
    match = matches.ask_trainer(request, trainer=trainer, by=request.asker)
    return matches.say_yes(match, by=trainer)


def plan(**changes):
    fields = {
        "title": "Brieven die iedereen snapt",
        "promise": "Je herschrijft je eigen brief.",
        "theme": "schrijven",
        "minutes": 60,
        "format": "online",
        "capacity": 10,
        "online_url": "https://vergadering.example/x",
    }
    return planning.Plan(**fields | changes)


def offer(match, *, days=(14, 15), **changes):
    moments = [(clock.today() + n * DAY, dt.time(10, 0)) for n in days]
    return planning.offer_dates(match, by=match.trainer, plan=plan(**changes), moments=moments)


def test_picking_a_date_makes_course_session_and_the_seat_of_the_asker(accepted):
    supporter = PersonFactory()
    requests.support(accepted.request, person=supporter)
    offer(accepted)
    option = accepted.options.last()
    session = planning.pick_date(option, by=accepted.request.asker)

    course = session.course
    assert (course.status, course.title) == ("published", "Brieven die iedereen snapt")
    assert course.organisation == accepted.trainer.organisation
    assert [row.person for row in course.trainer_rows.all()] == [accepted.trainer]
    assert (session.starts_at, session.status) == (option.starts_at, "planned")
    assert [row.person for row in session.registrations.all()] == [accepted.request.asker]
    accepted.request.refresh_from_db()
    assert (accepted.request.state, accepted.request.session) == ("planned", session)
    # Supporters first, everyone three days later.
    assert register(session, person=supporter).state == "registered"
    with pytest.raises(SeatRefused):
        register(session, person=PersonFactory())
    with time_machine.travel(clock.now() + guests.HEAD_START, tick=False):
        assert register(session, person=PersonFactory()).state == "registered"


def test_a_question_that_is_not_open_to_others_stays_closed_to_them(accepted):
    accepted.request.open_to_others = False
    accepted.request.save()
    offer(accepted)
    session = planning.pick_date(accepted.options.first(), by=accepted.request.asker)
    just_before = time_machine.travel(session.starts_at - dt.timedelta(hours=1), tick=False)
    with just_before, pytest.raises(SeatRefused):
        register(session, person=PersonFactory())


def test_in_company_is_at_the_asking_organisation(accepted):
    offer(accepted, format="on_site", place="Stadhuis", city="Ede", online_url="")
    session = planning.pick_date(accepted.options.first(), by=accepted.request.asker)
    assert str(session.location) == "Stadhuis, Ede"
    assert session.location.organisation == accepted.request.organisation


def test_picking_twice_is_picking_once(accepted):
    offer(accepted)
    first, second = accepted.options.all()
    made = planning.pick_date(first, by=accepted.request.asker)
    assert planning.pick_date(second, by=accepted.request.asker) == made
    assert (Course.objects.count(), Session.objects.count()) == (1, 1)


def test_a_date_that_passed_meanwhile_is_refused_and_nothing_is_made(accepted):
    offer(accepted)
    option = accepted.options.first()
    with time_machine.travel(option.starts_at, tick=False):
        error = refused(
            MatchRefused, "past", lambda: planning.pick_date(option, by=accepted.request.asker)
        )
    assert "al geweest" in error.sentence
    assert not Course.objects.exists()


@pytest.mark.parametrize(
    ("days", "changes", "code", "field"),
    [
        ((), {}, "moments", "day_1"),
        ((1, 2, 3, 4), {}, "moments", "day_1"),
        ((-1,), {}, "past", "day_1"),
        ((5,), {"minutes": 500}, "too_long", "minutes"),
        ((5,), {"title": "  "}, "title", "title"),
        ((5,), {"theme": "bestaat-niet"}, "theme", "theme"),
        ((5,), {"format": "on_site"}, "place", "place"),
        ((5,), {"capacity": 0}, "capacity", "capacity"),
    ],
)
def test_dates_that_cannot_be_are_refused_at_their_field(accepted, days, changes, code, field):
    error = refused(MatchRefused, code, lambda: offer(accepted, days=days, **changes))
    assert error.field == field
    assert not accepted.options.exists()


def test_new_dates_replace_the_old_ones_and_a_no_takes_them_back(accepted):
    offer(accepted)
    offer(accepted, days=(20,))
    assert accepted.options.count() == 1
    matches.say_no(accepted, by=accepted.trainer, reason="other_date")
    assert not accepted.options.exists()
    refused(MatchRefused, "too_late", lambda: offer(accepted))


def test_when_the_session_is_called_off_the_trainer_may_name_other_dates(accepted):
    offer(accepted)
    session = planning.pick_date(accepted.options.first(), by=accepted.request.asker)
    sessions.cancel_session(session, by=accepted.trainer)
    accepted.request.refresh_from_db()
    assert (accepted.request.state, accepted.request.session) == ("accepted", None)
    offer(accepted, days=(30,))
    assert planning.pick_date(accepted.options.get(), by=accepted.request.asker) != session


# --- profiles -------------------------------------------------------------------------------------


def test_a_profile_begins_with_the_courses_somebody_gives():
    theme = ThemeFactory(slug="data", name="Data")
    person = PersonFactory(province="limburg")
    CourseFactory(title="Draaitabellen", promise="Excel.", theme=theme, trainer=person)
    CourseFactory(title="Concept", status="draft", published_at=None, trainer=person)
    start = profiles.start_for(person)
    assert start == profiles.Start(
        headline="Draaitabellen",
        expertise="Draaitabellen. Excel.",
        themes=[theme],
        languages=("nl",),
        provinces=("limburg",),
    )


def test_saving_joins_the_pool_with_a_public_page():
    person = PersonFactory(name="Ruben Slagter")
    profile = profiles.save_profile(person=person, headline="Excel", example_questions=["", " A? "])
    person.refresh_from_db()
    assert (profile.example_questions, person.slug) == (["A?"], "ruben-slagter")
    again = profiles.save_profile(person=person, headline="Power Query")
    assert (again.pk, again.headline) == (profile.pk, "Power Query")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"headline": " 🙂 "}, "headline"),
        ({"headline": "x" * 121}, "headline"),
        ({"expertise": "x" * 2001}, "expertise"),
        ({"example_questions": ["a", "b", "c", "d"]}, "example_questions"),
        ({"example_questions": ["a" * 201]}, "example_questions"),
        ({"languages": ["fr"]}, "languages"),
        ({"online": False}, "provinces"),
        ({"requests_per_year": 0}, "requests_per_year"),
    ],
)
def test_a_profile_the_pool_cannot_hold_is_refused_at_its_field(fields, field):
    person = PersonFactory()
    with pytest.raises(ProfileRefused) as error:
        profiles.save_profile(person=person, **{"headline": "Excel"} | fields)
    assert error.value.field == field


def test_pause_resume_and_leaving():
    profile = TrainerProfileFactory()
    person = profile.person
    until = clock.today() + 30 * DAY
    assert profiles.pause(profile, until=until, by=person).is_paused(clock.today())
    assert TrainerProfile.objects.in_pool(clock.today()).count() == 0
    assert TrainerProfile.objects.in_pool(until).count() == 1
    refused(ProfileRefused, "past", lambda: profiles.pause(profile, until=clock.today(), by=person))
    profiles.resume(profile, by=person)
    assert TrainerProfile.objects.in_pool(clock.today()).count() == 1
    offer = matches.offer_help(KnowledgeRequestFactory(), trainer=person)
    gone = profiles.withdraw(profile, by=person)
    assert (gone.state, gone.expertise) == ("withdrawn", "")
    assert Match.objects.get(pk=offer.pk).state == "withdrawn"
    assert profiles.save_profile(person=person, headline="Terug").state == "active"


# --- nominations ----------------------------------------------------------------------------------


@pytest.fixture
def government():
    return OrganisationFactory(domain="gemeente.example")


def nominate(by, **changes):
    fields = {"name": "Karim", "email": "karim@gemeente.example", "why": "Weet alles van Woo."}
    return nominations.nominate(by=by, **fields | changes)


def test_a_yes_erases_what_somebody_else_wrote(government):
    row = nominate(PersonFactory())
    karim = PersonFactory(email="karim@gemeente.example")
    said = nominations.answer(row, yes=True)
    assert (said.state, said.person, said.email, said.name, said.why) == (
        "accepted",
        karim,
        "",
        "",
        "",
    )
    assert nominations.answer(row, yes=True) == said
    refused(NominationRefused, "too_late", lambda: nominations.answer(row, yes=False))


def test_nobody_is_pointed_out_twice_or_from_the_pool(government):
    assert nominate(PersonFactory()) is not None
    assert nominate(PersonFactory()) is None
    TrainerProfileFactory(person__email="in@gemeente.example")
    assert nominate(PersonFactory(), email="in@gemeente.example") is None


def test_who_said_no_is_left_alone_for_a_year_by_everybody(government):
    row = nominations.answer(nominate(PersonFactory()), yes=False)
    assert "karim" not in row.said_no_key
    assert nominate(PersonFactory()) is None
    with time_machine.travel(clock.now() + 366 * DAY, tick=False):
        assert (nominations.forget_noes(), nominations.forget_noes()) == (1, 0)
        assert nominate(PersonFactory()) is not None
    assert not Nomination.objects.exclude(said_no_key="").exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"email": "karim"}, "email"),
        ({"email": "karim@gmail.com"}, "email"),
        ({"email": "karim@bedrijf.example"}, "email"),
        ({"why": ""}, "why"),
        ({"why": "x" * 501}, "why"),
    ],
)
def test_only_named_colleagues_of_the_government_with_a_reason(government, changes, field):
    with pytest.raises(NominationRefused) as error:
        nominate(PersonFactory(), **changes)
    assert error.value.field == field


def test_oneself_and_more_than_ten_a_week_are_refused(government):
    by = PersonFactory(email="zelf@gemeente.example")
    refused(NominationRefused, "own", lambda: nominate(by, email=by.email))
    for number in range(10):
        nominate(by, email=f"n{number}@gemeente.example")
    refused(NominationRefused, "too_many", lambda: nominate(by))


def test_one_reminder_and_after_thirty_days_everything_is_gone(government):
    row = nominate(PersonFactory())
    assert nominations.remind() == 0
    with time_machine.travel(clock.now() + 10 * DAY, tick=False):
        assert (nominations.remind(), nominations.remind()) == (1, 0)
        assert nominations.erase_unanswered() == 0
    with time_machine.travel(clock.now() + 30 * DAY, tick=False):
        assert (nominations.remind(), nominations.erase_unanswered()) == (0, 1)
    row.refresh_from_db()
    assert (row.state, row.email, row.name, row.why) == ("expired", "", "", "")
    assert Nomination.objects.get().nominator is not None


# --- nobody fits ----------------------------------------------------------------------------------


def test_a_call_goes_to_who_may_be_asked_about_the_theme_and_once():
    request = KnowledgeRequestFactory()
    theme = request.theme
    fits = TrainerProfileFactory(may_be_called=True, themes=[theme])
    TrainerProfileFactory(themes=[theme])
    TrainerProfileFactory(may_be_called=True)
    dismissed = TrainerProfileFactory(may_be_called=True, themes=[theme])
    requests.dismiss(request, trainer=dismissed.person, reason="known", by=request.asker)
    assert list(nobody._receivers(request, "trainers")) == [fits.person]
    for _twice in range(2):
        assert nobody.call(request, kind="trainers", by=request.asker).receivers == 1
    assert Call.objects.count() == 1


def test_coordinators_are_asked_where_the_question_or_the_theme_lives():
    request = KnowledgeRequestFactory()
    own, elsewhere = coordinator(request.organisation), coordinator()
    CourseFactory(theme=request.theme, organisation=elsewhere.organisation)
    coordinator()
    assert set(nobody._receivers(request, "coordinators")) == {own, elsewhere}


def test_with_nobody_to_call_it_says_so():
    request = KnowledgeRequestFactory()
    call = lambda: nobody.call(request, kind="trainers", by=request.asker)  # noqa: E731
    refused(RequestRefused, "nobody", call)
    assert not Call.objects.exists()


def test_a_circle_is_a_course_with_a_host_a_date_and_seats_for_several_organisations():
    request, host = KnowledgeRequestFactory(), PersonFactory()
    first = nobody.FirstDate(clock.today() + 20 * DAY, dt.time(14, 0))

    def start():
        return nobody.start_circle(request, host=host, theme=request.theme, first=first)

    refused(RequestRefused, "not_involved", start)
    requests.support(request, person=host)
    session = start()
    assert start() == session
    circle = Circle.objects.get()
    assert (circle.host, circle.course.status, session.capacity) == (host, "published", 7)
    assert session.reserved_seats == 3
    assert (session.guests_only, session.registrations.count()) == (True, 0)
