# SPDX-License-Identifier: EUPL-1.2
from importlib import import_module

from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "matching"
    verbose_name = "Kennisvragen en koppelingen"

    def ready(self) -> None:
        import_module("matching.receivers")
        import_module("matching.receivers_texts")
