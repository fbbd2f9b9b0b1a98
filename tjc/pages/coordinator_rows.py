# SPDX-License-Identifier: EUPL-1.2
"""What a coordinator's pages read. Every queryset here is limited to the own organisations."""

import dataclasses
import datetime as dt
from collections.abc import Collection, Iterable

from django.db.models import Count, F, Max, Prefetch, Q, QuerySet
from django.db.models.expressions import Combinable
from django.db.models.functions import Lower
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from courses.models import Course, Registration, Session

State = Registration.State

#: Nobody proved that this address is theirs: not somebody's registration yet.
UNPROVEN = Q(state=State.HELD) | Q(cancel_reason=Registration.CancelReason.HOLD_EXPIRED)
#: Coming registrations of a colleague that show before «Nog 5 aanmeldingen».
SHOWN_AT_ONCE = 3
CHOSEN = (State.REGISTERED, State.WAITING, State.ATTENDED, State.ABSENT)

SORTS: dict[str, tuple[Promise, tuple[str | Combinable, ...]]] = {
    "naam": (_("Op naam"), (Lower("name"), "pk")),
    "actief": (_("Meeste aanmeldingen"), ("-times", Lower("name"), "pk")),
    "laatst": (
        _("Laatst aangemeld"),
        (F("last").desc(nulls_last=True), Lower("name"), "pk"),
    ),
}


def people(own: Collection[int], *, words: str = "", sort: str = "naam") -> QuerySet[Person]:
    """Colleagues who work at the own organisations, with the registrations they made there.

    What somebody did for another employer stays with that employer. An address that a stranger typed is no
    colleague yet: verified, or registered by a coordinator.
    """
    mine = Q(registrations__organisation_id__in=own)
    chosen = mine & Q(registrations__state__in=CHOSEN)
    proven = (
        Registration.objects.filter(organisation_id__in=own).exclude(UNPROVEN).values("person_id")
    )
    rows = Person.objects.filter(
        Q(verified_at__isnull=False) | Q(pk__in=proven), organisation_id__in=own, is_active=True
    )
    for word in words.split()[:8]:
        rows = rows.filter(Q(name__icontains=word) | Q(email__icontains=word))
    registrations = (
        Registration.objects.filter(organisation_id__in=own, state__in=CHOSEN)
        .select_related("session__course__organisation")
        .order_by("-session__starts_at", "pk")
    )
    return (
        rows.select_related("organisation")
        .annotate(
            times=Count("registrations", filter=chosen),
            last=Max("registrations__created_at", filter=chosen),
        )
        .prefetch_related(Prefetch("registrations", queryset=registrations, to_attr="own_rows"))
        .order_by(*SORTS[sort][1])
    )


@dataclasses.dataclass(frozen=True)
class Colleague:
    """A person on the page: what is coming, and what was."""

    person: Person
    coming: list[Registration]
    past: list[Registration]

    @property
    def first(self) -> list[Registration]:
        return self.coming[:SHOWN_AT_ONCE]

    @property
    def more(self) -> list[Registration]:
        return self.coming[SHOWN_AT_ONCE:]


def colleagues(page: Iterable[Person], *, at: dt.datetime) -> list[Colleague]:
    found = []
    for person in page:
        rows: list[Registration] = person.own_rows  # type: ignore[attr-defined]
        coming = [
            row
            for row in rows
            if row.session.starts_at > at and row.state in {State.REGISTERED, State.WAITING}
        ]
        past = [row for row in rows if row not in coming]
        found.append(Colleague(person, coming[::-1], past))
    return found


def hosted_courses(own: Collection[int], *, words: str = "") -> QuerySet[Course]:
    """Courses that the own organisations give, with counts per date and no participant."""
    rows = Course.objects.filter(organisation_id__in=own).exclude(status=Course.Status.DRAFT)
    for word in words.split()[:8]:
        rows = rows.filter(title__icontains=word)
    elsewhere = ~Q(registrations__organisation=F("course__organisation")) & Q(
        registrations__organisation__isnull=False
    )
    seated = Q(registrations__state__in=(State.REGISTERED, State.ATTENDED, State.ABSENT))
    sessions = (
        Session.objects.exclude(status=Session.Status.DRAFT)
        .select_related("edition", "location")
        .annotate(
            seated=Count("registrations", filter=seated),
            visitors=Count("registrations", filter=seated & elsewhere),
            visiting_organisations=Count(
                "registrations__organisation", filter=seated & elsewhere, distinct=True
            ),
            waiting=Count("registrations", filter=Q(registrations__state=State.WAITING)),
        )
        .order_by("-starts_at", "pk")
    )
    return (
        rows.select_related("theme", "organisation")
        .annotate(last=Max("sessions__starts_at"))
        .prefetch_related(Prefetch("sessions", queryset=sessions, to_attr="own_sessions"))
        .order_by(F("last").desc(nulls_last=True), "title", "pk")
    )


@dataclasses.dataclass(frozen=True)
class HostedCourse:
    course: Course
    coming: list[Session]
    past: list[Session]


def hosted(page: Iterable[Course], *, at: dt.datetime) -> list[HostedCourse]:
    found = []
    for course in page:
        sessions: list[Session] = course.own_sessions  # type: ignore[attr-defined]
        coming = [
            row for row in sessions if row.starts_at > at and row.status == Session.Status.PLANNED
        ]
        past = [row for row in sessions if row not in coming]
        found.append(HostedCourse(course, coming[::-1], past))
    return found


def sessions_to_choose(*, words: str, at: dt.datetime) -> QuerySet[Session]:
    """Coming dates for which a coordinator can register colleagues, the first one first."""
    rows = Session.objects.upcoming(at).with_card()
    for word in words.split()[:8]:
        rows = rows.filter(
            Q(course__title__icontains=word) | Q(course__theme__name__icontains=word)
        )
    return rows.order_by("starts_at", "pk")
