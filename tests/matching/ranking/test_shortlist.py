# SPDX-License-Identifier: EUPL-1.2
"""From a text in the database to a shortlist with reasons: vectors made, kept, renewed, forgotten."""

from typing import Any

import pytest

from courses.models import CourseTrainer
from matching.models import Dismissal, KnowledgeRequest, TrainerProfile, Vector
from matching.ranking import index, store
from matching.ranking.encoding import encoder
from matching.ranking.ranker import Ranker
from matching.ranking.shortlist import candidates_for
from tests.factories import CourseFactory, KnowledgeRequestFactory, TrainerProfileFactory

pytestmark = pytest.mark.django_db

needs_model = pytest.mark.skipif(
    encoder() is None, reason="the language model cannot be used on this machine"
)


@pytest.fixture(autouse=True)
def own_index(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Every test starts with a process that read nothing yet."""
    index.forget_indexes()
    yield
    index.forget_indexes()


def trainer(headline: str, expertise: str = "", **fields: Any) -> TrainerProfile:
    return TrainerProfileFactory(headline=headline, expertise=expertise, **fields)


def question(text: str, **fields: Any) -> KnowledgeRequest:
    return KnowledgeRequestFactory(title=text[:100], text=text, **fields)


def make_all() -> int:
    return store.refresh(index.ranker())


def people(request: KnowledgeRequest, **options: Any) -> list[int]:
    return [one.person_id for one in candidates_for(request, **options)]


@needs_model
def test_question_finds_the_trainer_that_shares_no_word_with_it() -> None:
    dikes = trainer("Dijkwachter", "Waterkeringen inspecteren bij hoogwater.")
    for subject in ("Budgetcoach", "Slides ontwerpen", "Fietspaden aanleggen"):
        trainer(subject)
    make_all()
    asked = question("De rivier staat gevaarlijk hoog, wat moet een vrijwilliger weten?")

    found = candidates_for(asked)

    assert found[0].person_id == dikes.person_id
    assert found[0].fits
    assert {"kind": "meaning", "data": {}} in found[0].reasons


@needs_model
def test_course_counts_as_evidence_and_is_named() -> None:
    lonely = trainer("Beleidsmedewerker")
    CourseFactory(
        title="Draaitabellen in Excel", promise="Je telt lange lijsten op.", trainer=lonely.person
    )
    trainer("Communicatieadviseur")
    make_all()

    found = candidates_for(question(text="Ik tel duizend regels met de hand op."))

    assert found[0].person_id == lonely.person_id
    assert found[0].reasons[0]["data"] == {"title": "Draaitabellen in Excel"}
    assert found[0].reasons[0]["kind"] == ("course" if found[0].fits else "gives")


def test_says_who_fits_and_when_nobody_does() -> None:
    trainer("Excel-specialist", "Ik leer collega’s draaitabellen maken in Excel.")
    trainer("Bestuurssecretaresse")
    make_all()

    clear = candidates_for(question("Wie leert mij draaitabellen maken in Excel?"))
    hopeless = candidates_for(question("Onze kat is zwanger, hoe gaat een bevalling bij katten?"))

    assert [one.fits for one in clear] == [True, False]
    assert {"kind": "weak", "data": {}} in clear[1].minuses
    assert [one.fits for one in hopeless] == [False, False]
    kinds = {reason["kind"] for one in hopeless for reason in one.reasons}
    assert not kinds & {"course", "meaning"}  # that would not be true


def test_vectors_are_made_once_and_again_when_the_text_changes() -> None:
    profile = trainer("Archivaris")
    make_all()
    before = Vector.objects.get(kind="trainer", object_id=profile.person_id)
    assert make_all() == 0

    profile.headline = "Imker"
    profile.save()
    assert make_all() == 1

    after = Vector.objects.get(kind="trainer", object_id=profile.person_id)
    assert after.pk == before.pk
    assert bytes(after.letters) != bytes(before.letters)
    assert after.text_hash != before.text_hash


def test_saving_the_same_text_keeps_the_vector() -> None:
    profile = trainer("Archivaris")
    make_all()
    before = Vector.objects.get(kind="trainer")
    profile.save()
    assert make_all() == 1

    after = Vector.objects.get(kind="trainer")
    assert after.text_hash == before.text_hash
    assert after.changes == after.made_of == 1


def test_course_that_changes_or_moves_makes_its_trainers_stale() -> None:
    profile = trainer("Adviseur")
    course = CourseFactory(title="Notuleren", trainer=profile.person)
    make_all()
    first = Vector.objects.get(kind="trainer", object_id=profile.person_id).text_hash

    course.title = "Kamervragen"
    course.save()
    make_all()
    second = Vector.objects.get(kind="trainer", object_id=profile.person_id).text_hash
    CourseTrainer.objects.filter(course=course).get().delete()
    make_all()
    third = Vector.objects.get(kind="trainer", object_id=profile.person_id).text_hash

    assert len({first, second, third}) == 3


def test_change_while_the_vector_is_made_is_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The text is read, somebody changes a course, and only then the vector is written."""
    profile = trainer("Adviseur")
    course = CourseFactory(title="Notuleren", trainer=profile.person)
    make_all()
    course.title = "Kamervragen"
    course.save()
    real = store._row

    def slow(*arguments: Any) -> Vector:
        row = real(*arguments)
        if arguments[1] == Vector.Kind.TRAINER and course.title == "Kamervragen":
            course.title = "Woordvoering"
            course.save()
        return row

    monkeypatch.setattr(store, "_row", slow)
    store.refresh(index.ranker(), limit=1)
    monkeypatch.undo()

    assert make_all() >= 1
    assert store.wanting(index.ranker()) == 0


def test_what_is_withdrawn_or_deleted_leaves_no_vector() -> None:
    leaves, deleted = trainer("Bijenhouder"), trainer("Boswachter")
    asked = question(text="Hoe houd ik bijen?")
    make_all()
    assert Vector.objects.count() == 3

    leaves.state = TrainerProfile.State.WITHDRAWN
    leaves.save()
    deleted.delete()
    asked.delete()

    assert not Vector.objects.exists()


def test_closed_question_leaves_no_vector() -> None:
    asked = question(text="Hoe houd ik bijen?")
    make_all()
    asked.state = KnowledgeRequest.State.CLOSED
    asked.save()
    assert not Vector.objects.exists()


def test_orphans_of_rows_deleted_past_us_are_swept() -> None:
    profile = trainer("Bijenhouder")
    make_all()
    TrainerProfile.objects.filter(pk=profile.pk)._raw_delete("default")

    assert store.sweep_orphans() == 1
    assert not Vector.objects.exists()


def test_vectors_of_another_version_are_replaced() -> None:
    profile = trainer("Archivaris")
    store.refresh(Ranker(None))
    assert Vector.objects.get().version == "letters-1"
    if encoder() is None:
        return
    make_all()
    assert Vector.objects.get(object_id=profile.person_id).version == encoder().version


def test_index_reads_what_is_new_and_drops_what_is_gone() -> None:
    stays, goes = trainer("Excel voor beginners"), trainer("Excel voor gevorderden")
    make_all()
    asked = question(text="Wie leert mij Excel?")
    assert set(people(asked)) == {stays.person_id, goes.person_id}

    goes.delete()
    comes = trainer("Excel en draaitabellen")
    make_all()

    assert set(people(asked)) == {stays.person_id, comes.person_id}
    index.index_of("trainer")._checked = 0.0
    index.index_of("trainer").refresh()
    assert len(index.index_of("trainer")) == 2


def test_only_one_thread_makes_vectors_the_others_answer() -> None:
    trainer("Archivaris")
    with store._refreshing:
        assert make_all() == 0
    assert make_all() == 1


def test_hard_rules_hold_and_the_search_goes_deeper() -> None:
    fitting = [trainer("Excel", state=TrainerProfile.State.PAUSED) for _ in range(60)]
    last = trainer("Excel, maar dan in het weekend en met een heel ander verhaal over tabellen")
    make_all()
    asked = question(text="Wie leert mij Excel?")

    assert people(asked) == [last.person_id]
    assert len(fitting) == 60


def test_nobody_is_matched_with_an_own_question_or_after_past_niet() -> None:
    own, dismissed, third = (trainer("Excel en tabellen") for _ in range(3))
    make_all()
    asked = question(text="Wie leert mij Excel?", asker=own.person)
    Dismissal.objects.create(request=asked, trainer=dismissed.person, reason="other")

    assert people(asked) == [third.person_id]


@pytest.mark.parametrize(
    "text", ["🙂🙂🙂", "?!…", "hoe kan ik dat?", "\ud83d kapot", "\x00\x00"], ids=ascii
)
def test_question_without_words_finds_nobody(text: str) -> None:
    trainer("Excel")
    make_all()
    asked = KnowledgeRequestFactory.build(title="x", text=text)
    asked.title = ""
    assert index.index_of("trainer").rank(index.ranker().query(text), 10) == []


@pytest.mark.parametrize(
    "text",
    ["Excel " * 3400, "🙂 Excel 🙂", "Excel " + "\u202e" * 50, "كيف أستخدم Excel؟", "怎么用 Excel"],
    ids=["20,000 characters", "emoji", "marks", "Arabic", "Chinese"],
)
def test_odd_question_with_a_word_is_answered(text: str) -> None:
    wanted = trainer("Excel")
    trainer("Bijen houden")
    make_all()
    index.index_of("trainer").refresh()
    ranker = index.ranker()
    assert index.index_of("trainer").rank(ranker.query(text), 1)[0].trainer == wanted.person_id


def test_hundred_thousand_profiles_are_not_asked_for_one_by_one(
    django_assert_num_queries: Any,
) -> None:
    for _ in range(3):
        trainer("Excel")
    make_all()
    asked = question(text="Wie leert mij Excel?")
    candidates_for(asked)
    for _ in range(4):
        trainer("Excel")
    make_all()
    index.index_of("trainer")._checked = 1e18
    with django_assert_num_queries(14):
        assert len(candidates_for(asked)) == 7
