# SPDX-License-Identifier: EUPL-1.2
"""What header and footer of every page need: ``shell`` (base/templates/base/README.md)."""

import dataclasses
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Subquery
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import rules
from accounts.models import Person, Role
from base.templatetags.tjc import initials, tint_of
from courses.models import CourseTrainer
from matching.models import Match
from tjc.pages.language import languages_of, path_in_dutch

_LINKS = {
    "home": "pages:home",
    "login": "accounts:signin",
    "help": "pages:how-it-works",
    "reach": "reach:public",
    "contact": "pages:contact",
    "accessibility": "pages:accessibility",
    "privacy": "pages:privacy",
    "my_data": "pages:my-data",
    "erase_account": "pages:erase-account",
}


_PAGE_DIGITS = 6


def shell(request: HttpRequest) -> dict[str, Any]:
    """Lazy: a page that shows no header (a fragment, an API answer) costs no query."""
    return {"shell": SimpleLazyObject(lambda: _shell(request))}


def _shell(request: HttpRequest) -> dict[str, Any]:
    person = getattr(request, "user", None)
    signed_in = (
        person if isinstance(person, Person) or getattr(person, "is_authenticated", False) else None
    )
    banners = ["demo/banner.html"] if settings.DEMO_MODE else []
    return {
        "nav": _navigation(request, signed_in),
        "me": _me(signed_in),
        "switch": _switch(request, signed_in),
        "banners": banners,
        "languages": languages_of(request),
        "canonical": _canonical(request),
        "share_image": f"{settings.BASE_URL}{static('deel.png')}",
        "links": {name: reverse(page) for name, page in _LINKS.items()},
    }


def _canonical(request: HttpRequest) -> str:
    """This page without filters, sorting and what else stands in the question; a second page is another page."""
    if request.resolver_match is None:
        return ""
    page = request.GET.get("page", "")
    question = (
        f"?page={page}" if page.isdecimal() and len(page) < _PAGE_DIGITS and page != "1" else ""
    )
    return f"{settings.BASE_URL}{request.path}{question}"


def _me(person: Person | None) -> dict[str, str] | None:
    if person is None:
        return None
    name = person.name or person.email
    return {
        "name": name,
        "initials": initials(name),
        "tint": tint_of(name),
        "url": reverse("pages:mine"),
    }


def _navigation(request: HttpRequest, person: Person | None) -> list[dict[str, Any]]:
    here = path_in_dutch(request.path)
    coordinates = person is not None and _is_coordinator(person)
    national = person is not None and (Role.Kind.NATIONAL, None) in person.role_keys
    teaching = _Teaching()
    if (coordinates or national) and here.startswith(("/coordinatie/", "/edities-beheer/")):
        items: list[tuple[str, str, tuple[str, ...]]] = _coordination(coordinates=coordinates)
    else:
        teaching = _teaching(person)
        items = [
            (_("Cursussen"), reverse("courses:catalogue"), ("/bijeenkomsten/", "/trainers/")),
            (_("TJC-week"), reverse("courses:tjc-week"), ("/edities/", "/tjc-dagen/")),
            (_("Kennisvragen"), reverse("matching:requests"), ("/voordracht/",)),
            (
                (_("Mijn cursussen"), reverse("courses:my-courses"), ("/geef-een-cursus/",))
                if teaching.teaches
                else (_("Geef een cursus"), reverse("courses:teach"), ())
            ),
        ]
        if coordinates:
            items.append((_("Coördinatie"), reverse("pages:coordinator-courses"), ()))
        elif national:
            items.append((_("Coördinatie"), reverse("accounts:access"), ()))
    badge_at = reverse("courses:my-courses" if teaching.teaches else "matching:requests")
    return [
        {
            "label": label,
            "url": url,
            "current": request.path.startswith(url) or here.startswith(also),
            **(_badge(teaching.waiting) if url == badge_at else {"badge": ""}),
        }
        for label, url, also in items
    ]


def _badge(waiting: int) -> dict[str, Any]:
    """Of the item where a trainer finds the questions that wait."""
    if not waiting:
        return {"badge": ""}
    label = ngettext("%(n)d vraag aan jou", "%(n)d vragen aan jou", waiting) % {"n": waiting}
    return {"badge": waiting, "badge_label": label}


def _coordination(*, coordinates: bool) -> list[tuple[str, str, tuple[str, ...]]]:
    """Five at most (ux-brief, section 3). Requests and confirming are one item of the national coordinator,
    each page leads to the other; coordinators of an organisation reach them from their page of colleagues."""
    if coordinates:
        return [
            (_("Bereik"), reverse("reach:coordinator"), ()),
            (_("Collega’s"), reverse("pages:coordinator-people"), ()),
            (_("Cursussen"), reverse("pages:coordinator-courses"), ()),
            (_("Kennis"), reverse("reach:knowledge"), ("/coordinatie/matching/",)),
            (_("Post uit"), reverse("notifications:sent"), ()),
        ]
    return [
        (_("Bereik"), reverse("reach:coordinator"), ()),
        (_("Toegang"), reverse("accounts:access"), ("/coordinatie/collegas-bevestigen/",)),
        (_("Edities"), reverse("courses:editions-manage"), ()),
        (_("Kennis"), reverse("reach:knowledge"), ("/coordinatie/matching/",)),
        (_("Post uit"), reverse("notifications:sent"), ()),
    ]


def _switch(request: HttpRequest, person: Person | None) -> dict[str, str] | None:
    if person is None or not rules.coordinates(person):
        return None
    if path_in_dutch(request.path).startswith(("/coordinatie/", "/edities-beheer/")):
        return {"label": _("Bekijk als collega"), "url": reverse("courses:catalogue")}
    return None


def _is_coordinator(person: Person) -> bool:
    return any(kind == Role.Kind.COORDINATOR for kind, _organisation in person.role_keys)


@dataclasses.dataclass(frozen=True)
class _Teaching:
    teaches: bool = False
    #: Questions that wait for this trainer's answer.
    waiting: int = 0


def _teaching(person: Person | None) -> _Teaching:
    """One query, on every page of who is signed in."""
    if person is None:
        return _Teaching()
    asked = (
        Match.objects.filter(trainer=OuterRef("pk"), state=Match.State.ASKED)
        .order_by()
        .values("trainer")
        .annotate(number=Count("pk"))
        .values("number")
    )
    found = (
        Person.objects.filter(pk=person.pk)
        .annotate(
            teaches=Exists(CourseTrainer.objects.filter(person=OuterRef("pk"))),
            waiting=Subquery(asked),
        )
        .values_list("teaches", "waiting")
        .first()
    )
    return _Teaching(found[0], found[1] or 0) if found else _Teaching()
