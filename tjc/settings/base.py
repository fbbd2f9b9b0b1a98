# SPDX-License-Identifier: EUPL-1.2
"""What every environment shares. Values that differ come from the environment; docs/operations.md lists them."""

from pathlib import Path
from typing import Any

from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from base.api import API_VERSION
from tjc.settings import env

ROOT = Path(__file__).resolve().parent.parent.parent
VAR = Path(env.text("TJC_VAR", "") or ROOT / "var").resolve()

DEBUG = env.flag("DEBUG", default=False)
BASE_URL = env.base_url("BASE_URL", "http://localhost:8000")
ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = [BASE_URL]
# How many reverse proxies of our own stand in front: whose X-Forwarded-For entry counts as the visitor.
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", 0, low=0, high=5)

INSTALLED_APPS = [
    "tjc.pages",
    "tjc.seeding",
    "reach",
    "notifications",
    "matching",
    "courses",
    "accounts",
    "base",
    "allauth",
    "allauth.account",
    "rules",
    "rest_framework",
    "drf_spectacular",
    "django_htmx",
    "lucide",
    "template_partials.apps.SimpleAppConfig",
    "csp",
    "whitenoise.runserver_nostatic",
    "accounts.admin_config.LoggedAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "base.api.middleware.ApiMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # 76 KB of catalogue become 9, for 1 ms; pads at random, so lengths give no token away (BREACH).
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "tjc.pages.language.AddressLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.ShortSessionMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "tjc.pages.errors.TooManyRequestsMiddleware",
]

ROOT_URLCONF = "tjc.urls"
WSGI_APPLICATION = "tjc.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tjc.pages.context.shell",
            ],
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "builtins": [
                "template_partials.templatetags.partials",
                "base.templatetags.taal",
                "base.templatetags.tjc",
                "base.templatetags.blokken",
            ],
        },
    },
]
FORM_RENDERER = "base.forms.renderer.TjcRenderer"

DATABASES = {"default": env.database("DATABASE_URL", f"sqlite:///{VAR / 'tjc.sqlite3'}")}
CACHES = {"default": env.cache("CACHE_URL", "locmem://")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Time, language
USE_TZ = True
TIME_ZONE = "Europe/Amsterdam"
LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", _("Nederlands")), ("en", _("Engels"))]
LOCALE_PATHS = [ROOT / "locale"]
USE_THOUSAND_SEPARATOR = True

# Static and uploaded files
STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [ROOT / "base" / "frontend" / "dist"]
MEDIA_ROOT = VAR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MATERIAL_MAX_BYTES = 10 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# People and signing in (django-allauth: a code in the mail, no password)
AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
    "django.contrib.auth.backends.ModelBackend",
]
LOGIN_URL = "accounts:signin"
LOGIN_REDIRECT_URL = "pages:mine"
LOGOUT_REDIRECT_URL = "pages:home"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS: dict[str, str] | bool = {}
SESSION_COOKIE_AGE = 30 * 24 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "tjc.pages.errors.csrf_failure"

# Seats and holds (design.md, Identity)
HOLD_MINUTES = 30
HOLD_SHARE_PERCENT = 20
HOLD_MINIMUM = 3
HOLDS_PER_HOUR_PER_IP = 20

# Codes to sign in (docs/decisions/0008-limits-on-codes.md)
CODES_PER_HOUR_PER_NETWORK = env.number("CODES_PER_HOUR_PER_NETWORK", 3_000, low=1, high=1_000_000)
CODES_PER_HOUR_PER_DOMAIN = env.number("CODES_PER_HOUR_PER_DOMAIN", 10_000, low=1, high=1_000_000)

