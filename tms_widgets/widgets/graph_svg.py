"""A still picture of a feature graph, for pages without a kernel: every component once, or one of each kind.

Plain strings, as in `svg`.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from html import escape

import numpy as np

from .. import measures
from ..measures.graph import DRAWN_EDGE
from .graph_model import GraphModel
from .svg import GAP, INK, LINE, NEGATIVE, POSITIVE

WIDTH = 640
CELL, SMALL_CELL = 128, 56
RADIUS = 38
TITLE = 34
ALL_DRAWN = 3
"""Of a kind with more components than this, one is drawn."""
MOST_EDGES, MOST_LABELS = 600, 12
LINE_HEIGHT, CHARACTER = 14, 5.4

Kind = tuple[str, Sequence[measures.Component]]


def picture(model: GraphModel) -> str:
    """An SVG document: each component with its name and dimensionality, and the caption below."""
    drawn = [(title, component) for kind in _kinds(model) for title, component in _chosen(model, *kind)]
    x, y, parts = GAP, 8, []
    for title, component in drawn:
        width = CELL if len(component.features) > 1 else SMALL_CELL + 40
        if x + width > WIDTH:
            x, y = GAP, y + CELL + TITLE
        parts.append(
            f'<g transform="translate({x + width / 2:.0f},{y})">{_component(model, title, component)}</g>'
        )
        x += width
    below = y + (CELL + TITLE if drawn else 0) + LINE_HEIGHT
    words = (
        f"{model.caption} Edges where |W_i·W_j| > {DRAWN_EDGE:g}: blue negative, red positive; "
        "D is the mean dimensionality D_i."
    )
    lines = textwrap.wrap(words, int((WIDTH - 2 * GAP) / CHARACTER))
    written = "".join(_text(GAP, below + LINE_HEIGHT * k, line) for k, line in enumerate(lines))
    height = below + LINE_HEIGHT * len(lines)
    caption = escape(model.caption)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
        f'height="{height}" role="img" aria-label="{caption}" font-family="sans-serif" font-size="10">'
        f'<title>{caption}</title><rect width="{WIDTH}" height="{height}" fill="#ffffff"/>'
        f"{''.join(parts)}{written}</svg>"
    )


def _kinds(model: GraphModel) -> list[Kind]:
    """The components by their name: small ones first, what has no name last."""
    kinds: dict[str, list[measures.Component]] = {}
    for component in model.graph.components:
        kinds.setdefault(component.name, []).append(component)
    return sorted(kinds.items(), key=lambda kind: (kind[0] == "unnamed", len(kind[1][0].features), kind[0]))


def _chosen(
    model: GraphModel, name: str, components: Sequence[measures.Component]
) -> Iterator[tuple[str, measures.Component]]:
    said = "no named shape" if name == "unnamed" else name
    if len(components) <= ALL_DRAWN:
        yield from ((said, component) for component in components)
    else:
        yield f"{len(components)} × {said}", min(components, key=lambda one: one.distance)


def _component(model: GraphModel, title: str, component: measures.Component) -> str:
    features = list(component.features)
    spots = model.places_of(component)
    across, down = RADIUS * spots[:, 0], TITLE + CELL / 2 - 10 - RADIUS * spots[:, 1]
    overlaps = model.W[:, features].T @ model.W[:, features]
    first, second = np.nonzero(np.triu(np.abs(overlaps) > DRAWN_EDGE, k=1))
    strongest = np.argsort(-np.abs(overlaps[first, second]), kind="stable")[:MOST_EDGES]
    edges = "".join(
        f'<path d="M{across[i]:.1f} {down[i]:.1f}L{across[j]:.1f} {down[j]:.1f}" '
        f'stroke="{NEGATIVE if overlaps[i, j] < 0 else POSITIVE}" '
        f'stroke-width="{0.6 + 2 * min(abs(overlaps[i, j]), 1):.1f}"/>'
        for i, j in zip(first[strongest], second[strongest], strict=True)
    )
    few = len(features) <= MOST_LABELS
    nodes = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{4 if few else 1.5}" fill="{INK}" stroke="#ffffff"/>'
        for x, y in zip(across, down, strict=True)
    )
    middle = TITLE + CELL / 2 - 10
    labels = "".join(
        _text(x * 1.3, middle + (y - middle) * 1.3 + (14 if len(features) == 1 else 3), str(i), "middle")
        for x, y, i in zip(across, down, features, strict=True)
        if few
    )
    mean = float(model.dimensionality[features].mean())
    return (
        f"{_text(0, 12, title, 'middle')}{_text(0, 26, f'D = {mean:.2f}', 'middle', LINE)}"
        f"<g>{edges}</g>{nodes}{labels}"
    )


def _text(x: float, y: float, words: str, anchor: str = "start", colour: str = INK) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" text-anchor="{anchor}">{escape(words)}</text>'
