# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "matching"
    verbose_name = "Kennisvragen en koppelingen"
