# SPDX-License-Identifier: EUPL-1.2
"""Fixtures that every room shares."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from django.utils import translation

from base.translations import catalogue
from tests import caching, elsewhen

os.environ.setdefault("TJC_SHARED", str(Path(__file__).resolve().parent.parent.parent / "shared"))


def pytest_configure() -> None:
    """What ``make messages`` does, for whoever runs pytest by hand: skipped when it is up to date."""
    root = Path(__file__).resolve().parent.parent
    for path in catalogue.catalogues(root):
        catalogue.compile_catalogue(path)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("once") and item.get_closest_marker("django_db"):
            raise pytest.UsageError(f"{item.nodeid} is marked once and uses a database")


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    """Rate limits and cached pages of one test never reach the next, or the other worker's."""
    caching.empty()


@pytest.fixture(autouse=True)
def _dutch() -> Iterator[None]:
    """A request under /en/ leaves its language behind in the thread; the next test starts in Dutch."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def _elsewhen(request: pytest.FixtureRequest) -> Iterator[None]:
    """Today, or the day of ``TEST_AT`` (tests.elsewhen)."""
    asked = os.environ.get("TEST_AT", "")
    if not asked:
        yield
        return
    with time_machine.travel(elsewhen.instant(asked, request.node.nodeid), tick=True):
        yield


@pytest.fixture
def shared() -> Path:
    """The folder with data for tests and trials; skips where it is not there (TJC_SHARED)."""
    folder = Path(os.environ["TJC_SHARED"])
    if not folder.is_dir():
        pytest.skip(f"no test data at TJC_SHARED={folder}")
    return folder


@pytest.fixture
def no_broker():
    """Celery believes in a Redis on a port where nothing listens, with the options of production."""
    from tjc.celery import app
    from tjc.settings import env

    def use(url, options):
        app.conf.broker_url, app.conf.broker_transport_options = url, options
        app._pool = app.amqp._producer_pool = None

    before = app.conf.broker_url, dict(app.conf.broker_transport_options)
    url = "redis://127.0.0.1:1/0"
    use(url, env.broker("NO_SUCH_VARIABLE", url)["options"])
    yield
    use(*before)
