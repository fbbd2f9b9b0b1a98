# SPDX-License-Identifier: EUPL-1.2
"""``/api/v1``: courses, sessions, registrations. Reading is public as on the pages; writing needs a token.

Thin: get the object, ask one domain function, answer. The rules are those of the pages.
"""

import uuid
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, permissions, status
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.domain import audit
from accounts.domain.people import invite_colleague
from accounts.errors import AccountsError, InvalidEmail, InvalidName
from accounts.models import Organisation, Person
from accounts.rules import coordinated_organisation_ids
from base.api.paging import DutchPagination
from base.api.problem import Refused
from courses import access, rules
from courses.api import serializers as shapes
from courses.availability import waiting_position
from courses.domain import courses, registration, sessions
from courses.errors import ChangeRefused, CourseError
from courses.models import Course, Edition, Registration, Session

#: Names outside of the fields that a ChangeRefused may name.
OUTSIDE = {
    "day": "begin",
    "time": "begin",
    "minutes": "minuten",
    "capacity": "plekken",
    "place": "gebouw",
    "title": "titel",
    "promise": "belofte",
    "theme": "thema",
}


def refuse(error: CourseError) -> Exception:
    """400 when a field of the request is to blame, else 409."""
    field = OUTSIDE.get(error.field)
    if field and error.code != "below_taken":
        return ValidationError({field: [error.sentence]}, code=error.code)
    return Refused(error.sentence, error.code)


def person_of(request: Request) -> Person:
    assert isinstance(request.user, Person)  # IsAuthenticated has let it in
    return request.user


