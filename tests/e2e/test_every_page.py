# SPDX-License-Identifier: EUPL-1.2
"""Every page and every state in Chromium, in both languages, at three widths: axe finds nothing, all contrast
is enough, the HTML is valid, the console stays silent under the CSP, nothing sticks out, nobody else is asked."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.e2e.pages import PAGES, Shown, address
from tests.e2e.product import Product
from tests.e2e.states import ALL_WIDTHS, STATES, At, State
from tests.e2e.templates import HEADER, walked
from tests.e2e.walker import Validator, Walker

LANGUAGES = ("", "/en")
WALKED = walked()
#: Pages of one language: the demo's own mailbox, and what is listed by its English address.
ONE_LANGUAGE = ("/demo/", "/en/")


@pytest.fixture(scope="module")
def walker(browser: Browser, product: Product) -> Iterator[Walker]:
    walker = Walker(browser, product)
    yield walker
    walker.close()


@pytest.fixture(scope="module")
def validator() -> Iterator[Validator | str]:
    """The checker, or why there is none: said once, by test_html_is_checked."""
    try:
        validator = Validator()
    except FileNotFoundError as reason:
        yield str(reason)
        return
    yield validator
    validator.stop()


def source(walker: Walker) -> str:
    """The HTML as the server sent it, before a script touched it."""
    return walker.documents[-1].text()


def assert_template(walker: Walker, name: str) -> None:
    """The table says truthfully which template is walked here: tests/pages/test_walked.py counts on it."""
    rendered = walker.documents[-1].headers.get(HEADER.lower(), "")
    assert rendered == WALKED.get(name), f"templates.txt must say: {name} {rendered}"


def faults(walker, validator, page, widths, status=200) -> list[str]:
    document = walker.documents[-1]
    found = [] if document.status == status else [f"status {document.status}"]
    if isinstance(validator, Validator):
        found += validator.errors(source(walker))
    for width in widths:
        found += walker.faults(page, width)
    if page.locator("main details:not([open])").count():
        page.evaluate(
            "document.querySelectorAll('main details').forEach((one) => { one.open = true })"
        )
        found += [f"opened, {text}" for text in walker.faults(page, widths[-1])]
    return found + walker.noise(status)


@pytest.mark.parametrize("shown", PAGES, ids=[shown.name for shown in PAGES])
def test_page_is_accessible_valid_quiet_and_fits(walker, validator, product, shown: Shown):
    page = walker.page(shown.role)
    page.set_viewport_size({"width": ALL_WIDTHS[0], "height": 900})
    walker.forget()
    path = address(page, product.url, shown).removeprefix(product.url)
    assert_template(walker, shown.name)
    status = walker.documents[-1].status
    assert status == (404 if shown.name == "niet-gevonden" else 200)
    found = faults(walker, validator, page, ALL_WIDTHS, status)
    if not path.startswith(ONE_LANGUAGE):
        page.set_viewport_size({"width": ALL_WIDTHS[0], "height": 900})
        page.goto(f"{product.url}/en{path}")
        assert page.locator("html").get_attribute("lang") == "en"
        found += [f"en, {text}" for text in faults(walker, validator, page, ALL_WIDTHS, status)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("language", LANGUAGES, ids=["nl", "en"])
@pytest.mark.parametrize("state", STATES, ids=[state.name for state in STATES])
def test_state_is_accessible_valid_quiet_and_fits(
    walker, validator, product, state: State, language
):
    page = walker.page(state.role)
    page.set_viewport_size({"width": ALL_WIDTHS[0], "height": 900})
    walker.forget()
    state.make(At(page, product, language, walker.found))
    assert_template(walker, state.name)
    found = faults(walker, validator, page, state.widths, state.status)
    assert not found, "\n".join(found)


def test_html_is_checked(validator):
    if isinstance(validator, str):
        pytest.skip(f"the HTML is not validated: {validator}")
    assert validator.errors("<!DOCTYPE html><html lang='nl'><title>x</title><p>x</b>") == [
        "HTML: Stray end tag “b”. 'title><p>x</b>'"
    ]
