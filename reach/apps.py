# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class ReachConfig(AppConfig):
    name = "reach"
    verbose_name = "Bereik"
