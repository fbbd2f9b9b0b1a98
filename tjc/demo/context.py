# SPDX-License-Identifier: EUPL-1.2
"""What the banner needs on every page, without a query of its own."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from tjc.demo.roles import ROLES, SESSION_KEY


def demo(request: HttpRequest) -> dict[str, Any]:
    return {"demo_roles": SimpleLazyObject(lambda: _roles(request))}


def _roles(request: HttpRequest) -> list[dict[str, Any]]:
    session = getattr(request, "session", None)
    current = session.get(SESSION_KEY) if session is not None else None
    return [
        {"key": role.key, "label": role.label, "current": role.key == current} for role in ROLES
    ]
