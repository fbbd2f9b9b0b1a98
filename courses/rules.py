# SPDX-License-Identifier: EUPL-1.2
"""Who may do what with courses, sessions and registrations: small named predicates.

A coordinator sees people of the own organisation by name, wherever they sign up, and manages the courses
that the organisation hosts; of other people in those courses only counts. The national coordinator looks
after editions and sees no participant. Trainers see the names of their own participants until 30 days after.
"""

import datetime as dt

from rules.predicates import predicate

from accounts.models import Person, Role
from base import clock
from courses.models import Course, CourseTrainer, Registration, Session

NAMES_VISIBLE_AFTER = dt.timedelta(days=30)


def _course_of(row: Course | Session | Registration) -> Course:
    if isinstance(row, Registration):
        return row.session.course
    if isinstance(row, Session):
        return row.course
    return row


@predicate
def is_trainer_of(person: Person, row: Course | Session | Registration) -> bool:
    if not person.is_authenticated:
        return False
    return any(trainer.person_id == person.pk for trainer in _course_of(row).trainer_rows.all())


@predicate
def leads_course(person: Person, course: Course) -> bool:
    """The one trainer whose course it is."""
    return person.is_authenticated and any(
        row.person_id == person.pk and row.part == CourseTrainer.Part.LEAD
        for row in course.trainer_rows.all()
    )


@predicate
def is_coordinator_of_host(person: Person, row: Course | Session | Registration) -> bool:
    """Coordinates the organisation that gives the course."""
    if not person.is_authenticated:
        return False
    return (Role.Kind.COORDINATOR, _course_of(row).organisation_id) in person.role_keys


@predicate
def is_coordinator_of_learner(person: Person, registration: Registration) -> bool:
    """Coordinates the organisation that the learner worked for at sign-up."""
    if not person.is_authenticated or registration.organisation_id is None:
        return False
    return (Role.Kind.COORDINATOR, registration.organisation_id) in person.role_keys


@predicate
def is_own_registration(person: Person, registration: Registration) -> bool:
    return person.is_authenticated and registration.person_id == person.pk


@predicate
def names_still_visible(_person: Person, row: Course | Session | Registration) -> bool:
    if isinstance(row, Course):
        return True
    session = row.session if isinstance(row, Registration) else row
    return clock.now() <= session.ends_at + NAMES_VISIBLE_AFTER


manages_course = is_trainer_of | is_coordinator_of_host
sees_participants = is_trainer_of & names_still_visible
cancels_registration = is_own_registration | is_trainer_of | is_coordinator_of_learner
