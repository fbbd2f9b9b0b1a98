# SPDX-License-Identifier: EUPL-1.2
"""The pages that only tell something: what the law asks stands on them, in words that people know."""

import datetime as dt
import re
from html import unescape

import pytest
from django.template.loader import render_to_string

OPERATOR = {
    "operator": "Gemeente Utrecht",
    "contact_email": "hulp@tjc.test",
    "security_contact": "mailto:security@tjc.test",
}
STATEMENT = OPERATOR | {
    "site": "https://tjc.test",
    "status": "C",
    "report_url": "",
    "stated_on": dt.date(2026, 11, 21),
}
PAGES = {
    "zo-werkt-het": {},
    "contact": OPERATOR,
    "privacy": OPERATOR,
    "toegankelijkheid": STATEMENT,
}


def content(name, **changes):
    """The part between the tags of <main>, as the browser gets it."""
    html = render_to_string(f"pages/{name}.html", PAGES[name] | changes)
    found = re.search(r"<main.*?>(.*)</main>", html, re.DOTALL)
    assert found is not None
    return found[1]


def words(html):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def headings(html, level):
    return [
        words(text) for text in re.findall(rf"<h{level}[^>]*>(.*?)</h{level}>", html, re.DOTALL)
    ]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_one_title_and_a_description_of_its_own(name):
    html = render_to_string(f"pages/{name}.html", PAGES[name])
    assert len(headings(html, 1)) == 1
    title = re.search(r"<title>\s*(.*?)\s* · TrainJeCollega</title>", html)
    description = re.search(r'<meta name="description"\s+content="\s*(.*?)\s*"', html)
    assert title is not None
    assert title[1] == headings(html, 1)[0]
    assert description is not None
    assert 20 < len(description[1]) < 160


def test_the_accessibility_statement_has_its_six_parts():
    assert headings(content("toegankelijkheid"), 2) == [
        "Waar deze verklaring over gaat",
        "Nalevingsstatus",
        "Onderzoek",
        "Wanneer deze verklaring is gemaakt",
        "Loop je ergens tegenaan?",
        "Niet tevreden met ons antwoord?",
    ]


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        ("A", "Status A: voldoet volledig."),
        ("B", "Status B: voldoet gedeeltelijk."),
        ("C", "Status C: eerste maatregelen genomen. De website is nog niet volledig onderzocht."),
        ("D", "Status D: voldoet niet."),
    ],
)
def test_the_statement_shows_the_status_of_this_installation_and_no_other(status, sentence):
    text = words(content("toegankelijkheid", status=status))
    assert re.findall(r"Status [A-D]:", text) == [f"Status {status}:"]
    assert text.count(sentence) == 1


def test_the_statement_shows_date_scope_and_report():
    with_report = content("toegankelijkheid", report_url="https://tjc.test/rapport.pdf")
    assert with_report.count('href="https://tjc.test/rapport.pdf"') == 1
    text = words(content("toegankelijkheid"))
    assert text.count("Er is nog geen rapport van een onafhankelijke onderzoeker.") == 1
    assert text.count("We maakten deze verklaring op 21 november 2026.") == 1
    assert text.count("De verklaring geldt voor alle pagina’s onder https://tjc.test.") == 1


def test_privacy_tells_what_why_how_long_who_and_which_rights():
    html = content("privacy")
    assert headings(html, 2) == [
        "Wat we bewaren, waarom en hoe lang",
        "Wie ziet wat",
        "Hoe we een trainer bij je vraag zoeken",
        "Cijfers over bereik",
        "Cookies",
        "Jouw rechten",
    ]
    rows = re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL)
    cells = [len(re.findall(r"<t[hd]\b", row)) for row in rows]
    assert cells == [3] * 14
    text = words(html)
    assert text.count("Verantwoordelijk voor je gegevens is Gemeente Utrecht") == 1
    assert text.count("Autoriteit Persoonsgegevens") == 2


