# SPDX-License-Identifier: EUPL-1.2
"""Feeds .eml files through the same path as mail that comes in over IMAP."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError

from notifications.inbound import reading
from notifications.inbound.receiving import receive


class Command(BaseCommand):
    help = "Verwerkt mails uit bestanden, net als mails die binnenkomen."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", help="een .eml-bestand")

    def handle(self, *args: Any, files: list[str], **options: Any) -> None:
        unreadable = 0
        for name in files:
            try:
                with Path(name).open("rb") as file:
                    raw = file.read(reading.MAX_BYTES + 1)
            except OSError as error:
                unreadable += 1
                self.stderr.write(f"{name}: dit bestand is niet te lezen ({error.strerror}).")
                continue
            try:
                receipt = receive(raw)
            except (OperationalError, InterfaceError) as error:
                raise CommandError(
                    f"{name}: de database is er even niet ({error}). Er is niets mee gedaan."
                ) from error
            self.stdout.write(f"{name}: {receipt}")
        if unreadable:
            raise CommandError(
                "1 bestand was niet te lezen."
                if unreadable == 1
                else f"{unreadable} bestanden waren niet te lezen."
            )
