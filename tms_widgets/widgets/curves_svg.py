"""The legend of a chart of curves, and a still picture of it for pages without a kernel."""

from __future__ import annotations

import math
import re
import textwrap
from html import escape
from itertools import pairwise

import numpy as np

from .curves_model import BAND, Band, Chart, Curve, stretches
from .dimensionality_svg import spread
from .svg import INK, LINE

WIDTH, HEIGHT = 460, 280
LEFT, ABOVE, BELOW = 62, 14, 44
RIGHT, CHARACTER = 14, 5.4
ROW, SWATCH = 16, 30
SPARE = 0.3
"""Points nearer than this share of a pixel are one in the picture."""
DASHES = {"solid": "", "dashed": "7 4", "dotted": "1.5 3.5", "dash_dotted": "8 3 1.5 3"}
MARKS = {
    "circle": "M-3.4 0a3.4 3.4 0 1 0 6.8 0a3.4 3.4 0 1 0 -6.8 0z",
    "square": "M-3 -3h6v6h-6z",
    "triangle-up": "M0 -4l4 7h-8z",
    "triangle-down": "M0 4l4 -7h-8z",
    "diamond": "M0 -4.2l3.4 4.2l-3.4 4.2l-3.4 -4.2z",
    "cross": "M-1.3 -4h2.6v2.7h2.7v2.6h-2.7v2.7h-2.6v-2.7h-2.7v-2.6h2.7z",
}


def legend(chart: Chart) -> str:
    """What lines, marks and bands mean, as HTML; it stands below the chart, where no line is."""
    row = "display:flex;flex-wrap:wrap;gap:4px 18px;align-items:center;line-height:1.4;font-size:12px"
    items = "".join(
        f'<span style="white-space:nowrap"><svg width="{SWATCH}" height="12" viewBox="0 -6 {SWATCH} 12" '
        f'style="vertical-align:-2px;forced-color-adjust:none" aria-hidden="true">{swatch}</svg> '
        f'<span style="white-space:normal">{escape(name)}</span></span>'
        for name, swatch in _entries(chart)
    )
    return f'<div style="{row}">{items}</div>'


def words(caption: str) -> str:
    """A caption as HTML, in which W_i has a subscript."""
    # every third part is the index of a single letter; what follows a longer word, n_hidden, is none
    parts = re.split(r"(?<![^\W\d_])([^\W\d_]['’]?)_([a-z0-9])(?!\w)", caption)
    marked = "".join(
        f"<sub>{escape(part)}</sub>" if k % 3 == 2 else escape(part) for k, part in enumerate(parts)
    )
    return f'<p style="margin:2px 0 0;line-height:1.4">{marked}</p>'


def picture(chart: Chart, caption: str) -> str:
    """The chart as an SVG document, with its legend and caption below."""
    names = max((len(f"{name} {level:.3g}") for name, level in chart.guides.items()), default=0)
    width = LEFT + WIDTH + max(RIGHT, round(16 + CHARACTER * names))
    rows = _rows(chart, width)
    lines = textwrap.wrap(caption, int((width - 16) / CHARACTER))
    top = ABOVE + HEIGHT + BELOW
    height = top + ROW * len(rows) + 14 * len(lines) + 12
    below = [
        f'<g transform="translate({x:.1f},{top + ROW * (k + 0.5):.1f})">{swatch}'
        f"{_text(SWATCH + 4, 3.5, name)}</g>"
        for k, row in enumerate(rows)
        for x, name, swatch in row
    ]
    below += [_text(8, top + ROW * len(rows) + 14 * (k + 0.9), line) for k, line in enumerate(lines)]
    said = escape(caption, quote=True)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" aria-label="{said}" font-family="sans-serif" font-size="10">'
        f'<title>{said}</title><rect width="{width}" height="{height}" fill="#ffffff"/>'
        f'<g transform="translate({LEFT},{ABOVE})">{"".join(_drawn(chart))}</g>{"".join(below)}</svg>'
    )


