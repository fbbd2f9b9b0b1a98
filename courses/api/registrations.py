# SPDX-License-Identifier: EUPL-1.2
"""``/bijeenkomsten/{id}/aanmeldingen``: coordinators register colleagues of the own organisation."""

import uuid
from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import permissions, status
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.domain.people import invite_colleague
from accounts.errors import AccountsError, InvalidEmail, InvalidName
from accounts.models import Organisation, Person
from accounts.rules import coordinated_organisation_ids
from base.api.problem import Refused
from courses import rules
from courses.api import serializers as shapes
from courses.api.common import person_of, public_sessions, refuse
from courses.availability import waiting_position
from courses.domain import registration
from courses.domain.overview import names_seen
from courses.errors import CourseError
from courses.models import Registration


class Aanmeldingen(APIView):
    """Registrations of a session: a trainer sees the own participants, a coordinator the own colleagues,
    and registers them."""

    permission_classes = [permissions.IsAuthenticated]

    @extend_schema(responses=shapes.Aanmeldingen)
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
        names_seen(session, by=person, count=len(found))
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
