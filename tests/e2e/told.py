# SPDX-License-Identifier: EUPL-1.2
"""Which template a page was made of, told in a header: so that a walk can say which templates it saw."""

import threading
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.template import Template
from django.test.signals import template_rendered
from django.test.utils import instrumented_test_render

from tests.e2e.templates import HEADER, page_templates

_PAGES = page_templates()
_here = threading.local()


def _hear(template: Template, **_: object) -> None:
    """Of a page and what it extends, the page itself comes first."""
    if template.name in _PAGES and not getattr(_here, "page", ""):
        _here.page = template.name


def tell_template(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    Template._render = instrumented_test_render  # as django.test does it
    template_rendered.connect(_hear)
    #: A copy of a page (base.shared_page) is rendered once and answered more often.
    seen: dict[str, str] = {}

    def answer(request: HttpRequest) -> HttpResponse:
        _here.page = ""
        response = get_response(request)
        page = seen[request.get_full_path()] = _here.page or seen.get(request.get_full_path(), "")
        response[HEADER] = page
        return response

    return answer
