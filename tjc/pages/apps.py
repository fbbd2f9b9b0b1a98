# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig
from django.core.checks import Tags, register


class PagesConfig(AppConfig):
    name = "tjc.pages"
    label = "pages"
    verbose_name = "Pagina’s"

    def ready(self) -> None:
        from tjc.pages.checks import production_values

        register(production_values, Tags.compatibility, deploy=True)
