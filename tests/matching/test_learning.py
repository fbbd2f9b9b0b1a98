# SPDX-License-Identifier: EUPL-1.2
"""Answers move the ranker's weights a little, and never to the worse."""

import io
from dataclasses import replace

import pytest

np = pytest.importorskip("numpy")

from django.core.management import CommandError, call_command

from base import clock
from matching.domain import learning
from matching.domain.learning import Judged, Lesson
from matching.models import Dismissal, LearnedWeights, Match
from matching.ranking import index, shortlist, sources, store
from matching.ranking.encoding import encoder
from matching.ranking.ranker import Ranker, RankWeights
from matching.ranking.rounds import PoolRanker
from matching.ranking.texts import TrainerText
from tests.factories import PersonFactory
from tests.matching.table import profile, question

NOW = RankWeights()


def made_up(number: int, *, telling: int) -> Judged:
    """Pairs in which one feature says what is good and the others are noise."""
    chance = np.random.default_rng(5)
    good = np.arange(number) % 2 == 0
    features = chance.normal(0.4, 0.1, (number, 3))
    features[:, telling] += np.where(good, 0.15, -0.15)
    features = np.column_stack([features, np.zeros(number)])
    return Judged(features, good, np.arange(number) % 3 == 0)


@pytest.mark.parametrize(("telling", "part", "letters"), [(0, -1, -1), (1, 1, -1), (2, None, 1)])
def test_learn_moves_towards_what_tells(telling, part, letters) -> None:
    pairs = made_up(400, telling=telling)
    found = learning.learn(NOW, pairs)
    if part is not None:
        assert np.sign(found.part - NOW.part) == part
    assert np.sign(found.letters - NOW.letters) == letters
    assert learning.in_order(found, pairs) > learning.in_order(NOW, pairs)
    assert abs(found.part - NOW.part) <= learning.REACH + 1e-9


def test_few_answers_move_little() -> None:
    few, many = (learning.learn(NOW, made_up(number, telling=1)) for number in (12, 800))
    assert abs(few.part - NOW.part) < abs(many.part - NOW.part)


def test_learn_without_one_of_both_kinds_changes_nothing() -> None:
    pairs = made_up(40, telling=0)
    assert learning.learn(NOW, replace(pairs, good=np.ones(40, dtype=bool))) == NOW


def lesson(**fields) -> Lesson:
    return Lesson(
        **{
            "before": NOW,
            "after": RankWeights(0.7, 0.2),
            "good": 20,
            "bad": 20,
            "dev_before": 0.6,
            "dev_after": 0.6,
            "kept_before": 0.7,
            "kept_after": 0.7,
            **fields,
        }
    )


@pytest.mark.parametrize(
    ("fields", "is_worse"),
    [
        ({}, False),
        ({"dev_after": 0.61}, False),
        ({"dev_after": 0.5999}, True),
        ({"kept_after": 0.69, "dev_after": 0.8}, True),
    ],
)
def test_worse_on_either_set_is_worse(fields, is_worse) -> None:
    assert lesson(**fields).is_worse is is_worse


@pytest.mark.django_db
def test_what_is_worse_cannot_be_kept() -> None:
    with pytest.raises(ValueError, match="not to be kept"):
        learning.keep(lesson(dev_after=0.5), index.ranker())
    assert not LearnedWeights.objects.exists()


@pytest.mark.django_db
def test_answers_say_what_fitted_and_ignore_the_rest() -> None:
    asked = question()
    people = [PersonFactory() for _ in range(7)]

    def match(person, state: str, reason: str = "") -> None:
        Match.objects.create(request=question(), trainer=person, state=state, answer_reason=reason)

    match(people[0], "accepted")
    match(people[1], "done")
    match(people[2], "declined", "not_mine")
    match(people[3], "declined", "busy")
    match(people[4], "expired")
    Dismissal.objects.create(request=asked, trainer=people[5], reason="too_hard")
    Dismissal.objects.create(request=asked, trainer=people[6], reason="known")
    assert {(row.trainer, row.good) for row in learning.answers()} == {
        (people[0].pk, True),
        (people[1].pk, True),
        (people[2].pk, False),
        (people[5].pk, False),
    }


def run_it(**options) -> str:
    out = io.StringIO()
    call_command("learn_matching", stdout=out, **options)
    return out.getvalue()


@pytest.mark.django_db
def test_the_command_says_what_it_lacks(tmp_path) -> None:
    with pytest.raises(CommandError, match="Te weinig antwoorden: 0 keer goed") as nothing:
        run_it(dev_set=tmp_path)
    assert nothing.value.returncode == 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "code", "said"),
    [
        ({"dev_after": 0.59}, 4, "Dit is slechter. Er is niets veranderd."),
        ({"kept_after": 0.69}, 4, "Dit is slechter. Er is niets veranderd."),
        ({"after": NOW}, 0, "Er is niets beters gevonden; alles blijft zoals het is."),
        ({}, 0, "Bewaard. Vanaf de volgende vraag en de volgende ronde rekent de koppelaar ermee."),
    ],
)
def test_the_command_never_gets_worse_silently(fields, code, said, monkeypatch) -> None:
    """Before and after are printed in every case; what is worse is refused and leaves no row."""
    found = lesson(**fields)
    monkeypatch.setattr(learning, "lesson", lambda _ranker, _folder: found)
    out, refused = io.StringIO(), None
    try:
        call_command("learn_matching", stdout=out)
    except CommandError as error:
        refused = error
    assert numbers(out.getvalue(), "ontwikkelset, nDCG@10") == (
        round(found.dev_before, 3),
        round(found.dev_after, 3),
    )
    assert (refused.returncode if refused else 0) == code
    assert said in (str(refused) if refused else out.getvalue())
    assert LearnedWeights.objects.count() == int(said.startswith("Bewaard"))


