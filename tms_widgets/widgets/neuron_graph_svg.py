"""A still picture of a graph of neurons, for pages without a kernel. Plain strings, as in `svg`."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from .film import Film
from .neuron_model import Neurons
from .neuron_svg import COLOURS, TIED, TINTED, TINTS, UNTIED, WIDTH, document
from .svg import LINE, NEGATIVE, POSITIVE, label, viridis

HEAD, SIDE = 24, 40
ROW, SHORTEST, TALLEST = 26, 130, 540
WIDEST, CROWD, LABEL = 6.0, 200, 11

Array = NDArray[np.float64]


def graph(film: Film, frame: int, threshold: float, caption: str) -> str:
    """Features at the left, neurons in the middle, outputs at the right, and a line for each weight.

    Parameters
    ----------
    film : Film
    frame : int
        Index of the frame drawn.
    threshold : float
        Weights up to this size are left out.
    caption : str
        What stands below the picture.
    """
    neurons = Neurons.of(film, frame)
    m, n = neurons.W.shape
    tall = min(max(ROW * max(m, n), SHORTEST), TALLEST)
    rows, steps = tall / n, tall / m
    features = HEAD + (np.arange(n) + 0.5) * rows
    middles = np.empty(m)
    middles[film.neuron_order] = HEAD + (np.arange(m) + 0.5) * steps
    small, large = _radius(rows, 6), _radius(steps, 11)
    widest = max(min(steps * 0.5, rows * 0.4, WIDEST), 1.5)
    ends = ((SIDE + small, WIDTH / 2 - large), (WIDTH - SIDE - small, WIDTH / 2 + large))
    parts = [
        _lines(table, threshold, widest, (features, middles), across)
        for table, across in zip((neurons.W, neurons.decoder.T), ends, strict=True)
    ]
    for i, y in enumerate(features):
        for x in (SIDE, WIDTH - SIDE):
            parts.append(_node(x, y, small, viridis(float(neurons.disturbed[i])), LINE))
        if i % math.ceil(LABEL / rows) == 0:
            parts.append(label(SIDE - small - 5, y + 3, str(i), anchor="end"))
            parts.append(label(WIDTH - SIDE + small + 5, y + 3, str(i)))
    for a, y in enumerate(middles):
        parts.append(_node(WIDTH / 2, y, large, TINTS[neurons.kinds[a]], LINE))
        if large >= 7:
            parts.append(label(WIDTH / 2, y + 3.5, str(a), anchor="middle"))
    parts += [label(4, 12, "features x"), label(WIDTH / 2, 12, "neurons h", "middle")]
    parts.append(label(WIDTH - 4, 12, "outputs x′" if film.W_out is None else "outputs y′", "end"))
    said = f"Red positive, blue negative, the wider the larger on its side. {COLOURS} {TINTED}"
    return document(
        parts, HEAD + tall + 8, caption, said.format(formula=TIED if film.W_out is None else UNTIED)
    )


def _lines(
    table: Array, threshold: float, widest: float, heights: tuple[Array, Array], across: tuple[float, float]
) -> str:
    """A curve for each weight of a table (m, n) above the threshold, from a feature to a neuron."""
    width = widest / (float(np.abs(table).max()) or 1.0)
    neurons, features = np.nonzero(np.abs(table) > threshold)
    start, end = across
    middle = (start + end) / 2
    curves = "".join(
        f'<path d="M{start:.0f} {heights[0][i]:.1f}C{middle:.0f} {heights[0][i]:.1f} {middle:.0f} '
        f'{heights[1][a]:.1f} {end:.0f} {heights[1][a]:.1f}" '
        f'stroke="{NEGATIVE if table[a, i] < 0 else POSITIVE}" '
        f'stroke-width="{max(width * abs(table[a, i]), 0.6):.1f}"/>'
        for a, i in zip(neurons, features, strict=True)
    )
    faint = min(max(CROWD / max(len(neurons), 1), 0.25), 1.0)
    return f'<g fill="none" stroke-opacity="{faint:.2f}">{curves}</g>'


def _node(x: float, y: float, radius: float, fill: str, stroke: str) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{fill}" stroke="{stroke}"/>'


def _radius(room: float, largest: float) -> float:
    return max(min(room * 0.4, largest), 1.25)
