# SPDX-License-Identifier: EUPL-1.2
"""The states of pages that no link alone leads to: refused forms, full and cancelled sessions, errors, open menus."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page, Route

from tests.e2e.pages import COORDINATOR, FIRST_CARD, LEARNER, NATIONAL, TRAINER, VISITOR
from tests.e2e.product import Product
from tests.e2e.templates import HEADER

NEWCOMER = "newcomer"
ALL_WIDTHS = (1366, 390, 320)
PHONE = (390, 320)
TOO_MANY_ANSWERS = 1001

_ROUND = "from matching.models import MatchRun; from base import clock; "
START_ROUND = (
    _ROUND
    # The demo's own round may still be on its way.
    + "MatchRun.objects.filter(state='running').update(state='failed'); "
    "MatchRun.objects.create(kind='button', started_at=clock.now(), alive_at=clock.now(), "
    "worker='4c1f3c0e-7b0e-4f0a-9a53-0f9c0a6e1d11', done=3, total=8)"
)
STOP_ROUND = _ROUND + "MatchRun.objects.filter(state='running').delete()"


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


def place(name: str) -> Callable[[At], None]:
    return lambda at: at.go(at.found[name])


def path(text: str) -> Callable[[At], None]:
    return lambda at: at.go(text)


def sent_empty(name: str) -> Callable[[At], None]:
    def make(at: At) -> None:
        at.go(at.found.get(name, name))
        at.send()

    return make


def without_cookies(make: Callable[[At], None]) -> Callable[[At], None]:
    """A browser that asked for no code: another state of the walk may have."""

    def fresh(at: At) -> None:
        at.page.context.clear_cookies()
        make(at)

    return fresh


def ask_code(at: At, mail: str = "walk@zwolle.nl") -> None:
    at.go("/inloggen/")
    at.page.locator("main input[type='email']").fill(mail.replace("@", f"{at.language[1:]}@"))
    at.send()


def new_address(at: At) -> None:
    at.go("/mijn/gegevens/werkmail/")
    at.page.locator("main input[type='email']").fill(f"nieuw{at.language[1:]}@zwolle.nl")
    at.send()


def refused_address(at: At) -> None:
    """Another walk may have asked a code already: then the field holds that address."""
    at.go("/mijn/gegevens/werkmail/")
    at.page.locator("main input[type='email']").fill("")
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


def written(name: str, path: str, template: str, status: int) -> Callable[[At], None]:
    """A page as the server writes it when something is amiss; a demo makes no mistakes to order."""

    def make(at: At) -> None:
        def answer(route: Route) -> None:
            headers = {"Content-Type": "text/html; charset=utf-8", HEADER: template}
            body = at.found[f"{name} {at.language}".strip()]
            route.fulfill(status=status, headers=headers, body=body)

        at.page.route(f"**{path}", answer)
        at.go(path)
        at.page.unroute(f"**{path}")

    return make


def broken(status: int) -> Callable[[At], None]:
    return written(str(status), "/onze-fout/", f"pages/fout/{status}.html", status)


def refused_sign_up(at: At) -> None:
    at.page.goto(at.product.url + "/cursussen/?vrij=1")
    course = at.page.locator(FIRST_CARD).first.get_attribute("href")
    at.go(course or "")
    at.page.locator("main a[href*='/aanmelden/']").first.click()
    at.page.locator("main form [name='werkmail']").fill("dit is geen adres")
    at.send()


def sign_up_code(at: At, code: str = "") -> None:
    """Somebody new who may now type the code, and types another one."""
    refused_sign_up(at)
    mail = f"walk.{'wrong' if code else 'right'}{at.language[1:]}@zwolle.nl"
    at.page.locator("main form [name='naam']").fill("Noor Bakker")
    at.page.locator("main form [name='werkmail']").fill(mail)
    at.send()
    if code:
        at.page.locator("main form input:not([type='hidden'])").first.fill(code)
        at.send()


def colleagues_registered(at: At) -> None:
    """One line that is right, one that is not."""
    colleagues_to_register(at)
    at.page.locator("main textarea").fill("Noor Bakker, noor@zwolle.nl\nzonder adres")
    at.send()


def colleagues_to_register(at: At) -> None:
    at.go("/coordinatie/collegas/aanmelden/")
    at.page.locator("main a[href*='/coordinatie/collegas/aanmelden/']").first.click()


def colleagues_refused(at: At) -> None:
    colleagues_to_register(at)
    at.send()


def looks_like_another(at: At) -> None:
    """The first press on «Stel mijn vraag» shows what already answers it."""
    at.go("/kennisvragen/nieuw/")
    at.page.locator("main textarea[name='text']").fill("Ik wil draaitabellen maken in Excel")
    at.page.locator("main [name='where'][value='online']").check()
    at.send()


def still_looking(at: At) -> None:
    """What the page asks for meanwhile does not come: axe cannot judge headings that change under its eyes."""

    def answer(route: Route) -> None:
        if "hx-request" in route.request.headers:
            route.fulfill(status=204)
        else:
            route.continue_()

    at.page.route(f"**{at.found['question']}", answer)
    at.go(at.found["question"])


def round_running(at: At) -> None:
    """There only while the page is fetched, for nobody else can start a round meanwhile."""
    at.product.manage("shell", "-c", START_ROUND)
    at.page.route("**deel=voortgang*", lambda route: route.fulfill(status=204))
    at.go("/coordinatie/matching/")
    at.page.locator("main table a[href*='/coordinatie/matching/']").first.click()
    at.page.wait_for_load_state()
    at.product.manage("shell", "-c", STOP_ROUND)


def refused_course(at: At) -> None:
    at.go("/geef-een-cursus/")
    at.page.locator("main form[method='post'] [type='submit']").last.click()
    at.page.wait_for_load_state()


def refused_access(at: At) -> None:
    """Nothing chosen: the one organisation that is offered is chosen beforehand."""
    at.go("/toegang-vragen/")
    at.page.locator("main input[type='radio']").evaluate_all(
        "(all) => all.forEach((one) => { one.checked = false })"
    )
    at.send()


def refused_change(at: At) -> None:
    at.go(at.found["change"])
    at.page.locator("main [name='day']").fill("2020-01-06")
    at.send()


def refused_seats(at: At) -> None:
    """More kept for others than there are seats."""
    at.go(at.found["change"].removesuffix("wijzig/"))
    at.page.locator("details", has=at.page.locator("#id_reserved_seats")).locator("summary").click()
    at.page.fill("#id_reserved_seats", "9999")
    at.page.locator("form", has=at.page.locator("#id_reserved_seats")).locator(".nl-button").click()
    at.page.wait_for_load_state()


def subscription(at: At) -> None:
    """The address of one's own calendar, made with the button."""
    at.go("/mijn/")
    make = at.page.locator("main form[action$='/agenda-abonnement/'] button").first
    make.click()
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


