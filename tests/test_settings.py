# SPDX-License-Identifier: EUPL-1.2
"""The environment: every wrong value stops the start with one sentence, on every way in."""

import importlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parent.parent
PRODUCTION = {
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_",
    "BASE_URL": "https://tjc.test",
    "ALLOWED_HOSTS": "tjc.test",
    "DATABASE_URL": "postgresql://tjc@127.0.0.1:1/tjc",
    "CACHE_URL": "redis://127.0.0.1:1/0",
    "CELERY_BROKER_URL": "redis://127.0.0.1:1/1",
    "EMAIL_URL": "smtp+tls://tjc:secret@127.0.0.1:1",
    "INVITE_FROM": "uitnodigingen@tjc.test",
}
LOOKS_LIKE_A_SITE = "must look like https://trainjecollega.example."
BARE_HOST = "must be a bare host name such as trainjecollega.example."
LEVELS = "must be one of DEBUG, INFO, WARNING, ERROR."

WRONG = [
    ("SECRET_KEY", "", "SECRET_KEY is not set; give it a value (docs/operations.md)."),
    ("SECRET_KEY", "short", "SECRET_KEY is too short: use at least 50 random characters."),
    ("DEBUG", "maybe", "DEBUG='maybe' is not a yes or no; use 1 or 0."),
    ("SECURE_SSL_REDIRECT", "2", "SECURE_SSL_REDIRECT='2' is not a yes or no; use 1 or 0."),
    ("BASE_URL", "", f"BASE_URL='' {LOOKS_LIKE_A_SITE}"),
    ("BASE_URL", "tjc.test", f"BASE_URL='tjc.test' {LOOKS_LIKE_A_SITE}"),
    ("BASE_URL", "https://tjc.test/app", f"BASE_URL='https://tjc.test/app' {LOOKS_LIKE_A_SITE}"),
    ("BASE_URL", "ftp://tjc.test", f"BASE_URL='ftp://tjc.test' {LOOKS_LIKE_A_SITE}"),
    ("BASE_URL", "https://[tjc", "BASE_URL is not an address: its host or port cannot be read."),
    ("ALLOWED_HOSTS", " , ", "ALLOWED_HOSTS is empty; name at least one host."),
    ("ALLOWED_HOSTS", "https://tjc.test", f"ALLOWED_HOSTS: 'https://tjc.test' {BARE_HOST}"),
    ("ALLOWED_HOSTS", "tjc.test:443", f"ALLOWED_HOSTS: 'tjc.test:443' {BARE_HOST}"),
    ("DATABASE_URL", "", "DATABASE_URL must start with postgresql:// or sqlite:///."),
    ("DATABASE_URL", "mysql://a/b", "DATABASE_URL must start with postgresql:// or sqlite:///."),
    (
        "DATABASE_URL",
        "postgresql://tjc:geheim@db",
        "DATABASE_URL names no database; end it with /trainjecollega.",
    ),
    (
        "DATABASE_URL",
        "postgresql://tjc:geheim@db:five/tjc",
        "DATABASE_URL is not an address: its host or port cannot be read.",
    ),
    ("CACHE_URL", "memcached://a", "CACHE_URL must look like redis://host:6379/0 or locmem://."),
    ("CACHE_URL", "redis://", "CACHE_URL must look like redis://host:6379/0 or locmem://."),
    (
        "CELERY_BROKER_URL",
        "amqp://a",
        "CELERY_BROKER_URL must look like redis://host:6379/1 or filesystem:///directory.",
    ),
    (
        "CELERY_BROKER_URL",
        "redis://h:x/1",
        "CELERY_BROKER_URL is not an address: its host or port cannot be read.",
    ),
    (
        "CELERY_BROKER_URL",
        "filesystem://var/broker",
        "CELERY_BROKER_URL must look like filesystem:///directory.",
    ),
    (
        "CELERY_BROKER_URL",
        "filesystem:///proc/tjc",
        "CELERY_BROKER_URL: cannot write in /proc/tjc (No such file or directory).",
    ),
    (
        "EMAIL_URL",
        "tjc:geheim@mail",
        "EMAIL_URL must look like smtp://user:password@host:port or file:///directory.",
    ),
    (
        "EMAIL_URL",
        "smtp://tjc:geheim@mail:99999",
        "EMAIL_URL is not an address: its host or port cannot be read.",
    ),
    ("EMAIL_URL", "file://mail", "EMAIL_URL must look like file:///directory."),
    ("IMAP_URL", "imap://u:geheim@mail/INBOX", "IMAP_URL must look like imaps://user:password@host:993/INBOX; percent-encode signs in user, password and folder."),
    ("BOUNCE_DOMAIN", "https://b.tjc.test", "BOUNCE_DOMAIN='https://b.tjc.test' must be a bare host name such as mx.trainjecollega.example."),
    ("INBOUND_MX", "a b", "INBOUND_MX='a b' must be a bare host name such as mx.trainjecollega.example."),
    ("INVITE_FROM", "TJC <a@tjc.test>", "INVITE_FROM='TJC <a@tjc.test>' must be one plain mail address."),
    ("INVITE_FROM", "a@tjc.test\r\nBcc: b@tjc.test", "INVITE_FROM='a@tjc.test\\r\\nBcc: b@tjc.test' must be one plain mail address."),
    ("INVITE_FROM", "a@localhost", "INVITE_FROM='a@localhost' must be one plain mail address."),
    ("CODES_PER_HOUR_PER_NETWORK", "veel", "CODES_PER_HOUR_PER_NETWORK='veel' is not a whole number."),
    ("CODES_PER_HOUR_PER_DOMAIN", "0", "CODES_PER_HOUR_PER_DOMAIN=0 must lie between 1 and 1000000."),
    ("REMINDER_TIME", "4pm", "REMINDER_TIME='4pm' is not a time; write it as 16:00."),
    ("REMINDER_TIME", "02:30", "REMINDER_TIME=02:30 must lie between 06:00 and 22:00."),
    ("SHARED_PAGE_SECONDS", "61", "SHARED_PAGE_SECONDS=61 must lie between 0 and 60."),
    ("INVITE_DEBOUNCE_SECONDS", "5m", "INVITE_DEBOUNCE_SECONDS='5m' is not a whole number."),
    ("INVITE_DEBOUNCE_SECONDS", "3601", "INVITE_DEBOUNCE_SECONDS=3601 must lie between 0 and 3600."),
    ("EMAIL_TIMEOUT", "0", "EMAIL_TIMEOUT=0 must lie between 1 and 60."),
    ("OUTBOX_LEASE_SECONDS", "20", "OUTBOX_LEASE_SECONDS must be more than EMAIL_TIMEOUT."),
    ("CONTACT_EMAIL", "tjc.test", "CONTACT_EMAIL='tjc.test' must be one plain mail address."),
    ("SECURITY_CONTACT", "a@tjc.test", "SECURITY_CONTACT='a@tjc.test' must start with mailto: or https://."),
    ("ACCESSIBILITY_STATUS", "E", "ACCESSIBILITY_STATUS='E' must be one of A, B, C, D."),
    ("ACCESSIBILITY_DATE", "21-11-2026", "ACCESSIBILITY_DATE='21-11-2026' is not a date; write it as 2026-11-21."),
    ("ACCESSIBILITY_REPORT_URL", "rapport.pdf", "ACCESSIBILITY_REPORT_URL='rapport.pdf' must start with https://."),
    ("LOG_LEVEL", "loud", f"LOG_LEVEL='LOUD' {LEVELS}"),
]  # fmt: skip


