# SPDX-License-Identifier: EUPL-1.2
"""Words for questions that several pages share."""

from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Province
from matching.models import KnowledgeRequest

State = KnowledgeRequest.State
Where = KnowledgeRequest.Where

#: Step of a question by its state; done is past the last.
STEP: dict[str, int] = {
    State.OPEN: 2,
    State.PROPOSED: 2,
    State.ASKED: 2,
    State.ACCEPTED: 3,
    State.PLANNED: 4,
    State.DONE: 5,
}
#: How the pill of a state looks (base: status).
PILL: dict[str, str] = {
    State.OPEN: "free",
    State.PROPOSED: "free",
    State.ASKED: "free",
    State.ACCEPTED: "new",
    State.PLANNED: "new",
    State.DONE: "past",
    State.CLOSED: "past",
    State.EXPIRED: "past",
}


def steps() -> list[str]:
    return [_("Vraag gesteld"), _("Kies een trainer"), _("Prik een moment"), _("Aan de slag")]


def for_whom(request: KnowledgeRequest) -> str:
    if request.people == 1:
        return _("Eén collega")
    others = request.people - 1
    return ngettext(
        "De vrager en %(count)d collega", "De vrager en %(count)d collega’s", others
    ) % {"count": others}


def when(request: KnowledgeRequest) -> str:
    first, last = request.not_before, request.not_after
    parts = [request.when_text] if request.when_text else []
    if first and last:
        parts.append(
            _("tussen %(first)s en %(last)s")
            % {"first": date_format(first, "j F Y"), "last": date_format(last, "j F Y")}
        )
    elif first:
        parts.append(_("vanaf %(day)s") % {"day": date_format(first, "j F Y")})
    elif last:
        parts.append(_("uiterlijk %(day)s") % {"day": date_format(last, "j F Y")})
    text = "; ".join(parts) or _("In overleg")
    return text[:1].upper() + text[1:]


def where(request: KnowledgeRequest) -> str:
    if request.where == Where.ONLINE:
        return _("Online")
    province = Province(request.province).label if request.province else ""
    place = (
        _("Op locatie in %(province)s") % {"province": province} if province else _("Op locatie")
    )
    if request.where == Where.ON_SITE:
        return place
    return _("%(place)s of online") % {"place": place}


def facts(request: KnowledgeRequest) -> list[dict[str, Any]]:
    """For who may read the question (base: feiten)."""
    rows = [
        {"icon": "users", "term": _("Voor wie"), "value": for_whom(request)},
        {"icon": "calendar-days", "term": _("Wanneer"), "value": when(request)},
        {
            "icon": "monitor" if request.where == Where.ONLINE else "map-pin",
            "term": _("Hoe"),
            "value": where(request),
        },
    ]
    if request.language != "nl":
        rows.append({"icon": "languages", "term": _("Taal"), "value": _("Engels")})
    return rows


def support_text(number: int) -> str:
    return ngettext(
        "%(n)d collega vraagt hetzelfde", "%(n)d collega’s vragen hetzelfde", number
    ) % {"n": number}
