# SPDX-License-Identifier: EUPL-1.2
"""The main job, as a newcomer does it: publish, find, sign up, invitation in the calendar, move,
withdraw, attend, counted in the exported CSV. Two people in two browsers, real worker, real mails."""

import csv
import datetime as dt
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from base import clock
from tests.e2e.pages import sign_in
from tests.e2e.product import ROOT, Product, calendar_of, running, text_of

NEEDED = ("node", ROOT / "node_modules" / "ical.js")
TITLE = "Knopen leggen in lastige dossiers"
LEARNER = "daan.visser@zwolle.nl"


def read_calendar(octets: bytes) -> dict:
    """What Thunderbird's parser makes of it."""
    done = subprocess.run(
        ["node", str(ROOT / "tests" / "notifications" / "ical_js" / "read.mjs")],
        input=octets,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def has_calendar(method: str) -> Callable[[EmailMessage], bool]:
    return lambda message: f"METHOD:{method}".encode() in (calendar_of(message) or b"")


def working_day(days: int, *, after: dt.date | None = None) -> dt.date:
    day = (after or clock.today()) + dt.timedelta(days=days)
    return day + dt.timedelta(days={5: 2, 6: 1}.get(day.weekday(), 0))


def instant(day: dt.date, time: str) -> str:
    """The UTC instant as ical.js prints it."""
    moment = clock.from_wall_time(day, dt.time.fromisoformat(time))
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def publish(page: Page, day: dt.date) -> None:
    page.get_by_role("link", name="Geef een cursus").first.click()
    page.get_by_label("Titel").fill(TITLE)
    page.get_by_label("Belofte in één zin").fill("Je brengt een vast dossier weer in beweging.")
    page.get_by_label("Onderwerp").select_option(index=1)
    page.get_by_label("Dag", exact=True).fill(day.isoformat())
    page.get_by_label("Begintijd").fill("10:00")
    page.get_by_label("45 minuten").check()
    page.get_by_label("Link naar de online bijeenkomst").fill("https://vergadering.example/knopen")
    page.get_by_label("Hoeveel plekken zijn er?").fill("8")
    page.get_by_role("button", name="Publiceer je cursus").click()
    expect(page.locator("main")).to_contain_text(TITLE)
    expect(page.locator("main")).not_to_contain_text("Nog 1 ding")


def sign_up(page: Page, product: Product) -> int:
    """From the catalogue to the receipt; the number of screens before it."""
    screens = 1
    page.goto(product.url + "/cursussen/")
    page.get_by_role("searchbox").first.fill("knopen dossiers")
    page.get_by_role("button", name="Zoek").click()
    page.get_by_role("link", name=TITLE).click()
    screens += 1
    page.get_by_role("link", name="Ik doe mee").first.click()
    screens += 1
    fields = page.locator("main form input:visible, main form textarea:visible")
    assert fields.count() <= 3
    page.get_by_label("Je naam").fill("Daan Visser")
    page.get_by_label("Je werkmail").fill(LEARNER)
    before = len(product.mails(LEARNER))
    page.get_by_role("button", name="Meld me aan").click()
    screens += 1
    page.get_by_label(re.compile("[Cc]ode")).fill(product.code(LEARNER, after=before))
    page.get_by_role("button", name="Bevestig je plek").click()
    expect(page.locator("h1")).to_have_text("Leuk, je doet mee!")
    return screens


def let_time_pass(product: Product, days: int) -> None:
    """The session of this test now began that many days earlier."""
    product.manage(
        "shell",
        "-c",
        "import datetime as dt; from django.db.models import F; from courses.models import Session;"
        f"shift = dt.timedelta(days={days});"
        f"print(Session.objects.filter(course__title='{TITLE}')"
        ".update(starts_at=F('starts_at') - shift, ends_at=F('ends_at') - shift))",
    )


def play(product: Product, open_browser: Callable[..., BrowserContext], tmp_path: Path) -> None:
    trainer, learner = open_browser().new_page(), open_browser(width=390).new_page()
    day = working_day(40)
    later = working_day(1, after=day)  # counted from today it is the same day every Monday

    sign_in(trainer, product.url, "trainer")
    publish(trainer, day)
    trainer_mail = product.wait_for_mail("samira", lambda mail: TITLE in str(mail["Subject"]))
    assert read_calendar(calendar_of(trainer_mail))["summary"] == TITLE

    assert sign_up(learner, product) <= 4
    request = product.wait_for_mail(LEARNER, has_calendar("REQUEST"))
    assert str(request["Subject"]).startswith(f"Je doet mee: {TITLE}")
    first = read_calendar(calendar_of(request))
    assert (first["method"], first["sequence"], first["start"], first["end"]) == (
        "REQUEST",
        0,
        instant(day, "10:00"),
        instant(day, "10:45"),
    )
    assert first["attendees"] == [[f"mailto:{LEARNER}", "Daan Visser"]]
    assert "https://vergadering.example/knopen" in first["location"] + first["description"]

    # the same mail on the demo's mailbox page, its .ics read again
    learner.goto(product.url + "/demo/postbus/")
    learner.get_by_role("link", name=re.compile(f"Je doet mee: {TITLE}")).first.click()
    expect(learner.locator("[data-ical='METHOD']")).to_have_text("REQUEST")
    with learner.expect_download() as download:
        learner.get_by_role("link", name="Download de uitnodiging (.ics)").click()
    assert read_calendar(Path(download.value.path()).read_bytes()) == first

    # the trainer moves it a day: same UID, SEQUENCE 1
    trainer.goto(product.url + "/mijn/cursussen/")
    trainer.get_by_role("link", name=TITLE).first.click()
    trainer.get_by_role("link", name="Wijzig tijd, plaats of link").click()
    trainer.get_by_label("Dag", exact=True).fill(later.isoformat())
    trainer.get_by_role("button", name="Wijzig en laat het weten").click()
    update = product.wait_for_mail(
        LEARNER, lambda mail: b"SEQUENCE:1" in (calendar_of(mail) or b"")
    )
    assert str(update["Subject"]).startswith(f"Nieuwe tijd: {TITLE}")
    second = read_calendar(calendar_of(update))
    assert (second["uid"], second["sequence"], second["start"]) == (
        first["uid"],
        1,
        instant(later, "10:00"),
    )

    # the learner withdraws from the link in the mail: CANCEL of the same event
    withdraw = re.search(r"http://\S+/afmelden/\S+", text_of(update)).group(0)
    learner.goto(withdraw)
    learner.get_by_role("button", name="Meld me af").click()
    cancel = product.wait_for_mail(LEARNER, has_calendar("CANCEL"))
    third = read_calendar(calendar_of(cancel))
    assert (third["uid"], third["status"], third["start"]) == (
        first["uid"],
        "CANCELLED",
        second["start"],
    )
    assert third["sequence"] > 1

    # ... and changes their mind: one button now, a new invitation
    learner.goto(product.url + "/cursussen/?q=knopen+dossiers")
    learner.get_by_role("link", name=TITLE).click()
    learner.get_by_role("link", name="Ik doe mee").first.click()
    learner.get_by_role("button", name="Meld me aan").click()
    expect(learner.locator("h1")).to_have_text("Leuk, je doet mee!")
    again = product.wait_for_mail(
        LEARNER,
        lambda mail: (
            has_calendar("REQUEST")(mail)
            and read_calendar(calendar_of(mail))["uid"] != first["uid"]
        ),
    )
    assert read_calendar(calendar_of(again))["sequence"] == 0

    # attended, and counted
    let_time_pass(product, 60)
    trainer.goto(product.url + "/mijn/cursussen/")
    trainer.get_by_role("listitem").filter(has_text=TITLE).get_by_role(
        "link", name=re.compile("Vul in wie er was")
    ).first.click()
    expect(trainer.locator("main")).to_contain_text("Daan Visser")
    trainer.get_by_role("button", name="Bewaar wie er was").click()
    product.wait_for_mail(LEARNER, lambda mail: "Hoe was het" in str(mail["Subject"]))
    output = tmp_path / "bereik.csv"
    product.manage(
        "export_reach", "--table", "registrations", "--format", "csv", "--output", str(output)
    )
    with output.open(encoding="utf-8-sig", newline="") as lines:
        mine = [row for row in csv.DictReader(lines) if TITLE in row.values()]
    assert sorted(row["aanwezig"] for row in mine) == ["", "ja"]
    attended = next(row for row in mine if row["aanwezig"] == "ja")
    assert "Zwolle" in " ".join(attended.values())
    assert "Daan" not in " ".join(attended.values())


def test_newcomer_does_the_main_job(product, open_browser, complaints, tmp_path):
    play(product, open_browser, tmp_path)
    assert complaints == []


@pytest.mark.services
def test_main_job_on_postgresql_and_redis(open_browser, complaints, tmp_path, scratch_servers):
    with running(tmp_path / "demo", **scratch_servers) as product:
        play(product, open_browser, tmp_path)
    assert complaints == []


def test_what_the_journey_needs_is_there():
    """Not a skip: without these the journey above proves nothing about calendars."""
    assert shutil.which("node") is not None
    assert NEEDED[1].is_dir()
