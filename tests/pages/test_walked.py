# SPDX-License-Identifier: EUPL-1.2
"""Every template of a whole page is walked in a browser, at three widths and in two languages: what is not in
``tests/e2e/templates.txt`` fails here, and what is there in vain fails in ``tests/e2e/test_every_page.py``."""

from tests.e2e.pages import PAGES
from tests.e2e.states import STATES
from tests.e2e.templates import page_templates, walked

#: Only extended by others, never a page itself.
BASES = {"courses/naast_de_cursus.html"}


def test_every_page_template_is_walked():
    assert page_templates() - BASES - set(walked().values()) == set()


def test_every_walk_is_in_the_table_once():
    names = [shown.name for shown in PAGES] + [state.name for state in STATES]
    assert sorted(names) == sorted(walked())


def test_a_base_is_no_page_itself():
    assert page_templates() >= BASES
    assert BASES.isdisjoint(walked().values())
