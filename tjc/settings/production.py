# SPDX-License-Identifier: EUPL-1.2
"""Production: everything from the environment, nothing of the demo."""

from django.core.exceptions import ImproperlyConfigured

from tjc.settings import env
from tjc.settings.base import *  # noqa: F403 - Django's way to build on a settings module
from tjc.settings.base import BASE_URL, DEBUG

SECRET_KEY = env.text("SECRET_KEY")
_ENOUGH = 50
if not DEBUG and len(SECRET_KEY) < _ENOUGH:
    raise ImproperlyConfigured(
        f"SECRET_KEY is too short: use at least {_ENOUGH} random characters."
    )

_https = BASE_URL.startswith("https://")
SECURE_SSL_REDIRECT = env.flag("SECURE_SSL_REDIRECT", default=_https)
# The health check of the container speaks plain HTTP from inside.
SECURE_REDIRECT_EXEMPT = [r"^gezond/$"]
# The proxy in front must overwrite this header, whatever the visitor sent (docs/operations.md).
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = _https
CSRF_COOKIE_SECURE = _https
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True

SHARED_PAGE_SECONDS = env.number("SHARED_PAGE_SECONDS", 1, low=0, high=60)

_level = env.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": _level},
}
