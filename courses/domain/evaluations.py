# SPDX-License-Identifier: EUPL-1.2
"""What learners thought, put together so that nobody is recognised in it."""

import dataclasses
import hashlib

from django.db.models import Avg, Count, Q

from accounts.models import Person
from courses.models import Course, CourseTrainer, Evaluation, Registration

#: With fewer answers a trainer can guess who said what.
ENOUGH_ANSWERS = 3
#: Public figures about one trainer start here, and are rounded down to a multiple of it.
ENOUGH_LEARNERS = 5

_ATTENDED = Registration.State.ATTENDED


@dataclasses.dataclass(frozen=True)
class Opinions:
    """Of one course, over all its dates. ``score`` and ``sentences`` only when there are enough answers."""

    learners: int
    answers: int
    score: float | None
    sentences: list[str]


def opinions_of(course: Course) -> Opinions:
    """For the trainers of the course. Two queries, three when there are enough answers.

    Sentences stand in an order that says nothing about who came first or at which date.
    """
    learners = Registration.objects.filter(session__course=course, state=_ATTENDED).count()
    given = Evaluation.objects.filter(registration__session__course=course)
    found = given.aggregate(number=Count("pk"), score=Avg("score"))
    if found["number"] < ENOUGH_ANSWERS:
        return Opinions(learners, found["number"], None, [])
    sentences = {text.strip() for text in given.values_list("sentence", flat=True)} - {""}
    return Opinions(
        learners,
        found["number"],
        round(found["score"], 1),
        sorted(sentences, key=lambda text: hashlib.sha256(text.encode()).digest()),
    )


def learners_reached(trainer: Person) -> int:
    """How many times a colleague learnt something from this trainer, rounded down to a multiple of five.

    0 below five: then the figure would be about a few people. One query.
    """
    number = (
        CourseTrainer.objects.filter(person=trainer)
        .filter(course__status__in=(Course.Status.PUBLISHED, Course.Status.ARCHIVED))
        .aggregate(
            number=Count(
                "course__sessions__registrations",
                filter=Q(course__sessions__registrations__state=_ATTENDED),
            )
        )["number"]
    )
    return int(number) - int(number) % ENOUGH_LEARNERS
