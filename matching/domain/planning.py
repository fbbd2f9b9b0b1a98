# SPDX-License-Identifier: EUPL-1.2
"""From yes to a session: the trainer names one to three dates, the asker picks one, and it stands.

Picking makes course and session through the domain of courses, so that real invitations go out.
"""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from accounts.models import Person
from base import clock
from courses.domain import courses, registration, sessions
from courses.domain.teaching import Place
from courses.errors import ChangeRefused, SeatRefused
from courses.models import Course, Session, Theme
from courses.models.course import Format
from matching import signals
from matching.domain import company, guests, requests, states
from matching.errors import MatchRefused
from matching.models import DateOption, KnowledgeRequest, Match

MAX_OPTIONS = 3
#: A yes without a date for so long: whose turn it is gets one reminder.
STALLED_AFTER = dt.timedelta(days=7)
#: Seats beyond those of the asker and the supporters, when others may join.
ROOM_FOR_OTHERS = 10
MOST_SEATS = 100


@dataclasses.dataclass(frozen=True)
class Plan:
    """What the trainer offers beside the dates. ``format`` is online or at the asking organisation."""

    title: str
    promise: str
    theme: str
    minutes: int
    format: str
    capacity: int
    online_url: str = ""
    place: str = ""
    room: str = ""
    city: str = ""

    @classmethod
    def of(cls, match: Match) -> "Plan | None":
        return cls(**match.plan) if match.plan else None


def start_for(match: Match) -> dict[str, Any]:
    """What the form begins with: the question's own words, seats for everybody who asked, a place that suits all."""
    request = match.request
    asking = company.together(request)
    room = ROOM_FOR_OTHERS if request.open_to_others else 0
    seats = sum(row.people + row.supports.count() for row in asking) + room
    on_site = any(row.where == KnowledgeRequest.Where.ON_SITE for row in asking)
    return {
        "title": request.title.rstrip("?")[:120],
        "theme": request.theme.slug if request.theme else "",
        "minutes": 60,
        "format": Format.ON_SITE.value if on_site else Format.ONLINE.value,
        "capacity": min(seats, MOST_SEATS),
    }


def offer_dates(
    match: Match, *, by: Person, plan: Plan, moments: Sequence[tuple[dt.date, dt.time]]
) -> Match:
    """The trainer's dates, in place of those of before. Raises MatchRefused with the field."""
    if not 1 <= len(set(moments)) <= MAX_OPTIONS:
        raise MatchRefused(_("Noem één tot drie momenten."), code="moments", field="day_1")
    with transaction.atomic():
        request = states.lock(match.request_id)
        current = Match.objects.get(pk=match.pk)
        current.request = request
        if current.state != Match.State.ACCEPTED or request.state != (
            KnowledgeRequest.State.ACCEPTED
        ):
            raise MatchRefused(_("Voor deze vraag is geen moment meer nodig."), code="too_late")
        _check(plan, request)
        starts = [_checked_start(day, time, plan.minutes) for day, time in dict.fromkeys(moments)]
        current.options.all().delete()
        DateOption.objects.bulk_create(
            DateOption(match=current, starts_at=start, minutes=plan.minutes) for start in starts
        )
        current.plan = dataclasses.asdict(plan)
        current.save(update_fields=["plan", "updated_at"])
        signals.dates_offered.send(Match, match=current)
    return current


def _check(plan: Plan, request: KnowledgeRequest) -> None:
    if not plan.title.strip():
        raise MatchRefused(_("Geef je cursus een titel."), code="title", field="title")
    if not Theme.objects.filter(slug=plan.theme).exists():
        raise MatchRefused(_("Kies een onderwerp."), code="theme", field="theme")
    if plan.format != Format.ONLINE and not plan.place.strip():
        raise MatchRefused(_("Vul in waar je de cursus geeft."), code="place", field="place")
    least = min(request.people, MOST_SEATS)
    if not least <= plan.capacity <= MOST_SEATS:
        raise MatchRefused(
            _("Kies %(least)d tot en met %(most)d plekken.") % {"least": least, "most": MOST_SEATS},
            code="capacity",
            field="capacity",
        )


def _checked_start(day: dt.date, time: dt.time, minutes: int) -> dt.datetime:
    try:
        return sessions.check_moment(day, time, minutes)
    except ChangeRefused as error:
        field = {"day": "day_1", "time": "time_1"}.get(error.field, error.field)
        raise MatchRefused(error.sentence, code=error.code, field=field) from error


