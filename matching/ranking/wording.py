# SPDX-License-Identifier: EUPL-1.2
"""Reasons in words, when a page is shown: in the language of the reader. Imports nothing heavy: web uses it."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Province

_Data = Mapping[str, Any]


def _province(data: _Data) -> str:
    return str(dict(Province.choices).get(data["province"], data["province"]))


def _language(data: _Data) -> str:
    return str({"en": _("Engels"), "nl": _("Nederlands")}.get(data["language"], data["language"]))


def _taught(data: _Data) -> str:
    return ngettext(
        "Gaf al %(times)d bijeenkomst", "Gaf al %(times)d bijeenkomsten", data["times"]
    ) % {"times": data["times"]}


def _score(data: _Data) -> str:
    return ngettext(
        "Deelnemers geven een %(score)s (%(number)d reactie)",
        "Deelnemers geven een %(score)s (%(number)d reacties)",
        data["number"],
    ) % {"score": number_format(data["score"], 1), "number": data["number"]}


def _room(data: _Data) -> str:
    return ngettext(
        "Heeft dit jaar nog plek voor %(left)d vraag",
        "Heeft dit jaar nog plek voor %(left)d vragen",
        data["left"],
    ) % {"left": data["left"]}


def _bundle(data: _Data) -> str:
    return ngettext(
        "Eén bijeenkomst helpt %(questions)d vragen van %(organisations)d organisatie",
        "Eén bijeenkomst helpt %(questions)d vragen van %(organisations)d organisaties",
        data["organisations"],
    ) % {"questions": data["questions"], "organisations": data["organisations"]}


def _terms(data: _Data) -> str:
    terms = ", ".join(data["terms"])
    if not data.get("text"):
        return _("Noemt ook: %(terms)s") % {"terms": terms}
    return _("Noemt ook: %(terms)s (“%(text)s”)") % {"terms": terms, "text": data["text"]}


#: Per kind: the icon and the words.
_WORDS: dict[str, tuple[str, Callable[[_Data], str]]] = {
    "bundle": ("users", _bundle),
    "course": (
        "presentation",
        lambda d: _("Lijkt op de cursus “%(title)s”") % {"title": d["title"]},
    ),
    "gives": ("presentation", lambda d: _("Geeft de cursus “%(title)s”") % {"title": d["title"]}),
    "example": (
        "message-circle",
        lambda d: _("Helpt bij vragen als “%(text)s”") % {"text": d["text"]},
    ),
    "expertise": ("lightbulb", lambda d: _("Schrijft: “%(text)s”") % {"text": d["text"]}),
    "terms": ("search", _terms),
    "meaning": ("sparkles", lambda _d: _("Lijkt op je vraag, in andere woorden")),
    "other_organisation": (
        "building-2",
        lambda d: _("Werkt bij een andere organisatie: %(name)s") % {"name": d["name"]},
    ),
    "own_organisation": ("building-2", lambda _d: _("Werkt bij je eigen organisatie")),
    "online": ("monitor", lambda _d: _("Kan online")),
    "region": ("map-pin", lambda d: _("Komt in %(province)s") % {"province": _province(d)}),
    "only_online": ("monitor", lambda _d: _("Kan alleen online")),
    "language": ("languages", lambda d: _("Spreekt %(language)s") % {"language": _language(d)}),
    "taught": ("award", _taught),
    "no_course": ("info", lambda _d: _("Gaf nog geen cursus")),
    "score": ("star", _score),
    "room": ("calendar-check", _room),
    "little_room": ("calendar-clock", _room),
    "weak": (
        "circle-question-mark",
        lambda _d: _("Past misschien maar voor een deel bij je vraag"),
    ),
}


def chips(
    reasons: Iterable[Mapping[str, Any]], minuses: Iterable[Mapping[str, Any]] = ()
) -> list[dict[str, Any]]:
    """As base's component ``redenen`` takes them. A kind that this version does not know is left out."""
    found = []
    for minus, several in ((False, reasons), (True, minuses)):
        for reason in several:
            if reason["kind"] in _WORDS:
                icon, words = _WORDS[reason["kind"]]
                found.append({"text": words(reason["data"]), "minus": minus, "icon": icon})
    return found
