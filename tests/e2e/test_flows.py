# SPDX-License-Identifier: EUPL-1.2
"""The flows of the brief, each with the keyboard alone and once more with JavaScript off. And how short
the first one is on a phone."""

import datetime as dt
import itertools
import re
import time

import pytest
from playwright.sync_api import expect

from base import clock
from base.templatetags.dates import short_day
from tests.e2e.hands import Keyboard, Mouse
from tests.e2e.pages import sign_in
from tests.e2e.product import text_of

numbers = itertools.count(1)
ANYWAY = "Dit is het niet, stel mijn vraag"
#: Seconds until the matching worker has read all profiles of the demo, on a busy machine.
PATIENCE = 240


@pytest.fixture(params=["keyboard", "no-javascript"])
def hands(request, open_browser, product):
    """Somebody's hands on a fresh browser."""
    javascript = request.param == "keyboard"
    page = open_browser(javascript=javascript).new_page()
    page.goto(product.url)
    yield (Keyboard if javascript else Mouse)(page)


def unseen(hands):
    return getattr(hands, "unseen", [])


def newcomer():
    """Of an organisation that gives no course in the demo: no seat is kept from this colleague."""
    number = next(numbers)
    return f"Noor Bakker {number}", f"noor.bakker{number}@svb.nl"


def first_card(page):
    return page.locator("ul.kaarten h3 a").first.inner_text()


def test_first_time_sign_up(hands, product):
    name, mail = newcomer()
    page = hands.page
    page.goto(product.url + "/cursussen/?vrij=1&waar=online")
    hands.follow(first_card(page), within="main")
    hands.follow("Ik doe mee", within="main")
    hands.write("Je naam", name)
    hands.write("Je werkmail", mail)
    hands.press("Meld me aan")
    expect(page.get_by_label(re.compile("[Cc]ode"))).to_be_visible()
    label = page.locator("label", has_text=re.compile("[Cc]ode")).first.inner_text().strip()
    hands.write(label, product.code(mail))
    hands.press("Bevestig je plek")
    expect(page.locator("h1")).to_have_text("Leuk, je doet mee!")
    assert unseen(hands) == []


def test_signed_in_sign_up_is_two_presses(hands, product):
    page = hands.page
    sign_in(page, product.url, "admin")
    page.goto(product.url + "/cursussen/?vrij=1&waar=online&sorteer=gekozen")
    hands.follow(first_card(page), within="main")
    hands.follow("Ik doe mee", within="main")
    assert page.locator("main form input:visible, main form textarea:visible").count() == 0
    hands.press("Meld me aan")
    expect(page.locator("h1")).to_have_text("Leuk, je doet mee!")
    assert unseen(hands) == []
    hands.follow("Toch niet? Meld je af", within="main")
    hands.press("Meld me af")


def test_withdraw_from_the_mail_asks_first(hands, product, open_browser):
    name, mail = newcomer()
    sign_up = open_browser().new_page()
    sign_up.goto(product.url + "/cursussen/?vrij=1&waar=online")
    sign_up.locator("ul.kaarten h3 a").nth(1).click()
    sign_up.get_by_role("link", name="Ik doe mee").first.click()
    sign_up.get_by_label("Je naam").fill(name)
    sign_up.get_by_label("Je werkmail").fill(mail)
    sign_up.get_by_role("button", name="Meld me aan").click()
    sign_up.get_by_label(re.compile("[Cc]ode")).fill(product.code(mail))
    sign_up.get_by_role("button", name="Bevestig je plek").click()
    invitation = product.wait_for_mail(mail, lambda m: str(m["Subject"]).startswith("Je doet mee"))
    link = re.search(r"http://\S+/afmelden/\S+", text_of(invitation)).group(0)
    hands.page.goto(link)
    hands.page.reload()  # a mail scanner opened it too: nothing has happened yet
    hands.press("Meld me af")
    product.wait_for_mail(mail, lambda m: str(m["Subject"]).startswith("Je bent afgemeld"))
    assert unseen(hands) == []


