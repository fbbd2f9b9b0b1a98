# SPDX-License-Identifier: EUPL-1.2
"""The suite. TJC_TEST_ENGINE chooses SQLite with the file broker (default) or PostgreSQL with Redis."""

import os

os.environ.setdefault("BASE_URL", "http://localhost:8000")
POSTGRES = os.environ.get("TJC_TEST_ENGINE", "sqlite") == "postgresql"

from tjc.settings import env
from tjc.settings.base import *  # noqa: F403 - Django's way to build on a settings module
from tjc.settings.base import INSTALLED_APPS, MIDDLEWARE, TEMPLATES, VAR

DEMO_MODE = True
INSTALLED_APPS = ["tjc.demo", *INSTALLED_APPS]
TEMPLATES[0]["OPTIONS"]["context_processors"].append("tjc.demo.context.demo")
SECRET_KEY = "test-only-" + "x" * 50

_suffix = os.environ.get("TJC_TEST_DATABASE_SUFFIX", "")
if POSTGRES:
    _redis = env.text("TEST_REDIS_URL", "redis://127.0.0.1:6379/15")
    DATABASES = {
        "default": env.database(
            "TEST_DATABASE_URL", "postgresql://postgres@127.0.0.1:5432/postgres"
        )
    }
    DATABASES["default"]["CONN_MAX_AGE"] = 0
    DATABASES["default"]["TEST"] = {"NAME": f"test_tjc{_suffix}"}
    # Keys of their own for parallel workers, which share one Redis database.
    _worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    CACHES = {
        "default": env.cache("TEST_REDIS_URL", _redis) | {"KEY_PREFIX": f"test{_suffix}{_worker}"}
    }
else:
    VAR.mkdir(parents=True, exist_ok=True)
    DATABASES = {"default": env.database("TJC_TEST_SQLITE", f"sqlite:///{VAR / 'tests.sqlite3'}")}
    # A file, not memory: parallel connections must behave as they do in the product.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR / f"test_tjc{_suffix}.sqlite3")}

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# No collected files in the suite: the static files app serves what a page asks for.
MIDDLEWARE = [name for name in MIDDLEWARE if "whitenoise" not in name]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
INVITE_DEBOUNCE_SECONDS = 0
# No matching worker answers here: searching by meaning is tested with one (tests/matching).
CATALOGUE_SEARCH = "courses.domain.search.plain"
IMAP, BOUNCE_DOMAIN = None, ""
