"""Maps of the same cells, side by side under one layer, with a legend."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import ipywidgets

from . import map_svg, phase_words
from .map_chart import MapChart
from .map_layer import MapLayer
from .phase_colours import Pixels
from .phase_plane import Plane

SPARSITIES = {1.0: "0", 0.5: "0.5", 0.2: "0.8", 0.1: "0.9", 0.05: "0.95", 0.02: "0.98", 0.01: "0.99"}
"""Marks of a second axis: the sparsity of some densities."""

Map = tuple[str, Pixels, Sequence[map_svg.Curve]]
"""Title, cells and curves."""


class MapPanel:
    """Charts over the axes of a plane.

    Parameters
    ----------
    plane : Plane
    count : int
        How many maps.
    name : str
        What a screen reader calls them.
    comparable : bool
        Whether regions can be marked.
    """

    def __init__(self, plane: Plane, count: int, *, name: str, comparable: bool) -> None:
        self._plane = plane
        self._labels = phase_words.axis_labels(plane)
        logarithmic = plane.x_name == "density" and plane.x.kind == "log"
        above = (SPARSITIES, "S, sparsity") if logarithmic else None
        self._charts = [
            MapChart(plane.x, plane.y, x_label=self._labels[0], y_label=self._labels[1], above=above)
            for _ in range(count)
        ]
        self._titles = [ipywidgets.HTML() for _ in self._charts]
        self._legend = ipywidgets.HTML()
        self.layer = MapLayer(*phase_words.cells_named(plane), name=name, comparable=comparable)
        columns = [
            ipywidgets.VBox(
                [title, chart.covered(self.layer)],
                layout=ipywidgets.Layout(flex="1 1 360px", min_width="0"),
            )
            for title, chart in zip(self._titles, self._charts, strict=True)
        ]
        maps = ipywidgets.HBox(columns, layout=ipywidgets.Layout(flex_flow="row wrap"))
        self.box = ipywidgets.VBox([maps, self._legend])

    @property
    def widgets(self) -> list[ipywidgets.Widget]:
        """What is to be closed and is not found from `box`."""
        return [image for chart in self._charts for image in chart.widgets]

    def paint(self, maps: Sequence[Map], legend: str) -> None:
        """Show maps, and a legend in HTML."""
        for chart, title, (words, pixels, curves) in zip(self._charts, self._titles, maps, strict=True):
            chart.paint(pixels)
            chart.draw_over(curves)
            title.value = f"<b>{escape(words)}</b>"
        self._legend.value = legend

    def picture(self, maps: Sequence[Map], caption: str) -> str:
        """The same as a static SVG document."""
        return map_svg.picture(maps, self._plane.x, self._plane.y, self._labels, caption)
