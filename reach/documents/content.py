# SPDX-License-Identifier: EUPL-1.2
"""What stands in a report on paper: the words and figures of the page, as plain values for the template.

Everything comes from reach.domain.report and reach.wording, so page and paper cannot differ.
"""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from base.templatetags.dates import long_day, time_of
from reach import charts, charts_flow, charts_map, wording
from reach.domain.figures import EXPLANATIONS
from reach.domain.report import LARGEST_ORGANISATIONS, Bar, Report
from reach.domain.suppression import formatted

#: The page colours charts with its stylesheet; these are the same colours (base/frontend/tokens.css, charts.css).
STYLE = (
    '<style>text{font-family:"Figtree","Libertinus Serif";fill:#12292a}.zacht,.zacht text{fill:#475a5a}'
    ".staaf-1{fill:#2f8d7f}.staaf-2{fill:#d9541c}.staaf-3{fill:#00665c}.stroom{fill-opacity:.42}"
    ".k0{fill:#00665c}.k1{fill:#c8480f}.k2{fill:#6a4fd0}.k3{fill:#9a6c00}.k4{fill:#1273b8}.k5{fill:#7a6d57}"
    ".p0{fill:#fff}.p1{fill:#e9f5f1}.p2{fill:#bfe5da}.p3{fill:#7cc4b4}.p4{fill:#2f8d7f}.p5{fill:#06534b}"
    ".licht{fill:#fff}.kaart-nl path{stroke:#06332f;stroke-opacity:.55;stroke-width:1.5}</style>"
)
#: What fits on one page.
SHORT_BARS, SHORT_FACTS, SHORT_TILES = 6, 4, 3
#: Percentage of the width.
MAP_WIDTH, GRID_WIDTH = 82, 74

Part = dict[str, Any]


def content(report: Report, *, short: bool, organisation: str = "") -> dict[str, Any]:
    """For reach.documents.pdf. ``short``: one page for a director."""
    more = wording.more_tiles(report)
    return {
        "lang": (get_language() or "nl")[:2],
        "title": wording.title(report),
        "keywords": [report.scope.label, organisation] if organisation else [report.scope.label],
        "lead": _lead(report),
        "short": short,
        "tiles": wording.tiles(report) if report.shows else [],
        "more_tiles": (more[:SHORT_TILES] if short else more) if report.shows else [],
        "notices": _notices(report),
        **(_short(report) if short else _full(report)),
        "terms": _short_terms() if short and report.shows else [],
        "privacy": _(
            "Kleine groepen staan samen met andere, zodat niemand kan uitrekenen om wie het gaat."
        ),
        "source": f"TrainJeCollega · {settings.BASE_URL}{reverse('reach:coordinator')}",
    }


def _lead(report: Report) -> str:
    told = {"period": report.scope.label}
    if report.updated_at is None:
        return _("%(period)s, alle organisaties.") % told
    told |= {"day": long_day(report.updated_at), "time": time_of(report.updated_at)}
    return _("%(period)s, alle organisaties. Bijgewerkt op %(day)s om %(time)s.") % told


def _notices(report: Report) -> list[str]:
    found = []
    if report.is_empty:
        found.append(_("Nog geen cijfers. Ze verschijnen zodra de eerste cursus geweest is."))
    elif report.too_small:
        found.append(
            _(
                "Nog te weinig collega’s om cijfers te laten zien. Dat doen we pas als een groep uit "
                "minstens 10 collega’s bestaat."
            )
        )
    elif not report.exact:
        found.append(
            _(
                "Deze periode loopt nog. Daarom ronden we af op vijf. Na afloop zie je de precieze aantallen."
            )
        )
    return [*found, report.unmarked] if report.unmarked else found


def _short(report: Report) -> dict[str, list[Part]]:
    """What leads: the own organisation, when or of which kind, and who learned from whom."""
    own = _own(report, short=True)
    if not report.shows:
        return {"left": own, "right": [], "wide": []}
    found = [*own, *_days(report), _layers(report, most=SHORT_BARS)]
    return {"left": found[:1], "right": found[1:2], "wide": _flow(report)}


