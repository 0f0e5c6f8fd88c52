"""Two features in one hidden dimension without a bias: the exact loss, its surface and all its minima.

A comment on the paper (*Replication & Further Results*) solves x' = ReLU(WᵀWx) for W = [W₁, W₂], importances
1 and I, and density p. With a = W₁², d = W₂² and c = W₁W₂ the loss is

* for one active feature, with probability p(1−p) each: the active one is off by (1 − a)x or (1 − d)x, and
  the other answers cx if c > 0: (1−a)²/3 + I c₊²/3 and I (1−d)²/3 + c₊²/3;
* for both, with probability p²: if c ≥ 0 no ReLU is ever off, and output 1 loses
  (1−a)²/3 − (1−a)c/2 + c²/3. If c < 0 it answers a ReLU(x₁ − t x₂) with t = |W₂|/|W₁|, which is on over a
  trapezium (t < 1) or a triangle (t ≥ 1) of the unit square, and loses 1/3 − 2a B(t) + a² C(t) with

      t ≥ 1:  B = 1/(8t),                C = 1/(12t),
      t ≤ 1:  B = 1/3 − t/4 + t³/24,     C = 1/3 − t/2 + t²/3 − t³/12.

  Output 2 is the same with 1 and 2 exchanged, times I.

Whether a ReLU is on depends on the direction θ of (W₁, W₂) alone. So along each ray the loss is a parabola in
u = W₁² + W₂², lowest at a positive u that is known in closed form, and the minima of the surface are those of
one function of θ. The origin is never one: every ray first goes down.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from ..core.checks import integer, real
from .arrays import FloatArray, as_density, as_importance, as_numbers

DIRECTIONS = 2048
"""Rays looked along for minima, before each is refined."""
GOLDEN = (5.0**0.5 - 1.0) / 2.0
SECTIONS = 40
"""Of the interval between two rays: to 1e-11, beyond what the loss can tell apart."""


class LossSurface(NamedTuple):
    """The loss over a square of weights: ``loss[i, j]`` is at ``W1[j]``, ``W2[i]``, as it is drawn."""

    W1: FloatArray
    """Shape ``(size,)``."""
    W2: FloatArray
    """Shape ``(size,)``."""
    loss: FloatArray
    """Shape ``(size, size)``."""


class SurfaceMinima(NamedTuple):
    """The local minima of a surface, deepest first."""

    W: FloatArray
    """(W₁, W₂) of each, shape ``(k, 2)``, with W₁ ≥ 0: the surface is the same at −W."""
    loss: FloatArray
    """Shape ``(k,)``."""


def loss_without_bias(
    W1: ArrayLike, W2: ArrayLike, density: ArrayLike, importance: ArrayLike = 1.0
) -> FloatArray:
    """The exact loss of two features in one dimension, in the ReLU output model without a bias.

    Parameters
    ----------
    W1, W2 : array_like
        The weights of the two features.
    density : array_like
        Of both features, above 0 and up to 1.
    importance : array_like, default 1.0
        Of the second feature; the first has 1. All four are broadcast together.

    Returns
    -------
    array
    """
    w1, w2 = as_numbers("W1", W1), as_numbers("W2", W2)
    p, last = as_density(density), as_importance(importance)
    answered, squared = _moments(w1, w2, p, last)
    return p / 3.0 * (1.0 + last) - 2.0 * answered + squared


def loss_surface(
    density: float, importance: float = 1.0, *, extent: float = 1.5, size: int = 101
) -> LossSurface:
    """The exact loss over all weights from −extent to extent.

    Parameters
    ----------
    density : float
        Of both features, above 0 and up to 1.
    importance : float, default 1.0
        Of the second feature; the first has 1.
    extent : float, default 1.5
        All minima of importances from .1 to 10 lie within it.
    size : int, default 101
        Points along each axis; an odd number has one at 0.

    Returns
    -------
    LossSurface
    """
    edge = real("extent", extent, low=0.0, high=1e3, open_low=True, nearest_low=1.5)
    axis = np.linspace(-edge, edge, integer("size", size, low=2, high=2001))
    loss = loss_without_bias(axis, axis[:, None], density, importance)
    return LossSurface(axis, axis.copy(), loss)


def surface_minima(density: float, importance: float = 1.0) -> SurfaceMinima:
    """All local minima of the surface, refined to about 1e-8, deepest first.

    Antipodal minima have W₂ < 0; "confused" ones, in which the model cannot tell the features apart, W₂ > 0.

    Parameters
    ----------
    density : float
        Of both features, above 0 and up to 1.
    importance : float, default 1.0
        Of the second feature; the first has 1.

    Returns
    -------
    SurfaceMinima
        One of each pair W, −W.
    """
    p, last = as_density(float(density)), as_importance(float(importance))

    def depth(angle: FloatArray) -> FloatArray:
        """How far the loss falls along each ray from the origin."""
        answered, squared = _moments(np.cos(angle), np.sin(angle), p, last)
        return np.divide(np.square(answered), squared, out=np.zeros_like(squared), where=squared > 0.0)

    step = float(np.pi / DIRECTIONS)
    angle = np.linspace(-np.pi / 2.0 + step, np.pi / 2.0, DIRECTIONS, dtype=np.float64)
    fall = depth(angle)
    # a ray and its opposite are the same, so the angles form a circle; of two that are equal the first counts
    top = angle[(fall > np.roll(fall, 1)) & (fall >= np.roll(fall, -1))]
    top = _highest(depth, top - step, top + step)
    w1, w2 = np.cos(top), np.sin(top)
    answered, squared = _moments(w1, w2, p, last)
    length = np.sqrt(answered / squared) * np.where(w1 < 0.0, -1.0, 1.0)
    W = np.stack([length * w1, length * w2], axis=-1)
    loss = loss_without_bias(W[:, 0], W[:, 1], p, last)
    order = np.argsort(loss, kind="stable")
    return SurfaceMinima(W[order], loss[order])


def _moments(
    w1: FloatArray, w2: FloatArray, p: FloatArray, last: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Σ I_i E x_i x'_i and Σ I_i E x'_i²: of the first degree in W₁², W₁W₂ and W₂², and of the second."""
    first, second = _moments_of_output(w1, w2, p), _moments_of_output(w2, w1, p)
    return first[0] + last * second[0], first[1] + last * second[1]


