"""The legend of a dimensionality plot, and a still picture of it for pages without a kernel.

Plain strings, as in `svg`; points of one colour are one path, so that thousands of them stay light.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from html import escape

import numpy as np

from ..measures import LINES
from .axis_ticks import log_ticks
from .dimensionality_chart import GUIDE, MEAN, Y_ENDS, curves, x_ends
from .dimensionality_source import DensityModel
from .svg import INK, LINE, VIRIDIS

WIDTH, HEIGHT = 460, 300
LEFT, RIGHT, ABOVE, BELOW = 46, 124, 14, 44
SHADES = 12
LABEL_GAP = 12
LINE_HEIGHT, CHARACTER = 14, 5.2


def legend(norm_end: float) -> str:
    """What colours and lines mean, as HTML."""
    row = "display:flex;flex-wrap:wrap;gap:4px 18px;align-items:center;line-height:1.4;font-size:12px"
    bar = (
        "display:inline-block;width:120px;height:11px;border:1px solid #888;vertical-align:-1px;"
        f"background:linear-gradient(to right,{','.join(VIRIDIS)});forced-color-adjust:none"
    )
    stroke = "display:inline-block;width:26px;vertical-align:4px;border-top:{} {}"
    return (
        f'<div style="{row}"><span>a point a feature, coloured by ‖W<sub>i</sub>‖: 0 '
        f'<span role="img" aria-label="dark blue to yellow" style="{bar}"></span> {norm_end:g}</span>'
        f'<span><span style="{stroke.format("2px solid", MEAN)}"></span> D* = m/‖W‖²<sub>F</sub></span>'
        f'<span><span style="{stroke.format("1px dashed", GUIDE)}"></span> '
        "D of the polytope named at the right</span>"
        "</div>"
    )


def picture(models: Sequence[DensityModel], norm_end: float, caption: str) -> str:
    """The plot as an SVG document, with its caption."""
    low, high = x_ends(models)
    span = math.log(high / low)

    def across(x: float) -> float:
        return WIDTH * math.log(x / low) / span

    def down(level: float) -> float:
        return HEIGHT * (Y_ENDS[1] - level) / (Y_ENDS[1] - Y_ENDS[0])

    parts = [f'<rect width="{WIDTH}" height="{HEIGHT}" fill="none" stroke="{LINE}"/>']
    for (name, level), beside in zip(LINES.items(), spread([down(d) for d in LINES.values()]), strict=True):
        at = down(level)
        parts.append(f'<path d="M0 {at:.1f}H{WIDTH}" stroke="{GUIDE}" stroke-dasharray="4 3"/>')
        parts.append(f'<path d="M{WIDTH} {at:.1f}L{WIDTH + 8} {beside:.1f}" stroke="{GUIDE}"/>')
        parts.append(_text(WIDTH + 11, beside + 3.5, f"{name} {level:.3g}"))
    for tick in log_ticks(low, high):
        parts.append(_text(across(tick), HEIGHT + 14, f"{tick:g}", "middle"))
    parts += [_text(-6, down(k / 4) + 3.5, f"{k / 4:g}", "end") for k in range(5)]
    parts.append(_text(WIDTH / 2, HEIGHT + 32, "1/(1 − S), logarithmic", "middle"))
    parts.append(
        f'<text transform="translate(-34,{HEIGHT / 2}) rotate(-90)" fill="{INK}" text-anchor="middle">'
        "Dᵢ, dimensionality</text>"
    )
    parts += _points(models, norm_end, across, down)
    for places, levels in curves(models):
        inside = [(x, d) for x, d in zip(places, levels, strict=True) if d <= Y_ENDS[1]]
        path = " ".join(f"{across(x):.1f},{down(d):.1f}" for x, d in inside)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{MEAN}" stroke-width="2"/>')
    width = LEFT + WIDTH + RIGHT
    words = f"{caption} Colour: ‖W_i‖, dark 0 to yellow {norm_end:g}; orange line: D* = m/‖W‖²_F."
    lines = textwrap.wrap(words, int((width - 2 * 8) / CHARACTER))
    height = ABOVE + HEIGHT + BELOW + LINE_HEIGHT * len(lines) + 6
    written = "".join(
        _text(8, ABOVE + HEIGHT + BELOW + LINE_HEIGHT * (k + 0.5), line) for k, line in enumerate(lines)
    )
    said = escape(caption)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" aria-label="{said}" font-family="sans-serif" font-size="10">'
        f'<title>{said}</title><rect width="{width}" height="{height}" fill="#ffffff"/>'
        f'<g transform="translate({LEFT},{ABOVE})">{"".join(parts)}</g>{written}</svg>'
    )


def spread(places: Sequence[float], gap: float = LABEL_GAP) -> list[float]:
    """Places for labels beside ``places``, ascending, each at least ``gap`` below the one before.

    Labels that would overlap are moved apart around their middle.
    """
    groups: list[list[float]] = []  # [sum of wished tops, count]
    for place in places:
        groups.append([place, 1])
        while (
            len(groups) > 1
            and _end(groups[-2], gap) > groups[-1][0] / groups[-1][1] - gap * (groups[-1][1] - 1) / 2
        ):
            total, count = groups.pop()
            groups[-1] = [groups[-1][0] + total, groups[-1][1] + count]
    found: list[float] = []
    for total, count in groups:
        found += [total / count + gap * (k - (count - 1) / 2) for k in range(int(count))]
    return found


def _end(group: list[float], gap: float) -> float:
    """Where the next label may begin."""
    total, count = group
    return total / count + gap * (count - 1) / 2 + gap


def _points(models, norm_end, across, down) -> list[str]:  # pyright: ignore[reportMissingParameterType]
    """One path for each shade; points that fall on one pixel are drawn once."""
    shades: dict[int, dict[tuple[int, int], None]] = {}
    for model in models:
        x = across(model.x)
        shade = np.clip(model.norms / norm_end * (SHADES - 1), 0, SHADES - 1).round().astype(int)
        for level, k in zip(model.dimensionality, shade, strict=True):
            shades.setdefault(int(k), {})[round(2 * x), round(2 * down(float(level)))] = None
    drawn = []
    for k in sorted(shades):
        path = "".join(f"M{x / 2:g} {y / 2:g}h0" for x, y in shades[k])
        colour = VIRIDIS[round(k * (len(VIRIDIS) - 1) / (SHADES - 1))]
        drawn.append(f'<path d="{path}" stroke="{colour}" stroke-width="4.5" stroke-linecap="round"/>')
    return drawn


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{INK}" text-anchor="{anchor}">{escape(words)}</text>'
