"""The models behind one cell of a map: all seeds, and the chosen one in linked views."""

from __future__ import annotations

from html import escape
from typing import Any

import ipywidgets
import numpy as np

from .. import measures
from ..core.run import Run
from .feature_geometry import FeatureGeometry
from .selection import Selection
from .weight_matrix import WeightMatrix

WIDTH = "260px"
MOST_LISTED = 200


class CellPanel:
    """A list of the seeds of a cell, and two linked views of the one that is chosen in it.

    It is made with the first run that it shows; until then its box is empty.
    """

    def __init__(self) -> None:
        self.run: Run | None = None
        self._heading = ipywidgets.HTML()
        self._seeds = ipywidgets.Select(
            options=[], layout=ipywidgets.Layout(width="300px", height="auto"), rows=10
        )
        self._seeds.observe(self._chosen, "value")
        self._selection = Selection()
        self._views: tuple[FeatureGeometry, WeightMatrix] | None = None
        self._row = ipywidgets.HBox(layout=ipywidgets.Layout(flex_flow="row wrap", align_items="flex-start"))
        self.box = ipywidgets.VBox([self._heading, self._row])
        self._showing = False

    @property
    def widgets(self) -> list[ipywidgets.Widget]:
        """What is to be closed and is not found from `box`."""
        return [self._seeds, self._selection]

    def show(self, heading: str, run: Run | None) -> None:
        """Show the models of a cell, the best one first; without a run, only say so."""
        self.run = run
        self._heading.value = f'<p aria-live="polite" style="margin:0;line-height:1.4">{escape(heading)}</p>'
        if run is None:
            return
        order = np.argsort(run.loss, kind="stable")[:MOST_LISTED]
        phases = measures.phase(run.W)
        options = [
            (f"seed {run.seeds[i]}: loss {run.loss[i]:.4g}, {measures.PHASES[phases[i]]}", int(i))
            for i in order
        ]
        self._showing = True
        try:
            self._seeds.options = options
            self._seeds.rows = min(len(options), 10)
            self._seeds.value = int(order[0])
        finally:
            self._showing = False
        self._draw(int(order[0]))

    def _chosen(self, change: Any) -> None:
        if not self._showing and change.new is not None:
            self._draw(change.new)

    def _draw(self, instance: int) -> None:
        if self.run is None:
            return
        if self._views is None:
            layout = [ipywidgets.Layout(width=WIDTH) for _ in range(2)]
            self._views = (
                FeatureGeometry(self.run, instance, selection=self._selection, layout=layout[0]),
                WeightMatrix(self.run, instance, selection=self._selection, layout=layout[1]),
            )
            self._row.children = [self._seeds, *self._views]
        else:
            for view in self._views:
                view.show(self.run, instance)
