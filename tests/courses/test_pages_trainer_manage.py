# SPDX-License-Identifier: EUPL-1.2
"""A trainer's own courses: what is shown, to whom, and what each button does."""

import datetime as dt

import pytest
import time_machine

from accounts.models import AuditEvent
from base import clock
from courses.domain import capacity
from courses.domain.registration import hold, register
from courses.models import Session
from tests.courses.teaching import messages, url
from tests.factories import (
    CourseFactory,
    PersonFactory,
    SessionFactory,
    coordinator,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_june")]

WHERE = "https://vergadering.example/abc"


# --- my courses ----------------------------------------------------------------------------------


def test_my_courses_puts_everything_in_its_place(page, course, trainer, session):
    own = {"organisation": course.organisation, "trainer": trainer}
    register(session, person=PersonFactory())
    CourseFactory(title="Concept", status="draft", published_at=None, **own)
    CourseFactory(title="Oud", status="archived", **own)
    CourseFactory(title="Gestopt", status="cancelled", **own)
    CourseFactory(title="Van een ander")
    past = SessionFactory(course=course, starts_at=clock.now() - dt.timedelta(days=1))
    SessionFactory(
        course=course,
        starts_at=clock.now() - dt.timedelta(days=2),
        attendance_marked_at=clock.now(),
    )
    SessionFactory(course=course, status="cancelled")
    teaching = page.get("/mijn/cursussen/").context["teaching"]
    assert [row.title for row in teaching.drafts] == ["Concept"]
    assert [row.pk for row in teaching.coming] == [session.pk]
    assert [row.pk for row in teaching.unmarked] == [past.pk]
    assert [(row.title, row.coming) for row in teaching.published] == [("Draaitabellen", 1)]
    assert {row.title for row in teaching.ended} == {"Oud", "Gestopt"}


def test_my_courses_shows_seats_and_waiting(page, session):
    for _ in range(5):
        register(session, person=PersonFactory())
    html = page.get("/mijn/cursussen/").content.decode()
    assert "3 van 3 plekken bezet" in html
    assert "2 collega’s wachten" in html


def test_my_courses_empty_state(client):
    client.force_login(PersonFactory())
    html = client.get("/mijn/cursussen/").content.decode()
    assert "Je hebt nog geen cursus." in html
    assert html.count('class="nl-button nl-button--primary" href="/geef-een-cursus/"') == 1


# --- one course ----------------------------------------------------------------------------------


def text(course, **changes: str) -> dict[str, str]:
    return {
        "title": course.title,
        "promise": course.promise,
        "theme": course.theme.slug,
        "level": "iedereen",
        "language": "nl",
        "licence": "cc-by-4.0",
    } | changes


def test_text_of_published_course_can_change(page, course):
    shown = page.get(url("manage-text", course)).context["form"]
    assert (shown["title"].value(), shown["theme"].value()) == ("Draaitabellen", "schrijven")
    response = page.post(
        url("manage-text", course), text(course, title="Draaitabellen 2", goals="Een\nTwee")
    )
    course.refresh_from_db()
    assert response.url == url("manage", course)
    assert (course.title, course.goals) == ("Draaitabellen 2", ["Een", "Twee"])


def test_text_without_title_is_refused_and_kept(page, course):
    response = page.post(url("manage-text", course), text(course, title="", bring="Een laptop"))
    form = response.context["form"]
    assert dict(form.errors) == {"title": ["Geef je cursus een titel."]}
    assert form["bring"].value() == "Een laptop"
    course.refresh_from_db()
    assert course.title == "Draaitabellen"


def moment(**changes: str) -> dict[str, str]:
    return {
        "day": "2027-07-12",
        "time": "11:00",
        "minutes": "60",
        "format": "online",
        "online_url": WHERE,
        "capacity": "8",
    } | changes


def test_another_date_can_be_chosen_at_once(page, course):
    response = page.post(url("add-session", course), moment(), follow=True)
    session = course.sessions.get()
    assert (session.status, session.capacity) == ("planned", 8)
    assert messages(response) == [
        "Maandag 12 juli, 11:00 tot 12:00 staat erbij. De uitnodiging voor je agenda is onderweg."
    ]


def test_another_date_in_the_past_is_refused_at_the_day(page, course):
    response = page.post(url("add-session", course), moment(day="2027-05-01"))
    assert dict(response.context["form"].errors) == {
        "day": ["Deze datum is al geweest. Kies een datum vanaf morgen."]
    }
    assert course.sessions.count() == 0


def test_length_that_is_no_usual_choice_stays_a_choice(page, course):
    course.minutes = 50
    course.save()
    html = page.get(url("add-session", course)).content.decode()
    assert '<input type="radio" name="minutes" value="50"' in html


def test_archive_is_refused_while_dates_are_to_come(page, course, session):
    response = page.post(url("archive-course", course), follow=True)
    assert messages(response) == ["Deze cursus heeft nog data. Zeg die eerst af."]
    course.refresh_from_db()
    assert course.status == "published"


def test_stopping_a_course_asks_first_and_cancels_its_dates(page, course, session):
    assert page.get(url("cancel-course", course)).status_code == 200
    session.refresh_from_db()
    assert session.status == "planned"
    page.post(url("cancel-course", course), {"reason": "Ik ben ziek"})
    course.refresh_from_db()
    session.refresh_from_db()
    assert (course.status, session.status, session.cancel_reason) == (
        "cancelled",
        "cancelled",
        "Ik ben ziek",
    )


# --- one session ---------------------------------------------------------------------------------


def test_trainer_sees_names_and_questions_but_no_addresses(page, session, trainer):
    merel = PersonFactory(name="Merel de Jong", email="merel@geheim.nl")
    register(session, person=merel, question="Hoe lees ik hem?")
    AuditEvent.objects.all().delete()
    html = page.get(url("session-manage", session)).content.decode()
    assert "Merel de Jong" in html
    assert merel.organisation.name in html
    assert "Hoe lees ik hem?" in html
    assert "merel@geheim.nl" not in html
    event = AuditEvent.objects.get()
    assert (event.verb, event.actor, event.detail) == ("participants.viewed", trainer, {"count": 1})


def test_names_typed_by_strangers_and_of_who_waits_are_counts(page, session):
    visitor = PersonFactory(name="", verified_at=None)
    hold(session, person=visitor, organisation=visitor.organisation, name="Typte Maar Wat")
    for name in ("Anna", "Bert", "Carla Wacht"):
        register(session, person=PersonFactory(name=name))
    response = page.get(url("session-manage", session))
    html = response.content.decode()
    assert response.context["counts"] == {
        "participating": 2,
        "home": 0,
        "waiting": 1,
        "held": 1,
    }
    assert "Typte Maar Wat" not in html
    assert "Carla Wacht" not in html
    assert "We houden 1 plek vast" in html


def test_coordinator_of_the_host_sees_counts(client, session, course):
    register(session, person=PersonFactory(name="Merel de Jong"))
    register(session, person=PersonFactory(name="Cas Bos", organisation=course.organisation))
    client.force_login(coordinator(course.organisation))
    response = client.get(url("session-manage", session))
    html = response.content.decode()
    assert "2 collega’s, van wie 1 van de eigen organisatie." in html
    assert "Merel de Jong" not in html
    assert "Cas Bos" not in html
    assert AuditEvent.objects.filter(verb="participants.viewed").count() == 0
    assert client.get(url("attendance", session)).status_code == 403


@pytest.mark.parametrize(("days", "seen"), [(30, True), (31, False)])
def test_names_are_gone_after_thirty_days(page, session, trainer, days, seen):
    register(session, person=PersonFactory(name="Merel de Jong"))
    with time_machine.travel(session.ends_at + dt.timedelta(days=days, minutes=-1)):
        page.force_login(trainer)
        html = page.get(url("session-manage", session)).content.decode()
        attendance = page.get(url("attendance", session))
        marked = page.post(url("attendance", session))
    assert ("Merel de Jong" in html) is seen
    assert ("Merel de Jong" in attendance.content.decode()) is seen
    assert (attendance.status_code, marked.status_code) == ((200, 302) if seen else (403, 403))


def test_change_says_old_and_new(page, session):
    response = page.post(
        url("session-change", session),
        moment(day="2027-07-06", time="13:30", format="on_site", place="Stadhuis", city="Zwolle"),
        follow=True,
    )
    session.refresh_from_db()
    assert messages(response) == [
        (
            "Eerst maandag 5 juli, 10:00 tot 11:00, nu dinsdag 6 juli, 13:30 tot 14:30. "
            "Eerst Online, nu Stadhuis, Zwolle. De link is aangepast. "
            "Iedereen die meedoet, krijgt een nieuwe uitnodiging."
        )
    ]
    assert (session.revision, str(session.location), session.online_url) == (
        1,
        "Stadhuis, Zwolle",
        "",
    )


def test_change_to_the_same_changes_nothing(page, session):
    response = page.post(
        url("session-change", session), moment(day="2027-07-05", time="10:00"), follow=True
    )
    session.refresh_from_db()
    assert (messages(response), session.revision) == (["Er is niets veranderd."], 0)


def test_refused_change_keeps_what_was_typed(page, session):
    response = page.post(url("session-change", session), moment(day="2027-10-31", time="02:30"))
    form = response.context["form"]
    assert dict(form.errors) == {
        "time": ["Die nacht gaat de klok een uur vooruit of achteruit. Kies een andere tijd."]
    }
    assert (form["day"].value(), form["time"].value()) == ("2027-10-31", "02:30")


def test_capacity_below_taken_is_refused_with_the_choice(page, session):
    for _ in range(2):
        register(session, person=PersonFactory())
    response = page.post(url("session-seats", session), {"capacity": "1"})
    assert dict(response.context["seats_form"].errors) == {
        "capacity": ["Er doen al 2 collega’s mee. Kies 2 plekken of meer, of meld eerst iemand af."]
    }
    session.refresh_from_db()
    assert session.capacity == 3


def test_more_capacity_lets_the_line_in(page, session):
    for _ in range(4):
        register(session, person=PersonFactory())
    response = page.post(url("session-seats", session), {"capacity": "4"}, follow=True)
    session.refresh_from_db()
    assert (session.capacity, session.taken) == (4, 4)
    assert messages(response) == ["Er zijn nu 4 plekken."]


@pytest.fixture
def kept(session) -> Session:
    """Two of the three seats for others, until 2 July; signing up until the day itself."""
    until = clock.from_wall_time(dt.date(2027, 7, 2), dt.time(0, 0))
    closes = clock.from_wall_time(dt.date(2027, 7, 6), dt.time(0, 0))
    capacity.change_seats(
        session,
        by=session.course.trainers.get(),
        reserved_seats=2,
        reserved_until=until,
        registration_closes_at=closes,
    )
    session.refresh_from_db()
    return session


SEATS_TYPED = {
    "capacity": "3",
    "reserved_seats": "2",
    "reserved_until": "2027-07-02",
    "registration_closes": "2027-07-05",
}


def test_kept_seats_are_shown_and_can_be_changed_later(page, kept):
    shown = page.get(url("session-manage", kept))
    assert "2 vrij voor andere organisaties tot 2 juli" in shown.content.decode()
    assert {
        name: str(shown.context["seats_form"][name].value()) for name in SEATS_TYPED
    } == SEATS_TYPED
    typed = SEATS_TYPED | {
        "reserved_seats": "1",
        "reserved_until": "2027-07-04",
        "registration_closes": "",
    }
    response = page.post(url("session-seats", kept), typed, follow=True)
    assert messages(response) == ["Opgeslagen."]
    kept.refresh_from_db()
    assert (kept.capacity, kept.reserved_seats, kept.registration_closes_at) == (3, 1, None)
    assert kept.reserved_until.isoformat() == "2027-07-03T22:00:00+00:00"


def test_form_sent_as_it_stands_changes_nothing(page, kept):
    before = Session.objects.filter(pk=kept.pk).values().get()
    page.post(url("session-seats", kept), SEATS_TYPED)
    assert Session.objects.filter(pk=kept.pk).values().get() == before


def test_keeping_more_than_own_colleagues_left_is_refused_with_the_choice(page, kept):
    capacity.change_seats(kept, by=kept.course.trainers.get(), reserved_seats=0)
    for _ in range(2):
        register(kept, person=PersonFactory(organisation=kept.course.organisation))
    response = page.post(url("session-seats", kept), SEATS_TYPED)
    assert dict(response.context["seats_form"].errors) == {
        "reserved_seats": [
            (
                "Er doen al 2 collega’s van de eigen organisatie mee. Houd hooguit 1 vrij, "
                "of zet er eerst plekken bij."
            )
        ]
    }
    kept.refresh_from_db()
    assert kept.reserved_seats == 0


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        (
            {"reserved_seats": "4"},
            {"reserved_seats": ["Je houdt meer plekken vrij dan er zijn. Kies een lager aantal."]},
        ),
        (
            {"reserved_until": ""},
            {"reserved_until": ["Kies tot wanneer je deze plekken vrijhoudt."]},
        ),
        (
            {"reserved_until": "2027-07-06"},
            {"reserved_until": ["Kies een datum tussen vandaag en de dag van je cursus."]},
        ),
        (
            {"registration_closes": "2027-05-31"},
            {"registration_closes": ["Kies een datum tussen vandaag en de dag van je cursus."]},
        ),
    ],
)
def test_refused_seats_stand_at_their_field(page, kept, change, errors):
    response = page.post(url("session-seats", kept), SEATS_TYPED | change)
    form = response.context["seats_form"]
    assert (dict(form.errors), form.more_open) == (errors, True)


