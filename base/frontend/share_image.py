# SPDX-License-Identifier: EUPL-1.2
"""deel.svg as deel.png: the picture that other sites show with a link to ours. They take no SVG.

With the standard library alone, as build.py: it draws what deel.svg holds (flat paths, absolute M L H V Q C Z,
filled by the nonzero rule) and nothing more.
"""

import re
import struct
import sys
import zlib
from collections.abc import Iterator
from itertools import pairwise
from math import ceil, floor
from pathlib import Path
from xml.etree import ElementTree as ET

_TOKEN = re.compile(r"[A-Za-z]|-?\d*\.?\d+")
_NUMBERS = {"M": 2, "L": 2, "H": 1, "V": 1, "Q": 4, "C": 6}
#: Lines that one curve becomes, and lines of sight through one row of pixels.
_PIECES, _SIGHTS = 10, 4

Point = tuple[float, float]
Edge = tuple[float, float, float, float, int]


def write(source: Path, target: Path) -> None:
    target.write_bytes(_png(*_drawn(ET.parse(source).getroot())))  # noqa: S314 - our own file


def _drawn(svg: ET.Element) -> tuple[int, int, list[bytearray]]:
    _left, _top, width, height = (int(number) for number in svg.attrib["viewBox"].split())
    rows = [bytearray(3 * width) for _ in range(height)]
    for path in svg.iter("{http://www.w3.org/2000/svg}path"):
        colour = bytes.fromhex(path.attrib["fill"].removeprefix("#"))
        edges = [edge for shape in _shapes(path.attrib["d"]) for edge in _edges(shape)]
        _fill(rows, width, edges, colour)
    return width, height, rows


def _shapes(commands: str) -> Iterator[list[Point]]:
    """Each closed outline as points."""
    tokens = _TOKEN.findall(commands)
    shape: list[Point] = []
    at, command = 0, ""
    while at < len(tokens):
        if tokens[at].isalpha():
            command, at = tokens[at], at + 1
        if command == "Z":
            yield shape
            shape = []
            continue
        size = _NUMBERS[command]
        values = [float(token) for token in tokens[at : at + size]]
        at += size
        if command == "H":
            values = [values[0], shape[-1][1]]
        elif command == "V":
            values = [shape[-1][0], values[0]]
        points = list(zip(values[::2], values[1::2], strict=True))
        shape += points if len(points) == 1 else _curve(shape[-1], *points)
        command = "L" if command == "M" else command


def _curve(*controls: Point) -> Iterator[Point]:
    """De Casteljau: between the points, and again between those, until one is left."""
    for piece in range(1, _PIECES + 1):
        t, left = piece / _PIECES, list(controls)
        while len(left) > 1:
            left = [(a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t) for a, b in pairwise(left)]
        yield left[0]


def _edges(shape: list[Point]) -> Iterator[Edge]:
    for (x0, y0), (x1, y1) in zip(shape, [*shape[1:], shape[0]], strict=True):
        if y0 < y1:
            yield x0, y0, x1, y1, 1
        elif y1 < y0:
            yield x1, y1, x0, y0, -1


def _fill(rows: list[bytearray], width: int, edges: list[Edge], colour: bytes) -> None:
    edges.sort(key=lambda edge: edge[1])
    top = floor(edges[0][1])
    bottom = ceil(max(edge[3] for edge in edges))
    waiting, active = 0, []
    for row in range(max(0, top), min(len(rows), bottom)):
        while waiting < len(edges) and edges[waiting][1] < row + 1:
            active.append(edges[waiting])
            waiting += 1
        active = [edge for edge in active if edge[3] > row]
        covered = [0.0] * width
        for sight in range(_SIGHTS):
            _look(covered, active, row + (sight + 0.5) / _SIGHTS)
        _paint(rows[row], covered, colour)


def _look(covered: list[float], active: list[Edge], y: float) -> None:
    """Adds what one line of sight at this height meets: whole pixels, and the part of those at the ends."""
    crossings = sorted(
        (x0 + (x1 - x0) * (y - y0) / (y1 - y0), turn)
        for x0, y0, x1, y1, turn in active
        if y0 <= y < y1
    )
    winding = 0
    for (start, turn), (end, _next) in pairwise(crossings):
        winding += turn
        if winding:
            left, right = max(0.0, start), min(float(len(covered)), end)
            for x in range(floor(left), ceil(right)):
                covered[x] += (min(right, x + 1) - max(left, x)) / _SIGHTS


def _paint(row: bytearray, covered: list[float], colour: bytes) -> None:
    for x, share in enumerate(covered):
        if share > 0.999:  # noqa: PLR2004 - all of it, but for rounding
            row[3 * x : 3 * x + 3] = colour
        elif share:
            for part in range(3):
                there = row[3 * x + part]
                row[3 * x + part] = round(there + (colour[part] - there) * share)


def _png(width: int, height: int, rows: list[bytearray]) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    pixels = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


if __name__ == "__main__":
    write(Path(sys.argv[1]), Path(sys.argv[2]))
