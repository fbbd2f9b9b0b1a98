# SPDX-License-Identifier: EUPL-1.2
"""``/bijeenkomsten``: dates of courses, changed and cancelled under the rules of the pages."""

import uuid
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, permissions, status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from base import clock
from base.api.paging import DutchPagination
from courses import access
from courses.api import serializers as shapes
from courses.api.common import (
    Write,
    asked,
    person_of,
    public_sessions,
    refuse,
    sessions_with_names,
)
from courses.domain import sessions
from courses.errors import ChangeRefused
from courses.models import Course, Session


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
                format=data.get("vorm", course.format),
                location=_location(course, data),
                online_url=data.get("link", ""),
                **shape.moment(),
                **shape.seats(),
            )
        except ChangeRefused as error:
            raise refuse(error) from error
        made = sessions_with_names().get(pk=session.pk)
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
        rows = public_sessions().for_everyone(clock.now())
        if edition := asked(self.request, "editie"):
            rows = rows.filter(edition__slug=edition)
        if course := asked(self.request, "cursus"):
            try:
                rows = rows.filter(course__public_id=uuid.UUID(course))
            except ValueError:
                raise ValidationError({"cursus": [_("Dit is geen id van een cursus.")]}) from None
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
        """Another time, place, link or other seats. Who takes part is told of another time, place or link;
        seats that come free go to who waits."""
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
            sessions.change_all(session, by=person, **changes, **shape.seats())
        except ChangeRefused as error:
            raise refuse(error) from error
        return Response(shapes.Bijeenkomst(sessions_with_names().get(pk=session.pk)).data)


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
        return Response(shapes.Bijeenkomst(sessions_with_names().get(pk=session.pk)).data)
