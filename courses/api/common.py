# SPDX-License-Identifier: EUPL-1.2
"""What the resources share: refusals as answers, who writes, and which rows are public."""

from django.db.models import Prefetch, QuerySet
from rest_framework import permissions
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.models import Person
from base.api.problem import Refused
from courses.errors import CourseError
from courses.models import Course, CourseTrainer, Session
from courses.models.session import SessionQuerySet

#: Names outside of the fields that a ChangeRefused may name.
OUTSIDE = {
    "day": "begin",
    "time": "begin",
    "minutes": "minuten",
    "capacity": "plekken",
    "reserved_seats": "plekkenVoorAndereOrganisaties",
    "reserved_until": "vrijgehoudenTot",
    "registration_closes": "aanmeldenTot",
    "place": "gebouw",
    "title": "titel",
    "promise": "belofte",
    "theme": "thema",
}
#: Refused for who takes part already: well-formed, and another day it would do.
SEATS_IN_USE = frozenset({"below_taken", "home_has_them"})


def refuse(error: CourseError) -> Exception:
    """400 when a field of the request is to blame, else 409."""
    field = OUTSIDE.get(error.field)
    if field and error.code not in SEATS_IN_USE:
        return ValidationError({field: [error.sentence]}, code=error.code)
    return Refused(error.sentence, error.code)


def person_of(request: Request) -> Person:
    assert isinstance(request.user, Person)  # IsAuthenticated has let it in
    return request.user


class Write(permissions.BasePermission):
    """Everyone reads; writing needs a token."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return request.method in permissions.SAFE_METHODS or request.user.is_authenticated


def asked(request: Request, name: str) -> str:
    """A value of the address. PostgreSQL refuses a NUL, so nothing is called that."""
    return request.query_params.get(name, "")[:200].replace("\0", "")


def courses_with_names() -> QuerySet[Course]:
    """Of every status: to answer who made or changed one."""
    return (
        Course.objects.select_related("theme", "organisation")
        .prefetch_related(
            Prefetch("trainer_rows", CourseTrainer.objects.select_related("person__organisation"))
        )
        .order_by("-published_at", "pk")
    )


def public_courses() -> QuerySet[Course]:
    return courses_with_names().exclude(status=Course.Status.DRAFT)


def sessions_with_names() -> SessionQuerySet:
    """Of every status: to answer who made or changed one."""
    return Session.objects.select_related("course__organisation", "edition", "location").order_by(
        "starts_at", "pk"
    )


def public_sessions() -> SessionQuerySet:
    return (
        sessions_with_names()
        .exclude(status=Session.Status.DRAFT)
        .exclude(course__status=Course.Status.DRAFT)
    )
