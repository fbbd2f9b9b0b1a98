# SPDX-License-Identifier: EUPL-1.2
"""The k best of many questions at once: exact, under hard rules, and the same as the shortlist of one."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.models import TrainerProfile
from matching.ranking import index, lexical, store
from matching.ranking.encoding import encoder
from matching.ranking.ranker import Encoded, Pool, Query, Ranker
from matching.ranking.retrieval import best_of, top_k
from matching.ranking.rounds import PoolRanker
from matching.ranking.shortlist import candidates_for
from matching.ranking.texts import TrainerText, pieces_of, spelled_out
from matching.ranking.wording import _WORDS, chips
from tests.factories import CourseFactory, KnowledgeRequestFactory, TrainerProfileFactory

needs_model = pytest.mark.skipif(
    encoder() is None, reason="the language model cannot be used on this machine"
)

SUBJECTS = [
    "Excel en draaitabellen",
    "Dijken inspecteren",
    "Woo-verzoeken afhandelen",
    "Omgaan met agressie aan de balie",
    "Fietspaden ontwerpen",
    "Subsidies beoordelen",
    "Presenteren zonder zenuwen",
]


@given(
    st.integers(0, 2**32 - 1),
    st.integers(1, 9),
    st.integers(0, 40),
    st.integers(1, 12),
    st.booleans(),
)
def test_top_k_is_what_sorting_everything_gives(
    seed: int, queries: int, passages: int, k: int, equal: bool
) -> None:
    random = np.random.default_rng(seed)
    left = random.normal(size=(queries, 5)).astype(np.float32)
    right = random.normal(size=(passages, 5)).astype(np.float32)
    if equal:  # many the same: which of equals is kept must be the first
        left, right = np.round(left), np.round(right)
    allowed = random.random((queries, passages)) < 0.7

    found = top_k(left, right, k, eligible=lambda first, last: allowed[first:last], block=3)

    scores = left @ right.T if passages else np.zeros((queries, 0), np.float32)
    for number in range(queries):
        good = [at for at in range(passages) if allowed[number, at]]
        expected = sorted(good, key=lambda at: (-scores[number, at], at))[:k]
        assert [row for row in found.rows[number] if row >= 0] == expected
        assert list(found.rows[number][len(expected) :]) == [-1] * (k - len(expected))


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans(), st.integers(1, 4)), max_size=60))
def test_pool_that_changes_ranks_as_one_made_at_once(steps: list[tuple[int, bool, int]]) -> None:
    """Replacing, dropping, growing and moving rows leave nothing behind."""

    class Model:
        version, dimensions = "other-1", 4
        encode_query = encode_passages = None

    ranker = Ranker(Model())  # type: ignore[arg-type]
    changed, alive = Pool(ranker), {}
    for number, (trainer, drop, parts) in enumerate(steps):
        if drop:
            changed.drop(trainer)
            alive.pop(trainer, None)
        else:
            random = np.random.default_rng(number)
            rows = random.normal(size=(parts + 1, 4)).astype(np.float32)
            alive[trainer] = Encoded(lexical.pieces_of(f"woord{trainer}"), rows[0], rows[1:])
            changed.put(trainer, alive[trainer])
    fresh = Pool(ranker)
    for trainer, encoded in alive.items():
        fresh.put(trainer, encoded)

    asked = Query(np.array([1, -1, 0.5, 2], np.float32), lexical.weights_of("woord3 woord4"))
    left, right = changed.rank(asked, 20), fresh.rank(asked, 20)
    assert [(one.trainer, one.part) for one in left] == [(one.trainer, one.part) for one in right]
    assert [one.score for one in left] == pytest.approx([one.score for one in right], abs=1e-5)
    assert sorted(changed.trainers) == sorted(alive)


# --- rounds ---------------------------------------------------------------------------------------


def pool_of(*headlines: str) -> list[TrainerProfile]:
    made = [TrainerProfileFactory(headline=headline, expertise="") for headline in headlines]
    CourseFactory(title="Power Query", promise="Bestanden samenvoegen.", trainer=made[0].person)
    store.refresh(index.ranker())
    return made


def questions() -> list[Any]:
    texts = [
        "Ik tel duizend regels met de hand op.",
        "Bezoekers schelden ons uit bij het loket.",
        "Een journalist vraagt al onze stukken op.",
        "🙂",
    ]
    return [KnowledgeRequestFactory(title=text, text=text) for text in texts]


@pytest.fixture
def _fresh_index() -> Any:
    index.forget_indexes()
    yield
    index.forget_indexes()


@needs_model
@pytest.mark.django_db
@pytest.mark.usefixtures("_fresh_index")
def test_round_ranks_as_the_shortlist_does() -> None:
    persons = sorted(profile.person_id for profile in pool_of(*SUBJECTS))
    asked = questions()
    ranker = PoolRanker(persons)
    everyone = np.ones((len(asked), len(persons)), bool)

    rows, scores = ranker.nearest(asked, lambda first, last: everyone[first:last], 5)

    for at, request in enumerate(asked[:3]):
        alone = candidates_for(request, limit=5)
        assert [persons[row] for row in rows[at]] == [one.person_id for one in alone]
        assert scores[at] == pytest.approx([one.score for one in alone], abs=1e-5)
        reasons, minuses = ranker.explain(request, persons[rows[at][0]])
        assert (reasons, minuses) == (alone[0].reasons, alone[0].minuses)
    assert list(rows[3]) == [-1] * 5


@needs_model
@pytest.mark.django_db
@pytest.mark.usefixtures("_fresh_index")
def test_round_keeps_the_hard_rules_and_whoever_has_no_vector_out() -> None:
    persons = sorted(profile.person_id for profile in pool_of(*SUBJECTS))
    late = TrainerProfileFactory(headline="Excel").person_id
    asked = questions()[:1]
    ranker = PoolRanker([*persons, late])
    allowed = np.ones((1, len(persons) + 1), bool)
    allowed[0, 0] = False

    rows, _scores = ranker.nearest(asked, lambda first, last: allowed[first:last], 50)

    assert 0 not in rows[0]
    assert len(persons) not in rows[0]
    assert sorted(row for row in rows[0] if row >= 0) == list(range(1, len(persons)))


@pytest.mark.django_db
def test_round_without_a_model_ranks_by_letters() -> None:
    ranker = Ranker(None)
    wanted = TrainerProfileFactory(headline="Excel", expertise="")
    other = TrainerProfileFactory(headline="Bijen houden", expertise="")
    store.refresh(ranker)
    persons = sorted([wanted.person_id, other.person_id])
    asked = [KnowledgeRequestFactory(title="Excel?", text="Excel?")]
    found = PoolRanker(persons, ranker)

    rows, _scores = found.nearest(asked, lambda first, last: np.ones((1, 2), bool), 2)

    assert persons[rows[0][0]] == wanted.person_id
    assert not found.vectors(asked).any()
    assert found.explain(asked[0], wanted.person_id)[0][0]["kind"] == "terms"


# --- texts, words ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "full"),
    [
        ("Er ligt een Woo-verzoek", True),
        ("hulp bij wmo", True),
        ("AI op kantoor", True),
        ("This or that, it is fine", False),
        ("een IT-vraag", True),
    ],
)
def test_abbreviations_are_spelled_out_but_words_are_not(text: str, full: bool) -> None:
    assert (spelled_out(text) != text) is full


def test_long_expertise_becomes_pieces_and_a_job_title_none() -> None:
    long = " ".join(f"Zin nummer {n} gaat over iets heel anders dan de vorige." for n in range(20))
    assert len(list(pieces_of(long))) == 4
    assert [sort for sort, _n, _t in TrainerText("Jurist", examples=("Mag dat?",)).parts()] == [
        "example"
    ]
    assert TrainerText().parts() == []


def test_every_reason_has_words_and_none_a_percentage() -> None:
    data = {
        "title": "Excel", "text": "x", "terms": ["a"], "name": "b", "province": "utrecht",
        "language": "en", "times": 2, "score": 8.25, "number": 6, "questions": 3, "organisations": 2, "left": 1,
    }  # fmt: skip
    reasons = [{"kind": kind, "data": data} for kind in _WORDS]
    shown = chips(reasons, [{"kind": "from a later version", "data": {}}])
    assert len(shown) == len(_WORDS)
    assert all(chip["text"] and "%" not in chip["text"] for chip in shown)


@pytest.mark.parametrize("allowed", [1.0, 0.3, 0.002, 0.0])
def test_best_of_a_long_line_is_what_sorting_gives(allowed: float) -> None:
    random = np.random.default_rng(7)
    line = np.round(random.normal(size=20_011), 2).astype(np.float32)  # many equal ones
    line[random.random(len(line)) >= allowed] = -np.inf
    expected = np.lexsort((np.arange(len(line)), -line))[:30]
    assert list(best_of(line, 30)) == list(expected)
