"""The bqplot chart under the points of a dimensionality plot: axes, guide lines, and the line of D*."""

from __future__ import annotations

import math
from collections.abc import Sequence

import ipywidgets
import numpy as np

from ..measures import LINES
from .axis_ticks import log_ticks
from .chart_parts import axis, figure, layered
from .dimensionality_source import DensityModel
from .extras import bqplot
from .map_panel import SPARSITIES

HEIGHT = 420
MARGIN = {"left": 52, "top": 46, "right": 150, "bottom": 46}
Y_ENDS = (-0.035, 1.06)
BESIDE = 1.12
"""The x axis goes on beyond the first and the last density by this factor."""
GUIDE, MEAN = "#8c959f", "#d55e00"
"""Colours that show on light and dark paper."""


def x_ends(models: Sequence[DensityModel]) -> tuple[float, float]:
    """The ends of the axis of 1/(1−S)."""
    places = [model.x for model in models]
    low, high = min(places), max(places)
    beside = max(BESIDE, (high / low) ** 0.03)
    if high / low < 1.5:
        beside = 1.5
    return low / beside, high * beside


def curves(models: Sequence[DensityModel]) -> list[tuple[list[float], list[float]]]:
    """D* against 1/(1−S), a curve for each number of features and hidden dimensions."""
    groups: dict[tuple[int, ...], list[DensityModel]] = {}
    for model in models:
        groups.setdefault(model.W.shape, []).append(model)
    drawn = []
    for group in groups.values():
        finite = [one for one in group if math.isfinite(one.dimensions_per_feature)]
        drawn.append(([one.x for one in finite], [one.dimensions_per_feature for one in finite]))
    return [curve for curve in drawn if curve[0]]


class DimensionalityChart:
    """Axes and lines; `box` holds them with a layer over them.

    Parameters
    ----------
    models : sequence of DensityModel
    """

    def __init__(self, models: Sequence[DensityModel]) -> None:
        bq = bqplot()
        low, high = x_ends(models)
        # the layer over the chart counts on axes that reach to its margins
        x = bq.LogScale(min=low, max=high, allow_padding=False)
        y = bq.LinearScale(min=Y_ENDS[0], max=Y_ENDS[1], allow_padding=False)
        marks = [
            bq.Lines(
                x=[low, high], y=[[level, level] for level in LINES.values()], colors=[GUIDE], stroke_width=1,
                line_style="dashed", scales={"x": x, "y": y},
            )
        ]  # fmt: skip
        marks += [
            bq.Lines(
                x=np.array(places), y=np.array(levels), colors=[MEAN], stroke_width=2, marker="diamond",
                marker_size=28, scales={"x": x, "y": y},
            )
            for places, levels in curves(models)
        ]  # fmt: skip
        ticks = log_ticks(low, high)
        sparse = {1 / p: text for p, text in SPARSITIES.items() if low <= 1 / p <= high}
        axes = [
            axis(x, {at: f"{at:g}" for at in ticks}, "1/(1 − S), logarithmic", 32, side="bottom"),
            axis(x, sparse, "S, sparsity", 32, side="top"),
            axis(y, {k / 4: f"{k / 4:g}" for k in range(5)}, "Dᵢ, dimensionality", 36, side="left"),
        ]
        self.figure = figure(marks, axes, MARGIN, f"{HEIGHT}px")

    def covered(self, layer: ipywidgets.DOMWidget) -> ipywidgets.GridBox:
        """The chart with a layer over it, of the same size."""
        return layered(self.figure, layer, f"{HEIGHT}px")
