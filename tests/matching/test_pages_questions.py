# SPDX-License-Identifier: EUPL-1.2
"""The pages of a question: list, asking, looking, and what who sees."""

import html
import re

import pytest
from django.test import Client
from django.urls import reverse

from base import clock
from courses.domain import search
from matching.domain import matches, requests
from matching.models import KnowledgeRequest, Support
from tests.factories import (
    CourseFactory,
    KnowledgeRequestFactory,
    PersonFactory,
    ThemeFactory,
    TrainerProfileFactory,
)

pytestmark = pytest.mark.django_db
LIST, NEW = "/kennisvragen/", "/kennisvragen/nieuw/"
EXCEL = (
    "Elke maand krijg ik van tien afdelingen een Excelbestand. Ik plak ze met de hand aan elkaar."
)


def text_of(response):
    plain = re.sub(r"<[^>]+>", " ", response.content.decode())
    return html.unescape(" ".join(plain.split()))


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def typed(**changes):
    return {"text": EXCEL, "audience": "me", "where": "online", "open_to_others": "on"} | changes


def titles(response):
    found = re.findall(
        r'href="/kennisvragen/[0-9a-f-]{36}/"[^>]*>(.*?)</a>', response.content.decode()
    )
    return [html.unescape(re.sub("<[^>]+>", "", title)) for title in found]


# --- the list -------------------------------------------------------------------------------------


def test_the_list_shows_open_questions_newest_first_without_text_or_name(client):
    older = KnowledgeRequestFactory(title="Hoe lees ik een begroting?")
    newer = KnowledgeRequestFactory(title="Wat mag ik vragen bij Woo?", text="Een geheim verhaal")
    KnowledgeRequestFactory(title="Al gepland", state="planned")
    KnowledgeRequestFactory(title="Gesloten", state="closed")
    response = client.get(LIST)
    assert titles(response) == [newer.title, older.title]
    page = text_of(response)
    assert "2 vragen" in page
    for hidden in ("geheim", newer.asker.name, newer.asker.organisation.name):
        assert hidden not in page
    assert titles(client.get(LIST, {"toon": "gepland"})) == ["Al gepland"]
    assert len(titles(client.get(LIST, {"toon": "alle"}))) == 4


def test_search_theme_and_sorting(client):
    data = ThemeFactory(slug="data", name="Data")
    person = PersonFactory()
    excel = requests.ask(by=person, text=EXCEL, title="Tien bestanden, één overzicht", theme=data)
    letter = requests.ask(by=person, text="Hoe schrijf ik een brief?", theme=ThemeFactory())
    requests.support(letter, person=PersonFactory())
    assert titles(client.get(LIST, {"q": "overzichten"})) == [excel.title]
    assert titles(client.get(LIST, {"q": "data"})) == [excel.title]
    assert titles(client.get(LIST, {"q": "afdelingen"})) == []  # only in the text
    assert titles(signed_in(person).get(LIST, {"q": "afdelingen"})) == [excel.title]
    assert titles(client.get(LIST, {"thema": "data"})) == [excel.title]
    assert titles(client.get(LIST, {"sorteer": "meest"}))[0] == letter.title
    assert "Geen vragen gevonden" in text_of(client.get(LIST, {"q": "xyzzy"}))


def test_unknown_filters_are_named_and_skipped(client):
    row = KnowledgeRequestFactory()
    response = client.get(LIST, {"thema": "weg", "toon": "ooit", "sorteer": "x" * 5000})
    assert titles(response) == [row.title]
    said = f"Deze filters kennen we niet: “weg”, “ooit”, “{'x' * 40}…”. We hebben ze overgeslagen."
    assert text_of(response).count(said) == 1
    known = client.get(LIST, {"thema": row.theme.slug, "toon": "alle", "sorteer": "meest"})
    assert "kennen we niet" not in text_of(known)


