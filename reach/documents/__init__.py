# SPDX-License-Identifier: EUPL-1.2
"""The figures on paper: one page for a director, or the full report, as PDF/UA-1 made by typst.

The template is rapport.typ; it gets all words and figures as JSON, so that paper says what the page says.
"""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from base import clock

_HERE = Path(__file__).parent
TEMPLATE, TYPESETTER = _HERE / "rapport.typ", _HERE / "typesetter.py"
#: Made with the rest of the front end (base/frontend/build.mjs). Without it a report has a font of typst's own.
FONTS = _HERE.parents[1] / "base" / "frontend" / "dist" / "papier"
#: One takes a third of a second.
SECONDS = 30


class DocumentsMissing(RuntimeError):
    """The optional package for PDF is not installed (pyproject.toml, ``documents``)."""


def is_available() -> bool:
    """Without importing it: a page that only shows the link need not carry it."""
    return find_spec("typst") is not None


def pdf(content: dict[str, Any]) -> bytes:
    """``content`` as reach.documents.content makes it. Raises DocumentsMissing."""
    if not is_available():
        raise DocumentsMissing("A PDF needs the package typst: install the extra 'documents'.")
    command = [sys.executable, "-I", str(TYPESETTER), str(TEMPLATE), str(FONTS)]
    made = subprocess.run(  # noqa: S603 - our own script, with what we made
        [*command, str(int(clock.now().timestamp()))],
        input=json.dumps(content, ensure_ascii=False).encode(),
        capture_output=True,
        timeout=SECONDS,
        check=False,
    )
    if made.returncode:
        raise RuntimeError(f"typst made no PDF: {made.stderr.decode(errors='replace')[-2000:]}")
    return made.stdout
