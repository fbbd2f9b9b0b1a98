# SPDX-License-Identifier: EUPL-1.2
"""Is this web process fit to serve? For load balancers, the container's health check and monitoring."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 ``ok`` when the database answers, else 503. Says nothing about the reason: the log does.

    Broker and mail are left out on purpose: without them pages and registrations go on, and the outbox
    catches up (docs/operations.md). Taking the web down for them would make a small fault a big one.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError:
        return HttpResponse("database\n", status=503, content_type="text/plain; charset=utf-8")
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")
