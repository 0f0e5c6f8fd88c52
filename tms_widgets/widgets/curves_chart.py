"""The bqplot chart of curves: axes, bands, guide lines and lines; `curves_layer` points at their values."""

from __future__ import annotations

from typing import Any

import ipywidgets
import numpy as np

from .chart_parts import axis, figure, layered
from .curves_model import BAND, Array, Axis, Chart, Curve, stretches
from .extras import bqplot

HEIGHT = "380px"
LABEL, CHARACTER, MOST_LEFT, MOST_RIGHT = 32, 7, 160, 190
"""Pixels beside the chart: for the label of the axis, for each character of a tick or a name, and at most."""
BAND_OPACITY = 0.2
MARK_SIZE = 36


def margin_of(chart: Chart) -> dict[str, int]:
    """Room for the ticks at the left, and for the names of guide lines at the right."""
    ticks = max(map(len, chart.y.ticks.values()), default=0)
    names = max((len(f"{name} {level:.3g}") for name, level in chart.guides.items()), default=0)
    return {
        "left": min(LABEL + CHARACTER * max(ticks, 2), MOST_LEFT),
        "top": 12,
        "right": min(16 + CHARACTER * names, MOST_RIGHT),
        "bottom": 46,
    }


class CurvesChart:
    """The figure of a chart.

    Parameters
    ----------
    chart : Chart
    """

    def __init__(self, chart: Chart) -> None:
        self.margin = margin_of(chart)
        x, y = _scale(chart.x), _scale(chart.y)
        scales = {"x": x, "y": y}
        marks = [*_bands(chart, scales), *_guides(chart, scales)]
        for curve in chart.curves:
            marks += _curve(curve, scales)
        axes = [
            axis(x, chart.x.ticks, chart.x.label, 32, side="bottom"),
            axis(y, chart.y.ticks, chart.y.label, self.margin["left"] - 18, side="left"),
        ]
        self.figure = figure(marks, axes, self.margin, HEIGHT)

    def covered(self, layer: ipywidgets.DOMWidget) -> ipywidgets.GridBox:
        """The chart with a layer over it, of the same size."""
        return layered(self.figure, layer, HEIGHT)


def _scale(along: Axis) -> Any:
    bq = bqplot()
    # the layer over the chart counts on axes that reach to its margins
    return (bq.LogScale if along.log else bq.LinearScale)(min=along.low, max=along.high, allow_padding=False)


def _bands(chart: Chart, scales: dict[str, Any]) -> list[Any]:
    return [
        bqplot().Lines(
            x=x, y=[low, high], fill="between", fill_colors=[band.colour], colors=[band.colour],
            fill_opacities=[BAND_OPACITY], opacities=[0.0, 0.0], scales=scales,
        )
        for band in chart.bands
        for x, low, high in stretches(band.x, band.low, band.high)
    ]  # fmt: skip


def _guides(chart: Chart, scales: dict[str, Any]) -> list[Any]:
    if not chart.guides:
        return []
    levels = [[level, level] for level in chart.guides.values()]
    return [
        bqplot().Lines(
            x=[chart.x.low, chart.x.high], y=levels, colors=[BAND], stroke_width=1, line_style="dashed",
            scales=scales,
        )
    ]  # fmt: skip


def _curve(curve: Curve, scales: dict[str, Any]) -> list[Any]:
    parts = stretches(curve.x, curve.y)
    if not curve.joined:
        return [_marks(curve, parts, scales)]
    style: dict[str, Any] = {"colors": [curve.colour], "line_style": curve.dash, "stroke_width": 2}
    if curve.marker:
        style |= {"marker": curve.marker, "marker_size": MARK_SIZE}
    drawn = [bqplot().Lines(x=x, y=y, scales=scales, **style) for x, y in parts]
    alone = [part for part in parts if len(part[0]) == 1]
    if alone and not curve.marker:  # a line through one value is nothing to see
        drawn.append(_marks(curve, alone, scales))
    return drawn


def _marks(curve: Curve, parts: list[tuple[Array, ...]], scales: dict[str, Any]) -> Any:
    x, y = (np.concatenate(rows) for rows in zip(*parts, strict=True))
    return bqplot().Scatter(
        x=x,
        y=y,
        colors=[curve.colour],
        marker=curve.marker or "circle",
        default_size=MARK_SIZE,
        scales=scales,
    )
