# SPDX-License-Identifier: EUPL-1.2
"""What ``manage.py check --deploy`` says about an installation that works, but not as production should.

A wrong value stops the start (tjc.settings.env). These are the values that were never given: the default
is right on a laptop and a surprise on a server, such as mail that becomes a file.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Warning  # noqa: A004 - Django's own name
from django.http.request import validate_host


def production_values(
    app_configs: Sequence[AppConfig] | None,
    **kwargs: Any,
) -> Iterable[CheckMessage]:
    """One warning for each value that still is the laptop's. Nothing in demo mode."""
    if settings.DEMO_MODE:
        return []
    host = urlsplit(settings.BASE_URL).hostname or ""
    found = [
        (
            settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"),
            "W001",
            "DATABASE_URL is SQLite; use postgresql:// when more than one machine or team depends on it.",
        ),
        (
            settings.CACHES["default"]["BACKEND"].endswith("LocMemCache"),
            "W002",
            "CACHE_URL is in-process memory; use redis://, so that rate limits count for all processes.",
        ),
        (
            settings.CELERY_BROKER_URL.startswith("tjc-filesystem:"),
            "W003",
            "CELERY_BROKER_URL is a folder; use redis:// for more than one machine.",
        ),
        (
            settings.EMAIL_BACKEND.endswith("EmlFileBackend"),
            "W004",
            "EMAIL_URL writes files; give smtp+tls://user:password@host:587, or nobody gets mail.",
        ),
        (
            settings.INVITE_FROM.endswith(".example"),
            "W005",
            "INVITE_FROM is the example address; give the mailbox that invitations come from.",
        ),
        (
            not settings.BASE_URL.startswith("https://"),
            "W006",
            "BASE_URL is not https://; links in mails and cookies are not safe.",
        ),
        (
            not validate_host(host, settings.ALLOWED_HOSTS),
            "W007",
            f"ALLOWED_HOSTS lacks {host}, the host of BASE_URL: every link in a mail would be refused.",
        ),
    ]
    return [Warning(text, id=f"tjc.{code}") for wrong, code, text in found if wrong]
