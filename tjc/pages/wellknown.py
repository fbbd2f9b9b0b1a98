# SPDX-License-Identifier: EUPL-1.2
"""/.well-known/security.txt (RFC 9116): where to report a weakness; robots.txt; the web manifest."""

import datetime as dt

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from base import clock

#: RFC 9116, section 2.5.5 recommends less than a year. Half a year is renewed at every request.
VALID_DAYS = 180


@cache_control(public=True, max_age=24 * 3600)
@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    today = clock.now().astimezone(dt.UTC).date()
    expires = today + dt.timedelta(days=VALID_DAYS)
    lines = [
        f"Contact: {settings.SECURITY_CONTACT}",
        f"Expires: {expires:%Y-%m-%d}T00:00:00Z",
        "Preferred-Languages: nl, en",
        f"Canonical: {settings.BASE_URL}/.well-known/security.txt",
        f"Policy: {settings.BASE_URL}/contact/",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


#: Behind signing in, or behind a link that is somebody's own.
_PERSONAL = (
    "aanmelden",
    "afmelden",
    "agenda",
    "beheer",
    "berichten",
    "bijeenkomsten",
    "coordinatie",
    "demo",
    "edities-beheer",
    "evaluatie",
    "geef-een-cursus",
    "inloggen",
    "mijn",
    "toegang-vragen",
    "toegepast",
    "uitschrijven",
    "verzetten",
    "voordracht",
)


@cache_control(public=True, max_age=24 * 3600)
@require_safe
def robots_txt(request: HttpRequest) -> HttpResponse:
    """RFC 9309. A demo is not for search engines: its courses do not exist."""
    lines = ["User-agent: *"]
    if settings.DEMO_MODE:
        lines.append("Disallow: /")
    else:
        lines += [f"Disallow: {start}/{name}/" for name in _PERSONAL for start in ("", "/en")]
        lines += ["Disallow: /api/", "", f"Sitemap: {settings.BASE_URL}/sitemap.xml"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@cache_control(public=True, max_age=24 * 3600)
@require_safe
def web_manifest(request: HttpRequest) -> HttpResponse:
    """For who puts the site on the first screen of a phone."""
    manifest = {
        "name": "TrainJeCollega",
        "short_name": "TJC",
        "lang": "nl",
        "start_url": "/cursussen/",
        "scope": "/",
        "display": "browser",
        "background_color": "#fffaf2",
        "theme_color": "#06332f",
        "icons": [{"src": static("favicon.svg"), "type": "image/svg+xml", "sizes": "any"}],
    }
    return JsonResponse(manifest, content_type="application/manifest+json")
