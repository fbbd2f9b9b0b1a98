# SPDX-License-Identifier: EUPL-1.2
"""Reads the environment. Every wrong value stops the start with one sentence that names the variable.

URL shapes: DATABASE_URL and CACHE_URL as django-environ documents them; CELERY_BROKER_URL is
``redis://host:port/n`` or ``filesystem:///directory``; EMAIL_URL is ``smtp://user:pass@host:port``
(``smtps://`` for TLS from the start, ``smtp+tls://`` for STARTTLS) or ``file:///directory``.
"""

import datetime as dt
import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*")
_TRUE = {"1", "true", "yes", "on", "ja"}
_FALSE = {"0", "false", "no", "off", "nee", ""}


def text(name: str, default: str | None = None) -> str:
    """The variable's text; without default it must be there."""
    value = os.environ.get(name, default)
    if value is None or (default is None and not value.strip()):
        raise ImproperlyConfigured(f"{name} is not set; give it a value (docs/operations.md).")
    return value


def flag(name: str, *, default: bool) -> bool:
    value = os.environ.get(name)
    if value is None:
        return default
    if value.strip().lower() in _TRUE:
        return True
    if value.strip().lower() in _FALSE:
        return False
    raise ImproperlyConfigured(f"{name}={value!r} is not a yes or no; use 1 or 0.")


def number(name: str, default: int, *, low: int, high: int) -> int:
    value = os.environ.get(name)
    if value is None:
        return default
    try:
        result = int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name}={value!r} is not a whole number.") from None
    if not low <= result <= high:
        raise ImproperlyConfigured(f"{name}={result} must lie between {low} and {high}.")
    return result


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list without empty parts."""
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


def choice(name: str, default: str, options: tuple[str, ...]) -> str:
    """One of the options, written in capitals."""
    value = text(name, default).strip().upper()
    if value not in options:
        raise ImproperlyConfigured(f"{name}={value!r} must be one of {', '.join(options)}.")
    return value


def hosts(name: str, default: str) -> list[str]:
    """Host names as Django's ALLOWED_HOSTS wants them: no scheme, no port, no path."""
    value = words(name, default)
    if not value:
        raise ImproperlyConfigured(f"{name} is empty; name at least one host.")
    for host in value:
        if "/" in host or any(c.isspace() for c in host) or (":" in host and host[0] != "["):
            raise ImproperlyConfigured(
                f"{name}: {host!r} must be a bare host name such as trainjecollega.example."
            )
    return value


def mail_address(name: str, default: str) -> str:
    """One bare address, as it may stand in From and ORGANIZER."""
    value = text(name, default)
    local, at, domain = value.partition("@")
    if (
        not (at and local and "." in domain.strip("."))
        or "@" in domain
        or any(c.isspace() or c in '<>,;:"' or not c.isprintable() for c in value)
    ):
        raise ImproperlyConfigured(f"{name}={value!r} must be one plain mail address.")
    return value


def host_name(name: str, default: str = "") -> str:
    """A bare host name in lower case, or nothing."""
    value = text(name, default).strip().lower()
    if value and not _HOST.fullmatch(value):
        raise ImproperlyConfigured(
            f"{name}={value!r} must be a bare host name such as mx.trainjecollega.example."
        )
    return value


def contact(name: str, default: str) -> str:
    """A URI as RFC 9116 wants it: mailto: or https:."""
    value = text(name, default)
    if not value.startswith(("mailto:", "https://")) or any(c.isspace() for c in value):
        raise ImproperlyConfigured(f"{name}={value!r} must start with mailto: or https://.")
    return value


def web_address(name: str) -> str:
    """An http(s) address, or empty."""
    value = text(name, "")
    if value and not _split(name, value).scheme.startswith("http"):
        raise ImproperlyConfigured(f"{name}={value!r} must start with https://.")
    return value


def day(name: str, default: str) -> dt.date:
    value = text(name, default)
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        raise ImproperlyConfigured(
            f"{name}={value!r} is not a date; write it as 2026-11-21."
        ) from None


def base_url(name: str, default: str | None = None) -> str:
    """An absolute http(s) address without path, query or trailing slash."""
    value = text(name, default).rstrip("/")
    parts = _split(name, value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query:
        raise ImproperlyConfigured(
            f"{name}={value!r} must look like https://trainjecollega.example."
        )
    return value


def _split(name: str, value: str) -> SplitResult:
    """The parts of an address; one sentence, without the value (it may hold a password), if it has none."""
    try:
        parts = urlsplit(value)
        _ = parts.port  # reading it is what checks it
    except ValueError:
        raise ImproperlyConfigured(
            f"{name} is not an address: its host or port cannot be read."
        ) from None
    return parts


def database(name: str, default: str) -> dict[str, Any]:
    """A Django database configuration with the measured options for SQLite and PostgreSQL."""
    value = text(name, default)
    scheme = _split(name, value).scheme
    if scheme not in {"sqlite", "postgres", "postgresql"}:
        raise ImproperlyConfigured(f"{name} must start with postgresql:// or sqlite:///.")
    try:
        config: dict[str, Any] = dict(environ.Env.db_url_config(value))
    except (ValueError, environ.ImproperlyConfigured):
        raise ImproperlyConfigured(f"{name} is not a database address.") from None
    if scheme != "sqlite" and not config["NAME"]:
        raise ImproperlyConfigured(f"{name} names no database; end it with /trainjecollega.")
    if scheme == "sqlite":
        config["OPTIONS"] = {
            # IMMEDIATE takes the write lock first: no "database is locked" halfway a read-then-write.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
                "PRAGMA cache_size=-16000; PRAGMA temp_store=MEMORY;"
            ),
        }
    else:
        config["CONN_MAX_AGE"] = 60
        config["CONN_HEALTH_CHECKS"] = True
        # Rather an error page that loses nothing than a process that waits for ever on a stuck lock.
        options = config.setdefault("OPTIONS", {})
        options["options"] = f"{options.get('options', '')} -c lock_timeout=15000".strip()
    return config


