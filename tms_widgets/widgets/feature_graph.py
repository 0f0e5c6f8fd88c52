"""The represented features of a model as a graph, drawn as the polytopes that they form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import traitlets

from .. import measures
from ..measures.graph import DRAWN_EDGE
from . import graph_svg
from .base import BaseWidget, Index, static_text
from .film import film_of
from .graph_model import GraphModel
from .selection import Selection, Tied


class FeatureGraph(Tied, BaseWidget):
    """Which features interfere, and which polytopes they form.

    Nodes are the represented features (‖W_i‖ > 0.5), edges join features with |W_i·W_j| > 0.15, blue where
    W_i·W_j is negative and red where it is positive. What hangs together is a component, a tegum factor of
    *The Geometry of Superposition*: it is drawn as the polytope it is, with its name and the dimensionality
    D_i of its features. Where a model has many components of one kind they are counted, drawn small, and one
    of them large: the one that is pointed at or pinned, otherwise the most regular.

    Parameters
    ----------
    source : Run, torch module, (W, b) or W
        What to draw; see `tms_widgets.widgets.film.film_of`.
    instance : int, optional
        Which instance. Default: the best one of a `Run`, the first one of anything else.
    selection : Selection, optional
        Shared with other views: point at a feature in one, see it in all.
    **traits
        ``hovered``, ``pinned``, ``layout``.

    Raises
    ------
    SettingError
        When ``source`` cannot be drawn.

    Examples
    --------
    >>> FeatureGraph(run)  # doctest: +SKIP
    >>> FeatureGraph(run.W, instance=3, selection=selection)  # doctest: +SKIP
    """

    _esm = static_text("feature_graph.js")
    _css = static_text("feature_graph.css")

    _graphs = traitlets.List(traitlets.Dict()).tag(sync=True)
    _weights = traitlets.Bytes().tag(sync=True)
    _threshold = traitlets.Float(DRAWN_EDGE).tag(sync=True)
    _model = Index(0).tag(sync=True)

    def __init__(
        self, source: Any, instance: int | None = None, *, selection: Selection | None = None, **traits: Any
    ) -> None:
        self._models = [_model_of(source, instance)]
        super().__init__(**_sent(self._models), **traits)
        self._share(selection)

    @property
    def value(self) -> measures.Component | None:
        """The component of the feature pinned last: its name, features and distance; None without one."""
        components = [self._drawn.component_of(feature) for feature in reversed(self.pinned)]
        return next((one for one in components if one is not None), None)

    @property
    def graph(self) -> measures.FeatureGraph:
        """Features, edges and components, as `measures.feature_graph` finds them."""
        return self._drawn.graph

    @property
    def caption(self) -> str:
        """One sentence that says what the graph shows."""
        return self._drawn.caption

    def picture(self) -> str:
        """Return the graph as a static SVG document."""
        return graph_svg.picture(self._drawn)

    def show(self, source: Any, instance: int | None = None) -> None:
        """Draw something else; hovered and pinned features stay.

        Raises
        ------
        SettingError
            When ``source`` cannot be drawn; the picture stays as it was.
        """
        self._show([_model_of(source, instance)], 0)

    # For widgets made of several: one graph for many models, of which the browser shows one.

    @classmethod
    def of_models(
        cls, models: Sequence[GraphModel], shown: int, selection: Selection, **traits: Any
    ) -> FeatureGraph:
        """A graph that holds several models, so that the browser can go from one to another by itself."""
        graph = cls(models[shown], selection=selection, **traits)
        graph._show(models, shown)
        return graph

    @property
    def _drawn(self) -> GraphModel:
        return self._models[min(self._model, len(self._models) - 1)]

    def _show(self, models: Sequence[GraphModel], shown: int) -> None:
        sent = _sent(models)
        with self.hold_sync():  # one message: the browser never sees one model with the labels of another
            self._models = list(models)
            self._graphs, self._weights = sent["_graphs"], sent["_weights"]
            self._model = shown


def _sent(models: Sequence[GraphModel]) -> dict[str, Any]:
    return {"_graphs": [one.meta for one in models], "_weights": b"".join(one.bytes for one in models)}


def _model_of(source: Any, instance: int | None) -> GraphModel:
    if isinstance(source, GraphModel):
        return source
    film = film_of(source, instance)
    return GraphModel(np.asarray(film.W[-1], dtype=np.float64))
