# SPDX-License-Identifier: EUPL-1.2
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.domain.importing import import_organisations
from accounts.roo.records import Unreadable, read
from base import clock


class Command(BaseCommand):
    help = (
        "Brings the organisations up to date with the Register van Overheidsorganisaties: the official "
        "exportOO.xml, or a CSV with the columns of organisaties.csv. Never imports people, never deletes."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--dry-run", action="store_true", help="report what would change, write nothing"
        )

    def handle(self, *, file: Path, dry_run: bool, **_options: Any) -> None:
        try:
            report = import_organisations(read(file, today=clock.today()), dry_run=dry_run)
        except Unreadable as error:
            raise CommandError(str(error)) from None
        notes = [f"{note.label}: {note.why}" for note in report.skipped]
        broken = [f"{note.label}: {note.why}" for note in report.broken]
        groups = {
            "Skipped": notes,
            "Created": report.created,
            "Changed": report.changed,
            "Closed": report.closed,
            "Mail domains added": report.domains,
            "Doubtful": report.doubtful,
            "Broken": broken,
        }
        for title, lines in groups.items():
            if lines:
                self.stdout.write(f"{title}:")
                self.stdout.writelines(f"  {line}\n" for line in lines)
        self.stdout.write(
            f"{len(report.created)} created, {len(report.changed)} changed, "
            f"{len(report.closed)} closed, {report.unchanged} unchanged, "
            f"{len(report.skipped)} skipped, {len(report.broken)} broken"
            f"{'; ' + str(report.handed_over) + ' people moved to a successor' if report.handed_over else ''}"
            f"{' (dry run: nothing was written)' if dry_run else ''}"
        )
        if not report.read and not report.skipped:
            raise CommandError(f"No organisation could be read from {file}.")
