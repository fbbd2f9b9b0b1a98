# SPDX-License-Identifier: EUPL-1.2
"""Who looks, at which period, through the eyes of which organisation, and which one group apart."""

import dataclasses

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from accounts import access
from accounts.models import Organisation
from reach.access import coordinated
from reach.domain import parts, published
from reach.domain.published import Shelf
from reach.domain.report import Bar, Report
from reach.domain.scopes import Scope, UnknownScope, choose
from reach.domain.suppression import MERGED

#: Tables of which one row can be looked at by itself, with the words of their heading.
GROUPS = {
    parts.LAYERS: "layers",
    parts.PROVINCES: "provinces",
    parts.THEMES: "themes",
    parts.ORGANISATIONS: "top_organisations",
}


@dataclasses.dataclass(frozen=True)
class Reader:
    """Raises nothing: what was asked and is not there is told in ``notices``."""

    shelf: Shelf
    scope: Scope
    own: list[Organisation]
    focus: Organisation | None
    #: «layers:gemeente»
    group: str = ""
    notices: tuple[str, ...] = ()

    @property
    def offered(self) -> list[Scope]:
        return self.shelf.offered


@dataclasses.dataclass(frozen=True)
class Choice:
    """One group that may be looked at by itself."""

    value: str
    bar: Bar


def read(request: HttpRequest, *, public: bool = False) -> Reader:
    """Raises Http404 for an organisation that this reader does not have."""
    shelf = published.shelf()
    notices = []
    try:
        scope = choose(shelf.offered, request.GET.get("editie", ""))
    except UnknownScope:
        scope = choose(shelf.offered, "")
        notices.append(
            _("Deze periode kennen we niet. Je ziet nu %(period)s.") % {"period": scope.label}
        )
    own = [] if public else coordinated(access.me(request))
    focus = own[0] if own else None
    asked = request.GET.get("organisatie", "")
    if asked and not public:
        focus = next((organisation for organisation in own if organisation.slug == asked), None)
        if focus is None:
            raise Http404
    return Reader(shelf, scope, own, focus, request.GET.get("groep", "")[:60], tuple(notices))


def choices(report: Report) -> dict[str, list[Choice]]:
    """By table the groups that are told apart in this period. One at a time: two filters together would make
    smaller groups than those that were checked."""
    return {
        table: [
            Choice(f"{table}:{bar.key}", bar)
            for bar in getattr(report, attribute)
            if MERGED not in bar.key
        ]
        for table, attribute in GROUPS.items()
    }


def chosen(reader: Reader, offered: dict[str, list[Choice]]) -> tuple[Choice | None, str]:
    """The group that was asked for, and else a notice why there is none."""
    if not reader.group:
        return None, ""
    for choice in offered.get(reader.group.partition(":")[0], ()):
        if choice.value == reader.group:
            return choice, ""
    return None, _(
        "Over deze groep laten we in deze periode niets apart zien: te klein of onbekend."
    )
