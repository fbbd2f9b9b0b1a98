# SPDX-License-Identifier: EUPL-1.2
"""Courses and sessions in the API."""

import datetime as dt
import json

import pytest
import time_machine
from django.core.management import call_command

from base import clock
from courses.domain import registration
from courses.models import Course, Session
from tests.factories import (
    CourseFactory,
    EditionFactory,
    LocationFactory,
    PersonFactory,
    SessionFactory,
    ThemeFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def trainer():
    return PersonFactory(name="Samira El Idrissi")


@pytest.fixture
def call(client, capsys):
    def send(person, method, path, body=None):
        call_command("api_token", person.email)
        token = capsys.readouterr().out.strip()
        return client.generic(
            method,
            f"/api/v1/{path}",
            json.dumps(body or {}),
            content_type="application/json",
            headers={"Authorization": f"Bearer {token}"},
        )

    return send


def in_a_month():
    """Ten in the morning, an hour that every day has, whenever the tests run."""
    return clock.from_wall_time(clock.today() + dt.timedelta(days=30), dt.time(10, 0))


def test_list_of_courses_shows_no_drafts(client):
    shown = CourseFactory(title="Draaitabellen")
    CourseFactory(status="draft", published_at=None)
    body = client.get("/api/v1/cursussen").json()
    assert (body["aantal"], body["volgende"]) == (1, None)
    assert body["resultaten"][0]["id"] == str(shown.public_id)
    assert body["resultaten"][0]["url"] == f"http://testserver/cursussen/{shown.slug}/"


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("path", "queries"), [("cursussen", 3), ("bijeenkomsten", 2)])
def test_lists_keep_their_query_count(client, django_assert_num_queries, count, path, queries):
    for _ in range(count):
        SessionFactory(location=LocationFactory(), edition=EditionFactory())
    with django_assert_num_queries(queries):
        assert client.get(f"/api/v1/{path}").json()["aantal"] == count


def test_session_is_in_utc_with_its_zone_and_without_the_link(client):
    session = SessionFactory(
        starts_at=dt.datetime(2027, 3, 29, 8, 0, tzinfo=dt.UTC),
        online_url="https://geheim.example/kamer",
    )
    answer = client.get(f"/api/v1/bijeenkomsten/{session.public_id}")
    assert answer.json()["begin"] == "2027-03-29T08:00:00Z"
    assert answer.json()["tijdzone"] == "Europe/Amsterdam"
    assert "geheim" not in answer.content.decode()


@pytest.mark.parametrize(
    "path", ["cursussen?thema=%00", "cursussen?zoek=%00", "bijeenkomsten?editie=%00"]
)
def test_a_nul_in_a_question_finds_nothing_special(client, path):
    session = SessionFactory()
    assert client.get(f"/api/v1/{path}").json()["aantal"] == 1
    assert client.get(f"/api/v1/{path}x").json()["aantal"] == 0
    assert session.status == "planned"


@pytest.mark.parametrize(
    "begin",
    [
        "9999-12-31T23:59:00Z",
        "9999-12-31T22:30:00Z",
        "0001-01-01T00:00:00+14:00",
        "2099-03-01T10:00:00Z",
    ],
)
def test_a_date_that_no_calendar_holds_is_refused_at_its_field(call, trainer, begin):
    course = CourseFactory(trainer=trainer, organisation=trainer.organisation)
    body = {"begin": begin, "minuten": 60, "plekken": 10, "vorm": "online"}
    answer = call(trainer, "POST", f"cursussen/{course.public_id}/bijeenkomsten", body)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == ["begin"]
    assert not course.sessions.exists()


def test_a_trainer_may_work_at_the_own_draft(call, trainer):
    course = CourseFactory(trainer=trainer, status="draft", published_at=None)
    path = f"cursussen/{course.public_id}"
    assert call(trainer, "PATCH", path, {"titel": "Nieuw"}).json()["status"] == "concept"
    begin = in_a_month().isoformat()
    body = {"begin": begin, "minuten": 60, "plekken": 10, "vorm": "online"}
    made = call(trainer, "POST", f"{path}/bijeenkomsten", body)
    assert (made.status_code, made.json()["status"]) == (201, "concept")
    path = f"bijeenkomsten/{made.json()['id']}"
    assert call(trainer, "PATCH", path, {"plekken": 5}).json()["plekken"] == 5
    assert call(trainer, "POST", f"{path}/annulering").json()["status"] == "geannuleerd"


