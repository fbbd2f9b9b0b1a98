# SPDX-License-Identifier: EUPL-1.2
"""A session in a few words, for lists.

{{ session|where }}        Stadhuis, Zwolle
{{ session|where_icon }}   map-pin
{% plekken session %}      the pill «9 van 25 plekken vrij»
"""

from django import template

from base.templatetags.tjc import status
from courses import cards
from courses.models import Session

register = template.Library()


@register.filter
def where(session: Session) -> str:
    return cards.where_short(session)


@register.filter
def where_icon(session: Session) -> str:
    return cards.where_icon(session)


@register.simple_tag
def plekken(session: Session) -> str:
    kind, text = cards.places(session)
    return status(kind, text)
