"""What a `FeatureGraph` draws of one model: its weights, its components, and places for their features."""

from __future__ import annotations

import dataclasses
from collections import Counter
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import measures
from ..measures.geometry import plural
from .graph_layout import places

Array = NDArray[np.float64]


@dataclasses.dataclass(frozen=True, eq=False)
class GraphModel:
    """One model, and what its feature graph is made of.

    Attributes
    ----------
    W : array, shape (n_hidden, n_features)
    label : str
        What tells it from other models, ``"1/(1−S) = 2.5"``; empty for a model that stands alone.
    """

    W: Array
    label: str = ""

    @cached_property
    def graph(self) -> measures.FeatureGraph:
        """Features, edges and components."""
        return measures.feature_graph(self.W)

    @cached_property
    def dimensionality(self) -> Array:
        """D_i of every feature."""
        return measures.feature_dimensionality(self.W)

    @cached_property
    def norms(self) -> Array:
        """‖W_i‖ of every feature."""
        return measures.feature_norms(self.W)

    @property
    def shapes(self) -> list[str]:
        """For every feature the name of its component; empty where it is not represented."""
        names = [""] * self.W.shape[1]
        for component in self.graph.components:
            for feature in component.features:
                names[feature] = component.name
        return names

    def component_of(self, feature: int) -> measures.Component | None:
        """The component that a feature belongs to; None for one that is not represented."""
        return next((one for one in self.graph.components if feature in one.features), None)

    def places_of(self, component: measures.Component) -> Array:
        """Where its features are drawn, shape (size, 3); see `graph_layout.places`."""
        chosen = list(component.features)
        return places(self.W[:, chosen] / self.norms[chosen])

    @property
    def words(self) -> str:
        """The components in one line: ``"2 digons, 1 triangle"``."""
        counts = Counter(one.name for one in self.graph.components)
        named = sorted(counts.items(), key=lambda item: (item[0] == "unnamed", item[0]))
        parts = [
            f"{count} component{'s' * (count != 1)} in no named shape"
            if name == "unnamed"
            else f"{count} {plural(name, count)}"
            for name, count in named
        ]
        return ", ".join(parts) or "nothing represented"

    @property
    def caption(self) -> str:
        """One sentence that says what the graph shows."""
        n, chosen = self.W.shape[1], len(self.graph.features)
        where = f" at {self.label}" if self.label else ""
        of = f"{n} feature{'s' * (n != 1)}"
        m = f"{len(self.W)} dimension{'s' * (len(self.W) != 1)}"
        return f"{chosen} of {of} represented in {m}{where}: {self.words}."

    @property
    def meta(self) -> dict[str, Any]:
        """Everything that the browser cannot read off the weights, ready for JSON."""
        components = [
            {
                "name": one.name,
                "features": list(one.features),
                "distance": one.distance if np.isfinite(one.distance) else None,
                "places": np.round(self.places_of(one), 3).tolist(),
            }
            for one in self.graph.components
        ]
        m, n = self.W.shape
        return {"m": m, "n": n, "label": self.label, "caption": self.caption, "components": components}

    @property
    def bytes(self) -> bytes:
        """The weights row by row, as little-endian float32."""
        return self.W.astype("<f4").tobytes()
