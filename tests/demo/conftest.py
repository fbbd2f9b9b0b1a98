# SPDX-License-Identifier: EUPL-1.2
import datetime as dt

import pytest
import time_machine
from django.db import transaction

from tjc.demo import loading

NOW = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def loaded_once(django_db_setup, django_db_blocker):
    """The demo of NOW, for all tests of a module; each works in a savepoint inside this transaction."""
    with django_db_blocker.unblock():
        outer = transaction.atomic()
        outer.__enter__()
        with time_machine.travel(NOW, tick=False):
            counts = loading.load()
    yield counts
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        outer.__exit__(None, None, None)


@pytest.fixture
def loaded(loaded_once, db):
    with time_machine.travel(NOW, tick=False):
        yield loaded_once