@pytest.fixture
def many_answers(db):
    """Every Excel question got the Excel trainer (good) and somebody of another trade (not)."""
    ranker = index.ranker()
    if ranker.model is None:
        pytest.skip("the language model cannot be used here")
    sheets = profile(headline="Excel", expertise="Draaitabellen en formules in Excel.")
    fish = profile(headline="Ecologie", expertise="Vissen en planten in sloten herkennen.")
    for number in range(12):
        asked = question(title=f"Excel {number}", text=f"Hoe maak ik draaitabel {number} in Excel?")
        Match.objects.create(request=asked, trainer=sheets.person, state="done")
        Match.objects.create(
            request=asked, trainer=fish.person, state="declined", answer_reason="not_mine"
        )
    store.refresh(ranker, seconds=60)
    return ranker


@pytest.mark.slow
def test_the_command_shows_before_and_after_on_the_development_set(many_answers, shared) -> None:
    """Kept when it is not worse, refused with code 4 when it is; what the numbers say decides."""
    out = io.StringIO()
    try:
        call_command("learn_matching", stdout=out, dev_set=shared / "data" / "matching-dev")
    except CommandError as error:
        refused = error
    else:
        refused = None
    said = out.getvalue()
    assert "Antwoorden: 12 keer goed, 12 keer niet." in said
    dev_before, dev_after = numbers(said, "ontwikkelset, nDCG@10")
    kept_before, kept_after = numbers(said, "antwoorden apart, goede volgorde")
    assert dev_before >= 0.56  # the guard of the issue: the same set as `manage.py rank`
    if dev_after < dev_before or kept_after < kept_before:
        assert refused.returncode == 4
    assert LearnedWeights.objects.count() == int("Bewaard." in said)
    if LearnedWeights.objects.exists():
        assert dev_after >= dev_before


def numbers(said: str, label: str) -> tuple[float, float]:
    line = next(line for line in said.splitlines() if line.startswith(label))
    before, after = line[len(label) :].split()
    return float(before), float(after)


@pytest.fixture
def _own_index():
    index.forget_indexes()
    yield
    index.forget_indexes()


def newer(part: float, letters: float, *, version: str) -> None:
    LearnedWeights.objects.create(
        made_at=clock.now(), encoder_version=version, part=part, letters=letters
    )


@pytest.mark.django_db
@pytest.mark.usefixtures("_own_index")
def test_a_running_worker_uses_new_weights_from_the_next_question_on() -> None:
    """No restart: the index that a question before it was answered with is read anew, with its rows mixed anew."""
    ranker = index.ranker()
    if ranker.model is None:
        pytest.skip("the language model cannot be used here")
    profile(headline="Excel", expertise="Draaitabellen en formules in Excel.")
    asked = question(title="Draaitabel", text="Hoe maak ik een draaitabel in Excel?")
    store.refresh(ranker, seconds=60)
    (before,) = shortlist.answer(asked)["candidates"]
    kept = index.index_of("trainer")
    assert index.index_of("trainer") is kept

    newer(NOW.part, 0.9, version="another-model")
    assert shortlist.answer(asked)["candidates"][0]["score"] == before["score"]
    assert index.index_of("trainer") is kept

    newer(0.2, 0.9, version=ranker.version)
    (after,) = shortlist.answer(asked)["candidates"]
    assert index.ranker().weights == RankWeights(0.2, 0.9)
    alone = Ranker(ranker.model, RankWeights(0.2, 0.9))
    pool = alone.pool([sources.trainers([after["person_id"]])[after["person_id"]].text])
    (expected,) = pool.rank(alone.query(asked.text, asked.title), 1)
    assert after["score"] == pytest.approx(expected.score, abs=2e-3)  # vectors are kept in halves
    assert after["score"] != pytest.approx(before["score"], abs=0.05)


@pytest.mark.django_db
@pytest.mark.usefixtures("_own_index")
def test_a_round_uses_new_weights_without_a_restart() -> None:
    ranker = index.ranker()
    if ranker.model is None:
        pytest.skip("the language model cannot be used here")
    assert PoolRanker([])._ranker is ranker
    newer(0.2, 0.9, version=ranker.version)
    assert PoolRanker([])._ranker.weights == RankWeights(0.2, 0.9)


@pytest.mark.django_db
def test_looking_for_new_weights_is_one_small_query(django_assert_num_queries) -> None:
    if index.ranker().model is None:
        pytest.skip("the language model cannot be used here")
    with django_assert_num_queries(1):
        index.ranker()


def test_weights_change_the_order_of_a_pool() -> None:
    model = encoder()
    if model is None:
        pytest.skip("the language model cannot be used here")
    texts = [TrainerText(expertise="Excel"), TrainerText(expertise="Draaitabellen")]
    one, other = Ranker(model), Ranker(model, RankWeights(0.65, 0.9))
    query = one.query("draaitabellen")
    assert one.pool(texts).rank(query, 2)[0].score < other.pool(texts).rank(query, 2)[0].score