def test_seats_that_were_kept_until_yesterday_keep_nothing_from_getting_smaller(
    page, kept, trainer
):
    with time_machine.travel("2027-07-03 08:00:00+00:00"):
        page.force_login(trainer)
        typed = {"capacity": "1", "registration_closes": "2027-07-05"}
        response = page.post(url("session-seats", kept), typed, follow=True)
        assert messages(response) == ["Er is nu 1 plek."]
    kept.refresh_from_db()
    assert (kept.capacity, kept.reserved_seats) == (1, 1)


def test_cancelling_asks_first_and_gives_the_reason(page, session):
    register(session, person=PersonFactory())
    asked = page.get(url("session-cancel", session)).content.decode()
    assert "1 collega krijgt een mail." in asked
    page.post(url("session-cancel", session), {"reason": "Ziek\r\nBcc: x@y.nl"})
    session.refresh_from_db()
    assert (session.status, session.cancel_reason) == ("cancelled", "Ziek Bcc: x@y.nl")
    assert page.post(url("session-cancel", session), {}).status_code == 302


def test_trainer_deregisters_a_participant_after_a_question(page, session):
    row = register(session, person=PersonFactory(name="Merel de Jong"))
    path = url("deregister", row)
    assert "Meld Merel de Jong af" in page.get(path).content.decode()
    row.refresh_from_db()
    assert row.state == "registered"
    for _ in range(2):
        assert page.post(path).url == url("session-manage", session)
    row.refresh_from_db()
    session.refresh_from_db()
    assert (row.state, row.cancel_reason, session.taken) == ("cancelled", "trainer", 0)
