# SPDX-License-Identifier: EUPL-1.2
"""The sentences of the reach page: headlines that say the finding, tiles, and what a figure means."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reach.domain.figures import EXPLANATIONS
from reach.domain.report import Bar, Own, Report

NOTHING = "–"


def tiles(report: Report) -> list[dict[str, str]]:
    """The four that lead."""
    return [
        _tile(report.total.text, _("collega’s leerden iets nieuws"), "gezond"),
        _tile(report.organisations, _("organisaties deden mee"), "gesprek"),
        _tile(report.elsewhere_share, _("leerde van een andere organisatie"), "data"),
        _tile(report.score, _("gemiddeld rapportcijfer"), "schrijven", _marks(report)),
    ]


def more_tiles(report: Report) -> list[dict[str, str]]:
    return [
        _tile(report.hours, _("uren geleerd"), "digitaal"),
        _tile(report.sessions, _("bijeenkomsten"), "recht"),
        _tile(report.attendance_share, _("van wie een plek had, was er"), "gezond"),
    ]


def _tile(value: str, label: str, tint: str, note: str = "") -> dict[str, str]:
    return {"value": value or NOTHING, "label": label, "tint": tint, "note": note}


def _marks(report: Report) -> str:
    if not report.score:
        return _("nog te weinig cijfers")
    return _("door %(count)s collega’s") % {"count": report.markers.text}


def definitions() -> list[dict[str, Any]]:
    """«Hoe tellen we dit?» of the tiles, in their order."""
    return [
        {"term": term, "text": EXPLANATIONS[key]}
        for key, term in (
            ("people", _("Collega’s")),
            ("organisations", _("Organisaties")),
            ("elsewhere", _("Leerde van een andere organisatie")),
            ("score", _("Gemiddeld rapportcijfer")),
            ("hours", _("Uren geleerd")),
            ("sessions", _("Bijeenkomsten")),
            ("attendance", _("Van wie een plek had, was er")),
        )
    ]


def _only_largest(bars: list[Bar]) -> Bar | None:
    """The bar that is larger than every other one; None when there is a tie or nothing to see."""
    seen = sorted((bar for bar in bars if bar.value), key=lambda bar: -(bar.value or 0))
    if not seen or (len(seen) > 1 and seen[0].value == seen[1].value):
        return None
    return seen[0]


def layers_headline(report: Report) -> str:
    top = _only_largest(report.layers)
    if top is None:
        return _("Collega’s per soort organisatie")
    return _("%(layer)s: de grootste groep") % {"layer": top.label}


def days_headline(report: Report) -> str:
    top = _only_largest(report.days)
    if top is None:
        return _("Collega’s per dag") if report.scope.per_day else _("Collega’s per maand")
    name = {"when": top.label[:1].upper() + top.label[1:]}
    if not report.scope.per_day:
        return _("%(when)s is de topmaand") % name
    if report.scope.is_closed:
        return _("%(when)s was de topdag") % name
    return _("%(when)s is tot nu toe de topdag") % name


def days_in_words(report: Report) -> str:
    """What the chart of days shows, for who does not see it."""
    text = ", ".join(f"{bar.label} {bar.text}" for bar in report.days)
    sentence = (
        _("Collega’s per dag: %(days)s.")
        if report.scope.per_day
        else _("Collega’s per maand: %(days)s.")
    )
    return sentence % {"days": text}


def hidden_in_words(bars: list[Bar]) -> list[str]:
    """Bars of which the number is hidden, as a sentence for each reason: «Minder dan 10: Politie, Rechtspraak.»"""
    reasons: dict[str, list[str]] = {}
    for bar in bars:
        if bar.value is None:
            reasons.setdefault(bar.text, []).append(bar.label)
    return [f"{text[:1].upper()}{text[1:]}: {', '.join(names)}." for text, names in reasons.items()]


def hidden_flows(report: Report) -> str:
    count = len(report.flows) - len(report.shown_flows)
    if not count:
        return ""
    return ngettext(
        "Nog %(count)d stroom is te klein om te laten zien.",
        "Nog %(count)d stromen zijn te klein om te laten zien.",
        count,
    ) % {"count": count}


def own_headline(own: Own) -> str:
    names = {"organisation": own.organisation.name, "count": own.people.text}
    if own.nobody:
        return _("Van %(organisation)s leerde nog niemand") % names
    if own.people.value == 1:
        return _("1 collega van %(organisation)s leerde iets nieuws") % names
    sentence = _("%(count)s collega’s van %(organisation)s leerden iets nieuws") % names
    return sentence[:1].upper() + sentence[1:]


def own_facts(own: Own) -> list[str]:
    facts = []
    if own.hours:
        facts.append(_("Samen leerden ze %(hours)s uur.") % {"hours": own.hours})
    facts.append(
        _("Bij een andere organisatie leerden: %(count)s collega’s.")
        % {"count": own.elsewhere.text}
    )
    if own.elsewhere_share:
        facts.append(
            _("Van alle keren dat ze er waren, was %(share)s bij een andere organisatie.")
            % {"share": own.elsewhere_share}
        )
    if own.score:
        facts.append(_("Ze gaven gemiddeld een %(score)s.") % {"score": own.score})
    return facts
