# SPDX-License-Identifier: EUPL-1.2
"""Which sessions a feed lists, and one cheap query that tells whether they changed.

The fingerprint rests on revisions, not on when a session was last saved: a seat that is taken or given up
is no news for a calendar, and must not make 2,000 events be written again.
"""

import datetime as dt
import hashlib
from dataclasses import dataclass

from django.db.models import Count, Max, Q, QuerySet, Sum

from accounts.models import Organisation, Person
from base import clock
from courses.domain.queries import TAKES_PART
from courses.models import Course, CourseTrainer, Edition, Registration, Session

#: How long a session stays after it was. A calendar forgets what a feed no longer lists.
_KEEP_OWN = dt.timedelta(days=365)
_KEEP_PUBLIC = dt.timedelta(days=90)
#: Raise this when the same rows give other octets.
_FORMAT = 1


@dataclass(frozen=True)
class FeedRows:
    """``own``: for a person who takes part or teaches, so with the online address."""

    scope: str
    name: str
    sessions: QuerySet[Session]
    own: Person | None = None

    @property
    def language(self) -> str:
        return self.own.language if self.own is not None else "nl"

    def fingerprint(self) -> tuple[str, dt.datetime | None]:
        """What changes exactly when the feed does, and when it was last made of other rows. One query (two for
        a person).

        The second also counts texts, places and, for a person, leaving: a program that only asks what is new since
        then must hear that too.
        """
        facts = self.sessions.order_by().aggregate(
            number=Count("pk"),
            planned=Count("pk", filter=Q(status=Session.Status.PLANNED)),
            revisions=Sum("revision"),
            keys=Sum("pk"),
            texts=Max("course__updated_at"),
            places=Max("location__updated_at"),
            saved=Max("updated_at"),
        )
        saved = [facts.pop("saved"), facts["texts"], facts["places"]]
        if self.own is not None:
            facts["mine"] = Registration.objects.filter(person=self.own).aggregate(
                at=Max("updated_at")
            )["at"]
            saved.append(facts["mine"])
        parts = [
            _FORMAT,
            self.scope,
            self.language,
            self.name,
            *(facts[key] for key in sorted(facts)),
        ]
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:32], max(
            filter(None, saved), default=None
        )

    def rows(self) -> list[Session]:
        return list(
            self.sessions.select_related("course", "location").order_by("starts_at", "public_id")
        )


def of_person(person: Person) -> FeedRows:
    """What somebody takes part in or teaches. Who waits has no place yet."""
    mine = Registration.objects.filter(person=person).filter(
        Q(state__in=TAKES_PART)
        | Q(
            state=Registration.State.CANCELLED,
            cancel_reason=Registration.CancelReason.SESSION,
        )
    )
    teaches = CourseTrainer.objects.filter(person=person)
    sessions = _shown(_KEEP_OWN).filter(
        Q(pk__in=mine.values("session_id")) | Q(course_id__in=teaches.values("course_id"))
    )
    name = "Mijn TJC" if person.language == "nl" else "My TJC"
    return FeedRows(f"person:{person.pk}", name, sessions, own=person)


def of_edition(edition: Edition) -> FeedRows:
    return FeedRows(f"edition:{edition.pk}", edition.name, _public().filter(edition=edition))


def of_organisation(organisation: Organisation) -> FeedRows:
    """What it gives. A programme that is not public yet stays out."""
    public = Q(edition__isnull=True) | Q(edition__programme_published_at__lte=clock.now())
    sessions = _public(_KEEP_PUBLIC).filter(public, course__organisation=organisation)
    return FeedRows(
        f"organisation:{organisation.pk}", f"TrainJeCollega: {organisation.name}", sessions
    )


def _public(keep: dt.timedelta | None = None) -> QuerySet[Session]:
    """Without what is only for who asked for it."""
    return _shown(keep) & Session.objects.for_everyone(clock.now())


def _shown(keep: dt.timedelta | None = None) -> QuerySet[Session]:
    """Planned ones; cancelled ones until their day is over, so that calendars take them out."""
    today = clock.from_wall_time(clock.today(), dt.time(0))
    rows = Session.objects.filter(
        Q(status=Session.Status.PLANNED) | Q(status=Session.Status.CANCELLED, ends_at__gte=today)
    ).exclude(course__status=Course.Status.DRAFT)
    return rows if keep is None else rows.filter(ends_at__gte=today - keep)
