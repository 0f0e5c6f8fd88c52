"""The held-out loss: exact strata and common random numbers, so that best-of-k is a real difference.

Every model of a problem is judged on the same inputs. Inputs without an active feature, and with exactly
one (Gauss-Legendre quadrature over its value), are weighted by their probability; the rest are sampled.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .problem import Problem
from .strata import Strata

Array = NDArray[np.float64]
Floats = NDArray[np.float32]

NODES = 6
FILM_SAMPLES = 64
"""Sampled inputs that a frame of the film is judged on; the final weights are judged on many more."""
CHUNK = 2**21
"""Most numbers in one intermediate array: a piece this large stays in the cache."""


def evaluation_sample(problem: Problem, n_samples: int, seed: int) -> tuple[Array, Array]:
    """Inputs and their weights for judging a model of ``problem``.

    Parameters
    ----------
    problem : Problem
    n_samples : int
        How many inputs to draw in the sampled strata.
    seed : int
        Decides those inputs.

    Returns
    -------
    x : ndarray, shape (inputs, n_features)
    weight : ndarray, shape (inputs,)
        They sum to 1 in expectation; Σ weight·f(x) is an unbiased estimate of E f(x).
    """
    rng = np.random.Generator(np.random.Philox(key=seed))
    n, low = problem.n_features, problem.value_range[0]
    size = problem.set_size or 1
    strata = Strata.of(problem.density_vector[::size])
    inputs, weights = [np.zeros((1, n))], [np.array([strata.none_active])]
    if problem.independent:
        nodes, masses = np.polynomial.legendre.leggauss(NODES)
        if low == 0.0:
            nodes = (nodes + 1.0) / 2.0
        else:  # the model bends at 0, so each half has nodes of its own
            half = (nodes + 1.0) / 2.0
            nodes, masses = np.concatenate((-half, half)), np.concatenate((masses, masses)) / 2.0
        inputs.append(np.einsum("q,ji->jqi", nodes, np.eye(n)).reshape(-1, n))
        weights.append(np.outer(strata.one_active, masses / 2.0).ravel())
    at_least = 2 if problem.independent else 1
    total, cumulative = strata.candidates(at_least)
    if total > 0.0 and n_samples > 0:
        active = _draw_units(strata.density, cumulative, n_samples, rng)
        kept = active.sum(axis=1) >= at_least
        x = _members(active, problem, rng) * rng.uniform(low, 1.0, (n_samples, n))
        inputs.append(x[kept])
        weights.append(np.full(int(kept.sum()), total / n_samples))
    return np.concatenate(inputs), np.concatenate(weights)


def evaluate(
    problem: Problem | Sequence[Problem],
    W: ArrayLike,
    b: ArrayLike,
    W_out: ArrayLike | None = None,
    *,
    n_samples: int = 4096,
    seed: int = 0,
) -> Array:
    """Held-out loss of each instance (see `tms_widgets.core.problem` for the loss).

    Parameters
    ----------
    problem : Problem or sequence of Problem
        One for all instances, or one an instance.
    W : array_like, shape (..., n_instances, n_hidden, n_features)
    b : array_like, shape (..., n_instances, n_features)
    W_out : array_like, shape (..., n_instances, n_features, n_hidden), optional
        The output weights, for ``untied``.
    n_samples, seed : int
        Of the sampled strata; the same inputs serve every instance of a problem.

    Returns
    -------
    loss : ndarray, shape (..., n_instances)
    """
    weights, bias = np.asarray(W, dtype=np.float32), np.asarray(b, dtype=np.float32)
    out = None if W_out is None else np.asarray(W_out, dtype=np.float32)
    problems = [problem] * weights.shape[-3] if isinstance(problem, Problem) else list(problem)
    loss = np.empty(bias.shape[:-1])
    for distinct in dict.fromkeys(problems):
        mine = [i for i, other in enumerate(problems) if other == distinct]
        if distinct.architecture == "linear" and distinct.independent:
            loss[..., mine] = linear_loss(distinct, weights[..., mine, :, :], bias[..., mine, :])
            continue
        x, weight = (part.astype(np.float32) for part in evaluation_sample(distinct, n_samples, seed))
        mine_out = None if out is None else out[..., mine, :, :]
        loss[..., mine] = _loss(distinct, x, weight, weights[..., mine, :, :], bias[..., mine, :], mine_out)
    return loss


def linear_loss(problem: Problem, W: ArrayLike, b: ArrayLike) -> Array:
    """The exact loss of linear models of independent features, shape ``(...)``.

    It needs only the means μ and variances v of the features: with A = 1 − WᵀW it is
    Σ_i I_i [Σ_j A_ij² v_j + ((Aμ)_i − b_i)²].

    Parameters
    ----------
    problem : Problem
        Importance, density and value range count, the architecture does not.
    W : array_like, shape (..., n_hidden, n_features)
    b : array_like, shape (..., n_features)
    """
    weights, bias = np.asarray(W, dtype=np.float64), np.asarray(b, dtype=np.float64)
    mean = problem.density_vector * sum(problem.value_range) / 2.0
    variance = problem.density_vector / 3.0 - mean**2
    error = np.eye(problem.n_features) - weights.swapaxes(-1, -2) @ weights
    return (np.square(error) @ variance + np.square(error @ mean - bias)) @ problem.importance_vector


def output(problem: Problem, x: Floats, W: Floats, b: Floats, W_out: Floats | None = None) -> Floats:
    """The model's x', shape ``(..., inputs, n_features)``, for inputs of shape ``(inputs, n_features)``."""
    hidden = x @ W.swapaxes(-1, -2)
    if problem.architecture in ("relu_hidden", "untied"):
        np.maximum(hidden, 0.0, out=hidden)
    readout = W if W_out is None else W_out.swapaxes(-1, -2)
    result = np.matmul(hidden, readout, dtype=np.float32)
    result += b[..., None, :]
    if problem.architecture != "linear":
        np.maximum(result, 0.0, out=result)
    return result


def _draw_units(density: Array, cumulative: Array, n: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Which units are active in each of ``n`` inputs, given at least as many candidates as asked."""
    quantiles = (np.arange(n) + rng.random()) / n
    count = np.searchsorted(cumulative, quantiles, side="right")
    key = rng.random((n, density.size), dtype=np.float32)
    last = np.take_along_axis(np.sort(key, axis=1), count[:, None] - 1, axis=1)
    candidate = key <= last
    if density.min() == density.max():
        return candidate
    return candidate & (rng.random(candidate.shape) * density.max() < density)


