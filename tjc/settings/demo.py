# SPDX-License-Identifier: EUPL-1.2
"""The demo: embedded database and broker, one-click sign-in, and mail that only ever becomes a file."""

import os

_port = os.environ.get("PORT", "8000")
if not (_port.isascii() and _port.isdigit() and int(_port) <= 65535):  # noqa: PLR2004
    _port = "8000"  # the demo command refuses a wrong port in its own words
os.environ.setdefault("BASE_URL", f"http://localhost:{_port}")

from tjc.settings import env
from tjc.settings.base import *  # noqa: F403 - Django's way to build on a settings module
from tjc.settings.base import CELERY_BEAT_SCHEDULE, INSTALLED_APPS, TEMPLATES, VAR

DEMO_MODE = True
INSTALLED_APPS = ["tjc.demo", *INSTALLED_APPS]
TEMPLATES[0]["OPTIONS"]["context_processors"].append("tjc.demo.context.demo")
# Not a secret: signs the sessions of made-up people on somebody's own machine.
SECRET_KEY = env.text("SECRET_KEY", "demo-only-" + "x" * 50)

# Half the files to compress at the first start.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# Whatever EMAIL_URL says, a demo writes files: nobody is mailed by a demo.
EMAIL_BACKEND = "notifications.mail.backends.EmlFileBackend"
EMAIL_FILE_PATH = str(VAR / "mail")
# Nor does it read anybody's mailbox.
IMAP, BOUNCE_DOMAIN = None, ""
CELERY_BEAT_SCHEDULE.pop("receive-mail", None)
INVITE_DEBOUNCE_SECONDS = env.number("INVITE_DEBOUNCE_SECONDS", 5, low=0, high=3600)

# Warnings and errors go to var/log/web.log and worker.log (tjc.demo.supervisor).
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {
        "handlers": ["console"],
        "level": env.choice("LOG_LEVEL", "WARNING", ("DEBUG", "INFO", "WARNING", "ERROR")),
    },
}
