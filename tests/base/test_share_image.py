# SPDX-License-Identifier: EUPL-1.2
"""The picture with a shared link, drawn at the build from base/frontend/deel.svg by a program of our own."""

import struct
import subprocess
import sys
import zlib
from collections import Counter

import pytest

from tests.processes import ROOT

pytestmark = pytest.mark.once

PROGRAM = ROOT / "base" / "frontend" / "share_image.py"
SQUARE = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8">
  <path fill="#ffffff" d="M0 0H8V8H0Z"/>
  <path fill="#ff0000" d="{d}"/>
</svg>"""


def drawn(source, tmp_path):
    """Rows of pixels, read as the PNG standard says (8 bits a colour, rows as they are)."""
    target = tmp_path / "picture.png"
    subprocess.run([sys.executable, str(PROGRAM), str(source), str(target)], check=True)
    data = target.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, parts = 8, {}
    while at < len(data):
        (size,), kind = struct.unpack_from(">I", data, at), data[at + 4 : at + 8]
        parts[kind] = data[at + 8 : at + 8 + size]
        (check,) = struct.unpack_from(">I", data, at + 8 + size)
        assert check == zlib.crc32(kind + parts[kind])
        at += 12 + size
    width, height, *how = struct.unpack(">IIBBBBB", parts[b"IHDR"])
    assert (how, parts[b"IEND"]) == ([8, 2, 0, 0, 0], b"")
    rows = zlib.decompress(parts[b"IDAT"])
    line = 1 + 3 * width
    assert (len(rows), {rows[line * y] for y in range(height)}) == (line * height, {0})
    return [
        [tuple(rows[line * y + 1 + 3 * x : line * y + 4 + 3 * x]) for x in range(width)]
        for y in range(height)
    ]


@pytest.mark.parametrize(
    ("d", "red"),
    [
        ("M2 2H6V6H2Z", {(x, y) for x in range(2, 6) for y in range(2, 6)}),
        # a hole is drawn the other way round
        (
            "M1 1L7 1L7 7L1 7ZM3 3L3 5L5 5L5 3Z",
            {(x, y) for x in range(1, 7) for y in range(1, 7)}
            - {(x, y) for x in (3, 4) for y in (3, 4)},
        ),
        # two outlines that overlap are one
        ("M0 0H4V2H0ZM2 0H6V2H2Z", {(x, y) for x in range(6) for y in range(2)}),
    ],
)
def test_shapes_are_filled_as_svg_says(tmp_path, d, red):
    source = tmp_path / "shape.svg"
    source.write_text(SQUARE.format(d=d))
    picture = drawn(source, tmp_path)
    found = {(x, y) for x in range(8) for y in range(8) if picture[y][x] == (255, 0, 0)}
    assert found == red


def test_an_edge_through_a_pixel_is_half_of_both(tmp_path):
    source = tmp_path / "half.svg"
    source.write_text(SQUARE.format(d="M0 0H3.5V8H0Z"))
    assert drawn(source, tmp_path)[4][3] == (255, 128, 128)


def test_a_curve_is_round(tmp_path):
    source = tmp_path / "round.svg"
    source.write_text(SQUARE.format(d="M0 0Q8 0 8 8L0 8Z"))
    picture = drawn(source, tmp_path)
    assert picture[0][7] == (255, 255, 255)
    assert picture[3][3] == (255, 0, 0)


def test_the_picture_has_the_size_that_sites_ask_for_and_our_colours(tmp_path):
    picture = drawn(ROOT / "base" / "frontend" / "deel.svg", tmp_path)
    assert (len(picture[0]), len(picture)) == (1200, 630)
    assert (tmp_path / "picture.png").stat().st_size < 100_000
    pixels = Counter(pixel for row in picture for pixel in row)
    colours = {colour for colour, number in pixels.items() if number > 1000}
    assert colours >= {(6, 51, 47), (255, 201, 60), (255, 122, 69), (255, 255, 255)}
