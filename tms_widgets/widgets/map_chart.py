"""A bqplot chart of a map: a picture of its cells, axes on the scales of the cells, and curves over it.

The cells are one picture: hundreds of elements of a chart take the browser seconds, one picture milliseconds.
bqplot is an extra of this package, so it is imported when the first chart is made.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from types import ModuleType
from typing import Any

import ipywidgets
import numpy as np
from numpy.typing import ArrayLike

from .grid_axis import GridAxis
from .map_layer import MARGIN, MapLayer
from .phase_colours import Pixels, png

HEIGHT = "440px"
LABEL, CHARACTER, MOST_LEFT = 32, 7, 160
"""Pixels beside the map: for the label of the axis, for each character of a tick, and at most."""


def bqplot() -> ModuleType:
    """The charts' library.

    Raises
    ------
    ImportError
        With one sentence that says how to get it.
    """
    try:
        with warnings.catch_warnings():
            # bqplot's own, and nothing to a reader
            warnings.simplefilter("ignore", DeprecationWarning)
            import bqplot
    except ImportError as error:
        raise ImportError(
            "This widget draws with bqplot, which is not installed; run: pip install 'tms-widgets[charts]'"
        ) from error
    return bqplot


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
            _axis(bq, self._x, x.ticks, x_label, 32, side="bottom"),
            _axis(bq, self._y, y.ticks, y_label, self.margin["left"] - 18, side="left"),
        ]
        if above is not None:
            axes.append(_axis(bq, self._x, *above, 32, side="top"))
        self.figure = bq.Figure(
            marks=[self._cells], axes=axes, fig_margin=self.margin, padding_x=0, padding_y=0,
            animation_duration=0, layout=ipywidgets.Layout(width="100%", height=HEIGHT, min_width="0"),
        )  # fmt: skip
        self.figure.display_toolbar = False
        self.figure.add_class("tms-map-chart")

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
        self.figure.layout.grid_area = layer.layout.grid_area = "1 / 1 / 2 / 2"
        layer.layout.width, layer.layout.height = "100%", HEIGHT
        columns = "minmax(0, 1fr)"
        layout = ipywidgets.Layout(
            grid_template_columns=columns, grid_template_rows=HEIGHT, overflow="hidden"
        )
        return ipywidgets.GridBox([self.figure, layer], layout=layout)


def _scale(bq: ModuleType, axis: GridAxis) -> Any:
    low, high = sorted(axis.ends)
    kind = bq.LogScale if axis.kind == "log" else bq.LinearScale
    # the layer over the chart counts on cells that fill it to its margins
    return kind(min=low, max=high, reverse=axis.reverse, allow_padding=False)


def _axis(bq: ModuleType, scale: Any, ticks: dict[float, str], label: str, away: int, **where: Any) -> Any:
    return bq.Axis(
        scale=scale, tick_values=list(ticks), tick_labels={f"{at:.15g}": text for at, text in ticks.items()},
        label=label, grid_lines="none", label_offset=f"{away}px", **where,
    )  # fmt: skip
