# SPDX-License-Identifier: EUPL-1.2
"""One browser that walks the whole product: a page per role, an ear for every console message and request."""

import hashlib
import json
import re
import shutil
import subprocess
import time
import urllib.request
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, Request, Response

from tests.e2e.found import look_up
from tests.e2e.pages import sign_in
from tests.e2e.product import ROOT, Product, free_port
from tests.e2e.states import NEWCOMER

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
VNU_VERSION = "26.9.27"
VNU_DIGEST = "22f15dd39a33bed929d2a5c0cddf5946849a647eca9272bf4d5d00bc7e7a4d47"
TOOLS = ROOT / "var" / "tools"
CONTRAST = Path(__file__).with_name("contrast.js").read_text(encoding="utf-8")
CONTRAST = CONTRAST[CONTRAST.index("(targets) =>") :]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: A part that asks again by itself stands still while axe reads: it would look at two pages at once.
RUN = """async (tags) => {
  const still = (event) => {
    if (event.target.dataset?.hxTrigger?.startsWith('every')) event.preventDefault();
  };
  const asking = ['htmx:beforeRequest', 'htmx:beforeSwap'];
  asking.forEach((name) => document.addEventListener(name, still));
  const result = await axe.run(document, {runOnly: {type: 'tag', values: tags}})
    .finally(() => asking.forEach((name) => document.removeEventListener(name, still)));
  const target = (node) => node.target.join(' ');
  return {
    violations: result.violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${target(node)}`)),
    undecided: result.incomplete.filter((rule) => rule.id === 'color-contrast')
      .flatMap((rule) => rule.nodes.map(target)),
    doubtful: result.incomplete.filter((rule) => rule.id !== 'color-contrast')
      .flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${target(node)}`)),
  };
}"""
#: What sticks out where everything should fit: the first few, to find them.
STICKS_OUT = """(width) => document.documentElement.scrollWidth <= width ? [] :
  [...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > width + 1)
    .slice(0, 5).map((one) => one.tagName + '.' + one.className)"""
OUR_COOKIES = {"csrftoken", "sessionid"}


class Walker:
    def __init__(self, browser: Browser, product: Product) -> None:
        self.browser = browser
        self.product = product
        self.found = look_up(product)
        self.complaints: list[str] = []
        self.strangers: set[str] = set()
        self.documents: list[Response] = []
        self._pages: dict[str, Page] = {}
        self._axe = AXE.read_text(encoding="utf-8")

    def page(self, role: str) -> Page:
        if role not in self._pages:
            page = self._context().new_page()
            if role == NEWCOMER:
                self._arrive(page)
            else:
                sign_in(page, self.product.url, role)
            page.wait_for_load_state("networkidle")
            page.goto("about:blank")
            self._pages[role] = page
        return self._pages[role]

    def _context(self) -> BrowserContext:
        context = self.browser.new_context(
            viewport={"width": 1366, "height": 900},
            locale="nl-NL",
            timezone_id="Europe/Amsterdam",
        )
        context.set_default_timeout(30_000)
        context.on("console", lambda message: self.complaints.append(message.text))
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on("request", self._hear)
        context.on("response", self._keep)
        return context

    def _hear(self, request: Request) -> None:
        if urlsplit(request.url)[:2] != urlsplit(self.product.url)[:2]:
            self.strangers.add(request.url)

    def _keep(self, response: Response) -> None:
        if response.request.is_navigation_request() and not response.headers.get("location"):
            self.documents.append(response)

    def _arrive(self, page: Page) -> None:
        """Somebody for the first time, without a course."""
        mail = "nieuw.hier@zwolle.nl"
        seen = len(self.product.mails(mail))
        page.goto(self.product.url + "/inloggen/")
        page.locator("main input[type='email']").fill(mail)
        page.locator("main form [type='submit']").first.click()
        code = self.product.code(mail, after=seen)
        page.locator("main form input:not([type='hidden'])").first.fill(code)
        page.locator("main form [type='submit']").first.click()
        page.wait_for_load_state()

    def forget(self) -> None:
        """What earlier pages did is no fault of the next."""
        self.complaints.clear()
        self.strangers.clear()
        self.documents.clear()

    def faults(self, page: Page, width: int) -> list[str]:
        """What is wrong with the page at this width: axe, contrast, what sticks out, headings."""
        page.set_viewport_size({"width": width, "height": 900})
        # axe comes in over the debugger, not as a script of the page, so the CSP stays as it is
        if not page.evaluate("'axe' in window"):
            page.evaluate(self._axe)
        result = page.evaluate(RUN, TAGS)
        found = result["violations"] + result["doubtful"]
        if result["undecided"]:
            found += [f"contrast {text}" for text in page.evaluate(CONTRAST, result["undecided"])]
        found += [f"sticks out: {text}" for text in page.evaluate(STICKS_OUT, width)]
        titles = page.locator("h1").count()
        if titles != 1:
            found.append(f"{titles} h1")
        return [f"{width} px: {text}" for text in found]

    def noise(self, status: int = 200) -> list[str]:
        """Console messages, other sites, other cookies; that the page has an error status is no noise."""
        status_line = re.compile(rf"Failed to load resource: .* status of {status} ")
        found = [text for text in self.complaints if not status_line.match(text)]
        found += sorted(self.strangers)
        for page in self._pages.values():
            found += [
                f"cookie {cookie['name']}"
                for cookie in page.context.cookies()
                if cookie["name"] not in OUR_COOKIES
            ]
        return found

    def close(self) -> None:
        for page in self._pages.values():
            page.context.close()


def checker() -> Path:
    """The Nu HTML checker, from npm: 32 MB, so not in package.json, where every demo would wait for it.

    Raises FileNotFoundError when it is not here and the registry does not answer.
    """
    jar = TOOLS / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
    if not jar.exists():
        npm = shutil.which("npm")
        if npm is None:
            raise FileNotFoundError("npm is not here")
        command = [npm, "install", "--no-save", "--ignore-scripts", "--prefix", str(TOOLS)]
        subprocess.run(
            [*command, f"vnu-jar@{VNU_VERSION}"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
        if not jar.exists():
            raise FileNotFoundError("npm could not install vnu-jar")
    assert hashlib.sha256(jar.read_bytes()).hexdigest() == VNU_DIGEST, f"{jar} is another file"
    return jar


class Validator:
    """The Nu HTML checker of the W3C, started once: a Java server on this machine."""

    def __init__(self) -> None:
        java = shutil.which("java")
        if java is None:
            raise FileNotFoundError("java is not here")
        jar = checker()
        self.url = f"http://127.0.0.1:{free_port()}/"
        port = self.url.rsplit(":", 1)[1].strip("/")
        command = [java, "-Xss8m", "-Xmx512m", "-Dnu.validator.servlet.bind-address=127.0.0.1"]
        self.process = subprocess.Popen(
            [*command, "-cp", str(jar), "nu.validator.servlet.Main", port],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        give_up = time.monotonic() + 60
        while True:
            try:
                self.errors("<!DOCTYPE html><html lang='en'><title>x</title><p>x")
            except (URLError, OSError):
                assert time.monotonic() < give_up and self.process.poll() is None
                time.sleep(0.3)
            else:
                return

    def errors(self, html: str) -> list[str]:
        request = urllib.request.Request(
            self.url + "?out=json&level=error",
            data=html.encode(),
            headers={"Content-Type": "text/html; charset=utf-8"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            messages: list[dict[str, Any]] = json.load(answer)["messages"]
        return [
            f"HTML: {one['message']} {one.get('extract', '')!r}"
            for one in messages
            if one["type"] != "info"
        ]

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)
