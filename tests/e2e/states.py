# SPDX-License-Identifier: EUPL-1.2
"""The states of pages that no link alone leads to: refused forms, full and cancelled sessions, errors, open menus."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page, Route

from tests.e2e.pages import COORDINATOR, FIRST_CARD, LEARNER, NATIONAL, TRAINER, VISITOR
from tests.e2e.product import Product

NEWCOMER = "newcomer"
ALL_WIDTHS = (1366, 390, 320)
PHONE = (390, 320)
TOO_MANY_ANSWERS = 1001

#: Run in the demo: where in the made-up data each state is, and the page of our own mistake.
LOOK_UP = """
import json
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import translation
from base import clock
from courses import tokens
from courses.models import Registration, Session
from notifications import tokens as mail_tokens
from tjc.demo.roles import BY_KEY, person_for
now, learner = clock.now(), person_for(BY_KEY["learner"])
sessions = Session.objects.order_by("pk")
mine = Registration.objects.filter(person=learner).order_by("pk")
form = lambda session: f"/bijeenkomsten/{session.public_id}/aanmelden/"
course = lambda session: f"/cursussen/{session.course.slug}/"
def errors(language):
    with translation.override(language):
        return render_to_string("pages/fout/500.html")
full = sessions.upcoming(now).filter(taken=F("capacity")).exclude(registrations__person=learner)[0]
cancelled = sessions.filter(status="cancelled").exclude(starts_at__lt=now)[0]
started = sessions.planned().filter(starts_at__lt=now)[0]
kept = sessions.upcoming(now).filter(reserved_seats__gt=0)[0]
joins = mine.filter(state="registered", session__starts_at__gt=now)[0]
waits = mine.filter(state="waiting")[0]
went = mine.filter(state="attended")[0]
print("FOUND" + json.dumps({
    "full": form(full), "full course": course(full),
    "cancelled": form(cancelled), "cancelled course": course(cancelled),
    "started": form(started), "kept course": course(kept),
    "joins": form(joins.session), "joined": f"/aanmelden/gelukt/{joins.public_id}/",
    "waits": form(waits.session), "waiting": f"/aanmelden/gelukt/{waits.public_id}/",
    "evaluation": f"/evaluatie/{tokens.evaluate_token(went)}/",
    "unsubscribe": f"/uitschrijven/{mail_tokens.unsubscribe_token(learner)}/",
    "applied": f"/toegepast/{mail_tokens.applied_token(went)}/",
    "500": errors("nl"), "500 /en": errors("en"),
}))
"""


@dataclass(frozen=True)
class At:
    """Where a state is made: a page of the right person, the address of the product in this language."""

    page: Page
    product: Product
    language: str  # "" or "/en"
    found: dict[str, str]

    def go(self, path: str) -> None:
        self.page.goto(self.product.url + self.language + path)

    def send(self) -> None:
        """The form of the page, as it stands."""
        self.page.locator("main form[method='post'] .nl-button[type='submit']").first.click()
        self.page.wait_for_load_state()


@dataclass(frozen=True)
class State:
    name: str
    role: str
    make: Callable[[At], Any]
    status: int = 200
    widths: tuple[int, ...] = ALL_WIDTHS


def look_up(product: Product) -> dict[str, str]:
    output = product.manage("shell", "-c", LOOK_UP)
    return json.loads(output[output.index("FOUND") + len("FOUND") :])


def place(name: str) -> Callable[[At], None]:
    return lambda at: at.go(at.found[name])


def path(text: str) -> Callable[[At], None]:
    return lambda at: at.go(text)


def sent_empty(name: str) -> Callable[[At], None]:
    def make(at: At) -> None:
        at.go(at.found.get(name, name))
        at.send()

    return make


def ask_code(at: At, mail: str = "walk@zwolle.nl") -> None:
    at.go("/inloggen/")
    at.page.locator("main input[type='email']").fill(mail.replace("@", f"{at.language[1:]}@"))
    at.send()


def wrong_code(at: At) -> None:
    ask_code(at, "walk.wrong@zwolle.nl")
    at.page.locator("main form input:not([type='hidden'])").first.fill("AAAA-0000")
    at.page.locator("main form [type='submit']").first.click()
    at.page.wait_for_load_state()


def too_often(at: At) -> None:
    for _ in range(6):
        ask_code(at, "walk.often@zwolle.nl")


def form_without_token(at: At) -> None:
    at.go("/inloggen/")
    at.page.context.clear_cookies(name="csrftoken")
    at.send()


def our_mistake(at: At) -> None:
    """The page as the server writes it; a demo makes no mistakes to order."""

    def answer(route: Route) -> None:
        body = at.found[f"500 {at.language}".strip()]
        route.fulfill(status=500, content_type="text/html; charset=utf-8", body=body)

    at.page.route("**/onze-fout/", answer)
    at.go("/onze-fout/")
    at.page.unroute("**/onze-fout/")


def refused_sign_up(at: At) -> None:
    at.page.goto(at.product.url + "/cursussen/?vrij=1")
    course = at.page.locator(FIRST_CARD).first.get_attribute("href")
    at.go(course or "")
    at.page.locator("main a[href*='/aanmelden/']").first.click()
    at.page.locator("main form [name='werkmail']").fill("dit is geen adres")
    at.send()


def refused_course(at: At) -> None:
    at.go("/geef-een-cursus/")
    at.page.locator("main form[method='post'] [type='submit']").last.click()
    at.page.wait_for_load_state()


def notice(at: At) -> None:
    at.go("/mijn/gegevens/")
    at.send()


def menu_open(at: At) -> None:
    at.page.set_viewport_size({"width": 390, "height": 844})
    at.go("/")
    at.page.locator("[data-menu-knop]").click()


def filters_on_a_phone(at: At) -> None:
    at.page.set_viewport_size({"width": 390, "height": 844})
    at.go("/cursussen/?vrij=1&waar=online")


STATES = (
    State("filters-onbekend", VISITOR, path("/cursussen/?waar=mars&pagina=9999")),
    State("filters-op-telefoon", VISITOR, filters_on_a_phone, widths=PHONE),
    State("menu-open", VISITOR, menu_open, widths=PHONE),
    State("menu-open-coordinator", COORDINATOR, menu_open, widths=PHONE),
    State("cursus-vol", VISITOR, place("full course")),
    State("cursus-gaat-niet-door", VISITOR, place("cancelled course")),
    State("cursus-plekken-voor-anderen", VISITOR, place("kept course")),
    State("aanmelden-vol", VISITOR, place("full")),
    State("aanmelden-vol-ingelogd", LEARNER, place("full")),
    State("aanmelden-gaat-niet-door", VISITOR, place("cancelled")),
    State("aanmelden-begonnen", VISITOR, place("started")),
    State("aanmelden-al-aangemeld", LEARNER, place("joins")),
    State("aanmelden-al-wachtend", LEARNER, place("waits")),
    State("aanmelden-fout", VISITOR, refused_sign_up),
    State("gelukt", LEARNER, place("joined")),
    State("gelukt-wachtlijst", LEARNER, place("waiting")),
    State("evaluatie", VISITOR, place("evaluation")),
    State("evaluatie-fout", VISITOR, sent_empty("evaluation")),
    State("uitschrijven", VISITOR, place("unsubscribe")),
    State("toegepast", VISITOR, place("applied")),
    State("dode-link", VISITOR, path("/afmelden/kapot/"), status=404),
    State("inloggen-fout", VISITOR, sent_empty("/inloggen/")),
    State("inloggen-code", VISITOR, ask_code),
    State("inloggen-code-fout", VISITOR, wrong_code),
    State("te-vaak", VISITOR, too_often, status=429),
    State("onleesbaar", VISITOR, path("/cursussen/?" + "a&" * TOO_MANY_ANSWERS), status=400),
    State("zonder-token", VISITOR, form_without_token, status=403),
    State("geen-toegang", LEARNER, path("/coordinatie/bereik/"), status=403),
    State("onze-fout", VISITOR, our_mistake, status=500),
    State("melding", LEARNER, notice),
    State("geef-een-cursus-fout", TRAINER, refused_course),
    State("editie-fout", NATIONAL, sent_empty("/edities-beheer/nieuw/")),
    State("collegas-leeg", COORDINATOR, path("/coordinatie/collegas/?q=xyzzy")),
    State("post-uit-leeg", COORDINATOR, path("/coordinatie/post-uit/?q=xyzzy")),
    State("mijn-leeg", NEWCOMER, path("/mijn/")),
    State("mijn-gegevens-nieuw", NEWCOMER, path("/mijn/gegevens/")),
    State("mijn-cursussen-leeg", NEWCOMER, path("/mijn/cursussen/")),
)
