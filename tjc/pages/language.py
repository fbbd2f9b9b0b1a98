# SPDX-License-Identifier: EUPL-1.2
"""Dutch without a prefix, English under /en/. The address alone decides: no cookie, no Accept-Language.

So a link that somebody shares looks the same to everybody, and a cache may keep one page for all. What
language a person's mails are in is something else: Person.language, chosen at /mijn/gegevens/.

The API has one address for all, so there the program says with Accept-Language in what language it reads.
"""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.locale import LocaleMiddleware
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

API = "/api/"


class AddressLanguageMiddleware(LocaleMiddleware):
    """Django's own, without its ``Vary: Accept-Language``: with i18n_patterns and Dutch unprefixed it
    already looks at nothing but the address."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        if request.path_info.startswith(API):
            language = _accepted(request.headers.get("Accept-Language", ""))
            translation.activate(language)
            request.LANGUAGE_CODE = language

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        response.headers.setdefault("Content-Language", translation.get_language() or "")
        if request.path_info.startswith(API):
            patch_vary_headers(response, ["Accept-Language"])
        return response


def _accepted(header: str) -> str:
    """What we speak of what is asked for, the most wanted first; else Dutch."""
    for asked, _weight in parse_accept_lang_header(header):
        language = asked.partition("-")[0]
        if language in dict(settings.LANGUAGES):
            return language
    return str(settings.LANGUAGE_CODE)


@dataclass(frozen=True)
class InLanguage:
    """This page in one of the languages; ``label`` is the name of the language in that language."""

    code: str
    label: str
    url: str
    absolute_url: str
    current: bool


def path_in_dutch(path: str) -> str:
    """'/en/mijn/' is '/mijn/': to compare addresses whatever the language."""
    language = translation.get_language_from_path(path)
    if language is None or language == settings.LANGUAGE_CODE:
        return path
    # One slash: two would be another host.
    return "/" + path.removeprefix("/").partition("/")[2].lstrip("/")


def languages_of(request: HttpRequest) -> list[InLanguage]:
    """The same page with the same question in every language; nothing for a page that has one language."""
    here = translation.get_language()
    found = []
    for code, _name in settings.LANGUAGES:
        path = request.path if code == here else _path_in(request, code)
        if code != here and path == request.path:
            return []
        query = request.META.get("QUERY_STRING", "")
        url = f"{path}?{query}" if query else path
        found.append(
            InLanguage(
                code=code,
                label=translation.get_language_info(code)["name_local"].capitalize(),
                url=url,
                absolute_url=f"{settings.BASE_URL}{url}",
                current=code == here,
            )
        )
    return found


def _path_in(request: HttpRequest, code: str) -> str:
    match = request.resolver_match
    if match is None:
        # No such page in any language: then say that in the other one.
        dutch = path_in_dutch(request.path)
        return dutch if code == settings.LANGUAGE_CODE else f"/{code}{dutch}"
    with translation.override(code):
        try:
            return reverse(match.view_name, args=match.args, kwargs=match.kwargs)
        except NoReverseMatch:
            return request.path
