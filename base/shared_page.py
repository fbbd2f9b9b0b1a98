# SPDX-License-Identifier: EUPL-1.2
"""One copy of a public page for all visitors who ask for it within the same second.

In the opening rush thousands of people open one and the same page; it is made once a second and process, and
nobody sees anything older than a page that was opened a second ago. Only for pages that are the same for
everybody: who has a session or a message to read gets a page of the own, and a page with a form token in it is never kept.
"""

import functools
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

#: Some 4 MB of catalogue pages a process.
MOST = 50
_LONGEST_ADDRESS = 500
#: Who is signed in, and who is still to be told something («Je bent uitgelogd»): the page would tell everybody.
_PERSONAL = {settings.SESSION_COOKIE_NAME, CookieStorage.cookie_name}
#: What htmx says and a page may answer differently to.
_ASKED_BY = ("HX-Request", "HX-Boosted", "HX-Target", "HX-History-Restore-Request")

View = Callable[..., HttpResponse]
Key = tuple[str | None, ...]


class _Copy(NamedTuple):
    until: float
    content: bytes
    headers: dict[str, str]


_copies: OrderedDict[Key, _Copy] = OrderedDict()
_guard = threading.Lock()


def shared_page(view: View) -> View:
    """For a view whose answer depends on the address, the language and htmx alone when nobody is signed in.

    ``settings.SHARED_PAGE_SECONDS`` is how old a copy may be; 0 keeps none.
    """

    @functools.wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        seconds = settings.SHARED_PAGE_SECONDS
        if not seconds or not _is_for_all(request):
            return view(request, *args, **kwargs)
        key = _key(request)
        copy = _copies.get(key)
        if copy is not None and copy.until > time.monotonic():
            return HttpResponse(copy.content, headers=copy.headers)
        response = view(request, *args, **kwargs)
        if _may_be_kept(request, response):
            patch_vary_headers(response, ["Cookie"])
            _keep(key, response, time.monotonic() + seconds)
        return response

    return answer


def forget() -> None:
    """Every copy of this process."""
    with _guard:
        _copies.clear()


def _is_for_all(request: HttpRequest) -> bool:
    return (
        request.method == "GET"
        and not _PERSONAL & request.COOKIES.keys()
        and len(request.get_full_path()) <= _LONGEST_ADDRESS
    )


def _key(request: HttpRequest) -> Key:
    return (
        request.scheme,
        request.get_host(),
        request.get_full_path(),
        *(request.headers.get(name) for name in _ASKED_BY),
    )


def _may_be_kept(request: HttpRequest, response: HttpResponse) -> bool:
    return (
        response.status_code == 200  # noqa: PLR2004
        and not response.streaming
        and not response.cookies
        and not request.META.get("CSRF_COOKIE_NEEDS_UPDATE")
    )


def _keep(key: Key, response: HttpResponse, until: float) -> None:
    with _guard:
        _copies[key] = _Copy(until, response.content, dict(response.items()))
        _copies.move_to_end(key)
        while len(_copies) > MOST:
            _copies.popitem(last=False)