@pytest.mark.parametrize("status", ["cancelled", "archived"])
def test_a_course_that_ended_gets_no_new_date(call, trainer, status):
    course = CourseFactory(trainer=trainer, status=status)
    begin = in_a_month().isoformat()
    body = {"begin": begin, "minuten": 60, "plekken": 10, "vorm": "online"}
    answer = call(trainer, "POST", f"cursussen/{course.public_id}/bijeenkomsten", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "ended")
    assert not course.sessions.exists()


def test_trainer_publishes_a_course_and_plans_a_date(call, trainer):
    theme = ThemeFactory()
    made = call(
        trainer,
        "POST",
        "cursussen",
        {"titel": "Kaarten maken", "belofte": "Je maakt een kaart.", "thema": theme.slug},
    )
    assert (made.status_code, made.json()["status"]) == (201, "gepubliceerd")
    begin = in_a_month()
    path = f"cursussen/{made.json()['id']}/bijeenkomsten"
    dated = call(
        trainer,
        "POST",
        path,
        {"begin": begin.isoformat(), "minuten": 45, "plekken": 12, "vorm": "op-locatie",
         "gebouw": "Provinciehuis", "plaats": "Arnhem"},
    )  # fmt: skip
    assert (dated.status_code, dated.json()["locatie"], dated.json()["vrij"]) == (
        201,
        "Provinciehuis, Arnhem",
        12,
    )
    assert Session.objects.get().starts_at == begin


def test_unfinished_course_leaves_nothing_behind(call, trainer):
    answer = call(trainer, "POST", "cursussen", {"titel": "", "belofte": "Zo.", "thema": "weg"})
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == ["titel", "thema"]
    assert Course.objects.count() == 0


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"begin": "2026-10-13T10:00:00"}, "begin"),
        ({"begin": "2020-10-13T10:00:00Z"}, "begin"),
        ({"minuten": 241}, "minuten"),
        ({"plekken": 0}, "plekken"),
        ({"vorm": "op-locatie", "gebouw": ""}, "gebouw"),
    ],
)
def test_impossible_dates_are_400_on_the_field(call, trainer, change, field):
    course = CourseFactory(trainer=trainer)
    begin = in_a_month().isoformat()
    body = {"begin": begin, "minuten": 60, "plekken": 5} | change
    answer = call(trainer, "POST", f"cursussen/{course.public_id}/bijeenkomsten", body)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_change_of_time_and_seats_happens_together_or_not_at_all(call, trainer):
    session = SessionFactory(course=CourseFactory(trainer=trainer), capacity=3)
    for person in PersonFactory.create_batch(2):
        registration.register(session, person=person)
    path = f"bijeenkomsten/{session.public_id}"
    refused = call(trainer, "PATCH", path, {"minuten": 30, "plekken": 1})
    assert (refused.status_code, refused.json()["code"]) == (409, "below_taken")
    assert Session.objects.get().minutes == 60
    changed = call(trainer, "PATCH", path, {"minuten": 30, "plekken": 5})
    assert (changed.status_code, changed.json()["plekken"]) == (200, 5)
    assert (Session.objects.get().minutes, Session.objects.get().revision) == (30, 1)


def test_cancelling_a_session_twice_is_fine(call, trainer):
    session = SessionFactory(course=CourseFactory(trainer=trainer))
    path = f"bijeenkomsten/{session.public_id}/annulering"
    answers = [call(trainer, "POST", path, {"reden": "Ziek"}) for _ in range(2)]
    assert [answer.json()["status"] for answer in answers] == ["geannuleerd"] * 2


def test_somebody_elses_course_is_403_and_a_draft_404(call):
    course = CourseFactory()
    draft = CourseFactory(status="draft", published_at=None)
    stranger = PersonFactory()
    body = {"titel": "Van mij"}
    assert call(stranger, "PATCH", f"cursussen/{course.public_id}", body).status_code == 403
    assert call(stranger, "PATCH", f"cursussen/{draft.public_id}", body).status_code == 404


def test_new_title_by_patch(call, trainer):
    course = CourseFactory(trainer=trainer)
    answer = call(trainer, "PATCH", f"cursussen/{course.public_id}", {"titel": "Beter"})
    assert (answer.status_code, answer.json()["titel"]) == (200, "Beter")


# --- seats kept for other organisations ---------------------------------------------------------

KEPT = ("plekkenVoorAndereOrganisaties", "vrijgehoudenTot", "aanmeldenTot")


@pytest.fixture
def dated(call, trainer):
    """A date that the trainer planned over the API: the answer."""
    course = CourseFactory(trainer=trainer, organisation=trainer.organisation)
    start = in_a_month()
    body = {
        "begin": start.isoformat(),
        "minuten": 60,
        "plekken": 4,
        "plekkenVoorAndereOrganisaties": 2,
        "vrijgehoudenTot": (start - dt.timedelta(days=7)).isoformat(),
        "aanmeldenTot": (start - dt.timedelta(days=1)).isoformat(),
    }
    answer = call(trainer, "POST", f"cursussen/{course.public_id}/bijeenkomsten", body)
    assert answer.status_code == 201, answer.content
    return answer.json()


