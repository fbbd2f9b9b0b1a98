# SPDX-License-Identifier: EUPL-1.2
"""/sitemap.xml (sitemaps.org): the public pages in both languages, streamed a row at a time."""

import datetime as dt
from collections.abc import Iterator
from xml.sax.saxutils import escape

from django.conf import settings
from django.db.models import Max, QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.urls import reverse
from django.utils import translation
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from accounts.models import Organisation, Person
from base import clock
from courses.domain.listed import for_everyone
from courses.models import Course, Edition

_INFO = (
    "courses:catalogue",
    "courses:tjc-week",
    "matching:requests",
    "reach:public",
    "pages:how-it-works",
    "pages:contact",
)
_SMALL_PRINT = ("pages:accessibility", "pages:privacy")
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
)
#: The format allows 50,000 addresses a file; each page has two.
MOST_PAGES = 25_000

Page = tuple[str, tuple[str, ...], dt.datetime | None]


@cache_control(public=True, max_age=3600)
@require_safe
def sitemap(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(_lines(), content_type="application/xml; charset=utf-8")


def _lines() -> Iterator[str]:
    yield _HEAD
    for number, (name, arguments, changed) in enumerate(_pages()):
        if number == MOST_PAGES:
            break
        yield from _entries(name, arguments, changed)
    yield "</urlset>\n"


def _entries(name: str, arguments: tuple[str, ...], changed: dt.datetime | None) -> Iterator[str]:
    urls = {}
    for code, _label in settings.LANGUAGES:
        with translation.override(code):
            urls[code] = escape(f"{settings.BASE_URL}{reverse(name, args=arguments)}")
    twins = "".join(
        f'<xhtml:link rel="alternate" hreflang="{code}" href="{url}"/>'
        for code, url in urls.items()
    )
    last = f"<lastmod>{changed:%Y-%m-%dT%H:%M:%SZ}</lastmod>" if changed else ""
    for url in urls.values():
        yield f"<url><loc>{url}</loc>{last}{twins}</url>\n"


def _pages() -> Iterator[Page]:
    for name in (*_INFO, *_SMALL_PRINT):
        yield name, (), None
    public = for_everyone(Course.objects.filter(status=Course.Status.PUBLISHED), clock.now())
    courses = public.order_by("pk").values_list("slug", "updated_at")
    for slug, changed in courses.iterator():
        yield "courses:course", (slug,), changed
    editions = Edition.objects.filter(programme_published_at__lte=clock.now()).order_by("pk")
    for slug in editions.values_list("slug", flat=True):
        yield "courses:edition", (slug,), None
    trainers = Person.objects.filter(
        is_active=True, slug__isnull=False, trainer_rows__course__in=public
    )
    yield from _with_date("courses:trainer", trainers, "trainer_rows__course__updated_at")
    hosts = Organisation.objects.filter(courses__in=public)
    yield from _with_date("courses:organisation", hosts, "courses__updated_at")


def _with_date(name: str, rows: "QuerySet", date: str) -> Iterator[Page]:  # type: ignore[type-arg]
    """Once each, last changed when one of their courses was."""
    dated = rows.order_by("pk").annotate(changed=Max(date)).values_list("slug", "changed")
    for slug, changed in dated.iterator():
        yield name, (slug,), changed