@pytest.mark.parametrize(
    "query",
    [
        "x" * 5000,
        "'; DROP TABLE matching_knowledgerequest; --",
        '"><script>alert(1)</script>',
        "\x00\r\nSet-Cookie: a=b",
        "%_%",
        "😀 \u202etxet",
        "\ud7ff",
    ],
)
def test_nonsense_in_the_address_finds_nothing_and_breaks_nothing(client, query):
    KnowledgeRequestFactory()
    everywhere = dict.fromkeys(("q", "thema", "toon", "sorteer", "page"), query)
    response = client.get(LIST, everywhere)
    assert response.status_code == 200
    assert "<script>alert" not in response.content.decode()
    assert titles(response) == []
    assert "Geen vragen gevonden" in text_of(response)


def test_htmx_gets_the_results_alone(client):
    KnowledgeRequestFactory()
    whole = client.get(LIST)
    part = client.get(LIST, headers={"HX-Request": "true"})
    assert titles(part) == titles(whole)
    assert part.content.decode().lstrip().startswith('<section id="resultaten"')
    assert "HX-Request" in whole["Vary"]


def test_the_list_in_pages_of_twenty(client):
    asker = PersonFactory()
    KnowledgeRequestFactory.create_batch(21, asker=asker)
    assert len(titles(client.get(LIST))) == 20
    last = titles(client.get(LIST, {"page": 2}))
    assert len(last) == 1
    assert titles(client.get(LIST, {"page": "9999"})) == last


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_three_queries(client, number, django_assert_num_queries):
    KnowledgeRequestFactory.create_batch(number)
    with django_assert_num_queries(3):
        client.get(LIST)


# --- asking ---------------------------------------------------------------------------------------