def test_ask_a_question_and_then_a_trainer(hands, product):
    page = hands.page
    question = f"Hoe maak ik een draaitabel van {next(numbers) + 10} lijsten met aanvragen?"
    sign_in(page, product.url, "learner")
    page.goto(product.url + "/kennisvragen/")
    hands.follow("Stel je kennisvraag", within="main")
    hands.write("Waar loop je tegenaan?", question)
    hands.choose("Online")
    hands.press("Stel mijn vraag")
    anyway = page.get_by_role("button", name=ANYWAY)
    step = page.locator("[aria-current='step']")
    expect(anyway.or_(step)).to_be_visible()
    if anyway.count():  # something looks like it: shown first
        hands.press(ANYWAY)
    expect(page).to_have_url(re.compile(r"/kennisvragen/[0-9a-f-]{36}/$"))
    give_up = time.monotonic() + PATIENCE
    while not page.get_by_role("button", name="Vraag deze trainer").count():
        assert time.monotonic() < give_up, page.locator("main").inner_text()
        page.wait_for_timeout(2000)
        page.reload()
    hands.press("Vraag deze trainer")
    expect(step).to_have_text("Kies een trainer")
    expect(page.locator("main")).to_contain_text("Je vroeg")
    assert unseen(hands) == []


def test_make_a_trainer_profile(hands, product):
    page, name = hands.page, f"Kaarten lezen {next(numbers)}"
    sign_in(page, product.url, "national")
    page.goto(product.url + "/mijn/")
    hands.follow("Jouw trainerprofiel", within="main")
    hands.write("Wat kun jij goed?", name)
    hands.press("Zet mij in de trainerpool")
    expect(page.locator("main")).to_contain_text("Je staat in de trainerpool.")
    expect(page.get_by_label("Wat kun jij goed?")).to_have_value(name)
    assert unseen(hands) == []
    hands.follow("Stop met de trainerpool", within="main")
    hands.press("Haal mij uit de trainerpool")
    expect(page.locator("main")).to_contain_text("Je staat niet meer in de trainerpool.")


def test_publish_a_course(hands, product):
    page, title = hands.page, f"Rekenen met tijd {next(numbers)}"
    sign_in(page, product.url, "trainer")
    day = clock.today() + dt.timedelta(days=60)
    page.goto(product.url + "/geef-een-cursus/")
    hands.write("Titel", title)
    hands.write("Belofte in één zin", "Je rekent zonder fouten met uren en dagen.")
    hands.select("Onderwerp", 2)
    hands.set_day("Dag", day)
    hands.set_time("Begintijd", "10:00")
    hands.choose("45 minuten")
    hands.press("Publiceer je cursus")
    expect(page).to_have_url(re.compile("/gelukt/$"))  # the card beside the form has the title too
    expect(page.locator("main")).to_contain_text(title)
    page.goto(product.url + f"/cursussen/?q={title.replace(' ', '+')}")
    expect(page.get_by_role("link", name=title)).to_be_visible()
    assert unseen(hands) == []


def test_the_card_follows_what_is_typed_and_a_draft_is_kept_meanwhile(product, open_browser):
    page, title = open_browser().new_page(), f"Kaarten tekenen {next(numbers)}"
    day = clock.today() + dt.timedelta(days=60)
    sign_in(page, product.url, "trainer")
    page.goto(product.url + "/geef-een-cursus/")
    card = page.locator(".kaart")
    expect(card).not_to_contain_text(title)
    page.get_by_label("Titel").press_sequentially(title)
    page.get_by_label("Dag", exact=True).fill(day.isoformat())
    page.get_by_label("Begintijd").fill("10:00")
    page.get_by_label("45 minuten").check()
    page.get_by_label("Onderwerp").select_option(index=2)
    theme = page.get_by_label("Onderwerp").locator("option").nth(2).inner_text()
    for shown in (title, short_day(day), "10:00", "45 minuten", theme):
        expect(card).to_contain_text(shown)
    expect(page.locator("[data-bewaar-status]")).to_contain_text("Bewaard om")
    page.goto(product.url + "/mijn/cursussen/")  # nothing was pressed
    page.get_by_role("link", name=title, exact=True).click()
    expect(page.get_by_label("Titel")).to_have_value(title)
    expect(page.get_by_label("Dag", exact=True)).to_have_value(day.isoformat())


