# SPDX-License-Identifier: EUPL-1.2
"""What Celery asks of this room. Safe to run twice, and at the same time."""

import logging

from celery import shared_task
from django.core.cache import cache

from reach.domain import aggregate, export_jobs, monthly

#: Seconds after which a run that died no longer keeps others away.
LONGEST_AGGREGATION = 3600
_AGGREGATING = "reach.aggregating"
#: However many organisations get a coordinator, one run a minute makes the figures of all.
_ASKED, ASKED_SECONDS = "reach.own-figures-asked", 60

logger = logging.getLogger(__name__)


@shared_task(ignore_result=True)
def make_export(pk: int) -> None:
    export_jobs.make(pk)


@shared_task(ignore_result=True)
def make_due_exports() -> int:
    """Beat, every minute: what no nudge was for, and what a killed worker left."""
    found = export_jobs.due()
    for pk in found:
        export_jobs.make(pk)
    return len(found)


@shared_task(ignore_result=True)
def clear_exports() -> int:
    """Beat, every quarter of an hour."""
    return export_jobs.clear()


@shared_task(ignore_result=True)
def tell_monthly() -> int:
    """Beat, some times a day: who switched it on and has no mail of this month yet."""
    return monthly.tell()


@shared_task(ignore_result=True)
def aggregate_reach() -> int:
    """Beat, every night, and on demand. One at a time: a second one that starts meanwhile does nothing."""
    if not cache.add(_AGGREGATING, 1, timeout=LONGEST_AGGREGATION):
        return 0
    try:
        return aggregate.aggregate().scopes
    finally:
        cache.delete(_AGGREGATING)


@shared_task(ignore_result=True)
def own_figures() -> int:
    """Who coordinates an organisation since today has figures of it in minutes, not tomorrow."""
    return aggregate.own_figures()


def ask_own_figures() -> None:
    """Never raises: a nudge that is lost means that the figures come at night."""
    if not cache.add(_ASKED, 1, timeout=ASKED_SECONDS):
        return
    try:
        # Who is appointed in the next minute is in this run too.
        own_figures.apply_async(countdown=ASKED_SECONDS, retry=False, expires=LONGEST_AGGREGATION)
    except Exception as error:  # noqa: BLE001 - whatever the broker throws, the role is given
        logger.warning("no nudge for the figures of an organisation: %s", error)
