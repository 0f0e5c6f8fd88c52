"""The dimensionality of every feature, over the density: the picture in which polytopes were found."""

from __future__ import annotations

from collections import Counter
from html import escape
from typing import Any

import ipywidgets
import numpy as np

from ..core import checks
from ..measures import LINES, Component
from ..measures.geometry import plural
from . import dimensionality_svg
from .composite import Composite
from .dimensionality_chart import MARGIN, Y_ENDS, DimensionalityChart, x_ends
from .dimensionality_layer import DimensionalityLayer
from .dimensionality_source import DensityModel, models_of
from .extras import bqplot
from .feature_graph import FeatureGraph
from .selection import Selection, Tie

FORMULA = "D<sub>i</sub> = ‖W<sub>i</sub>‖² / Σ<sub>j</sub>(Ŵ<sub>i</sub>·W<sub>j</sub>)²"
HELP = (
    "Points that coincide stand side by side. Pointing shows a feature and its model's graph; a click pins, "
    "a drag pins all features of one model in a rectangle, Escape clears."
)


class DimensionalityPlot(Composite):
    """What share of a dimension does each feature have, and where do the shares pile up?

    D_i = ‖W_i‖² / Σ_j(Ŵ_i·W_j)² of each feature of each model against 1/(1−S) on a logarithmic axis, coloured
    by ‖W_i‖ (*The Geometry of Superposition*). Dashed lines are the dimensionalities of polytopes, the orange
    line is D* = m/‖W‖²_F. Below stands the `FeatureGraph` of the model that is pointed at or chosen: points
    and graph share a `Selection`.

    Parameters
    ----------
    source : xarray.Dataset or list of Run
        A sweep over density, or runs of several densities; of several seeds the best is shown.
    density : float, optional
        Which model's graph to show first: the one of the nearest density. Default: the one in the middle.
    selection : Selection, optional
        Shared with other views. Default: one of its own.
    **traits
        ``layout``.

    Raises
    ------
    SettingError
        When the source has no trained model, or another axis than density.
    ImportError
        When bqplot is missing; the message says how to install it.

    Examples
    --------
    >>> sweep = Sweep(Problem(100, 12), density=np.geomspace(1, 0.1, 20), n_seeds=3)  # doctest: +SKIP
    >>> DimensionalityPlot(sweep.run())  # doctest: +SKIP
    """

    def __init__(
        self,
        source: Any,
        *,
        density: float | None = None,
        selection: Selection | None = None,
        **traits: Any,
    ) -> None:
        bqplot()
        self._models = models_of(source)
        first = len(self._models) // 2 if density is None else self._nearest(density)
        if selection is not None and not isinstance(selection, Selection):
            raise TypeError(f"selection must be a tms_widgets.Selection, not {type(selection).__name__}.")
        super().__init__(**traits)
        self._owns_selection = selection is None
        self._selection = Selection() if selection is None else selection
        self._norm_end = _norm_end(self._models)
        self._layer = DimensionalityLayer(
            self._models,
            lines=list(LINES.items()),
            x_ends=x_ends(self._models),
            y_ends=Y_ENDS,
            margin=MARGIN,
            norm_end=self._norm_end,
            model=first,
        )
        self._graph = FeatureGraph.of_models(self._models, first, self._selection)
        self._tie = Tie(self._layer, self._selection)
        # in the browser, so that the graph follows the pointer without the kernel
        self._link = ipywidgets.jslink((self._layer, "model"), (self._graph, "_model"))
        chart = DimensionalityChart(self._models)
        words = ipywidgets.HTML(_below(self.caption))
        # what is not found from here by following traits
        self._own = [self._selection] if self._owns_selection else []
        self.children = [
            chart.covered(self._layer),
            ipywidgets.HTML(dimensionality_svg.legend(self._norm_end)),
            words,
            self._graph,
        ]

    @property
    def value(self) -> dict[str, Any]:
        """``density`` and ``W`` of the model shown, and its pinned ``features`` with their ``components``."""
        model = self._models[self.model]
        features = tuple(i for i in self._selection.pinned if i < model.W.shape[1])
        found = [model.component_of(feature) for feature in features]
        components: dict[Component, None] = dict.fromkeys(one for one in found if one is not None)
        return {
            "density": model.density,
            "features": features,
            "components": tuple(components),
            "W": model.W,
        }

    @property
    def selection(self) -> Selection:
        """Hovered and pinned features, shared with the graph and with every view that was given it."""
        return self._selection

    @property
    def model(self) -> int:
        """Index of the model whose graph is shown, by 1/(1−S). Set it to show another."""
        return self._layer.model

    @model.setter
    def model(self, index: int) -> None:
        chosen = checks.integer("model", index, low=0, high=len(self._models) - 1)
        self._layer.model = self._graph._model = chosen

    @property
    def densities(self) -> tuple[float, ...]:
        """The density of each model."""
        return tuple(model.density for model in self._models)

    @property
    def caption(self) -> str:
        """One sentence that says what the plot shows."""
        sizes = {model.W.shape for model in self._models}
        m, n = max(sizes)
        size = (
            f"{n} feature{'s' * (n != 1)} in {m} dimension{'s' * (m != 1)}" if len(sizes) == 1 else "features"
        )
        low, high = min(self.densities), max(self.densities)
        count = len(self._models)
        where = (
            f"at 1/(1−S) = {1 / low:.3g}"
            if count == 1
            else f"over {count} densities, 1/(1−S) from {1 / high:.3g} to {1 / low:.3g}"
        )
        if len(sizes) > 1:
            where = where.replace("densities", "models")
        seeds = max(model.n_seeds for model in self._models)
        best = f", best of {seeds} seeds" if seeds > 1 else ""
        return f"Dimensionality D_i of {size} {where}{best}; most of the represented ones are {self._most()}."

    def picture(self) -> str:
        """Return the plot as a static SVG document."""
        return dimensionality_svg.picture(self._models, self._norm_end, self.caption)

    def close(self) -> None:
        """Remove the plot from the page and from memory. Closing again does nothing."""
        if self.comm is None:
            return
        self._tie.undo()
        self._link.close()
        self._graph.close()
        super().close()

    def _nearest(self, density: float) -> int:
        wanted = checks.real("density", density, low=0.0, high=1.0, open_low=True)
        return int(np.argmin([abs(np.log(model.density / wanted)) for model in self._models]))

    def _most(self) -> str:
        """The shape that most represented features have, over all models."""
        shapes = Counter(shape for model in self._models for shape in model.shapes if shape)
        if not shapes:
            return "not there yet"
        name, _ = shapes.most_common(1)[0]
        return "in no named shape" if name == "unnamed" else f"in {plural(name, 2)}"


def _norm_end(models: tuple[DensityModel, ...]) -> float:
    """The end of the colour scale: a round number that no norm exceeds, at least 1."""
    largest = max(float(model.norms.max()) for model in models)
    return max(1.0, float(np.ceil(10 * largest - 0.1) / 10))


def _below(caption: str) -> str:
    words = escape(caption).replace("D_i", "D<sub>i</sub>")
    return (
        f'<p style="margin:2px 0 0;line-height:1.4">{words} {FORMULA}.</p>'
        f'<p style="margin:0;line-height:1.4;opacity:.75">{escape(HELP)}</p>'
    )
