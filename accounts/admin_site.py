# SPDX-License-Identifier: EUPL-1.2
"""The Django admin, with a line in the audit trail for every page of it that is looked at: rows name people."""

from functools import wraps
from http import HTTPStatus
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from accounts.domain import audit
from accounts.models import Person

#: Pages without rows.
_PLAIN = frozenset(
    {"index", "app_list", "logout", "password_change", "password_change_done", "jsi18n"}
)


class LoggedAdminSite(admin.AdminSite):
    def admin_view(self, view: Any, cacheable: bool = False) -> Any:  # noqa: FBT001, FBT002 - Django's signature
        shown = super().admin_view(view, cacheable)

        @wraps(shown)
        def logged(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            response: HttpResponse = shown(request, *args, **kwargs)
            match = request.resolver_match
            page = match.url_name if match is not None else None
            if (
                response.status_code == HTTPStatus.OK  # a redirect shows nobody
                and page not in _PLAIN
                and isinstance(request.user, Person)
                and self.has_permission(request)
            ):
                audit.record("admin.viewed", actor=request.user, page=page, **kwargs)
            return response

        return logged
