# SPDX-License-Identifier: EUPL-1.2
"""The front door leads to what there is to learn."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return redirect("courses:catalogue")
