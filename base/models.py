# SPDX-License-Identifier: EUPL-1.2
"""Abstract models that every room builds on."""

import uuid
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Func
from django.db.models.sql.compiler import SQLCompiler


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

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any
    ) -> tuple[str, Any]:
        return self.as_sql(
            compiler,
            connection,
            template="ROUND((julianday(%(second)s) - julianday(%(first)s)) * 1440)",
            **self._compiled_pair(compiler),
        )

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any
    ) -> tuple[str, Any]:
        return self.as_sql(
            compiler,
            connection,
            template="ROUND(EXTRACT(EPOCH FROM (%(second)s - %(first)s)) / 60)",
            **self._compiled_pair(compiler),
        )

    def _compiled_pair(self, compiler: SQLCompiler) -> dict[str, str]:
        first, second = (compiler.compile(part)[0] for part in self.get_source_expressions())
        return {"first": first, "second": second}
