# SPDX-License-Identifier: EUPL-1.2
"""/.well-known/security.txt (RFC 9116): where to report a weakness."""

import datetime as dt

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from base import clock

#: RFC 9116, section 2.5.5 recommends less than a year. Half a year is renewed at every request.
VALID_DAYS = 180


@cache_control(public=True, max_age=24 * 3600)
@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    today = clock.now().astimezone(dt.UTC).date()
    expires = today + dt.timedelta(days=VALID_DAYS)
    lines = [
        f"Contact: {settings.SECURITY_CONTACT}",
        f"Expires: {expires:%Y-%m-%d}T00:00:00Z",
        "Preferred-Languages: nl, en",
        f"Canonical: {settings.BASE_URL}/.well-known/security.txt",
        f"Policy: {settings.BASE_URL}/contact/",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
