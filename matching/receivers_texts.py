# SPDX-License-Identifier: EUPL-1.2
"""Vectors follow the texts they were made of: stale when one changes, gone when it goes."""

from collections.abc import Collection
from typing import Any

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from courses.models import Course, CourseTrainer
from matching.domain import vectors
from matching.models import KnowledgeRequest, TrainerProfile, Vector

Kind = Vector.Kind
_Fields = Collection[str] | None


@receiver(post_save, sender=TrainerProfile)
def profile_saved(instance: TrainerProfile, raw: bool = False, **kwargs: Any) -> None:  # noqa: FBT001, FBT002 - the signal names its arguments
    if instance.state == TrainerProfile.State.WITHDRAWN:
        vectors.forget(Kind.TRAINER, [instance.person_id])
    elif not raw:
        vectors.trainers_changed([instance.person_id])


@receiver(post_delete, sender=TrainerProfile)
def profile_deleted(instance: TrainerProfile, **kwargs: Any) -> None:
    vectors.forget(Kind.TRAINER, [instance.person_id])


@receiver(post_save, sender=Course)
def course_saved(instance: Course, update_fields: _Fields = None, **kwargs: Any) -> None:
    if _touches(update_fields, {"title", "promise", "goals", "description", "status"}):
        if instance.status != Course.Status.PUBLISHED:
            vectors.forget(Kind.COURSE, [instance.pk])
        vectors.course_changed(instance.pk)


@receiver(post_delete, sender=Course)
def course_deleted(instance: Course, **kwargs: Any) -> None:
    vectors.forget(Kind.COURSE, [instance.pk])


@receiver(post_save, sender=CourseTrainer)
@receiver(post_delete, sender=CourseTrainer)
def trainer_of_course_changed(instance: CourseTrainer, **kwargs: Any) -> None:
    vectors.trainers_changed([instance.person_id])


@receiver(post_save, sender=KnowledgeRequest)
def request_saved(instance: KnowledgeRequest, update_fields: _Fields = None, **kwargs: Any) -> None:
    if not instance.is_live:
        vectors.forget(Kind.REQUEST, [instance.pk])
    elif _touches(update_fields, {"title", "text", "state"}):
        vectors.request_changed(instance.pk)


@receiver(post_delete, sender=KnowledgeRequest)
def request_deleted(instance: KnowledgeRequest, **kwargs: Any) -> None:
    vectors.forget(Kind.REQUEST, [instance.pk])


def _touches(update_fields: _Fields, names: set[str]) -> bool:
    """Whether a save may have changed one of these."""
    return update_fields is None or bool(names & set(update_fields))
