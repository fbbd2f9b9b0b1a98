# SPDX-License-Identifier: EUPL-1.2
"""manage.py export_reach: the figures as a file, for who runs this installation."""

import os
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q

from accounts.domain import audit
from accounts.models import Organisation
from courses.models import Edition
from reach import exporters
from reach.domain.scopes import EVERYTHING, UnknownScope, choose, scopes
from reach.domain.tables import TABLES, table

TABLE_NAMES = ("registrations", "sessions", "organisations", "flow", "themes", "requests")
FORMATS = ("csv", "xlsx", "ods", "json")
LATER = 2


class Command(BaseCommand):
    help = (
        "Export figures: UTF-8 with a byte order mark, times on the clock of Europe/Amsterdam. Without "
        "--organisation there is no name or address in it; with it the registrations are those of the "
        "organisation's own people, by name, and the audit trail says so. Numbers are exact: publish them "
        "only after hiding the small ones."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--table", required=True, choices=TABLE_NAMES)
        parser.add_argument("--format", default="csv", choices=FORMATS)
        parser.add_argument("--output", required=True, type=Path, metavar="FILE")
        parser.add_argument("--edition", default="", metavar="SLUG")
        parser.add_argument("--organisation", default="", metavar="TOOI")
        parser.add_argument(
            "--delimiter", default=",", choices=[",", ";"], help="';' for Excel in Dutch"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        name, kind, output = options["table"], options["format"], options["output"]
        if name not in TABLES:
            raise CommandError(f"--table {name} comes in a later version.", returncode=LATER)
        if kind not in {"csv", "json"}:
            raise CommandError(
                f"--format {kind} comes in a later version: choose csv or json.", returncode=LATER
            )
        offered = scopes(Edition.objects.all())
        try:
            scope = choose(offered, options["edition"] or EVERYTHING)
        except UnknownScope:
            raise CommandError(f"There is no edition {options['edition']!r}.") from None
        organisation = _organisation(options["organisation"])
        content = table(name, scope=scope, organisation=organisation)
        counted = _Counted(content.rows)
        lines = (
            exporters.as_json(content.header, counted)
            if kind == "json"
            else exporters.as_csv(content.header, counted, delimiter=options["delimiter"])
        )

        def record() -> None:
            if organisation is not None:
                audit.record(
                    "reach.exported",
                    actor=None,
                    organisation=organisation,
                    table=name,
                    scope=scope.key,
                    rows=counted.number,
                )

        try:
            _write(output, lines, before_publishing=record)
        except OSError as error:
            raise CommandError(f"Cannot write {output}: {error.strerror or error}.") from None
        self.stdout.write(f"{counted.number} rows written to {output}")


class _Counted:
    """Rows on their way, counted."""

    def __init__(self, rows: Iterable[Any]) -> None:
        self.rows = rows
        self.number = 0

    def __iter__(self) -> Any:
        for row in self.rows:
            self.number += 1
            yield row


def _organisation(tooi: str) -> Organisation | None:
    """By TOOI address; an organisation that has none goes by its slug."""
    if not tooi:
        return None
    found = Organisation.objects.filter(Q(tooi=tooi) | Q(slug=tooi)).first()
    if found is None:
        raise CommandError(f"There is no organisation with TOOI {tooi!r}.")
    return found


def _write(output: Path, lines: Iterable[str], *, before_publishing: Callable[[], None]) -> None:
    """The whole file or nothing: written next to its place, then renamed. Only the owner may read it."""
    if output.is_dir():
        raise IsADirectoryError(21, "is a folder")
    handle, temporary = tempfile.mkstemp(
        dir=output.parent, prefix=f".{output.name}.", suffix=".part"
    )
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.writelines(lines)
        before_publishing()
        Path(temporary).replace(output)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
