"""Still pictures of neurons, for pages without a kernel: the stacks of their weights.

Plain strings, as in `svg`.
"""

from __future__ import annotations

import math
import textwrap
from html import escape

import numpy as np
from numpy.typing import NDArray

from .film import Film
from .neuron_model import KINDS, Neurons
from .svg import INK, LINE, box, label, stroke_to, viridis

WIDTH = 640
LEFT, RIGHT = 52, 8
TALL, TITLE, FOOT = 180, 18, 30
LINE_HEIGHT, CHARACTER = 14, 5.4
TINTS: dict[str, str] = dict(zip(KINDS, ("#d0ebf8", "#f7e2bf", "#dfe2e6"), strict=True))
COLOURS = "Colour: interference of the feature, {formula}, dark 0, yellow 1 or more."
TIED = "Σ_{j≠i}(Ŵ_i·W_j)²"
UNTIED = "Σ_{j≠i}½(g_ij₊² + g_ij₋²), g_ij± what x_j = ±1 alone gives output i"
TINTED = "Tint of the neuron: blue monosemantic, orange polysemantic, grey dead."
LIGHT = 0.6
"""From here on the colours of interference are so light that dark numbers read better on them."""
FEWEST_PIXELS = 0.4
"""Thinner pieces are left out: together they would only make the file large."""

Array = NDArray[np.float64]


def stacks(film: Film, frame: int, weights: str, caption: str) -> str:
    """One column a neuron, its weights on top of each other; of untied models those out of it below.

    Parameters
    ----------
    film : Film
    frame : int
        Index of the frame drawn.
    weights : {"signed", "absolute"}
    caption : str
        What stands below the picture.
    """
    neurons = Neurons.of(film, frame)
    order = film.neuron_order
    column = (WIDTH - LEFT - RIGHT) / len(order)
    tied = neurons.W_out is None
    plots = [("W" if tied else "in: W", neurons.W)]
    plots += [] if neurons.W_out is None else [("out: W_out", neurons.W_out.T)]
    bottom = len(plots) * (TALL + TITLE)
    parts = [
        box(LEFT + place * column, TITLE, column, bottom - TITLE + FOOT, TINTS[neurons.kinds[a]])
        for place, a in enumerate(order)
    ]
    for k, (title, table) in enumerate(plots):
        top = TITLE + k * (TALL + TITLE)
        parts.append(label(LEFT, top - 6, title))
        parts.append(_stack(table[order], neurons.disturbed, weights, column, top))
    for y, name, values in (
        (12, "neuron", order.tolist()),
        (25, "features", [neurons.counts[a] for a in order]),
    ):
        parts.append(label(LEFT - 6, bottom + y, name, anchor="end"))
        every = max(1, math.ceil(16 / column))
        parts += [
            label(LEFT + (place + 0.5) * column, bottom + y, str(value), anchor="middle")
            for place, value in enumerate(values)
            if place % every == 0
        ]
    colours = COLOURS.format(formula=TIED if tied else UNTIED)
    return document(parts, bottom + FOOT, caption, f"{colours} {TINTED}")


def _stack(table: Array, disturbed: Array, weights: str, column: float, top: float) -> str:
    """The columns of a table (m, n) of weights, in the order given, with their axis."""
    if weights == "absolute":
        table = np.abs(table)
    high, low = np.maximum(table, 0).sum(axis=1).max(), np.minimum(table, 0).sum(axis=1).min()
    high = high if high > low else 1.0

    def at(value: float) -> float:
        return top + TALL * (high - value) / (high - low)

    parts: list[str] = []
    step = next((s for s in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100) if (high - low) / s <= 8), high - low)
    for k in range(math.ceil(low / step), math.floor(high / step) + 1):
        parts.append(label(LEFT - 6, at(k * step) + 3, f"{k * step:g}".replace("-", "−"), anchor="end"))
        parts.append(stroke_to(LEFT - 3, at(k * step), LEFT, at(k * step), LINE))
    for place, row in enumerate(table):
        ends = {1: 0.0, -1: 0.0}
        x, width = LEFT + (place + 0.14) * column, 0.72 * column
        for i in np.flatnonzero(row):
            sign = 1 if row[i] > 0 else -1
            one, other = at(ends[sign]), at(ends[sign] + row[i])
            ends[sign] += float(row[i])
            height = abs(other - one)
            if height < FEWEST_PIXELS:
                continue
            parts.append(box(x, min(one, other), width, height, viridis(float(disturbed[i])), "#ffffff"))
            if height >= 11 and width >= 7 * len(str(i)) + 4:
                middle = f'x="{x + width / 2:.1f}" y="{(one + other) / 2 + 3.5:.1f}" text-anchor="middle"'
                parts.append(f'<text {middle} fill="{"#ffffff" if disturbed[i] < LIGHT else INK}">{i}</text>')
    parts.append(stroke_to(LEFT, at(0), WIDTH - RIGHT, at(0), INK))
    return "".join(parts)


def document(parts: list[str], height: float, caption: str, more: str) -> str:
    """An SVG document of these parts, with the caption and what else must be said below it."""
    lines = textwrap.wrap(f"{caption} {more}", int((WIDTH - 20) / CHARACTER))
    written = "".join(label(10, height + LINE_HEIGHT * (k + 1), words) for k, words in enumerate(lines))
    whole = math.ceil(height + LINE_HEIGHT * (len(lines) + 1))
    named = escape(caption)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {whole}" width="{WIDTH}" '
        f'height="{whole}" role="img" aria-label="{named}" font-family="sans-serif" font-size="10">'
        f'<title>{named}</title><rect width="{WIDTH}" height="{whole}" fill="#ffffff"/>'
        f"{''.join(parts)}{written}</svg>"
    )
