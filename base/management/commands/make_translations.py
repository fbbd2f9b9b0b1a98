# SPDX-License-Identifier: EUPL-1.2
"""For whoever adds a string (docs/translating.md). Needs the packages of the group dev."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from base.translations.catalogue import UnreadableCatalogue, catalogues, update
from base.translations.strings import UnreadableSource, find_strings


class Command(BaseCommand):
    help = (
        "Brings the .po files up to date with the source: new strings come in empty, strings that nobody "
        "uses go to the end. Finished translations are never touched, and nothing is guessed."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--root", type=Path, default=settings.ROOT)

    def handle(self, *args: Any, root: Path, **options: Any) -> None:
        try:
            texts = find_strings(root)
            for path in catalogues(root):
                added, set_aside = update(path, texts)
                self.stdout.write(
                    f"{path.relative_to(root)}: {len(texts)} strings, {added} new, {set_aside} set aside."
                )
        except (UnreadableSource, UnreadableCatalogue) as error:
            raise CommandError(str(error)) from error
