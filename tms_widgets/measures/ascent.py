"""Attacks that follow the gradient of the loss by the input (*Relationship to Adversarial Robustness*).

A ReLU output that is off has a slope of zero. Of sparse inputs most outputs are off, so that on most inputs
there is no gradient to follow, whatever an attack in closed form could do: the gradient is masked.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..core.checks import integer, real
from ..core.evaluation import activated, normal_cdf
from ..core.problem import Problem
from .adversary import MAX_SIZE, attacked_losses, end_to_end
from .arrays import FloatArray

PGD_STEPS = 40
PGD_PACE = 2.5
"""Lengths ε that the search could go in all its steps: it can cross the ball and turn."""


def loss_gradient(
    problem: Problem, W: ArrayLike, b: ArrayLike, x: ArrayLike, perturbation: ArrayLike = 0.0
) -> FloatArray:
    """The gradient of `attacked_losses` by the perturbation of each input, shape ``(inputs, n_features)``.

    Exactly zero where every output is off: there it does not show what a longer attack would do.
    """
    G, bias = end_to_end(problem, W, b)
    inputs = np.asarray(x, dtype=np.float64)
    s = (inputs + np.asarray(perturbation)) @ G + bias
    error = problem.importance_vector * (activated(problem.activation, s) - inputs)
    return 2.0 * (error * _slope(problem.activation, s)) @ G


def pgd_attack(
    problem: Problem,
    W: ArrayLike,
    b: ArrayLike,
    x: ArrayLike,
    size: float,
    *,
    steps: int = PGD_STEPS,
    seed: int | None = None,
) -> FloatArray:
    """Attacks found by projected gradient ascent: one an input, within the ball of radius ε.

    Each step goes along the gradient of the input's loss, whatever its length, and back to the ball. Where
    every output is off the gradient is exactly zero, and the search stays where it is (*gradient masking*).
    Of all points that it comes by, the worst for the model counts.

    Parameters
    ----------
    problem, W, b, x
        As in `attacked_losses`; x of shape ``(inputs, n_features)``.
    size : float
        ε.
    steps : int, default 40
        Each of length 2.5 ε / steps.
    seed : int, optional
        Start at a random point of the ball; without, at the input itself.

    Returns
    -------
    array, shape (inputs, n_features)
        δ of each input.
    """
    length = real("size", size, low=0.0, high=MAX_SIZE)
    count = integer("steps", steps, low=1, high=100_000)
    inputs = np.atleast_2d(np.asarray(x, dtype=np.float64))
    here = np.zeros_like(inputs) if seed is None else _in_ball(inputs.shape, length, seed)
    best, worst = here, attacked_losses(problem, W, b, inputs, here)
    for _ in range(count):
        uphill = _unit(loss_gradient(problem, W, b, inputs, here))
        here = _within(here + PGD_PACE * length / count * uphill, length)
        loss = attacked_losses(problem, W, b, inputs, here)
        best = np.where((loss > worst)[:, None], here, best)
        worst = np.maximum(loss, worst)
    return best


def _slope(activation: str, s: FloatArray) -> FloatArray:
    """The derivative of the output's activation."""
    if activation == "linear":
        return np.ones_like(s)
    if activation == "gelu":
        return np.asarray(normal_cdf(s) + s * np.exp(-0.5 * s * s) / np.sqrt(2.0 * np.pi))
    return 2.0 * np.maximum(s, 0.0) if activation == "squared_relu" else (s > 0.0).astype(np.float64)


def _unit(vectors: FloatArray) -> FloatArray:
    norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.divide(vectors, norms, out=np.zeros_like(vectors), where=norms > 0.0)


def _within(vectors: FloatArray, radius: float) -> FloatArray:
    """The nearest points of the ball."""
    norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.where(norms > radius, radius * _unit(vectors), vectors)


def _in_ball(shape: tuple[int, ...], radius: float, seed: int) -> FloatArray:
    """Uniformly distributed points of the ball."""
    rng = np.random.default_rng(seed)
    lengths = radius * rng.random((shape[0], 1)) ** (1.0 / shape[1])
    return lengths * _unit(rng.standard_normal(shape))
