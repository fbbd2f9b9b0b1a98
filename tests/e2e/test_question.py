# SPDX-License-Identifier: EUPL-1.2
"""From a question to a session in the calendar: somebody of a municipality asks without one word in common with
the profile, finds the colleague of a water board among the first five, and the reach page counts it."""

import csv
import datetime as dt
import json
import re
import time
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Locator, Page, expect

from base import clock
from courses.domain import words
from tests.e2e.product import ROOT, Product, calendar_of, text_of

ASKER, TRAINER = "lotte.van.der.meulen@almere.nl", "jitske.algra@wetterskipfryslan.nl"
NAME = "Jitske Algra"
QUESTION = (
    "Baggeren terwijl kikkers en vogels er nesten hebben: hoe doen wij dit netjes in het voorjaar?"
)
#: Seconds until the matching worker has read all profiles of the demo, on a busy machine.
PATIENCE = 240


def stems(text: str) -> set[str]:
    return {
        words.stem(word)
        for word in words.normalise(text).split()
        if word not in words.STOP_WORDS and len(word) > words.SHORT_WORD
    }


def profile_of(key: str) -> str:
    data = ROOT / "tjc" / "demo" / "data"
    (row,) = [row for row in json.loads((data / "pool.json").read_text()) if row["key"] == key]
    return " ".join([row["headline"], row["expertise"], *row["examples"]])


def enter(page: Page, product: Product, email: str, address: str) -> None:
    """Sign in with a code, as everybody does, and go there."""
    before = len(product.mails(email))
    page.goto(f"{product.url}/inloggen/?next={address}")
    page.get_by_label("Je werkmail").fill(email)
    page.get_by_role("button", name="Stuur me een code").click()
    page.get_by_label(re.compile("[Cc]ode")).fill(product.code(email, after=before))
    page.get_by_role("button", name=re.compile("Log in|Inloggen|Ga verder")).first.click()
    page.wait_for_url(f"**{address}")


def candidate(page: Page) -> Locator:
    return page.locator("li.trainer", has_text=NAME)


def ask(page: Page) -> None:
    page.get_by_label("Waar loop je tegenaan?").fill(QUESTION)
    page.get_by_label("Online", exact=True).check()
    page.get_by_role("button", name="Stel mijn vraag").click()
    anyway = page.get_by_role("button", name="Dit is het niet, stel mijn vraag")
    expect(anyway.or_(page.locator("[aria-current='step']"))).to_be_visible()
    if anyway.count():  # something looks like it: a step of its own
        anyway.click()
    page.wait_for_url(re.compile(r"/kennisvragen/[0-9a-f-]{36}/$"))


def wait_for_candidates(page: Page) -> None:
    give_up = time.monotonic() + PATIENCE
    while not candidate(page).count():
        assert time.monotonic() < give_up, page.locator("main").inner_text()
        page.wait_for_timeout(2000)
        page.reload()


def asked_and_matched(page: Page, product: Product) -> list[int]:
    """What the public reach page says of all questions, computed anew."""
    product.manage("aggregate_reach")
    page.goto(f"{product.url}/bereik/?editie=alles")
    said = page.locator("main").inner_text()
    found = re.search(r"stelden (\d+) kennisvragen.*?Bij (\d+) zei een collega ja", said, re.DOTALL)
    assert found is not None, said
    return [int(number) for number in found.groups()]


def test_a_question_becomes_a_session(
    product: Product, open_browser: Callable[..., BrowserContext], complaints: list[str]
) -> None:
    assert stems(QUESTION).isdisjoint(stems(profile_of("jitske-algra")))
    asker, trainer = open_browser().new_page(), open_browser(width=390).new_page()
    before = asked_and_matched(asker, product)

    enter(asker, product, ASKER, "/kennisvragen/nieuw/")
    ask(asker)
    question = asker.url
    expect(asker.locator("[aria-current='step']")).to_have_text("Kies een trainer")
    wait_for_candidates(asker)
    names = asker.locator("li.trainer h3").all_inner_texts()
    assert NAME in names[:5]
    shown = candidate(asker)
    expect(shown).to_contain_text("Wetterskip Fryslân")
    expect(shown.locator(".redenen")).to_contain_text("Lijkt op je vraag, in andere woorden")
    assert "%" not in shown.inner_text()
    shown.get_by_role("button", name="Vraag deze trainer").click()
    expect(asker.locator("main")).to_contain_text(f"Je vroeg {NAME}")
    assert TRAINER not in asker.content()

    mail = product.wait_for_mail(
        TRAINER, lambda m: "een vraag waar jij goed in bent" in m["Subject"]
    )
    link = re.search(r"https?://\S+/mijn/vragen/[0-9a-f-]{36}/", text_of(mail))
    assert link is not None
    address = "/" + link[0].split("/", 3)[3]
    enter(trainer, product, TRAINER, address)
    trainer.get_by_role("button", name="Ik help je").click()
    day = clock.today() + dt.timedelta(days=21)
    day += dt.timedelta(days={5: 2, 6: 1}.get(day.weekday(), 0))
    trainer.get_by_label("Dag").first.fill(day.isoformat())
    trainer.get_by_label("Begintijd").first.fill("10:00")
    trainer.get_by_label("Titel van je cursus").fill("Baggeren met oog voor dieren")
    trainer.get_by_label("Onderwerp").select_option("duurzaam")
    trainer.get_by_role("button", name="Stuur je momenten").click()
    expect(trainer.locator("main")).to_contain_text("Je noemde deze momenten")

    asker.goto(question)
    expect(asker.locator("main")).to_contain_text(TRAINER)
    asker.get_by_role("button", name="Kies dit moment").click()
    expect(asker.locator("main")).to_contain_text("Het staat in de agenda")
    for address in (ASKER, TRAINER):
        invitation = product.wait_for_mail(
            address, lambda m: b"METHOD:REQUEST" in (calendar_of(m) or b"")
        )
        assert "Baggeren met oog" in str(invitation["Subject"])

    assert asked_and_matched(asker, product) == [number + 1 for number in before]
    table = product.folder / "vragen.csv"
    product.manage("export_reach", "--table", "requests", "--format", "csv", "--output", str(table))
    with table.open(encoding="utf-8-sig", newline="") as file:
        delimiter = ";" if ";" in file.readline() else ","
        file.seek(0)
        rows = {row["vraag_id"]: row for row in csv.DictReader(file, delimiter=delimiter)}
    counted = rows[question.rstrip("/").rpartition("/")[2]]
    assert counted["organisatie"] == "Gemeente Almere"
    assert counted["gekoppeld_op"]
    assert complaints == []
