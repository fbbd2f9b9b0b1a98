# SPDX-License-Identifier: EUPL-1.2
"""Learns the ranker's weights from answers, shows before and after, and keeps only what is not worse.

There is no way to force it. Exit codes: 0 kept or nothing better found, 3 nothing to learn from, 4 refused
because it would be worse.
"""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

NOTHING, WORSE = 3, 4


class Command(BaseCommand):
    help = "Leert van antwoorden van trainers en vragers; bewaart alleen wat niet slechter is."

    def add_arguments(self, parser: ArgumentParser) -> None:
        shared = Path(os.environ.get("TJC_SHARED", "../shared"))
        parser.add_argument(
            "--dev-set",
            type=Path,
            default=shared / "data" / "matching-dev",
            metavar="MAP",
            help="map met trainers.jsonl, requests.jsonl en qrels.jsonl (standaard die in TJC_SHARED)",
        )
        parser.add_argument("--dry-run", action="store_true", help="laat zien, bewaar niets")

    def handle(self, *args: Any, dev_set: Path, dry_run: bool = False, **options: Any) -> None:
        from matching.domain import learning
        from matching.ranking import index

        ranker = index.ranker()
        try:
            found = learning.lesson(ranker, dev_set)
        except learning.NothingToLearn as nothing:
            raise CommandError(str(nothing), returncode=NOTHING) from None
        say = self.stdout.write
        say(f"Antwoorden: {found.good} keer goed, {found.bad} keer niet.")
        say(f"{'':<34}{'voor':>9}{'na':>9}")
        for label, before, after in (
            ("gewicht van het beste deel", found.before.part, found.after.part),
            ("gewicht van de letters", found.before.letters, found.after.letters),
            ("ontwikkelset, nDCG@10", found.dev_before, found.dev_after),
            ("antwoorden apart, goede volgorde", found.kept_before, found.kept_after),
        ):
            say(f"{label:<34}{before:>9.3f}{after:>9.3f}")
        if not found.is_change:
            say("Er is niets beters gevonden; alles blijft zoals het is.")
        elif found.is_worse:
            raise CommandError("Dit is slechter. Er is niets veranderd.", returncode=WORSE)
        elif dry_run:
            say("Proef: er is niets bewaard.")
        else:
            learning.keep(found, ranker)
            say("Bewaard. Vanaf de volgende vraag en de volgende ronde rekent de koppelaar ermee.")