def test_coordinator_downloads_the_figures(hands, product):
    page = hands.page
    sign_in(page, product.url, "coordinator")
    page.goto(product.url + "/coordinatie/bereik/")
    hands.follow("Download cijfers", within="main")
    page.wait_for_url("**/coordinatie/bereik/downloads/**")
    hands.choose("Aanmeldingen van je collega’s, met naam")
    hands.choose("CSV")
    with page.expect_download() as download:
        hands.press("Download het bestand")
    assert download.value.suggested_filename.endswith(".csv")
    assert unseen(hands) == []


def test_first_visit_on_a_phone_is_four_screens_two_fields_and_a_code(product, open_browser):
    """Catalogue, course, form, code; nothing typed but name, work mail and the code."""
    name, mail = newcomer()
    page = open_browser(width=390, height=844).new_page()
    screens, typed = [], 0
    page.on("framenavigated", lambda frame: screens.append(frame.url))
    page.goto(product.url + "/cursussen/?vrij=1")
    page.locator("ul.kaarten h3 a").nth(2).click()
    page.get_by_role("link", name="Ik doe mee").first.click()
    for label, text in (("Je naam", name), ("Je werkmail", mail)):
        page.get_by_label(label).fill(text)
        typed += 1
    assert page.locator("main form [required]:visible").count() <= 2
    page.get_by_role("button", name="Meld me aan").click()
    expect(page.get_by_label(re.compile("[Cc]ode"))).to_be_visible()
    page.get_by_label(re.compile("[Cc]ode")).fill(product.code(mail))
    page.get_by_role("button", name="Bevestig je plek").click()
    expect(page.locator("h1")).to_have_text("Leuk, je doet mee!")
    before_the_receipt = {url.split("?")[0] for url in screens[:-1]}
    assert (len(before_the_receipt), typed) == (4, 2)


def test_the_button_stays_where_it_is_when_the_organisation_comes_in(product, open_browser):
    """Who presses the button leaves the mail field with it: a button that moves loses the press."""
    page = open_browser(width=390, height=844).new_page()
    page.goto(product.url + "/cursussen/?vrij=1")
    page.locator("ul.kaarten h3 a").first.click()
    page.get_by_role("link", name="Ik doe mee").first.click()
    button = page.get_by_role("button", name="Meld me aan")
    page.get_by_label("Je werkmail").fill("noor.bakker@zwolle.nl")
    page.evaluate("document.fonts.ready.then(() => null)")  # a font that comes in moves everything
    before = button.bounding_box()["y"]
    page.get_by_label("Je naam").focus()
    expect(page.locator("#waar-je-werkt")).to_contain_text("Je werkt bij Gemeente Zwolle")
    assert button.bounding_box()["y"] == before


def test_the_field_one_types_in_stays_in_sight_when_something_comes_in_above(product, open_browser):
    page = open_browser(width=390, height=500).new_page()
    held = []
    page.route("**/kennisvragen/nieuw/lijkt-op/", lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks the function
    page.goto(product.url + "/kennisvragen/nieuw/")
    with page.expect_request("**/kennisvragen/nieuw/lijkt-op/"):
        page.get_by_label("Waar loop je tegenaan?").fill("Ik wil draaitabellen maken in Excel")
    field = page.get_by_label("Wanneer kun je?")
    field.focus()
    field.evaluate("(one) => one.scrollIntoView({ block: 'end' })")
    before = field.bounding_box()["y"] + page.evaluate("scrollY")
    held[0].continue_()
    expect(page.get_by_text("Is dit wat je zoekt?")).to_be_visible()
    expect(field).to_be_focused()
    box = field.bounding_box()
    assert box["y"] + page.evaluate("scrollY") > before  # it was pushed down
    assert box["y"] >= 0
    assert box["y"] + box["height"] < page.viewport_size["height"] + 1  # scrolled to a whole pixel
