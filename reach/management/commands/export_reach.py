# SPDX-License-Identifier: EUPL-1.2
"""manage.py export_reach: the figures as a file, for who runs this installation."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q

from accounts.domain import audit
from accounts.models import Organisation
from courses.models import Edition
from reach import exporters
from reach.domain.about import about
from reach.domain.scopes import EVERYTHING, UnknownScope, choose, scopes
from reach.domain.tables import TABLES, TITLES, table


class Command(BaseCommand):
    help = (
        "Export figures: UTF-8 with a byte order mark, times on the clock of Europe/Amsterdam. Without "
        "--organisation there is no name or address in it; with it the registrations are those of the "
        "organisation's own people, by name, and the audit trail says so. Numbers are exact: publish them "
        "only after hiding the small ones."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--table", required=True, choices=list(TABLES))
        parser.add_argument("--format", default="csv", choices=list(exporters.FORMATS))
        parser.add_argument("--output", required=True, type=Path, metavar="FILE")
        parser.add_argument("--edition", default="", metavar="SLUG")
        parser.add_argument("--organisation", default="", metavar="TOOI")
        parser.add_argument(
            "--delimiter", default=",", choices=[",", ";"], help="';' for Excel in Dutch"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        name, kind, output = options["table"], options["format"], options["output"]
        offered = scopes(Edition.objects.all())
        try:
            scope = choose(offered, options["edition"] or EVERYTHING)
        except UnknownScope:
            raise CommandError(f"There is no edition {options['edition']!r}.") from None
        organisation = _organisation(options["organisation"])
        content = table(name, scope=scope, organisation=organisation)

        def fill(file: BinaryIO) -> int:
            return exporters.write(
                kind,
                file,
                content.header,
                content.rows,
                title=TITLES[name],
                about=about(
                    TITLES[name],
                    scope=scope,
                    organisation=organisation,
                    named=name == "registrations" and organisation is not None,
                ),
                delimiter=options["delimiter"],
            )

        def record(rows: int) -> None:
            if organisation is not None:
                audit.record(
                    "reach.exported",
                    actor=None,
                    organisation=organisation,
                    table=name,
                    scope=scope.key,
                    rows=rows,
                )

        try:
            rows = _write(output, fill, before_publishing=record)
        except OSError as error:
            raise CommandError(f"Cannot write {output}: {error.strerror or error}.") from None
        except exporters.DocumentsMissing as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{rows} rows written to {output}")


def _organisation(tooi: str) -> Organisation | None:
    """By TOOI address; an organisation that has none goes by its slug."""
    if not tooi:
        return None
    found = Organisation.objects.filter(Q(tooi=tooi) | Q(slug=tooi)).first()
    if found is None:
        raise CommandError(f"There is no organisation with TOOI {tooi!r}.")
    return found


def _write(
    output: Path, fill: Callable[[BinaryIO], int], *, before_publishing: Callable[[int], None]
) -> int:
    """The whole file or nothing: written next to its place, then renamed. Only the owner may read it."""
    if output.is_dir():
        raise IsADirectoryError(21, "is a folder")
    handle, temporary = tempfile.mkstemp(
        dir=output.parent, prefix=f".{output.name}.", suffix=".part"
    )
    try:
        with os.fdopen(handle, "wb") as file:
            rows = fill(file)
        before_publishing(rows)
        Path(temporary).replace(output)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return rows
