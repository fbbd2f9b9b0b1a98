# SPDX-License-Identifier: EUPL-1.2
"""Dutch stands in the source; what other languages say stands in locale/ (docs/translating.md)."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from base.translations.catalogue import UnreadableCatalogue, catalogues, compile_catalogue


class Command(BaseCommand):
    help = (
        "Compiles locale/*/LC_MESSAGES/django.po where it changed. With --check nothing is written: every "
        "string that is missing, not translated or wrongly translated gets a line, and the exit code is 1."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true")
        parser.add_argument(
            "--root",
            type=Path,
            default=settings.ROOT,
            help="the folder with locale/ and the source",
        )

    def handle(self, *args: Any, check: bool, root: Path, **options: Any) -> None:
        try:
            if check:
                self._check(root)
            else:
                self._compile(root)
        except UnreadableCatalogue as error:
            raise CommandError(str(error)) from error

    def _compile(self, root: Path) -> None:
        for path in catalogues(root):
            if compile_catalogue(path):
                self.stdout.write(f"{path.relative_to(root).with_suffix('.mo')} compiled.")

    def _check(self, root: Path) -> None:
        from base.translations.problems import problems
        from base.translations.strings import UnreadableSource, find_strings

        try:
            texts = find_strings(root)
        except UnreadableSource as error:
            raise CommandError(str(error)) from error
        found = [
            line.removeprefix(f"{root}/")
            for path in catalogues(root)
            for line in problems(path, texts)
        ]
        for line in found:
            self.stderr.write(line)
        if found:
            raise CommandError(
                f"{len(found)} of {len(texts)} strings need a translator: see docs/translating.md."
            )
        self.stdout.write(f"{len(texts)} strings, all translated.")
