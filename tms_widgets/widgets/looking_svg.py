"""What the still pictures of inputs have in common: rows of features, bars in columns, and the document."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from html import escape

import numpy as np

from .looked_at import LookedAt
from .svg import INK, LINE, OKABE_ITO

ROW, HEAD, MOST_ROWS = 18, 34, 24
LINE_HEIGHT, CHARACTER = 14, 5.4


def document(width: float, height: float, caption: str, parts: Sequence[str]) -> str:
    """An SVG document with the caption written below the picture."""
    lines = textwrap.wrap(caption, max(20, int((width - 16) / CHARACTER)))
    whole = height + LINE_HEIGHT * len(lines) + 8
    words = (text(8, height + LINE_HEIGHT * (k + 1), line) for k, line in enumerate(lines))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {whole:.0f}" '
        f'width="{width:.0f}" height="{whole:.0f}" role="img" aria-label="{escape(caption)}" '
        f'font-family="sans-serif" font-size="10"><title>{escape(caption)}</title>'
        f'<rect width="{width:.0f}" height="{whole:.0f}" fill="#ffffff"/>'
        f"{''.join(parts)}{''.join(words)}</svg>"
    )


def text(x: float, y: float, words: str, anchor: str = "start", colour: str = INK) -> str:
    """Words, with y at their base line."""
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" text-anchor="{anchor}">{escape(words)}</text>'


def rectangle(x: float, y: float, width: float, height: float, fill: str, stroke: str = "") -> str:
    """A filled rectangle, with a thin outline if it has a colour."""
    edge = f' stroke="{stroke}" stroke-width=".5"' if stroke else ""
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{fill}"{edge}/>'


def rows_of(n: int, wanted: tuple[int, ...], weight: np.ndarray) -> list[int]:
    """The features that have a row: all, or those wanted and those that weigh most."""
    if n <= MOST_ROWS:
        return list(range(n))
    by_weight = np.argsort(-weight, kind="stable").tolist()
    return sorted(list(dict.fromkeys([*wanted[:MOST_ROWS], *by_weight]))[:MOST_ROWS])


def feature_colour(model: LookedAt, i: int) -> str:
    """The colour of a feature, the same as in the views."""
    return OKABE_ITO[i // (model.problem.set_size or 1) % len(OKABE_ITO)]


def bar(column: tuple[int, int], y: float, value: float, low: float, high: float, colour: str) -> list[str]:
    """A bar from 0 to a value, and the value behind the column."""
    left, width = column
    zero, end = (left + width * (v - low) / (high - low) for v in (0.0, min(max(value, low), high)))
    return [
        rectangle(zero, y + 2, 1, ROW - 4, LINE),
        rectangle(min(zero, end), y + 4, abs(end - zero), ROW - 8, colour),
        text(left + width + 34, y + 13, signed(value), anchor="end"),
    ]


def signed(value: float) -> str:
    """Two decimals with a real minus sign."""
    return "0" if value == 0.0 else f"{value:.2f}".replace("-", "−")
