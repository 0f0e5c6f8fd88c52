"""How evenly directions fill a space: cosines against the Welch bound, tight frames, restricted isometry.

n unit vectors in m < n dimensions cannot all be at right angles. The m × m matrix Σ Ŵ_i Ŵ_iᵀ has the trace
n, so the squares of its m eigenvalues sum to at least n²/m, and they sum to Σ_ij cos²_ij. That leaves the
cosines of different vectors no room below

    √[(n - m) / (m (n - 1))]        (Welch, 1974),

as their root mean square, and so as their largest either. The mean square is at the bound exactly where all
eigenvalues are equal: in a *tight frame*, whose vectors favour no direction of the space.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from ..core.checks import SettingError, integer
from .arrays import FloatArray, as_numbers
from .packings import generator

MAX_SIZE = 1_000_000


def welch_bound(n_features: int, n_hidden: int) -> float:
    """The least root mean square of the cosines of n unit vectors in m dimensions, so of the largest too.

    Parameters
    ----------
    n_features : int
        n, from 2.
    n_hidden : int
        m, from 1.

    Returns
    -------
    float
        √[(n - m) / (m (n - 1))], and 0 where all can be at right angles (n ≤ m).
    """
    n = integer("n_features", n_features, low=2, high=MAX_SIZE)
    m = integer("n_hidden", n_hidden, low=1, high=MAX_SIZE)
    return math.sqrt(max(0, n - m) / (m * (n - 1)))


def cosines(W: ArrayLike) -> FloatArray:
    """The cosines of all pairs of features, 0 in the place of a feature with itself.

    Parameters
    ----------
    W : array, shape (..., n_hidden, n_features)

    Returns
    -------
    array, shape (..., n_features, n_features)

    Raises
    ------
    SettingError
        If a feature is a zero vector, which has no direction, or if there are fewer than two features.
    """
    unit = directions(W)
    return (np.swapaxes(unit, -1, -2) @ unit) * (1.0 - np.eye(unit.shape[-1]))


def rms_cosine(W: ArrayLike) -> FloatArray:
    """The root mean square of the cosines of different features: at least `welch_bound`, 1/√m by chance.

    Parameters
    ----------
    W : array, shape (..., n_hidden, n_features)

    Returns
    -------
    array, shape (...)
    """
    unit = directions(W)
    n = unit.shape[-1]
    # as many squares as hidden dimensions squared say the same as those of all pairs
    squares = np.square(unit @ np.swapaxes(unit, -1, -2)).sum(axis=(-1, -2))
    return np.sqrt(np.maximum(squares - n, 0.0) / (n * (n - 1)))


def largest_cosine(W: ArrayLike) -> FloatArray:
    """The largest cosine of two different features, with its sign.

    It is what a ReLU does not remove: features that point away from each other are free where one is active
    at a time. The largest size of any cosine is `coherence`.

    Parameters
    ----------
    W : array, shape (..., n_hidden, n_features)

    Returns
    -------
    array, shape (...)
    """
    found = cosines(W)
    return (found - 2.0 * np.eye(found.shape[-1])).max(axis=(-1, -2))


def coherence(W: ArrayLike) -> FloatArray:
    """max |cos| of two different features: at least `welch_bound`, and 1 where some are antipodal.

    Parameters
    ----------
    W : array, shape (..., n_hidden, n_features)

    Returns
    -------
    array, shape (...)
    """
    return np.abs(cosines(W)).max(axis=(-1, -2))


def frame_tightness(W: ArrayLike) -> FloatArray:
    """σ_min / σ_max of W: 1 for a tight frame, 0 where a hidden dimension is not used.

    How evenly the features fill the hidden space, with the lengths that they have. n random directions in m
    dimensions have about (1 - √(m/n)) / (1 + √(m/n)).

    Parameters
    ----------
    W : array, shape (..., n_hidden, n_features)

    Returns
    -------
    array, shape (...)
    """
    weights = as_numbers("W", W)
    if weights.ndim < 2 or 0 in weights.shape:
        raise SettingError(
            f"W has the shape {weights.shape}; pass (…, n_hidden, n_features), none of them 0."
        )
    # of wide and of tall weights as many as there are hidden dimensions
    squares = np.linalg.eigvalsh(weights @ np.swapaxes(weights, -1, -2))
    low, high = np.maximum(squares[..., 0], 0.0), squares[..., -1]
    return np.sqrt(np.divide(low, high, out=np.zeros_like(low), where=high > 0.0))


def isometry_constant(W: ArrayLike, n_active: int, *, n_subsets: int = 500, seed: int = 0) -> float:
    """The restricted isometry constant δ_k of unit vectors, from below: how far k of them are from a basis.

    δ_k is the least δ with (1 - δ)‖x‖² ≤ ‖Ŵx‖² ≤ (1 + δ)‖x‖² for every x with at most k active features. For
    k = 2 it is the coherence, exactly. For more, the worst of the subsets looked at is a lower bound: half of
    them are drawn, half are a feature with those that it has the largest cosines with.

    Parameters
    ----------
    W : array, shape (n_hidden, n_features)
        One model; lengths do not count.
    n_active : int
        k, from 2 to n_features.
    n_subsets : int, default 500
    seed : int, default 0
        Decides which subsets are looked at.

    Returns
    -------
    float
        1 or more where some x with k active features may be mapped to nothing.
    """
    found = cosines(W)
    if found.ndim != 2:
        raise SettingError(f"W has the shape {np.shape(W)}; pass one model, (n_hidden, n_features).")
    n = len(found)
    k = integer("n_active", n_active, low=2, high=n)
    if k == 2:
        return float(np.abs(found).max())
    count = integer("n_subsets", n_subsets, low=1, high=1_000_000)
    rng = generator(seed)
    first = rng.integers(n, size=count)
    order = np.argsort(-np.abs(found[first[::2]] + 2.0 * np.eye(n)[first[::2]]), axis=1)[:, :k]
    drawn = rng.permuted(np.tile(np.arange(n), (count - len(order), 1)), axis=1)[:, :k]
    subsets = np.concatenate([order, drawn])
    grams = found[subsets[:, :, None], subsets[:, None, :]]
    return float(np.abs(np.linalg.eigvalsh(grams)).max())


def directions(W: ArrayLike) -> FloatArray:
    """Ŵ: the features at length one, shape (..., n_hidden, n_features)."""
    weights = as_numbers("W", W)
    if weights.ndim < 2 or weights.shape[-1] < 2 or weights.shape[-2] < 1:
        raise SettingError(
            f"W has the shape {weights.shape}; pass (…, n_hidden, n_features) with two features or more."
        )
    norms = np.linalg.norm(weights, axis=-2, keepdims=True)
    if not (norms > 0.0).all():
        raise SettingError(
            "W has a feature of length 0, which has no direction; leave such features out, as with "
            "W[:, measures.represented(W)]."
        )
    return weights / norms
