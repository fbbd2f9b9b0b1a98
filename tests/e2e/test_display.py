# SPDX-License-Identifier: EUPL-1.2
"""Pages as people set their own screen: text twice as large, wide spacing, contrast themes, no movement."""

import pytest

from tests.e2e.pages import PAGES, address, sign_in

MAIN = {shown.name: shown for shown in PAGES}
READ_LARGE = (
    "catalogus",
    "cursus",
    "aanmelden",
    "week",
    "mijn",
    "geef-een-cursus",
    "bijeenkomst",
    "bereik",
    "bereik-openbaar",
    "downloads",
    "kennisvragen",
    "kennisvraag",
    "kennisvraag-nieuw",
    "trainerprofiel",
    "kennis",
    "koppelronde",
    "post-uit",
)
LARGE = "html { font-size: 200% !important; }"
#: WCAG 1.4.12, to the letter.
SPACED = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
p { margin-block-end: 2em !important; }"""

#: Sideways scrolling of the page, and text that a box with a fixed size cuts off.
LOST = """() => {
  const lost = [];
  if (document.documentElement.scrollWidth > innerWidth) lost.push(`page ${document.documentElement.scrollWidth}`);
  for (const one of document.querySelectorAll('main *, header *, footer *')) {
    const style = getComputedStyle(one);
    if (one.closest('.visually-hidden, svg') || style.display === 'inline' || !one.textContent.trim()) continue;
    const cut = (axis) => ['hidden', 'clip'].includes(style[`overflow${axis}`]);
    if (cut('Y') && one.scrollHeight > one.clientHeight + 2) lost.push(`cut off: ${one.tagName}.${one.className}`);
    if (cut('X') && one.scrollWidth > one.clientWidth + 2) lost.push(`cut off: ${one.tagName}.${one.className}`);
  }
  return lost;
}"""


@pytest.mark.parametrize("name", READ_LARGE)
def test_nothing_is_lost_with_large_or_spaced_text(open_browser, product, name):
    page = open_browser().new_page()
    sign_in(page, product.url, MAIN[name].role)
    address(page, product.url, MAIN[name])
    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    frame = page.context.pages[0].main_frame
    assert frame is page.main_frame
    tree = session.send("Page.getFrameTree")["frameTree"]["frame"]["id"]
    # the browser's own style sheet, as an extension or a setting adds it: the CSP does not stop it
    sheet = session.send("CSS.createStyleSheet", {"frameId": tree})["styleSheetId"]
    found = []
    for label, style in (("large", LARGE), ("spaced", SPACED), ("both", LARGE + SPACED)):
        session.send("CSS.setStyleSheetText", {"styleSheetId": sheet, "text": style})
        found += [f"{label}: {text}" for text in page.evaluate(LOST)]
    assert found == []


def test_who_learned_from_whom_is_bars_on_a_phone_and_bands_where_they_fit(open_browser, product):
    """Bands and their names shrink with the screen; nobody should have to scroll sideways to read a chart."""
    page = open_browser(width=390, height=844).new_page()
    bands, bars = page.locator(".stroom-breed"), page.locator(".stroom-smal")
    page.goto(product.url + "/bereik/")
    assert (bands.is_visible(), bars.is_visible()) == (False, True)
    assert bars.locator("tbody tr").count() >= 2
    page.set_viewport_size({"width": 1366, "height": 900})
    assert (bands.is_visible(), bars.is_visible()) == (True, False)
    page.emulate_media(media="print")  # as wide as a sheet of A4 inside its margins
    page.set_viewport_size({"width": 688, "height": 1000})
    assert (bands.is_visible(), bars.is_visible()) == (True, False)
    page.emulate_media(media="screen", forced_colors="active")
    page.set_viewport_size({"width": 390, "height": 844})
    fill = "one => getComputedStyle(one).fill"
    ground = bars.evaluate("one => getComputedStyle(one.closest('.vlak')).backgroundColor")
    assert bars.locator("rect").first.evaluate(fill) != ground


#: How an element differs from its neighbour where colours are the reader's own: outline, border, weight, underline.
MARKS = """(one) => {
  const style = getComputedStyle(one);
  return [style.outlineStyle !== 'none' ? style.outlineWidth : '0px', style.borderBottomWidth,
    style.textDecorationLine, style.fontWeight].join(' ');
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_theme_keeps_states_apart(open_browser, product, scheme):
    page = open_browser().new_page()
    page.emulate_media(forced_colors="active", color_scheme=scheme)
    page.goto(product.url + "/cursussen/?vrij=1")
    here = page.locator(".nav [aria-current='page']").first.evaluate(MARKS)
    other = page.locator(".nav a:not([aria-current])").first.evaluate(MARKS)
    assert here != other
    # a checked filter is the browser's own checkbox, or shows another mark
    link = page.locator("main ul.kaarten a").first
    link.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    ring = (
        "one => { const at = one.closest('.kaart') ?? one; return [one, at].some((x) => "
        "getComputedStyle(x).outlineStyle !== 'none' && parseFloat(getComputedStyle(x).outlineWidth) >= 2) }"
    )
    assert link.evaluate(ring)
    # the bars of a chart, the button and the cards keep an edge
    button = page.locator(".nl-button").first
    assert button.evaluate("one => parseFloat(getComputedStyle(one).borderTopWidth)") >= 1


def test_nothing_moves_for_who_asked_for_that(open_browser, product):
    page = open_browser().new_page()
    page.emulate_media(reduced_motion="reduce")
    for path in ("/cursussen/", "/tjc-week/", "/inloggen/"):
        page.goto(product.url + path)
        moving = page.evaluate(
            """() => [...document.querySelectorAll('*')].filter((one) => {
              const style = getComputedStyle(one);
              const seconds = (text) => Math.max(...text.split(',').map(parseFloat));
              return seconds(style.transitionDuration) > 0.011 || seconds(style.animationDuration) > 0.011
                || style.scrollBehavior === 'smooth';
            }).map((one) => one.tagName + '.' + one.className).slice(0, 5)"""
        )
        assert moving == [], path
