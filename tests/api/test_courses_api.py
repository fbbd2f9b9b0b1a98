# SPDX-License-Identifier: EUPL-1.2
"""Courses and sessions in the API, and the manners of the API as a whole."""

import datetime as dt
import json
import re

import pytest
from django.core.management import call_command

from accounts.domain.tokens import create_token
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


@pytest.mark.parametrize("body", ["[" * 100_000, '{"titel":' * 50_000])
def test_json_that_is_nested_too_deeply_is_the_senders_mistake(client, trainer, body):
    token = create_token(trainer)
    answer = client.generic(
        "POST",
        "/api/v1/cursussen",
        body,
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "parse_error")


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
    begin = (clock.now() + dt.timedelta(days=30)).isoformat()
    body = {"begin": begin, "minuten": 60, "plekken": 10, "vorm": "online"}
    made = call(trainer, "POST", f"{path}/bijeenkomsten", body)
    assert (made.status_code, made.json()["status"]) == (201, "concept")
    path = f"bijeenkomsten/{made.json()['id']}"
    assert call(trainer, "PATCH", path, {"plekken": 5}).json()["plekken"] == 5
    assert call(trainer, "POST", f"{path}/annulering").json()["status"] == "geannuleerd"


@pytest.mark.parametrize("status", ["cancelled", "archived"])
def test_a_course_that_ended_gets_no_new_date(call, trainer, status):
    course = CourseFactory(trainer=trainer, status=status)
    begin = (clock.now() + dt.timedelta(days=30)).isoformat()
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
    begin = (clock.now() + dt.timedelta(days=30)).replace(microsecond=0)
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
    assert Session.objects.get().starts_at.replace(second=0) == begin.replace(second=0)


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
    begin = (clock.now() + dt.timedelta(days=30)).isoformat()
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


# --- manners ------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["cursussen", "bijeenkomsten", "openapi.json", "bestaat-niet"])
def test_every_answer_names_its_version(client, path):
    assert client.get(f"/api/v1/{path}")["API-Version"] == "1.0.0"


@pytest.mark.parametrize("path", ["cursussen/", "bestaat-niet", "bijeenkomsten/", ""])
def test_a_trailing_slash_is_404_and_never_a_redirect(client, path):
    answer = client.get(f"/api/v1/{path}")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_wrong_method_is_a_problem_too(client):
    answer = client.put("/api/v1/edities")
    assert (answer.status_code, answer.json()["title"]) == (405, "Method Not Allowed")


def test_page_beyond_the_last_is_404_problem(client):
    assert client.get("/api/v1/cursussen?pagina=9999").json()["status"] == 404


@pytest.fixture
def document(client):
    answer = client.get("/api/v1/openapi.json")
    assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (200, "*")
    return answer.json()


def operations(document):
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_document_has_version_contact_and_server(document):
    info = document["info"]
    assert document["openapi"].startswith("3.")
    assert re.fullmatch(r"\d+\.\d+\.\d+", info["version"])
    assert set(info["contact"]) == {"name", "email", "url"}
    assert document["servers"][0]["url"].endswith("/api/v1")


def test_paths_are_kebab_case_without_trailing_slash(document):
    for path in document["paths"]:
        assert not path.endswith("/")
        for part in re.sub(r"\{\w+\}", "", path).strip("/").split("/"):
            assert re.fullmatch(r"[a-z][a-z0-9-]*|", part), path


def test_query_keys_and_properties_are_camel_case(document):
    camel = re.compile(r"[a-z][A-Za-z0-9]*")
    for path, _method, operation in operations(document):
        for parameter in operation.get("parameters", []):
            assert camel.fullmatch(parameter["name"]), (path, parameter["name"])
    for name, schema in document["components"]["schemas"].items():
        assert re.fullmatch(r"[A-Z][A-Za-z0-9]*", name)
        for key in schema.get("properties", {}):
            assert camel.fullmatch(key), (name, key)


def test_every_operation_documents_version_and_problems(document):
    for path, method, operation in operations(document):
        responses = operation["responses"]
        assert {"400", "404"} <= set(responses), (path, method)
        for response in responses.values():
            assert "API-Version" in response["headers"], (path, method)
        for code, response in responses.items():
            if code.startswith("4"):
                assert list(response["content"]) == ["application/problem+json"], (path, method)


def test_document_describes_the_registration_of_design_md(document):
    operation = document["paths"]["/bijeenkomsten/{id}/aanmeldingen"]["post"]
    assert {"201", "400", "401", "403", "404", "409"} <= set(operation["responses"])
