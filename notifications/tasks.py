# SPDX-License-Identifier: EUPL-1.2
"""What Celery asks of this room. Safe to run twice, and at the same time."""

from celery import shared_task
from django.conf import settings

from notifications import delivery, outbox
from notifications.domain import addresses, bulk, erasing, follow_up, notes, reminders
from notifications.inbound import desk, polling
from notifications.models import Message

#: Mails per task: a worker gets round to other work, and a restart waits for seconds only.
PER_TASK = 500
#: A task that only waits for the sending rate of domains makes room for other tasks after so many seconds.
SECONDS_PER_TASK = 5.0


@shared_task(ignore_result=True)
def drain_outbox() -> int:
    """Send what is due; when there is more, ask for another go."""
    tally = delivery.drain(limit=PER_TASK, seconds=SECONDS_PER_TASK)
    if (tally.handled >= PER_TASK or tally.throttled) and not tally.server_away:
        drain_outbox.apply_async(retry=False, expires=60)
    return tally.sent


@shared_task(ignore_result=True)
def drain_urgent() -> int:
    """Codes and late changes only, for a worker of their own."""
    return delivery.drain(limit=PER_TASK, queues=(Message.Queue.URGENT,)).sent


@shared_task(ignore_result=True)
def sweep_outbox() -> int:
    """Beat, every few seconds: finds what no nudge was for (debounced, retried, left by a dead worker)."""
    return delivery.drain(limit=PER_TASK, seconds=SECONDS_PER_TASK).sent


@shared_task(ignore_result=True)
def forget_sent_bytes() -> int:
    """Beat, daily: also what trainers and participants wrote to each other."""
    notes.forget_notes()
    return outbox.forget_sent_bytes()


@shared_task(ignore_result=True)
def receive_mail() -> int:
    """Beat, every minute where IMAP_URL is set: answers of calendars and bounces."""
    if settings.IMAP is None:
        return 0
    return polling.poll(settings.IMAP).handled


@shared_task(ignore_result=True)
def forget_inbound() -> int:
    """Beat, some times a day."""
    return desk.forget_texts() + addresses.forget_unused()


@shared_task(ignore_result=True)
def queue_reminders() -> int:
    """Beat, every minute."""
    return reminders.queue_reminders()


@shared_task(ignore_result=True)
def queue_news() -> int:
    """Beat, some times an hour: digests, announced programmes, 'Heb je het toegepast?'."""
    return bulk.queue_announcements() + bulk.queue_digests() + follow_up.queue_questions()


@shared_task(ignore_result=True)
def finish_erasures() -> int:
    """Beat, every minute: who asked to be erased goes when the last mail has left."""
    return erasing.finish_erasures()
