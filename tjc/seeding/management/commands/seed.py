# SPDX-License-Identifier: EUPL-1.2
"""Synthetic volume for trials and benchmarks; the same numbers give the same data.

Exit codes: 0 made, 2 numbers that cannot go together, or a database with data of others in it.
"""

import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from tjc.seeding import loading
from tjc.seeding.volume import SeedRefused, Volume, is_foreign

WRONG_USE = 2
FOREIGN = (
    "In deze database staan mensen of cursussen die seed niet maakte; er is niets veranderd. "
    "Weet je het zeker, zeg dan --into-existing."
)


class Command(BaseCommand):
    help = (
        "Make synthetic people, courses, sessions and registrations. Nobody is mailed. "
        "Refuses a database with data of others, unless --into-existing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        for name, default in (
            ("people", "200, or as many as --trainers asks"),
            ("organisations", "20"),
            ("courses", "40"),
            ("sessions", "two for every course"),
            ("registrations", "eight for every session, as far as there are people"),
            ("requests", "0"),
            ("trainers", "as many as there are courses, at most half of the people"),
        ):
            parser.add_argument(f"--{name}", type=int, metavar="N", help=f"default: {default}")
        parser.add_argument(
            "--edition",
            default="",
            metavar="SLUG",
            help="all sessions in this edition; a coming TJC-week is made when there is none",
        )
        parser.add_argument(
            "--into-existing",
            action="store_true",
            help="add to a database that holds data of others",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()

        def say(line: str) -> None:
            if options["verbosity"]:
                self.stdout.write(f"{time.monotonic() - began:6.1f} s  {line}")
                self.stdout.flush()

        if not (options["into_existing"] or settings.DEMO_MODE) and is_foreign():
            raise CommandError(FOREIGN, returncode=WRONG_USE)
        try:
            loading.load(volume_from(options), edition_slug=options["edition"], say=say)
        except SeedRefused as refused:
            raise CommandError(str(refused), returncode=WRONG_USE) from None
        say("klaar")


def volume_from(options: dict[str, Any]) -> Volume:
    """What is not said follows from what is."""

    def asked(name: str, default: int) -> int:
        given: int | None = options[name]
        return default if given is None else given

    people = asked("people", max(200, options["trainers"] or 0))
    courses = asked("courses", 40)
    sessions = asked("sessions", 2 * courses)
    return Volume(
        people=people,
        organisations=asked("organisations", 20),
        courses=courses,
        sessions=sessions,
        registrations=asked("registrations", sessions * min(8, max(0, people // 4))),
        trainers=asked("trainers", min(courses, max(1, people // 2)) if courses else 0),
        requests=asked("requests", 0),
    )
