# SPDX-License-Identifier: EUPL-1.2
"""A page asks, the worker answers a row, the page polls it; and what is shown while there is no answer."""

import datetime as dt
import time
from typing import Any

import pytest

from base import clock
from courses.domain import search
from matching import tasks
from matching.domain import meaning, rankings
from matching.domain.rankings import Progress
from matching.models import RankTask
from matching.ranking import index, shortlist, store
from matching.ranking.encoding import encoder
from tests.factories import CourseFactory, KnowledgeRequestFactory, TrainerProfileFactory

pytestmark = pytest.mark.django_db

needs_model = pytest.mark.skipif(
    encoder() is None, reason="the language model cannot be used on this machine"
)


@pytest.fixture(autouse=True)
def _own_index() -> Any:
    index.forget_indexes()
    yield
    index.forget_indexes()


@pytest.fixture
def asked() -> Any:
    TrainerProfileFactory(headline="Excel en draaitabellen")
    store.refresh(index.ranker())
    return KnowledgeRequestFactory(title="Excel", text="Excel, wie leert mij draaitabellen?")


def test_first_look_asks_and_waits_and_the_next_has_the_answer(asked: Any) -> None:
    assert rankings.answer_for(asked).progress == Progress.WAITING
    assert RankTask.objects.count() == 1

    assert tasks.answer_ranking(RankTask.objects.get().pk) == "ready"
    answer = rankings.answer_for(asked)

    assert answer.progress == Progress.READY
    assert not answer.waits
    assert not answer.nobody
    assert [one["person_id"] for one in answer.candidates] == [
        one.person_id for one in shortlist.candidates_for(asked)
    ]
    assert set(answer.candidates[0]) == {"person_id", "score", "reasons", "minuses", "fits"}


def test_answer_twice_does_it_once(asked: Any) -> None:
    task = rankings.ask(asked)
    assert [rankings.answer(task.pk), rankings.answer(task.pk)] == ["ready", "over"]
    assert rankings.answer(task.pk + 1) == "over"


def test_nobody_is_not_said_of_a_pool_that_is_not_read_yet() -> None:
    """A new installation, or another model: the question waits for the vectors, however often it is tried."""
    TrainerProfileFactory(headline="Excel en draaitabellen")
    request = KnowledgeRequestFactory(text="Excel, wie leert mij draaitabellen?")
    task = rankings.ask(request)

    assert [rankings.answer(task.pk) for _ in range(rankings.MAX_ATTEMPTS + 1)] == ["not yet"] * 4
    assert rankings.answer_for(request).waits

    tasks.refresh_vectors()
    answer = rankings.answer_for(request)
    assert (answer.progress, answer.nobody, len(answer.candidates)) == (Progress.READY, False, 1)


def test_one_new_trainer_keeps_nobody_waiting(asked: Any) -> None:
    TrainerProfileFactory.create_batch(10)
    store.refresh(index.ranker())
    TrainerProfileFactory()
    assert rankings.answer(rankings.ask(asked).pk) == "ready"


