# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class SeedingConfig(AppConfig):
    name = "tjc.seeding"
    label = "seeding"
    verbose_name = "Proefgegevens"
