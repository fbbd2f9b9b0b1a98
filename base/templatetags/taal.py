# SPDX-License-Identifier: EUPL-1.2
"""Which language a text is in, where that is not the language of its page (WCAG 3.1.2).

A built-in of every template, as the components are.
"""

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.translation import get_language

register = template.Library()


@register.filter
def taal(code: str) -> str:
    """The attribute for an element with text in another language than its page: a screen reader then speaks it well."""
    return format_html(' lang="{}"', code) if code and code != get_language() else ""


@register.filter
def in_taal(text: str, code: str) -> str:
    """The text in a span that says its language, where that is not the page's."""
    return format_html("<span{}>{}</span>", taal(code), text) if taal(code) else text


@register.filter
def titel(course: Any) -> str:
    """The title of a course, in its own language. Not for `<title>` and attributes, which hold only text."""
    return in_taal(course.title, course.language)