def _moments_of_output(own: FloatArray, other: FloatArray, p: FloatArray) -> tuple[FloatArray, FloatArray]:
    """E x x' and E x'² of the output whose weight is ``own``; E x² = 1/3 and E x₁x₂ = 1/4."""
    a, c = np.square(own), own * other
    opposed = c < 0.0
    t = np.divide(np.abs(other), np.abs(own), out=np.ones_like(c), where=opposed)
    wide = np.maximum(t, 1.0)
    B = np.where(t < 1.0, 1.0 / 3.0 - t / 4.0 + t**3 / 24.0, 1.0 / (8.0 * wide))
    C = np.where(t < 1.0, 1.0 / 3.0 - t / 2.0 + t * t / 3.0 - t**3 / 12.0, 1.0 / (12.0 * wide))
    both = np.where(opposed, a * B, a / 3.0 + c / 4.0)
    both_squared = np.where(opposed, a * a * C, a * a / 3.0 + a * c / 2.0 + c * c / 3.0)
    alone = np.square(a) + np.square(np.maximum(c, 0.0))
    once, twice = p * (1.0 - p), p * p
    return once * a / 3.0 + twice * both, once * alone / 3.0 + twice * both_squared


def _highest(f: Callable[[FloatArray], FloatArray], low: FloatArray, high: FloatArray) -> FloatArray:
    """Where f is highest between each ``low`` and ``high``, by golden section."""
    for _ in range(SECTIONS):
        width = GOLDEN * (high - low)
        left, right = high - width, low + width
        rising = f(right) > f(left)
        low, high = np.where(rising, left, low), np.where(rising, high, right)
    return (low + high) / 2.0
