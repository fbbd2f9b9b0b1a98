# SPDX-License-Identifier: EUPL-1.2
"""{{ course.description|markdown }}: user text, rendered and sanitised."""

from django import template
from django.utils.safestring import SafeString

from base.text import render_markdown

register = template.Library()


@register.filter
def markdown(source: str) -> SafeString:
    return render_markdown(source or "")
