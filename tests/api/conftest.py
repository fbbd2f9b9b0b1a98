# SPDX-License-Identifier: EUPL-1.2
"""Whatever a test of this folder asks of the API, the answer is what ``openapi.json`` says it is."""

import json
import re
from functools import cache

import jsonschema
import pytest
from django.test import Client

PREFIX = "/api/v1"
DOCUMENT = f"{PREFIX}/openapi.json"


@cache
def document():
    """With what JSON Schema calls by another name, and closed: a field that is not described is a fault."""
    return as_json_schema(json.loads(Client().get(DOCUMENT).content))


def as_json_schema(part):
    if isinstance(part, list):
        return [as_json_schema(one) for one in part]
    if not isinstance(part, dict):
        return part
    found = {name: as_json_schema(one) for name, one in part.items()}
    if isinstance(found.get("properties"), dict) and found.get("type") == "object":
        found.setdefault("additionalProperties", False)
    if found.pop("nullable", False) is True:
        return {"anyOf": [{"type": "null"}, found]}
    return found


def operation_of(method, path):
    for pattern, operations in document()["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", pattern), path.removeprefix(PREFIX)):
            return operations.get(method.lower())
    return None


def check(method, path, answer):
    """Raises when the answer of a described operation is not the described one."""
    operation = operation_of(method, path)
    if operation is None:
        assert answer.status_code in {404, 405}, f"{method} {path} is not described"
        return
    assert str(answer.status_code) in operation["responses"], (method, path, answer.status_code)
    described = operation["responses"][str(answer.status_code)].get("content", {})
    if not described:
        assert answer.content == b""
        return
    (kind,) = described
    assert answer["Content-Type"].split(";")[0] == kind
    jsonschema.validate(
        answer.json(), described[kind]["schema"] | {"components": document()["components"]}
    )


@pytest.fixture(autouse=True)
def answers_as_described(monkeypatch):
    ask = Client.request

    def asked(client, **request):
        answer = ask(client, **request)
        path = request["PATH_INFO"]
        if path.startswith(f"{PREFIX}/") and path != DOCUMENT:
            check(request["REQUEST_METHOD"], path, answer)
        return answer

    monkeypatch.setattr(Client, "request", asked)
