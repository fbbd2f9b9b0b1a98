# SPDX-License-Identifier: EUPL-1.2
"""How Celery reads the settings: a wrong environment stops worker and beat with its one sentence."""

import sys
from typing import Any

from celery.loaders.app import AppLoader
from django.core.exceptions import ImproperlyConfigured


class Loader(AppLoader):
    def config_from_object(self, obj: Any, silent: bool = False) -> bool:  # noqa: FBT001, FBT002 - Celery's signature
        try:
            return bool(super().config_from_object(obj, silent=silent))
        except ImproperlyConfigured as error:
            sys.exit(f"TrainJeCollega start niet: {error}")