def test_task_of_a_killed_worker_is_done_again(asked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed in the middle: the row still waits, and beat's sweep comes to it."""
    task = rankings.ask(asked)

    def killed(_request: Any) -> Any:
        raise SystemExit

    with monkeypatch.context() as patched, pytest.raises(SystemExit):
        patched.setattr(shortlist, "answer", killed)
        rankings.answer(task.pk)
    RankTask.objects.update(created_at=clock.now() - dt.timedelta(seconds=5))

    assert rankings.answer_for(asked).progress == Progress.WAITING
    assert tasks.sweep_rankings() == 1
    assert rankings.answer_for(asked).progress == Progress.READY


def test_what_keeps_failing_is_said_and_not_tried_for_ever(
    asked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_request: Any) -> Any:
        raise RuntimeError("no index")

    monkeypatch.setattr(shortlist, "answer", broken)
    task = rankings.ask(asked)
    said = [rankings.answer(task.pk) for _ in range(4)]

    assert said == ["failed", "failed", "failed", "over"]
    assert rankings.answer_for(asked).progress == Progress.FAILED


def test_worker_that_always_dies_on_it_is_spared_after_three_times(asked: Any) -> None:
    rankings.ask(asked)
    RankTask.objects.update(attempts=3, created_at=clock.now() - dt.timedelta(seconds=5))
    assert tasks.sweep_rankings() == 0
    assert rankings.answer_for(asked).progress == Progress.FAILED


@pytest.mark.parametrize(("seconds", "progress"), [(1, "waiting"), (15, "late"), (180, "failed")])
def test_page_is_told_how_long_it_takes(asked: Any, seconds: int, progress: str) -> None:
    rankings.ask(asked)
    RankTask.objects.update(created_at=clock.now() - dt.timedelta(seconds=seconds))
    assert rankings.answer_for(asked).progress == progress


def test_page_works_without_a_broker(
    asked: Any, no_broker: Any, django_capture_on_commit_callbacks: Any, caplog: Any
) -> None:
    began = time.monotonic()
    with django_capture_on_commit_callbacks(execute=True):
        rankings.ask(asked)
    assert time.monotonic() - began < 3, "the page waited for the broker"
    assert "no nudge for the matching worker: OperationalError" in caplog.messages
    assert rankings.answer_for(asked).progress == Progress.WAITING


def test_old_answer_is_asked_again(asked: Any) -> None:
    task = rankings.ask(asked)
    rankings.answer(task.pk)
    RankTask.objects.update(answered_at=clock.now() - dt.timedelta(hours=2))

    assert rankings.answer_for(asked).progress == Progress.WAITING
    assert RankTask.objects.get().pk != task.pk


def test_rows_are_forgotten_after_a_day_and_with_their_question(asked: Any) -> None:
    rankings.ask(asked)
    RankTask.objects.update(created_at=clock.now() - dt.timedelta(days=2))
    tasks.sweep_rankings()
    assert not RankTask.objects.exists()

    rankings.ask(asked)
    asked.delete()
    assert not RankTask.objects.exists()


# --- searching the catalogue ----------------------------------------------------------------------


@needs_model
def test_search_finds_a_course_without_a_shared_word(settings: Any) -> None:
    settings.CATALOGUE_SEARCH = "matching.domain.meaning.by_words_and_meaning"
    wanted = CourseFactory(title="Dijken inspecteren", promise="Kijk mee bij hoogwater.")
    other = CourseFactory(title="Praten over geld", promise="Begin over schulden.")
    store.refresh(index.ranker())
    courses = {course.pk: (course.updated_at, course.title) for course in (wanted, other)}

    first = search.search("de rivier staat gevaarlijk", courses)
    assert first is not None
    assert dict(first.scores) == {}
    rankings.answer(RankTask.objects.get().pk)
    second = search.search("De rivier staat gevaarlijk", courses)

    assert second is not None
    assert list(second.scores) == [wanted.pk]
    assert second.partial
    assert RankTask.objects.get().text == ""


@needs_model
def test_what_the_words_find_comes_first(settings: Any) -> None:
    by_words = CourseFactory(title="Excel voor beginners", promise="Een uur oefenen.")
    by_meaning = CourseFactory(title="Draaitabellen", promise="Tel je spreadsheet op.")
    store.refresh(index.ranker())
    courses = {course.pk: (course.updated_at, course.title) for course in (by_words, by_meaning)}
    meaning.by_words_and_meaning("excel beginners", courses)
    rankings.answer(RankTask.objects.get().pk)

    found = meaning.by_words_and_meaning("excel beginners", courses)

    assert found.scores[by_words.pk] > max(
        (score for pk, score in found.scores.items() if pk != by_words.pk), default=0.0
    )


def test_what_means_the_same_comes_before_what_has_some_of_the_words() -> None:
    some = [CourseFactory(title=f"Bijen {n}") for n in range(3)]
    near = CourseFactory(title="Honing slingeren")
    versions = {course.pk: (course.updated_at, course.title) for course in (*some, near)}
    meaning.by_words_and_meaning("bijen leeghalen", versions)
    RankTask.objects.update(state="ready", result={"courses": {str(near.pk): 0.2, "999": 0.9}})

    found = meaning.by_words_and_meaning("bijen leeghalen", versions)

    assert found.partial
    assert max(found.scores, key=lambda pk: found.scores[pk]) == near.pk
    assert set(found.scores) == set(versions)


def test_search_does_not_wait_for_a_worker_that_is_away(settings: Any) -> None:
    settings.CATALOGUE_MEANING_WAIT = 30
    course = CourseFactory(title="Bijen houden")
    versions = {course.pk: (course.updated_at, course.title)}
    assert list(meaning.by_words_and_meaning("bijen houden", versions).scores) == [course.pk]


@pytest.mark.django_db(transaction=True)
def test_search_waits_a_moment_when_it_has_little(settings: Any) -> None:
    """Outside a transaction, as a page: at most CATALOGUE_MEANING_WAIT, and not again for old rows."""
    settings.CATALOGUE_MEANING_WAIT = 0.1
    course = CourseFactory(title="Bijen houden")
    versions = {course.pk: (course.updated_at, course.title)}
    began = clock.now()
    assert not meaning.by_words_and_meaning("honing slingeren", versions).scores
    took = (clock.now() - began).total_seconds()
    assert took >= 0.1
    RankTask.objects.update(created_at=clock.now() - dt.timedelta(seconds=10))
    settings.CATALOGUE_MEANING_WAIT = 30
    meaning.by_words_and_meaning("honing slingeren", versions)


def test_robots_do_not_fill_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rankings, "MOST_SEARCHES", 3)
    for number in range(9):
        rankings.courses_like(f"vraag {number}")
    assert RankTask.objects.count() == 3


def test_old_search_is_answered_with_what_it_knew_and_asked_anew() -> None:
    rankings.courses_like("bijen")
    RankTask.objects.update(
        state="ready",
        result={"courses": {"7": 0.5}},
        text="",
        answered_at=clock.now() - dt.timedelta(hours=1),
    )
    assert rankings.courses_like("Bijen") == {7: 0.5}
    task = RankTask.objects.get()
    assert (task.state, task.text) == ("waiting", "Bijen")


def test_one_word_is_not_searched_for_by_meaning() -> None:
    meaning.by_words_and_meaning("spreadsheet", {})
    meaning.by_words_and_meaning("hoe leer ik over een spreadsheet", {})
    assert not RankTask.objects.exists()


def test_search_is_capped_and_signs_ask_nothing() -> None:
    assert rankings.courses_like("?!") == {}
    assert rankings.courses_like("x" * 20_000) == {}
    assert RankTask.objects.get().text == "x" * 200
