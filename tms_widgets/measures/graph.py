"""Who interferes with whom: the represented features of a model as a graph.

*The Geometry of Superposition* draws one beside every density: features are joined where their directions
overlap, and what hangs together is a tegum factor, a polytope in a subspace of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .arrays import FloatArray, as_one_model
from .geometry import Component, geometry
from .superposition import gram, represented

# An edge is drawn between represented features that overlap by more than this, |W_i·W_j|.
DRAWN_EDGE = 0.15


@dataclass(frozen=True, eq=False)
class FeatureGraph:
    """The represented features of one model, what joins them, and the polytopes they form.

    Attributes
    ----------
    features : array of int, shape (n_represented,)
        The indices of the represented features (‖W_i‖ > 0.5), ascending.
    edges : array of int, shape (n_edges, 2)
        Pairs of feature indices with |W_i·W_j| > 0.15, the smaller index first, in ascending order.
    strength : array, shape (n_edges,)
        W_i·W_j of each edge: negative for features that point away from each other.
    components : tuple of Component
        The tegum factors with their names and distances, as ``geometry`` finds them; each represented
        feature is in exactly one.

    Notes
    -----
    Edges follow the paper's rule; factors are found from the angles, for which a cosine of about 0.2 counts.
    In converged models these agree. A faint edge may nevertheless join two factors that are not quite
    orthogonal: it is drawn, and they stay two.
    """

    features: NDArray[np.intp]
    edges: NDArray[np.intp]
    strength: FloatArray
    components: tuple[Component, ...]


def feature_graph(W: ArrayLike) -> FeatureGraph:
    """The graph of the represented features of one model (*The Geometry of Superposition*).

    Parameters
    ----------
    W : array, shape (n_hidden, n_features)
        One model; leading axes of length one are dropped.

    Raises
    ------
    SettingError
        If ``W`` is not the weights of one model.
    """
    weights = as_one_model(W)
    features = np.flatnonzero(represented(weights))
    overlaps = gram(weights[:, features]) if len(features) else np.zeros((0, 0))
    first, second = np.nonzero(np.triu(np.abs(overlaps) > DRAWN_EDGE, k=1))
    return FeatureGraph(
        features=features,
        edges=np.stack([features[first], features[second]], axis=1),
        strength=overlaps[first, second],
        components=geometry(weights).components,
    )
