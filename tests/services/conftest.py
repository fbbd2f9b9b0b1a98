# SPDX-License-Identifier: EUPL-1.2
"""The product in production settings on the test database, with processes of its own."""

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection

from tests.processes import Site, database_url_of


@pytest.fixture
def site(tmp_path):
    """Nothing runs yet; what the test starts, ends with it. Needs django_db(transaction=True)."""
    cache.close()
    with Site(tmp_path, database_url_of(connection), settings.SECRET_KEY) as running:
        running.extra["DJANGO_SETTINGS_MODULE"] = "tests.services.production"
        yield running
