# SPDX-License-Identifier: EUPL-1.2
"""manage.py aggregate_reach: the nightly figures, by hand."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from reach.domain.aggregate import aggregate


class Command(BaseCommand):
    help = (
        "Compute the figures of every period that may still change. Closed periods are frozen and stay as "
        "they were published (docs/privacy-figures.md)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--backfill",
            action="store_true",
            help="also periods that ended more than 400 days ago and were never computed",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        began, worked = time.monotonic(), time.process_time()
        done = aggregate(backfill=options["backfill"])
        self.stdout.write(
            f"{done.registrations} registrations, {done.parts} parts and {done.scopes} periods computed, "
            f"{done.frozen} frozen, in {time.monotonic() - began:.1f} s "
            f"({time.process_time() - worked:.1f} CPU-s)"
        )
