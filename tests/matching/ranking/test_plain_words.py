# SPDX-License-Identifier: EUPL-1.2
"""What the short names of government are about is told to the language model, and to nobody else."""

import pytest

from courses.domain import words
from matching.ranking import lexical
from matching.ranking.encoding import encoder
from matching.ranking.ranker import Ranker
from matching.ranking.texts import CourseText, TrainerText, plain_words, spelled_out


def test_every_line_explains_a_name_that_is_known() -> None:
    assert set(plain_words()) <= set(words.concepts())
    assert "woo" in plain_words()


def test_the_short_and_the_full_name_are_both_explained() -> None:
    about = plain_words()["woo"]
    assert spelled_out("Een Woo-verzoek") == f"Een Woo-verzoek (Wet open overheid, {about})"
    assert spelled_out("De Wet open overheid") == f"De Wet open overheid ({about})"
    assert spelled_out("Een gewone zin") == "Een gewone zin"
    assert spelled_out("Is dit al klaar of kan het in de bag?") == (
        "Is dit al klaar of kan het in de bag?"
    )


def test_capitals_throughout_are_read_as_small_letters() -> None:
    assert spelled_out("HOE LEES IK EEN BEGROTING?") == "hoe lees ik een begroting?"
    assert spelled_out("BIBOB").startswith("BIBOB (Wet bevordering")


def test_the_letters_compare_what_was_written() -> None:
    written = set(lexical.pieces_of("Woo").tolist())
    assert written >= set(lexical.pieces_of("overheid").tolist())  # the full name
    assert not written & (set(lexical.pieces_of("journalist").tolist()))  # what it is about


@pytest.mark.skipif(encoder() is None, reason="the language model cannot be used on this machine")
@pytest.mark.parametrize(
    ("asked", "right"),
    [
        ("Een journalist wil al onze appjes over de aanbesteding hebben.", 0),
        ("Een ondernemer betaalt zijn pand met een koffer vol geld.", 1),
        ("Wij kopen een systeem met gegevens van kinderen, wat moeten we vooraf nagaan?", 2),
        ("Er is brand op de gang en niemand weet waar we naartoe moeten.", 3),
    ],
)
def test_who_never_heard_the_name_finds_who_gives_it(asked: str, right: int) -> None:
    ranker = Ranker(encoder())
    pool = ranker.pool(
        TrainerText(courses=(CourseText(title),))
        for title in ("Woo in een uur", "Bibob in een uur", "DPIA in een uur", "BHV in een uur")
    )
    assert pool.rank(ranker.query(asked), 1)[0].trainer == right