def test_the_terms_on_the_page_are_the_terms_in_the_code(settings):
    from accounts.domain.forgetting import KEEP_UNVERIFIED
    from courses.rules import NAMES_VISIBLE_AFTER
    from matching.domain.nominations import ERASE_AFTER
    from matching.domain.requests import KEEP_TEXT
    from reach.domain.export_jobs import VALID
    from reach.domain.suppression import OTHERS, OWN

    text = words(content("privacy"))
    assert dt.timedelta(days=1) == KEEP_UNVERIFIED
    assert text.count("dan vergeten we je na een dag") == 1
    assert dt.timedelta(days=30) == NAMES_VISIBLE_AFTER
    assert text.count("tot 30 dagen na afloop") == 1
    assert settings.OUTBOX_KEEP_BYTES_DAYS == 30
    assert text.count("30 dagen. Daarna weten we alleen nog dat er een mail was.") == 1
    assert settings.INBOUND_KEEP_DAYS == 30
    assert text.count("30 dagen. Daarna weten we alleen nog dat er een antwoord was.") == 1
    assert dt.timedelta(days=365) == KEEP_TEXT
    assert text.count("tot 1 jaar nadat de vraag klaar is") == 2
    assert dt.timedelta(days=30) == ERASE_AFTER
    assert text.count("Tot het antwoord. Komt er geen antwoord, dan 30 dagen.") == 1
    assert dt.timedelta(days=1) == VALID
    assert text.count("Zodat jij het kunt ophalen. 1 dag.") == 1
    assert (OTHERS, OWN) == (10, 5)
    assert text.count("Een groep van minder dan 10 collega’s tellen we samen met andere.") == 1
    assert text.count("Je eigen coördinator ziet cijfers over de eigen organisatie vanaf 5") == 1
    how = words(content("zo-werkt-het"))
    assert settings.HOLD_MINUTES == 30
    assert how.count("Je plek is dan 30 minuten voor je vast.") == 1
    assert settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT == 600
    assert how.count("De code werkt 10 minuten.") == 1


def test_how_it_works_tells_the_three_ways_to_take_part():
    html = content("zo-werkt-het")
    assert headings(html, 2)[:3] == [
        "Je wilt iets leren",
        "Staat jouw onderwerp er niet bij?",
        "Je wilt een cursus geven",
    ]
    for address in ("/kennisvragen/nieuw/", "/geef-een-cursus/", "/mijn/trainer/"):
        assert html.count(f'href="{address}"') == 1


def test_a_weakness_can_be_reported_from_the_contact_page():
    assert content("contact").count('href="mailto:security@tjc.test"') == 1


@pytest.mark.parametrize("name", PAGES)
def test_what_an_operator_fills_in_cannot_become_markup(name):
    html = content(name, operator='"><script>alert(1)</script>')
    assert html.count("<script") == 0


@pytest.mark.parametrize("name", PAGES)
def test_sentences_are_short_enough_to_read_in_one_breath(name):
    blocks = re.findall(
        r"<(?:p|li|td|h1|h2)\b[^>]*>(.*?)</(?:p|li|td|h1|h2)>", content(name), re.DOTALL
    )
    sentences = [part for block in blocks for part in re.split(r"(?<=[.!?:]) ", words(block))]
    assert [text for text in sentences if len(text.split()) > 20] == []


@pytest.mark.django_db
@pytest.mark.parametrize("name", PAGES)
def test_everyone_can_read_it(client, name):
    answer = client.get(f"/{name}/")
    assert answer.status_code == 200
    assert next(template.name for template in answer.templates) == f"pages/{name}.html"


@pytest.mark.django_db
def test_the_technical_addresses_are_where_machines_look(client):
    assert client.get("/gezond/").content == b"ok\n"
    assert client.get("/.well-known/security.txt").content.startswith(b"Contact: mailto:")
