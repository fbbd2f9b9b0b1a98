# SPDX-License-Identifier: EUPL-1.2
"""A session in a few words, for lists.

{{ session|where }}        Stadhuis, Zwolle
{% plekken session %}      the pill «9 van 25 plekken vrij»
"""

from django import template

from base.templatetags.tjc import status
from courses.cards import places, where_short
from courses.models import Session

register = template.Library()


@register.filter
def where(session: Session) -> str:
    return where_short(session)


@register.simple_tag
def plekken(session: Session) -> str:
    kind, text = places(session)
    return status(kind, text)
