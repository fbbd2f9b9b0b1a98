# SPDX-License-Identifier: EUPL-1.2
"""manage.py refresh_vectors: by hand what the matching worker does by itself, to the end."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from matching.ranking import store
from matching.ranking.encoding import encoder
from matching.ranking.ranker import Ranker

_AT_ONCE = 500


class Command(BaseCommand):
    help = "Make the vectors of texts that have none, an old one, or one of another model."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--limit", type=int, default=None, help="stop after so many")

    def handle(self, *args: Any, **options: Any) -> None:
        ranker = Ranker(encoder())
        if ranker.model is None:
            self.stderr.write("The language model cannot be used here: vectors of letters only.")
        waiting = store.wanting(ranker)
        total = waiting if options["limit"] is None else min(waiting, options["limit"])
        made = 0
        while made < total:
            now = store.refresh(ranker, seconds=30.0, limit=min(_AT_ONCE, total - made))
            if not now:
                break
            made += now
            if options["verbosity"]:
                self.stdout.write(f"{made} of {total}")
        gone = store.sweep_orphans()
        if options["verbosity"]:
            self.stdout.write(f"{made} made, {gone} forgotten ({ranker.version})")
