# SPDX-License-Identifier: EUPL-1.2
"""Errors as ``application/problem+json`` (RFC 9457), validation as 400 with every error at once."""

import json
import logging
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import set_rollback

CONTENT_TYPE = "application/problem+json"
_TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    406: "Not Acceptable",
    409: "Conflict",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}
logger = logging.getLogger(__name__)


class Refused(exceptions.APIException):
    """409: the request is well-formed, but the rules say no. ``detail`` is the sentence for a person."""

    status_code = status.HTTP_409_CONFLICT

    def __init__(self, sentence: str, code: str) -> None:
        super().__init__(sentence, code)


class TooLarge(exceptions.APIException):
    """413: more than Django reads (DATA_UPLOAD_MAX_MEMORY_SIZE)."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE

    def __init__(self) -> None:
        super().__init__(_("Dit is te veel om in één keer te sturen."), "too_large")


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """For REST_FRAMEWORK['EXCEPTION_HANDLER']. Unknown errors stay Django's: logged, a 500."""
    if isinstance(exc, Http404):
        exc = exceptions.NotFound(_("Dit bestaat niet (meer)."))
    elif isinstance(exc, PermissionDenied):
        exc = exceptions.PermissionDenied()
    elif isinstance(exc, RequestDataTooBig):
        exc = TooLarge()
    if not isinstance(exc, exceptions.APIException):
        return None
    body: dict[str, Any] = {
        "status": exc.status_code,
        "title": _TITLES.get(exc.status_code, "Error"),
    }
    if isinstance(exc, exceptions.ValidationError):
        body["detail"] = _("De gegevens kloppen niet. Kijk bij ‘errors’ wat er mist.")
        body["errors"] = list(_flatten(exc.detail))
    else:
        body["detail"] = str(exc.detail)
        body["code"] = exc.get_codes() if isinstance(exc.get_codes(), str) else "error"
    headers = {}
    if getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = exc.auth_header  # type: ignore[attr-defined]
    if getattr(exc, "wait", None):
        headers["Retry-After"] = str(int(exc.wait))  # type: ignore[attr-defined]
    set_rollback()
    return Response(body, status=exc.status_code, headers=headers, content_type=CONTENT_TYPE)


def _flatten(detail: Any, path: str = "") -> Any:
    """{'field': name in the request, 'code', 'detail'} for every message, however deep."""
    if isinstance(detail, dict):
        for name, part in detail.items():
            own = "" if name == "non_field_errors" else name
            yield from _flatten(part, f"{path}.{own}".strip(".") if own else path)
    elif isinstance(detail, list):
        for part in detail:
            yield from _flatten(part, path)
    else:
        yield {"field": path, "code": getattr(detail, "code", "invalid"), "detail": str(detail)}


def problem(request: HttpRequest, code: int, detail: str) -> HttpResponse:
    """A problem for answers that DRF does not make (an unknown address under /api/)."""
    body = {"status": int(code), "title": _TITLES.get(code, "Error"), "detail": detail}
    return HttpResponse(json.dumps(body), status=code, content_type=CONTENT_TYPE)


def not_found(request: HttpRequest, **_kwargs: Any) -> HttpResponse:
    """Everything under /api/v1 that is no resource, a trailing slash included: 404, never a redirect."""
    return problem(request, 404, _("Dit adres bestaat niet in deze API."))