@pytest.fixture
def load(monkeypatch, tmp_path):
    """Reads a settings module anew, with only these variables; the suite's own settings stay as they are."""

    def fresh(module, **environment):
        for name in {*PRODUCTION, *(row[0] for row in WRONG)}:
            monkeypatch.delenv(name, raising=False)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        for name in ("tjc.settings.base", f"tjc.settings.{module}"):
            sys.modules.pop(name, None)
        return importlib.import_module(f"tjc.settings.{module}")

    kept = {name: row for name, row in sys.modules.items() if name.startswith("tjc.settings")}
    monkeypatch.setenv("TJC_VAR", str(tmp_path))
    yield fresh
    for name in [name for name in sys.modules if name.startswith("tjc.settings")]:
        del sys.modules[name]
    sys.modules.update(kept)


@pytest.mark.parametrize(
    ("name", "value", "sentence"), WRONG, ids=[f"{row[0]}={row[1][:24]}" for row in WRONG]
)
def test_a_wrong_value_is_named_in_one_sentence(load, name, value, sentence):
    with pytest.raises(ImproperlyConfigured) as caught:
        load("production", **PRODUCTION | {name: value})
    assert str(caught.value) == sentence
    assert "geheim" not in str(caught.value)


def test_the_right_values_become_the_settings(load):
    settings = load("production", **PRODUCTION)
    assert settings.ALLOWED_HOSTS == ["tjc.test"]
    assert settings.CSRF_TRUSTED_ORIGINS == ["https://tjc.test"]
    assert settings.DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql"
    assert settings.CACHES["default"]["LOCATION"] == "redis://127.0.0.1:1/0"
    assert settings.CELERY_BROKER_URL == "redis://127.0.0.1:1/1"
    assert settings.DEFAULT_FROM_EMAIL == "TrainJeCollega <uitnodigingen@tjc.test>"
    assert settings.SECURITY_CONTACT == "mailto:security@tjc.test"
    assert settings.CONTACT_EMAIL == "uitnodigingen@tjc.test"
    assert settings.DEBUG is False


