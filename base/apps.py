# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class BaseConfig(AppConfig):
    name = "base"
    verbose_name = "Fundament"
