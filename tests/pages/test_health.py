# SPDX-License-Identifier: EUPL-1.2
"""/gezond/ tells the truth about the database, also when there is none."""

import pytest
from django.db import connection
from django.test import RequestFactory

from tjc.pages.health import healthz

REQUEST = RequestFactory()


@pytest.mark.django_db
def test_a_process_with_a_database_is_fit(django_assert_num_queries):
    with django_assert_num_queries(1):
        answer = healthz(REQUEST.get("/gezond/"))
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["Cache-Control"] == ("max-age=0, no-cache, no-store, must-revalidate, private")


@pytest.mark.django_db(transaction=True)
def test_a_database_that_cannot_be_opened_is_503_without_a_reason(tmp_path):
    """A real connection to a place where no database can be, not a mock of ours."""
    connection.close()
    good = dict(connection.settings_dict)
    gone = {"HOST": "127.0.0.1", "PORT": 1}
    if connection.vendor == "sqlite":
        gone = {"NAME": str(tmp_path / "nowhere" / "db.sqlite3")}
    connection.settings_dict.update(gone)
    try:
        answer = healthz(REQUEST.get("/gezond/"))
    finally:
        connection.close()
        connection.settings_dict.clear()
        connection.settings_dict.update(good)
    assert (answer.status_code, answer.content) == (503, b"database\n")


def test_only_reading_is_allowed():
    assert healthz(REQUEST.post("/gezond/")).status_code == 405
