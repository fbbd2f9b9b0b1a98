# SPDX-License-Identifier: EUPL-1.2
"""Pages that only tell something. What differs per installation comes from the settings."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe


@require_safe
def how_it_works(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/zo-werkt-het.html")


@require_safe
def contact(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/contact.html", _operator())


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/privacy.html", _operator())


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """The statement that the law asks for, in the six parts of the government's model."""
    context = _operator() | {
        "site": settings.BASE_URL,
        "status": settings.ACCESSIBILITY_STATUS,
        "report_url": settings.ACCESSIBILITY_REPORT_URL,
        "stated_on": settings.ACCESSIBILITY_DATE,
    }
    return render(request, "pages/toegankelijkheid.html", context)


def _operator() -> dict[str, str]:
    return {
        "operator": settings.OPERATOR_NAME or _("de beheerder van deze website"),
        "contact_email": settings.CONTACT_EMAIL,
        "security_contact": settings.SECURITY_CONTACT,
    }
