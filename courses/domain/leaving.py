# SPDX-License-Identifier: EUPL-1.2
"""Somebody leaves the site for good: what becomes of the own registrations and courses. Counts stay."""

from django.db import transaction
from django.db.models import QuerySet

from accounts.domain import audit
from accounts.models import Person
from base import clock
from courses.domain import courses, registration, teaching
from courses.models import Course, CourseTrainer, Registration, Session

State = Registration.State
Part = CourseTrainer.Part


def coming(person: Person) -> QuerySet[Registration]:
    """Seats and places in line that go with the account, in the order in which sessions are locked."""
    return (
        Registration.objects.filter(
            person=person,
            state__in=(State.HELD, State.REGISTERED, State.WAITING),
            session__starts_at__gt=clock.now(),
        )
        .select_related("session__course")
        .order_by("session_id", "pk")
    )


def still_teaches(person: Person) -> QuerySet[Session]:
    """Dates to come that nobody else would lead: handed over or cancelled first."""
    return (
        Session.objects.planned()
        .filter(
            course__trainer_rows__person=person,
            course__trainer_rows__part=Part.LEAD,
            ends_at__gt=clock.now(),
        )
        .select_related("course")
        .order_by("starts_at", "pk")
    )


@transaction.atomic
def leave(person: Person) -> dict[str, int]:
    """Give back every seat, leave every course, and blank what was typed. The caller has seen that
    ``still_teaches`` is empty. Returns how many of what."""
    seats = list(coming(person))
    for row in seats:
        registration.cancel(row, by=person, reason=Registration.CancelReason.ERASED)
    Registration.objects.filter(person=person).update(question="", typed_name="")
    person.course_interests.all().delete()
    person.trainer_invitations.all().delete()
    taught = list(
        CourseTrainer.objects.filter(person=person).select_related("course__organisation")
    )
    for part in taught:
        _leave_course(part, person)
    return {"withdrawn": len(seats), "courses": len(taught)}


def _leave_course(row: CourseTrainer, person: Person) -> None:
    course = row.course
    if row.part == Part.CO:
        courses.remove_co_trainer(course, person=person, by=person)
        return
    if course.status == Course.Status.DRAFT:
        teaching.discard_draft(course, by=person)
        return
    row.delete()
    successor = course.trainer_rows.order_by("id").first()
    if successor is not None:
        successor.part = Part.LEAD
        successor.save(update_fields=["part"])
        audit.record(
            "course.handed_over", actor=person, subject=course, organisation=course.organisation
        )
        return
    Course.objects.filter(pk=course.pk).update(quote="")
    if course.status == Course.Status.PUBLISHED:
        courses.archive(course, by=person)
