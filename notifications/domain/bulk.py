# SPDX-License-Identifier: EUPL-1.2
"""What goes to many people who asked for it: the weekly digest and 'Het programma is bekend'.

Queued in batches with a fixed number of queries each. Stopped halfway, the next run goes on: the outbox's
unique key keeps anybody from getting it twice.
"""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Person
from base import clock
from courses.models import Course, Edition, Session
from notifications import outbox
from notifications.models import Message, Preference, ProgrammeInterest, Round
from notifications.models.message import Kind

DIGEST_TIME = dt.time(8)
WEEK = dt.timedelta(days=7)
#: Missed on Monday: until Wednesday 08:00 it still goes out, after that next week's says more.
DIGEST_LET_GO = dt.timedelta(days=2)
#: A programme that became public longer ago is no news.
PROGRAMME_LET_GO = dt.timedelta(days=3)
_BATCH = 500


# --- the digest -------------------------------------------------------------------------------------


def digest_monday(now: dt.datetime | None = None) -> dt.date:
    """The Monday whose digest is the newest one, at 08:00 on the Dutch clock."""
    local = clock.local(now or clock.now())
    monday = local.date() - dt.timedelta(days=local.weekday())
    return monday if local >= clock.local(digest_moment(monday)) else monday - WEEK


def digest_moment(monday: dt.date) -> dt.datetime:
    return clock.from_wall_time(monday, DIGEST_TIME)


def new_courses(monday: dt.date) -> QuerySet[Course]:
    """Published, or given a new date, in the week before that Monday 08:00; with a coming date that has room."""
    until = digest_moment(monday)
    since = digest_moment(monday - WEEK)
    sessions = Session.objects.filter(course=OuterRef("pk"), status=Session.Status.PLANNED)
    coming = sessions.filter(starts_at__gt=clock.now()).exclude(capacity__lte=0)
    coming = coming.for_everyone(clock.now())
    fresh = Q(published_at__gte=since, published_at__lt=until) | Exists(
        sessions.filter(created_at__gte=since, created_at__lt=until)
    )
    return Course.objects.filter(fresh, Exists(coming), status=Course.Status.PUBLISHED)


def queue_digests() -> int:
    """Owe this week's digest to who asked for one of the themes that have something new."""
    monday = digest_monday()
    if clock.now() - digest_moment(monday) > DIGEST_LET_GO:
        return 0
    themes = set(new_courses(monday).order_by().values_list("theme_id", flat=True).distinct()) - {
        None
    }
    waiting = Preference.objects.filter(digest=True, person__is_active=True).filter(
        Q(digest_on__isnull=True) | Q(digest_on__lt=monday)
    )
    queued = 0
    while batch := list(waiting.select_related("person").order_by("pk")[:_BATCH]):
        keys = [row.pk for row in batch]
        chosen = Preference.themes.through.objects
        with_news = set(
            chosen.filter(preference__in=keys, theme__in=themes).values_list(
                "preference_id", flat=True
            )
        )
        with transaction.atomic():
            outbox.put_all(
                [
                    outbox.new(
                        Kind.DIGEST,
                        key=f"digest:{row.person.public_id.hex}:{monday.isoformat()}",
                        person=row.person,
                        queue=outbox.Queue.BULK,
                        week=monday.isoformat(),
                    )
                    for row in batch
                    if row.pk in with_news
                ]
            )
            Preference.objects.filter(pk__in=keys).update(digest_on=monday)
        queued += len(with_news)
    return queued


# --- a programme ------------------------------------------------------------------------------------


def queue_announcements() -> int:
    """Owe 'Het programma is bekend' for every programme that became public in the last three days."""
    now = clock.now()
    editions = Edition.objects.filter(
        programme_published_at__lte=now,
        programme_published_at__gt=now - PROGRAMME_LET_GO,
        ends_on__gte=clock.today(),
    )
    done = set(
        Round.objects.filter(key__in=[_announced(row) for row in editions]).values_list(
            "key", flat=True
        )
    )
    return sum(_announce(row) for row in editions if _announced(row) not in done)


def _announced(edition: Edition) -> str:
    return f"programme:{edition.pk}"


def _announce(edition: Edition) -> int:
    asked = ProgrammeInterest.objects.filter(edition=edition, person=OuterRef("pk"))
    digest = Preference.objects.filter(digest=True, person=OuterRef("pk"))
    people = Person.objects.filter(
        Exists(asked) | Exists(digest), is_active=True, verified_at__isnull=False
    ).order_by("pk")
    queued, last = 0, 0
    while batch := list(people.filter(pk__gt=last)[:_BATCH]):
        last = batch[-1].pk
        outbox.put_all(_programme_mails(edition, batch))
        queued += len(batch)
    Round.objects.bulk_create(
        [Round(key=_announced(edition), done_at=clock.now())], ignore_conflicts=True
    )
    return queued


def _programme_mails(edition: Edition, people: Iterable[Person]) -> list[Message]:
    return [
        outbox.new(
            Kind.PROGRAMME,
            key=f"programme:{edition.pk}:{person.public_id.hex}",
            person=person,
            queue=outbox.Queue.BULK,
            edition=edition.pk,
        )
        for person in people
    ]
