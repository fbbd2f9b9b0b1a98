# SPDX-License-Identifier: EUPL-1.2
"""What every page for one signed-in person has in common."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.views.decorators.cache import never_cache

from accounts.models import Person

View = Callable[..., HttpResponse]


class PersonRequest(HttpRequest):
    """The request of somebody who signed in."""

    user: Person


def personal(view: Callable[..., HttpResponse]) -> View:
    """Sign in first, and nothing of it stays in a cache between here and the browser."""
    wrapped: Any = never_cache(login_required(view))
    return wrapped  # type: ignore[no-any-return]


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: also an empty POST is one."""
    return request.POST if request.method == "POST" else None
