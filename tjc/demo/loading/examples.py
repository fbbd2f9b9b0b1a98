# SPDX-License-Identifier: EUPL-1.2
"""A handful of real actions through the domain, so that the mailbox page shows real mails."""

from courses.domain import registration as registrations
from courses.domain.courses import wait_for_subject
from courses.models import Course, CourseInterest, Registration
from tjc.demo.loading.people import LEARNER, TRAINER, People
from tjc.demo.loading.programme import Plan, Programme

SEATS = 4
COLLEAGUES = 4


def act(people: People, programme: Programme) -> None:
    """The demo's learner signs up, waits, moves and withdraws; colleagues join the trainer's course."""
    learner = people[LEARNER]
    taken = {
        row.session_id for row in learner.registrations.exclude(state=Registration.State.CANCELLED)
    }
    coming = [
        plan
        for plan in programme.plans
        if plan.when == "coming"
        and plan.session.edition_id == programme.week.pk
        and plan.session.pk not in taken
        and plan.session.status == plan.session.Status.PLANNED
    ]
    free = [plan for plan in coming if plan.session.free and not plan.session.reserved_seats]
    rows = [registrations.register(plan.session, person=learner) for plan in free[:SEATS]]
    registrations.cancel(rows[-1], by=learner)
    full = next((plan for plan in coming if not plan.session.free), None)
    if full is not None:
        registrations.register(full.session, person=learner)
    _move(free[SEATS:], people)
    _join_trainer(people, programme)
    _wait(people, programme)


def _move(plans: list[Plan], people: People) -> None:
    """Moves to another date of the same course, when there is a course with two."""
    learner = people[LEARNER]
    for plan in plans:
        other = next(
            (o for o in plans if o is not plan and o.session.course_id == plan.session.course_id),
            None,
        )
        if other is not None:
            first = registrations.register(plan.session, person=learner)
            registrations.move(first, to=other.session, by=learner)
            return


def _join_trainer(people: People, programme: Programme) -> None:
    """Four colleagues of other organisations sign up for a coming course of the demo's trainer."""
    mine = next(
        plan
        for plan in programme.plans
        if plan.text["trainer"] == TRAINER and plan.when == "coming" and plan.session.free
    )
    there = set(mine.session.registrations.values_list("person_id", flat=True))
    home = mine.session.course.organisation_id
    guests = [
        person
        for person in people.by_key.values()
        if person.organisation_id != home and person.pk not in there
    ]
    for person in guests[: min(COLLEAGUES, mine.session.free)]:
        registrations.register(mine.session, person=person)


def _wait(people: People, programme: Programme) -> None:
    waiting_for = CourseInterest.objects.values_list("course_id", flat=True)
    course = Course.objects.filter(pk__in=waiting_for).order_by("pk").first()
    if course is not None:
        wait_for_subject(course, person=people[LEARNER])
