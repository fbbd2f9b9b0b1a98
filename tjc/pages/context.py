# SPDX-License-Identifier: EUPL-1.2
"""What header and footer of every page need: ``shell`` (base/templates/base/README.md)."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from accounts import rules
from accounts.models import Person, Role
from base.templatetags.tjc import initials, tint_of
from courses.models import CourseTrainer
from tjc.pages.language import languages_of, path_in_dutch

_LINKS = {
    "home": "pages:home",
    "login": "accounts:signin",
    "help": "pages:how-it-works",
    "contact": "pages:contact",
    "accessibility": "pages:accessibility",
    "privacy": "pages:privacy",
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
    if (coordinates or national) and here.startswith(("/coordinatie/", "/edities-beheer/")):
        items: list[tuple[str, str, tuple[str, ...]]] = _coordination(coordinates=coordinates)
    else:
        teaches = person is not None and _teaches(person)
        items = [
            (_("Cursussen"), reverse("courses:catalogue"), ("/bijeenkomsten/", "/trainers/")),
            (_("TJC-week"), reverse("courses:tjc-week"), ("/edities/", "/tjc-dagen/")),
            (
                (_("Mijn cursussen"), reverse("courses:my-courses"), ("/geef-een-cursus/",))
                if teaches
                else (_("Geef een cursus"), reverse("courses:teach"), ())
            ),
        ]
        if coordinates:
            items.append((_("Coördinatie"), reverse("pages:coordinator-courses"), ()))
        elif national:
            items.append((_("Coördinatie"), reverse("accounts:access"), ()))
    return [
        {
            "label": label,
            "url": url,
            "current": request.path.startswith(url) or here.startswith(also),
            "badge": "",
        }
        for label, url, also in items
    ]


def _coordination(*, coordinates: bool) -> list[tuple[str, str, tuple[str, ...]]]:
    """Five at most. Coordinators of an organisation reach its requests from their page of colleagues."""
    if coordinates:
        return [
            (_("Bereik"), reverse("reach:coordinator"), ()),
            (_("Collega’s"), reverse("pages:coordinator-people"), ()),
            (_("Cursussen"), reverse("pages:coordinator-courses"), ()),
            (_("Post uit"), reverse("notifications:sent"), ()),
            (_("TJC-week"), reverse("courses:tjc-week"), ()),
        ]
    return [
        (_("Bereik"), reverse("reach:coordinator"), ()),
        (_("Toegang"), reverse("accounts:access"), ()),
        (_("Bevestigen"), reverse("accounts:confirm-people"), ()),
        (_("Edities"), reverse("courses:editions-manage"), ()),
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


def _teaches(person: Person) -> bool:
    return CourseTrainer.objects.filter(person=person).exists()
