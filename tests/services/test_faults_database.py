# SPDX-License-Identifier: EUPL-1.2
"""PostgreSQL goes away under a running site and comes back: people get the friendly page, programs a problem."""

import json
import socket
import socketserver
import threading
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
from django.db import connection

from tests.factories import PersonFactory, SessionFactory
from tests.processes import Visitor, session_key_of, sign_up

pytestmark = [
    pytest.mark.services,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="SQLite: tests/pages/test_errors.py"
    ),
]


class Line(socketserver.ThreadingTCPServer):
    """The way to PostgreSQL, which can be cut and mended without anybody else noticing."""

    allow_reuse_address = daemon_threads = True
    block_on_close = False

    def __init__(self, host: str, port: int) -> None:
        super().__init__(("127.0.0.1", 0), _Carry)
        self.target = (host, port)
        self.broken = False
        self.ends: list[socket.socket] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        return self.server_address[1]

    def cut(self) -> None:
        self.broken = True
        for end in self.ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        self.ends.clear()


class _Carry(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        if self.server.broken:
            return
        with socket.create_connection(self.server.target) as other:
            self.server.ends += [self.request, other]
            back = threading.Thread(target=_pour, args=(other, self.request), daemon=True)
            back.start()
            _pour(self.request, other)
            back.join()


def _pour(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while part := source.recv(65536):
            target.sendall(part)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


@pytest.fixture
def line(site):
    host = connection.settings_dict["HOST"] or "127.0.0.1"
    port = int(connection.settings_dict["PORT"] or 5432)
    with Line(host, port) as line:
        there = urlsplit(site.database_url)
        user = there.netloc.rpartition("@")[0]
        site.database_url = there._replace(netloc=f"{user}@127.0.0.1:{line.port}").geturl()
        yield line
        line.cut()
        line.shutdown()


def test_a_database_that_goes_away_is_503_everywhere_and_nothing_is_half_done(site, line):
    site.redis()
    site.web(workers=1, threads=1)
    session, person = SessionFactory(), PersonFactory()
    key = session_key_of(person)
    pages = [
        "/cursussen/",
        "/en/cursussen/",
        "/mijn/",
        "/tjc-week/",
        session.course.get_absolute_url(),
    ]
    with Visitor(site.port, session_key=key) as visitor:
        assert {page: visitor.get(page).status for page in pages} == dict.fromkeys(pages, 200)
        line.cut()
        away = {page: visitor.get(page) for page in pages}
        assert {page: answer.status for page, answer in away.items()} == dict.fromkeys(pages, 503)
        for page, answer in away.items():
            text = answer.body.decode()
            assert text.count("<h1") == 1
            assert text.count("Er ging iets mis, dat ligt aan ons.") == (
                not page.startswith("/en/")
            )
            assert ("Traceback" in text, "psycopg" in text) == (False, False)
        sent = visitor.post(f"/bijeenkomsten/{session.public_id}/aanmelden/")
        program = visitor.get("/api/v1/cursussen")
    assert (sent.status, program.status) == (503, 503)
    assert json.loads(program.body) == {
        "status": 503,
        "title": "Service Unavailable",
        "detail": "Er ging iets mis, dat ligt aan ons.",
    }
    assert session.registrations.count() == 0

    line.broken = False
    again = sign_up(site, session, person)
    assert (again.status, session.registrations.count()) == (302, 1)
