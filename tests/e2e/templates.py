# SPDX-License-Identifier: EUPL-1.2
"""Every template that is a whole page, and which walk sees it: ``templates.txt``, a line a page or state.

The walk checks each line against what the server says it rendered (test_every_page); that no template is
missing is checked without a browser (tests/pages/test_walked.py).
"""

import re
from pathlib import Path

from tests.e2e.product import ROOT

#: In which the product under test names the template of a page (tests.e2e.told).
HEADER = "X-Page-Template"
TABLE = Path(__file__).with_name("templates.txt")
_EXTENDS = re.compile(r"{%\s*extends\s")


def page_templates() -> set[str]:
    """The names of all templates that extend another: what a view renders as a whole page."""
    return {
        str(path.relative_to(folder))
        for folder in (*ROOT.glob("*/templates"), *ROOT.glob("tjc/*/templates"))
        for path in folder.rglob("*.html")
        if _EXTENDS.search(path.read_text(encoding="utf-8"))
    }


def walked() -> dict[str, str]:
    """The name of a page or state, and its template."""
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    return dict(line.split() for line in lines if line and not line.startswith("#"))
