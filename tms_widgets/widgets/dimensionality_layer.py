"""The points of a dimensionality plot: a layer over a chart that draws thousands of them and knows each.

bqplot makes an element of every point, and a plot of 400 features at 20 densities has 8 000: far more than it
can follow. It draws the axes and the lines; the points, their names and everything the reader points at are
drawn here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import traitlets

from .base import BaseWidget, Index, static_text
from .dimensionality_source import DensityModel
from .selection import Selectable


class DimensionalityLayer(Selectable, BaseWidget):
    """Draws a point for each feature of each model, and says which one is pointed at or pinned.

    Parameters
    ----------
    models : sequence of DensityModel
    lines : sequence of (name, D)
        What is written beside the lines of the chart.
    x_ends, y_ends : pair of float
        The ends of the chart's axes; x is logarithmic.
    margin : dict
        Pixels between the edge of the chart and its axes: left, top, right, bottom.
    norm_end : float
        ‖W_i‖ at the bright end of the colour scale.
    **traits
        Any trait below.
    """

    _esm = static_text("dimensionality_layer.js")
    _css = static_text("dimensionality_layer.css")

    model = Index(0).tag(sync=True)
    """Index of the model that is pointed at or chosen."""

    _models = traitlets.List(traitlets.Dict()).tag(sync=True)
    _shapes = traitlets.List(traitlets.Unicode()).tag(sync=True)
    _points = traitlets.Bytes().tag(sync=True)
    _lines = traitlets.List().tag(sync=True)
    _axes = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        models: Sequence[DensityModel],
        *,
        lines: Sequence[tuple[str, float]],
        x_ends: tuple[float, float],
        y_ends: tuple[float, float],
        margin: dict[str, int],
        norm_end: float,
        **traits: Any,
    ) -> None:
        axes = {"x": list(x_ends), "y": list(y_ends), "margin": margin, "norm": norm_end}
        super().__init__(_axes=axes, _lines=[list(line) for line in lines], **_told(models), **traits)

    @property
    def caption(self) -> str:
        """What a screen reader calls it."""
        return "Feature dimensionalities"


def _told(models: Sequence[DensityModel]) -> dict[str, Any]:
    """The models, and D_i, ‖W_i‖ and the index of the shape of each of their features, as float32."""
    named = [model.shapes for model in models]
    shapes = sorted({shape for names in named for shape in names})
    points = [
        np.stack([model.dimensionality, model.norms, [shapes.index(name) for name in names]], axis=1)
        for model, names in zip(models, named, strict=True)
    ]
    several = len({model.W.shape for model in models}) > 1
    return {
        "_models": [
            {
                "x": model.x,
                "density": model.density,
                "n": model.W.shape[1],
                "name": model.label + (f", n = {model.W.shape[1]}, m = {len(model.W)}" if several else ""),
            }
            for model in models
        ],
        "_shapes": shapes,
        "_points": np.concatenate(points).astype("<f4").tobytes(),
    }