def in_utc(instant):
    return instant.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


def test_seats_can_be_kept_for_other_organisations(client, dated):
    session = Session.objects.get()
    assert (session.reserved_seats, session.capacity) == (2, 4)
    told = client.get(f"/api/v1/bijeenkomsten/{dated['id']}").json()
    assert told == dated
    assert [told[name] for name in KEPT] == [
        2,
        in_utc(session.starts_at - dt.timedelta(days=7)),
        in_utc(session.starts_at - dt.timedelta(days=1)),
    ]


def test_kept_seats_are_given_free_and_then_promote_who_waits(call, client, trainer, dated):
    session = Session.objects.get()
    colleagues = PersonFactory.create_batch(3, organisation=trainer.organisation)
    rows = [registration.register(session, person=person) for person in colleagues]
    assert [row.state for row in rows] == ["registered", "registered", "waiting"]
    answer = call(
        trainer, "PATCH", f"bijeenkomsten/{dated['id']}", {"plekkenVoorAndereOrganisaties": 0}
    )
    assert [answer.json()[name] for name in KEPT[:2]] == [0, None]
    assert answer.json()["vrij"] == 1
    rows[2].refresh_from_db()
    assert rows[2].state == "registered"


def test_what_is_not_sent_stays_and_null_takes_a_date_away(call, trainer, dated):
    path = f"bijeenkomsten/{dated['id']}"
    assert call(trainer, "PATCH", path, {"plekken": 5}).json() == dated | {"plekken": 5, "vrij": 5}
    changed = call(trainer, "PATCH", path, {"aanmeldenTot": None}).json()
    assert [changed[name] for name in KEPT] == [2, dated["vrijgehoudenTot"], None]


def test_what_was_kept_until_now_is_kept_no_more(client, dated):
    with time_machine.travel(Session.objects.get().reserved_until, tick=False):
        told = client.get(f"/api/v1/bijeenkomsten/{dated['id']}").json()
    assert [told[name] for name in KEPT[:2]] == [0, None]


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"plekkenVoorAndereOrganisaties": -1}, KEPT[0], "min_value"),
        ({"plekkenVoorAndereOrganisaties": 5}, KEPT[0], "reserved"),
        ({"plekkenVoorAndereOrganisaties": "veel"}, KEPT[0], "invalid"),
        ({"vrijgehoudenTot": None}, KEPT[1], "until_missing"),
        ({"vrijgehoudenTot": "2027-07-01T00:00:00"}, KEPT[1], "invalid"),
        ({"vrijgehoudenTot": "2026-01-01T00:00:00Z"}, KEPT[1], "outside_time"),
        ({"vrijgehoudenTot": "2099-01-01T00:00:00Z"}, KEPT[1], "outside_time"),
        ({"aanmeldenTot": "2099-01-01T00:00:00Z"}, KEPT[2], "outside_time"),
        ({"aanmeldenTot": "2026-01-01T00:00:00Z"}, KEPT[2], "outside_time"),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_seats_that_cannot_be_kept_are_400_on_the_field(
    call, trainer, dated, method, change, field, code
):
    before = Session.objects.values().get()
    path = f"bijeenkomsten/{dated['id']}"
    if method == "POST":
        path = f"cursussen/{dated['cursus']}/bijeenkomsten"
        as_it_is = {name: dated[name] for name in ("begin", "plekken", *KEPT)}
        change = as_it_is | {"minuten": 60} | change
    answer = call(trainer, method, path, change)
    assert answer.status_code == 400
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [(field, code)]
    assert Session.objects.values().get() == before


def test_more_kept_than_own_colleagues_left_is_409_with_the_choice(call, trainer, dated):
    session = Session.objects.get()
    path = f"bijeenkomsten/{dated['id']}"
    for person in PersonFactory.create_batch(2, organisation=trainer.organisation):
        registration.register(session, person=person)
    answer = call(trainer, "PATCH", path, {"plekkenVoorAndereOrganisaties": 3})
    assert (answer.status_code, answer.json()["code"]) == (409, "home_has_them")
    assert "hooguit 2" in answer.json()["detail"]


def test_nobody_else_keeps_seats(call, dated):
    path = f"bijeenkomsten/{dated['id']}"
    answer = call(PersonFactory(), "PATCH", path, {"plekkenVoorAndereOrganisaties": 0})
    assert answer.status_code == 403
    assert Session.objects.get().reserved_seats == 2
