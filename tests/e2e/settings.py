# SPDX-License-Identifier: EUPL-1.2
"""The demo, that also tells in a header which template each page was made of (tests.e2e.told)."""

from tjc.settings.demo import *  # noqa: F403 - Django's way to build on a settings module
from tjc.settings.demo import MIDDLEWARE

MIDDLEWARE = [*MIDDLEWARE, "tests.e2e.told.tell_template"]
