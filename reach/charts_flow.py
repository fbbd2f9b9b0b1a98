# SPDX-License-Identifier: EUPL-1.2
"""Who learned from whom, as bands from trainers (left) to learners (right): a Sankey diagram in SVG.

On a screen too narrow for its names, ``bars`` takes its place.
"""

import textwrap
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from reach.domain import published
from reach.domain.report import Flow
from reach.domain.suppression import MERGED, formatted

WIDTH, LABELS, NODE, GAP, TOP = 760, 178, 14, 16, 12
HEIGHT = 380
THINNEST = 2.0
#: Two lines of text need this much room, however thin the node.
ROW = 41
#: Colours k0 to k5 (base/frontend/components/charts.css); what comes after shares the last.
COLOURS = 6
#: A longer name would run into the bands.
LONGEST = 21
#: Bars that stand for the bands; the table has all of them.
MOST_BARS = 8


def sankey(flows: Sequence[Flow]) -> SafeString | str:
    """Bands as wide as how often colleagues learned. Nothing for no flows; the table says the same."""
    flows = [flow for flow in flows if flow.times]
    if not flows:
        return ""
    left: dict[str, int] = defaultdict(int)
    right: dict[str, int] = defaultdict(int)
    for flow in flows:
        left[flow.key[0]] += flow.times
        right[flow.key[1]] += flow.times
    order = sorted(
        {*left, *right}, key=lambda key: (key == MERGED, -right.get(key, 0) - left.get(key, 0), key)
    )
    colour = {key: f"k{min(number, COLOURS - 1)}" for number, key in enumerate(order)}
    nodes = max(len(left), len(right))
    height = HEIGHT if nodes <= COLOURS else HEIGHT + 34 * (nodes - COLOURS)
    scale = (height - GAP * (nodes - 1) - 2 * TOP) / sum(left.values())
    starts, ends = _tops(left, order, scale), _tops(right, order, scale)
    bands = _bands(flows, order, colour, dict(starts), dict(ends), scale)
    bottom = max(
        top + max(sizes[key] * scale, ROW)
        for sizes, tops in ((left, starts), (right, ends))
        for key, top in tops.items()
    )
    marks = format_html_join(
        "",
        "{}",
        [
            *((_node(k, left[k], y, scale, colour[k], to_right=False),) for k, y in starts.items()),
            *((_node(k, right[k], y, scale, colour[k], to_right=True),) for k, y in ends.items()),
        ],
    )
    return format_html(
        '<svg viewBox="0 0 {} {}" aria-hidden="true" focusable="false">{}{}</svg>',
        WIDTH,
        f"{bottom + TOP:.0f}",
        bands,
        marks,
    )


def _tops(sizes: dict[str, int], order: Sequence[str], scale: float) -> dict[str, float]:
    top, found = float(TOP), {}
    for key in order:
        if key in sizes:
            found[key] = top
            top += max(sizes[key] * scale + GAP, ROW)
    return found


def _bands(
    flows: Sequence[Flow],
    order: Sequence[str],
    colour: dict[str, str],
    starts: dict[str, float],
    ends: dict[str, float],
    scale: float,
) -> SafeString:
    x0, x1 = LABELS + NODE, WIDTH - LABELS - NODE
    middle = (x0 + x1) / 2
    place = {key: number for number, key in enumerate(order)}
    parts = []
    for flow in sorted(flows, key=lambda f: (place[f.key[0]], place[f.key[1]])):
        thick = flow.times * scale
        a, b = starts[flow.key[0]], ends[flow.key[1]]
        starts[flow.key[0]] += thick
        ends[flow.key[1]] += thick
        path = (
            f"M{x0} {a:.1f}C{middle} {a:.1f} {middle} {b:.1f} {x1} {b:.1f}"
            f"L{x1} {b + thick:.1f}C{middle} {b + thick:.1f} {middle} {a + thick:.1f} {x0} {a + thick:.1f}Z"
        )
        parts.append((colour[flow.key[0]], path))
    return format_html_join("", '<path class="stroom {}" d="{}"></path>', parts)


def _node(
    key: str, times: int, top: float, scale: float, colour: str, *, to_right: bool
) -> SafeString:
    x = WIDTH - LABELS - NODE if to_right else LABELS
    text = WIDTH - LABELS + 8 if to_right else LABELS - 8
    height = max(times * scale, THINNEST)
    middle = top + height / 2
    first, second = _two_lines(published.layer(key))
    return format_html(
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="3"></rect>'
        '<text x="{}" y="{}" font-size="14" font-weight="700" text-anchor="{}">{}</text>'
        '<text x="{}" y="{}" font-size="14" text-anchor="{}"><tspan font-weight="700">{}</tspan>{}</text>',
        colour,
        x,
        f"{top:.1f}",
        NODE,
        f"{height:.1f}",
        text,
        f"{middle + 1:.1f}",
        "start" if to_right else "end",
        first,
        text,
        f"{middle + 18:.1f}",
        "start" if to_right else "end",
        f"{second} " if second else "",
        formatted(times),
    )


def _two_lines(name: str) -> tuple[str, str]:
    """A long name goes on before the number; what is longer still is cut off."""
    lines = textwrap.wrap(name, LONGEST)
    second = " ".join(lines[1:])
    return lines[0], second if len(second) <= LONGEST else f"{second[: LONGEST - 1]}…"


def bars(flows: Sequence[Flow]) -> list[dict[str, Any]]:
    """The widest bands, for base's component ``staven``."""
    widest = sorted((flow for flow in flows if flow.times), key=lambda flow: -flow.times)
    return [
        {"label": _label(flow), "value": flow.times, "text": "", "rest": MERGED in flow.key}
        for flow in widest[:MOST_BARS]
    ]


def _label(flow: Flow) -> str:
    if flow.key == (MERGED, MERGED):
        return _("Tussen andere soorten organisaties")
    if flow.key[0] == flow.key[1]:
        return _("%(layer)s onder elkaar") % {"layer": flow.teacher}
    teacher, learner = (
        _("andere soorten organisaties") if key == MERGED else name
        for key, name in zip(flow.key, (flow.teacher, flow.learner), strict=True)
    )
    return _("Van %(teacher)s naar %(learner)s") % {"teacher": teacher, "learner": learner}
