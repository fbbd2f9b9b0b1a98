# SPDX-License-Identifier: EUPL-1.2
"""Every page of the product, and who looks at it: walked by the accessibility test and by the screenshots.

``start`` is an address; ``links`` are followed from there, one after another: CSS selectors of a link.
"""

from dataclasses import dataclass

from playwright.sync_api import Page

VISITOR, LEARNER, TRAINER, COORDINATOR, NATIONAL = (
    "",
    "learner",
    "trainer",
    "coordinator",
    "national",
)
ADMIN = "admin"


@dataclass(frozen=True)
class Shown:
    name: str
    role: str
    start: str
    links: tuple[str, ...] = ()
    photographed: bool = True


FIRST_CARD = "ul.kaarten a[href^='/cursussen/']"
PAGES = (
    Shown("catalogus", VISITOR, "/cursussen/"),
    Shown("catalogus-leeg", VISITOR, "/cursussen/?q=xyzzy"),
    Shown("cursus", VISITOR, "/cursussen/?vrij=1", (FIRST_CARD,)),
    Shown(
        "aanmelden",
        VISITOR,
        "/cursussen/?vrij=1",
        (FIRST_CARD, "main a[href*='/aanmelden/']"),
    ),
    Shown("week", VISITOR, "/tjc-week/"),
    Shown("trainer", VISITOR, "/cursussen/?vrij=1", (FIRST_CARD, "main a[href^='/trainers/']")),
    Shown(
        "organisatie", VISITOR, "/cursussen/?vrij=1", (FIRST_CARD, "main a[href^='/organisaties/']")
    ),
    Shown("inloggen", VISITOR, "/inloggen/"),
    Shown("zo-werkt-het", VISITOR, "/zo-werkt-het/", photographed=False),
    Shown("privacy", VISITOR, "/privacy/", photographed=False),
    Shown("toegankelijkheid", VISITOR, "/toegankelijkheid/", photographed=False),
    Shown("contact", VISITOR, "/contact/", photographed=False),
    Shown("niet-gevonden", VISITOR, "/bestaat-niet/", photographed=False),
    Shown("stijl", VISITOR, "/stijl/", photographed=False),
    Shown("stijl-engels", VISITOR, "/en/stijl/", photographed=False),
    Shown("catalogus-zoeken", VISITOR, "/cursussen/?q=draaitabelen", photographed=False),
    Shown("postbus", VISITOR, "/demo/postbus/", photographed=False),
    Shown(
        "postbus-mail",
        VISITOR,
        "/demo/postbus/",
        ("main a[href^='/demo/postbus/']:not([href*='?'])",),
        photographed=False,
    ),
    Shown("mijn", LEARNER, "/mijn/"),
    Shown("mijn-gegevens", LEARNER, "/mijn/gegevens/", photographed=False),
    Shown("meldingen", LEARNER, "/mijn/meldingen/", photographed=False),
    Shown("cursus-ingelogd", LEARNER, "/cursussen/?vrij=1", (FIRST_CARD,), photographed=False),
    Shown("afmelden", LEARNER, "/mijn/", ("main a[href^='/afmelden/']",)),
    Shown("verzetten", LEARNER, "/mijn/", ("main a[href^='/verzetten/']",), photographed=False),
    Shown("vraag-aan-trainer", LEARNER, "/mijn/", ("main a[href^='/berichten/']",)),
    Shown("toegang-vragen", LEARNER, "/toegang-vragen/", photographed=False),
    Shown("geef-een-cursus", TRAINER, "/geef-een-cursus/"),
    Shown("mijn-cursussen", TRAINER, "/mijn/cursussen/"),
    Shown("beheer", TRAINER, "/mijn/cursussen/", ("main a[href^='/mijn/cursussen/']",)),
    Shown("bijeenkomst", TRAINER, "/mijn/cursussen/", ("main a[href^='/mijn/bijeenkomsten/']",)),
    Shown("aanwezigheid", TRAINER, "/mijn/cursussen/", ("main a[href*='/aanwezigheid/']",)),
    Shown(
        "poster",
        TRAINER,
        "/mijn/cursussen/",
        ("main a[href^='/mijn/cursussen/']", "main a[href$='/poster/']"),
    ),
    Shown(
        "bericht",
        TRAINER,
        "/mijn/cursussen/",
        ("main a[href^='/mijn/bijeenkomsten/']", "main a[href$='/berichten/']"),
    ),
    Shown(
        "gesprek",
        TRAINER,
        "/mijn/cursussen/",
        ("main a[href^='/mijn/bijeenkomsten/']", "main a[href^='/berichten/']"),
        photographed=False,
    ),
    Shown(
        "lijst",
        TRAINER,
        "/mijn/cursussen/",
        ("main a[href^='/mijn/bijeenkomsten/']", "main a[href$='/lijst/']"),
        photographed=False,
    ),
    Shown("collegas", COORDINATOR, "/coordinatie/collegas/"),
    Shown("coordinatie-cursussen", COORDINATOR, "/coordinatie/cursussen/"),
    Shown("post-uit", COORDINATOR, "/coordinatie/post-uit/", photographed=False),
    Shown("post-uit-landelijk", NATIONAL, "/coordinatie/post-uit/", photographed=False),
    Shown("post-wacht", ADMIN, "/coordinatie/post/", photographed=False),
    Shown("bereik", COORDINATOR, "/coordinatie/bereik/"),
    Shown("edities", NATIONAL, "/edities-beheer/", photographed=False),
    Shown("bevestigen", NATIONAL, "/coordinatie/collegas-bevestigen/", photographed=False),
    Shown("toegang", NATIONAL, "/coordinatie/toegang/", photographed=False),
)


def sign_in(page: Page, url: str, role: str) -> None:
    """One click on the demo's banner; a visitor clicks nothing."""
    page.goto(url)
    if role:
        page.locator(f"button[name='role'][value='{role}']").click()
        page.wait_for_load_state()


def address(page: Page, url: str, shown: Shown) -> str:
    """Where the page is, found as a person would: from its start along its links."""
    page.goto(url + shown.start)
    for selector in shown.links:
        href = page.locator(selector).first.get_attribute("href")
        assert href, f"{shown.name}: no link {selector} at {page.url}"
        page.goto(url + href if href.startswith("/") else href)
    return page.url
