# SPDX-License-Identifier: EUPL-1.2
"""The Celery app. Rooms declare their tasks with ``@shared_task`` and never import this module."""

import os

from celery import Celery

from tjc import broker  # noqa: F401 - makes the file broker known to kombu

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tjc.settings.production")

app = Celery("tjc", loader="tjc.loader:Loader")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
