# SPDX-License-Identifier: EUPL-1.2
"""A round in words: headline, tiles, comparison with the one before."""

from typing import Any

from django.utils.formats import localize
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from matching.domain.eligibility import Rule
from matching.models import MatchRun, Unmatched

Figures = dict[str, Any]


def headline(run: MatchRun) -> str:
    if run.state == MatchRun.State.RUNNING:
        return _("De koppelronde is bezig")
    if run.state == MatchRun.State.FAILED:
        return _("De koppelronde is mislukt")
    total, matched = run.figures.get("questions", 0), run.figures.get("matched", 0)
    if not total:
        return _("Er waren geen open kennisvragen")
    return ngettext(
        "%(matched)s van %(total)s kennisvraag heeft een trainer",
        "%(matched)s van %(total)s kennisvragen hebben een trainer",
        total,
    ) % {"matched": localize(matched), "total": localize(total)}


def tiles(figures: Figures, before: Figures | None) -> list[dict[str, str]]:
    """Four figures, each with what it was the round before."""
    if not figures.get("questions"):
        return []
    return [
        {
            "value": localize(figures["matched"]),
            "label": ngettext("vraag gekoppeld", "vragen gekoppeld", figures["matched"]),
            "note": _was(before, "matched"),
            "tint": "gezond",
        },
        {
            "value": localize(figures["trainers"]),
            "label": ngettext("trainer gevraagd", "trainers gevraagd", figures["trainers"]),
            "note": _of_pool(figures),
            "tint": "gesprek",
        },
        {
            "value": share(figures),
            "label": _("van een andere organisatie"),
            "note": _("was %(share)s") % {"share": share(before)} if before else "",
            "tint": "data",
        },
        {
            "value": localize(left(figures)),
            "label": ngettext("vraag zonder trainer", "vragen zonder trainer", left(figures)),
            "note": _("was %(number)s") % {"number": localize(left(before))} if before else "",
            "tint": "schrijven",
        },
    ]


def left(figures: Figures) -> int:
    return sum(figures.get("unmatched", {}).values())


def share(figures: Figures) -> str:
    """Of the sessions, those whose trainer works elsewhere than the asker."""
    sessions = figures.get("sessions", 0)
    if not sessions:
        return "–"
    return f"{round(100 * figures.get('other_organisation', 0) / sessions)}%"


def _was(before: Figures | None, name: str) -> str:
    if not before:
        return ""
    return _("was %(number)s") % {"number": localize(before.get(name, 0))}


def _of_pool(figures: Figures) -> str:
    number = figures.get("available", 0)
    return ngettext(
        "van %(number)s die gevraagd mag worden", "van %(number)s die gevraagd mogen worden", number
    ) % {"number": localize(number)}


def load_bars(figures: Figures) -> list[dict[str, Any]]:
    """How many trainers get one question, two, ..."""
    return [
        {
            "label": ngettext("%(n)d vraag", "%(n)d vragen", int(number)) % {"n": int(number)},
            "value": count,
            "text": ngettext("%(n)s trainer", "%(n)s trainers", count) % {"n": localize(count)},
        }
        for number, count in figures.get("load", {}).items()
    ]


def load_headline(figures: Figures) -> str:
    load = {int(number): count for number, count in figures.get("load", {}).items()}
    if not load:
        return _("Niemand krijgt een vraag")
    if set(load) == {1}:
        return _("Iedereen krijgt hooguit één vraag")
    return ngettext(
        "Niemand krijgt meer dan %(n)d vraag", "Niemand krijgt meer dan %(n)d vragen", max(load)
    ) % {"n": max(load)}


def bundled(figures: Figures) -> str:
    """What bundling did, and by which rule."""
    if not figures.get("bundles"):
        return _("Er waren geen vragen die genoeg op elkaar lijken om samen te nemen.")
    return ngettext(
        "%(questions)s vragen lijken zo op elkaar dat één bijeenkomst genoeg is.",
        "%(questions)s vragen lijken op elkaar. Samen zijn dat %(bundles)s bijeenkomsten.",
        figures["bundles"],
    ) % {"questions": localize(figures["bundled"]), "bundles": localize(figures["bundles"])}


def why(row: Unmatched) -> str:
    """Why nobody was found, as the coordinator reads it."""
    if row.why == Unmatched.Why.NOBODY_FITS:
        return _("Niemand in de trainerpool past bij deze vraag.")
    if row.why == Unmatched.Why.ALL_BUSY:
        return _("Wie past, krijgt in deze ronde al een andere vraag.")
    rule = max(row.detail, key=lambda name: row.detail[name], default="")
    return {
        Rule.FULL.value: _("Bijna iedereen kreeg dit jaar al genoeg vragen."),
        Rule.PAUSED.value: _("Wie zou kunnen, heeft pauze."),
        Rule.LANGUAGE.value: _("Niemand geeft les in deze taal."),
        Rule.PLACE.value: _("Niemand kan op deze plek lesgeven."),
        Rule.DATES.value: _("De vraag kan niet in deze periode."),
    }.get(rule, _("Niemand voldoet aan de voorwaarden."))


def dropped(figures: Figures) -> str:
    number = sum(figures.get("dropped", {}).values()) + figures.get("changed_meanwhile", 0)
    if not number:
        return ""
    return ngettext(
        "%(n)s koppeling viel af, omdat de trainer of de vraag intussen veranderde. Die vraag doet de "
        "volgende ronde weer mee.",
        "%(n)s koppelingen vielen af, omdat de trainer of de vraag intussen veranderde. Die vragen doen "
        "de volgende ronde weer mee.",
        number,
    ) % {"n": localize(number)}
