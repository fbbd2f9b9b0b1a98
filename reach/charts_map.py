# SPDX-License-Identifier: EUPL-1.2
"""The twelve provinces as hexagons of one size, about where they lie. Drawn by us: no one's map, and a small
province is as easy to see as a large one."""

import math
from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from reach.domain.report import Bar
from reach.domain.suppression import formatted

#: Province: column and row of its hexagon (odd rows are half a hexagon to the right), and its letters.
TILES = {
    "fryslan": (2, 0, "FR"),
    "groningen": (3, 0, "GR"),
    "noord-holland": (1, 1, "NH"),
    "flevoland": (2, 1, "FL"),
    "drenthe": (3, 1, "DR"),
    "zuid-holland": (1, 2, "ZH"),
    "utrecht": (2, 2, "UT"),
    "gelderland": (3, 2, "GE"),
    "overijssel": (4, 2, "OV"),
    "zeeland": (0, 3, "ZE"),
    "noord-brabant": (1, 3, "NB"),
    "limburg": (2, 3, "LI"),
}
RADIUS = 44
STEP_X, STEP_Y = RADIUS * math.sqrt(3), RADIUS * 1.5
WIDTH, HEIGHT = round(STEP_X * 4.75), round(STEP_Y * 3 + RADIUS * 2 + 6)
#: Classes p1 to p5; on the last the letters are white.
CLASSES, DARK = 5, 5


def classes(bars: Sequence[Bar]) -> list[int]:
    """Lowest number of each class but the first: round steps up to the largest province."""
    largest = max((bar.value or 0 for bar in bars if bar.key in TILES), default=0)
    if largest < CLASSES * 2:
        return []
    rough = largest / CLASSES
    power = 10 ** math.floor(math.log10(rough))
    step = next((n * power for n in (1, 2, 2.5, 5, 10) if n * power >= rough), 10 * power)
    return [round(step * n) for n in range(1, CLASSES) if step * n <= largest]


def legend(bars: Sequence[Bar]) -> list[dict[str, str]]:
    edges = classes(bars)
    if not edges:
        return []
    return [
        {"tint": "p1", "text": f"< {formatted(edges[0])}"},
        *(
            {"tint": f"p{number}", "text": f"{formatted(edge)}+"}
            for number, edge in enumerate(edges, start=2)
        ),
    ]


def provinces(bars: Sequence[Bar]) -> SafeString | str:
    """A hexagon per province; white where nothing may be told. Nothing when no province is told of."""
    values = {bar.key: bar for bar in bars if bar.key in TILES and bar.value}
    if not values:
        return ""
    edges = classes(bars)
    drawn = []
    for key, (column, row, letters) in TILES.items():
        bar = values.get(key)
        tint = 0 if bar is None else 1 + sum((bar.value or 0) >= edge for edge in edges)
        x = STEP_X * (column + 0.1 + row % 2 / 2)
        y = RADIUS + 3 + STEP_Y * row
        ink = "licht" if tint >= DARK else ""
        drawn.append((f"p{tint}", _hexagon(x, y), ink, x, y - 3, letters, ink, x, y + 17, bar))
    tiles = format_html_join(
        "",
        '<path class="{}" d="{}"></path>'
        '<text class="{}" x="{}" y="{}" font-size="17" font-weight="700" text-anchor="middle">{}</text>'
        '<text class="{}" x="{}" y="{}" font-size="14" text-anchor="middle">{}</text>',
        (
            (
                *rest[:3],
                f"{x:.1f}",
                f"{y:.1f}",
                letters,
                ink,
                f"{x2:.1f}",
                f"{y2:.1f}",
                _number(bar),
            )
            for *rest, x, y, letters, ink, x2, y2, bar in drawn
        ),
    )
    return format_html(
        '<svg class="kaart-nl" viewBox="0 0 {} {}" aria-hidden="true" focusable="false">{}</svg>',
        WIDTH,
        HEIGHT,
        tiles,
    )


def _number(bar: Bar | None) -> str:
    return formatted(bar.value or 0) if bar is not None else "–"


def _hexagon(x: float, y: float) -> str:
    points = [
        (
            x + (RADIUS - 2) * math.sin(math.pi / 3 * n),
            y - (RADIUS - 2) * math.cos(math.pi / 3 * n),
        )
        for n in range(6)
    ]
    return "M" + "L".join(f"{px:.1f} {py:.1f}" for px, py in points) + "Z"
