"""How much features disturb each other's outputs where weights in and out are not tied."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .arrays import FloatArray, as_pair


def output_interference(W: ArrayLike, W_out: ArrayLike) -> FloatArray:
    """Σ_{j≠i} ½(g_ij₊² + g_ij₋²): how strongly the other features, one at a time, reach output i.

    g_ij± = Σ_a W_out,ia ReLU(±W_aj) is what x_j = ±1 alone gives output i, before its bias and its ReLU. It
    is for untied models (*Computation in Superposition*) what `interference` is for tied ones: there the
    directions of features in the hidden layer mean little, because a neuron may read α times as much and
    pass on 1/α of it. This number does not change with α. 0 where a feature has its neurons for itself.

    Parameters
    ----------
    W : array_like, shape (..., n_hidden, n_features)
    W_out : array_like, shape (..., n_features, n_hidden)

    Returns
    -------
    array, shape (..., n_features)
    """
    weights, out = as_pair(W, W_out)
    others = 1.0 - np.eye(weights.shape[-1])
    received = [out @ np.maximum(sign * weights, 0.0) * others for sign in (1.0, -1.0)]
    return 0.5 * (np.square(received[0]) + np.square(received[1])).sum(axis=-1)