def _drawn(chart: Chart) -> list[str]:
    parts = [f'<rect width="{WIDTH}" height="{HEIGHT}" fill="none" stroke="{LINE}"/>']
    for at, tick in chart.x.ticks.items():
        x = WIDTH * chart.x.share(at)
        parts.append(f'<path d="M{x:.1f} {HEIGHT}v4" stroke="{LINE}"/>')
        parts.append(_text(x, HEIGHT + 14, tick, "middle"))
    for at, tick in chart.y.ticks.items():
        y = _down(chart, at)
        parts.append(f'<path d="M0 {y:.1f}h-4" stroke="{LINE}"/>')
        parts.append(_text(-6, y + 3.5, tick, "end"))
    parts.append(_text(WIDTH / 2, HEIGHT + 32, chart.x.label, "middle"))
    parts.append(
        f'<text transform="translate({14 - LEFT},{HEIGHT / 2}) rotate(-90)" fill="{INK}" '
        f'text-anchor="middle">{escape(chart.y.label)}</text>'
    )
    parts += [_band(chart, band) for band in chart.bands]
    guides = sorted(chart.guides.items(), key=lambda guide: -guide[1])
    places = [_down(chart, level) for _, level in guides]
    for (name, level), at, beside in zip(guides, places, spread(places), strict=True):
        parts.append(f'<path d="M0 {at:.1f}H{WIDTH}" stroke="{BAND}" stroke-dasharray="4 3"/>')
        parts.append(f'<path d="M{WIDTH} {at:.1f}L{WIDTH + 8} {beside:.1f}" stroke="{BAND}"/>')
        parts.append(_text(WIDTH + 11, beside + 3.5, f"{name} {level:.3g}"))
    return parts + [_curve(chart, curve) for curve in chart.curves]


def _curve(chart: Chart, curve: Curve) -> str:
    parts = []
    for x, y in stretches(curve.x, curve.y):
        places = [(WIDTH * chart.x.share(a), _down(chart, b)) for a, b in zip(x, y, strict=True)]
        if curve.joined:
            path = " ".join(f"{a:.1f},{b:.1f}" for a, b in _thinned(places))
            parts.append(
                f'<polyline points="{path}" fill="none" stroke="{curve.colour}" '
                f'stroke-width="2"{_dash(curve)}/>'
            )
        if curve.marker or len(places) == 1:
            mark = MARKS[curve.marker or "circle"]
            parts += [
                f'<path transform="translate({a:.1f},{b:.1f})" d="{mark}" fill="{curve.colour}"/>'
                for a, b in places
            ]
    return "".join(parts)


def _band(chart: Chart, band: Band) -> str:
    parts = []
    for x, low, high in stretches(band.x, band.low, band.high):
        across = [WIDTH * chart.x.share(at) for at in x]
        edge = [*zip(across, high, strict=True), *reversed(list(zip(across, low, strict=True)))]
        path = " ".join(f"{a:.1f},{_down(chart, b):.1f}" for a, b in edge)
        parts.append(f'<polygon points="{path}" fill="{band.colour}" fill-opacity=".2"/>')
    return "".join(parts)


def _entries(chart: Chart) -> list[tuple[str, str]]:
    """Name and picture of each thing in the legend; the pictures are drawn around (15, 0)."""
    found = []
    for curve in chart.curves:
        parts = []
        if any(band.curve is not None and chart.curves[band.curve] is curve for band in chart.bands):
            parts.append(
                f'<rect y="-5" width="{SWATCH}" height="10" fill="{curve.colour}" fill-opacity=".2"/>'
            )
        if curve.joined:
            parts.append(f'<path d="M0 0H{SWATCH}" stroke="{curve.colour}" stroke-width="2"{_dash(curve)}/>')
        if curve.marker:
            parts.append(
                f'<path transform="translate(15,0)" d="{MARKS[curve.marker]}" fill="{curve.colour}"/>'
            )
        found.append((curve.name, "".join(parts)))
    for band in chart.bands:
        if band.curve is None:
            drawn = f'<rect y="-5" width="{SWATCH}" height="10" fill="{band.colour}" fill-opacity=".3"/>'
            found.append((band.name, drawn))
    return found


def _rows(chart: Chart, width: float) -> list[list[tuple[float, str, str]]]:
    """The legend in rows: for each entry where it begins, its name and its picture."""
    rows: list[list[tuple[float, str, str]]] = []
    x = math.inf
    for name, swatch in _entries(chart):
        wide = SWATCH + 4 + CHARACTER * len(name) + 16
        if x + wide > width:
            rows.append([])
            x = 8.0
        rows[-1].append((x, name, swatch))
        x += wide
    return rows


def _thinned(places: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Without the points that nobody could tell from the one before."""
    kept = places[:1]
    for place, following in pairwise([*places[1:], (math.inf, math.inf)]):
        if math.dist(place, kept[-1]) >= SPARE or math.isinf(following[0]):
            kept.append(place)
    return kept


def _down(chart: Chart, value: float) -> float:
    return HEIGHT * (1 - chart.y.share(float(np.float64(value))))


def _dash(curve: Curve) -> str:
    return f' stroke-dasharray="{DASHES[curve.dash]}"' if DASHES[curve.dash] else ""


def _text(x: float, y: float, said: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{INK}" text-anchor="{anchor}">{escape(said)}</text>'
