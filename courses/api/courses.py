# SPDX-License-Identifier: EUPL-1.2
"""``/cursussen`` and ``/edities``. Reading is public as on the pages; writing needs a token."""

import uuid
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, status
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
    courses_with_names,
    person_of,
    public_courses,
    refuse,
)
from courses.domain import courses
from courses.domain.listed import for_everyone
from courses.errors import ChangeRefused
from courses.models import Course, Edition


class Cursussen(generics.ListAPIView[Course]):
    """Published courses, newest first. POST makes one for the token's owner and publishes it."""

    serializer_class = shapes.Cursus
    pagination_class = DutchPagination
    permission_classes = [Write]

    def get_queryset(self) -> QuerySet[Course]:
        rows = for_everyone(public_courses(), clock.now()).filter(status=Course.Status.PUBLISHED)
        if theme := asked(self.request, "thema"):
            rows = rows.filter(theme__slug=theme)
        if words := asked(self.request, "zoek"):
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
        made = courses_with_names().get(pk=course.pk)
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
        changed = courses_with_names().get(pk=course.pk)
        return Response(shapes.Cursus(changed, context={"request": request}).data)


class Edities(generics.ListAPIView[Edition]):
    """Editions, newest first."""

    serializer_class = shapes.Editie
    pagination_class = DutchPagination
    queryset = Edition.objects.order_by("-starts_on", "pk")
