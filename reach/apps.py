# SPDX-License-Identifier: EUPL-1.2
from importlib import import_module

from django.apps import AppConfig


class ReachConfig(AppConfig):
    name = "reach"
    verbose_name = "Bereik"

    def ready(self) -> None:
        import_module("reach.receivers")
