# SPDX-License-Identifier: EUPL-1.2
"""What somebody typed survives: an expired form, a lost session, another page in between."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.pages import sign_in
from tests.e2e.product import Product

QUESTION = "Hoe vertel ik een bewoner dat de boom voor de deur echt weg moet?"
PUT_BACK = "Dit had je nog niet bewaard. We hebben het teruggezet."


@pytest.fixture
def open_page(open_browser: Callable[..., BrowserContext], product: Product) -> Callable[..., Page]:
    def new(role: str, path: str, *, javascript: bool = True) -> Page:
        page = open_browser(javascript=javascript).new_page()
        sign_in(page, product.url, role)
        page.goto(product.url + path)
        return page

    return new


def sign_in_elsewhere(page: Page, product: Product, role: str) -> None:
    """In another tab of the same browser."""
    tab = page.context.new_page()
    sign_in(tab, product.url, role)
    tab.close()


@pytest.mark.parametrize("javascript", [True, False])
def test_an_expired_question_is_given_back(open_page, javascript):
    page = open_page("learner", "/kennisvragen/nieuw/", javascript=javascript)
    page.get_by_label("Waar loop je tegenaan?").fill(QUESTION)
    page.get_by_label("Wanneer kun je?").fill("liefst in maart")
    page.context.clear_cookies(name="csrftoken")
    page.get_by_role("button", name="Stel mijn vraag").click()
    expect(page.locator("h1")).to_have_text("Probeer het nog eens.")
    page.get_by_role("button", name="Verstuur nog een keer").click()
    anyway = page.get_by_role("button", name="Dit is het niet, stel mijn vraag")
    expect(anyway.or_(page.locator("[aria-current='step']"))).to_be_visible()
    if anyway.count():  # something looks like it, and this browser did not show that yet
        anyway.click()
    expect(page).to_have_url(re.compile(r"/kennisvragen/[0-9a-f-]{36}/$"))
    expect(page.locator("h1")).to_have_text(QUESTION)
    expect(page.locator("main")).to_contain_text("Liefst in maart")


@pytest.mark.parametrize("javascript", [True, False])
def test_who_was_signed_out_meanwhile_keeps_the_question(open_page, product, javascript):
    page = open_page("learner", "/kennisvragen/nieuw/", javascript=javascript)
    page.get_by_label("Waar loop je tegenaan?").fill(QUESTION)
    page.get_by_label("Voor mijn team").check()
    page.get_by_label("Met hoeveel zijn jullie?").fill("7")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Stel mijn vraag").click()
    expect(page).to_have_url(re.compile("/inloggen/"))
    mail = "merel.jansen@cjib.nl"
    seen = len(product.mails(mail))
    page.locator("main input[type='email']").fill(mail)
    page.locator("main form [type='submit']").first.click()
    page.locator("main form input:not([type='hidden'])").first.fill(product.code(mail, after=seen))
    page.locator("main form [type='submit']").first.click()
    expect(page).to_have_url(re.compile("/kennisvragen/nieuw/"))
    expect(page.get_by_label("Waar loop je tegenaan?")).to_have_value(QUESTION)
    expect(page.get_by_label("Voor mijn team")).to_be_checked()
    expect(page.get_by_label("Met hoeveel zijn jullie?")).to_have_value("7")


@pytest.mark.parametrize("javascript", [True, False])
def test_an_expired_profile_is_given_back(open_page, javascript):
    page = open_page("coordinator", "/mijn/trainer/", javascript=javascript)
    page.get_by_label("Wat kun jij goed?").fill("Besluiten uitleggen aan de balie")
    page.get_by_label("Presenteren", exact=True).check()
    page.context.clear_cookies(name="csrftoken")
    page.get_by_role("button", name=re.compile("trainerpool|Bewaar")).click()
    expect(page.locator("h1")).to_have_text("Probeer het nog eens.")
    page.get_by_role("button", name="Verstuur nog een keer").click()
    expect(page.get_by_label("Wat kun jij goed?")).to_have_value("Besluiten uitleggen aan de balie")
    expect(page.get_by_label("Presenteren", exact=True)).to_be_checked()


def test_who_was_signed_out_meanwhile_keeps_the_profile(open_page, product):
    page = open_page("trainer", "/mijn/trainer/")
    page.get_by_label("Wat kun jij goed?").fill("Brieven waar niemand over belt")
    page.get_by_label("Zeeland", exact=True).check()
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Bewaar").click()
    expect(page).to_have_url(re.compile("/inloggen/"))
    sign_in_elsewhere(page, product, "trainer")
    page.goto(product.url + "/mijn/trainer/")
    expect(page.get_by_label("Wat kun jij goed?")).to_have_value("Brieven waar niemand over belt")
    expect(page.get_by_label("Zeeland", exact=True)).to_be_checked()


def test_a_profile_is_kept_while_one_types_until_it_is_saved(open_page, product, complaints):
    page = open_page("trainer", "/mijn/trainer/")
    words = page.get_by_label("Wat kun jij goed?")
    before = words.input_value()
    status = page.locator("[data-onthoud-status]")
    words.fill("Webteksten die kloppen")
    page.get_by_label("Groningen", exact=True).check()

    page.goto(product.url + "/cursussen/")  # nothing was pressed
    page.goto(product.url + "/mijn/trainer/")
    expect(words).to_have_value("Webteksten die kloppen")
    expect(page.get_by_label("Groningen", exact=True)).to_be_checked()
    expect(status).to_have_text(PUT_BACK)

    page.get_by_role("button", name="Bewaar").click()
    expect(page.locator("main")).to_contain_text("Je staat in de trainerpool.")
    words.fill(before)
    page.get_by_role("button", name="Bewaar").click()
    expect(page.locator("main")).to_contain_text("Je staat in de trainerpool.")
    page.reload()
    expect(words).to_have_value(before)
    expect(status).to_have_text("")
    assert complaints == []


def test_what_one_typed_is_not_shown_to_the_next_person_at_the_same_screen(open_page, product):
    page = open_page("trainer", "/mijn/trainer/")
    page.get_by_label("Wat kun jij goed?").fill("Alleen voor mijn ogen")
    page.goto(product.url + "/mijn/")
    assert "Alleen voor mijn ogen" in page.evaluate("Object.values(sessionStorage).join()")
    page.get_by_role("button", name="Log uit").click()
    expect(page.get_by_role("link", name="Inloggen").first).to_be_attached()
    kept = page.evaluate("Object.values(sessionStorage)")
    assert [text for text in kept if "Alleen voor mijn ogen" in text] == []
    sign_in(page, product.url, "coordinator")
    page.goto(product.url + "/mijn/trainer/")
    expect(page.get_by_label("Wat kun jij goed?")).not_to_have_value("Alleen voor mijn ogen")
