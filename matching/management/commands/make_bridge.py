# SPDX-License-Identifier: EUPL-1.2
"""manage.py make_bridge: learn anew what matching/data/bridge-*.npz holds.

After a change of the texts in matching/data, of the abbreviations, the model, or the courses; takes a minute.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from matching.ranking import bridge
from matching.ranking.encoding import TextEncoder, Vectors, encoder
from matching.ranking.texts import spelled_out


class Command(BaseCommand):
    help = "Learn what questions and profiles have in common, and what lies between them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--courses",
            type=Path,
            default=settings.ROOT / "tjc" / "demo" / "data" / "courses.json",
            help="made-up courses with title, promise and goals",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        model = encoder()
        if model is None:
            raise CommandError("The language model cannot be used on this machine.")
        source = options["courses"].read_bytes()
        learned = learn(model, json.loads(source), fingerprint_of(model, source))
        path = bridge.path_of(model.version)
        bridge.save(learned, path)
        self.stdout.write(f"{path.name}: {path.stat().st_size} bytes")


def fingerprint_of(model: TextEncoder, courses: bytes) -> str:
    """Changes with every text and with the model, so that a test can tell an old file."""
    texts = "\n".join(spelled_out(text) for pair in bridge.pairs() for text in pair)
    settled = f"{model.version} {bridge.STRENGTH} {bridge.RANK} with the texts"
    digest = hashlib.sha256(f"{settled}\n{texts}".encode())
    digest.update(courses)
    return digest.hexdigest()[:16]


def learn(model: TextEncoder, courses: list[dict[str, Any]], fingerprint: str) -> bridge.Bridge:
    asked = [question for question, _trade in bridge.pairs()]
    said = [trade for _question, trade in bridge.pairs()]
    titles = [course["title"] for course in courses]
    promises = [course["promise"] for course in courses]
    goals = [" ".join(course["goals"]) for course in courses]
    more = [
        (
            _queries(model, titles),
            _passages(model, [f"{a} {b}" for a, b in zip(promises, goals, strict=True)]),
        ),
        (
            _queries(model, promises),
            _passages(model, [f"{a}. {b}" for a, b in zip(titles, goals, strict=True)]),
        ),
    ]
    return bridge.learn(_queries(model, asked), _passages(model, said), more, fingerprint)


def _queries(model: TextEncoder, texts: list[str]) -> Vectors:
    return np.array([model.encode_query(spelled_out(text)) for text in texts], np.float32)


def _passages(model: TextEncoder, texts: list[str]) -> Vectors:
    return model.encode_passages([spelled_out(text) for text in texts])