def cache(name: str, default: str) -> dict[str, Any]:
    value = text(name, default)
    parts = _split(name, value)
    if parts.scheme == "locmem":
        return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "tjc"}
    if (parts.scheme in {"redis", "rediss"} and parts.hostname) or parts.scheme == "unix":
        return {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": value,
            # A Redis that hangs may hold up a page for a second, not for redis-py's five.
            "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
        }
    raise ImproperlyConfigured(f"{name} must look like redis://host:6379/0 or locmem://.")


def broker(name: str, default: str) -> dict[str, Any]:
    """Celery's broker settings; the folders of a file broker are made here."""
    value = text(name, default)
    parts = _split(name, value)
    if parts.scheme in {"redis", "rediss"} and parts.hostname:
        return {
            "url": value,
            "options": {
                "visibility_timeout": 900,
                "socket_connect_timeout": 1,
                "socket_timeout": 5,
                # A request that nudges a worker does not wait for a broker that is away (kombu: 6 s); beat's
                # sweep comes anyway. Workers have their own, endless retries.
                "max_retries": 0,
                # kombu 5.7: without these an interrupted message returns only after some 100 s more
                "unacked_restore_interval": 1,
                "unacked_restore_throttle": 1,
            },
        }
    if parts.scheme == "filesystem":
        folder = Path(unquote(parts.path))
        if parts.netloc or not folder.is_absolute():
            raise ImproperlyConfigured(f"{name} must look like filesystem:///directory.")
        for part in ("queue", "processed", "control"):
            try:
                (folder / part).mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise ImproperlyConfigured(
                    f"{name}: cannot write in {folder} ({error.strerror})."
                ) from None
        return {
            "url": "tjc-filesystem://",  # tjc.broker
            "options": {
                "data_folder_in": str(folder / "queue"),
                "data_folder_out": str(folder / "queue"),
                "processed_folder": str(folder / "processed"),
                "control_folder": str(folder / "control"),
                "store_processed": False,
                "polling_interval": 0.1,
            },
        }
    raise ImproperlyConfigured(
        f"{name} must look like redis://host:6379/1 or filesystem:///directory."
    )


def imap(name: str) -> dict[str, Any] | None:
    """Host, port, user, password and folder of the mailbox that is read; None when it is not set."""
    value = os.environ.get(name, "").strip()
    if not value:
        return None
    parts = _split(name, value)
    folder = unquote(parts.path.removeprefix("/"))
    if (
        parts.scheme != "imaps"
        or not (parts.hostname and parts.username and parts.password and folder)
        or parts.query
        or parts.fragment
        or not folder.isprintable()
    ):
        raise ImproperlyConfigured(
            f"{name} must look like imaps://user:password@host:993/INBOX; percent-encode signs in user, "
            "password and folder."
        )
    return {
        "host": parts.hostname,
        "port": parts.port or 993,
        "user": unquote(parts.username),
        "password": unquote(parts.password),
        "folder": folder,
    }


def email(name: str, default: str) -> dict[str, Any]:
    """Django's EMAIL_* settings."""
    value = text(name, default)
    parts = _split(name, value)
    if parts.scheme == "file":
        if parts.netloc or not parts.path:
            raise ImproperlyConfigured(f"{name} must look like file:///directory.")
        return {
            "EMAIL_BACKEND": "notifications.mail.backends.EmlFileBackend",
            "EMAIL_FILE_PATH": unquote(parts.path),
        }
    if parts.scheme not in {"smtp", "smtps", "smtp+tls"} or not parts.hostname:
        raise ImproperlyConfigured(
            f"{name} must look like smtp://user:password@host:port or file:///directory."
        )
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
    }


def wall_time(name: str, default: str, *, earliest: str, latest: str) -> str:
    """A time on the Dutch clock, as 16:00; between the two, so never in the hour that the change skips."""
    value = text(name, default).strip()
    try:
        moment = dt.time.fromisoformat(value)
    except ValueError:
        moment = None
    if moment is None or not re.fullmatch(r"\d\d:\d\d", value):
        raise ImproperlyConfigured(f"{name}={value!r} is not a time; write it as {default}.")
    if not earliest <= value <= latest:
        raise ImproperlyConfigured(f"{name}={value} must lie between {earliest} and {latest}.")
    return value
