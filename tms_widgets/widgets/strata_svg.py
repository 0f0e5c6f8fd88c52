"""The strata of a loss as a still picture, for pages without a kernel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .looking_svg import document, rectangle, text
from .svg import INK, LINE, VIRIDIS

WIDTH, LEFT, CHART, TITLE, BAR = 640, 48, 80, 18, 18
COLOURS = (VIRIDIS[10], VIRIDIS[8], VIRIDIS[5], VIRIDIS[2], VIRIDIS[0])
"""Of k = 0, 1, 2, 3, and 4 or more."""


def picture(models: Sequence[dict[str, Any]], shown: int) -> str:
    """Return an SVG document: of several models the shares of each, and of one all three rows of bars."""
    parts: list[str] = []
    top = 0.0
    if len(models) > 1:
        parts.append(text(8, 12, "share of the loss by the number k of active features (yellow 0, dark 4+)"))
        for place, model in enumerate(models):
            parts += _bar_of_shares(model, TITLE + place * BAR, place == shown)
        top = TITLE + BAR * len(models) + 10.0
    model = models[shown]
    charts = (
        ("P(k active)", model["probability"]),
        ("L_k, the loss of such an input", model["loss"]),
        ("P(k) L_k: its share of the loss", _shares(model)),
    )
    for title, values in charts:
        parts += _chart(title, model["k"], values, top)
        top += TITLE + CHART
    band = (WIDTH - LEFT) / len(model["k"])
    every = next(step for step in (1, 2, 5, 10, 20, 50, 100, 1000) if step * band >= 20)
    parts += [
        text(LEFT + (i + 0.5) * band, top + 10, str(k), "middle")
        for i, k in enumerate(model["k"])
        if i % every == 0
    ]
    parts.append(text(8, top + 10, "k ="))
    return document(WIDTH, top + 14, model["caption"], parts)


def _shares(model: dict[str, Any]) -> list[float]:
    total = model["total"]
    parts = zip(model["probability"], model["loss"], strict=True)
    return [p * loss / total if total > 0 else 0.0 for p, loss in parts]


def _colour(k: int) -> str:
    return COLOURS[min(k, len(COLOURS) - 1)]


def _bar_of_shares(model: dict[str, Any], y: float, shown: bool) -> list[str]:
    left, parts = 110.0, [text(8, y + 13, ("▸ " if shown else "") + model["label"])]
    for k, share in zip(model["k"], _shares(model), strict=True):
        width = share * (WIDTH - 118)
        parts.append(rectangle(left, y + 2, width, BAR - 4, _colour(k), "#ffffff"))
        left += width
    return parts


def _chart(title: str, ks: Sequence[int], values: Sequence[float], top: float) -> list[str]:
    end = max(values) or 1.0
    band, high = (WIDTH - LEFT) / len(ks), CHART - 16
    base = top + TITLE + CHART - 8
    parts = [text(8, top + 13, title), rectangle(LEFT, base, WIDTH - LEFT - 8, 1, LINE)]
    for i, (k, value) in enumerate(zip(ks, values, strict=True)):
        x, tall = LEFT + (i + 0.15) * band, high * value / end
        parts.append(rectangle(x, base - tall, 0.7 * band, tall, _colour(k), LINE))
        if band >= 46:
            parts.append(text(x + 0.35 * band, base - tall - 3, f"{value:.3g}", "middle", INK))
    return parts
