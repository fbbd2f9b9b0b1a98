# SPDX-License-Identifier: EUPL-1.2
"""The sentences of the reach page: headlines that say the finding, tiles, and what a figure means."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reach.domain import parts
from reach.domain.figures import EXPLANATIONS
from reach.domain.report import Bar, Own, Report
from reach.domain.suppression import MERGED, formatted

NOTHING = "–"


def title(report: Report) -> str:
    """The H1: what came of it."""
    people = report.headline.get("people", 0)
    if not report.shows or not people:
        return _("Zoveel collega’s leerden van elkaar")
    count = {"count": formatted(people)}
    if report.exact:
        return _("%(count)s collega’s leerden van elkaar") % count
    return _("Al ongeveer %(count)s collega’s leerden van elkaar") % count


def tiles(report: Report) -> list[dict[str, str]]:
    """The four that lead."""
    return [
        _tile(
            report.total.text,
            _("collega’s leerden iets nieuws"),
            "gezond",
            _growth(report, "people") or _first(report),
        ),
        _tile(
            report.organisations,
            _("organisaties deden mee"),
            "gesprek",
            _growth(report, "organisations"),
        ),
        _tile(
            report.elsewhere_share,
            _("leerde van een andere organisatie"),
            "data",
            _was(report, "elsewhere_share"),
        ),
        _tile(report.score, _("gemiddeld rapportcijfer"), "schrijven", _marks(report)),
    ]


def more_tiles(report: Report) -> list[dict[str, str]]:
    shown = [
        _tile(report.hours, _("uren geleerd"), "digitaal", _growth(report, "hours")),
        _tile(report.sessions, _("bijeenkomsten"), "recht", _growth(report, "sessions")),
        _tile(
            report.attendance_share,
            _("van wie een plek had, was er"),
            "gezond",
            _was(report, "attendance_share"),
        ),
        _tile(
            # Without a period to compare with, the first tile of all tells it.
            _of(report, "first") if _growth(report, "people") else "",
            _("leerden voor het eerst bij een collega"),
            "gesprek",
        ),
        _tile(_of(report, "net_promoter", plus=True), _("netto promotorscore"), "data"),
        _tile(_of(report, "would_apply", "%"), _("gaat het gebruiken"), "schrijven"),
        _tile(
            _of(report, "applied", "%"),
            _("paste het drie maanden later toe"),
            "digitaal",
            "" if report.headline.get("applied") is not None else _("volgt drie maanden na afloop"),
        ),
    ]
    # What was never asked or may not be told would be a row of dashes.
    kept = [tile for tile in shown[3:6] if tile["value"] != NOTHING]
    return [*shown[:3], *kept, *(shown[6:] if report.headline.get("times") else [])]


def _tile(value: str, label: str, tint: str, note: str = "") -> dict[str, str]:
    return {"value": value or NOTHING, "label": label, "tint": tint, "note": note}


def _of(report: Report, name: str, mark: str = "", *, plus: bool = False) -> str:
    value = report.headline.get(name)
    if value is None:
        return ""
    sign = "+" if plus and value > 0 else ""
    return f"{sign}{formatted(value)}{mark}"


def _first(report: Report) -> str:
    first = report.headline.get("first")
    return _("%(count)s voor het eerst") % {"count": formatted(first)} if first else ""


def _growth(report: Report, name: str) -> str:
    """«18 procent meer dan TJC-week 2025»; nothing when there is nothing to compare with."""
    before = (report.before_headline or {}).get(name)
    now = report.headline.get(name)
    if not before or now is None or report.before is None or not report.exact:
        return ""
    change = round(100 * (now - before) / before)
    words = {"percent": formatted(abs(change)), "period": report.before.label}
    if change > 0:
        return _("%(percent)s procent meer dan %(period)s") % words
    if change < 0:
        return _("%(percent)s procent minder dan %(period)s") % words
    return _("evenveel als %(period)s") % words


def _was(report: Report, name: str) -> str:
    before = (report.before_headline or {}).get(name)
    if before is None or report.before is None or not report.exact:
        return ""
    return _("was %(percent)s%% bij %(period)s") % {
        "percent": formatted(before),
        "period": report.before.label,
    }


def _marks(report: Report) -> str:
    if not report.score:
        return _("nog te weinig cijfers")
    return _("uit %(count)s beoordelingen") % {"count": report.markers.text}


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
            ("first", _("Voor het eerst")),
            ("net_promoter", _("Netto promotorscore")),
            ("would_apply", _("Gaat het gebruiken")),
            ("applied", _("Paste het toe")),
            ("compared", _("Vergelijking")),
        )
    ]


def only_largest(bars: Sequence[Bar]) -> Bar | None:
    """The bar that is larger than every other one; None when there is a tie or nothing to see."""
    named = [
        bar for bar in bars if bar.value and MERGED not in bar.key and bar.key not in {"", "0"}
    ]
    seen = sorted(named, key=lambda bar: -(bar.value or 0))
    if not seen or (len(seen) > 1 and seen[0].value == seen[1].value):
        return None
    return seen[0]


def layers_headline(report: Report) -> str:
    top = only_largest(report.layers)
    if top is None:
        return _("Collega’s per soort organisatie")
    return _("%(layer)s: de grootste groep") % {"layer": top.label}


def flow_headline(report: Report) -> str:
    """About the widest band between two kinds of organisations."""
    across = [f for f in report.flows if f.key[0] != f.key[1] and MERGED not in f.key and f.times]
    across.sort(key=lambda flow: -flow.times)
    if not across or (len(across) > 1 and across[0].times == across[1].times):
        return _("Wie leerde van wie?")
    return _("Tussen soorten organisaties vooral van %(teacher)s naar %(learner)s") % {
        "learner": across[0].learner,
        "teacher": across[0].teacher,
    }


def map_headline(report: Report) -> str:
    top = only_largest(report.provinces)
    return (
        _("Waar werken ze?") if top is None else _("De meesten in %(name)s") % {"name": top.label}
    )


def themes_headline(report: Report) -> str:
    top = only_largest(report.themes)
    if top is None:
        return _("Wat wilden ze leren?")
    return _("%(theme)s trok de meeste collega’s") % {"theme": top.label}


def hours_headline(report: Report) -> str:
    top = only_largest(report.hours_of_day)
    if top is None:
        return _("Op welk uur leerden ze?")
    return _("Om %(hour)s uur was het het drukst") % {"hour": top.short}


def week_headline(report: Report) -> str:
    top = report.week.busiest if report.week is not None else None
    if top is None:
        return _("Wanneer leerden ze?")
    day, column = top
    name = {"day": day.label[:1].upper() + day.label[1:]}
    if column == parts.MORNING:
        return _("%(day)s voor 12 uur was het drukst") % name
    if column == parts.AFTERNOON:
        return _("%(day)s na 12 uur was het drukst") % name
    return _("%(day)s om %(hour)s uur was het drukst") % (name | {"hour": column})


def streams_headline(report: Report) -> str:
    """About the widest stream between two organisations."""
    seen = sorted((s for s in report.streams if s.key[0] != MERGED), key=lambda s: -s.times)
    if not seen or (len(seen) > 1 and seen[0].times == seen[1].times):
        return _("Van welke organisatie leerden ze?")
    return _("%(learner)s leerde het vaakst van %(teacher)s") % {
        "learner": seen[0].learner,
        "teacher": seen[0].teacher,
    }


def days_headline(report: Report) -> str:
    top = only_largest(report.days)
    if top is None:
        return _("Collega’s per dag") if report.scope.per_day else _("Collega’s per maand")
    name = {"when": top.label[:1].upper() + top.label[1:]}
    if not report.scope.per_day:
        return _("%(when)s is de topmaand") % name
    if report.exact:
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


def hours_in_words(report: Report) -> str:
    text = ", ".join(f"{bar.label} {bar.text}" for bar in report.hours_of_day)
    return _("Collega’s per uur waarop de bijeenkomst begon: %(hours)s.") % {"hours": text}


def waiting_facts(report: Report) -> list[str]:
    """Places that stayed empty, and colleagues for whom there was none."""
    facts = []
    waited, absent = report.headline.get("waited"), report.headline.get("absent")
    facts.append(
        _("Het aantal keren dat er geen plek vrijkwam, is te klein om te laten zien.")
        if waited is None
        else ngettext(
            "%(count)s keer kwam er geen plek vrij voor wie op de wachtlijst stond.",
            "%(count)s keer kwam er geen plek vrij voor wie op de wachtlijst stond.",
            waited,
        )
        % {"count": formatted(waited)}
    )
    facts.append(
        _("Hoe vaak iemand wegbleef, is te weinig om te laten zien.")
        if absent is None
        else _("%(count)s keer bleef iemand weg zonder af te melden.")
        % {"count": formatted(absent)}
    )
    return facts


def questions_headline(report: Report) -> str:
    asked = report.headline.get("questions", {}).get("asked", 0)
    return ngettext(
        "Collega’s stelden %(count)s kennisvraag", "Collega’s stelden %(count)s kennisvragen", asked
    ) % {"count": formatted(asked)}


def questions_facts(report: Report) -> list[str]:
    found = report.headline.get("questions", {})
    if not found.get("asked"):
        return []
    facts = [
        _("Bij %(count)s zei een collega ja.") % {"count": formatted(found["matched"])},
        _("%(count)s zijn al beantwoord met een bijeenkomst.")
        % {"count": formatted(found["done"])},
    ]
    if found.get("days") is not None:
        facts.append(
            ngettext(
                "In het midden duurde dat ja %(count)s dag.",
                "In het midden duurde dat ja %(count)s dagen.",
                found["days"],
            )
            % {"count": formatted(found["days"])}
        )
    return facts


def hidden_in_words(bars: list[Bar]) -> list[str]:
    """Bars of which the number is hidden, as a sentence for each reason: «Minder dan 5: Gouda, Delft.»"""
    reasons: dict[str, list[str]] = {}
    for bar in bars:
        if bar.value is None:
            reasons.setdefault(bar.text, []).append(bar.label)
    return [f"{text[:1].upper()}{text[1:]}: {', '.join(names)}." for text, names in reasons.items()]


def own_headline(own: Own) -> str:
    names = {"organisation": own.organisation.name, "count": own.people.text}
    if own.nobody:
        return _("Van %(organisation)s leerde nog niemand") % names
    if own.people.value == 1:
        return _("1 collega van %(organisation)s leerde iets nieuws") % names
    sentence = _("%(count)s collega’s van %(organisation)s leerden iets nieuws") % names
    return sentence[:1].upper() + sentence[1:]


def own_facts(own: Own) -> list[str]:
    return [*([] if own.nobody else _learned(own)), *_taught(own)]


def _learned(own: Own) -> list[str]:
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
    if own.first:
        facts.append(_("Voor het eerst bij een collega: %(count)s.") % {"count": own.first})
    if own.score:
        facts.append(_("Ze gaven gemiddeld een %(score)s.") % {"score": own.score})
    return facts


def _taught(own: Own) -> list[str]:
    facts = []
    if own.figures.get("taught"):
        facts.append(
            _("Jullie trainers leerden minstens %(count)s keer een collega iets.")
            % {"count": formatted(own.figures["taught"])}
        )
    if own.figures.get("taught_elsewhere"):
        facts.append(
            _("Daarvan werkte minstens %(count)s keer de collega bij een andere organisatie.")
            % {"count": formatted(own.figures["taught_elsewhere"])}
        )
    if own.figures.get("given_sessions"):
        facts.append(
            ngettext(
                "Jullie gaven %(count)s bijeenkomst.",
                "Jullie gaven %(count)s bijeenkomsten.",
                own.figures["given_sessions"],
            )
            % {"count": formatted(own.figures["given_sessions"])}
        )
    return facts
