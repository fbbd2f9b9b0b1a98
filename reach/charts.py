# SPDX-License-Identifier: EUPL-1.2
"""Charts as SVG from the server (design/frontend.md, section 4).

Geometry sits in attributes and colour in classes, as the strict CSP asks. A chart is hidden from screen
readers: the caption or table next to it says the same.
"""

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from reach.domain.report import Bar
from reach.domain.streams import Week
from reach.domain.suppression import MERGED

WIDTH, HEIGHT = 340, 170
TOP, BASE = 26, 142
WIDEST = 56
#: Of the grid of days and hours: room for the names of days, and height of a day.
DAY_WIDTH, DAY_HEIGHT = 34, 34
#: Classes p1 to p5; on the last the letters are white.
TINTS = 5


def columns(bars: Sequence[Bar]) -> SafeString:
    """Upright bars with their value on top and ``short`` below; the largest has the accent colour.

    A hidden value has no bar, only its text would be too long: a question mark stands there.
    """
    largest = max((bar.value or 0 for bar in bars), default=0)
    step = WIDTH / max(len(bars), 1)
    width = min(WIDEST, step * 0.78)
    size = 13 if step >= 40 else 10  # noqa: PLR2004 - four digits fit
    parts = []
    for number, bar in enumerate(bars):
        middle = step * (number + 0.5)
        height = (BASE - TOP) * (bar.value or 0) / largest if largest else 0
        top = BASE - height
        parts.append(
            (
                _rect(middle - width / 2, top, width, height, accent=bar.value == largest),
                f"{middle:.1f}",
                f"{top - 7:.1f}",
                size,
                "?" if bar.value is None else bar.text,
                f"{middle:.1f}",
                HEIGHT - 8,
                size,
                bar.short,
            )
        )
    drawn = format_html_join(
        "",
        '{}<text x="{}" y="{}" font-size="{}" font-weight="700" text-anchor="middle">{}</text>'
        '<text class="zacht" x="{}" y="{}" font-size="{}" text-anchor="middle">{}</text>',
        parts,
    )
    return format_html(
        '<svg viewBox="0 0 {} {}" aria-hidden="true" focusable="false">{}</svg>',
        WIDTH,
        HEIGHT,
        drawn,
    )


def _rect(x: float, y: float, width: float, height: float, *, accent: bool) -> SafeString | str:
    if height <= 0:
        return ""
    return format_html(
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="6"></rect>',
        "staaf-2" if accent else "staaf-1",
        f"{x:.1f}",
        f"{y:.1f}",
        f"{width:.1f}",
        f"{height:.1f}",
    )


def _short(column: str, name: str) -> str:
    """An hour without its minutes: many stand side by side."""
    return "…" if column == MERGED else column if column.isdigit() else name


def grid(week: Week) -> SafeString:
    """Days by hours, the darker the more colleagues; white where nobody learned or nothing is told."""
    largest = max((m.people or 0 for day in week.days for m in day.moments), default=0)
    step = (WIDTH - DAY_WIDTH) / max(len(week.columns), 1)
    size = 12 if step >= 30 else 9  # noqa: PLR2004 - three digits fit
    cells: list[tuple[object, ...]] = []
    names: list[tuple[object, ...]] = []
    for number, day in enumerate(week.days):
        top = DAY_HEIGHT * number
        names.append((0, top + 22, 12, "start", day.short))
        for column, moment in enumerate(day.moments):
            tint = -(-TINTS * (moment.people or 0) // largest) if largest else 0
            x = DAY_WIDTH + step * column
            cells.append(
                (
                    f"p{tint}",
                    f"{x:.1f}",
                    top + 1,
                    f"{step - 2:.1f}",
                    DAY_HEIGHT - 2,
                    "licht" if tint == TINTS else "",
                    f"{x + step / 2 - 1:.1f}",
                    top + 22,
                    size,
                    moment.text,
                )
            )
    bottom = DAY_HEIGHT * len(week.days) + 16
    for column, (key, name) in enumerate(zip(week.columns, week.names, strict=True)):
        middle = f"{DAY_WIDTH + step * (column + 0.5) - 1:.1f}"
        names.append((middle, bottom, size, "middle", _short(key, name)))
    return format_html(
        '<svg viewBox="0 0 {} {}" aria-hidden="true" focusable="false">{}{}</svg>',
        WIDTH,
        bottom + 8,
        format_html_join(
            "",
            '<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="4"></rect>'
            '<text class="{}" x="{}" y="{}" font-size="{}" text-anchor="middle">{}</text>',
            cells,
        ),
        format_html_join(
            "",
            '<text class="zacht" x="{}" y="{}" font-size="{}" text-anchor="{}">{}</text>',
            names,
        ),
    )
