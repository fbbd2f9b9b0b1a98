# SPDX-License-Identifier: EUPL-1.2
"""The catalogue while it changes under your hands: focus, announcement, address and way back; and that typed
text survives an expired form and a lost session."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.pages import sign_in

#: How much of the screen moved, as browsers measure it (cumulative layout shift).
MOVED = """window.moved = 0;
new PerformanceObserver((list) => list.getEntries().forEach((entry) => { window.moved += entry.value; }))
  .observe({type: 'layout-shift', buffered: true});"""
HEADING = "[data-aankondiging]"


def number(page: Page) -> int:
    return int(re.match(r"\d+", page.locator(HEADING).inner_text().replace(".", ""))[0])


def test_a_filter_changes_the_results_and_leaves_the_focus_where_it_is(
    product, visitor, complaints
):
    visitor.goto(f"{product.url}/cursussen/")
    all_of_them = number(visitor)
    online = visitor.locator("input[name='waar'][value='online']")
    offered = int(visitor.locator("#aantal-waar-online").inner_text())
    assert 0 < offered < all_of_them
    online.focus()
    visitor.keyboard.press("Space")
    said = visitor.locator("#aankondiging")
    expect(said).to_have_text(re.compile(rf"^{offered} cursus"))
    assert number(visitor) == offered
    expect(online).to_be_focused()
    expect(visitor).to_have_url(re.compile("waar=online"))

    visitor.go_back()
    expect(visitor.locator(HEADING)).to_have_text(re.compile(rf"\b{all_of_them} "))
    expect(online).not_to_be_checked()
    visitor.go_forward()
    expect(visitor.locator(HEADING)).to_have_text(re.compile(rf"\b{offered} "))
    expect(online).to_be_checked()
    assert complaints == []


def test_a_typo_still_finds_and_says_what_was_looked_for(product, visitor, complaints):
    visitor.goto(f"{product.url}/cursussen/")
    visitor.get_by_role("searchbox").fill("draaitabelen")
    visitor.keyboard.press("Enter")
    expect(visitor.locator(".kaart__titel").first).to_contain_text(
        re.compile("draaitabel", re.IGNORECASE)
    )
    visitor.goto(f"{product.url}/cursussen/?q=woo")
    expect(visitor.locator("#resultaten")).to_contain_text(
        "We zochten ook naar “Wet open overheid”."
    )
    visitor.get_by_role("link", name="Eerst aan de beurt").click()
    expect(visitor).to_have_url(re.compile("sorteer=eerst"))
    assert complaints == []


def test_a_part_that_does_not_come_becomes_a_whole_page(product, visitor):
    visitor.goto(f"{product.url}/cursussen/")
    failed = []

    def once(route):
        if route.request.headers.get("hx-request") and not failed:
            failed.append(route.request.url)
            route.fulfill(status=503, body="")
        else:
            route.continue_()

    visitor.route("**/cursussen/**", once)
    visitor.locator("input[name='waar'][value='online']").check()
    expect(visitor).to_have_url(re.compile(r"/cursussen/\?.*waar=online"))
    expect(visitor.locator("input[name='waar'][value='online']")).to_be_checked()
    assert len(failed) == 1


@pytest.mark.parametrize("width", [390, 360, 320])
@pytest.mark.parametrize("path", ["/cursussen/", "/en/cursussen/"])
def test_the_header_is_one_row_on_a_phone(product, open_browser, width, path):
    page = open_browser(width=width).new_page()
    page.goto(f"{product.url}{path}")
    boxes = [
        page.locator(selector).bounding_box()
        for selector in (".kop .logo", ".kop .ik", ".menu-knop")
    ]
    middles = [box["y"] + box["height"] / 2 for box in boxes]
    assert max(middles) - min(middles) < 8
    assert all(box["x"] + box["width"] <= width for box in boxes)
    assert all(box["height"] >= 44 for box in boxes)
    page.locator(".menu-knop").click()
    expect(page.locator(".nav__inloggen a")).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False])
def test_an_expired_form_is_given_back(product, open_browser, javascript):
    context = open_browser(javascript=javascript)
    page = context.new_page()
    page.goto(f"{product.url}/cursussen/?vrij=1")
    page.locator("ul.kaarten a").first.click()
    page.get_by_role("link", name="Ik doe mee").first.click()
    page.get_by_label("Je naam").fill("Merel Jansen")
    page.get_by_label("Je werkmail").fill("merel.jansen@zwolle.nl")
    page.get_by_label("Wat wil je vooral leren?").fill("Eerste regel\nTweede regel")
    context.clear_cookies()
    page.get_by_role("button", name="Meld me aan").click()
    expect(page.locator("h1")).to_have_text("Probeer het nog eens.")
    page.get_by_role("button", name="Verstuur nog een keer").click()
    expect(page).to_have_url(re.compile("/aanmelden/code/"))
    expect(page.locator("main")).to_contain_text("merel.jansen@zwolle.nl")


def test_who_was_signed_out_meanwhile_keeps_what_was_typed(product, open_browser):
    context = open_browser()
    page = context.new_page()
    sign_in(page, product.url, "trainer")
    page.goto(f"{product.url}/geef-een-cursus/")
    if page.get_by_role("link", name="Begin").count():
        page.get_by_role("link", name="Begin").first.click()
    address = page.url
    title = page.get_by_label("Titel")
    expect(title).to_be_visible()
    page.route("**/bewaar/**", lambda route: route.abort())  # signed out before anything was saved
    title.fill("Knopen voor gevorderden")
    page.get_by_label("Belofte in één zin").fill("Je legt er tien.")
    page.get_by_label("45 minuten").check()
    context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Publiceer je cursus").click()
    expect(page).to_have_url(re.compile("/inloggen/"))
    sign_in(context.new_page(), product.url, "trainer")
    page.goto(address)
    expect(title).to_have_value("Knopen voor gevorderden")
    expect(page.get_by_label("Belofte in één zin")).to_have_value("Je legt er tien.")
    expect(page.get_by_label("45 minuten")).to_be_checked()


def test_structured_data_passes_the_content_policy(product, visitor, complaints):
    visitor.goto(f"{product.url}/cursussen/")
    visitor.locator("ul.kaarten a").first.click()
    data = visitor.locator("script[type='application/ld+json']")
    expect(data).to_have_count(1)
    assert '"@type": "Course"' in data.inner_text()
    assert complaints == []


def test_nothing_moves_while_the_page_comes_in_on_a_slow_phone(product, open_browser):
    """Google's bar for a good page is 0.1; the filters that closed late made it 0.36."""
    context = open_browser()
    page = context.new_page()
    page.set_viewport_size({"width": 390, "height": 844})
    phone = context.new_cdp_session(page)
    phone.send("Network.enable")
    speed = {"latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 90_000}
    phone.send("Network.emulateNetworkConditions", speed | {"offline": False})
    phone.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.add_init_script(MOVED)
    page.goto(f"{product.url}/cursussen/", wait_until="networkidle")
    page.evaluate("document.fonts.ready.then(() => null)")
    page.wait_for_timeout(500)
    assert page.evaluate("window.moved") < 0.1
