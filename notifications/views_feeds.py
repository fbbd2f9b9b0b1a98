# SPDX-License-Identifier: EUPL-1.2
"""Calendars to subscribe to. Polled by programs all day: mostly answered with 304 after a small query or two."""

import datetime as dt
import gzip

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from accounts.domain.limits import Limit, client_ip, network
from accounts.models import Organisation
from base import clock
from courses.models import Edition
from notifications.domain import feed_rows, feeds
from notifications.domain.feed_rows import FeedRows
from notifications.itip import feed

#: Guessing 256 bits is hopeless anyway; this keeps it from being a load.
_WRONG_TOKENS = Limit("feed-token", times=60, seconds=600)
_KEPT_SECONDS = 24 * 3600
_FRESH_SECONDS = 300
#: Thousands of programs ask for the same public calendar: its rows are looked at once in so many seconds. Well
#: within what Cache-Control lets a program keep. Somebody's own calendar is looked at every time.
_LOOK_AGAIN_SECONDS = 60


@require_safe
def person(request: HttpRequest, token: str) -> HttpResponse:
    owner = feeds.person_of(token)
    if owner is None:
        if not _WRONG_TOKENS.allows(network(client_ip(request))):
            return HttpResponse(status=429, headers={"Retry-After": "600"})
        raise Http404
    return _answer(request, feed_rows.of_person(owner))


@require_safe
def edition(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Edition, slug=slug)
    if not found.programme_is_public:
        raise Http404
    return _answer(request, feed_rows.of_edition(found))


@require_safe
def organisation(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Organisation, slug=slug)
    return _answer(request, feed_rows.of_organisation(found))


def _answer(request: HttpRequest, rows: FeedRows) -> HttpResponse:
    fingerprint, saved = _fingerprint(rows)
    etag = f'W/"{fingerprint}"'
    response = HttpResponse(content_type="text/calendar; charset=utf-8")
    response["ETag"] = etag
    response["Cache-Control"] = (
        f"{'private' if rows.own is not None else 'public'}, max-age={_FRESH_SECONDS}"
    )
    response["Vary"] = "Accept-Encoding"
    last_modified = int(saved.timestamp()) if saved is not None else None
    if last_modified is not None:
        response["Last-Modified"] = http_date(last_modified)
    answer = get_conditional_response(request, etag, last_modified, response)
    if answer is not response:
        assert answer is not None
        return answer
    packed = _packed(rows, fingerprint)
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        response["Content-Encoding"] = "gzip"
        response.content = packed
    else:
        response.content = gzip.decompress(packed)
    response["Content-Length"] = str(len(response.content))
    response["Content-Disposition"] = 'inline; filename="trainjecollega.ics"'
    return response


def key_of_this_minute(scope: str) -> str:
    """Under which the fingerprint of a public feed is kept."""
    return f"feed-of:{scope}:{int(clock.now().timestamp()) // _LOOK_AGAIN_SECONDS}"


def _fingerprint(rows: FeedRows) -> tuple[str, dt.datetime | None]:
    if rows.own is not None:
        return rows.fingerprint()
    key = key_of_this_minute(rows.scope)
    found: tuple[str, dt.datetime | None] | None = cache.get(key)
    if found is None:
        found = rows.fingerprint()
        cache.set(key, found, timeout=_LOOK_AGAIN_SECONDS)
    return found


def _packed(rows: FeedRows, fingerprint: str) -> bytes:
    """Written once per fingerprint, kept compressed."""
    key = f"feed:{fingerprint}"
    packed: bytes | None = cache.get(key)
    if packed is None:
        with translation.override(rows.language):
            octets = feed.build(rows.name, rows.rows(), with_link=rows.own is not None)
        packed = gzip.compress(octets, compresslevel=6, mtime=0)
        cache.set(key, packed, timeout=_KEPT_SECONDS)
    return packed
