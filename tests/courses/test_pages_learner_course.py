# SPDX-License-Identifier: EUPL-1.2
"""One course, as a visitor, a learner, somebody who waits and the trainer see it."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from base import clock
from base.templatetags.dates import long_day
from courses.domain import registration
from courses.models import Course, CourseInterest, Material, Session
from courses.tokens import withdraw_token
from tests.factories import (
    CourseFactory,
    LocationFactory,
    PersonFactory,
    SessionFactory,
)

pytestmark = pytest.mark.django_db
LINK = "https://vergadering.example/abc"


@pytest.fixture
def course():
    return CourseFactory(
        title="Schrijf een brief",
        slug="brief",
        goals=["Een brief op B1", "Korte zinnen"],
        description="Met **vet** en <script>alert(1)</script>.",
        bring="Een brief van jezelf.",
        quote="Lees hem voor aan je buurvrouw.",
    )


@pytest.fixture
def session(course):
    return SessionFactory(course=course, capacity=2)


@pytest.fixture
def learner():
    return PersonFactory(name="Merel Jansen")


def facts(html):
    terms = re.findall(r"</svg>\s*(\w+)\s*</dt>\s*<dd>([^<]+)</dd>", html)
    return {term: value.strip() for term, value in terms}


def buttons(html):
    """What the primary button says."""
    return re.findall(r'class="nl-button nl-button--primary[^"]*"[^>]*>([^<]+)<', html)


def get(client, course=None, **query):
    return client.get("/cursussen/brief/", query).content.decode()


def fill(session):
    for _ in range(session.free):
        registration.register(Session.objects.get(pk=session.pk), person=PersonFactory())


def test_a_link_that_is_not_there_yet_is_not_promised(client, session):
    Session.objects.filter(pk=session.pk).update(online_url="")
    assert facts(get(client))["Waar"] == "Online. De link krijg je later."


def test_facts_stand_in_fixed_order_right_after_the_title(client, session):
    html = get(client)
    assert list(facts(html)) == ["Wanneer", "Waar", "Plek", "Kosten"]
    assert facts(html)["Waar"] == "Online. De link staat in je agenda."
    assert facts(html)["Plek"] == "Nog 2 plekken"
    assert facts(html)["Kosten"] == "Gratis"
    assert html.index("</h1>") < html.index('class="feiten"') < html.index("Dit kun je na afloop")
    assert buttons(html) == ["Ik doe mee"]
    assert html.count(f'href="{reverse("courses:register", args=[session.public_id])}"') == 1
    assert (
        html.count("Je krijgt meteen een uitnodiging voor je agenda. Afmelden kan met één klik.")
        == 1
    )


def test_text_of_the_trainer_is_rendered_and_made_harmless(client, session):
    html = get(client)
    assert html.count("<strong>vet</strong>") == 1
    assert "<script>alert" not in html
    assert html.count("<span>Een brief op B1</span>") == 1
    assert html.count("Lees hem voor aan je buurvrouw.") == 1
    assert html.count("Heb je iets nodig om mee te doen?") == 1


def test_a_full_course_offers_the_waiting_list_with_the_place_you_get(client, session):
    fill(session)
    html = get(client)
    assert buttons(html) == ["Zet me op de wachtlijst"]
    assert html.count("Alle plekken zijn bezet. Er wachten 0 collega’s.") == 1
    assert html.count("Je komt op plek 1. Komt er een plek vrij?") == 1


def test_the_first_date_with_room_is_offered_and_others_have_their_own_button(client, session):
    fill(session)
    later = SessionFactory(course=session.course, starts_at=session.starts_at + dt.timedelta(1))
    html = get(client)
    assert buttons(html) == ["Ik doe mee"]
    assert html.count(reverse("courses:register", args=[later.public_id])) == 1
    assert html.count("Kies een ander moment") == 1
    other = get(client, moment=session.public_id)
    assert buttons(other) == ["Zet me op de wachtlijst"]


@pytest.mark.parametrize("moment", ["x", "1" * 5000, "00000000-0000-0000-0000-000000000000"])
def test_a_strange_moment_gives_the_next_date(client, session, moment):
    assert buttons(get(client, moment=moment)) == ["Ik doe mee"]


def test_seats_kept_for_others_are_explained_to_colleagues_of_the_house(client, session):
    session.reserved_seats, session.reserved_until = 2, session.starts_at
    session.save()
    client.force_login(PersonFactory(organisation=session.course.organisation))
    html = get(client)
    assert buttons(html) == ["Zet me op de wachtlijst"]
    assert html.count("houden we tot") == 1


def test_your_own_course_has_a_button_to_change_it(client, session):
    client.force_login(session.course.trainer_rows.get().person)
    html = get(client)
    assert buttons(html) == ["Pas aan"]
    assert html.count(reverse("courses:manage", args=[session.course.public_id])) == 1


def test_who_takes_part_sees_link_withdraw_and_move(client, session, learner):
    SessionFactory(course=session.course, starts_at=session.starts_at + dt.timedelta(1))
    mine = registration.register(session, person=learner)
    client.force_login(learner)
    html = get(client, moment=session.public_id)
    assert buttons(html) == ["Naar de online bijeenkomst"]
    assert html.count(f'href="{LINK}"') == 1
    assert html.count(reverse("courses:withdraw", args=[withdraw_token(mine)])) == 1
    assert html.count(reverse("courses:move", args=[withdraw_token(mine)])) == 1


def test_the_own_date_comes_before_an_earlier_one_with_room(client, session, learner):
    own = SessionFactory(course=session.course, starts_at=session.starts_at + dt.timedelta(1))
    registration.register(own, person=learner)
    client.force_login(learner)
    assert buttons(get(client)) == ["Naar de online bijeenkomst"]


def test_who_waits_sees_the_position_and_how_to_leave(client, session, learner):
    fill(session)
    registration.register(session, person=PersonFactory())
    registration.register(session, person=learner)
    client.force_login(learner)
    html = get(client)
    assert html.count("Je staat op plek 2. Komt er een plek vrij?") == 1
    assert buttons(html) == []


def test_the_link_is_only_for_who_takes_part(client, session, learner):
    """There is a link on this page for a participant (tested above); nobody else gets it."""
    second = SessionFactory(
        course=session.course, starts_at=session.starts_at + dt.timedelta(1), online_url=LINK
    )
    pages = ["/cursussen/", "/cursussen/brief/", f"/cursussen/brief/?moment={session.public_id}"]
    pages += [reverse("courses:register", args=[session.public_id]), "/tjc-week/"]
    for person in (None, learner):
        if person:
            client.force_login(person)
        for page in pages:
            assert LINK not in client.get(page).content.decode()
    registration.register(second, person=learner)
    assert LINK in get(client)
    assert LINK not in get(client, moment=session.public_id)  # another date than the own one
    fill(session)
    waiting = PersonFactory()
    registration.register(session, person=waiting)
    client.force_login(waiting)
    assert LINK not in get(client, moment=session.public_id)


def test_a_hold_is_no_registration_and_shows_no_link(client, session, learner):
    registration.hold(session, person=learner, organisation=learner.organisation, name="M")
    client.force_login(learner)
    html = get(client)
    assert LINK not in html
    assert buttons(html) == ["Ik doe mee"]


def test_cancelled_and_started_dates_say_so(client, session):
    session.status = "cancelled"
    session.save()
    html = get(client, moment=session.public_id)
    assert html.count("Deze bijeenkomst gaat niet door.") == 1
    session.status, session.starts_at = "planned", clock.now() - dt.timedelta(minutes=5)
    session.ends_at = session.starts_at + dt.timedelta(hours=1)
    session.save()
    html = get(client)
    assert html.count("Deze bijeenkomst is al begonnen.") == 1
    assert "Ik doe mee" not in html


def test_without_a_date_you_can_wait_for_the_subject(client, course, learner):
    html = get(client)
    assert (
        html.count('href="/inloggen/?next=%2Fcursussen%2Fbrief%2F">Wacht op een nieuwe datum') == 1
    )
    client.force_login(learner)
    address = reverse("courses:interest", args=["brief"])
    assert client.get(address).status_code == 405
    assert not CourseInterest.objects.exists()
    for _ in range(2):
        response = client.post(address, follow=True)
    assert response.content.decode().count("We mailen je zodra er een nieuwe datum is.") == 2
    assert CourseInterest.objects.count() == 1
    client.post(address, {"stop": "1"})
    assert CourseInterest.objects.count() == 0


def test_who_waits_for_the_subject_can_stop_when_there_is_a_date(client, course, session, learner):
    """The mail about a new date leads here."""
    CourseInterest.objects.create(course=course, person=learner)
    client.force_login(learner)
    assert get(client).count("Toch niet? Stuur me geen bericht") == 1
    client.post(reverse("courses:interest", args=["brief"]), {"stop": "1"})
    html = get(client)
    assert "Toch niet? Stuur me geen bericht" not in html
    assert "Wacht op een nieuwe datum" not in html


def test_waiting_for_a_subject_needs_signing_in(client, course):
    response = client.post(reverse("courses:interest", args=["brief"]))
    assert response["Location"] == "/inloggen/?next=%2Fcursussen%2Fbrief%2F"


def test_a_draft_is_only_for_its_trainers(client, course, learner):
    Course.objects.update(status="draft")
    assert client.get("/cursussen/brief/").status_code == 404
    client.force_login(learner)
    assert client.get("/cursussen/brief/").status_code == 404
    assert client.post(reverse("courses:interest", args=["brief"])).status_code == 404
    client.force_login(course.trainer_rows.get().person)
    assert client.get("/cursussen/brief/").status_code == 200


def test_earlier_dates_are_listed_last_first(client, session):
    days = [(clock.now() - dt.timedelta(days=number)) for number in (20, 10)]
    for start in days:
        SessionFactory(course=session.course, starts_at=start)
    SessionFactory(course=session.course, starts_at=days[0], status="cancelled")
    given = get(client).partition("Vaker gegeven")[2]
    assert re.findall(r"<li>.*?<span>([^<]+)</span></li>", given) == [
        long_day(day) for day in reversed(days)
    ]


def test_materials_are_for_everyone_under_cc_by_and_else_for_who_takes_part(
    client, session, learner
):
    Material.objects.create(course=session.course, title="Schrijfwijzer", url="https://a.example/b")
    assert get(client).count('href="https://a.example/b"') == 1
    Course.objects.update(licence="all-rights")
    html = get(client)
    assert "https://a.example/b" not in html
    assert html.count("Bij deze cursus hoort 1 bestand of link. Dat is voor wie meedoet.") == 1
    registration.register(session, person=learner)
    client.force_login(learner)
    assert get(client).count('href="https://a.example/b"') == 1


def test_place_and_access_on_site(client, course):
    location = LocationFactory(access_notes="Rolstoelingang aan de zijkant.")
    SessionFactory(course=course, format="on_site", location=location, online_url="")
    html = get(client)
    assert facts(html)["Waar"] == "Stadhuis, Zaal 3, Utrecht"
    assert html.count("Rolstoelingang aan de zijkant.") == 1


@pytest.mark.parametrize("number", [1, 3])
def test_course_page_costs_four_queries(client, course, django_assert_num_queries, number):
    for days in range(number):
        SessionFactory(course=course, starts_at=clock.now() + dt.timedelta(days=days + 3))
        SessionFactory(course=course, starts_at=clock.now() - dt.timedelta(days=days + 3))
        Material.objects.create(course=course, title="x", url="https://a.example/b")
    with django_assert_num_queries(4):
        get(client)


@pytest.mark.parametrize("number", [1, 3])
def test_course_page_of_a_person_costs_the_same_whatever_the_number_of_dates(
    client, course, learner, django_assert_num_queries, number
):
    for days in range(number):
        there = SessionFactory(course=course, starts_at=clock.now() + dt.timedelta(days=days + 3))
        registration.register(there, person=learner)
    client.force_login(learner)
    # session, person, course, trainers, sessions, registrations, waits, materials, roles, teaches
    with django_assert_num_queries(10):
        get(client)


@pytest.mark.parametrize("number", [1, 3])
def test_who_does_not_take_part_yet_costs_no_more(
    client, course, learner, django_assert_num_queries, number
):
    for days in range(number):
        SessionFactory(course=course, starts_at=clock.now() + dt.timedelta(days=days + 3))
    client.force_login(learner)
    # session, person, course, trainers, sessions, registrations, waits, materials, roles, teaches
    with django_assert_num_queries(10):
        get(client)
