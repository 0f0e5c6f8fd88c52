"""A still picture of a film, for pages without a kernel: GitHub, nbviewer, a PDF, a diff.

Plain strings on purpose: a notebook must open with its pictures wherever an SVG can be shown, and drawing
one must cost neither a plotting library nor a browser.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

from .. import measures
from .course import course_of
from .film import Film, plane_of

SIDE = 220
GAP = 20
TITLE = 18
MOST_CELLS = 40  # features on a side: more would make the notebook heavy and the cells too small to see
VISIBLE = 0.02  # share of the colour scale below which a cell looks like 0

INK, LINE = "#1f2328", "#8c959f"
OKABE_ITO = ("#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9", "#f0e442", INK)
VIRIDIS = (
    "#440154", "#482475", "#414487", "#355f8d", "#2a788e", "#21918c",
    "#22a884", "#44bf70", "#7ad151", "#bddf26", "#fde725",
)  # fmt: skip
NEGATIVE, ZERO, POSITIVE = "#2166ac", "#f7f7f7", "#b2182b"

Array = NDArray[np.float64]


def picture(film: Film, frame: int, panels: Sequence[str] = ("geometry", "matrix", "bars")) -> str:
    """Return an SVG document with panels side by side and the film's caption as its title.

    Parameters
    ----------
    film : Film
    frame : int
        Index of the frame drawn.
    panels : sequence of {"geometry", "matrix", "bars", "loss", "dimensionality"}
        Default: all that show weights. ``"geometry"`` above three dimensions is a projection, and is
        labelled so.
    """
    width = len(panels) * (SIDE + GAP) + GAP
    height = SIDE + TITLE + GAP
    caption = escape(film.caption)
    drawn = [
        f'<g transform="translate({GAP + k * (SIDE + GAP)},{TITLE})">{_PANELS[name](film, frame)}</g>'
        for k, name in enumerate(panels)
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" aria-label="{caption}" font-family="sans-serif" font-size="10">'
        f"<title>{caption}</title>"
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>{"".join(drawn)}</svg>'
    )


def _geometry(film: Film, frame: int) -> str:
    """The columns of W as arrows, in the plane or projected on it."""
    W = film.W[frame].astype(float)
    m = W.shape[0]
    tips = plane_of(film.W[-1]) @ W
    unit = (SIDE / 2 - 16) / max(1.0, float(np.linalg.norm(tips, axis=0).max()))
    middle = SIDE / 2
    seen = "" if m <= 2 else ", projected"
    parts = [
        label(0, -6, f"columns W_i of W (m = {m}){seen}"),
        f'<circle cx="{middle}" cy="{middle}" r="{unit:.1f}" fill="none" stroke="{LINE}"/>',
    ]
    for i, (x, y) in enumerate(tips.T):
        tip_x, tip_y = middle + unit * x, middle - unit * y
        length = math.hypot(x, y)
        # members of a set share a colour
        colour = OKABE_ITO[i // (film.set_size or 1) % len(OKABE_ITO)]
        parts.append(stroke_to(middle, middle, tip_x, tip_y, colour))
        parts.append(f'<circle cx="{tip_x:.1f}" cy="{tip_y:.1f}" r="4" fill="{colour}" stroke="#ffffff"/>')
        if W.shape[1] <= 20 and length > 0.1:
            parts.append(label(tip_x + 10 * x / length, tip_y - 10 * y / length + 3, str(i), anchor="middle"))
    return "".join(parts)


def _matrix(film: Film, frame: int) -> str:
    """The map that the weights make, cell by cell, with the bias beside it."""
    W, b = film.W[frame].astype(float), film.b[frame].astype(float)
    decoder = W.T if film.W_out is None else film.W_out[frame].astype(float)
    values = decoder @ W
    n = len(b)
    shown = min(n, MOST_CELLS)
    limit = _nice_limit(max(float(np.abs(values).max()), float(np.abs(b).max())))
    strip = max(1.0, shown / 20)
    cell = (SIDE - 6) / (shown + strip)
    name = "WᵀW" if film.W_out is None else "W_out W"
    part = "" if shown == n else f", first {shown} of {n}"
    parts = [label(0, -6, f"{name} and b, ±{limit:g}: blue −, red +{part}")]

    def block(x: float, width: float, table: Array) -> None:
        """A rectangle of the colour of 0, and on it the cells that have another."""
        parts.append(box(x, 0, width * table.shape[1], cell * len(table), ZERO, LINE))
        for (i, j), value in np.ndenumerate(table / limit):
            if abs(value) >= VISIBLE:
                parts.append(box(x + j * width, i * cell, width - 0.4, cell - 0.4, _diverging(value)))

    block(0, cell, values[:shown, :shown])
    block(shown * cell + 6, strip * cell, b[:shown, None])
    return "".join(parts)


def _bars(film: Film, frame: int) -> str:
    """A bar a feature: its norm, coloured by interference."""
    W = film.W[frame].astype(float)
    norms, disturbed = measures.feature_norms(W), measures.interference(W)
    longest = max(1.2, float(norms.max()))
    row = SIDE / len(norms)
    scale = (SIDE - 20) / longest
    parts = [
        label(0, -6, "‖W_i‖, dark: interference 0, yellow: 1 or more"),
        stroke_to(20 + scale, 0, 20 + scale, SIDE, LINE),
    ]
    for i, (norm, share) in enumerate(zip(norms, disturbed, strict=True)):
        parts.append(box(20, i * row + row * 0.1, scale * norm, row * 0.8, viridis(float(share)), LINE))
        if row >= 10 or i % math.ceil(10 / row) == 0:
            parts.append(label(15, (i + 0.5) * row + 3, str(i), anchor="end"))
    return "".join(parts)


def _loss(film: Film, frame: int) -> str:
    """The loss of every frame, both axes logarithmic, with a line at the frame shown."""
    recorded = zip(film.steps, film.losses or (), strict=False)
    points = [(step, loss) for step, loss in recorded if loss > 0 and math.isfinite(loss)]
    x = _scale(math.log1p(film.steps[0]), math.log1p(film.steps[-1]), 0, SIDE)
    parts = [label(0, -6, f"loss, steps {film.steps[0]} to {film.steps[-1]}; line: step {film.steps[frame]}")]
    if points:
        lowest, highest = min(loss for _, loss in points), max(loss for _, loss in points)
        y = _scale(math.log(lowest), math.log(highest), SIDE - 14, 14)
        path = " ".join(f"{x(math.log1p(step)):.1f},{y(math.log(loss)):.1f}" for step, loss in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{INK}" stroke-width="1.5"/>')
        parts.append(label(0, 9, f"{highest:.3g}"))
        parts.append(label(SIDE, SIDE - 2, f"{lowest:.3g}", anchor="end"))
    here = x(math.log1p(film.steps[frame]))
    parts.append(stroke_to(here, 0, here, SIDE, LINE))
    return "".join(parts)


def _dimensionality(film: Film, frame: int) -> str:
    """D_i over the steps, with the levels of polytopes, a triangle for each jump and a line at the frame."""
    course = course_of(film)
    x = _scale(math.log1p(film.steps[0]), math.log1p(film.steps[-1]), 20, SIDE)
    y = _scale(0.0, 1.0, SIDE, 14)
    parts = [label(0, -6, f"D_i, steps {film.steps[0]} to {film.steps[-1]}; ▾: {len(course.jumps)} jumps")]
    for level, name in ((0.0, "0"), (0.5, "1/2"), (1.0, "1")):
        parts.append(stroke_to(20, y(level), SIDE, y(level), LINE))
        parts.append(label(16, y(level) + 3, name, anchor="end"))
    for i, curve in enumerate(course.D.T):
        colour = OKABE_ITO[i // (film.set_size or 1) % len(OKABE_ITO)]
        points = zip(film.steps, curve, strict=True)
        path = " ".join(f"{x(math.log1p(step)):.1f},{y(D):.1f}" for step, D in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.2"/>')
    for jump in course.jumps:
        middle = (x(math.log1p(jump.step_from)) + x(math.log1p(jump.step_to))) / 2
        parts.append(f'<path d="M{middle - 4:.1f},2h8l-4,7z" fill="{INK}"/>')
    here = x(math.log1p(film.steps[frame]))
    parts.append(stroke_to(here, 10, here, SIDE, LINE))
    return "".join(parts)


_PANELS: dict[str, Callable[[Film, int], str]] = {
    "geometry": _geometry,
    "matrix": _matrix,
    "bars": _bars,
    "loss": _loss,
    "dimensionality": _dimensionality,
}


def _scale(low: float, high: float, start: float, end: float) -> Callable[[float], float]:
    span = (high - low) or 1.0
    return lambda value: start + (value - low) / span * (end - start)


def label(x: float, y: float, words: str, anchor: str = "start") -> str:
    """Words at a point."""
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{INK}" text-anchor="{anchor}">{escape(words)}</text>'


def stroke_to(x0: float, y0: float, x1: float, y1: float, colour: str) -> str:
    """A line between two points."""
    ends = f'x1="{x0:.1f}" y1="{y0:.1f}" x2="{x1:.1f}" y2="{y1:.1f}"'
    return f'<line {ends} stroke="{colour}" stroke-width="1.5"/>'


def box(x: float, y: float, width: float, height: float, fill: str, stroke: str = "") -> str:
    """A rectangle."""
    edge = f' stroke="{stroke}" stroke-width=".5"' if stroke else ""
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{fill}"{edge}/>'


def viridis(share: float) -> str:
    """The colour of a share of the scale; what lies beyond gets the colour of its end."""
    place = min(max(share, 0.0), 1.0) * (len(VIRIDIS) - 1)
    low = min(int(place), len(VIRIDIS) - 2)
    return _mix(VIRIDIS[low], VIRIDIS[low + 1], place - low)


def _diverging(share: float) -> str:
    return _mix(ZERO, NEGATIVE if share < 0 else POSITIVE, min(abs(share), 1.0))


def _mix(start: str, end: str, share: float) -> str:
    mixed = (
        round(int(start[k : k + 2], 16) * (1 - share) + int(end[k : k + 2], 16) * share) for k in (1, 3, 5)
    )
    return "#" + "".join(f"{channel:02x}" for channel in mixed)


def _nice_limit(largest: float) -> float:
    """End of a scale for values up to ``largest``: a round number not much above it; 1 when all are 0."""
    if largest <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(largest))
    return next(s * power for s in (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10) if largest <= 1.01 * s * power)
