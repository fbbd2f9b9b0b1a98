# SPDX-License-Identifier: EUPL-1.2
"""The matching worker dies by SIGKILL while questions wait: pages say so, and the next worker answers each once."""

import datetime as dt

import pytest
from django.db.models import F

from base import clock
from matching.models import KnowledgeRequest, RankTask, Vector
from tests.factories import KnowledgeRequestFactory, PersonFactory, TrainerProfileFactory
from tests.processes import Answer, Process, Site, Visitor, session_key_of, stopped, wait_until

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True), pytest.mark.slow]

State = RankTask.State
SUBJECTS = ("Excel en draaitabellen", "Dijken inspecteren", "Woo-verzoeken", "Bijen houden")
QUESTIONS = 12
#: What a page asks htmx to do again and again while it waits.
POLLS = b"data-hx-trigger"


@pytest.fixture
def asked(site: Site, tmp_path) -> list[KnowledgeRequest]:
    """Twelve questions of one colleague, trainers whose vectors are there, web, and a broker of files."""
    site.extra["CELERY_BROKER_URL"] = f"filesystem://{tmp_path / 'broker'}"
    site.extra["CACHE_URL"] = "locmem://"
    for subject in SUBJECTS:
        TrainerProfileFactory(headline=subject, expertise="")
    asker = PersonFactory()
    return [
        KnowledgeRequestFactory(
            asker=asker, title=f"Vraag {number}", text=f"Hoe maak ik in Excel draaitabel {number}?"
        )
        for number in range(QUESTIONS)
    ]


def matching_worker(site: Site) -> Process:
    return site.worker(queues="matching", concurrency=3, pool="threads").said(" ready.")


def page_of(site: Site, question: KnowledgeRequest, *, poll: bool = False) -> Answer:
    with Visitor(site.port, session_key=session_key_of(question.asker)) as visitor:
        if poll:
            visitor.headers["HX-Request"] = "true"
        return visitor.get(question.get_absolute_url())


def kill(worker: Process) -> None:
    worker.kill()
    worker.popen.wait()


def test_questions_that_waited_for_a_killed_worker_are_answered_once_by_the_next(
    site: Site, asked: list[KnowledgeRequest]
) -> None:
    site.web(workers=1)
    worker = matching_worker(site)
    site.call_task("matching.tasks.refresh_vectors")
    trainers = Vector.objects.filter(kind=Vector.Kind.TRAINER)
    wait_until(lambda: trainers.count() == len(SUBJECTS), what="vectors", seconds=120)
    tasks = RankTask.objects.filter(kind=RankTask.Kind.TRAINERS)
    waiting = tasks.filter(state=State.WAITING)
    with stopped(worker):
        for question in asked:
            assert POLLS in page_of(site, question).body
        assert waiting.count() == QUESTIONS
    wait_until(tasks.filter(attempts__gt=0).exists, what="the first answer")
    kill(worker)
    before = dict(tasks.filter(state=State.READY).values_list("pk", "answered_at"))
    assert waiting.count() == QUESTIONS - len(before) > 0

    matching_worker(site)
    site.beat()
    wait_until(lambda: not waiting.exists(), what="the other answers", seconds=90)
    assert sorted(tasks.values_list("request", flat=True)) == sorted(row.pk for row in asked)
    assert set(tasks.values_list("state", flat=True)) == {State.READY}
    assert all(row.result["candidates"] for row in tasks)
    # What was answered is not answered again: not by nudges that come late, nor by beat.
    answered = dict(tasks.values_list("pk", "answered_at"))
    assert before.items() <= answered.items()
    RankTask.objects.update(created_at=F("created_at") - dt.timedelta(seconds=30))
    site.call_task("matching.tasks.sweep_rankings")
    site.call_task("matching.tasks.forget_vectors")  # behind it in the same queue
    assert POLLS not in page_of(site, asked[0]).body
    assert dict(tasks.values_list("pk", "answered_at")) == answered


def test_a_page_says_that_no_worker_answers_and_stops_asking(
    site: Site, asked: list[KnowledgeRequest]
) -> None:
    """No spinner for ever: after ten seconds it takes longer, after two minutes only the link is left."""
    site.web(workers=1)
    question = asked[0]
    kill(matching_worker(site))
    first = page_of(site, question)
    assert (first.status, POLLS in first.body) == (200, True)
    assert "Dit duurt een paar tellen" in first.body.decode()
    assert page_of(site, question, poll=True).status == 204

    for seconds, polls in ((20, True), (180, False)):
        RankTask.objects.update(created_at=clock.now() - dt.timedelta(seconds=seconds))
        late = page_of(site, question)
        said = late.body.decode()
        assert (late.status, POLLS in late.body) == (200, polls)
        assert "Het zoeken duurt langer dan we willen. Je vraag staat er goed in." in said
        assert f'<a href="{question.get_absolute_url()}">Kijk of er al iemand is</a>' in said
        assert "Dit duurt een paar tellen" not in said

    matching_worker(site)
    site.call_task("matching.tasks.refresh_vectors")
    site.call_task("matching.tasks.sweep_rankings")
    ready = RankTask.objects.filter(kind=RankTask.Kind.TRAINERS, state=State.READY)
    wait_until(ready.exists, what="an answer of the next worker", seconds=90)
    assert POLLS not in page_of(site, question).body
    assert "Vraag deze trainer" in page_of(site, question).body.decode()
