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
    #: In docs/screens/, of which there are twenty at most.
    photographed: bool = False


FIRST_CARD = "ul.kaarten a[href^='/cursussen/']"
FIRST_ROW = "main ul.rijen a[href^='/kennisvragen/']"
PAGES = (
    Shown("catalogus", VISITOR, "/cursussen/", photographed=True),
    Shown("catalogus-leeg", VISITOR, "/cursussen/?q=xyzzy"),
    Shown("cursus", VISITOR, "/cursussen/?vrij=1", (FIRST_CARD,), photographed=True),
    Shown(
        "aanmelden",
        VISITOR,
        "/cursussen/?vrij=1",
        (FIRST_CARD, "main a[href*='/aanmelden/']"),
        photographed=True,
    ),
    Shown("week", VISITOR, "/tjc-week/", photographed=True),
    Shown(
        "trainer",
        VISITOR,
        "/cursussen/?vrij=1",
        (FIRST_CARD, "main a[href^='/trainers/']"),
        photographed=True,
    ),
    Shown(
        "organisatie", VISITOR, "/cursussen/?vrij=1", (FIRST_CARD, "main a[href^='/organisaties/']")
    ),
    Shown("inloggen", VISITOR, "/inloggen/", photographed=True),
    Shown("zo-werkt-het", VISITOR, "/zo-werkt-het/"),
    Shown("privacy", VISITOR, "/privacy/"),
    Shown("toegankelijkheid", VISITOR, "/toegankelijkheid/"),
    Shown("contact", VISITOR, "/contact/"),
    Shown("niet-gevonden", VISITOR, "/bestaat-niet/"),
    Shown("stijl", VISITOR, "/stijl/"),
    Shown("stijl-engels", VISITOR, "/en/stijl/"),
    Shown("catalogus-zoeken", VISITOR, "/cursussen/?q=draaitabelen"),
    Shown("postbus", VISITOR, "/demo/postbus/"),
    Shown(
        "postbus-mail",
        VISITOR,
        "/demo/postbus/",
        ("main a[href^='/demo/postbus/']:not([href*='?'])",),
    ),
    Shown("mijn", LEARNER, "/mijn/", photographed=True),
    Shown("bewijs", LEARNER, "/mijn/", ("main a[href^='/mijn/bewijs/']",), photographed=True),
    Shown("mijn-gegevens", LEARNER, "/mijn/gegevens/"),
    Shown("andere-werkmail", LEARNER, "/mijn/gegevens/werkmail/"),
    Shown("andere-organisatie", LEARNER, "/mijn/organisatie/"),
    Shown("account-verwijderen", LEARNER, "/mijn/gegevens/verwijderen/"),
    Shown("account-verwijderen-trainer", TRAINER, "/mijn/gegevens/verwijderen/"),
    Shown("meldingen", LEARNER, "/mijn/meldingen/"),
    Shown("cursus-ingelogd", LEARNER, "/cursussen/?vrij=1", (FIRST_CARD,)),
    Shown("afmelden", LEARNER, "/mijn/", ("main a[href^='/afmelden/']",)),
    Shown("verzetten", LEARNER, "/mijn/", ("main a[href^='/verzetten/']",)),
    Shown("vraag-aan-trainer", LEARNER, "/mijn/", ("main a[href^='/berichten/']",)),
    Shown("medetrainer", LEARNER, "/mijn/cursussen/", ("main a[href^='/mijn/medetrainer/']",)),
    Shown("toegang-vragen", LEARNER, "/toegang-vragen/"),
    Shown("geef-een-cursus", TRAINER, "/geef-een-cursus/", photographed=True),
    Shown("geef-een-cursus-start", VISITOR, "/geef-een-cursus/"),
    Shown("mijn-cursussen", TRAINER, "/mijn/cursussen/", photographed=True),
    Shown(
        "beheer",
        TRAINER,
        "/mijn/cursussen/",
        ("main a[href^='/mijn/cursussen/']",),
        photographed=True,
    ),
    Shown(
        "bijeenkomst",
        TRAINER,
        "/mijn/cursussen/",
        ("main a[href^='/mijn/bijeenkomsten/']",),
        photographed=True,
    ),
    Shown(
        "aanwezigheid",
        TRAINER,
        "/mijn/cursussen/",
        ("main a[href*='/aanwezigheid/']",),
        photographed=True,
    ),
    Shown(
        "poster",
        TRAINER,
        "/mijn/cursussen/",
        ("main a[href^='/mijn/cursussen/']", "main a[href$='/poster/']"),
        photographed=True,
    ),
    Shown(
        "cursus-tekst",
        TRAINER,
        "/mijn/cursussen/",
        ("main a[href^='/mijn/cursussen/']", "main a[href$='/tekst/']"),
    ),
    Shown(
        "datum-erbij",
        TRAINER,
        "/mijn/cursussen/",
        ("main a[href^='/mijn/cursussen/']", "main a[href$='/datum/']"),
    ),
    Shown(
        "cursus-stoppen",
        TRAINER,
        "/mijn/cursussen/",
        ("main a[href^='/mijn/cursussen/']", "main a[href$='/stop/']"),
    ),
    Shown(
        "bericht",
        TRAINER,
        "/mijn/cursussen/",
        ("main a[href^='/mijn/bijeenkomsten/']", "main a[href$='/berichten/']"),
        photographed=True,
    ),
    Shown(
        "gesprek",
        TRAINER,
        "/mijn/cursussen/",
        ("main a[href^='/mijn/bijeenkomsten/']", "main a[href^='/berichten/']"),
    ),
    Shown(
        "lijst",
        TRAINER,
        "/mijn/cursussen/",
        ("main a[href^='/mijn/bijeenkomsten/']", "main a[href$='/lijst/']"),
    ),
    Shown("collegas", COORDINATOR, "/coordinatie/collegas/", photographed=True),
    Shown("coordinatie-cursussen", COORDINATOR, "/coordinatie/cursussen/", photographed=True),
    Shown(
        "collega-afmelden",
        COORDINATOR,
        "/coordinatie/collegas/",
        ("main a[href*='/coordinatie/aanmeldingen/']",),
    ),
    Shown("collegas-aanmelden-kies", COORDINATOR, "/coordinatie/collegas/aanmelden/"),
    Shown(
        "collegas-aanmelden",
        COORDINATOR,
        "/coordinatie/collegas/aanmelden/",
        ("main a[href*='/coordinatie/collegas/aanmelden/']",),
    ),
    Shown(
        "coordinatie-afzeggen",
        COORDINATOR,
        "/coordinatie/cursussen/",
        ("main a[href*='/coordinatie/bijeenkomsten/']",),
    ),
    Shown("post-uit", COORDINATOR, "/coordinatie/post-uit/"),
    Shown("post-uit-landelijk", NATIONAL, "/coordinatie/post-uit/"),
    Shown("post-wacht", ADMIN, "/coordinatie/post/"),
    Shown("bereik", COORDINATOR, "/coordinatie/bereik/", photographed=True),
    Shown("bereik-openbaar", VISITOR, "/bereik/", photographed=False),
    Shown("bereik-groep", VISITOR, "/bereik/?groep=layers:gemeente", photographed=False),
    Shown("bereik-methode", VISITOR, "/bereik/methode/", photographed=False),
    Shown("besparing", COORDINATOR, "/coordinatie/bereik/besparing/", photographed=False),
    Shown("downloads", COORDINATOR, "/coordinatie/bereik/downloads/", photographed=False),
    Shown("maandmail", COORDINATOR, "/coordinatie/bereik/maandelijks/", photographed=False),
    Shown("open-data", VISITOR, "/bereik/open-data/", photographed=False),
    Shown("kennisvragen", VISITOR, "/kennisvragen/"),
    Shown("kennisvraag-bezoeker", VISITOR, "/kennisvragen/", (FIRST_ROW,), photographed=False),
    Shown("kennisvraag-collega", TRAINER, "/kennisvragen/", (FIRST_ROW,), photographed=False),
    Shown("kennisvraag", LEARNER, "/mijn/vragen/", (FIRST_ROW,)),
    Shown("kennisvraag-nieuw", LEARNER, "/kennisvragen/nieuw/"),
    Shown(
        "kennisvraag-aanpassen",
        LEARNER,
        "/mijn/vragen/",
        (FIRST_ROW, "main a[href$='/pas-aan/']"),
        photographed=False,
    ),
    Shown("voordracht", LEARNER, "/kennisvragen/ken-jij-een-collega/", photographed=False),
    Shown("mijn-vragen", TRAINER, "/mijn/vragen/", photographed=False),
    Shown("trainerprofiel", TRAINER, "/mijn/trainer/"),
    Shown("kennis", COORDINATOR, "/coordinatie/kennis/"),
    Shown("kennis-landelijk", NATIONAL, "/coordinatie/kennis/"),
    Shown("koppelrondes", NATIONAL, "/coordinatie/matching/"),
    Shown(
        "koppelronde",
        NATIONAL,
        "/coordinatie/matching/",
        # The oldest: the demo's worker may still be busy with the newest.
        ("main table tbody tr:last-child a[href^='/coordinatie/matching/']",),
    ),
    Shown("edities", NATIONAL, "/edities-beheer/"),
    Shown(
        "editie-wijzigen", NATIONAL, "/edities-beheer/", ("main a[href^='/edities-beheer/tjc']",)
    ),
    Shown("bevestigen", NATIONAL, "/coordinatie/collegas-bevestigen/"),
    Shown("toegang", NATIONAL, "/coordinatie/toegang/"),
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
