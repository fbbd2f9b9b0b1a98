# SPDX-License-Identifier: EUPL-1.2
"""What a screen reader finds on seven pages: roles, names, landmarks and headings in the order they are read.

The files in ``snapshots`` are to be read line by line when they change. ``SNAPSHOTS=write`` writes them anew.
"""

import os
import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pytest

from tests.e2e.pages import FIRST_CARD, PAGES, VISITOR, Shown, address, sign_in

FOLDER = Path(__file__).with_name("snapshots")
#: One word is searched by letters alone (matching.domain.meaning), so the answer is the same every time.
FIXED = "/cursussen/?q=brief"
#: What has all the words comes first: always the same course, and none that another walk changes.
COURSE = "/cursussen/?q=begroting+lezen"
SHOWN = {shown.name: shown for shown in PAGES} | {
    "catalogus": Shown("catalogus", VISITOR, FIXED),
    "cursus": Shown("cursus", VISITOR, COURSE, (FIRST_CARD,)),
    "aanmelden": Shown("aanmelden", VISITOR, COURSE, (FIRST_CARD, "main a[href*='/aanmelden/']")),
}
NAMES = ("catalogus", "cursus", "aanmelden", "week", "bereik", "kennisvraag-nieuw", "meldingen")
DAYS = "ma|di|wo|do|vr|za|zo|(?:[Mm]aan|[Dd]ins|[Ww]oens|[Dd]onder|[Vv]rij|[Zz]ater|[Zz]on)dag"
#: What differs from one day to the next: days, times and numbers, and how many places are left.
CHANGING = (
    (re.compile(r"\[level=(\d)\]"), r"[level \1]"),
    (re.compile(rf"\b(?:{DAYS}) \d{{1,2}} [a-z]+(?: \d{{4}})?"), "«dag»"),
    (re.compile(r"\d{1,2}:\d{2}"), "«tijd»"),
    (re.compile(r"(?<!level )\d[\d.,]*"), "«n»"),
    (re.compile(r"«n» cursus\b"), "«n» cursussen"),
    (re.compile(r"«n» van «n» plekken vrij|Nog «n» plek(?:ken)?|Vol\b"), "«plekken»"),
    (re.compile(r"(Minder dan «n»: )[^\"\n]*"), r"\1«organisaties»"),
)
#: Cards, rows and choices hold made-up data, in an order that depends on the day: of each the first is shown,
#: with its roles and without its words.
FOLDED = ("article", "row ", "option")
WORDS = re.compile(r"^(\s*- '?[a-z]+)(?:[ :].*?)?( \[level \d\])?('?:?)$")


def _folded(lines: list[str]) -> Iterator[str]:
    inside = seen = None
    before: set[tuple[str, int]] = set()
    for line in lines:
        depth = len(line) - len(line.lstrip())
        words = line.strip(" -'")
        if inside is not None and depth > inside:
            if not seen:
                yield WORDS.sub(r"\1\2", line).replace("'", "")
            continue
        inside = None
        if words.startswith(FOLDED):
            kind = (words.split()[0].strip(":"), depth)
            seen, inside = kind in before, depth
            before.add(kind)
            if not seen:
                yield f"{' ' * depth}- {kind[0]}: (the first of more)"
            continue
        yield line


def readable(text: str) -> str:
    for pattern, instead in CHANGING:
        text = pattern.sub(instead, text)
    lines = [line for line in text.splitlines() if "/url:" not in line]
    once = (
        line for line, _ in groupby(_folded(lines))
    )  # how many cards there are differs by the day
    return "\n".join(once) + "\n"


@pytest.mark.parametrize("name", NAMES)
def test_what_is_read_out(open_browser, product, name):
    page = open_browser().new_page()
    sign_in(page, product.url, SHOWN[name].role)
    address(page, product.url, SHOWN[name])
    spoken = readable(page.locator("body").aria_snapshot())
    path = FOLDER / f"{name}.yml"
    if os.environ.get("SNAPSHOTS") == "write":
        path.write_text(spoken, encoding="utf-8")
    assert spoken == path.read_text(encoding="utf-8")
