# SPDX-License-Identifier: EUPL-1.2
"""manage.py rank: order trainers for requests out of files, with the product's own ranker.

Writes TREC run lines: request_id Q0 trainer_id rank score tjc. Touches no database.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from matching.ranking.encoding import encoder
from matching.ranking.ranker import Ranker
from matching.ranking.texts import CourseText, TrainerText

#: Of one text so many characters are read; what is longer says the same again.
MOST = 20_000


class Command(BaseCommand):
    help = "Rank trainers for requests and write a TREC run."
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--trainers", required=True, type=Path, metavar="T.jsonl")
        parser.add_argument("--requests", required=True, type=Path, metavar="R.jsonl")
        parser.add_argument("--output", required=True, type=Path, metavar="RUN.txt")
        parser.add_argument("--depth", type=int, default=50)
        parser.add_argument(
            "--letters", action="store_true", help="without the language model, as where it is away"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["depth"] < 1:
            raise CommandError("--depth must be 1 or more.")
        trainers = list(_records(options["trainers"], _trainer))
        requests = list(_records(options["requests"], _request))
        _all_different(options["trainers"], [name for name, _text in trainers])
        _all_different(options["requests"], [name for name, _text, _title in requests])
        ranker = Ranker(None if options["letters"] else encoder())
        if ranker.model is None and not options["letters"]:
            self.stderr.write("The language model cannot be used here: ranked by words only.")
        pool = ranker.pool(text for _name, text in trainers)
        lines = []
        for name, text, title in requests:
            found = pool.rank(ranker.query(text, title), options["depth"])
            lines += [
                f"{name} Q0 {trainers[one.trainer][0]} {at} {one.score:.6f} tjc\n"
                for at, one in enumerate(found, start=1)
            ]
        try:
            options["output"].write_text("".join(lines), encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{options['output']}: {error.strerror}") from error
        if options["verbosity"]:
            self.stdout.write(
                f"{len(requests)} requests, {len(trainers)} trainers: {len(lines)} lines"
            )


class _Wrong(Exception):
    """What is wrong with a record."""


def _records(path: Path, read: Any) -> Iterator[Any]:
    """Every line read; a wrong one stops the command and is told by its number."""
    try:
        with path.open(encoding="utf-8-sig") as file:
            for number, line in enumerate(file, start=1):
                if not line.strip():
                    continue
                try:
                    yield read(_object(line))
                except json.JSONDecodeError as error:
                    raise CommandError(f"{path}, line {number}: no JSON ({error.msg}).") from None
                except _Wrong as wrong:
                    raise CommandError(f"{path}, line {number}: {wrong}.") from None
                except (ValueError, RecursionError):
                    # A number of thousands of digits, lists in lists in lists.
                    raise CommandError(f"{path}, line {number}: cannot be read.") from None
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError:
        raise CommandError(f"{path}: is no UTF-8.") from None


def _object(line: str) -> dict[str, Any]:
    record = json.loads(line)
    if not isinstance(record, dict):
        raise _Wrong("is no object")
    return record


def _trainer(record: dict[str, Any]) -> tuple[str, TrainerText]:
    courses = record.get("courses") or []
    if not isinstance(courses, list) or not all(isinstance(course, dict) for course in courses):
        raise _Wrong("“courses” is no list of objects")
    parts = [_text(record, "function"), _text(record, "expertise")]
    examples = record.get("examples") or []
    if not isinstance(examples, list) or not all(isinstance(text, str) for text in examples):
        raise _Wrong("“examples” is no list of texts")
    return _id(record), TrainerText(
        expertise=". ".join(dict.fromkeys(part for part in parts if part)),
        courses=tuple(
            CourseText(_text(course, "title"), _text(course, "description")) for course in courses
        ),
        examples=tuple(text[:MOST] for text in examples),
    )


def _request(record: dict[str, Any]) -> tuple[str, str, str]:
    if "text" not in record:
        raise _Wrong("“text” is missing")
    return _id(record), _text(record, "text"), _text(record, "title")


def _id(record: dict[str, Any]) -> str:
    found = record.get("id")
    if isinstance(found, int) and not isinstance(found, bool):
        found = str(found)
    if not isinstance(found, str) or not found or any(letter.isspace() for letter in found):
        raise _Wrong("“id” is missing, or has a space in it")
    if any("\ud800" <= letter <= "\udfff" for letter in found):
        raise _Wrong("“id” has half a character in it")
    return found


def _text(record: dict[str, Any], name: str) -> str:
    found = record.get(name)
    if found is None:
        return ""
    if not isinstance(found, str):
        raise _Wrong(f"“{name}” is no text")
    return found[:MOST]


def _all_different(path: Path, names: list[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise CommandError(f"{path}: “{name}” is there twice.")
        seen.add(name)
