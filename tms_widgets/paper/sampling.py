"""Losses by sampling: what the claims hold closed forms against."""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Array = NDArray[np.float64]


def sampled_loss(
    W: Array, b: Array, density: float, importance: Array, count: int, rng: Generator
) -> tuple[float, float]:
    """The mean loss of a ReLU output model over drawn inputs, and its standard error."""
    shape = (count, W.shape[-1])
    losses = _losses(rng.random(shape) * (rng.random(shape) < density), W, b, importance)
    return float(losses.mean()), float(losses.std() / np.sqrt(count))


def sampled_by_set(
    W: Array, b: Array, density: float, importance: Array, count: int, rng: Generator
) -> float:
    """The same from about ``count`` values in every active set, each set weighted by its probability.

    The values are spread evenly, one at random in each cell of a grid. Plain sampling would need a thousand
    times as many to be as sure, because several active features are rare.
    """
    n = W.shape[-1]
    side = round(count ** (1 / n))
    cells = np.stack(np.meshgrid(*[np.arange(side)] * n), axis=-1).reshape(-1, n)
    values = (cells + rng.random(cells.shape)) / side
    return sum(
        float(np.where(active, density, 1.0 - density).prod())
        * float(_losses(values * np.array(active), W, b, importance).mean())
        for active in product((False, True), repeat=n)
    )


def _losses(x: Array, W: Array, b: Array, importance: Array) -> Array:
    return np.square(np.maximum(x @ (W.T @ W) + b, 0.0) - x) @ importance