# Celery: the broker only carries nudges, the outbox holds the mail
_broker = env.broker("CELERY_BROKER_URL", f"filesystem://{VAR / 'broker'}")
CELERY_BROKER_URL = _broker["url"]
CELERY_BROKER_TRANSPORT_OPTIONS = _broker["options"]
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_PUBLISH_RETRY = False
# A process of a prefork worker that grew beyond this (kB) makes room for a new one when its task is done: after a night of
# figures it would keep what it needed. No other task comes near it.
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 200_000
CELERY_TIMEZONE = "Europe/Amsterdam"
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {
    "notifications.tasks.drain_urgent": {"queue": "urgent"},
    # A worker of its own: it holds the vectors of the whole trainer pool.
    "matching.tasks.carry_out_round": {"queue": "matching"},
    "matching.tasks.nightly_round": {"queue": "matching"},
    "matching.tasks.answer_ranking": {"queue": "matching"},
    "matching.tasks.sweep_rankings": {"queue": "matching"},
    "matching.tasks.refresh_vectors": {"queue": "matching"},
    "matching.tasks.forget_vectors": {"queue": "matching"},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    # One that had to wait longer than this is no use: the next one is there.
    "sweep-outbox": {
        "task": "notifications.tasks.sweep_outbox",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "release-expired-holds": {"task": "courses.tasks.release_expired_holds", "schedule": 60.0},
    "release-unconfirmed": {
        "task": "courses.tasks.release_unconfirmed_registrations",
        "schedule": 900.0,
    },
    "forget-unanswered-invitations": {
        "task": "courses.tasks.forget_unanswered_invitations",
        "schedule": 6 * 3600.0,
    },
    "queue-reminders": {"task": "notifications.tasks.queue_reminders", "schedule": 60.0},
    "queue-news": {"task": "notifications.tasks.queue_news", "schedule": 300.0},
    "forget-unverified": {"task": "accounts.tasks.forget_unverified_people", "schedule": 3600.0},
    "finish-erasures": {"task": "notifications.tasks.finish_erasures", "schedule": 60.0},
    "forget-inbound": {"task": "notifications.tasks.forget_inbound", "schedule": 6 * 3600.0},
    "make-due-exports": {
        "task": "reach.tasks.make_due_exports",
        "schedule": 60.0,
        "options": {"expires": 55},
    },
    "clear-exports": {"task": "reach.tasks.clear_exports", "schedule": 900.0},
    "aggregate-reach": {
        "task": "reach.tasks.aggregate_reach",
        "schedule": crontab(hour=3, minute=15),
    },
    "tell-monthly": {"task": "reach.tasks.tell_monthly", "schedule": 3600.0},
    "nightly-round": {
        "task": "matching.tasks.nightly_round",
        "schedule": crontab(hour=3, minute=30),
    },
    "sweep-rankings": {
        "task": "matching.tasks.sweep_rankings",
        "schedule": 10.0,
        "options": {"expires": 10},
    },
    "refresh-vectors": {
        "task": "matching.tasks.refresh_vectors",
        "schedule": 60.0,
        "options": {"expires": 55},
    },
    "move-questions-on": {"task": "matching.tasks.move_questions_on", "schedule": 600.0},
    "forget-questions": {"task": "matching.tasks.forget_questions", "schedule": 6 * 3600.0},
    "forget-vectors": {"task": "matching.tasks.forget_vectors", "schedule": 6 * 3600.0},
    "sweep-rounds": {
        "task": "matching.tasks.sweep_rounds",
        "schedule": 60.0,
        "options": {"expires": 55},
    },
    # Not once a day: a beat that restarts every night must still come to it.
    "forget-sent-bytes": {"task": "notifications.tasks.forget_sent_bytes", "schedule": 6 * 3600.0},
}

# Rounds of matching: nothing is sent before the national coordinator releases one, unless this is on
ROUNDS_RELEASE_THEMSELVES = env.flag("ROUNDS_RELEASE_THEMSELVES", default=False)

# Mail
globals().update(env.email("EMAIL_URL", f"file://{VAR / 'mail'}"))
EMAIL_TIMEOUT = env.number("EMAIL_TIMEOUT", 20, low=1, high=60)
INVITE_FROM = env.mail_address("INVITE_FROM", "uitnodigingen@trainjecollega.example")
# What comes back: answers of calendars and bounces, read from one IMAP folder (notifications.inbound)
IMAP = env.imap("IMAP_URL")
BOUNCE_DOMAIN = env.host_name("BOUNCE_DOMAIN") or (
    f"bounces.{INVITE_FROM.rpartition('@')[2]}" if IMAP else "none"
)
if BOUNCE_DOMAIN == "none":
    BOUNCE_DOMAIN = ""
INBOUND_MX = env.host_name("INBOUND_MX")
INBOUND_KEEP_DAYS = 30
DEFAULT_FROM_EMAIL = f"TrainJeCollega <{INVITE_FROM}>"
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# When people are reminded of what they do the next day, on the Dutch clock
REMINDER_TIME = env.wall_time("REMINDER_TIME", "16:00", earliest="06:00", latest="22:00")
# Seconds that one copy of the catalogue serves everybody who is not signed in; production has its own default.
SHARED_PAGE_SECONDS = 0
INVITE_DEBOUNCE_SECONDS = env.number("INVITE_DEBOUNCE_SECONDS", 300, low=0, high=3600)
OUTBOX_LEASE_SECONDS = env.number("OUTBOX_LEASE_SECONDS", 90, low=2, high=600)
if OUTBOX_LEASE_SECONDS <= EMAIL_TIMEOUT:
    raise ImproperlyConfigured("OUTBOX_LEASE_SECONDS must be more than EMAIL_TIMEOUT.")
OUTBOX_KEEP_BYTES_DAYS = 30
# What the mail server of an organisation gets from us: mails a second to one domain (0: no limit), and
# connections in all (0: as many as there are workers). Codes and late changes never wait for it.
MAIL_DOMAIN_RATE = env.number("MAIL_DOMAIN_RATE", 5, low=0, high=1000)
MAIL_CONNECTIONS = env.number("MAIL_CONNECTIONS", 4, low=0, high=100)

if IMAP:
    CELERY_BEAT_SCHEDULE["receive-mail"] = {
        "task": "notifications.tasks.receive_mail",
        "schedule": 60.0,
        "options": {"expires": 55},
    }

# Who runs this installation: the pages about privacy, accessibility and contact, and security.txt
OPERATOR_NAME = env.text("OPERATOR_NAME", "")
# Publisher of the open data: https://identifier.overheid.nl/tooi/id/...
OPERATOR_TOOI = env.web_address("OPERATOR_TOOI")
CONTACT_EMAIL = env.mail_address("CONTACT_EMAIL", INVITE_FROM)
SECURITY_CONTACT = env.contact("SECURITY_CONTACT", f"mailto:security@{INVITE_FROM.split('@')[1]}")
ACCESSIBILITY_STATUS = env.choice("ACCESSIBILITY_STATUS", "C", ("A", "B", "C", "D"))
ACCESSIBILITY_DATE = env.day("ACCESSIBILITY_DATE", "2026-11-21")
ACCESSIBILITY_REPORT_URL = env.web_address("ACCESSIBILITY_REPORT_URL")

# API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.api_auth.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["base.api.parsing.ShallowJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "base.api.problem.exception_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}

SPECTACULAR_SETTINGS = {
    "TITLE": "TrainJeCollega",
    "DESCRIPTION": "Korte, gratis cursussen van en voor ambtenaren.",
    "VERSION": API_VERSION,
    "CONTACT": {
        "name": "TrainJeCollega",
        "email": env.text("CONTACT_EMAIL", "contact@trainjecollega.example"),
        "url": f"{BASE_URL}/contact/",
    },
    "LICENSE": {"name": "EUPL-1.2", "url": "https://joinup.ec.europa.eu/collection/eupl"},
    "SERVERS": [{"url": f"{BASE_URL}/api/v1"}],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SCHEMA_PATH_PREFIX_TRIM": True,
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "base.api.schema.add_problems",
    ],
}

# Security headers
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# Who searches the catalogue: courses.domain.search.plain looks at words; a room above may know meanings.
CATALOGUE_SEARCH = "matching.domain.meaning.by_words_and_meaning"
# Seconds that a search with little to show waits for the matching worker.
CATALOGUE_MEANING_WAIT = 0.4
# Who may take part in a session that is for who asked for it: matching knows whose question it answers.
SESSION_GUESTS = "matching.domain.guests.is_guest"
# What stands on the public page of a trainer beside the courses: a template and its values, or None.
TRAINER_PROFILE = "matching.public_profile.of"

# Pages that a room asks for by name because they need a higher room (design.md, Shape)
DEMO_MODE = False
