# SPDX-License-Identifier: EUPL-1.2
"""What beat asks of this room. Safe to run twice."""

from celery import shared_task

from courses.domain import co_trainers, registration


@shared_task(ignore_result=True)
def release_expired_holds() -> int:
    return registration.release_expired_holds()


@shared_task(ignore_result=True)
def release_unconfirmed_registrations() -> int:
    return registration.release_unconfirmed()


@shared_task(ignore_result=True)
def forget_unanswered_invitations() -> int:
    return co_trainers.forget_unanswered()
