# SPDX-License-Identifier: EUPL-1.2
"""What search engines and chat programs read of a page."""

import json
from typing import Any

from django import template
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

#: No closing tag and no comment can come out of a text, whatever people typed.
_ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


@register.simple_tag
def json_ld(data: dict[str, Any] | None) -> SafeString | str:
    """A data block (schema.org). Browsers do not run it, so ``script-src 'self'`` lets it stand."""
    if not data:
        return ""
    text = json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False).translate(_ESCAPES)
    block = mark_safe(text)  # noqa: S308 - JSON in which < > and & are escaped
    return format_html('<script type="application/ld+json">{}</script>', block)
