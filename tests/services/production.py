# SPDX-License-Identifier: EUPL-1.2
"""Production settings for processes that a fault test starts.

Two differences: static files come uncollected (collecting takes seconds, and no fault is about them), and
LOCK_SECONDS shortens the wait for a database lock, which is twenty seconds on SQLite.
"""

import os

from tjc.settings.production import *  # noqa: F403 - Django's way to build on a settings module
from tjc.settings.production import DATABASES, STORAGES

STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
if seconds := int(os.environ.get("LOCK_SECONDS", "0")):
    options = DATABASES["default"].setdefault("OPTIONS", {})
    if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        options["timeout"] = seconds
    else:
        options["options"] = f"-c lock_timeout={seconds}s"