def _members(active: NDArray[np.bool_], problem: Problem, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Which features are active when these units are."""
    if problem.independent:
        return active
    size = problem.set_size or 1
    members = active.repeat(size, axis=1)
    if problem.features == "anticorrelated":
        chosen = rng.integers(size, size=active.shape).repeat(size, axis=1)
        members &= chosen == np.arange(problem.n_features) % size
    return members


def _loss(problem: Problem, x: Floats, weight: Floats, W: Floats, b: Floats, W_out: Floats | None) -> Array:
    """Loss of each model, for arrays with any leading axes; a piece of the models at a time."""
    m, n = W.shape[-2:]
    flat_W, flat_b = W.reshape(-1, m, n), b.reshape(-1, n)
    flat_out = None if W_out is None else W_out.reshape(-1, n, m)
    target = np.abs(x) if problem.architecture == "untied" else x
    importance = problem.importance_vector.astype(np.float32)
    piece = max(1, CHUNK // (x.shape[0] * max(m, n)))
    loss = np.empty(len(flat_b))
    for start in range(0, len(flat_b), piece):
        part = slice(start, start + piece)
        error = output(problem, x, flat_W[part], flat_b[part], None if flat_out is None else flat_out[part])
        error -= target
        np.square(error, out=error)
        loss[part] = (weight @ error) @ importance
    return loss.reshape(b.shape[:-1])
