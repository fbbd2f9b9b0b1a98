# SPDX-License-Identifier: EUPL-1.2
"""What the tests of signing in share: the codes that were mailed, and a browser that signs in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Person
from accounts.signals import signin_code_requested


@dataclass(frozen=True)
class Sent:
    person: Person
    email: str
    code: str
    language: str


@pytest.fixture
def sent() -> Iterator[list[Sent]]:
    """Every code that was handed to the mail, in order."""
    codes: list[Sent] = []

    def receive(
        sender: Any, *, person: Person, email: str, code: str, language: str, **kwargs: Any
    ) -> None:
        codes.append(Sent(person, email, code, language))

    signin_code_requested.connect(receive)
    yield codes
    signin_code_requested.disconnect(receive)


def ask(client: Client, email: str, **extra: Any) -> Any:
    return client.post("/inloggen/", {"email": email, **extra})


def type_code(client: Client, code: str) -> Any:
    return client.post("/inloggen/code/", {"code": code})


def data_queries(work: Callable[[], Any]) -> int:
    """How many statements it takes, without BEGIN, COMMIT and SAVEPOINT (design.md, Figures)."""
    with CaptureQueriesContext(connection) as captured:
        work()
    frame = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")
    return sum(not query["sql"].startswith(frame) for query in captured.captured_queries)


def signed_in_as(client: Client) -> str:
    return str(client.session.get("_auth_user_id", ""))
