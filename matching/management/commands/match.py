# SPDX-License-Identifier: EUPL-1.2
"""One matching round over open questions, here and now, with a progress bar.

Exit codes: 0 done, 1 the round failed, 2 wrong use or another round is running.
"""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from courses.models import Edition
from matching.domain import rounds
from matching.errors import RoundRefused
from matching.models import MatchRun

WRONG_USE = 2
WIDTH = 30


class Command(BaseCommand):
    help = (
        "Draait één koppelronde over de open kennisvragen. Er wordt niemand gevraagd voordat de landelijk "
        "coördinator de ronde vrijgeeft."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--edition", metavar="SLUG", help="alleen wat in deze editie past")
        parser.add_argument("--dry-run", action="store_true", help="laat zien, bewaar niets")

    _quarter = 0

    def handle(
        self, *args: Any, edition: str | None = None, dry_run: bool = False, **options: Any
    ) -> None:
        chosen = self._edition(edition)
        try:
            from matching.domain import round_work
        except ImportError as missing:
            raise CommandError(
                f"Koppelen kan hier niet, er ontbreekt een pakket: {missing.name}. Installeer de extra’s "
                "«matching» (zie docs/operations.md).",
                returncode=WRONG_USE,
            ) from None
        if dry_run:
            found = round_work.work_out(chosen, self._bar)
            self._tell(found.figures, by_words=MatchRun(encoder_version=found.version).by_words)
            self.stdout.write("Proefronde: er is niets bewaard.")
            return
        try:
            run = rounds.start(kind=MatchRun.Kind.COMMAND, edition=chosen)
            claimed = rounds.claim(run.pk)
            if claimed is None:
                raise CommandError("Een andere werker nam deze ronde over.", returncode=WRONG_USE)
            done = round_work.carry_out(claimed, also=self._bar)
        except RoundRefused as refused:
            raise CommandError(refused.sentence, returncode=WRONG_USE) from None
        self._tell(done.figures, by_words=done.by_words)
        if done.state == MatchRun.State.RELEASED:
            self.stdout.write(f"Vrijgegeven; {rounds.ask_released(done)} trainers zijn gevraagd.")
        else:
            self.stdout.write("Klaar om vrij te geven op /coordinatie/matching/.")

    def _edition(self, slug: str | None) -> Edition | None:
        if slug is None:
            return None
        edition = Edition.objects.filter(slug=slug).first()
        if edition is None:
            raise CommandError(f"Er is geen editie «{slug}».", returncode=WRONG_USE)
        if edition.is_over:
            raise CommandError(f"{edition.name} is al geweest.", returncode=WRONG_USE)
        return edition

    def _bar(self, done: int, total: int) -> None:
        """On a terminal one line that fills; elsewhere a line per quarter."""
        quarter = 4 * done // max(1, total)
        if self.stdout.isatty():
            filled = WIDTH * done // max(1, total)
            bar = "#" * filled + "." * (WIDTH - filled)
            self.stdout.write(f"\r[{bar}] {done}/{total}", ending="")
        elif quarter > self._quarter:
            self.stdout.write(f"{25 * quarter}%")
        self._quarter = quarter

    def _tell(self, figures: dict[str, Any], *, by_words: bool) -> None:
        say = self.stdout.write
        if self.stdout.isatty():
            say("")
        if by_words:
            say(
                "Let op: het taalmodel is er niet. Dit is gezocht op woorden, en niets is gebundeld."
            )
        say(
            f"Open vragen:      {figures['questions']} (in {figures['bundles']} groepen gebundeld: {figures['bundled']})"
        )
        say(f"Gekoppeld:        {figures['matched']} vragen, {figures['sessions']} bijeenkomsten")
        say(f"Trainers:         {figures['trainers']} van {figures['available']} beschikbaar")
        say(f"Andere organisatie: {figures['other_organisation']} van {figures['sessions']}")
        for why, number in sorted(figures["unmatched"].items()):
            say(f"Niet gekoppeld:   {number} ({why})")
        say(f"Duur:             {figures['seconds']} s")
