# SPDX-License-Identifier: EUPL-1.2
"""Getting a row that somebody may work with: pages and API both come in through here.

Http404 for what a person should not even know (drafts), PermissionDenied for what is public but not theirs.
The predicates are asked directly: being a superuser opens the admin, not the names of other people's participants.
"""

import uuid

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404

from accounts.models import Person
from courses import rules
from courses.models import Course, Material, Registration, Session, TrainerInvitation


def get_draft_of(person: Person, public_id: uuid.UUID) -> Course | None:
    """The course that this person is writing (or wrote) under that id, None when the id is still free.

    Raises Http404 for somebody else's: a draft is between its trainers.
    """
    course = _courses().filter(public_id=public_id).first()
    if course is not None and not _teaches(person, course):
        raise Http404
    return course


def get_course_for_manager(person: Person, public_id: uuid.UUID) -> Course:
    """A course for its trainers or a coordinator of its organisation. A draft only for its trainers."""
    course = _courses().filter(public_id=public_id).first()
    if course is None:
        raise Http404
    if course.status == Course.Status.DRAFT and not _teaches(person, course):
        raise Http404
    if not rules.manages_course.test(person, course):
        raise PermissionDenied
    return course


def get_session_for_manager(person: Person, public_id: uuid.UUID) -> Session:
    """A session with its course, trainers and place, for who manages the course."""
    session = _sessions().filter(public_id=public_id).first()
    if session is None:
        raise Http404
    if session.status == Session.Status.DRAFT and not _teaches(person, session.course):
        raise Http404
    if not rules.manages_course.test(person, session):
        raise PermissionDenied
    return session


def get_session_for_attendance(person: Person, public_id: uuid.UUID) -> Session:
    """For its trainers, as long as they see the names."""
    session = get_session_for_manager(person, public_id)
    if not rules.sees_participants.test(person, session):
        raise PermissionDenied
    return session


def get_course_for_lead(person: Person, public_id: uuid.UUID) -> Course:
    """A course for its lead trainer alone."""
    course = get_course_for_manager(person, public_id)
    if not rules.leads_course.test(person, course):
        raise PermissionDenied
    return course


def get_trainer_invitation(person: Person, public_id: uuid.UUID) -> TrainerInvitation:
    """What this person is asked to give along. Raises Http404 for somebody else's."""
    row = (
        TrainerInvitation.objects.select_related(
            "course__organisation", "course__theme", "asked_by__organisation"
        )
        .filter(public_id=public_id, person=person)
        .first()
    )
    if row is None:
        raise Http404
    return row


def get_registration_for_trainer(person: Person, public_id: uuid.UUID) -> Registration:
    """A participant whom the trainer sees by name. Others go by their own pages."""
    registration = (
        Registration.objects.select_related(
            "person",
            "organisation",
            "session__course__organisation",
            "session__edition",
            "session__location",
        )
        .prefetch_related("session__course__trainer_rows")
        .filter(public_id=public_id)
        .first()
    )
    if registration is None:
        raise Http404
    if not rules.sees_participants.test(person, registration):
        raise PermissionDenied
    return registration


def get_material_for_manager(person: Person, public_id: uuid.UUID) -> Material:
    material = _material(public_id)
    if not rules.manages_course.test(person, material.course):
        raise PermissionDenied
    return material


def get_material_for_reader(person: object, public_id: uuid.UUID) -> Material:
    """For everyone when the course is public and shares its material (CC BY); else for who takes part or
    manages. Raises Http404 otherwise: a file is not confirmed to exist."""
    material = _material(public_id)
    course = material.course
    if course.is_public and course.licence == Course.Licence.CC_BY:
        return material
    if not isinstance(person, Person) or not person.is_authenticated:
        raise Http404
    if rules.manages_course.test(person, course) or _takes_part(person, course):
        return material
    raise Http404


def _takes_part(person: Person, course: Course) -> bool:
    return Registration.objects.filter(
        person=person,
        session__course=course,
        state__in=(
            Registration.State.REGISTERED,
            Registration.State.ATTENDED,
            Registration.State.ABSENT,
        ),
    ).exists()


def _material(public_id: uuid.UUID) -> Material:
    material = (
        Material.objects.select_related("course__organisation")
        .prefetch_related("course__trainer_rows")
        .filter(public_id=public_id)
        .first()
    )
    if material is None:
        raise Http404
    return material


def _courses() -> QuerySet[Course]:
    return Course.objects.select_related("theme", "organisation").prefetch_related(
        "trainer_rows__person__organisation"
    )


def _sessions() -> QuerySet[Session]:
    return Session.objects.with_card().prefetch_related(
        "course__trainer_rows__person__organisation"
    )


def _teaches(person: Person, course: Course) -> bool:
    return bool(rules.is_trainer_of.test(person, course))
