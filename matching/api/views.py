# SPDX-License-Identifier: EUPL-1.2
"""Reading is as public as on the pages; asking needs a token."""

import uuid
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, status
from rest_framework.exceptions import Throttled, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import Person
from base.api.paging import DutchPagination
from base.api.problem import Refused
from courses.api.common import Write, person_of
from matching import access
from matching.api import serializers as shapes
from matching.domain import queries, requests
from matching.domain.queries import Filters
from matching.errors import RequestRefused
from matching.models import KnowledgeRequest, TrainerProfile
from matching.views.ask import ASK_LIMIT

#: Names outside of the fields that a refusal may name.
_OUTSIDE = {"text": "tekst", "title": "titel", "people": "aantal"}


def _reader(request: Request) -> Person | None:
    person = request.user
    return person if isinstance(person, Person) and person.is_verified else None


def _shape(request: Request, row: KnowledgeRequest) -> dict[str, Any]:
    context = {"request": request, "reads": _reader(request) is not None}
    return shapes.Kennisvraag(row, context=context).data


class Kennisvragen(generics.ListAPIView[KnowledgeRequest]):
    """Questions, newest first. POST asks one for the token's owner."""

    serializer_class = shapes.Kennisvraag
    pagination_class = DutchPagination
    permission_classes = [Write]

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "reads": _reader(self.request) is not None}

    def get_queryset(self) -> QuerySet[KnowledgeRequest]:
        asked = self.request.query_params
        shown = asked.get("toon", "")
        filters = Filters(
            query=asked.get("zoek", "")[:200].replace("\0", ""),
            theme=asked.get("thema", "").replace("\0", ""),
            shown=shown if shown in queries.SHOWN else queries.OPEN,
        )
        return queries.requests_list(filters, person=_reader(self.request))

    @extend_schema(
        parameters=[
            OpenApiParameter("thema", str, description="slug van het thema"),
            OpenApiParameter("zoek", str, description="woorden uit de vraag"),
            OpenApiParameter("toon", str, enum=list(queries.SHOWN)),
        ]
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(request=shapes.KennisvraagInvoer, responses={201: shapes.Kennisvraag, 429: None})
    def post(self, request: Request) -> Response:
        person = person_of(request)
        shape = shapes.KennisvraagInvoer(data=request.data)
        shape.is_valid(raise_exception=True)
        fields = dict(shape.validated_data)
        if fields.get("people", 1) > 1:
            fields["audience"] = KnowledgeRequest.Audience.TEAM
        if not ASK_LIMIT.allows(str(person.pk)):
            raise Throttled(wait=ASK_LIMIT.seconds)
        try:
            row = requests.ask(by=person, **fields)
        except RequestRefused as error:
            if field := _OUTSIDE.get(error.field):
                raise ValidationError({field: [error.sentence]}, code=error.code) from error
            raise Refused(error.sentence, error.code) from error
        made = access.get_request(row.public_id)
        return Response(_shape(request, made), status=status.HTTP_201_CREATED)


class KennisvraagDetail(APIView):
    permission_classes = [Write]

    @extend_schema(responses=shapes.Kennisvraag)
    def get(self, request: Request, id: uuid.UUID) -> Response:  # noqa: A002 - the path's name
        return Response(_shape(request, access.get_request(id)))


class Trainers(generics.ListAPIView[TrainerProfile]):
    """The trainer pool, by name."""

    serializer_class = shapes.Trainer
    pagination_class = DutchPagination

    def get_queryset(self) -> QuerySet[TrainerProfile]:
        rows = queries.in_pool()
        if theme := self.request.query_params.get("thema", "").replace("\0", ""):
            rows = rows.filter(themes__slug=theme)
        return rows

    @extend_schema(parameters=[OpenApiParameter("thema", str, description="slug van het thema")])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class TrainerDetail(APIView):
    @extend_schema(responses=shapes.Trainer)
    def get(self, request: Request, id: uuid.UUID) -> Response:  # noqa: A002
        row = get_object_or_404(queries.in_pool(), public_id=id)
        return Response(shapes.Trainer(row, context={"request": request}).data)
