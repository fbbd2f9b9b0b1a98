# SPDX-License-Identifier: EUPL-1.2
"""What stands on the last sheet of a spreadsheet, so that a file that travels still says what it is."""

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import Organisation
from base import clock
from reach.domain.scopes import Scope


def about(
    title: str,
    *,
    scope: Scope,
    organisation: Organisation | None = None,
    named: bool = False,
    hidden: bool = False,
) -> list[tuple[str, str]]:
    """``named``: people are in it. ``hidden``: small groups were merged, and the numbers of a running period are rounded."""
    lines = [
        (_("Tabel"), title),
        (_("Periode"), scope.label),
        (
            _("Organisatie"),
            organisation.name if organisation and not hidden else _("alle organisaties"),
        ),
        (_("Gemaakt op"), clock.local(clock.now()).strftime("%Y-%m-%d %H:%M")),
        (_("Bron"), settings.BASE_URL),
        (_("Tijden"), _("Alle tijden zijn Nederlandse tijd.")),
    ]
    if named:
        lines.append(
            (
                _("Let op"),
                _(
                    "Hier staan namen in. Bewaar dit bestand niet langer dan nodig en deel het niet."
                ),
            )
        )
    elif hidden:
        lines.append(
            (
                _("Kleine aantallen"),
                _(
                    "Groepen van minder dan 10 collega’s staan samen met andere, zodat niemand herkenbaar is."
                ),
            )
        )
        if not scope.is_closed:
            lines.append(
                (_("Afgerond"), _("Deze periode loopt nog: aantallen zijn afgerond op vijf."))
            )
    return lines
