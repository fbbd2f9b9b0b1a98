# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "tjc.pages"
    label = "pages"
    verbose_name = "Pagina’s"
