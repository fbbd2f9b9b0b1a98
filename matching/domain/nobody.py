# SPDX-License-Identifier: EUPL-1.2
"""When nobody in the pool fits: ask around, or learn from each other in a circle."""

import dataclasses
import datetime as dt
import random
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.domain import audit
from accounts.models import Person, Role
from base import clock
from courses.domain import courses, sessions
from courses.errors import ChangeRefused
from courses.models import Course, Session, Theme
from courses.models.course import Format
from matching import signals
from matching.domain import eligibility, guests, rankings, states
from matching.errors import RequestRefused
from matching.models import Call, Circle, KnowledgeRequest, TrainerProfile

#: More people than this are not written to about one question.
MOST_CALLED = 50
CIRCLE_LEAST, CIRCLE_MOST = 3, 8
CIRCLE_MINUTES = 60
#: Profiles looked at with one set of queries.
_AT_ONCE = 100
_TO_CALL = (KnowledgeRequest.State.OPEN, KnowledgeRequest.State.PROPOSED)


def call(request: KnowledgeRequest, *, kind: str, by: Person) -> Call:
    """Ask people who said they may be asked, or coordinators where the theme lives. Once per kind.

    Raises RequestRefused when there is nobody to ask, or no need to.
    """
    with transaction.atomic():
        current = states.lock(request)
        if current.state not in _TO_CALL:
            raise RequestRefused(_("Voor deze vraag is geen oproep nodig."), code="wrong_state")
        there = current.calls.filter(kind=kind).first()
        if there is not None:
            return there
        receivers = list(islice(_receivers(current, kind), MOST_CALLED))
        if not receivers:
            raise RequestRefused(
                _(
                    "We weten nog niemand die we dit kunnen vragen. Ken jij iemand? Draag een collega voor."
                ),
                code="nobody",
            )
        row = Call.objects.create(
            request=current, kind=kind, started_by=by, receivers=len(receivers)
        )
        audit.record(
            "request.called",
            actor=by,
            subject=current,
            organisation=current.organisation_id,
            kind=kind,
            receivers=len(receivers),
        )
        signals.call_sent.send(Call, call=row, request=current, receivers=receivers)
    return row


def _receivers(request: KnowledgeRequest, kind: str) -> Iterator[Person]:
    return _trainers(request) if kind == Call.Kind.TRAINERS else _coordinators(request)


def _trainers(request: KnowledgeRequest) -> Iterator[Person]:
    """Who said they may be asked and may have this question: first the nearest in meaning, then the theme's.

    Without a theme nobody but the nearest: a mail about just anything fits nobody.
    """
    on = clock.today()
    callable_now = TrainerProfile.objects.in_pool(on).filter(may_be_called=True)
    near = [row["person_id"] for row in rankings.answer_for(request).candidates]
    called = set(callable_now.filter(person__in=near).values_list("person", flat=True))
    order = [person for person in near if person in called]
    if request.theme_id:
        others = callable_now.filter(themes=request.theme_id).exclude(person__in=order)
        order += _shuffled(request, others.values_list("person", flat=True))
    asked = eligibility.asked_of([request], window=eligibility.Window(on))[0]
    for first in range(0, len(order), _AT_ONCE):
        some = order[first : first + _AT_ONCE]
        taken = eligibility.taken_this_year(some, on=on)
        profiles = {
            profile.person_id: profile
            for profile in callable_now.filter(person__in=some).select_related("person")
        }
        for profile in (profiles[person] for person in some if person in profiles):
            trainer = eligibility.trainer_of(profile, on=on, taken=taken)
            if not eligibility.obstacles(trainer, asked):
                yield profile.person


