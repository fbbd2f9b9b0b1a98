# SPDX-License-Identifier: EUPL-1.2
"""Says which vectors are old, in the transaction that changes the text. No numpy: web processes import this.

The vectors themselves are made by the matching worker (matching.ranking.store).
"""

import logging
from collections.abc import Collection
from functools import partial

from django.core.cache import cache
from django.db import transaction
from django.db.models import F

from courses.models import CourseTrainer
from matching.models import Vector

logger = logging.getLogger(__name__)

#: Nudges within so many seconds are one nudge; what it misses, beat finds.
_NUDGE_SECONDS = 2


def trainers_changed(persons: Collection[int]) -> None:
    _changed(Vector.Kind.TRAINER, persons)


def course_changed(course: int) -> None:
    """The course, and all who give it."""
    _changed(Vector.Kind.COURSE, [course])
    trainers_changed(
        list(CourseTrainer.objects.filter(course=course).values_list("person_id", flat=True))
    )


def request_changed(request: int) -> None:
    _changed(Vector.Kind.REQUEST, [request])


def forget(kind: str, keys: Collection[int]) -> None:
    """With the text goes what was made of it."""
    Vector.objects.filter(kind=kind, object_id__in=keys).delete()


def _changed(kind: str, keys: Collection[int]) -> None:
    Vector.objects.filter(kind=kind, object_id__in=keys).update(changes=F("changes") + 1)
    transaction.on_commit(partial(nudge), robust=True)


def nudge() -> None:
    """Wake the matching worker. Never raises: without broker, beat's sweep comes within the minute."""
    from matching import tasks

    try:
        if cache.add("matching:nudge:vectors", 1, _NUDGE_SECONDS):
            tasks.refresh_vectors.apply_async(retry=False, expires=600)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with broker or cache
        logger.warning("no nudge for the matching worker: %s", type(error).__name__)
