# SPDX-License-Identifier: EUPL-1.2
from importlib import import_module

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = "Berichten en uitnodigingen"

    def ready(self) -> None:
        import_module("notifications.receivers")
        import_module("notifications.receivers_questions")
        import_module("notifications.inbound.receivers")
