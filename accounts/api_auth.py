# SPDX-License-Identifier: EUPL-1.2
"""``Authorization: Bearer <token>`` (RFC 6750). The answer's shape is base.api.problem's."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.domain.tokens import person_for_token
from accounts.models import Person

MAX_TOKEN = 200


class BearerAuthentication(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[Person, None] | None:
        """None without a bearer header: the caller is anonymous. Raises AuthenticationFailed (401)."""
        scheme, _space, token = str(request.META.get("HTTP_AUTHORIZATION", "")).partition(" ")
        if scheme.lower() != "bearer":
            return None
        token = token.strip()
        person = person_for_token(token) if 0 < len(token) <= MAX_TOKEN else None
        if person is None:
            raise AuthenticationFailed(_("Deze token werkt niet (meer)."))
        return person, None

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="TrainJeCollega"'


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "accounts.api_auth.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}