def _full(report: Report) -> dict[str, list[Part]]:
    return {"left": _all(report), "right": [], "wide": []}


def _all(report: Report) -> list[Part]:
    if not report.shows:
        return _own(report, short=False)
    return [
        *_own(report, short=False),
        *_flow(report),
        _flow_table(report),
        *_streams(report),
        _layers(report),
        *_map(report),
        _bars(_("Collega’s per provincie"), report.provinces, first=_("Provincie")),
        _bars(wording.themes_headline(report), report.themes, first=_("Thema")),
        _supply(report),
        *_days(report),
        *(_week(report) or _hours(report)),
        _bars(
            _("Deze organisaties leerden het meest"),
            report.top_organisations[:LARGEST_ORGANISATIONS],
            first=_("Organisatie"),
        ),
        _part("facts", _("Wachten en wegblijven"), facts=wording.waiting_facts(report)),
        *_questions(report),
        _terms(),
    ]


def _own(report: Report, *, short: bool) -> list[Part]:
    if report.own is None or report.is_empty:
        return []
    facts = wording.own_facts(report.own)
    found = [
        _part(
            "facts",
            wording.own_headline(report.own),
            facts=facts[:SHORT_FACTS] if short else facts,
        )
    ]
    if report.own.shown_teachers and not short:
        found.append(
            _bars(
                _("Van deze organisaties leerden ze het meest"),
                report.own.shown_teachers,
                first=_("Organisatie"),
                notes=wording.hidden_in_words(report.own.teachers),
            )
        )
    return found


def _layers(report: Report, *, most: int | None = None) -> Part:
    return _bars(
        wording.layers_headline(report), report.shown_layers[:most], first=_("Soort organisatie")
    )


def _flow(report: Report) -> list[Part]:
    drawn = charts_flow.sankey(report.flows)
    if not drawn:
        return []
    largest = ", ".join(f"{bar.label} {bar.text}" for bar in report.largest_flows)
    alt = _("Van trainer naar deelnemer, de grootste stromen: %(flows)s.") % {"flows": largest}
    note = _("Links de trainers, rechts de deelnemers. Een bredere band betekent vaker geleerd.")
    return [_chart(wording.flow_headline(report), drawn, alt=alt, notes=[note])]


def _flow_table(report: Report) -> Part:
    return _part(
        "table",
        _("Collega’s per soort organisatie van trainer en deelnemer"),
        header=[_("Trainer van"), _("Deelnemer van"), _("Collega’s")],
        numbers=1,
        rows=[[flow.teacher, flow.learner, flow.shown.text] for flow in report.shown_flows],
    )


def _streams(report: Report) -> list[Part]:
    """The widest between two organisations, as on the page: what was merged or hidden there is not here either."""
    if not report.streams:
        return []
    return [
        _part(
            "table",
            wording.streams_headline(report),
            header=[_("Trainer van"), _("Deelnemer van"), _("Collega’s"), _("Keer geweest")],
            numbers=2,
            rows=[
                [stream.teacher, stream.learner, stream.people, formatted(stream.times)]
                for stream in report.streams
            ],
            notes=[_("Dit zijn de grootste. Alle stromen staan in de open data.")],
        )
    ]


def _map(report: Report) -> list[Part]:
    drawn = charts_map.provinces(report.provinces)
    if not drawn:
        return []
    words = ", ".join(f"{bar.label} {bar.text}" for bar in report.provinces)
    alt = _("Collega’s per provincie: %(provinces)s.") % {"provinces": words}
    found = _chart(wording.map_headline(report), drawn, alt=alt, notes=[])
    return [found | {"width": MAP_WIDTH}]


def _days(report: Report) -> list[Part]:
    """Nothing where every day was merged: a chart of noughts would say that nobody came."""
    if not any(bar.value for bar in report.days):
        return []
    words = wording.days_in_words(report)
    drawn = charts.columns(report.days)
    return [_chart(wording.days_headline(report), drawn, alt=words, notes=[words])]


