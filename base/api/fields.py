# SPDX-License-Identifier: EUPL-1.2
"""Field types with the shapes that the design rules ask for."""

import datetime as dt
from typing import Any

from rest_framework import serializers


class UtcDateTimeField(serializers.DateTimeField):
    """Accepts any offset, answers in UTC with ``Z``. A time without offset is refused: it is ambiguous."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default_timezone=dt.UTC, **kwargs)

    def enforce_timezone(self, value: dt.datetime) -> dt.datetime:
        if value.tzinfo is None and not self.read_only:
            raise serializers.ValidationError(
                "Geef de tijd met een tijdzone, zoals 2026-10-13T10:00:00+02:00."
            )
        return value.astimezone(dt.UTC) if value.tzinfo else super().enforce_timezone(value)
