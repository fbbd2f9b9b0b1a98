# SPDX-License-Identifier: EUPL-1.2
"""Field types with the shapes that the design rules ask for."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers


class UtcDateTimeField(serializers.DateTimeField):
    """Accepts any offset, answers in UTC with ``Z``. A time without offset is refused: it is ambiguous; and so
    are the first and last year that Python knows, of which another time zone cannot be told."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default_timezone=dt.UTC, **kwargs)

    def enforce_timezone(self, value: dt.datetime) -> dt.datetime:
        if not (self.read_only or dt.MINYEAR < value.year < dt.MAXYEAR):
            self.fail("overflow")
        if value.tzinfo is None and not self.read_only:
            raise serializers.ValidationError(
                _("Geef de tijd met een tijdzone, zoals 2026-10-13T10:00:00+02:00.")
            )
        return value.astimezone(dt.UTC) if value.tzinfo else super().enforce_timezone(value)