def test_a_colleague_asks_in_one_press():
    person = PersonFactory()
    response = signed_in(person).post(NEW, typed())
    made = KnowledgeRequest.objects.get()
    assert response.headers["Location"] == made.get_absolute_url()
    assert (made.asker, made.text, made.where, made.open_to_others) == (
        person,
        EXCEL,
        "online",
        True,
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"text": ""}, "Vertel waar je tegenaan loopt."),
        ({"text": "🙈" * 50}, "Schrijf je vraag in woorden."),
        ({"text": "woord " * 3333 + "ja"}, "Maak je vraag korter: hooguit 4000 tekens."),
        ({"audience": "team"}, "Vul in met hoeveel collega’s je bent."),
        ({"audience": "team", "people": "veel"}, "Vul een heel getal in"),
        ({"audience": "niemand"}, "Kies voor wie je dit vraagt."),
        ({"not_after": "31-02-2027"}, "Dit is geen goede datum."),
        ({"not_after": "2020-01-01"}, "Deze datum is al geweest."),
        ({"title": "x" * 130}, "Maak dit korter: hooguit 120 tekens."),
        ({"theme": "bestaat-niet"}, "Kies een onderwerp."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(changes, sentence):
    response = signed_in(PersonFactory()).post(NEW, typed(**changes))
    page = text_of(response)
    assert response.status_code == 200
    assert sentence in page
    assert page.startswith("Fout: ")
    assert (changes.get("text") or EXCEL)[:200] in html.unescape(
        response.content.decode()
    ) or not changes.get("text", "x")
    assert not KnowledgeRequest.objects.exists()


def test_a_visitor_types_first_signs_in_then_and_loses_nothing():
    client = Client()
    response = client.post(NEW, typed(people="3", audience="team"))
    assert (
        response.headers["Location"]
        == f"{reverse('accounts:signin')}?next=%2Fkennisvragen%2Fnieuw%2F"
    )
    assert not KnowledgeRequest.objects.exists()
    client.force_login(PersonFactory())
    page = client.get(NEW).content.decode()
    assert EXCEL in html.unescape(page)
    assert 'value="3"' in page


def test_hints_and_likely_answers_come_as_a_step_and_then_the_question_is_asked():
    course = CourseFactory(title="Excelbestanden aan elkaar plakken", promise="Overzicht.")
    search.refresh()
    asked = requests.ask(
        by=PersonFactory(), text="Excelbestanden van afdelingen aan elkaar plakken"
    )
    client = signed_in(PersonFactory())
    text = EXCEL + " Bel 06-12345678."
    step = client.post(NEW, typed(text=text))
    page = text_of(step)
    assert "Is dit wat je zoekt?" in page
    assert course.title in page
    assert "1 collega vraagt dit al:" in page
    assert asked.title in page
    assert "Haal telefoonnummers en mailadressen weg." in page
    assert "Dit is het niet, stel mijn vraag" in page
    assert KnowledgeRequest.objects.count() == 1
    seen = re.search(r'name="gezien" value="([^"]+)"', step.content.decode())[1]
    client.post(NEW, typed(text=text, gezien=seen))
    assert KnowledgeRequest.objects.count() == 2


def test_while_typing_the_same_comes_without_asking():
    CourseFactory(title="Excelbestanden aan elkaar plakken", promise="Overzicht.")
    search.refresh()
    client = Client()
    part = client.post(NEW + "lijkt-op/", {"text": EXCEL}, headers={"HX-Request": "true"})
    assert "Excelbestanden aan elkaar plakken" in part.content.decode()
    assert "<html" not in part.content.decode()
    assert client.get(NEW + "lijkt-op/").status_code == 405
    for nothing in ("", "kort", "🙂" * 40, "\0" * 30):
        empty = client.post(NEW + "lijkt-op/", {"text": nothing})
        assert "Is dit wat je zoekt" not in empty.content.decode()


def test_a_visitor_who_types_finds_questions_by_their_title_only():
    requests.ask(
        by=PersonFactory(), title="Iets anders", text="Geheime Excelbestanden plakken in Utrecht"
    )
    part = Client().post(NEW + "lijkt-op/", {"text": "Excelbestanden plakken in Utrecht"})
    assert "Iets anders" not in part.content.decode()
    part = signed_in(PersonFactory()).post(
        NEW + "lijkt-op/", {"text": "Excelbestanden plakken in Utrecht"}
    )
    assert "Iets anders" in part.content.decode()


def test_twenty_questions_an_hour_are_enough():
    client = signed_in(PersonFactory())
    statuses = [
        client.post(NEW, typed(text=f"Vraag nummer {n}: hoe dan?", gezien="lijkt-op")).status_code
        for n in range(21)
    ]
    assert statuses == [302] * 20 + [429]


# --- looking --------------------------------------------------------------------------------------


def test_a_visitor_sees_title_and_theme_and_how_to_see_more(client):
    row = KnowledgeRequestFactory(text="Een verhaal dat niet iedereen aangaat")
    page = text_of(client.get(row.get_absolute_url()))
    assert row.title in page
    assert row.theme.name in page
    assert "Log in en doe mee" in page
    for hidden in ("niet iedereen aangaat", row.asker.name, row.organisation.name):
        assert hidden not in page


def test_a_colleague_sees_text_and_asker_and_joins():
    row = KnowledgeRequestFactory(text="<script>alert(1)</script> Hoe dan?")
    client = signed_in(PersonFactory())
    response = client.get(row.get_absolute_url())
    assert "<script>alert" not in response.content.decode()
    assert row.asker.name in text_of(response)
    assert row.asker.email not in response.content.decode()
    client.post(f"{row.get_absolute_url()}ik-ook/")
    assert Support.objects.count() == 1
    assert "Jij vraagt dit ook" in text_of(client.get(row.get_absolute_url()))
    client.post(f"{row.get_absolute_url()}ik-ook/", {"niet": "1"})
    assert not Support.objects.exists()


def test_who_did_not_type_a_code_reads_nothing():
    row = KnowledgeRequestFactory(text="Een geheim verhaal")
    page = text_of(signed_in(PersonFactory(verified_at=None)).get(row.get_absolute_url()))
    assert "geheim" not in page


def test_the_asker_changes_closes_and_opens_the_question():
    row = KnowledgeRequestFactory()
    client = signed_in(row.asker)
    url = row.get_absolute_url()
    client.post(url + "pas-aan/", typed(text="Hoe maak ik een draaitabel van tien lijsten?"))
    row.refresh_from_db()
    assert row.text == "Hoe maak ik een draaitabel van tien lijsten?"
    assert client.get(url + "sluit/").status_code == 200
    client.post(url + "sluit/")
    assert "We zoeken niet meer" in text_of(client.get(url))
    client.post(url + "open/")
    row.refresh_from_db()
    assert row.state == "open"
    stranger = signed_in(PersonFactory())
    for page in ("pas-aan/", "sluit/"):
        assert stranger.get(url + page).status_code == 403


def test_the_steps_of_the_asker_and_addresses_only_after_yes():
    row = KnowledgeRequestFactory()
    trainer = TrainerProfileFactory(person__email="trainer@gemeente.example").person
    client = signed_in(row.asker)
    url = row.get_absolute_url()
    assert 'aria-current="step">Kies een trainer' in client.get(url).content.decode()
    client.post(f"{url}vraag/{trainer.public_id}/")
    waiting = client.get(url).content.decode()
    assert f"Je vroeg {trainer.name}" in waiting
    assert trainer.email not in waiting
    match = row.matches.get()
    answer = signed_in(trainer)
    question = answer.get(f"/mijn/vragen/{match.public_id}/").content.decode()
    assert row.asker.name in question
    assert row.asker.email not in question
    response = answer.post(f"/mijn/vragen/{match.public_id}/", {"answer": "ja", "text": "Leuk"})
    assert response.headers["Location"] == f"/mijn/vragen/{match.public_id}/momenten/"
    assert row.asker.email in answer.get(f"/mijn/vragen/{match.public_id}/").content.decode()
    yes = client.get(url).content.decode()
    assert trainer.email in yes
    assert 'aria-current="step">Prik een moment' in yes


def test_who_was_bundled_reads_with_which_question():
    lead = KnowledgeRequestFactory(title="Wat mag ik vragen bij Woo?", text="Een geheim verhaal")
    row = KnowledgeRequestFactory(title="Hoe begin ik met Woo?", follows=lead)
    alone = KnowledgeRequestFactory(asker=row.asker, title="Iets anders")
    client = signed_in(row.asker)
    page = client.get(row.get_absolute_url())
    said = "We vragen een trainer voor jouw vraag en deze samen: Wat mag ik vragen bij Woo?"
    assert said in text_of(page)
    assert "Een geheim verhaal" not in text_of(page)
    assert "deze samen" not in text_of(client.get(alone.get_absolute_url()))


def test_a_trainer_who_said_no_sees_the_question_no_more():
    row = KnowledgeRequestFactory(text="Een heel eigen verhaal")
    trainer = TrainerProfileFactory().person
    match = matches.ask_trainer(row, trainer=trainer, by=row.asker)
    client = signed_in(trainer)
    client.post(f"/mijn/vragen/{match.public_id}/", {"answer": "nee", "reason": "busy"})
    assert (
        "heel eigen verhaal" not in client.get(f"/mijn/vragen/{match.public_id}/").content.decode()
    )
    match.refresh_from_db()
    assert (match.state, match.answer_reason) == ("declined", "busy")


def test_past_niet_takes_a_reason_and_the_trainer_away():
    row = KnowledgeRequestFactory()
    trainer = TrainerProfileFactory().person
    matches.offer_help(row, trainer=trainer)
    client = signed_in(row.asker)
    assert trainer.name in text_of(client.get(row.get_absolute_url()))
    url = f"{row.get_absolute_url()}past-niet/{trainer.public_id}/"
    assert "Kies een reden." in text_of(client.post(url))
    client.post(url, {"reason": "known"})
    assert trainer.name not in text_of(client.get(row.get_absolute_url()))


def test_own_question_cannot_be_supported_or_answered_by_oneself():
    row = KnowledgeRequestFactory()
    TrainerProfileFactory(person=row.asker)
    client = signed_in(row.asker)
    for page in ("ik-ook/", "help/"):
        assert client.post(row.get_absolute_url() + page).status_code == 403
    client.post(f"{row.get_absolute_url()}vraag/{row.asker.public_id}/")
    assert not row.matches.exists()


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_of_a_colleague_costs_a_fixed_number_of_queries(number, django_assert_num_queries):
    row = KnowledgeRequestFactory()
    for person in PersonFactory.create_batch(number):
        requests.support(row, person=person)
    client = signed_in(PersonFactory())
    with django_assert_num_queries(8):
        client.get(row.get_absolute_url())


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_of_the_asker_costs_a_fixed_number_of_queries(number, django_assert_num_queries):
    row = KnowledgeRequestFactory(closes_at=clock.now() + requests.OPEN_FOR)
    for profile in TrainerProfileFactory.create_batch(number):
        matches.offer_help(row, trainer=profile.person)
    client = signed_in(row.asker)
    client.get(row.get_absolute_url())  # asks the ranker, which costs a few more
    with django_assert_num_queries(15):
        client.get(row.get_absolute_url())


def test_every_reason_has_an_icon_that_exists():
    from base.templatetags.tjc import icon
    from matching.ranking.wording import _WORDS

    for name, _words in _WORDS.values():
        assert icon(name).startswith("<svg")


@pytest.mark.parametrize(
    ("nobody", "unsure", "title", "more"),
    [
        (False, False, "Deze collega’s kunnen je helpen", ""),
        (False, True, "Misschien kunnen deze collega’s je helpen", "We weten het niet zeker."),
        (True, False, "Niemand past helemaal", "Je vraag blijft open: meldt zich iemand"),
    ],
)
def test_the_page_says_how_sure_it_is(nobody, unsure, title, more):
    """Who is shown does not depend on it: a person reads the reasons and chooses."""
    from matching.models import RankTask

    row = KnowledgeRequestFactory()
    trainer = TrainerProfileFactory().person
    client = signed_in(row.asker)
    client.get(row.get_absolute_url())
    candidate = {"person_id": trainer.pk, "score": 0.2, "reasons": [], "minuses": [], "fits": True}
    RankTask.objects.update(
        state="ready",
        answered_at=clock.now(),
        result={"candidates": [candidate], "nobody": nobody, "unsure": unsure},
    )
    page = client.get(row.get_absolute_url()).content.decode()
    titles = ("Deze collega’s kunnen", "Misschien kunnen deze", "Niemand past helemaal")
    assert [one for one in titles if one in page] == [
        one for one in titles if title.startswith(one)
    ]
    assert more in page
    assert ("We weten het niet zeker" in page) is unsure
    assert trainer.name in page


def test_the_page_polls_until_the_worker_answered_and_changes_only_then():
    from matching.models import RankTask

    row = KnowledgeRequestFactory()
    trainer = TrainerProfileFactory().person
    client = signed_in(row.asker)
    url = row.get_absolute_url()
    page = client.get(url).content.decode()
    assert 'data-hx-trigger="every 500ms"' in page
    assert "Kijk of er al iemand is" in page  # without a script
    poll = {"HX-Request": "true"}
    assert client.get(url, headers=poll).status_code == 204
    RankTask.objects.update(
        state="ready",
        answered_at=clock.now(),
        result={
            "candidates": [
                {
                    "person_id": trainer.pk,
                    "score": 0.4,
                    "reasons": [{"kind": "meaning", "data": {}}],
                    "minuses": [{"kind": "no_course", "data": {}}],
                    "fits": True,
                }
            ],
            "nobody": False,
        },
    )
    answer = client.get(url, headers=poll)
    part = answer.content.decode()
    assert answer.status_code == 200
    assert "<html" not in part
    assert "every 500ms" not in part
    assert trainer.name in part
    assert "Lijkt op je vraag, in andere woorden" in part
    assert "Let op:</span> Gaf nog geen cursus" in part
    assert "0.4" not in part
    client.post(f"{url}vraag/{trainer.public_id}/")
    match = row.matches.get()
    assert (match.score, match.reasons) == (0.4, [{"kind": "meaning", "data": {}}])