class Write(permissions.BasePermission):
    """Everyone reads; writing needs a token."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return request.method in permissions.SAFE_METHODS or request.user.is_authenticated


def public_courses() -> QuerySet[Course]:
    return (
        Course.objects.exclude(status=Course.Status.DRAFT)
        .select_related("theme", "organisation")
        .prefetch_related("trainer_rows__person__organisation")
        .order_by("-published_at", "pk")
    )


def public_sessions() -> QuerySet[Session]:
    return (
        Session.objects.exclude(status=Session.Status.DRAFT)
        .exclude(course__status=Course.Status.DRAFT)
        .select_related("course__organisation", "edition", "location")
        .order_by("starts_at", "pk")
    )


class Cursussen(generics.ListAPIView[Course]):
    """Published courses, newest first. POST makes one for the token's owner and publishes it."""

    serializer_class = shapes.Cursus
    pagination_class = DutchPagination
    permission_classes = [Write]

    def get_queryset(self) -> QuerySet[Course]:
        rows = public_courses().filter(status=Course.Status.PUBLISHED)
        if theme := self.request.query_params.get("thema"):
            rows = rows.filter(theme__slug=theme)
        if words := self.request.query_params.get("zoek", "")[:200].replace("\0", ""):
            rows = rows.filter(title__icontains=words)
        return rows

    @extend_schema(
        parameters=[
            OpenApiParameter("thema", str, description="slug van het thema"),
            OpenApiParameter("zoek", str, description="woorden uit de titel"),
        ]
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(request=shapes.Cursus, responses={201: shapes.Cursus})
    def post(self, request: Request) -> Response:
        person = person_of(request)
        shape = shapes.Cursus(data=request.data, context={"request": request})
        shape.is_valid(raise_exception=True)
        try:
            course = courses.publish_at_once(by=person, **shape.validated_data)
        except ChangeRefused as error:
            raise refuse(error) from error
        made = public_courses().get(pk=course.pk)
        return Response(
            shapes.Cursus(made, context={"request": request}).data, status=status.HTTP_201_CREATED
        )


class CursusDetail(APIView):
    permission_classes = [Write]

    @extend_schema(responses=shapes.Cursus)
    def get(self, request: Request, id: uuid.UUID) -> Response:  # noqa: A002 - the path's name
        course = get_object_or_404(public_courses(), public_id=id)
        return Response(shapes.Cursus(course, context={"request": request}).data)

    @extend_schema(request=shapes.Cursus, responses=shapes.Cursus)
    def patch(self, request: Request, id: uuid.UUID) -> Response:  # noqa: A002
        person = person_of(request)
        course = access.get_course_for_manager(person, id)
        shape = shapes.Cursus(data=request.data, partial=True, context={"request": request})
        shape.is_valid(raise_exception=True)
        try:
            courses.change_course(course, by=person, **shape.validated_data)
        except ChangeRefused as error:
            raise refuse(error) from error
        changed = public_courses().get(pk=course.pk)
        return Response(shapes.Cursus(changed, context={"request": request}).data)


class CursusBijeenkomsten(APIView):
    permission_classes = [permissions.IsAuthenticated]

    @extend_schema(request=shapes.BijeenkomstInvoer, responses={201: shapes.Bijeenkomst})
    def post(self, request: Request, id: uuid.UUID) -> Response:  # noqa: A002
        """A new date for a course."""
        person = person_of(request)
        course = access.get_course_for_manager(person, id)
        shape = shapes.BijeenkomstInvoer(data=request.data)
        shape.is_valid(raise_exception=True)
        data = shape.validated_data
        try:
            session = sessions.plan_session(
                course,
                by=person,
                minutes=data["minuten"],
                capacity=data["plekken"],
                format=data.get("vorm", course.format),
                location=_location(course, data),
                online_url=data.get("link", ""),
                **shape.moment(),
            )
        except ChangeRefused as error:
            raise refuse(error) from error
        made = public_sessions().get(pk=session.pk)
        return Response(shapes.Bijeenkomst(made).data, status=status.HTTP_201_CREATED)


def _location(course: Course, data: dict[str, Any]) -> Any:
    if not data.get("gebouw"):
        return None
    return sessions.location_for(
        course.organisation,
        name=data["gebouw"],
        room=data.get("zaal", ""),
        city=data.get("plaats", ""),
    )


class Bijeenkomsten(generics.ListAPIView[Session]):
    """Planned and cancelled sessions, first one first."""

    serializer_class = shapes.Bijeenkomst
    pagination_class = DutchPagination

    def get_queryset(self) -> QuerySet[Session]:
        rows = public_sessions()
        if edition := self.request.query_params.get("editie"):
            rows = rows.filter(edition__slug=edition)
        if course := self.request.query_params.get("cursus"):
            try:
                rows = rows.filter(course__public_id=uuid.UUID(course))
            except ValueError:
                raise ValidationError({"cursus": ["Dit is geen id van een cursus."]}) from None
        return rows

    @extend_schema(
        parameters=[
            OpenApiParameter("editie", str, description="slug van de editie"),
            OpenApiParameter("cursus", uuid.UUID, description="id van de cursus"),
        ]
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class BijeenkomstDetail(APIView):
    permission_classes = [Write]

    @extend_schema(responses=shapes.Bijeenkomst)
    def get(self, request: Request, id: uuid.UUID) -> Response:  # noqa: A002
        return Response(shapes.Bijeenkomst(get_object_or_404(public_sessions(), public_id=id)).data)

    @extend_schema(request=shapes.BijeenkomstInvoer, responses=shapes.Bijeenkomst)
    def patch(self, request: Request, id: uuid.UUID) -> Response:  # noqa: A002
        """Another time, place, link or number of seats. Everyone who takes part is told."""
        person = person_of(request)
        session = access.get_session_for_manager(person, id)
        shape = shapes.BijeenkomstInvoer(data=request.data, partial=True)
        shape.is_valid(raise_exception=True)
        data = shape.validated_data
        changes = shape.moment()
        for outside, inside in (("minuten", "minutes"), ("vorm", "format"), ("link", "online_url")):
            if outside in data:
                changes[inside] = data[outside]
        if data.get("gebouw"):
            changes["location"] = _location(session.course, data)
        try:
            sessions.change_all(session, by=person, capacity=data.get("plekken"), **changes)
        except ChangeRefused as error:
            raise refuse(error) from error
        return Response(shapes.Bijeenkomst(public_sessions().get(pk=session.pk)).data)


class Annulering(APIView):
    permission_classes = [permissions.IsAuthenticated]

    @extend_schema(request=shapes.AnnuleringInvoer, responses=shapes.Bijeenkomst)
    def post(self, request: Request, id: uuid.UUID) -> Response:  # noqa: A002
        """The session does not take place."""
        person = person_of(request)
        session = access.get_session_for_manager(person, id)
        shape = shapes.AnnuleringInvoer(data=request.data)
        shape.is_valid(raise_exception=True)
        try:
            sessions.cancel_session(session, by=person, reason=shape.validated_data["reden"])
        except ChangeRefused as error:
            raise refuse(error) from error
        return Response(shapes.Bijeenkomst(public_sessions().get(pk=session.pk)).data)


class Aanmeldingen(APIView):
    """Registrations of a session: a trainer sees the own participants, a coordinator the own colleagues,
    and registers them."""

    permission_classes = [permissions.IsAuthenticated]

    @extend_schema(responses=shapes.Aanmelding(many=True))
    def get(self, request: Request, id: uuid.UUID) -> Response:  # noqa: A002
        person = person_of(request)
        session = get_object_or_404(public_sessions(), public_id=id)
        rows = (
            Registration.objects.filter(session=session)
            .exclude(state__in=(Registration.State.CANCELLED, Registration.State.HELD))
            .select_related("person", "organisation", "session")
            .order_by("pk")
        )
        if not rules.sees_participants.test(person, session):
            own = coordinated_organisation_ids(person)
            if not own:
                raise PermissionDenied
            rows = rows.filter(organisation_id__in=own)
        found = list(rows)
        audit.record("participants.viewed", actor=person, subject=session, count=len(found))
        return Response({"resultaten": shapes.Aanmelding(found, many=True).data})

    @extend_schema(
        request=shapes.AanmeldingInvoer,
        responses={201: shapes.Aanmelding, 200: shapes.Aanmelding},
    )
    def post(self, request: Request, id: uuid.UUID) -> Response:  # noqa: A002
        """Register a colleague of the own organisation; they get their own mail.

        201 with ``status`` aangemeld or wachtlijst; 200 with the same body when they took part already
        (a replay is harmless); 409 when refused.
        """
        person = person_of(request)
        own = coordinated_organisation_ids(person)
        if not own:
            raise PermissionDenied
        session = get_object_or_404(public_sessions(), public_id=id)
        shape = shapes.AanmeldingInvoer(data=request.data)
        shape.is_valid(raise_exception=True)
        colleague = _colleague(person, own, shape.validated_data)
        known = Registration.objects.filter(session=session, person=colleague).exclude(
            state__in=(Registration.State.CANCELLED, Registration.State.HELD)
        )
        existed = known.exists()
        try:
            row = registration.register(
                session, person=colleague, by=person, question=shape.validated_data["vraag"]
            )
        except CourseError as error:
            raise refuse(error) from error
        if row.state == Registration.State.WAITING:
            row.position = waiting_position(row)  # type: ignore[attr-defined]
        return Response(
            shapes.Aanmelding(row).data,
            status=status.HTTP_200_OK if existed else status.HTTP_201_CREATED,
        )


def _colleague(by: Person, own: list[int], data: dict[str, Any]) -> Person:
    """The colleague, in whichever of the coordinator's organisations the address belongs to."""
    refused: AccountsError | None = None
    for organisation in Organisation.objects.filter(pk__in=own).order_by("pk"):
        try:
            return invite_colleague(
                name=data["naam"], email=data["email"], by=by, organisation=organisation
            )
        except InvalidEmail as error:
            raise ValidationError({"email": [error.sentence]}) from error
        except InvalidName as error:
            raise ValidationError({"naam": [error.sentence]}) from error
        except AccountsError as error:
            refused = error
    assert refused is not None  # ``own`` is not empty
    raise Refused(refused.sentence, refused.code) from refused


class AanmeldingDetail(APIView):
    permission_classes = [permissions.IsAuthenticated]

    @extend_schema(responses={204: None})
    def delete(self, request: Request, id: uuid.UUID, aanmelding: uuid.UUID) -> Response:  # noqa: A002
        """Withdraw a colleague: the seat goes to the first in line."""
        person = person_of(request)
        row = get_object_or_404(
            Registration.objects.select_related("session__course", "person").prefetch_related(
                "session__course__trainer_rows"
            ),
            public_id=aanmelding,
            session__public_id=id,
        )
        if not rules.cancels_registration.test(person, row):
            raise PermissionDenied
        try:
            registration.cancel(row, by=person, reason=_reason(person, row))
        except CourseError as error:
            raise refuse(error) from error
        return Response(status=status.HTTP_204_NO_CONTENT)


def _reason(person: Person, row: Registration) -> str:
    if row.person_id == person.pk:
        return Registration.CancelReason.SELF
    if rules.is_trainer_of.test(person, row):
        return Registration.CancelReason.TRAINER
    return Registration.CancelReason.COORDINATOR


class Edities(generics.ListAPIView[Edition]):
    """Editions, newest first."""

    serializer_class = shapes.Editie
    pagination_class = DutchPagination
    queryset = Edition.objects.order_by("-starts_on", "pk")
