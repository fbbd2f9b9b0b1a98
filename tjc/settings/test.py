# SPDX-License-Identifier: EUPL-1.2
"""The suite: the demo's app is there because its pages are tested too; mails stay in memory."""

from tjc.settings import env
from tjc.settings.base import *  # noqa: F403 - Django's way to build on a settings module
from tjc.settings.base import INSTALLED_APPS, VAR

DEMO_MODE = True
INSTALLED_APPS = ["tjc.demo", *INSTALLED_APPS]
SECRET_KEY = "test-only-" + "x" * 50
DATABASES = {"default": env.database("TJC_TEST_RUN_DATABASE", f"sqlite:///{VAR / 'test.sqlite3'}")}
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
INVITE_DEBOUNCE_SECONDS = 0
