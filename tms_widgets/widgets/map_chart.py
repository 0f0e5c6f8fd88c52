"""A bqplot chart of a map: a picture of its cells, axes on the scales of the cells, and curves over it.

The cells are one picture: hundreds of elements of a chart take the browser seconds, one picture milliseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType
from typing import Any

import ipywidgets
import numpy as np
from numpy.typing import ArrayLike

from .chart_parts import axis, figure, layered
from .extras import bqplot
from .grid_axis import GridAxis
from .map_layer import MARGIN, MapLayer
from .phase_colours import Pixels, png

HEIGHT = "440px"
LABEL, CHARACTER, MOST_LEFT = 32, 7, 160
"""Pixels beside the map: for the label of the axis, for each character of a tick, and at most."""


class MapChart:
    """A figure with the cells of a map.

    Parameters
    ----------
    x, y : GridAxis
        From the left, and from the bottom.
    x_label, y_label : str
    above : tuple of dict and str, optional
        Ticks and label of a second horizontal axis above the map.
    """

    def __init__(
        self,
        x: GridAxis,
        y: GridAxis,
        *,
        x_label: str,
        y_label: str,
        above: tuple[dict[float, str], str] | None = None,
    ) -> None:
        longest = max((len(words) for words in y.ticks.values()), default=0)
        left = min(max(MARGIN["left"], LABEL + CHARACTER * longest), MOST_LEFT)
        self.margin = MARGIN | {"left": left, "top": MARGIN["top"] if above else 12}
        bq = bqplot()
        self._x, self._y = _scale(bq, x), _scale(bq, y)
        # the front end looks at a picture only when the mark is given another one: two take turns
        self._images = [ipywidgets.Image(value=b"", format="png") for _ in range(2)]
        (left, right), (bottom, top) = x.ends, y.ends
        scales = {"x": self._x, "y": self._y}
        self._cells = bq.Image(
            image=self._images[0], scales=scales, x=[left, right], y=[bottom, top], pixelated=True
        )
        axes = [
            axis(self._x, x.ticks, x_label, 32, side="bottom"),
            axis(self._y, y.ticks, y_label, self.margin["left"] - 18, side="left"),
        ]
        if above is not None:
            axes.append(axis(self._x, *above, 32, side="top"))
        self.figure = figure([self._cells], axes, self.margin, HEIGHT)

    @property
    def widgets(self) -> list[ipywidgets.Widget]:
        """Everything to close with the figure that its traits do not lead to."""
        return list(self._images)

    def paint(self, pixels: Pixels) -> None:
        """Colour the cells: rows from the top, columns from the left."""
        self._images.reverse()
        self._images[0].value = png(pixels)
        self._cells.image = self._images[0]

    def draw_over(
        self,
        lines: Sequence[tuple[ArrayLike, ArrayLike, str]],
        points: Sequence[tuple[ArrayLike, str]] = (),
        colour: str = "#000000",
    ) -> None:
        """Draw over the cells, in the place of what was drawn before.

        Parameters
        ----------
        lines : sequence of (x, y, colour)
        points : sequence of ((x, y), name)
            A few only: each is an element of its own.
        colour : str
            Of the points.
        """
        bq = bqplot()
        scales: dict[str, Any] = {
            "scales": {"x": self._x, "y": self._y},
            "preserve_domain": {"x": True, "y": True},
        }
        marks = [
            bq.Lines(
                x=np.asarray(x, dtype=float),
                y=np.asarray(y, dtype=float),
                colors=[one],
                stroke_width=2,
                **scales,
            )
            for x, y, one in lines
        ]
        if points:
            places = np.array([place for place, _ in points], dtype=float)
            x, y, names = places[:, 0], places[:, 1], [name for _, name in points]
            marks += [
                bq.Scatter(
                    x=x, y=y, colors=[colour], stroke="#ffffff", default_size=90, marker="diamond", **scales
                ),
                bq.Label(
                    x=x, y=y, text=names, colors=["#ffffff"], default_size=13, font_weight="bold",
                    align="middle", y_offset=-16, **scales,
                ),
            ]  # fmt: skip
        before, self.figure.marks = self.figure.marks[1:], [self._cells, *marks]
        for mark in before:
            mark.close()

    def covered(self, layer: MapLayer) -> ipywidgets.GridBox:
        """The chart with a layer over it, of the same size."""
        layer.margin = self.margin
        return layered(self.figure, layer, HEIGHT)


def _scale(bq: ModuleType, along: GridAxis) -> Any:
    low, high = sorted(along.ends)
    kind = bq.LogScale if along.kind == "log" else bq.LinearScale
    # the layer over the chart counts on cells that fill it to its margins
    return kind(min=low, max=high, reverse=along.reverse, allow_padding=False)
