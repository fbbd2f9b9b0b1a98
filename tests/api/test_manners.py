# SPDX-License-Identifier: EUPL-1.2
"""The manners of the API as a whole: problems, languages, limits, and the document that describes it."""

import json
import re
import uuid

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from accounts.domain.tokens import create_token
from courses.models import Course
from matching.models import KnowledgeRequest
from tests.factories import CourseFactory, PersonFactory, SessionFactory, ThemeFactory

pytestmark = pytest.mark.django_db

PROBLEM = "application/problem+json"


@pytest.fixture
def trainer():
    return PersonFactory(name="Samira El Idrissi")


@pytest.fixture
def send(client, trainer):
    """send("POST", "cursussen", b"..."): with the trainer's token."""
    token = create_token(trainer)

    def ask(method, path, body=b"", *, kind="application/json", **headers):
        headers = {"Authorization": f"Bearer {token}"} | headers
        body = body if isinstance(body, (bytes, str)) else json.dumps(body)
        return client.generic(method, f"/api/v1/{path}", body, content_type=kind, headers=headers)

    return ask


@pytest.mark.parametrize("body", ["[" * 100_000, '{"titel":' * 50_000])
def test_json_that_is_nested_too_deeply_is_the_senders_mistake(send, body):
    answer = send("POST", "cursussen", body)
    assert (answer.status_code, answer.json()["code"]) == (400, "parse_error")


@pytest.mark.parametrize(
    "body", [b"", b"{naam:", b"[1, 2]", b'"tekst"', b"null", b"\xff\xfe", b"{}"]
)
@pytest.mark.parametrize("path", ["cursussen", "kennisvragen"])
def test_whatever_is_no_object_with_the_fields_is_400(send, path, body):
    answer = send("POST", path, body)
    assert (answer.status_code, answer["Content-Type"]) == (400, PROBLEM)
    assert (Course.objects.count(), KnowledgeRequest.objects.count()) == (0, 0)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "text/csv"])
def test_another_media_type_is_415(send, kind):
    answer = send("POST", "cursussen", b"titel=Kaarten", kind=kind)
    assert (answer.status_code, answer["Content-Type"]) == (415, PROBLEM)


def test_what_nobody_types_is_413_and_not_read(send, settings):
    body = b'{"titel": "' + b"x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE + b'"}'
    answer = send("POST", "cursussen", body)
    assert (answer.status_code, answer["Content-Type"]) == (413, PROBLEM)
    assert (answer.json()["code"], answer.json()["title"]) == ("too_large", "Content Too Large")


@pytest.mark.parametrize(
    ("question", "headers"),
    [("?" + "a&" * 1001, {}), ("", {"host": "een_ander.example"})],
    ids=["too many values", "another host"],
)
def test_a_question_that_django_refuses_is_a_problem_too(client, question, headers):
    answer = client.get(f"/api/v1/cursussen{question}", headers=headers)
    assert (answer.status_code, answer["Content-Type"]) == (400, PROBLEM)
    assert answer.json()["detail"] == "Deze vraag kunnen we niet lezen."


def test_fields_that_we_do_not_know_change_nothing(send, trainer):
    """So that what was read may be sent back, and an older program goes on when we learn a field."""
    course = CourseFactory(trainer=trainer)
    before = Course.objects.values().get()
    told = send("PATCH", f"cursussen/{course.public_id}", {"pk": 7, "status": "concept"}).json()
    assert told["status"] == "gepubliceerd"
    after = Course.objects.values().get()
    assert after | {"updated_at": None} == before | {"updated_at": None}


def test_who_asks_too_many_questions_hears_when_to_come_back(send, settings):
    ThemeFactory()
    for number in range(100):
        body = {"tekst": f"Hoe schrijf ik brief {number} korter?", "thema": "schrijven"}
        answer = send("POST", "kennisvragen", body)
        if answer.status_code != 201:
            break
    assert (answer.status_code, answer["Content-Type"]) == (429, PROBLEM)
    assert KnowledgeRequest.objects.count() == number


def test_a_cache_that_does_not_answer_is_503(send, monkeypatch):
    def broken(*_args, **_kwargs):
        raise RedisConnectionError

    monkeypatch.setattr("accounts.domain.limits.cache.add", broken)
    answer = send("POST", "kennisvragen", {"tekst": "Hoe schrijf ik korter?"})
    assert (answer.status_code, answer["Content-Type"]) == (503, PROBLEM)
    assert int(answer["Retry-After"]) > 0


@pytest.mark.parametrize(
    ("accepts", "language"),
    [
        ("", "nl"),
        ("en", "en"),
        ("en-GB,en;q=0.8", "en"),
        ("nl,en;q=0.5", "nl"),
        ("fr, en;q=0.3", "en"),
        ("fr", "nl"),
        ("x" * 10_000, "nl"),
        (";;,\u00eb", "nl"),
    ],
)
def test_sentences_are_in_the_language_that_the_program_accepts(send, accepts, language):
    said = {"nl": "Dit bestaat niet (meer).", "en": "This does not exist (any more)."}
    answer = send("GET", f"cursussen/{uuid.uuid4()}", **{"Accept-Language": accepts})
    assert (answer.json()["detail"], answer["Content-Language"]) == (said[language], language)
    assert "Accept-Language" in answer["Vary"]


def test_errors_of_fields_are_in_that_language_too(send):
    body = {"titel": "", "belofte": "Zo.", "thema": "weg"}
    told = send("POST", "cursussen", body, **{"Accept-Language": "en"}).json()
    assert [error["detail"] for error in told["errors"]] == [
        "This field may not be blank.",
        "Object with slug=weg does not exist.",
    ]


def test_the_next_page_is_in_dutch_again(client, send):
    course = CourseFactory()
    send("GET", "cursussen", **{"Accept-Language": "en"})
    page = client.get(f"/cursussen/{course.slug}/", headers={"Accept-Language": "en"})
    assert page["Content-Language"] == "nl"
    assert "Accept-Language" not in page.get("Vary", "")


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer tjc_x", "Bearer " + "x" * 10_000])
def test_a_token_that_is_none_is_401_or_nobody(client, header):
    answer = client.post(
        "/api/v1/cursussen", {}, content_type="application/json", headers={"Authorization": header}
    )
    assert (answer.status_code, answer["Content-Type"]) == (401, PROBLEM)
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_pages_follow_one_another(client):
    for _ in range(3):
        SessionFactory()
    address, seen = "/api/v1/bijeenkomsten?perPagina=2", []
    while address:
        told = client.get(address).json()
        assert told["aantal"] == 3
        seen += [row["id"] for row in told["resultaten"]]
        address = told["volgende"]
    assert len(set(seen)) == len(seen) == 3
    assert client.get("/api/v1/bijeenkomsten?perPagina=999999").json()["aantal"] == 3
    assert client.get("/api/v1/bijeenkomsten?pagina=0").status_code == 404


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
