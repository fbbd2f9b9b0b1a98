# SPDX-License-Identifier: EUPL-1.2
"""What the worker does, by hand."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from notifications import delivery
from notifications.models import Message


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


class Command(BaseCommand):
    help = "Verstuurt wat er in de outbox klaarstaat."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--limit", type=_count, help="hooguit zoveel berichten")

    def handle(self, *args: Any, limit: int | None = None, **options: Any) -> None:
        tally = delivery.drain(limit=limit)
        left = Message.objects.filter(state=Message.State.PENDING).count()
        self.stdout.write(f"{tally}. Nog {left} in de wachtrij.")
        if tally.server_away:
            raise CommandError("Er is geen mailserver bereikbaar; niets is verloren.")
