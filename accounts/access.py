# SPDX-License-Identifier: EUPL-1.2
"""How a view gets at what it may show: through these functions, never around them.

Somebody who is not signed in goes to the sign-in page; somebody who is, and may not see a page, gets 403;
an object that is not theirs does not exist (404).
"""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from accounts import rules
from accounts.models import AccessRequest, Person

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def me(request: HttpRequest) -> Person:
    """The signed-in person, behind login_required."""
    assert isinstance(request.user, Person)
    return request.user


def requires(predicate: Callable[[Any], bool]) -> Callable[[View[P]], View[P]]:
    """Signed in, and the predicate (accounts.rules or another room's) says yes."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not predicate(request.user):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return cast(View[P], login_required(guarded))

    return decorate


def access_request(request: HttpRequest, public_id: uuid.UUID) -> AccessRequest:
    row = get_object_or_404(
        AccessRequest.objects.select_related("organisation", "person"), public_id=public_id
    )
    if not rules.may_decide_access(request.user, row):
        raise Http404
    return row


def colleague_to_confirm(request: HttpRequest, public_id: uuid.UUID) -> Person:
    row = get_object_or_404(Person.objects.select_related("organisation"), public_id=public_id)
    if row.organisation is None or not rules.may_confirm_person(request.user, row):
        raise Http404
    return row
