# SPDX-License-Identifier: EUPL-1.2
"""What the database says of trainers, courses and questions, as the ranker reads it."""

import hashlib
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from courses.models import Course, CourseTrainer
from matching.models import KnowledgeRequest, TrainerProfile
from matching.ranking.ranker import asked_text
from matching.ranking.texts import CourseText, TrainerText, plain

#: Courses that count as evidence: what was given counts too.
GIVEN = (Course.Status.PUBLISHED, Course.Status.ARCHIVED)
#: The newest so many of one trainer.
MAX_COURSES = 12
_DESCRIPTION = 400
_COURSE_COLUMNS = ("pk", "title", "promise", "goals", "description")


@dataclass(frozen=True)
class Source:
    """``courses``: keys of the courses, in the order of ``text.courses``."""

    text: TrainerText
    courses: tuple[int, ...] = ()


def trainers(persons: Collection[int]) -> dict[int, Source]:
    """By person id, of those who have a profile that was not withdrawn. Two queries."""
    taught: dict[int, list[tuple[int, CourseText]]] = defaultdict(list)
    rows = (
        CourseTrainer.objects.filter(person__in=persons, course__status__in=GIVEN)
        .order_by("-course_id")
        .values_list("person_id", *(f"course__{name}" for name in _COURSE_COLUMNS))
    )
    for person, *course in rows:
        if len(taught[person]) < MAX_COURSES:
            taught[person].append((course[0], course_text(*course[1:])))
    profiles = (
        TrainerProfile.objects.filter(person__in=persons)
        .exclude(state=TrainerProfile.State.WITHDRAWN)
        .order_by()
        .values_list("person_id", "headline", "expertise", "example_questions")
    )
    return {
        person: Source(
            TrainerText(
                expertise=_expertise(headline, expertise),
                courses=tuple(text for _key, text in taught[person]),
                examples=tuple(str(example) for example in examples or () if example),
            ),
            tuple(key for key, _text in taught[person]),
        )
        for person, headline, expertise, examples in profiles
    }


def courses(keys: Collection[int]) -> dict[int, TrainerText]:
    rows = Course.objects.filter(pk__in=keys, status=Course.Status.PUBLISHED).order_by()
    return {
        key: TrainerText(courses=(course_text(*rest),))
        for key, *rest in rows.values_list(*_COURSE_COLUMNS)
    }


def requests(keys: Collection[int]) -> dict[int, str]:
    rows = KnowledgeRequest.objects.live().filter(pk__in=keys).order_by()
    return {
        key: asked_text(text, title) for key, text, title in rows.values_list("pk", "text", "title")
    }


def course_text(title: str, promise: str, goals: list[str], description: str) -> CourseText:
    said = [
        promise,
        "".join(f"{goal}. " for goal in goals or ()),
        plain(description)[:_DESCRIPTION],
    ]
    return CourseText(title, " ".join(" ".join(part.split()) for part in said if part))


def hash_of(text: TrainerText | str) -> str:
    if isinstance(text, TrainerText):
        text = "\n".join([text.whole, *(part for _sort, _number, part in text.parts())])
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]


def _expertise(headline: str, expertise: str) -> str:
    headline, expertise = headline.strip(), expertise.strip()
    if not expertise:
        return headline
    return f"{headline}{'' if headline[-1:] in '.?!' else '.'} {expertise}".strip()