def pick_date(option: DateOption, *, by: Person) -> Session:
    """The asker picks: course and session exist, the asker has a seat, supporters are offered theirs.

    All or nothing. The same option again gives the session that is there. Raises MatchRefused.
    """
    with transaction.atomic():
        match = Match.objects.select_related("trainer__organisation").get(pk=option.match_id)
        request = states.lock(match.request_id)
        if request.state == KnowledgeRequest.State.PLANNED and request.session is not None:
            return request.session
        match.refresh_from_db(fields=["state", "plan"])
        plan = Plan.of(match)
        trainer = match.trainer
        if (
            request.state != KnowledgeRequest.State.ACCEPTED
            or match.state != Match.State.ACCEPTED
            or plan is None
            or trainer is None
        ):
            raise MatchRefused(_("Dit moment kun je niet meer kiezen."), code="too_late")
        try:
            course, session = _make(request, trainer, plan, option)
            request.course, request.session = course, session
            states.move(request, KnowledgeRequest.State.PLANNED, by=by)
            registration.register(session, person=by)
        except (ChangeRefused, SeatRefused) as error:
            raise MatchRefused(error.sentence, code=error.code) from error
        for other in request.matches.filter(
            state__in=(Match.State.SUGGESTED, Match.State.PROPOSED)
        ):
            other.request = request
            states.move_match(other, Match.State.WITHDRAWN, by=None)
        signals.request_planned.send(
            KnowledgeRequest, request=request, course=course, session=session
        )
    return session


def _make(
    request: KnowledgeRequest, trainer: Person, plan: Plan, option: DateOption
) -> tuple[Course, Session]:
    """A draft, its date, and then both public: the order in which 'Geef een cursus' works."""
    course = courses.start_draft(by=trainer)
    course = courses.change_course(
        course,
        by=trainer,
        title=plan.title,
        promise=plan.promise or plan.title[:200],
        theme=Theme.objects.get(slug=plan.theme),
        language=request.language,
        format=plan.format,
        minutes=plan.minutes,
        max_participants=plan.capacity,
    )
    start = clock.local(option.starts_at)
    location = None
    if plan.format != Format.ONLINE and request.organisation is not None:
        place = Place(name=plan.place, room=plan.room, city=plan.city)
        location = sessions.location_for(
            request.organisation, name=place.name, room=place.room, city=place.city
        )
    session = sessions.plan_session(
        course,
        by=trainer,
        day=start.date(),
        time=start.time(),
        minutes=option.minutes,
        capacity=plan.capacity,
        format=plan.format,
        location=location,
        online_url=plan.online_url,
        guests_only=True,
        guests_until=guests.head_start(request, option.starts_at),
    )
    course = courses.publish(course, by=trainer)
    session = Session.objects.select_related("course__organisation", "edition", "location").get(
        pk=session.pk
    )
    return course, session


def remind_stalled(at: dt.datetime | None = None) -> int:
    """A trainer who named no dates (that are still to come), or an asker who picked none. Once."""
    now = at or clock.now()
    not_yet = Q(nudged_at__isnull=True) | Q(nudged_at__lt=F("state_changed_at"))
    return requests.each(
        not_yet
        & Q(
            state=KnowledgeRequest.State.ACCEPTED,
            state_changed_at__lte=now - STALLED_AFTER,
            matches__state=Match.State.ACCEPTED,
        ),
        lambda request: _remind(request, now),
    )


def _remind(request: KnowledgeRequest, now: dt.datetime) -> None:
    request.nudged_at = now
    request.save(update_fields=["nudged_at", "updated_at"])
    match = request.matches.select_related("trainer").get(state=Match.State.ACCEPTED)
    match.request = request
    if match.options.filter(starts_at__gt=now).exists():
        signals.dates_offered.send(Match, match=match, again=True)
    else:
        signals.dates_awaited.send(Match, match=match)


def called_off(session: Session) -> int:
    """The session that answers a question does not take place: the trainer may name other dates."""
    keys = list(KnowledgeRequest.objects.filter(session=session).values_list("pk", flat=True))
    for key in keys:
        request = states.lock(key)
        if request.state != KnowledgeRequest.State.PLANNED:
            continue
        request.session = request.course = None
        match = request.matches.filter(state=Match.State.ACCEPTED).first()
        if match is not None:
            match.options.all().delete()
            states.move(request, KnowledgeRequest.State.ACCEPTED, by=None)
        else:
            request.save(update_fields=["session", "course", "updated_at"])
            states.settle(request, by=None)
    return len(keys)
