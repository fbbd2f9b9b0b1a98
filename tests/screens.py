# SPDX-License-Identifier: EUPL-1.2
"""``make screens``: start the demo, photograph its pages at two widths into docs/screens/.

The pictures in the README come from here, so they show the running product and nothing else.
"""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.e2e.conftest import FLAGS
from tests.e2e.pages import PAGES, address, sign_in
from tests.e2e.product import ROOT, chromium, running

WIDTHS = {"desktop": (1366, 900), "mobiel": (390, 844)}
TALLEST = 1600
FOLDER = ROOT / "docs" / "screens"


def take(page: Page, name: str, width: str) -> None:
    page.add_style_tag(content=".demo{display:none!important}")  # the banner is not the product
    size = page.viewport_size or {}
    height = page.evaluate("document.documentElement.scrollHeight")
    # of a long page the top: the pictures stay small
    whole = {"x": 0, "y": 0, "width": size["width"], "height": min(height, TALLEST)}
    page.screenshot(path=FOLDER / f"{name}-{width}.png", full_page=True, clip=whole)
    print(f"  {name}-{width}.png", flush=True)


def main() -> int:
    browser_path = chromium()
    if browser_path is None:
        print("Geen Chromium gevonden (zet CHROMIUM=/pad/naar/chromium).", file=sys.stderr)
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder)) as product,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=browser_path, args=FLAGS)
        for width, (pixels, height) in WIDTHS.items():
            for role in sorted({shown.role for shown in PAGES}):
                context = browser.new_context(
                    viewport={"width": pixels, "height": height},
                    locale="nl-NL",
                    timezone_id="Europe/Amsterdam",
                    bypass_csp=True,
                )
                page = context.new_page()
                sign_in(page, product.url, role)
                for shown in PAGES:
                    if shown.role == role and shown.photographed:
                        page.goto(address(page, product.url, shown))
                        take(page, shown.name, width)
                context.close()
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
