"""The exact loss of any small model: an integral over the active features of every active set.

The paper's *Mathematical Understanding* splits the loss by the number of active features. Here it is split by
the set of them, and for each set A and each output i it remains to average (f(s) − x_i)² with
s = b_i + Σ_{j∈A} (WᵀW)_ij x_j over a cube. f bends where s = 0, but between its kinks everything is a
polynomial (or smooth, for the GELU). So the variables are integrated one inside the other, the one with the
largest weight innermost, each by Gauss-Legendre between the kinks: those of f, and those that come about
where a kink of the inside enters or leaves the cube. A few nodes then are exact. Each integral over a
variable bends one derivative later than what it integrates, so beyond the inner three no kink is felt.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import product

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..core.checks import SettingError, choice, shown
from ..core.evaluation import normal_cdf
from ..core.problem import ACTIVATIONS, VALUE_RANGES
from ..measures.arrays import as_weights
from .arrays import FloatArray, as_density, as_importance, as_numbers

MOST_FEATURES = 6
SPLIT = 3
"""How many variables, from the innermost on, are split at their kinks."""
DEGREE = {"relu": 2, "squared_relu": 4}
"""Of the squared error in x, between two kinks."""
SMOOTH_NODES = 8
"""For a variable further out, whose weight is one of the smaller ones."""
GELU_NODES = 12
"""For the inner variables under a GELU, which has no kinks."""
CHUNK = 2**20
"""Most numbers in one intermediate array."""


def exact_loss(
    W: ArrayLike,
    b: ArrayLike,
    density: ArrayLike,
    importance: ArrayLike = 1.0,
    *,
    activation: str = "relu",
    value_range: tuple[float, float] = (0.0, 1.0),
) -> FloatArray:
    """E Σ_i I_i (x_i − f(WᵀW x + b)_i)² of independent features, integrated instead of sampled.

    Exact to rounding for up to three features; beyond, and for the GELU, within about a millionth.

    Parameters
    ----------
    W : array_like, shape (..., n_hidden, n_features)
        Of at most 6 features.
    b : array_like, shape (..., n_features)
    density, importance : array_like
        One number, or arrays whose last axis are the features (n_features or 1 of them); further axes are
        broadcast with those of the models.
    activation : {"relu", "squared_relu", "gelu", "linear"}
    value_range : (0, 1) or (-1, 1)
        What the values of active features are uniform in.

    Returns
    -------
    array, shape (...)

    Raises
    ------
    SettingError
        If there are more features than can be integrated over, or the shapes do not fit together.
    """
    weights = as_weights(W)
    n = weights.shape[-1]
    if n > MOST_FEATURES:
        raise SettingError(
            f"{n} features are too many to integrate over; pass a model of at most {MOST_FEATURES}, "
            "or use tms_widgets.evaluate."
        )
    choice("activation", activation, ACTIVATIONS)
    low = _low(value_range)
    given = [as_numbers("b", b), as_density(density), as_importance(importance)]
    rows = [np.atleast_1d(array) for array in given]
    try:
        leading = np.broadcast_shapes(weights.shape[:-2], *(array.shape[:-1] for array in rows))
        bias, p, worth = (np.broadcast_to(array, (*leading, n)).reshape(-1, n) for array in rows)
    except ValueError:
        raise SettingError(
            f"W, b, density and importance have the shapes {weights.shape}, "
            f"{', '.join(str(array.shape) for array in given)}, which do not fit together; "
            f"use (..., n_hidden, {n}) and (..., {n})."
        ) from None
    gram = weights.swapaxes(-1, -2) @ weights
    gram = np.broadcast_to(gram, (*leading, n, n)).reshape(-1, n, n)
    error = _errors(gram, bias, p, activation, low)
    return (error * worth).sum(axis=-1).reshape(leading)


def _low(value_range: tuple[float, float]) -> float:
    if tuple(value_range) not in VALUE_RANGES:
        raise SettingError(f"value_range={shown(value_range)} is not allowed; use (0, 1) or (-1, 1).")
    return float(value_range[0])


def _errors(gram: FloatArray, bias: FloatArray, p: FloatArray, activation: str, low: float) -> FloatArray:
    """The mean squared error of every output, shape ``(models, n)``."""
    n = gram.shape[-1]
    errors = np.zeros_like(bias)
    for flags in product((False, True), repeat=n):
        active = np.flatnonzero(flags)
        probability = np.where(flags, p, 1.0 - p).prod(axis=-1)
        possible = np.flatnonzero(probability)
        piece = max(1, CHUNK // _points(len(active), activation))
        for start in range(0, len(possible), piece):
            models = possible[start : start + piece]
            for i in range(n):
                own = active == i
                error = _error(gram[models][:, active, i], bias[models, i], own, activation, low)
                errors[models, i] += probability[models] * error
    return errors


def _error(g: FloatArray, b: FloatArray, own: NDArray[np.bool_], activation: str, low: float) -> FloatArray:
    """The mean of (f(b + Σ_j g_j x_j) − x_own)² over x uniform in a cube, for g ``(models, active)``."""
    order = np.argsort(np.abs(g), axis=1)
    g, own = np.take_along_axis(g, order, axis=1), own[order]
    s, mass = b[:, None], np.ones((len(b), 1))
    target = np.zeros_like(s)
    for k in range(g.shape[1]):
        x, share = _nodes(s, g[:, k:], activation, low)
        target = (target[..., None] + own[:, k, None, None] * x).reshape(len(b), -1)
        mass = (mass[..., None] * share).reshape(len(b), -1)
        s = (s[..., None] + g[:, k, None, None] * x).reshape(len(b), -1)
    return (mass * np.square(_activated(activation, s) - target)).sum(axis=1)


def _nodes(s: FloatArray, g: FloatArray, activation: str, low: float) -> tuple[FloatArray, FloatArray]:
    """Nodes of the variable with the weights ``g[:, 0]``, and their masses, for each point reached so far.

    ``s`` is what f is taken of at these points, ``(models, points)``, and ``g[:, 1:]`` are the weights of the
    variables inside. Shapes ``(models, points, nodes)``.
    """
    inside = g.shape[1] - 1
    t, share = _gauss(_count(inside, activation))
    if not _is_split(inside, activation):
        shape = (*s.shape, len(t))
        return np.broadcast_to(low + (1.0 - low) * t, shape), np.broadcast_to(share, shape)
    corners = np.array(list(product((low, 1.0), repeat=inside)))
    ends = s[..., None] + (g[:, 1:] @ corners.T)[:, None, :]
    with np.errstate(divide="ignore", invalid="ignore"):
        kinks = -ends / g[:, :1, None]
    kinks = np.sort(np.clip(np.nan_to_num(kinks, nan=low), low, 1.0), axis=-1)
    edge = np.ones((*s.shape, 1))
    edges = np.concatenate((low * edge, kinks, edge), axis=-1)
    length = np.diff(edges)[..., None]
    x, mass = edges[..., :-1, None] + length * t, length / (1.0 - low) * share
    return x.reshape(*s.shape, -1), mass.reshape(*s.shape, -1)


def _is_split(inside: int, activation: str) -> bool:
    """Whether a variable with so many inside is split at its kinks."""
    return activation in DEGREE and inside < SPLIT


def _count(inside: int, activation: str) -> int:
    """Gauss-Legendre nodes in each piece: k of them are exact up to the degree 2k − 1."""
    if activation == "linear":
        return 2
    if inside >= SPLIT:
        return SMOOTH_NODES
    return GELU_NODES if activation == "gelu" else (DEGREE[activation] + inside) // 2 + 1


def _points(active: int, activation: str) -> int:
    """How many points the rule has for so many active features, at the least 1."""
    points = 1
    for inside in range(active):
        pieces = 2**inside + 1 if _is_split(inside, activation) else 1
        points *= pieces * _count(inside, activation)
    return points


@lru_cache
def _gauss(nodes: int) -> tuple[FloatArray, FloatArray]:
    """Gauss-Legendre nodes in (0, 1) and their masses, which sum to 1."""
    t, mass = np.polynomial.legendre.leggauss(nodes)
    return (t + 1.0) / 2.0, mass / 2.0


def _activated(activation: str, s: FloatArray) -> FloatArray:
    """The output's activation; the GELU within 1e-7."""
    if activation == "linear":
        return s
    if activation == "gelu":
        return s * normal_cdf(s)
    on = np.maximum(s, 0.0)
    return on * on if activation == "squared_relu" else on