def _coordinators(request: KnowledgeRequest) -> Iterator[Person]:
    """Those of the asking organisation, then those where the theme is taught or known."""
    where = Q(organisation=request.organisation_id)
    if request.theme_id:
        where |= Q(
            organisation__courses__in=Course.objects.filter(theme=request.theme_id).exclude(
                status=Course.Status.DRAFT
            )
        )
        where |= Q(
            organisation__people__trainer_profile__in=TrainerProfile.objects.in_pool(
                clock.today()
            ).filter(themes=request.theme_id)
        )
    roles = Role.objects.filter(where, kind=Role.Kind.COORDINATOR)
    people = (
        Person.objects.filter(is_active=True, verified_at__isnull=False, roles__in=roles)
        .exclude(pk=request.asker_id or 0)
        .order_by()
        .distinct()
    )
    own = set(
        Role.objects.filter(
            kind=Role.Kind.COORDINATOR, organisation=request.organisation_id
        ).values_list("person", flat=True)
    )
    order = _shuffled(request, people.values_list("pk", flat=True))
    order.sort(key=lambda pk: pk not in own)
    found = people.in_bulk(order[:MOST_CALLED])
    yield from (found[pk] for pk in order[:MOST_CALLED])


def _shuffled(request: KnowledgeRequest, keys: "QuerySet[Any, int]") -> list[int]:
    """Another order for every question, so that not the same fifty are written to about all of them."""
    found = sorted(set(keys))
    random.Random(request.public_id.int).shuffle(found)  # noqa: S311 - no secret: the same every time is meant
    return found


@dataclasses.dataclass(frozen=True)
class FirstDate:
    day: dt.date
    time: dt.time
    online_url: str = ""


def start_circle(
    request: KnowledgeRequest, *, host: Person, theme: Theme, first: FirstDate
) -> Session:
    """A 'leerkring': the host's course with a first date, three to eight people of several organisations.

    Who asked and who said "ik ook" are offered a seat first; nobody is signed up by somebody else. The same
    host again gets the session that is there. Raises RequestRefused with the field it belongs to.
    """
    with transaction.atomic():
        current = states.lock(request)
        there = Circle.objects.filter(request=current, course=current.course_id).first()
        if there is not None and there.host_id == host.pk and current.session is not None:
            return current.session
        if current.state not in _TO_CALL:
            raise RequestRefused(
                _("Voor deze vraag is geen leerkring meer nodig."), code="wrong_state"
            )
        takes_part = host.pk == current.asker_id or current.supports.filter(person=host).exists()
        if not takes_part:
            raise RequestRefused(
                _("Zeg eerst ‘ik ook’ bij deze vraag. Dan kun je de leerkring starten."),
                code="not_involved",
            )
        try:
            course, session = _make_circle(current, host, theme, first)
        except ChangeRefused as error:
            raise RequestRefused(error.sentence, code=error.code, field=error.field) from error
        current.course, current.session = course, session
        # One that was called off makes room for this one.
        Circle.objects.update_or_create(request=current, defaults={"host": host, "course": course})
        states.move(current, KnowledgeRequest.State.PLANNED, by=host)
        signals.request_planned.send(
            KnowledgeRequest, request=current, course=course, session=session
        )
    return session


def _make_circle(
    request: KnowledgeRequest, host: Person, theme: Theme, first: FirstDate
) -> tuple[Course, Session]:
    title = _("Leerkring: %(title)s") % {"title": request.title}
    course = courses.change_course(
        courses.start_draft(by=host),
        by=host,
        title=title[:120],
        promise=_("Samen uitzoeken hoe het werkt, met collega’s van andere organisaties."),
        theme=theme,
        language=request.language,
        format=Format.ONLINE,
        minutes=CIRCLE_MINUTES,
        min_participants=CIRCLE_LEAST - 1,
        max_participants=CIRCLE_MOST - 1,
    )
    start = sessions.check_moment(first.day, first.time, CIRCLE_MINUTES)
    session = sessions.plan_session(
        course,
        by=host,
        day=first.day,
        time=first.time,
        minutes=CIRCLE_MINUTES,
        capacity=CIRCLE_MOST - 1,  # the host makes eight
        format=Format.ONLINE,
        online_url=first.online_url,
        # From several organisations: half of the seats are for others than the host's until it is near.
        reserved_seats=(CIRCLE_MOST - 1) // 2,
        reserved_until=clock.now() + (start - clock.now()) / 2,
        guests_only=True,
        guests_until=guests.head_start(request, start),
    )
    course = courses.publish(course, by=host)
    session = Session.objects.select_related("course__organisation", "edition", "location").get(
        pk=session.pk
    )
    return course, session
