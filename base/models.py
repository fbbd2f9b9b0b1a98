# SPDX-License-Identifier: EUPL-1.2
"""Abstract models that every room builds on."""

import uuid

from django.db import models
from django.db.models import Func


class PublicModel(models.Model):
    """A row that may appear in a URL: under its random ``public_id``, never under its integer key."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        abstract = True


class TimestampedModel(models.Model):
    """Rows that remember, in UTC, when they were made and last saved."""

    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class MinutesBetween(Func):
    """Whole minutes from the first instant to the second, in SQL that both engines accept in a CHECK."""

    arity = 2
    output_field = models.IntegerField()

    def as_sqlite(self, compiler, connection, **context):  # type: ignore[no-untyped-def]
        return self.as_sql(
            compiler,
            connection,
            template="ROUND((julianday(%(second)s) - julianday(%(first)s)) * 1440)",
            **self._compiled_pair(compiler, connection),
        )

    def as_postgresql(self, compiler, connection, **context):  # type: ignore[no-untyped-def]
        return self.as_sql(
            compiler,
            connection,
            template="ROUND(EXTRACT(EPOCH FROM (%(second)s - %(first)s)) / 60)",
            **self._compiled_pair(compiler, connection),
        )

    def _compiled_pair(self, compiler, connection) -> dict[str, str]:  # type: ignore[no-untyped-def]
        first, second = (compiler.compile(part)[0] for part in self.get_source_expressions())
        return {"first": first, "second": second}