@pytest.mark.parametrize(
    ("url", "port", "ssl", "tls"),
    [
        ("smtp://mail", 25, False, False),
        ("smtps://u:p@mail", 465, True, False),
        ("smtp+tls://u:p@mail:587", 587, False, True),
    ],
)
def test_mail_goes_out_as_the_address_says(load, url, port, ssl, tls):
    settings = load("production", **PRODUCTION | {"EMAIL_URL": url})
    assert settings.EMAIL_BACKEND == "django.core.mail.backends.smtp.EmailBackend"
    assert settings.EMAIL_HOST == "mail"
    found = settings.EMAIL_PORT
    assert found == port
    assert settings.EMAIL_USE_SSL is ssl
    assert settings.EMAIL_USE_TLS is tls


def test_a_password_with_signs_survives_the_address(load):
    settings = load("production", **PRODUCTION | {"EMAIL_URL": "smtp://u%40x:p%2F%3A@mail"})
    assert (settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD) == ("u@x", "p/:")


def test_https_makes_cookies_and_transport_strict(load):
    settings = load("production", **PRODUCTION)
    assert settings.SESSION_COOKIE_SECURE is True
    assert settings.CSRF_COOKIE_SECURE is True
    assert settings.SECURE_SSL_REDIRECT is True
    assert settings.SECURE_HSTS_SECONDS == 31_536_000


def test_production_holds_nothing_of_the_demo(load):
    settings = load("production", **PRODUCTION)
    assert settings.DEMO_MODE is False
    assert [app for app in settings.INSTALLED_APPS if "demo" in app] == []


def test_a_demo_writes_files_whatever_the_environment_says(load):
    settings = load("demo", EMAIL_URL="smtp://mail.example")
    assert settings.EMAIL_BACKEND == "notifications.mail.backends.EmlFileBackend"
    assert settings.DEMO_MODE is True


def run(command, **environment):
    """The command in a process of its own, with only what a process needs and these variables."""
    here = {name: os.environ[name] for name in ("PATH", "HOME", "TJC_VAR") if name in os.environ}
    return subprocess.run(
        command, cwd=ROOT, env=here | environment, capture_output=True, text=True, timeout=120, check=False
    )  # fmt: skip


BIN = Path(sys.executable).parent
SENTENCE = "TrainJeCollega start niet: DATABASE_URL must start with postgresql:// or sqlite:///.\n"


@pytest.mark.parametrize(
    "command",
    [
        [sys.executable, "manage.py", "check"],
        [sys.executable, "manage.py", "migrate"],
        [BIN / "celery", "-A", "tjc", "worker"],
        [BIN / "celery", "-A", "tjc", "beat"],
    ],
    ids=["check", "migrate", "worker", "beat"],
)
def test_every_way_in_ends_with_the_sentence_and_nothing_else(command):
    done = run(
        command,
        DJANGO_SETTINGS_MODULE="tjc.settings.production",
        **PRODUCTION | {"DATABASE_URL": "mysql://a/b"},
    )
    assert (done.returncode, done.stdout, done.stderr) == (1, "", SENTENCE)


def test_the_web_server_stops_instead_of_trying_for_ever():
    done = run(
        [BIN / "gunicorn", "--no-control-socket", "-b", "127.0.0.1:0", "tjc.wsgi"],
        **PRODUCTION | {"DATABASE_URL": "mysql://a/b"},
    )
    assert done.returncode == 3
    assert done.stderr.count(SENTENCE) == 1
    assert done.stderr.count("Traceback") == 0


def test_check_deploy_is_clean_with_a_production_environment():
    done = run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        DJANGO_SETTINGS_MODULE="tjc.settings.production",
        **PRODUCTION,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "System check identified no issues (0 silenced).\n"


def test_check_deploy_names_every_value_that_still_is_the_laptops():
    done = run(
        [sys.executable, "manage.py", "check", "--deploy"],
        DJANGO_SETTINGS_MODULE="tjc.settings.production",
        SECRET_KEY=PRODUCTION["SECRET_KEY"],
        ALLOWED_HOSTS="tjc.test",
    )
    found = re.findall(r"tjc\.W\d+", done.stderr)
    assert (done.returncode, sorted(found)) == (0, [f"tjc.W00{n}" for n in range(1, 8)])
