# SPDX-License-Identifier: EUPL-1.2
"""``make screens``: start the demo, photograph its pages at two widths into docs/screens/.

The pictures in the README come from here, so they show the running product and nothing else. WebP, and so small
that the repository stays one.
"""

import base64
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.e2e.conftest import FLAGS
from tests.e2e.pages import PAGES, address, sign_in
from tests.e2e.product import ROOT, chromium, running

WIDTHS = {"desktop": (1366, 900), "mobiel": (390, 844)}
TALLEST = 1600
MOST_PAGES, MOST_BYTES = 20, 150_000
#: From good to bad; the first that is small enough.
QUALITIES = (82, 70, 55, 40)
FOLDER = ROOT / "docs" / "screens"


def take(page: Page, name: str) -> int:
    """Write the picture; its size in bytes. Of a long page the top."""
    page.add_style_tag(content=".demo{display:none!important}")  # the banner is not the product
    width, height = page.evaluate("[innerWidth, document.documentElement.scrollHeight]")
    clip = {"x": 0, "y": 0, "width": width, "height": min(height, TALLEST), "scale": 1}
    browser = page.context.new_cdp_session(page)  # which knows WebP, as Playwright does not
    picture = b""
    for quality in QUALITIES:
        asked = {"format": "webp", "quality": quality, "clip": clip, "captureBeyondViewport": True}
        picture = base64.b64decode(browser.send("Page.captureScreenshot", asked)["data"])
        if len(picture) <= MOST_BYTES:
            break
    browser.detach()
    assert len(picture) <= MOST_BYTES, f"{name} is {len(picture)} bytes"
    (FOLDER / name).write_bytes(picture)
    return len(picture)


def main() -> int:
    browser_path = chromium()
    if browser_path is None:
        print("Geen Chromium gevonden (zet CHROMIUM=/pad/naar/chromium).", file=sys.stderr)
        return 1
    chosen = [shown for shown in PAGES if shown.photographed]
    assert len(chosen) <= MOST_PAGES, f"{len(chosen)} pages in tests/e2e/pages.py, not {MOST_PAGES}"
    FOLDER.mkdir(parents=True, exist_ok=True)
    taken = set()
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder)) as product,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=browser_path, args=FLAGS)
        for width, (pixels, height) in WIDTHS.items():
            for role in sorted({shown.role for shown in chosen}):
                context = browser.new_context(
                    viewport={"width": pixels, "height": height},
                    locale="nl-NL",
                    timezone_id="Europe/Amsterdam",
                    bypass_csp=True,
                )
                page = context.new_page()
                sign_in(page, product.url, role)
                for shown in chosen:
                    if shown.role == role:
                        name = f"{shown.name}-{width}.webp"
                        address(page, product.url, shown)
                        size = take(page, name)
                        taken.add(name)
                        print(f"  {name} {size / 1000:.0f} kB", flush=True)
                context.close()
        browser.close()
    for old in FOLDER.iterdir():
        if old.name not in taken:  # of a page that is gone or no longer chosen
            old.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
