# SPDX-License-Identifier: EUPL-1.2
"""Shared words that a person can check: whole, as the trainer wrote them, telling, with the sentence they stand in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.ranking.reasons import _terms
from matching.ranking.terms import QUOTE, everyday, quoted, shared


def words(question: str, profile: str) -> list[str]:
    return list(shared(question, profile).words)


def test_forms_compounds_and_other_names_count_as_the_trainer_wrote_them() -> None:
    profile = "Ik geef draaitabellen, en brieven over de Wet open overheid; ook 'tabel'."
    assert words("Een brief over tabellen", profile) == ["draaitabellen", "brieven", "tabel"]
    assert words("Er ligt een Woo-verzoek", profile) == ["Wet open overheid"]
    assert words("Wat zegt de Wet open overheid?", "Woo-jurist bij een provincie") == ["Woo-jurist"]


@pytest.mark.parametrize(
    ("question", "profile"),
    [
        ("Ik plak alles met de hand onder elkaar", "Zonder plak- en knipwerk, met je eigen hand"),
        ("Hoe lees ik dat en hoe lezen zij het?", "Een les van een uur"),
        ("Een formulier dat niemand snapt", "Formules van SOM tot ZOEKEN"),
        ("Dat moet ik anders schrijven", "Herschrijfster"),
        ("Het is twee keer mis gegaan", "Iedereen zit wel eens te missen"),
        ("Losse lijstjes lopen soms uiteen", "We lossen het samen op, soms loopt het anders"),
        ("Vier mensen laten het laatste stuk weg", "Vier stappen, laat het mensen zien"),
        ("Hoe doe ik dat met een collega?", "Ik doe dat met collega’s"),
        ("Waarom elke week dezelfde klus?", "Elke week dezelfde cijfers"),
        ("How do I make them do this first?", "First we make what you need"),
    ],
)
def test_what_is_no_reason_is_not_shown(question: str, profile: str) -> None:
    assert words(question, profile) == []


def test_the_same_word_is_told_once_and_three_are_enough() -> None:
    assert words("Balie", "Balie, balie, de balies, baliewerk en BALIE") == ["Balie"]
    profile = "dijken, kades, sluizen en gemalen"
    assert words("dijk kade sluis gemaal", profile) == ["dijken", "kades", "sluizen"]


def test_the_sentence_with_most_of_them_is_quoted() -> None:
    profile = (
        "Adviseur bij een waterschap. Ik woon aan kades. Ik leer je dijken en kades inspecteren."
    )
    found = shared("Wie inspecteert onze dijken en kades?", profile)
    assert found.sentence == "Ik leer je dijken en kades inspecteren."


def test_a_long_sentence_is_cut_at_words_around_the_shared_one() -> None:
    sentence = f"{'heel veel voorafgaande tekst ' * 8}over dijken {'en nog veel meer ' * 20}"
    cut = quoted(sentence, "dijken")
    assert cut.startswith("…dijken en nog")
    assert cut.endswith("…")
    assert len(cut) <= QUOTE
    assert quoted("Kort.") == "Kort."


@given(st.text(max_size=300), st.text(max_size=600))
def test_every_shared_word_stands_in_the_text_of_the_trainer(question: str, profile: str) -> None:
    found = shared(f"dijken {question}", f"{profile} dijken.")
    assert len(found.words) <= 3
    assert all(word in f"{profile} dijken." for word in found.words)
    assert len(found.sentence) <= QUOTE


def test_what_another_reason_quotes_is_not_quoted_again() -> None:
    found = shared("Wie leert mij dijken inspecteren?", "Dijken inspecteren. Kom mee naar buiten.")
    other = {"kind": "course", "data": {"title": "Dijken inspecteren met je ogen"}}
    assert _terms(found, [])["data"]["text"] == "Dijken inspecteren."
    assert _terms(found, [other])["data"] == {"terms": list(found.words)}


def test_the_list_of_everyday_words_holds_no_trade() -> None:
    for telling in ("dijk", "brief", "schuld", "subsidie", "excel", "balie", "privacy", "notulen"):
        assert telling not in everyday()
