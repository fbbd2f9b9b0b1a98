# SPDX-License-Identifier: EUPL-1.2
"""A course as the values of its card, and the words for place and seats that every page shares."""

from typing import TypedDict

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from base.templatetags.dates import when
from base.templatetags.tjc import icon
from courses.models import Course, Session
from courses.models.course import Format

FEW = 3

_ICONS = {Format.ONLINE: "monitor", Format.ON_SITE: "map-pin", Format.HYBRID: "map-pin"}


class Card(TypedDict):
    """What the component ``card`` shows (base/templates/base/README.md)."""

    theme_label: str
    theme_tint: str
    theme_icon: str
    status_kind: str
    status_text: str
    title: str
    lang: str
    url: str
    when: str
    where_icon: str
    where: str
    person_name: str
    person_org: str


def places(session: Session) -> tuple[str, str]:
    """Kind of the status pill, and its words."""
    if session.status == Session.Status.CANCELLED:
        return "past", _("Gaat niet door")
    if session.has_started:
        return "past", _("Geweest")
    if session.free == 0:
        return "full", _("Vol, wachtlijst open")
    if session.free <= FEW:
        return "few", ngettext("Nog %(count)d plek", "Nog %(count)d plekken", session.free) % {
            "count": session.free
        }
    return "free", _("%(free)d van %(all)d plekken vrij") % {
        "free": session.free,
        "all": session.capacity,
    }


def known_icon(name: str) -> str:
    """The name of a theme's icon when lucide has it; themes are typed in the admin."""
    return name if icon(name, missing_ok=True) else ""


def where_icon(session: Session) -> str:
    return _ICONS[Format(session.format)]


def where_short(session: Session) -> str:
    """'Online', 'Stadhuis, Zwolle' or 'Stadhuis, Zwolle of online'."""
    if not session.is_on_site:
        return _("Online")
    location = session.location
    building = (
        ", ".join(part for part in (location.name, location.city) if part) if location else ""
    )
    building = building or _("Op locatie")
    if session.is_online:
        return _("%(building)s of online") % {"building": building}
    return building


def where_long(session: Session) -> str:
    """With the room, for the facts of a course. The link itself is only for who takes part."""
    if not session.is_on_site:
        return (
            _("Online. De link staat in je agenda.")
            if session.online_url
            else _("Online. De link krijg je later.")
        )
    building = str(session.location) if session.location else _("Op locatie")
    if session.is_online:
        text = (
            _("%(building)s, of online. De link staat in je agenda.")
            if session.online_url
            else _("%(building)s, of online. De link krijg je later.")
        )
        return text % {"building": building}
    return building


def card(course: Course, session: Session | None, *, trainer: str) -> Card:
    """Reads course.theme, course.organisation and session.location."""
    theme = course.theme
    if session is None:
        status = ("full", _("Nog geen datum"))
        moment = _("Nog geen datum. Laat weten dat je interesse hebt.")
        place = (_ICONS[Format(course.format)], str(Format(course.format).label))
    else:
        status = places(session)
        moment = when(session)
        place = (where_icon(session), where_short(session))
    return {
        "theme_label": theme.name if theme else "",
        "theme_tint": theme.tint if theme else "recht",
        "theme_icon": theme.icon if theme else "",
        "status_kind": status[0],
        "status_text": status[1],
        "title": course.title,
        "lang": course.language,
        "url": reverse("courses:course", args=[course.slug]),
        "when": moment,
        "where_icon": place[0],
        "where": place[1],
        "person_name": trainer,
        "person_org": course.organisation.name,
    }
