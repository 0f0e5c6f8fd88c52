"""Legends of maps, and still pictures of them for pages without a kernel.

Plain strings, as in `svg`; the cells are small PNG pictures inside of them.
"""

from __future__ import annotations

import base64
import textwrap
from collections.abc import Sequence
from html import escape

import numpy as np
from numpy.typing import ArrayLike

from .grid_axis import GridAxis
from .phase_colours import Pixels, phase_pixels, png, sequential_pixels
from .svg import INK, LINE

SIDE = 260
LEFT, RIGHT, ABOVE, BELOW = 58, 14, 26, 44
LINE_HEIGHT, CHARACTER = 14, 5
"""Of the caption, in pixels; the width of a character is a mean."""

POINT = "#ff3b30"

Curve = tuple[ArrayLike, ArrayLike, str]


def picture(
    maps: Sequence[tuple[str, Pixels, Sequence[Curve]]],
    x: GridAxis,
    y: GridAxis,
    labels: tuple[str, str],
    caption: str,
    points: Sequence[tuple[float, float, str]] = (),
) -> str:
    """An SVG document with maps side by side, over the same axes, and a caption.

    Parameters
    ----------
    maps : sequence of (title, cells, curves)
    x, y : GridAxis
    labels : (str, str)
        Of the axes.
    caption : str
    points : sequence of (x, y, name), optional
        Marked in every map.
    """
    step = LEFT + SIDE + RIGHT
    lines = textwrap.wrap(caption, (step * len(maps) - 2 * RIGHT) // CHARACTER)
    width, height = step * len(maps), ABOVE + SIDE + BELOW + LINE_HEIGHT * len(lines) + 6
    dots = "".join(_dot(float(x.place(across)), float(y.place(up)), name) for across, up, name in points)
    drawn = "".join(
        f'<g transform="translate({LEFT + k * step},{ABOVE})">{_map(*one, x, y, labels)}{dots}</g>'
        for k, one in enumerate(maps)
    )
    below = ABOVE + SIDE + BELOW + LINE_HEIGHT / 2
    written = "".join(
        f'<text x="{RIGHT}" y="{below + LINE_HEIGHT * k}" fill="{INK}" font-size="10">{escape(line)}</text>'
        for k, line in enumerate(lines)
    )
    words = escape(caption)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" aria-label="{words}" font-family="sans-serif" font-size="11">'
        f'<title>{words}</title><rect width="{width}" height="{height}" fill="#ffffff"/>'
        f"{drawn}{written}</svg>"
    )


def phase_legend(n: int) -> str:
    """What the colours of a phase map mean, as HTML: a square of norm and interference, and three words."""
    steps = np.linspace(0.0, 1.0, 24)
    square = phase_pixels(*np.meshgrid(steps[::-1], steps, indexing="ij"))
    swatches = "".join(
        f'<span style="white-space:nowrap">{_swatch(phase_pixels(norm, shared).tolist())} {words}</span>'
        for words, norm, shared in (
            ("not represented", 0.0, 0.0),
            ("dedicated: a dimension of its own", 1.0, 0.0),
            ("in superposition", 1.0, 1.0),
        )
    )
    ramp = (
        f'<span style="white-space:nowrap">‖W<sub>{n}</sub>‖ 0 to 1 upwards {_image(square, 44, 30)} '
        "interference 0 to 1 to the right</span>"
    )
    return _row(f"<span>The last feature:</span>{swatches}{ramp}")


def colour_bar(name: str, low: float, high: float) -> str:
    """A sequential scale with its ends, as HTML."""
    bar = sequential_pixels(np.linspace(low, high, 64)[None], low, high)
    return _row(f"<span>{escape(name)}:</span><span>{low:.4g} {_image(bar, 160, 12)} {high:.4g}</span>")


def _row(inside: str) -> str:
    style = "display:flex;flex-wrap:wrap;gap:4px 18px;align-items:center;line-height:1.4;font-size:12px"
    return f'<div style="{style}">{inside}</div>'


def _swatch(colour: Sequence[int]) -> str:
    rgb = ",".join(map(str, colour))
    style = f"display:inline-block;width:11px;height:11px;border:1px solid #888;background:rgb({rgb})"
    return f'<span style="{style};vertical-align:-1px;forced-color-adjust:none"></span>'


def _image(pixels: Pixels, width: int, height: int) -> str:
    style = "vertical-align:middle;border:1px solid #888"
    return f'<img alt="" src="{_url(pixels)}" width="{width}" height="{height}" style="{style}">'


def _url(pixels: Pixels) -> str:
    return "data:image/png;base64," + base64.b64encode(png(pixels)).decode()


def _map(
    title: str, pixels: Pixels, curves: Sequence[Curve], x: GridAxis, y: GridAxis, labels: tuple[str, str]
) -> str:
    parts = [
        f'<text x="{SIDE / 2}" y="-8" fill="{INK}" text-anchor="middle">{escape(title)}</text>',
        f'<image width="{SIDE}" height="{SIDE}" preserveAspectRatio="none" style="image-rendering:pixelated" '
        f'href="{_url(pixels)}"/>',
        f'<rect width="{SIDE}" height="{SIDE}" fill="none" stroke="{LINE}"/>',
        *(_path(x.place(along), y.place(up), colour) for along, up, colour in curves),
        *_ticks(x, y),
        f'<text x="{SIDE / 2}" y="{SIDE + 34}" fill="{INK}" text-anchor="middle">{escape(labels[0])}</text>',
        f'<text transform="translate(-42,{SIDE / 2}) rotate(-90)" fill="{INK}" text-anchor="middle">'
        f"{escape(labels[1])}</text>",
    ]
    return "".join(parts)


def _ticks(x: GridAxis, y: GridAxis) -> list[str]:
    def along(axis: GridAxis) -> list[tuple[float, str]]:
        if axis.kind == "names":
            return [(SIDE * (at + 0.5) / len(axis), words) for at, words in axis.ticks.items()]
        return [(SIDE * float(axis.place(at)), words) for at, words in axis.ticks.items()]

    below = [
        f'<path d="M{at:.1f} {SIDE}v4" stroke="{LINE}"/>'
        f'<text x="{at:.1f}" y="{SIDE + 16}" fill="{INK}" text-anchor="middle">{escape(words)}</text>'
        for at, words in along(x)
    ]
    beside = [
        f'<path d="M0 {SIDE - at:.1f}h-4" stroke="{LINE}"/>'
        f'<text x="-7" y="{SIDE - at + 4:.1f}" fill="{INK}" text-anchor="end">{escape(words)}</text>'
        for at, words in along(y)
    ]
    return below + beside


def _dot(across: float, up: float, name: str) -> str:
    place = f'x="{SIDE * across:.1f}" y="{SIDE * (1 - up) - 8:.1f}"'
    return (
        f'<circle cx="{SIDE * across:.1f}" cy="{SIDE * (1 - up):.1f}" r="4" fill="{POINT}" stroke="#ffffff"/>'
        f'<text {place} fill="#ffffff" text-anchor="middle" font-weight="bold">{escape(name)}</text>'
    )


def _path(along: ArrayLike, up: ArrayLike, colour: str) -> str:
    points = [
        f"{SIDE * a:.1f},{SIDE * (1 - u):.1f}"
        for a, u in zip(np.asarray(along), np.asarray(up), strict=True)
        if 0 <= a <= 1 and 0 <= u <= 1
    ]
    return f'<polyline points="{" ".join(points)}" fill="none" stroke="{colour}" stroke-width="1.5"/>'