without_pdf = written("no pdf", "/coordinatie/bereik/rapport.pdf", "reach/geen_pdf.html", 503)
STATES = (
    State("filters-onbekend", VISITOR, path("/cursussen/?waar=mars&pagina=9999")),
    State("filters-op-telefoon", VISITOR, filters_on_a_phone, widths=PHONE),
    State("menu-open", VISITOR, menu_open, widths=PHONE),
    State("menu-open-coordinator", COORDINATOR, menu_open, widths=PHONE),
    State("cursus-vol", VISITOR, place("full course")),
    State("cursus-begonnen", VISITOR, place("started course")),
    State("cursus-begonnen-ingelogd", LEARNER, place("started course")),
    State("cursus-gaat-niet-door", VISITOR, place("cancelled course")),
    State("cursus-plekken-voor-anderen", VISITOR, place("kept course")),
    State("aanmelden-vol", VISITOR, place("full")),
    State("aanmelden-vol-ingelogd", LEARNER, place("full")),
    State("aanmelden-gaat-niet-door", VISITOR, place("cancelled")),
    State("aanmelden-begonnen", VISITOR, place("started")),
    State("aanmelden-al-aangemeld", LEARNER, place("joins")),
    State("aanmelden-al-wachtend", LEARNER, place("waits")),
    State("aanmelden-fout", VISITOR, refused_sign_up),
    State("aanmelden-code", VISITOR, sign_up_code),
    State("aanmelden-code-fout", VISITOR, lambda at: sign_up_code(at, "AAAA-0000")),
    State("gelukt", LEARNER, place("joined")),
    State("gelukt-wachtlijst", LEARNER, place("waiting")),
    State("verzetten-fout", VISITOR, sent_empty("move")),
    State("verzetten-kan-niet", VISITOR, place("moved")),
    State("afmelden-kan-niet", VISITOR, place("withdrawn")),
    State("evaluatie", VISITOR, place("evaluation")),
    State("evaluatie-fout", VISITOR, sent_empty("evaluation")),
    State("evaluatie-bedankt", VISITOR, place("thanks")),
    State("programma-nog-niet", VISITOR, place("nobody's programme")),
    State("uitschrijven", VISITOR, place("unsubscribe")),
    State("maandmail-uit", VISITOR, place("monthly off")),
    State("toegepast", VISITOR, place("applied")),
    State("dode-link", VISITOR, path("/afmelden/kapot/"), status=404),
    State("inloggen-fout", VISITOR, without_cookies(sent_empty("/inloggen/"))),
    State("inloggen-code", VISITOR, ask_code),
    State("inloggen-code-fout", VISITOR, wrong_code),
    State("te-vaak", VISITOR, too_often, status=429),
    State("te-vaak-pagina", VISITOR, broken(429), status=429),
    State("onleesbaar", VISITOR, path("/cursussen/?" + "a&" * TOO_MANY_ANSWERS), status=400),
    State("zonder-token", VISITOR, form_without_token, status=403),
    State("geen-toegang", LEARNER, path("/coordinatie/bereik/"), status=403),
    State("onze-fout", VISITOR, broken(500), status=500),
    State("even-weg", VISITOR, broken(503), status=503),
    State("melding", LEARNER, notice),
    State("agenda-abonnement", LEARNER, subscription),
    State("toegang-vragen-fout", LEARNER, refused_access),
    State("toegang-vragen-zoek-fout", LEARNER, path("/toegang-vragen/?zoek=")),
    State("datum-erbij-fout", TRAINER, sent_empty("another date")),
    State("bijeenkomst-wijzigen", TRAINER, place("change")),
    State("bijeenkomst-afzeggen", TRAINER, place("cancel")),
    State("bijeenkomst-wijzigen-fout", TRAINER, refused_change),
    State("bijeenkomst-plekken-fout", TRAINER, refused_seats),
    State("aanwezigheid-te-vroeg", TRAINER, place("too early")),
    State("cursus-gepubliceerd", TRAINER, place("published")),
    State("cursus-overdragen", TRAINER, place("hand over")),
    State("medetrainer-geldt-niet-meer", LEARNER, place("asked to teach: off")),
    State("medetrainer-nee", LEARNER, place("asked to teach: no")),
    State("deelnemer-afmelden", TRAINER, place("deregister")),
    State("bericht-fout", TRAINER, sent_empty("write to all")),
    State("geef-een-cursus-fout", TRAINER, refused_course),
    State("kennisvraag-fout", LEARNER, sent_empty("/kennisvragen/nieuw/")),
    State("kennisvraag-lijkt-op", LEARNER, looks_like_another),
    State("kennisvraag-zoekt", LEARNER, still_looking),
    State("kennisvraag-gesloten", LEARNER, place("question closed")),
    State("kennisvraag-gevraagd", LEARNER, place("question asked")),
    State("kennisvraag-kies-moment", LEARNER, place("question agreed")),
    State("kennisvraag-sluiten", LEARNER, place("close")),
    State("kennisvraag-past-niet", LEARNER, place("dismiss")),
    State("leerkring", LEARNER, place("circle")),
    State("kennisvraag-helpen", TRAINER, place("help")),
    State("vraag-voor-mij", TRAINER, place("answer")),
    State("vraag-beantwoord", TRAINER, place("answered")),
    State("momenten", TRAINER, place("dates")),
    State("momenten-fout", TRAINER, sent_empty("dates")),
    State("trainerprofiel-stop", TRAINER, path("/mijn/trainer/stop/")),
    State("voordracht-fout", LEARNER, sent_empty("/kennisvragen/ken-jij-een-collega/")),
    State("voordracht-antwoord", VISITOR, place("nominated")),
    State("editie-fout", NATIONAL, sent_empty("/edities-beheer/nieuw/")),
    State("koppelronde-bezig", NATIONAL, round_running),
    State("collegas-aanmelden-fout", COORDINATOR, colleagues_refused),
    State("collegas-aanmelden-gedaan", COORDINATOR, colleagues_registered),
    State("download-bezig", COORDINATOR, place("file running")),
    State("download-klaar", COORDINATOR, place("file ready")),
    State("download-mislukt", COORDINATOR, place("file failed")),
    State("download-weg", COORDINATOR, place("file gone")),
    State("geen-pdf", COORDINATOR, without_pdf, status=503),
    State("collegas-leeg", COORDINATOR, path("/coordinatie/collegas/?q=xyzzy")),
    State("post-uit-leeg", COORDINATOR, path("/coordinatie/post-uit/?q=xyzzy")),
    State("mijn-leeg", NEWCOMER, path("/mijn/")),
    State("organisatie-fout", NEWCOMER, path("/mijn/organisatie/?zoek=")),
    State("mijn-gegevens-nieuw", NEWCOMER, path("/mijn/gegevens/")),
    State("andere-werkmail-fout", LEARNER, refused_address),
    State("andere-werkmail-code", LEARNER, new_address),
    State("mijn-cursussen-leeg", NEWCOMER, path("/mijn/cursussen/")),
)
