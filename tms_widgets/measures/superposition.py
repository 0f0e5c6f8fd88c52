"""How much of a feature is represented, and with whom it shares its direction.

The paper's *Demonstrating Superposition* reads a model off two numbers a feature, ‖W_i‖ and
Σ_{j≠i}(Ŵ_i·W_j)²; *The Geometry of Superposition* adds the dimensionality D_i. Every function takes weights
of shape (..., n_hidden, n_features), whose column ``W[..., i]`` is the paper's W_i, and keeps the leading
axes.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..core.checks import real
from .arrays import FloatArray, as_weights

# Singular values below this part of the largest are rounding of weights in single precision.
SINGLE_PRECISION = 1e-6


def gram(W: ArrayLike) -> FloatArray:
    """WᵀW: the inner products of all pairs of features (*Basic Results*).

    Returns
    -------
    array, shape (..., n_features, n_features)
    """
    weights = as_weights(W)
    return np.swapaxes(weights, -1, -2) @ weights


def feature_norms(W: ArrayLike) -> FloatArray:
    """‖W_i‖: how strongly each feature is represented, 0 not at all, about 1 fully (*Basic Results*).

    Returns
    -------
    array, shape (..., n_features)
    """
    return np.linalg.norm(as_weights(W), axis=-2)


def represented(W: ArrayLike, threshold: float = 0.5) -> NDArray[np.bool_]:
    """Which features the model represents: those with ‖W_i‖ > ``threshold``.

    Trained norms lie near 0 or near 1, so the exact threshold (0.5 by default) rarely matters.

    Returns
    -------
    array of bool, shape (..., n_features)
    """
    limit = real("threshold", threshold, low=0.0, high=1e9)
    return feature_norms(W) > limit


def interference(W: ArrayLike) -> FloatArray:
    """Σ_{j≠i}(Ŵ_i·W_j)²: how strongly the other features, projected onto i's direction, activate it.

    The colour of the bars in *Basic Results*: 0 for a feature orthogonal to all others; at 1 or more, some
    group of others can activate i as strongly as i itself does. (The published notebook draws the square
    root; this is the formula of the text.) A zero vector has no direction, hence no interference: 0.

    Returns
    -------
    array, shape (..., n_features)
    """
    weights = as_weights(W)
    norms = np.linalg.norm(weights, axis=-2, keepdims=True)
    directions = np.divide(weights, norms, out=np.zeros_like(weights), where=norms > 0)
    projections = np.swapaxes(directions, -1, -2) @ weights  # [i, j] = Ŵ_i·W_j
    projections *= 1.0 - np.eye(weights.shape[-1])
    return np.square(projections).sum(axis=-1)


def feature_dimensionality(W: ArrayLike) -> FloatArray:
    """D_i = ‖W_i‖² / Σ_j(Ŵ_i·W_j)²: the share of a hidden dimension that feature i has.

    Section *Feature Dimensionality*. The term j = i of the sum is ‖W_i‖², the others are the interference.
    1 for a dedicated dimension, 1/2 in an antipodal pair, 2/5 in a regular pentagon, 0 for a zero vector.
    Over all features D_i sums to at most rank(W), and to exactly that where the features form tight frames in
    orthogonal subspaces.

    Returns
    -------
    array, shape (..., n_features)
    """
    squares = np.square(feature_norms(W))
    whole = squares + interference(W)
    return np.divide(squares, whole, out=np.zeros_like(squares), where=whole > 0)


def leverage_scores(W: ArrayLike) -> FloatArray:
    """τ_i = W_iᵀ(WWᵀ)⁺W_i: the largest share that feature i has of any direction of the hidden space.

    Section *Leverage Score and Feature Dimensionality*: τ_i is the maximum over x of
    (W_i·x)² / Σ_j(W_j·x)². D_i is that quotient for x = W_i, so D_i ≤ τ_i, and they are equal where the
    features form tight frames in orthogonal subspaces. Over all features τ_i sums to exactly rank(W).
    Directions whose singular value is less than a millionth of the largest are rounding of single precision
    and do not count.

    Returns
    -------
    array, shape (..., n_features)
        From 0 (a zero vector) to 1 (orthogonal to all other features).
    """
    _, spread, directions = np.linalg.svd(as_weights(W), full_matrices=False)
    counts = (spread > SINGLE_PRECISION * spread[..., :1]) & (spread > 0)
    return (np.square(directions) * counts[..., None]).sum(axis=-2)


def dimensions_per_feature(W: ArrayLike) -> FloatArray:
    """D* = m / ‖W‖²_F: hidden dimensions for each represented feature (*Uniform Superposition*).

    ‖W‖²_F counts the represented features, because their norms are near 1. 1 without superposition, 1/2 when
    every feature sits in an antipodal pair; infinite when all weights are zero.

    Returns
    -------
    array, shape (...)
    """
    weights = as_weights(W)
    features = np.asarray(np.square(weights).sum(axis=(-1, -2)))
    return np.divide(weights.shape[-2], features, out=np.full_like(features, np.inf), where=features > 0)
