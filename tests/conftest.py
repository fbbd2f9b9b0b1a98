# SPDX-License-Identifier: EUPL-1.2
"""Fixtures that every room shares."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from base.translations import catalogue
from tests import caching

os.environ.setdefault("TJC_SHARED", str(Path(__file__).resolve().parent.parent.parent / "shared"))


def pytest_configure() -> None:
    """What ``make messages`` does, for whoever runs pytest by hand: skipped when it is up to date."""
    root = Path(__file__).resolve().parent.parent
    for path in catalogue.catalogues(root):
        catalogue.compile_catalogue(path)


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    """Rate limits and cached pages of one test never reach the next, or the other worker's."""
    caching.empty()


@pytest.fixture(autouse=True)
def _dutch() -> Iterator[None]:
    """A request under /en/ leaves its language behind in the thread; the next test starts in Dutch."""
    yield
    translation.deactivate()


@pytest.fixture
def shared() -> Path:
    """The folder with data for tests and trials; skips where it is not there (TJC_SHARED)."""
    folder = Path(os.environ["TJC_SHARED"])
    if not folder.is_dir():
        pytest.skip(f"no test data at TJC_SHARED={folder}")
    return folder
