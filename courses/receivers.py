# SPDX-License-Identifier: EUPL-1.2
"""Keeps ``Course.search_text`` true when the rows it is made of are saved, wherever that happens."""

from typing import Any

from django.db.models import Q
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from accounts.models import Organisation, Person
from courses.domain import search
from courses.models import Course, CourseTrainer, Theme

_OF_COURSE = {"title", "promise", "description", "theme", "theme_id", "organisation"}


def _touches(update_fields: frozenset[str] | None, names: set[str]) -> bool:
    return update_fields is None or not names.isdisjoint(update_fields)


def _refresh(where: Q) -> None:
    search.refresh(Course.objects.filter(where))


@receiver(post_save, sender=Course)
def course_saved(instance: Course, update_fields: frozenset[str] | None, **_: Any) -> None:
    if _touches(update_fields, _OF_COURSE):
        _refresh(Q(pk=instance.pk))


@receiver([post_save, post_delete], sender=CourseTrainer)
def trainer_saved(instance: CourseTrainer, **_: Any) -> None:
    _refresh(Q(pk=instance.course_id))


@receiver(post_save, sender=Person)
def person_saved(
    *, instance: Person, created: bool, update_fields: frozenset[str] | None, **_: Any
) -> None:
    # Only trainers have a slug, and most saves of a person leave the name alone.
    if not created and instance.slug and _touches(update_fields, {"name"}):
        _refresh(Q(trainer_rows__person=instance))


@receiver(post_save, sender=Organisation)
def organisation_saved(
    *, instance: Organisation, created: bool, update_fields: frozenset[str] | None, **_: Any
) -> None:
    if not created and _touches(update_fields, {"name", "abbreviation"}):
        _refresh(Q(organisation=instance))


@receiver(post_save, sender=Theme)
def theme_saved(
    *, instance: Theme, created: bool, update_fields: frozenset[str] | None, **_: Any
) -> None:
    if not created and _touches(update_fields, {"name"}):
        _refresh(Q(theme=instance))