def _hours(report: Report) -> list[Part]:
    if not any(bar.value for bar in report.hours_of_day):
        return []
    words = wording.hours_in_words(report)
    drawn = charts.columns(report.hours_of_day)
    return [_chart(wording.hours_headline(report), drawn, alt=words, notes=[words])]


def _week(report: Report) -> list[Part]:
    """Days by hours; nothing where days and hours are only told apart."""
    week = report.week
    if week is None:
        return []
    note = _("Per dag en naar het uur waarop de cursus begon. Hoe donkerder, hoe meer collega’s.")
    alt = _("Collega’s per dag en uur. De tabel hieronder zegt hetzelfde.")
    drawn = _chart(wording.week_headline(report), charts.grid(week), alt=alt, notes=[note])
    table = _part(
        "table",
        _("Collega’s per dag en uur"),
        header=[_("Dag"), *week.names],
        numbers=len(week.columns),
        rows=[[day.label, *(moment.text for moment in day.moments)] for day in week.days],
    )
    return [drawn | {"width": GRID_WIDTH}, table]


def _supply(report: Report) -> Part:
    return _part(
        "table",
        _("Aanbod en vraag per thema"),
        header=[
            _("Thema"),
            _("Bijeenkomsten"),
            _("Plekken"),
            _("Collega’s"),
            _("Keer geen plek"),
            _("Kennisvragen"),
        ],
        numbers=5,
        rows=[
            [
                row.theme,
                formatted(row.sessions),
                formatted(row.seats),
                row.people,
                row.waiting,
                formatted(row.questions),
            ]
            for row in report.supply
        ],
    )


def _questions(report: Report) -> list[Part]:
    facts = wording.questions_facts(report)
    return [_part("facts", wording.questions_headline(report), facts=facts)] if facts else []


def _short_terms() -> list[dict[str, str]]:
    """Of the figures that a director is asked about first."""
    return [
        {"term": term, "text": str(EXPLANATIONS[key])}
        for key, term in (
            ("people", _("Collega’s")),
            ("elsewhere", _("Leerde van een andere organisatie")),
            ("hours", _("Uren geleerd")),
        )
    ]


def _terms() -> Part:
    terms = [{"term": item["term"], "text": str(item["text"])} for item in wording.definitions()]
    for key, term in (
        ("layers", _("Collega’s per soort organisatie")),
        ("flow", _("Wie leerde van wie?")),
        ("streams", _("Van welke organisatie leerden ze?")),
        ("provinces", _("Collega’s per provincie")),
        ("moments", _("Collega’s per dag en uur")),
        ("waiting", _("Wachten en wegblijven")),
        ("questions", _("Kennisvragen")),
    ):
        terms.append({"term": term, "text": str(EXPLANATIONS[key])})
    return _part("terms", _("Hoe tellen we dit?"), terms=terms)


def _bars(heading: str, bars: Sequence[Bar], *, first: str, notes: Sequence[str] = ()) -> Part:
    rows = [{"label": bar.label, "value": bar.value or 0, "text": bar.text} for bar in bars]
    header = [first, "", _("Collega’s")]
    return _part("bars", heading, header=header, rows=rows, notes=list(notes))


def _chart(heading: str, drawn: SafeString | str, *, alt: str, notes: list[str]) -> Part:
    return _part("chart", heading, svg=embedded(drawn), alt=alt, notes=notes)


def _part(kind: str, heading: str, *, notes: Sequence[str] = (), **more: Any) -> Part:
    return {"type": kind, "heading": heading, "notes": list(notes), "width": 100, **more}


def embedded(drawn: SafeString | str) -> str:
    """A chart of the page as a picture of its own: with a namespace, and with its colours inside."""
    head, _bracket, rest = drawn.partition(">")
    head = head.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return f"{head}>{STYLE}{rest}"
