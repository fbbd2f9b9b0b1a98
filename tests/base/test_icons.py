# SPDX-License-Identifier: EUPL-1.2
"""Every icon that a page may ask for by name is one that lucide has; a page that asks for another is an error 500."""

import re

from base.templatetags.tjc import icon
from matching.ranking import wording
from tests.test_repo_hygiene import texts

_NAMED = re.compile(r"""(?:\bicon\s+|\bicon\s*[=:]\s*|"icon":\s*)"([a-z0-9]+(?:-[a-z0-9]+)*)\"""")


def named():
    return {
        (name, path)
        for path, text in texts().items()
        if path.endswith((".html", ".py")) and not path.startswith("tests/")
        for name in _NAMED.findall(text)
    }


def test_every_icon_named_in_a_template_or_view_exists():
    found = named()
    assert len(found) > 80
    assert [
        f"{path}: {name}" for name, path in sorted(found) if not icon(name, missing_ok=True)
    ] == []


def test_every_reason_for_a_trainer_has_an_icon_that_exists():
    icons = {kind: icon(name, missing_ok=True) for kind, (name, _words) in wording._WORDS.items()}
    assert len(icons) > 10
    assert [kind for kind, svg in icons.items() if not svg] == []
