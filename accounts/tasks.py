# SPDX-License-Identifier: EUPL-1.2
from celery import shared_task

from accounts.domain import forgetting


@shared_task
def forget_unverified_people() -> int:
    return forgetting.forget_unverified_people()
