# SPDX-License-Identifier: EUPL-1.2
"""A mail as a browser shows it: never wider than the screen, whatever is in it."""

from collections.abc import Callable

import pytest
from django.template.loader import get_template
from playwright.sync_api import BrowserContext

from notifications.mail.markup import LAYOUT, Block

#: As long as those of Teams, and without a place to break.
LINK = "https://vergadering.example/l/meetup-join/" + "19meetingNzk4YjQ0MzUt" * 12


@pytest.mark.parametrize("width", [320, 390, 700])
def test_a_long_link_stays_inside_the_screen(
    open_browser: Callable[..., BrowserContext], width: int
) -> None:
    facts = (("Wanneer", "maandag 26 oktober 2026, 10:00 tot 10:50 uur"), ("Link", LINK))
    values = {"subject": "Je doet mee", "language": "nl", "blocks": [Block("facts", rows=facts)]}
    page = open_browser(width=width).new_page()
    page.set_content(get_template(LAYOUT).render(values))
    assert page.get_by_role("link").get_attribute("href") == LINK
    assert page.evaluate("document.documentElement.scrollWidth") == width
