# SPDX-License-Identifier: EUPL-1.2
"""A handful of real actions through the domain, so that the mailbox page shows one mail of every sort."""

from collections.abc import Callable

from accounts.models import Person
from courses.domain import registration as registrations
from courses.domain import sessions
from courses.domain.courses import wait_for_subject
from courses.models import Course, CourseInterest, Registration, Session
from courses.models.course import Format
from tjc.demo.loading.people import LEARNER, TRAINER, People
from tjc.demo.loading.programme import Plan, Programme

NEW_SEATS = 3
COLLEAGUES = 4
#: Changes are shown on sessions this small, so that they do not flood the mailbox.
SMALL = range(2, 5)


def act(
    people: People, programme: Programme, *, is_free: Callable[[Person, Session], bool]
) -> None:
    learner = people[LEARNER]
    _withdraw_one(people)
    week = [
        plan
        for plan in programme.plans
        if plan.when == "coming"
        and plan.session.edition_id == programme.week.pk
        and plan.session.status == Session.Status.PLANNED
        and LEARNER not in (plan.text["trainer"], *plan.text["co_trainers"])
    ]
    mine = set(learner.registrations.values_list("session_id", flat=True))
    new = [plan for plan in week if plan.session.pk not in mine]
    free = [plan for plan in new if plan.session.free and not plan.session.reserved_seats]
    for plan in free[:NEW_SEATS]:
        registrations.register(plan.session, person=learner)
    full = next(plan for plan in new if not plan.session.free)
    registrations.register(full.session, person=learner)
    _move_one(free[NEW_SEATS:], people)
    _promote_one(week, people)
    _join_trainer(programme, people, is_free)
    small = [plan for plan in free[NEW_SEATS:] if plan.session.taken in SMALL]
    _call_off(small[-1], people)
    _change_link(small[:-1], people)
    _wait_for_subject(people)


def _withdraw_one(people: People) -> None:
    """The learner gives up a seat whose invitation left long ago: a mail with CANCEL."""
    learner = people[LEARNER]
    row = learner.registrations.filter(
        state=Registration.State.REGISTERED, invitations__isnull=False
    ).first()
    if row is not None:
        registrations.cancel(row, by=learner)


def _move_one(plans: list[Plan], people: People) -> None:
    """To another date of the same course."""
    learner = people[LEARNER]
    for plan in plans:
        for other in plans:
            if other is not plan and other.session.course_id == plan.session.course_id:
                row = registrations.register(plan.session, person=learner)
                registrations.move(row, to=other.session, by=learner)
                return


def _promote_one(week: list[Plan], people: People) -> None:
    """Somebody leaves a full session: the first in line gets the seat."""
    learner = people[LEARNER]
    for plan in week:
        if plan.waiting:
            row = plan.session.registrations.filter(state=Registration.State.REGISTERED)
            leaving = row.exclude(person=learner).select_related("person").first()
            if leaving is not None:
                registrations.cancel(leaving, by=leaving.person)
                return


def _join_trainer(
    programme: Programme, people: People, is_free: Callable[[Person, Session], bool]
) -> None:
    """Colleagues of other organisations sign up for a coming course of the demo's trainer."""
    mine = next(
        plan.session
        for plan in programme.plans
        if plan.text["trainer"] == TRAINER and plan.when == "coming" and plan.session.free
    )
    there = set(mine.registrations.values_list("person_id", flat=True))
    guests = [
        person
        for person in people.by_key.values()
        if person.organisation_id != mine.course.organisation_id
        and person.pk not in there
        and is_free(person, mine)
    ]
    for person in guests[: min(COLLEAGUES, mine.free)]:
        registrations.register(mine, person=person)


def _call_off(plan: Plan, people: People) -> None:
    trainer = people[plan.text["trainer"]]
    sessions.cancel_session(plan.session, by=trainer, reason="De zaal is dubbel geboekt.")


def _change_link(plans: list[Plan], people: People) -> None:
    for plan in plans:
        if plan.session.format == Format.ONLINE:
            trainer = people[plan.text["trainer"]]
            link = "https://vergaderen.example/nieuwe-link"
            sessions.change_session(plan.session, by=trainer, online_url=link)
            return


def _wait_for_subject(people: People) -> None:
    waiting_for = CourseInterest.objects.values_list("course_id", flat=True)
    course = Course.objects.filter(pk__in=waiting_for).order_by("pk").first()
    if course is not None:
        wait_for_subject(course, person=people[LEARNER])
