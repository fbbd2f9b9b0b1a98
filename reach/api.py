# SPDX-License-Identifier: EUPL-1.2
"""``/bereik``: the published figures of one period. Public; a coordinator's token adds the own organisation.

What is public here is what open data and the page show (reach.domain.published).
"""

from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotAuthenticated, PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import Organisation, Person
from reach.access import coordinated
from reach.api_shapes import Bereik, BereikPeriode, bereik, period
from reach.domain import published
from reach.domain.open_tables import TABLES
from reach.domain.published import Shelf
from reach.domain.scopes import Scope, UnknownScope, choose

FIVE_MINUTES = 300


class BereikPeriodes(APIView):
    """Every period that figures were published of, newest edition first."""

    @extend_schema(operation_id="bereik_periodes", responses=BereikPeriode(many=True))
    def get(self, request: Request) -> Response:
        shelf = published.shelf()
        known = [scope for scope in shelf.offered if scope.stored_key in shelf.snapshots]
        return Response([period(scope, shelf.snapshots[scope.stored_key]) for scope in known])


class BereikCijfers(APIView):
    """The figures of one period: without ``periode`` the newest edition that has begun."""

    @extend_schema(
        operation_id="bereik",
        responses=Bereik,
        parameters=[
            OpenApiParameter("periode", str, description="code uit /bereik/periodes"),
            OpenApiParameter(
                "organisatie",
                str,
                description="slug of TOOI van een organisatie die je coördineert; vraagt een token",
            ),
        ],
    )
    def get(self, request: Request) -> Response:
        shelf = published.shelf()
        scope = _period(request, shelf)
        organisation = _organisation(request)
        found = shelf.read(
            scope, tables=[table.name for table in TABLES.values()], organisation=organisation
        )
        if found is None:
            raise ValidationError({"periode": [_("Van deze periode zijn er nog geen cijfers.")]})
        response = Response(bereik(found, shelf.snapshots[scope.stored_key], organisation))
        if organisation is None:
            patch_cache_control(response, public=True, max_age=FIVE_MINUTES)
        else:
            patch_cache_control(response, private=True, no_store=True)
        return response


def _period(request: Request, shelf: Shelf) -> Scope:
    known = [scope for scope in shelf.offered if scope.stored_key in shelf.snapshots]
    if not known:
        raise ValidationError({"periode": [_("Er zijn nog geen cijfers.")]})
    try:
        return choose(known, request.query_params.get("periode", ""))
    except UnknownScope:
        raise ValidationError(
            {"periode": [_("Deze periode bestaat niet. Kijk in /bereik/periodes.")]}
        ) from None


def _organisation(request: Request) -> Organisation | None:
    """The one that was asked for; else the first that the token's owner coordinates, if any."""
    asked = request.query_params.get("organisatie", "")
    if not isinstance(request.user, Person):
        if asked:
            raise NotAuthenticated(_("Voor de cijfers van een organisatie is een token nodig."))
        return None
    own = coordinated(request.user)
    if not asked:
        return own[0] if own else None
    for organisation in own:
        if asked in {organisation.slug, organisation.tooi}:
            return organisation
    raise PermissionDenied(_("Je bent geen coördinator van deze organisatie."))
