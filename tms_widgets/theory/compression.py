"""Two numbers in one: compression that is not linear, as a network whose weights can be read.

*Comments, Nonlinear Compression*: two numbers x and y from [0, 1) fit into one,

    t = (⌊Zx⌋ + y) / Z,

the first rounded down to one of Z levels, the second in what is left of the precision. A network of ReLUs
has no ⌊·⌋, but it has staircases whose steps are ramps: each rise from level k - 1 to k takes ε of a step,
centred where ⌊·⌋ jumps. Everything is measured in units of a step, so at ε = 1 the ramps meet and no step is
left. The paper says neither where its ramps lie nor that x' is the middle of its level; both are ours.

Both halves of the network are such a staircase. Its loss is that of rounding x, plus what is lost on ramps:
where x is on one, y comes out wrong, and where t is on one, both do. Inputs are uniform and dense, so all of
it can be integrated exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..core.checks import SettingError, integer, real
from .arrays import FloatArray, as_numbers

LINEAR_COMPRESSION_LOSS = 1 / 24
"""What the best linear compression of two dimensions into one loses, a dimension.

x and y have the same variance, 1/12, and no correlation, so every direction holds as much of them as every
other: whichever is kept, x alone, y alone or their mean, one of the two directions is lost.
"""

MAX_LEVELS = 1000
MIN_WIDTH = 1e-6
"""Of a ramp: narrower ones need weights that single precision no longer resolves."""
NODES, MASSES = np.polynomial.legendre.leggauss(3)
"""Exact up to the fifth power; an error is quadratic, and its limits of integration are linear."""


@dataclass(frozen=True, eq=False)
class ReluLayer:
    """A hidden layer of ReLUs: f(x) = outer · ReLU(inner · x + bias) + offset.

    Attributes
    ----------
    inner : array, shape (n_neurons, n_inputs)
    bias : array, shape (n_neurons,)
    outer : array, shape (n_outputs, n_neurons)
    offset : array, shape (n_outputs,)
    """

    inner: FloatArray
    bias: FloatArray
    outer: FloatArray
    offset: FloatArray

    def __call__(self, x: ArrayLike) -> FloatArray:
        """The outputs, shape (..., n_outputs), for inputs of shape (..., n_inputs)."""
        hidden = np.maximum(as_numbers("x", x) @ self.inner.T + self.bias, 0.0)
        return hidden @ self.outer.T + self.offset


@dataclass(frozen=True, eq=False)
class CompressionNetwork:
    """A network of ReLUs that passes two numbers of [0, 1] through one.

    Attributes
    ----------
    levels : int
        Z, how many values x is rounded to.
    width : float
        ε, how much of a step its ramp takes.
    encoder : ReluLayer
        (x, y) to t: two neurons for each of the Z - 1 ramps, and one that passes y on.
    decoder : ReluLayer
        t to (x', y'), with as many.
    """

    levels: int
    width: float
    encoder: ReluLayer
    decoder: ReluLayer

    def encode(self, points: ArrayLike) -> FloatArray:
        """t, shape (...), of points (x, y), shape (..., 2)."""
        return self.encoder(_pairs(points))[..., 0]

    def decode(self, t: ArrayLike) -> FloatArray:
        """(x', y'), shape (..., 2), of t, shape (...)."""
        return self.decoder(as_numbers("t", t)[..., None])

    def __call__(self, points: ArrayLike) -> FloatArray:
        """What comes out for points (x, y), both of shape (..., 2)."""
        return self.decode(self.encode(points))


def compression_network(levels: int = 3, width: float = 0.1) -> CompressionNetwork:
    """The network that compresses two dimensions into one, with all its weights (*Nonlinear Compression*).

    Parameters
    ----------
    levels : int, default 3
        Z, from 1; with 1 it forgets x and answers ½.
    width : float, default 0.1
        ε, how much of a step its ramp takes, above 0 up to 1.

    Raises
    ------
    SettingError
        If one of them lies outside.
    """
    Z, ε = _checked(levels, width)
    # neurons 2k and 2k + 1 begin and end the ramp into level k + 1; the last passes a number ≥ 0 on
    rise, start = _staircase(Z, ε)
    last = np.ones(1)
    encoder = ReluLayer(
        inner=np.stack([np.append(rise * Z, 0.0), np.append(0.0 * rise, 1.0)], axis=1),
        bias=np.append(start, 0.0),
        outer=np.concatenate([_signs(Z), last])[None] / Z,
        offset=np.zeros(1),
    )
    level, number = np.append(_signs(Z), 0.0), np.append(-_signs(Z), Z)
    decoder = ReluLayer(
        inner=np.append(rise * Z, 1.0)[:, None],
        bias=np.append(start, 0.0),
        outer=np.stack([level / Z, number]),
        offset=np.array([0.5 / Z, 0.0]),
    )
    return CompressionNetwork(Z, ε, encoder, decoder)


def compression_loss(levels: int, width: float) -> float:
    """The exact mean squared error a dimension of `compression_network`, for x and y uniform on [0, 1].

    For small ε it is 1/(24 Z²) + ε (Z - 1)(3 Z² + 1)/(24 Z³): rounding, and what ramps cost.

    Parameters
    ----------
    levels : int
        Z, from 1.
    width : float
        ε, from 0 (the jumps of the formula, which no network has) up to 1.

    Raises
    ------
    SettingError
        If one of them lies outside.
    """
    Z, ε = _checked(levels, width, jumps=True)
    knots = np.arange(1, Z)
    ends = np.sort(np.concatenate([knots - ε / 2, knots + ε / 2]))
    # Zx, cut where the encoder bends and where the decoder begins to bend for some y
    inside = [knots + ε * (share - 0.5) for share in (ε / 2, 1 - ε / 2)]
    u, du = _nodes(np.sort(np.concatenate([[0.0], ends, *inside, [float(Z)]])))
    s = _climb(u, Z, ε)
    # y, cut where the decoder bends for this s
    cuts = np.concatenate([np.zeros((len(s), 1)), np.clip(ends - s[:, None], 0, 1), np.ones((len(s), 1))], 1)
    y, dy = _nodes(cuts)
    c = _climb(s[:, None] + y, Z, ε)
    squares = np.square((u[:, None] - c - 0.5) / Z) + np.square(s[:, None] - c)
    return float((squares * dy).sum(axis=1) @ du) / (2 * Z)


def _checked(levels: int, width: float, *, jumps: bool = False) -> tuple[int, float]:
    Z = integer("levels", levels, low=1, high=MAX_LEVELS)
    if jumps and width == 0:
        return Z, 0.0
    return Z, real("width", width, low=MIN_WIDTH, high=1.0)


def _pairs(points: ArrayLike) -> FloatArray:
    pairs = as_numbers("points", points)
    if pairs.ndim < 1 or pairs.shape[-1] != 2:
        raise SettingError(f"points have the shape {pairs.shape}; pass (..., 2), an x and a y for each.")
    return pairs


def _staircase(levels: int, width: float) -> tuple[FloatArray, FloatArray]:
    """Slope (in units of a step) and bias of the two neurons of each ramp, in turn."""
    middle = np.repeat(np.arange(1, levels), 2) / width
    return np.full(2 * levels - 2, 1 / width), 0.5 * _signs(levels) - middle


def _signs(levels: int) -> FloatArray:
    """A ramp begins with one neuron and ends with the next."""
    return np.tile([1.0, -1.0], levels - 1)


def _climb(u: FloatArray, levels: int, width: float) -> FloatArray:
    """The staircase itself at u, in units of a step; with ``width`` 0, ⌊u⌋."""
    if width == 0:
        return np.clip(np.floor(u), 0, levels - 1)
    return sum((np.clip((u - k) / width + 0.5, 0, 1) for k in range(1, levels)), np.zeros_like(u))


def _nodes(cuts: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Nodes and weights of a quadrature that is exact between neighbouring cuts, along the last axis."""
    half, middle = np.diff(cuts)[..., None] / 2, (cuts[..., 1:] + cuts[..., :-1])[..., None] / 2
    shape = (*cuts.shape[:-1], -1)
    return (middle + half * NODES).reshape(shape), (half * MASSES).reshape(shape)
