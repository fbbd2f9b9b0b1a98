# SPDX-License-Identifier: EUPL-1.2
"""The shell: settings, urls, the Celery app, pages that mix rooms, the demo."""

from tjc.celery import app as celery_app

__version__ = "0.1.0"
__all__ = ["celery_app"]
