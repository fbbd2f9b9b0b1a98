# SPDX-License-Identifier: EUPL-1.2
"""A real Chromium against the running product. Every console or CSP message fails the test."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.e2e.product import Product, chromium, running

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
#: Milliseconds for what should come at once; a busy machine, or one of half the speed, still gets there.
PATIENCE = 30_000
expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    folder = tmp_path_factory.mktemp("demo")
    with running(folder, DJANGO_SETTINGS_MODULE="tests.e2e.settings") as product:
        yield product


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium()
    if path is None:
        pytest.skip("no Chromium on this machine (set CHROMIUM=/path/to/chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def complaints() -> list[str]:
    """Console messages and failed requests of every page of the test."""
    return []


@pytest.fixture
def open_browser(
    browser: Browser, complaints: list[str]
) -> Iterator[Callable[..., BrowserContext]]:
    """open_browser(width=390, javascript=False): somebody's own browser, with own cookies."""
    contexts: list[BrowserContext] = []

    def new(*, width: int = 1366, height: int = 900, javascript: bool = True) -> BrowserContext:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            locale="nl-NL",
            timezone_id="Europe/Amsterdam",
            java_script_enabled=javascript,
        )
        context.set_default_timeout(PATIENCE)
        context.on("console", lambda message: complaints.append(message.text))
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        contexts.append(context)
        return context

    yield new
    for context in contexts:
        context.close()


@pytest.fixture
def visitor(open_browser: Callable[..., BrowserContext]) -> Page:
    return open_browser().new_page()


@pytest.fixture
def scratch_servers() -> Iterator[dict[str, str]]:
    """A PostgreSQL database and a Redis of our own, as environment; skips where there are none."""
    import psycopg
    from psycopg import sql

    admin = os.environ.get("TEST_DATABASE_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
    redis_url = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/15")
    name = f"tjc_e2e_{os.getpid()}"
    try:
        connection = psycopg.connect(admin, autocommit=True, connect_timeout=3)
    except psycopg.Error:
        pytest.skip("PostgreSQL does not answer at TEST_DATABASE_URL")
    redis_client = redis.Redis.from_url(redis_url, socket_connect_timeout=3)
    try:
        redis_client.ping()
    except redis.RedisError:
        pytest.skip("Redis does not answer at TEST_REDIS_URL")
    with connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        redis_client.flushdb()
        yield {
            "DATABASE_URL": urlsplit(admin)._replace(path=f"/{name}").geturl(),
            "CELERY_BROKER_URL": redis_url,
            "CACHE_URL": redis_url,
        }
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
        redis_client.flushdb()
